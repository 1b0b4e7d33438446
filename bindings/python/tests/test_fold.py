"""A view of one's own: resumed is run whole, whatever ended the run before.

The bug it keeps away: a state that is saved apart from its position, so that a process killed in
between skips events or takes them in twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import kept, run, session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import linli

# A fold whose state shows each position that it saw, in order; it is slow where it is told to be.
SEEN = """
import sys, time, linli
from decimal import Decimal

class Seen(linli.Fold):
    def begin(self):
        return {"count": 0, "sum": Decimal(0), "last": 0, "out_of_order": 0}

    def fold(self, state, batch):
        for event in batch.rows():
            state["count"] += 1
            state["sum"] += Decimal(event["position"]) / 8
            state["out_of_order"] += event["position"] != state["last"] + 1
            state["last"] = event["position"]
        print(state["last"], flush=True)
        return state

# A checkpoint is of a class in a module.
Seen.__module__ = "test_fold"
linli._fold.MOST_EVENTS = 25
linli.open(sys.argv[1]).project(Seen(), checkpoint=sys.argv[2], save_every_s=0)
"""


class Seen(linli.Fold[dict[str, Any]]):
    """Counts and adds up positions, and says where one did not follow the one before."""

    def begin(self) -> dict[str, Any]:
        return {"count": 0, "sum": Decimal(0), "last": 0, "out_of_order": 0}

    def fold(self, state: dict[str, Any], batch: linli.Table) -> dict[str, Any]:
        for event in batch.rows():
            state["count"] += 1
            state["sum"] += Decimal(event["position"]) / 8
            state["out_of_order"] += event["position"] != state["last"] + 1
            state["last"] = event["position"]
        return state


class Kinds(linli.Fold[dict[str, int]]):
    """How many events there are of each type."""

    def begin(self) -> dict[str, int]:
        return {}

    def fold(self, state: dict[str, int], batch: linli.Table) -> dict[str, int]:
        for event in batch.rows():
            state[event["type"]] = state.get(event["type"], 0) + 1
        return state


class Billed(linli.Fold[dict[str, Decimal]]):
    """What was billed, by currency, from a data frame of each batch."""

    over = "bills"

    def begin(self) -> dict[str, Decimal]:
        return {}

    def fold(self, state: dict[str, Decimal], batch: linli.Table) -> dict[str, Decimal]:
        for currency, amount in batch.to_polars().select("currency", "amount").drop_nulls().rows():
            state[currency] = state.get(currency, Decimal(0)) + amount
        return state


class Times(linli.Fold[int]):
    """How many events there are, times a number, or several."""

    def __init__(self, *numbers: object) -> None:
        self.numbers = numbers

    def begin(self) -> int:
        return 0

    def fold(self, state: int, batch: linli.Table) -> int:
        return state + len(batch)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli._fold.MOST_EVENTS", 25)


def test_resumed_is_run_whole(yujing: Path, tmp_path: Path, small_batches: None) -> None:
    ledger, checkpoint = linli.open(yujing), tmp_path / "seen.json"
    head = ledger.head() or 0
    whole = ledger.project(Seen())
    assert (whole.position, whole.resumed_behind, whole.state["count"]) == (head, 0, head)
    reached = 0
    for position in (1, 2, 30, 31, 400, head, head):
        known = ledger.as_known_at(position)
        found = known.project(Seen(), checkpoint=checkpoint)
        assert (found.position, found.resumed_behind) == (position, reached)
        assert found.state == known.project(Seen()).state
        reached = position
    again = pickle.loads(pickle.dumps(ledger.project(Seen(), checkpoint=checkpoint)))
    assert again.state == whole.state
    assert whole.state["out_of_order"] == 0


def test_a_killed_run_skips_no_event_and_repeats_none(yujing: Path, tmp_path: Path) -> None:
    checkpoint = tmp_path / "seen.json"
    ledger = linli.open(yujing)
    words = [sys.executable, "-c", SEEN, str(yujing), str(checkpoint)]
    resumed: list[int] = []
    for batches in (1, 2, 3, 5, 8):
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(batches):
                assert child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            child.communicate(timeout=60)
        assert child.returncode in (-signal.SIGKILL, 0)
        if checkpoint.exists():
            held = json.loads(checkpoint.read_text().splitlines()[0])
            assert held["state"]["count"] == held["position"]
            resumed.append(held["position"])
    head = ledger.head() or 0
    assert 0 < resumed[0] < head, "killed on the way"
    assert resumed == sorted(resumed)
    found = ledger.project(Seen(), checkpoint=checkpoint)
    assert found.resumed_behind == resumed[-1]
    assert found.state == ledger.project(Seen()).state
    assert found.state["out_of_order"] == 0


def test_what_a_fold_raises_leaves_the_last_whole_state(
    yujing: Path, tmp_path: Path, small_batches: None
) -> None:
    class Breaks(Seen):
        def fold(self, state: dict[str, Any], batch: linli.Table) -> dict[str, Any]:
            folded = super().fold(state, batch)
            if folded["count"] >= 200:
                raise RuntimeError("half done")
            return folded

    Breaks.__qualname__ = Seen.__qualname__
    ledger, checkpoint = linli.open(yujing), tmp_path / "seen.json"
    with pytest.raises(RuntimeError, match="half done"):
        ledger.project(Breaks(), checkpoint=checkpoint, save_every_s=0)
    found = ledger.project(Seen(), checkpoint=checkpoint)
    assert 0 < found.resumed_behind < 200
    assert found.state == ledger.project(Seen()).state


def test_every_table_in_the_journals_order_can_be_folded(yujing: Path, tmp_path: Path) -> None:
    ledger = linli.open(yujing)
    assert ledger.project(Kinds()).state == Counter(ledger.events().to_polars()["type"].to_list())
    bills = ledger.bills().to_polars().drop_nulls("amount")
    assert ledger.project(Billed()).state == {"CNY": sum(bills["amount"].to_list(), Decimal(0))}

    class Samples(linli.Fold[int]):
        over = "meter_samples"

        def begin(self) -> int:
            return 0

        def fold(self, state: int, batch: linli.Table) -> int:
            assert isinstance(batch, linli.MeterSamples)
            return state + len(batch)

    assert ledger.project(Samples()).state == len(ledger.meter_samples())


def test_types_and_days_choose_events(yujing: Path, tmp_path: Path) -> None:
    class Ends(Kinds):
        types = ("SessionEnded",)

    ledger, checkpoint = linli.open(yujing), tmp_path / "ends.json"
    found = ledger.project(Ends(), checkpoint=checkpoint)
    assert found.state == {"SessionEnded": 300}
    # Events of other types were looked at too: they are not looked at again.
    assert found.position == ledger.head()
    day = ledger.as_of("2022-02-10")
    assert day.project(Ends()).state == {"SessionEnded": len(day.events(["SessionEnded"]))}
    with pytest.raises(linli.InputError, match="of another fold") as refused:
        day.project(Ends(), checkpoint=checkpoint)
    assert refused.value.code == "AnotherFold"


def test_a_file_of_something_else_is_refused(yujing: Path, tmp_path: Path) -> None:
    ledger, checkpoint = linli.open(yujing), tmp_path / "seen.json"
    ledger.project(Seen(), checkpoint=checkpoint)

    class Newer(Seen):
        version = 2

    Newer.__qualname__ = Seen.__qualname__
    text = checkpoint.read_bytes()
    cases: list[tuple[linli.View, linli.Fold[Any], bytes, str, str]] = [
        (ledger, Newer(), text, "AnotherFold", r"of another fold \(version 1\)"),
        (ledger, Kinds(), text, "AnotherFold", "of another fold"),
        (ledger.as_known_at(10), Seen(), text, "Behind", "behind 10"),
        (ledger, Seen(), b"{}\n", "NoCheckpoint", "is no checkpoint"),
        (ledger, Seen(), b"", "NoCheckpoint", "is no checkpoint"),
        (ledger, Seen(), text.replace(b'"count":', b'"count":1'), "DamagedCheckpoint", "damaged"),
        (ledger, Seen(), text[: len(text) // 2], "DamagedCheckpoint", "damaged"),
    ]
    for view, fold, held, code, sentence in cases:
        checkpoint.write_bytes(held)
        with pytest.raises(linli.Error, match=sentence) as refused:
            view.project(fold, checkpoint=checkpoint)
        assert (refused.value.code, str(checkpoint) in str(refused.value)) == (code, True)
        assert checkpoint.read_bytes() == held


def test_a_checkpoint_of_another_journal_is_refused(
    ledger: linli.Ledger, yujing: Path, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "seen.json"
    for number in range(3):
        ledger.execute(session(number))
    ledger.project(Seen(), checkpoint=checkpoint)
    with pytest.raises(linli.InputError, match="taken at 6 of another journal") as refused:
        linli.open(yujing).project(Seen(), checkpoint=checkpoint)
    assert refused.value.code == "AnotherJournal"
    shorter = linli.open("memory:", mode="rw")
    shorter.execute(session(1))
    with pytest.raises(linli.InputError, match="or of a newer copy"):
        shorter.project(Seen(), checkpoint=checkpoint)


def test_parameters_module_and_version_are_part_of_a_checkpoint(
    ledger: linli.Ledger, tmp_path: Path
) -> None:
    ledger.execute(session(1))
    checkpoint = tmp_path / "times.json"
    ledger.project(Times(1, Decimal("0.10"), 2.5), checkpoint=checkpoint)
    again = ledger.project(Times(1, Decimal("0.10"), 2.5), checkpoint=checkpoint)
    assert again.resumed_behind == 2
    for others in ((100,), (True, Decimal("0.10"), 2.5), (1, Decimal("0.1"), 2.5)):
        with pytest.raises(linli.InputError, match=r"another fold \(parameters "):
            ledger.project(Times(*others), checkpoint=checkpoint)

    class Namesake(Times):
        pass

    Namesake.__qualname__, Namesake.__module__ = Times.__qualname__, "elsewhere"
    with pytest.raises(linli.InputError, match=r'another fold \(fold "test_fold.Times"\)'):
        ledger.project(Namesake(1, Decimal("0.10"), 2.5), checkpoint=checkpoint)

    class Pair(Seen):
        version = (1, 2)  # type: ignore[assignment]

    pair = tmp_path / "pair.json"
    assert ledger.project(Pair(), checkpoint=pair).resumed_behind == 0
    assert ledger.project(Pair(), checkpoint=pair).resumed_behind == 2


def test_what_a_checkpoint_cannot_tell_is_refused_before_the_work(
    ledger: linli.Ledger, tmp_path: Path
) -> None:
    ledger.execute(session(1))

    class Never(Times):
        def fold(self, state: int, batch: linli.Table) -> int:
            raise AssertionError("no row is folded")

    class Odd(Never):
        version = object()  # type: ignore[assignment]

    for fold, name in ((Odd(), "version"), (Never({1, 2}), "parameters")):
        with pytest.raises(linli.InputError, match=f"cannot tell a fold by its {name}") as refused:
            ledger.project(fold, checkpoint=tmp_path / "never.json")
        assert refused.value.code == "NotTold"
    assert ledger.project(Times({1, 2})).state == 2, "without a checkpoint it may be anything"
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_a_run_without_a_keyring_is_not_gone_on_with_by_one(
    yujing: Path, tmp_path: Path
) -> None:
    run("keygen", "keyring", "--out", tmp_path / "ring.db", "--json")
    checkpoint = tmp_path / "kinds.json"
    linli.open(yujing).project(Kinds(), checkpoint=checkpoint)
    with pytest.raises(linli.InputError, match=r"of another fold \(keyring false\)"):
        linli.open(yujing, keyring=tmp_path / "ring.db").project(Kinds(), checkpoint=checkpoint)


def test_the_same_commands_told_twice_are_two_journals(tmp_path: Path) -> None:
    one, other = (linli.open("memory:", mode="rw") for _ in range(2))
    for ledger in (one, other):
        ledger.execute(session(1))
    ids = [ledger.events().to_polars()["id"].to_list() for ledger in (one, other)]
    assert ids[0] == ids[1]
    for begun, resumed in ((one, other), (one.as_of("2022-02-27"), other.as_of("2022-02-27"))):
        checkpoint = tmp_path / f"{begun!r}.json"
        begun.project(Kinds(), checkpoint=checkpoint)
        with pytest.raises(linli.InputError, match="taken at 2 of another journal"):
            resumed.project(Kinds(), checkpoint=checkpoint)
        checkpoint.unlink()


def test_threads_share_a_checkpoint(
    yujing: Path, tmp_path: Path, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []
    replace = os.replace

    def noted(beside: str, path: str) -> None:
        named.append(beside)
        replace(beside, path)

    monkeypatch.setattr("os.replace", noted)
    ledger, checkpoint = linli.open(yujing).as_known_at(500), tmp_path / "seen.json"

    def projected(_: int) -> object:
        return ledger.project(Seen(), checkpoint=checkpoint, save_every_s=0).state

    with ThreadPoolExecutor(4) as threads:
        states = list(threads.map(projected, range(12)))
    assert all(state == states[0] for state in states)
    assert len(set(named)) == len(named) > 4, "no two writings share a file"
    assert list(tmp_path.iterdir()) == [checkpoint]


@pytest.mark.parametrize(
    "changed",
    [
        {"position": "7"}, {"position": -1}, {"position": None}, {"state": {"$decimal": "x"}},
        {"event": ...}, {"state": ...}, {"position": ...},
    ],
)
def test_a_body_that_no_run_wrote_is_damaged(
    ledger: linli.Ledger, tmp_path: Path, changed: dict[str, object]
) -> None:
    ledger.execute(session(1))
    checkpoint = tmp_path / "seen.json"
    ledger.project(Seen(), checkpoint=checkpoint)
    document = json.loads(checkpoint.read_bytes().splitlines()[0]) | changed
    kept_keys = {key: value for key, value in document.items() if value is not ...}
    text = json.dumps(kept_keys, separators=(",", ":"))
    for body in (text, text[:-1], '{"format":"linli/fold/v1","state":' + "[" * 100_000):
        checkpoint.write_text(f"{body}\n{hashlib.sha256(body.encode()).hexdigest()}\n")
        with pytest.raises(linli.CorruptionError, match=r"seen\.json is damaged"):
            ledger.project(Seen(), checkpoint=os.fsencode(checkpoint))  # type: ignore[arg-type]


def test_a_state_is_a_tree_that_python_can_write(ledger: linli.Ledger, tmp_path: Path) -> None:
    row: list[object] = []
    circle: list[object] = []
    circle.append(circle)
    deep: object = 1
    for _ in range(200_000):
        deep = [deep]
    cases: list[tuple[object, str]] = [
        ({"a": row, "b": row}, r"^state\['b'\] stands in another place"),
        (circle, r"^state\[0\] stands in another place"),
        (deep, "lies deeper than 100 lists and dicts"),
        ([10**5_000], r"^state\[0\] is a value of the type int"),
        ({10**5_000: 1}, "has the key a value of the type int"),
    ]
    for state, sentence in cases:
        with pytest.raises(linli.InputError, match=sentence) as refused:
            ledger.project(kept(state), checkpoint=tmp_path / "kept.json")
        assert refused.value.code == "NotKept"
    largest: dict[str, object] = {"a": 10**4_299, "b": [], "c": []}
    for _ in range(2):
        assert ledger.project(kept(largest), checkpoint=tmp_path / "kept.json").state == largest


STATES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False,
                                                                      allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=4) | st.sampled_from(["$", "$decimal", "$$x"]), inner,
                      max_size=4),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STATES)
def test_a_state_comes_back_as_it_was(tmp_path: Path, state: Any) -> None:
    checkpoint = tmp_path / "kept.json"
    checkpoint.unlink(missing_ok=True)
    ledger = linli.open("memory:", mode="rw")
    ledger.project(kept(state), checkpoint=checkpoint)
    held = ledger.project(kept(None), checkpoint=checkpoint).state
    assert repr(held) == repr(state)


@pytest.mark.parametrize(
    "state",
    [1.5, (1,), {1: "one"}, Counter("a"), {"a": [Decimal("nan")]}, b"", {"a": {"b": {1}}}, True],
)
def test_a_state_that_would_come_back_otherwise_is_refused(tmp_path: Path, state: Any) -> None:
    checkpoint, ledger = tmp_path / "kept.json", linli.open("memory:", mode="rw")
    if state is True:
        assert ledger.project(kept(state), checkpoint=checkpoint).state is True
        return
    with pytest.raises(linli.InputError, match=r"^state") as refused:
        ledger.project(kept(state), checkpoint=checkpoint)
    assert refused.value.code == "NotKept"
    assert not checkpoint.exists()


def test_what_is_no_fold_is_said(ledger: linli.Ledger, tmp_path: Path) -> None:
    ledger.execute(session(1))

    class Forgets(Seen):
        def fold(self, state: dict[str, Any], batch: linli.Table) -> dict[str, Any]:
            super().fold(state, batch)
            return None  # type: ignore[return-value]

    class Chooses(Billed):
        types = ("BillIssued",)

    class Elsewhere(Seen):
        over = "sessions"  # type: ignore[assignment]

    cases: list[tuple[Any, str]] = [
        (Seen, "is no fold"),
        (Forgets(), r"Forgets.fold\(\) gave None; let it return the state"),
        (Chooses(), "types and tags choose events"),
        (Elsewhere(), 'over="sessions" is none'),
    ]
    for fold, sentence in cases:
        with pytest.raises(linli.InputError, match=sentence):
            ledger.project(fold)
    with pytest.raises(linli.InputError, match="cannot be written"):
        ledger.project(Seen(), checkpoint=tmp_path / "no" / "folder" / "seen.json")


def test_progress_is_as_of_a_replay(yujing: Path, small_batches: None) -> None:
    told: list[tuple[int, int]] = []
    ledger = linli.open(yujing)
    ledger.project(Kinds(), progress=lambda position, until: told.append((position, until)))
    assert told[-1] == (ledger.head(), ledger.head())
    assert len(told) > 10

    def failing(position: int, until: int) -> None:
        raise RuntimeError(f"at {position} of {until}")

    with pytest.raises(RuntimeError, match=f"at {told[0][0]} of {ledger.head()}"):
        ledger.project(Kinds(), progress=failing)


def test_what_is_saved_seldom_is_saved_at_the_end(yujing: Path, tmp_path: Path) -> None:
    checkpoint = tmp_path / "own.json"
    journal = tmp_path / "own.db"
    run("--journal", journal, "demo", "--sessions", "100", "--quiet")
    ledger = linli.open(journal, mode="rw")
    ledger.project(Kinds(), checkpoint=checkpoint, save_every_s=3_600)
    before = checkpoint.stat().st_mtime_ns
    time.sleep(0.01)
    ledger.project(Kinds(), checkpoint=checkpoint)
    assert checkpoint.stat().st_mtime_ns == before, "nothing new: nothing is written"
    ledger.execute(session(1))
    assert ledger.project(Kinds(), checkpoint=checkpoint).state == ledger.project(Kinds()).state
