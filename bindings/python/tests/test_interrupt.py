"""Ctrl-C ends what takes long, and the ledger stays usable.

The bug it keeps away: native code that never looks for signals runs on to its end, and a notebook
has to be killed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import TARIFFS, session

import linli

FLAT = TARIFFS / "flat-0.66.json"

# Python itself sees a signal as soon as it runs a line of the main thread. Here it runs none: what
# is told of each page is a method in C, and another thread holds the interpreter while the signal
# comes, so that only who looks for it within the call can stop behind the first page.
REPLAY = """
import sys, threading, linli

ledger, pages = linli.open(sys.argv[1]), {}

def watch():
    while not pages:
        pass
    print("ready", flush=True)
    sum(range(50_000_000))

threading.Thread(target=watch).start()
try:
    ledger.replay(sys.argv[2], progress=pages.setdefault)
except KeyboardInterrupt:
    print(len(pages), len(ledger.sessions()), ledger.replay(sys.argv[2]).summary["sessions"])
"""

SUBSCRIBE = """
import linli
store = linli.EventStore("memory:")
try:
    print("ready", flush=True)
    next(store.subscribe())
except KeyboardInterrupt:
    print(store.append([linli.Event("T")]))
"""


@pytest.mark.parametrize(("code", "said"), [(REPLAY, "1 300 300"), (SUBSCRIBE, "1")])
def test_a_signal_ends_the_wait_and_leaves_everything_usable(
    yujing: Path, code: str, said: str
) -> None:
    words = [sys.executable, "-c", code, str(yujing), str(FLAT)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        rest, _ = child.communicate(timeout=60)
    assert (rest.strip(), child.returncode) == (said, 0)


def test_the_journal_has_more_pages_than_one(yujing: Path) -> None:
    pages: dict[int, int] = {}
    linli.open(yujing).replay(progress=pages.setdefault)
    assert len(pages) > 1, "where a signal comes at the first, some are left"


def test_what_progress_raises_comes_out_of_the_replay(ledger: linli.Ledger) -> None:
    ledger.execute(session(1))

    def failing(position: int, until: int) -> None:
        raise RuntimeError(f"at {position} of {until}")

    with pytest.raises(RuntimeError, match="at 2 of 2"):
        ledger.replay(FLAT, progress=failing)


def test_progress_ends_at_the_last_position(yujing: Path) -> None:
    told: list[tuple[int, int]] = []
    ledger = linli.open(yujing)
    ledger.replay(progress=lambda position, until: told.append((position, until)))
    assert told[-1] == (ledger.head(), ledger.head())


def test_a_bar_is_shown_on_request_and_not_where_there_is_no_terminal(
    yujing: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ledger = linli.open(yujing)
    ledger.replay()
    ledger.replay(progress=False)
    assert capfd.readouterr().err == ""
    ledger.replay(progress=True)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("\rreplaying [")
    assert shown.err.endswith(f"{ledger.head():,} of {ledger.head():,}\n")


def test_other_threads_run_while_one_replays(yujing: Path) -> None:
    ledger = linli.open(yujing)
    counts: list[int] = []

    def replayed() -> None:
        counts.append(ledger.replay().summary["sessions"])

    threads = [threading.Thread(target=replayed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [300] * 4
