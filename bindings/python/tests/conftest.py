"""Journals that the tests read: made by the command `linli`, or by commands from here."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

import linli

ROOT = Path(__file__).resolve().parents[3]
TARIFFS = ROOT / "tests" / "tariffs"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

# Whoever starts the tests in the background may have told them, and what they start, to ignore
# Ctrl-C; here it is tested.
signal.signal(signal.SIGINT, signal.default_int_handler)


def command_line() -> Path:
    """The command `linli` as it was built beside these tests."""
    built = Path(os.environ.get("LINLI_BIN", TARGET / "debug" / "linli"))
    if not built.exists():
        pytest.skip(f"{built} is not built; run `cargo build --workspace`, or set LINLI_BIN")
    return built


def run(*words: str | Path) -> str:
    """Runs the command and gives what it printed; it may say that something does not hold."""
    done = subprocess.run([command_line(), *words], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def yujing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed community with 300 charging sessions."""
    journal = tmp_path_factory.mktemp("yujing") / "yujing.db"
    run("--journal", journal, "demo", "--sessions", "300", "--quiet")
    return journal


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,395 real sessions with the bills that were issued for them."""
    data = Path(os.environ.get("LINLI_DATA", ROOT.parent / "shared" / "data"))
    file = data / "charging" / "workplace" / "station_data_dataverse.csv"
    if not file.exists():
        pytest.skip(f"there is no {file}; set LINLI_DATA")
    journal = tmp_path_factory.mktemp("workplace") / "workplace.db"
    form = ["--format", "workplace", "--timezone", "UTC", "--quiet"]
    run("--journal", journal, "import", "charging", file, *form)
    return journal


@pytest.fixture
def ledger() -> linli.Ledger:
    """An empty ledger in memory."""
    return linli.open("memory:", mode="rw")


def session(number: int, energy_wh: int | None = 1_000, **changed: Any) -> list[dict[str, Any]]:
    """The commands of one session: an hour at one connector, with its energy at the end."""
    key, day = f"test:{number}", "2022-02-27"
    start: dict[str, Any] = {
        "session": key,
        "connector": "east-1",
        "card": f"{number}",
        "at": f"{day}T09:00:00+08:00",
        "zone": "Asia/Shanghai",
        "register": None,
        "flags": [],
    }
    end: dict[str, Any] = {
        "session": key,
        "at": f"{day}T10:00:00+08:00",
        "zone": "Asia/Shanghai",
        "reading": None if energy_wh is None else {"energy": energy_wh},
        "stated_seconds": None,
        "charging_seconds": None,
        "reason": None,
        "flags": [],
    }
    return [{"record_session_start": start | changed}, {"record_session_end": end}]


def kept(begun: Any) -> linli.Fold[Any]:
    """Any state, kept as it is."""

    class Kept(linli.Fold[Any]):
        def begin(self) -> Any:
            return begun

        def fold(self, state: Any, batch: linli.Table) -> Any:
            return state

    return Kept()
