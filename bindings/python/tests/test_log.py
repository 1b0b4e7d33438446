"""What the Rust side says comes to `logging`, under the name `linli`, to whoever listens.

The bug it keeps away: a line that is handed over from the thread that said it waits for the
interpreter, which somebody has who waits for that thread.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import TARIFFS, session

import linli

QUIET = """
import sys
{before}
import linli
linli.open("memory:", mode="rw").execute({commands!r})
print("logging" in sys.modules)
"""


class Kept(logging.Handler):
    """Keeps what it is given, and asks `also` each time."""

    def __init__(self, also: linli.Ledger | None = None) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.also = also

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        if self.also is not None:
            self.also.head()

    def said(self) -> list[tuple[str, str]]:
        return [(record.levelname, record.getMessage()) for record in self.records]


@pytest.fixture
def logger() -> logging.Logger:
    return logging.getLogger("linli")


@pytest.fixture
def kept(logger: logging.Logger, request: pytest.FixtureRequest) -> Kept:
    handler = Kept()

    def end() -> None:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
        logger.filters.clear()

    request.addfinalizer(end)
    logger.addHandler(handler)
    return handler


def test_a_line_says_what_when_and_where(
    ledger: linli.Ledger, logger: logging.Logger, kept: Kept
) -> None:
    logger.setLevel(logging.INFO)
    before = time.time()
    ledger.execute(session(1))
    ledger.replay(TARIFFS / "flat-0.66.json")
    after = time.time()
    assert kept.said() == [
        ("INFO", "commands carried out first=1 last=2"),
        ("INFO", "bills replayed sessions=1 tariffs=1"),
    ]
    first, second = kept.records
    assert (first.name, first.filename, first.funcName) == ("linli", "ledger.rs", "_linli::ledger")
    assert before <= first.created <= second.created <= after
    assert first.msecs == pytest.approx(first.created % 1 * 1_000)


def test_only_what_is_severe_enough_is_kept_and_nothing_is_told_later(
    ledger: linli.Ledger, logger: logging.Logger, kept: Kept
) -> None:
    logger.setLevel(logging.WARNING)
    ledger.execute(session(1))
    logger.setLevel(logging.INFO)
    assert kept.said() == []
    ledger.execute(session(2))
    assert kept.said() == [("INFO", "commands carried out first=3 last=4")]


def test_what_threads_of_a_driver_say_comes_too(logger: logging.Logger, kept: Kept) -> None:
    """The client of NATS speaks from a thread of its own, while this one waits."""
    logger.setLevel(logging.DEBUG)
    with pytest.raises(linli.StoreError):
        linli.open("nats://127.0.0.1:1/yujing?monitor=127.0.0.1:2")
    speakers = {str(record.funcName).partition("::")[0] for record in kept.records}
    assert "async_nats" in speakers
    assert {record.levelname for record in kept.records} == {"DEBUG"}


@pytest.mark.parametrize("before", ["", "import logging; logging.getLogger('linli').setLevel(1)"])
def test_nothing_is_said_to_who_does_not_listen(before: str) -> None:
    code = QUIET.format(before=before, commands=session(1))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"{bool(before)}\n", "")


def test_a_handler_may_ask_the_ledger(
    yujing: Path, ledger: linli.Ledger, logger: logging.Logger, kept: Kept
) -> None:
    """Many threads speak at once while handlers read, and none waits for another."""
    logger.setLevel(logging.DEBUG)
    kept.also = linli.open(yujing)

    def writes(number: int) -> None:
        for part in range(5):
            ledger.execute(session(10 * number + part))

    threads = [threading.Thread(target=writes, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    # A line may be handed over by another thread than its own, so that one is still on its way.
    ledger.head()
    lines = [said for _, said in kept.said() if said.startswith("commands carried out")]
    assert len(set(lines)) == 20


def test_what_a_filter_raises_does_not_undo_what_was_written(
    ledger: linli.Ledger,
    logger: logging.Logger,
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raised: list[BaseException | None] = []
    def hook(told: sys.UnraisableHookArgs) -> None:
        raised.append(told.exc_value)

    monkeypatch.setattr(sys, "unraisablehook", hook)

    def broken(record: logging.LogRecord) -> bool:
        raise RuntimeError(record.getMessage())

    logger.setLevel(logging.INFO)
    logger.addFilter(broken)
    assert ledger.execute(session(1)).last == 2
    assert [str(error) for error in raised] == ["commands carried out first=1 last=2"]


def test_a_signal_that_meets_a_handler_comes_out(
    ledger: linli.Ledger, logger: logging.Logger, kept: Kept
) -> None:
    """Python raises Ctrl-C wherever its code happens to run, and our code runs it to log."""

    def interrupted(record: logging.LogRecord) -> bool:
        raise KeyboardInterrupt

    logger.setLevel(logging.INFO)
    logger.addFilter(interrupted)
    with pytest.raises(KeyboardInterrupt):
        ledger.execute(session(1))
    logger.filters.clear()
    assert ledger.execute(session(1)).before, "it was written"
