"""`ledger.verify()` says what `linli verify` says, and finds a byte that was changed.

The bug it keeps away: a figure that is published from a journal in which somebody has changed an
event.
"""

from __future__ import annotations

import json
from pathlib import Path

import linli
from conftest import run


def test_a_sound_journal_has_the_root_of_the_command(yujing: Path) -> None:
    told = json.loads(run("--journal", yujing, "verify", "--json"))
    found = linli.open(yujing).verify()
    assert (found.ok, found.first_bad, found.what) == (True, None, None)
    assert (found.events, found.root) == (told["events"], told["root"])


def test_the_root_is_of_the_events_alone(ledger: linli.Ledger) -> None:
    empty = ledger.verify()
    assert empty.events == 0
    assert empty.root == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_changed_byte_is_found(yujing: Path, tmp_path: Path) -> None:
    file = tmp_path / "changed.db"
    file.write_bytes(yujing.read_bytes().replace(b"demo:00003", b"demo:00004"))
    found = linli.open(file).verify()
    assert not found.ok
    assert found.root is None
    assert found.first_bad is not None
    assert found.events == found.first_bad - 1
    assert found.what is not None and "damaged at position" in found.what
