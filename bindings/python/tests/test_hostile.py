"""Whatever is handed in, what comes out is a result or an exception of our own, never a panic.

The bug it keeps away: a panic crosses into Python as a `BaseException` that no handler expects, or
an exception of some library names neither the argument nor the mend.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from conftest import TARIFFS, session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib import pyplot

import linli
from linli import _linli

matplotlib.use("Agg")
pa: Any = pytest.importorskip("pyarrow")

# Half characters, zeros, formulas, paths, long ones.
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Lo"]), max_size=8),
    st.sampled_from(["", "\0", "\ud800", "x" * 5_000, "/", "..", "memory:", "sqlite:", "=1", "邻里"]),
    st.sampled_from(["postgres://@/?journal=", "postgres://u@nowhere.invalid:1/d?journal=%", "::"]),
)
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70), st.sampled_from([0, 1, 2**63, 2**64, 2**64 - 1, -1, True])
)
# Python writes no number of more than 4,300 digits.
HUGE = NUMBERS | st.none().map(lambda _: 10**5_000)


def anything(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.one_of(st.none(), st.booleans(), numbers, st.floats(), TEXTS, st.binary(max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
        max_leaves=6,
    )


ANYTHING = anything(HUGE)
OURS = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def survives(call: Callable[[], object], *also: type[BaseException]) -> None:
    """Calls it; what is raised is ours, with a sentence and a code."""
    try:
        call()
    except linli.Error as raised:
        assert str(raised), type(raised)
        assert raised.code, raised
    except also:
        pass


@pytest.fixture(scope="module")
def told() -> linli.Ledger:
    """A ledger of two sessions."""
    ledger = linli.open("memory:", mode="rw")
    ledger.execute([*session(1), *session(2)])
    return ledger


@pytest.fixture(autouse=True, scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder in which names may make files."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("hostile"))
    yield
    os.chdir(before)


@OURS
@given(TEXTS, TEXTS, TEXTS, st.none() | TEXTS)
def test_opening(address: str, mode: str, actor: str, ring: str | None) -> None:
    # Nothing is made above the folder.
    inside = address if address.startswith("postgres:") else address.replace("/", "-")
    survives(lambda: linli.open(inside, mode, actor=actor, keyring=ring))  # type: ignore[arg-type]
    survives(lambda: linli.open(inside, actor=actor))
    survives(lambda: linli.EventStore(inside))


@OURS
@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3), TEXTS, NUMBERS)
def test_tables(
    told: linli.Ledger, types: list[str], tags: list[str], day: str, position: int
) -> None:
    survives(lambda: told.events(types, tags))
    survives(lambda: told.as_of(day).sessions())
    survives(lambda: told.as_known_at(position).cases()._repr_html_())
    survives(lambda: told.as_known_at(position).head())


@OURS
@given(TEXTS, TEXTS, TEXTS, HUGE, HUGE)
def test_replay_and_its_bills(
    told: linli.Ledger, file: str, word: str, key: str, threads: int, tariff: int
) -> None:
    survives(lambda: told.replay(file))
    survives(lambda: told.replay(against=word))  # type: ignore[arg-type]
    survives(lambda: told.replay(by=word))  # type: ignore[arg-type]
    survives(lambda: told.replay(threads=threads))
    survives(lambda: told.replay(snapshot=f"/nowhere/{file}"))
    r = told.replay(TARIFFS / "flat-0.66.json", by="day")
    survives(lambda: r.explain(key))
    survives(lambda: r.explain("test:1", tariff))
    survives(lambda: r.plot(tariff))
    survives(lambda: told.replay(against=tariff))  # type: ignore[arg-type]
    survives(lambda: told.project(tariff))  # type: ignore[arg-type]
    pyplot.close("all")


@OURS
@given(anything(NUMBERS))
def test_a_tariff_of_anything(tmp_path: Path, told: linli.Ledger, document: Any) -> None:
    file = tmp_path / "tariff.json"
    file.write_text(json.dumps(document, default=str), encoding="utf-8")
    survives(lambda: told.replay(file))
    lines = (TARIFFS / "flat-0.66.json").read_text(encoding="utf-8").splitlines()
    flat = json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//")))
    for key in list(flat):
        text = json.dumps(flat | {key: document}, default=str)
        file.write_text(text, encoding="utf-8")
        survives(lambda: told.replay(file))


@OURS
@given(ANYTHING)
def test_commands_of_anything(told: linli.Ledger, value: Any) -> None:
    survives(lambda: told.execute(value))
    survives(lambda: told.execute({"open_case": value}))
    (start, _) = session(3)
    fields = start["record_session_start"]
    for field in fields:
        survives(lambda field=field: told.execute(  # type: ignore[misc]
            {"record_session_start": fields | {field: value}}
        ))


@OURS
@given(TEXTS, st.binary(max_size=9), st.lists(TEXTS, max_size=3), TEXTS, NUMBERS, st.booleans())
def test_a_store(
    kind: str, data: bytes, tags: list[str], name: str, number: int, backwards: bool
) -> None:
    store = linli.EventStore("memory:")
    event = linli.Event(kind, data, tags)
    query = linli.Query([linli.QueryItem([kind], tags)])
    survives(lambda: store.append([event], linli.AppendCondition(query, number), name))
    survives(lambda: store.append([linli.Event("T", id=name)]))
    survives(lambda: store.append([]))
    survives(lambda: list(store.read(query, after=number, backwards=backwards)))
    survives(lambda: list(store.read(limit=number)))
    with store.subscribe(after=0) as subscription:
        subscription.stop()
        assert list(subscription) == []
    survives(lambda: store.subscribe(query, after=number).stop())


@OURS
@given(ANYTHING, ANYTHING)
def test_what_has_another_type_is_refused_as_python_does(
    told: linli.Ledger, one: Any, other: Any
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: linli.open(one, mode=other) if not isinstance(one, (str, bytes)) else None,
        lambda: told.as_of(one),
        lambda: told.as_known_at(one),
        lambda: told.events(one, other),
        lambda: told.replay(one, by=other),
        lambda: told.project(one, checkpoint=other),
        lambda: told.try_flags(one),
        lambda: told.replay(threads=one if not isinstance(one, int) else 1, against=other),
        lambda: told.replay(TARIFFS / "flat-0.66.json", by="day").explain(one, other),
        lambda: linli.EventStore("memory:").append(one, other),
        lambda: linli.EventStore("memory:").append([linli.Event(one, other)], key=other),
        lambda: linli.EventStore("memory:").read(one, after=other),
        lambda: linli.EventStore("memory:").subscribe(one, after=other),
    ]
    for call in calls:
        survives(call, TypeError)


def test_what_is_no_event_or_query_is_said() -> None:
    store: Any = linli.EventStore("memory:")
    calls: list[Callable[[], object]] = [
        lambda: store.append(["x"]),
        lambda: store.append([linli.Event("T")], condition=linli.Query()),
        lambda: store.read("x"),
        lambda: store.read(linli.Query(["x"])),  # type: ignore[list-item]
        lambda: store.subscribe("x"),
    ]
    for call in calls:
        with pytest.raises(linli.InputError, match="; hand in .*linli") as refused:
            call()
        assert refused.value.code == "AnotherForm"
    assert store.head() is None


THEIRS = [
    pa.array([1], pa.timestamp("ns", "UTC")),
    pa.array([1], pa.timestamp("us")),
    pa.array(["a"]).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string())),
    pa.array([1.5]),
    pa.array([Decimal("1.25")], pa.decimal128(5, 2)),
    pa.array([[1]]),
    pa.array([{"a": 1}]),
]


@pytest.mark.parametrize("column", THEIRS, ids=lambda column: str(column.type))
def test_a_pickle_of_somebody_elses_columns_is_refused(column: Any) -> None:
    with pytest.raises(linli.InputError, match="column `x` is of the type") as refused:
        table_of(column)
    assert refused.value.code == "NoTable"


@OURS
@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31 - 1))
def test_any_instant_and_any_day_is_told_or_refused(microseconds: int, day: int) -> None:
    columns = [
        pa.array([microseconds], pa.timestamp("us", "UTC")),
        pa.array([day], pa.int32()).cast(pa.date32()),
    ]
    for column in columns:
        table = linli.Sessions(table_of(column))
        survives(lambda table=table: list(table.rows()))  # type: ignore[misc]
        assert repr(table)
        assert table._repr_html_()


def table_of(column: Any) -> _linli.Table:
    """A table of one column as Arrow writes it, and as unpickling reads it."""
    sink = pa.BufferOutputStream()
    table = pa.table({"x": column})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    stream = bytes(sink.getvalue())
    return _linli.Table(stream, sha256(stream).digest())


@OURS
@given(st.data())
def test_a_pickle_that_was_altered_is_refused(told: linli.Ledger, data: st.DataObject) -> None:
    make, (stream, digest) = told.sessions()._inner.__reduce__()
    place = data.draw(st.integers(0, len(stream) - 1))
    altered = bytearray(stream)
    altered[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(linli.InputError, match="altered on its way"):
        make(bytes(altered), digest)
    # Whoever makes the digest anew gets a table or a sentence.
    survives(lambda: make(bytes(altered), sha256(altered).digest()).rows())


class Long(list[str]):
    """Says that it has more than there is memory for."""

    def __len__(self) -> int:
        return 2**62


@pytest.mark.parametrize("many", [range(2**62), Long(["a"]), iter("ab" * 70_000)], ids=repr)
def test_what_a_sequence_says_of_its_length_is_not_believed(told: linli.Ledger, many: Any) -> None:
    store = linli.EventStore("memory:")
    survives(lambda: store.append([linli.Event("T", tags=many)]), TypeError)
    survives(lambda: store.read(linli.Query(many)), TypeError)
    survives(lambda: store.read(linli.Query([linli.QueryItem(types=many)])), TypeError)
    survives(lambda: told.events(many), TypeError)


def test_a_bucket_that_can_be_none_is_said_so() -> None:
    for address in ("archive:s3://our house/p", "archive:s3://a\x7fb/p", "archive:s3://?/p"):
        with pytest.raises(linli.InputError, match="is no place of an archive"):
            linli.open(address)
