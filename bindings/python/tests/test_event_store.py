"""The store for events of one's own: what is appended comes back, under its conditions."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from conftest import session
from hypothesis import given, settings
from hypothesis import strategies as st

import linli
from linli import AppendCondition, Event, EventStore, Query, QueryItem

TYPES = st.text(min_size=1, max_size=10)
TAGS = st.lists(st.text(min_size=1, max_size=10), max_size=4)
EVENTS = st.builds(
    Event,
    type=TYPES,
    data=st.binary(max_size=40),
    tags=TAGS,
    id=st.none() | st.uuids(),
    metadata=st.none() | st.binary(min_size=1, max_size=10),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(EVENTS, min_size=1, max_size=5), max_size=6))
def test_events_come_back_byte_for_byte_in_their_order(appends: list[list[Event]]) -> None:
    store = EventStore("memory:")
    count = 0
    for events in appends:
        count += len(events)
        assert store.append(events) == count
    read = list(store.read())
    assert [found.position for found in read] == list(range(1, count + 1))
    for found, given_ in zip(read, (event for events in appends for event in events), strict=True):
        event = found.event
        assert (event.type, event.data, event.metadata) == (
            given_.type,
            given_.data,
            given_.metadata,
        )
        assert event.tags == sorted(set(given_.tags), key=str.encode)
        assert isinstance(event.id, UUID)
        assert given_.id in (None, event.id)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xy")), max_size=12),
    st.lists(st.sampled_from("AB"), max_size=2),
    st.lists(st.sampled_from("xy"), max_size=2),
    st.none() | st.integers(0, 14),
    st.none() | st.integers(0, 14),
    st.booleans(),
)
def test_a_read_gives_what_matches_and_no_more(
    told: list[tuple[str, str]],
    types: list[str],
    tags: list[str],
    after: int | None,
    limit: int | None,
    backwards: bool,
) -> None:
    store = EventStore("memory:")
    if told:
        store.append([Event(type=type, tags=[tag]) for type, tag in told])
    numbered = list(enumerate(told, start=1))
    if backwards:
        numbered.reverse()
    expected = [
        position
        for position, (type, tag) in numbered
        if (not types or type in types)
        and all(asked == tag for asked in tags)
        and (after is None or (position < after if backwards else position > after))
    ]
    query = Query([QueryItem(types=types, tags=tags)])
    read = store.read(query, after=after, limit=limit, backwards=backwards)
    assert read.head == (len(told) or None)
    assert [found.position for found in read] == expected[:limit]


def test_a_condition_guards_what_was_read() -> None:
    store = EventStore("memory:")
    slot = Query([QueryItem(types=[], tags=["slot:7"])])
    booked = Event(type="SlotBooked", data=b"Li", tags=["slot:7"])
    assert store.append([booked], condition=AppendCondition(slot, after=None)) == 1
    with pytest.raises(linli.ConflictError) as refused:
        store.append([booked], condition=AppendCondition(slot))
    assert (refused.value.code, refused.value.values["found"]) == ("Conflict", 1)
    assert store.append([booked], condition=AppendCondition(slot, after=1)) == 2
    assert store.head() == 2


def test_a_key_makes_a_repeat_harmless() -> None:
    store = EventStore("memory:")
    for key in (uuid4(), "order-17"):
        first = store.append([Event("T", b"1")], key=key)
        assert store.append([Event("T", b"1")], key=key) == first
        with pytest.raises(linli.KeyReusedError) as reused:
            store.append([Event("T", b"2")], key=key)
        assert reused.value.values["first"] == first
    assert store.head() == 2


def test_limits_are_named_and_nothing_is_written() -> None:
    store = EventStore("memory:")
    for code, events in [
        ("Events", [Event("T")] * 1_001),
        ("AppendBytes", [Event("T", b"x" * (960 * 1024))]),
        ("Tags", [Event("T", tags=[str(n) for n in range(257)])]),
        ("TagBytes", [Event("T", tags=["x" * 129])]),
        ("TypeBytes", [Event("")]),
    ]:
        with pytest.raises(linli.LimitError) as refused:
            store.append(events)
        assert refused.value.code == code
    with pytest.raises(linli.InputError, match="without events") as empty:
        store.append([])
    assert empty.value.code == "Empty"
    assert store.head() is None


def test_a_negative_number_is_none_of_ours() -> None:
    store = EventStore("memory:")
    wrong: list[dict[str, Any]] = [{"after": -1}, {"limit": -1}, {"limit": 1.5}]
    for bounds in wrong:
        with pytest.raises(linli.InputError, match="no whole number from 0 on"):
            store.read(**bounds)


def test_a_read_is_one_snapshot() -> None:
    store = EventStore("memory:")
    for thousand in range(9):
        store.append([Event("T", b"%d" % (thousand * 1_000 + n)) for n in range(1_000)])
    read = store.read()
    first = next(read)
    store.append([Event("Late")])
    rest = list(read)
    assert (read.head, first.position, len(rest)) == (9_000, 1, 8_999)
    assert rest[-1].event.type == "T"


def test_an_iterator_is_read_by_one_thread_at_a_time() -> None:
    store = EventStore("memory:")
    subscription = store.subscribe()
    refused: list[str] = []

    def reads() -> None:
        try:
            list(subscription)
        except linli.InputError as error:
            refused.append(error.code)
            subscription.stop()

    threads = [threading.Thread(target=reads) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["Taken"]


def test_an_address_opens_the_same_journal_again(tmp_path: Path) -> None:
    file = tmp_path / "own.db"
    assert EventStore(f"sqlite:{file}").append([Event("T", b"\x00\xff")]) == 1
    assert [found.event.data for found in EventStore(file).read()] == [b"\x00\xff"]


def test_a_subscription_gives_what_is_there_and_what_comes() -> None:
    store = EventStore("memory:")
    store.append([Event("A"), Event("B"), Event("A")])
    seen: list[int] = []
    with store.subscribe(Query([QueryItem(types=["A"])]), after=1) as subscription:
        seen.append(next(subscription).position)
        writer = threading.Thread(target=store.append, args=([Event("B"), Event("A")],))
        writer.start()
        seen.append(next(subscription).position)
        writer.join()
    assert seen == [3, 5]
    assert list(subscription) == []


def test_stop_from_another_thread_ends_the_waiting() -> None:
    store = EventStore("memory:")
    subscription = store.subscribe()
    ended = threading.Event()

    def waits() -> None:
        assert list(subscription) == []
        ended.set()

    thread = threading.Thread(target=waits)
    thread.start()
    subscription.stop()
    assert ended.wait(timeout=30)
    thread.join()


def test_a_journal_that_ends_before_what_was_seen_is_not_followed() -> None:
    store = EventStore("memory:")
    store.append([Event("A")])
    subscription = store.subscribe(after=3)
    with pytest.raises(linli.CorruptionError, match="the journal went back") as raised:
        next(subscription)
    assert (raised.value.code, raised.value.values) == ("RolledBack", {"position": 2, "seen": 3})
    assert list(subscription) == []


def test_a_subscription_sees_what_another_store_of_the_file_appends(tmp_path: Path) -> None:
    file = tmp_path / "own.db"
    reading, writing = EventStore(file), EventStore(file)
    with reading.subscribe() as subscription:
        writer = threading.Thread(target=writing.append, args=([Event("A")],))
        writer.start()
        assert next(subscription).event.type == "A"
        writer.join()


def test_a_ledgers_journal_takes_no_events_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "yujing.db"
    ledger = linli.open(path, mode="rw")
    ledger.execute(session(1))
    before = ledger.head()
    store = EventStore(path)
    with pytest.raises(linli.InputError, match="a journal of their own") as refused:
        store.append([Event("T")])
    assert refused.value.code == "ALedgers"
    assert ledger.head() == before
    assert [event.position for event in store.read(limit=1)] == [1]
    assert len(ledger.sessions()) == 1
