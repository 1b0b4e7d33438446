"""A journal that `linli pack` has packed is replayed from what is packed, with the same answers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TARIFFS, run

import linli

FLAT = TARIFFS / "flat-0.66.json"

# Python's own sqlite3 opens the file here, so no journal of ours may be open in this process.
DAMAGE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as file:
    file.execute("UPDATE packed_block SET block = zeroblob(length(block))")
"""


@pytest.fixture
def packed(yujing: Path, tmp_path: Path) -> Path:
    """The seed community, packed, and a card that was issued since."""
    journal = Path(shutil.copy(yujing, tmp_path / "packed.db"))
    run("--journal", journal, "pack", "--quiet")
    card = {"card": "new", "subject_ref": "p-new", "class": None}
    issued = {"issue_card": card | {"at": "2023-01-01T09:00:00+08:00", "zone": "Asia/Shanghai"}}
    assert linli.open(journal, mode="rw").execute(issued).events == 1
    return journal


def test_what_is_packed_gives_the_same_bills(yujing: Path, packed: Path) -> None:
    own, same = linli.open(yujing), linli.open(packed)
    assert same.replay(FLAT).digest == own.replay(FLAT).digest
    assert linli.open(packed, mode="rw").replay(FLAT).digest == own.replay(FLAT).digest
    assert same.as_known_at(500).replay(FLAT).digest == own.as_known_at(500).replay(FLAT).digest
    assert same.replay(FLAT).bills.to_polars().equals(own.replay(FLAT).bills.to_polars())
    assert same.verify().ok


def test_what_is_packed_and_damaged_is_no_bill(packed: Path) -> None:
    subprocess.run([sys.executable, "-c", DAMAGE, packed], check=True)
    with pytest.raises(linli.CorruptionError, match="linli pack --anew"):
        linli.open(packed).replay(FLAT)
    found = linli.open(packed).verify()
    assert (found.ok, found.first_bad) == (False, 1)
    run("--journal", packed, "pack", "--anew", "--quiet")
    assert linli.open(packed).verify().ok
