"""A ledger goes to other processes as its address.

The bug it keeps away: work that is parted among processes fails at the border, or reads another
journal, another day, under another name.
"""

from __future__ import annotations

import multiprocessing
import pickle
from pathlib import Path

import pytest

import linli


def energy_wh(view: linli.View) -> tuple[int, int]:
    sessions = view.sessions().to_polars()
    return sessions.height, int(sessions["energy_wh"].sum())


def test_a_view_is_the_same_in_another_process(yujing: Path) -> None:
    ledger = linli.open(yujing, actor="analyst")
    views = [ledger, ledger.as_of("2022-02-10"), ledger.as_of("2022-02-20").as_known_at(900)]
    expected = [energy_wh(view) for view in views]
    assert len(set(expected)) == 3
    assert [energy_wh(pickle.loads(pickle.dumps(view))) for view in views] == expected
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(energy_wh, views) == expected


def test_a_store_is_opened_again_where_it_lies(tmp_path: Path) -> None:
    store = linli.EventStore(tmp_path / "own.db")
    store.append([linli.Event("T")])
    assert pickle.loads(pickle.dumps(store)).head() == 1


def test_what_is_in_memory_stays() -> None:
    for kept in (linli.open("memory:", mode="rw"), linli.EventStore("memory:")):
        with pytest.raises(linli.InputError, match="of this process alone"):
            pickle.dumps(kept)
