"""A ledger goes to other processes as its address, a table with its rows.

The bug it keeps away: work that is parted among processes fails at the border, or reads another
journal, another day, under another name.
"""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import TARIFFS, run, session

import linli
from linli._address import from_anywhere

# A pool whose worker fails while it takes its work in never answers.
FORKED = """
import multiprocessing, sys, linli

def head(opened):
    return opened.head()

opened = [linli.open(sys.argv[1]), linli.EventStore(sys.argv[2])]
opened.append(opened[0].as_known_at(300).as_of("2022-02-10"))
with multiprocessing.get_context("fork").Pool(1) as pool:
    for one in opened:
        try:
            pool.apply(head, [one])
        except linli.StoreError as error:
            print(error.code)
"""


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


def test_nothing_is_opened_or_made_before_somebody_asks(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "own.db", tmp_path / "elsewhere.db"
    made = linli.open(file, mode="rw")
    made.execute(session(1))
    opened: list[linli.View | linli.EventStore] = [
        *(made, made.as_of("2022-02-28"), made.as_known_at(1).as_of("2022-02-28")),
        *(linli.open(file), linli.EventStore(file)),
    ]
    shown, pickled = [repr(one) for one in opened], pickle.dumps([*opened, opened[0]])
    del made, opened
    file.rename(elsewhere)
    before = sorted(tmp_path.iterdir())
    *arrived, first = pickle.loads(pickle.dumps(pickle.loads(pickled)))
    assert first is arrived[0]
    for one in arrived:
        with pytest.raises(linli.Error, match=r"own\.db"):
            one.head()
    assert sorted(tmp_path.iterdir()) == before
    elsewhere.rename(file)
    assert [repr(one) for one in arrived] == shown
    assert first.execute(session(2)).events == 2


def test_a_pool_that_forks_hears_why_its_worker_cannot_read(yujing: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-c", FORKED, str(yujing), str(tmp_path / "own.db")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["Forked"] * 3


def test_what_was_opened_from_a_folder_is_opened_from_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    run("keygen", "keyring", "--out", "ring.db", "--json")
    ledger = linli.open("own.db", mode="rw", keyring="ring.db")
    ledger.execute(session(1))
    run("--journal", "own.db", "seal", "--to", "sealed", "--quiet")
    opened: list[linli.View | linli.EventStore] = [
        *(ledger, linli.open("sqlite:own.db", archive="sealed"), linli.EventStore("own.db")),
        *(linli.open("archive:sealed"), linli.open("own.db", archive="archive:sealed")),
    ]
    monkeypatch.chdir(there)
    for again in pickle.loads(pickle.dumps(opened)):
        assert again.head() == 2
    assert list(there.iterdir()) == []


def test_the_address_of_a_server_is_left_as_it_is() -> None:
    for address in (
        *("memory:", "postgres://u@h/d?journal=j", "postgresql://h/d", "nats://h:4222/S"),
        *("tls://h:4222/S", "archive:s3://bucket/prefix", str(Path("/a/../b.db"))),
    ):
        assert from_anywhere(address) == address


def test_what_is_in_memory_stays() -> None:
    for kept in (linli.open("memory:", mode="rw"), linli.EventStore("memory:")):
        with pytest.raises(linli.InputError, match="of this process alone"):
            pickle.dumps(kept)


def replayed_by(ledger: linli.Ledger) -> tuple[linli.Replayed, linli.Sessions]:
    """What a worker sends back."""
    return ledger.replay(TARIFFS / "flat-0.66.json", against="issued", by="day"), ledger.sessions()


def test_every_table_arrives_as_it_was(yujing: Path) -> None:
    ledger = linli.open(yujing)
    r = ledger.replay(TARIFFS / "flat-0.66.json", against="issued")
    names = (
        "sessions bills meter_samples disputes cases appointments doses volunteer_hours "
        "attendance activities events"
    )
    tables: list[linli.Table] = [getattr(ledger, name)() for name in names.split()]
    for table in [*tables, r.bills, r.differences]:
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            arrived = pickle.loads(pickle.dumps(table, protocol))
            assert type(arrived) is type(table)
            assert arrived.meanings == table.meanings
            assert arrived.to_arrow().equals(table.to_arrow(), check_metadata=True)
        assert copy.deepcopy(table).to_arrow().equals(table.to_arrow())


def test_a_table_of_many_batches_arrives_whole(workplace: Path) -> None:
    samples = linli.open(workplace).events()
    arrived = pickle.loads(pickle.dumps(samples)).to_arrow()
    assert arrived.equals(samples.to_arrow(), check_metadata=True)
    assert arrived.num_rows > 8_192


def test_a_replay_made_elsewhere_comes_back(yujing: Path) -> None:
    ledger = linli.open(yujing)
    here, _ = replayed_by(ledger)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as workers:
        there, sessions = workers.submit(replayed_by, ledger).result()
    assert (there.digest, there.summary, repr(there)) == (here.digest, here.summary, repr(here))
    assert there.bills.to_arrow().equals(here.bills.to_arrow(), check_metadata=True)
    assert there.differences.to_arrow().equals(here.differences.to_arrow())
    assert len(sessions) == 300
    key = here.bills.to_polars()["session"][0]
    assert there.explain(key) == here.explain(key)
    with pytest.raises(linli.InputError, match="there is no tariff 1; 1 were given"):
        there.explain(key, tariff=1)


def test_every_small_class_arrives_as_it_was(yujing: Path, tmp_path: Path) -> None:
    ledger = linli.open(tmp_path / "own.db", mode="rw")
    event = linli.Event("T", b"\0", ["a"])
    query = linli.Query([linli.QueryItem(["T"], ["a"])])
    values = [
        ledger.execute(session(1)),
        linli.open(yujing).verify(),
        event,
        query,
        linli.AppendCondition(query, after=7),
        linli.SequencedEvent(event, 7),
        linli.RefusedError("no", "NoSuchCard", {"card": "7"}),
    ]
    for value in values:
        arrived = pickle.loads(pickle.dumps(value))
        assert (type(arrived), repr(arrived)) == (type(value), repr(value))


def test_what_is_half_read_stays() -> None:
    store = linli.EventStore("memory:")
    for kept in (store.read(), store.subscribe()):
        with pytest.raises(linli.InputError, match="is of this process alone; hand over the store"):
            pickle.dumps(kept)


def test_a_replay_in_memory_stays_and_its_tables_go(ledger: linli.Ledger) -> None:
    ledger.execute(session(1))
    r = ledger.replay(TARIFFS / "flat-0.66.json")
    with pytest.raises(linli.InputError, match="of this process alone"):
        pickle.dumps(r)
    (amount,) = pickle.loads(pickle.dumps(r.bills)).to_arrow().column("amount").to_pylist()
    assert amount == Decimal("0.66")
