"""`ledger.verify()` says what `linli verify` says, and finds a byte that was changed.

The bug it keeps away: a figure that is published from a journal in which somebody has changed an
event.
"""

from __future__ import annotations

import json
from pathlib import Path

import linli
import pytest
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


def test_a_held_checkpoint_misses_what_was_cut_off(tmp_path: Path) -> None:
    file, key, held = tmp_path / "j.db", tmp_path / "key", tmp_path / "held"
    public = tmp_path / "key.pub"
    run("--journal", file, "demo", "--sessions", "20", "--json")
    older = file.read_bytes()
    run("keygen", "signing", "--out", key, "--json")
    person = {"person_ref": "p-new", "at": "2022-03-01T09:00:00+08:00", "zone": "Asia/Shanghai"}
    linli.open(file, mode="rw").execute({"register_person": person})
    run("--journal", file, "checkpoint", "--signing-key", key, "--out", held, "--json")
    assert linli.open(file).verify(checkpoint=held, key=public).ok
    assert linli.open(file).verify(checkpoint=[held, held], key=public).ok
    for log in tmp_path.glob("j.db-*"):
        log.unlink()
    file.write_bytes(older)
    found = linli.open(file).verify(checkpoint=held, key=public)
    assert (found.ok, found.first_bad) == (False, found.events + 1)
    assert found.what is not None and "an older copy was put back" in found.what
    assert linli.open(file).verify().ok


def test_a_checkpoint_that_is_none_is_bad_input(yujing: Path, tmp_path: Path) -> None:
    run("keygen", "signing", "--out", tmp_path / "key", "--json")
    note = tmp_path / "note"
    note.write_text("Dear neighbours")
    with pytest.raises(linli.InputError, match="this is no checkpoint") as refused:
        linli.open(yujing).verify(checkpoint=note, key=tmp_path / "key.pub")
    assert refused.value.code == "NotACheckpoint"
    with pytest.raises(linli.InputError, match="go together"):
        linli.open(yujing).verify(key=tmp_path / "key.pub")
