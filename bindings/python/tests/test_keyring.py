"""What is told about a person is sealed, and read by whoever names the keyring.

The bug it keeps away: a keyring that is named and not used, so that a table shows in clear what
another process cannot read, or cannot read what was told with the same keyring.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import run

import linli

HEAD = {"dispute_id": "d-1", "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}
REGISTERED = {"kind": "damage", "origin": "application", "place_id": "yujing"}
PARTY = {"party_id": "guest", "role": "applicant", "is_resident": False, "description": "tall"}


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """A new keyring."""
    run("keygen", "keyring", "--out", tmp_path / "ring.db", "--json")
    return tmp_path / "ring.db"


def described(ledger: linli.Ledger) -> object:
    events = ledger.events(types=["PartyAdded"]).to_polars()
    return json.loads(events["data"][0])["description"]


def test_what_is_sealed_opens_with_its_keyring_alone(tmp_path: Path, ring: Path) -> None:
    journal = tmp_path / "yujing.db"
    ledger = linli.open(journal, mode="rw", keyring=ring)
    ledger.execute([{"register_dispute": HEAD | REGISTERED}, {"add_party": HEAD | PARTY}])
    assert b"tall" not in journal.read_bytes()
    assert described(ledger) == "tall"
    assert described(linli.open(journal, keyring=str(ring))) == "tall"
    locked = linli.open(journal)
    assert described(locked) != "tall"
    run("keygen", "keyring", "--out", tmp_path / "other.db", "--json")
    other = linli.open(journal, keyring=tmp_path / "other.db")
    assert described(other) != "tall"
    # Everything else is the same with and without it.
    assert ledger.disputes().to_polars().equals(locked.disputes().to_polars())
    assert len(ledger.as_known_at(1).events()) == 1


def test_a_keyring_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(linli.InputError, match="there is no keyring at") as missing:
        linli.open("memory:", mode="rw", keyring=tmp_path / "none.db")
    assert missing.value.code == "Missing"
    (tmp_path / "text.db").write_text("no keyring")
    with pytest.raises(linli.Error, match=r"text\.db"):
        linli.open("memory:", mode="rw", keyring=tmp_path / "text.db")
