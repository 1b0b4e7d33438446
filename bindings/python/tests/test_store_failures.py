"""A store that is busy, damaged or forked says so; it neither hangs nor guesses.

The bugs they keep away: a notebook that hangs on another process's lock, a damaged file that reads
as an empty one, a pool of workers that was forked and uses its parent's connections.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import TARIFFS, run, session

import linli
from linli import AppendCondition, Event, EventStore, Query, QueryItem

# Python's own SQLite must be in another process: in this one it would drop our locks.
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""

APPEND = """
import sys, linli
store = linli.EventStore(sys.argv[1])
try:
    print("ready", flush=True)
    store.append([linli.Event("T")])
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@contextmanager
def held(file: Path) -> Generator[None]:
    """Another process holds the file's write lock."""
    words = [sys.executable, "-c", HOLD, str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield
        child.communicate(timeout=60)


def test_a_busy_store_is_worth_another_try(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "own.db")
    with held(tmp_path / "own.db"), pytest.raises(linli.StoreError) as busy:
        store.append([Event("T")])
    assert (busy.value.code, busy.value.retryable) == ("Busy", True)
    assert store.append([Event("T")]) == 1


def test_a_signal_ends_the_wait_for_a_busy_store(tmp_path: Path) -> None:
    file = tmp_path / "own.db"
    EventStore(file).append([Event("T")])
    with held(file):
        words = [sys.executable, "-c", APPEND, str(file)]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "interrupted\n"
    child.communicate(timeout=60)


def test_damage_is_named_with_its_position(yujing: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    written = bytearray(yujing.read_bytes())
    middle = written.index(b"SessionStarted", len(written) // 2)
    written[middle] ^= 1
    damaged.write_bytes(written)
    with pytest.raises(linli.CorruptionError) as found:
        linli.open(damaged).events()
    assert found.value.code == "Corruption"
    position = found.value.values["position"]
    assert isinstance(position, int)
    assert position > 1
    assert len(linli.open(damaged).as_known_at(position - 1).events()) == position - 1


def test_an_event_of_somebody_else_is_named_with_its_position(tmp_path: Path) -> None:
    EventStore(tmp_path / "own.db").append([Event("NetHung", metadata=b"\x82\x01\x00")])
    with pytest.raises(linli.StoreError, match="position 1") as unknown:
        linli.open(tmp_path / "own.db").sessions()
    assert unknown.value.code == "UnknownKind"
    assert not unknown.value.retryable


def refused_in_a_fork(call: Callable[[], object]) -> bool:
    """Whether a process that is forked off may not do it, and is told why."""
    child = os.fork()
    if child == 0:
        try:
            call()
        except linli.StoreError as error:
            told = error.code == "Forked" and not error.retryable and "spawn" in str(error)
            os._exit(0 if told else 2)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_ledger_on_the_other_side_of_a_fork_says_so(yujing: Path, tmp_path: Path) -> None:
    run("--journal", yujing, "seal", "--to", tmp_path / "sealed")
    told = linli.open("memory:", mode="rw")
    told.execute(session(1))
    sealed = linli.open(f"archive:{tmp_path / 'sealed'}")
    for ledger in (linli.open(yujing), sealed, told):
        sessions = len(ledger.sessions())
        assert refused_in_a_fork(ledger.sessions)
        assert refused_in_a_fork(lambda: ledger.as_known_at(1).events())
        assert refused_in_a_fork(ledger.head)
        assert refused_in_a_fork(ledger.verify)
        assert refused_in_a_fork(lambda: ledger.replay(TARIFFS / "flat-0.66.json"))
        assert len(ledger.sessions()) == sessions > 0
    assert refused_in_a_fork(lambda: told.execute(session(2)))


def test_a_store_on_the_other_side_of_a_fork_says_so(tmp_path: Path) -> None:
    for address in ("memory:", tmp_path / "own.db"):
        store = EventStore(address)
        store.append([Event("T")])
        read, coming = store.read(), store.subscribe()
        assert refused_in_a_fork(lambda: store.append([Event("T")]))
        assert refused_in_a_fork(store.read)
        assert refused_in_a_fork(store.subscribe)
        assert refused_in_a_fork(lambda: next(coming))
        # A page that was read before is the child's own.
        assert [event.position for event in read] == [1]
        assert store.append([Event("T")]) == 2


def open_and_append(path: Path) -> None:
    """What the child of a fork does; ends with 0 if it is refused for the reason told."""
    try:
        EventStore(path).append([Event("T")])
    except linli.StoreError as error:
        told = error.code == "Forked" and not error.retryable and "spawn" in str(error)
        os._exit(0 if told else 2)


def test_a_journal_is_not_opened_again_on_the_other_side_of_a_fork(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "own.db")
    store.append([Event("T")])
    forked = multiprocessing.get_context("fork").Process
    spawned = multiprocessing.get_context("spawn").Process
    for process, head in [(forked, 1), (spawned, 2)]:
        child = process(target=open_and_append, args=(tmp_path / "own.db",))
        child.start()
        child.join(60)
        assert child.exitcode == 0
        assert store.head() == head
    store.append([Event("T")])
    del store
    assert EventStore(tmp_path / "own.db").head() == 3


def test_a_journal_that_was_renamed_takes_no_append_until_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    store = EventStore(path)
    store.append([Event("T")])
    path.rename(tmp_path / "away.db")
    with pytest.raises(linli.StoreError, match="removed or renamed") as refused:
        store.append([Event("T")])
    assert refused.value.code == "NotWritable"
    with pytest.raises(linli.StoreError, match="removed or renamed"):
        store.head()
    (tmp_path / "away.db").rename(path)
    store.append([Event("T")])
    assert store.head() == 2


def test_of_many_who_want_one_slot_one_gets_it(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "own.db")
    free = AppendCondition(Query([QueryItem(tags=["slot:7"])]))
    answers: list[str] = []

    def book() -> None:
        try:
            store.append([Event("SlotBooked", tags=["slot:7"])], condition=free)
            answers.append("booked")
        except linli.ConflictError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=book) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["Conflict"] * 7 + ["booked"]
    assert store.head() == 1
