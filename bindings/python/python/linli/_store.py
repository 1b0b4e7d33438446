"""The store itself, for people who bring their own events."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from linli import _linli
from linli._address import Address, from_anywhere, plain, refuse_in_memory, refuse_missing
from linli._errors import InputError
from linli._events import AppendCondition, Event, Query, SequencedEvent, sequenced

if TYPE_CHECKING:
    from types import TracebackType
    from uuid import UUID


def refuse_to_go(reading: str) -> NoReturn:
    """Says that somebody who is in the midst of reading cannot go to another process."""
    sentence = f"a {reading} is of this process alone; hand over the store, and read there"
    raise InputError(sentence, "IsReading")


@contextmanager
def of_form(wanted: str) -> Generator[None]:
    """Says what to hand in, where something else was."""
    try:
        yield
    except AttributeError as error:
        raise InputError(f"{error}; hand in {wanted}", "AnotherForm") from error


class EventStore:
    """A journal of events that mean something to you alone.

    >>> from linli import AppendCondition, Event, EventStore, Query, QueryItem
    >>> store = EventStore("memory:")
    >>> free = AppendCondition(Query([QueryItem(tags=["slot:7"])]))
    >>> store.append([Event(type="SlotBooked", tags=["slot:7"])], condition=free)
    1
    >>> [read.event.type for read in store.read()]
    ['SlotBooked']
    """

    def __init__(self, address: Address) -> None:
        """Opens the journal at an address (`yujing.db`, `memory:`), and makes one if none is there.

        Raises `InputError` for an address or a file that is none of a journal, `StoreError` where
        the file cannot be written.
        """
        given = plain(address)
        self._held: _linli.EventStore | None = _linli.EventStore(given)
        self._address = from_anywhere(given)

    @property
    def _inner(self) -> _linli.EventStore:
        if self._held is None:
            # It came from another process, and is opened at its first use.
            refuse_missing(self._address)
            self._held = _linli.EventStore(self._address)
        return self._held

    def append(
        self,
        events: Sequence[Event],
        condition: AppendCondition | None = None,
        key: UUID | str | None = None,
    ) -> int:
        """Writes the events together or not at all, and gives the position of the last one.

        With a `key` (a UUID, or any text) a repeat is harmless: the same key and events give the
        first result again. The events are durable when this returns.

        Raises `ConflictError` if the condition fails, `KeyReusedError` for a key of other events,
        `LimitError` for too much at once, `UnknownOutcomeError` if the store did not say whether
        they were written. Ctrl-C ends the waiting, not the writing: a key tells what became of it.
        """
        with of_form("linli.Event in a list, and a linli.AppendCondition"):
            return self._inner.append(list(events), condition, key)

    def read(
        self,
        query: Query | None = None,
        *,
        after: int | None = None,
        limit: int | None = None,
        backwards: bool = False,
    ) -> Read:
        """The events that match, as one snapshot: behind `after` in the direction of reading.

        `limit` counts events after the query; 0 reads nothing but the head.
        """
        with of_form("a linli.Query of linli.QueryItem"):
            return Read(self._inner.read(query, after=after, limit=limit, backwards=backwards))

    def subscribe(self, query: Query | None = None, *, after: int | None = None) -> Subscription:
        """The events that match behind `after`, and then each one as it comes.

        Iterating blocks until there is one; `stop()` ends it from any thread. Raises
        `CorruptionError` (`.code` is `RolledBack`) where the journal ends before `after`, or before
        what was seen: an older copy was put in its place.
        """
        with of_form("a linli.Query of linli.QueryItem"):
            return Subscription(self._inner.subscribe(query, after=after))

    def head(self) -> int | None:
        """The position of the last event; `None` while there is none."""
        return self._inner.head()

    def __getstate__(self) -> dict[str, object]:
        refuse_in_memory(self._address)
        return {**vars(self), "_held": None}

    def __repr__(self) -> str:
        return f"<linli.EventStore: head {self.head()}>"


class Read(Iterator[SequencedEvent]):
    """The events that were asked for, a page of them in memory at a time."""

    def __init__(self, inner: _linli.Read) -> None:
        self._inner = inner
        self._page: deque[SequencedEvent] = deque()

    @property
    def head(self) -> int | None:
        """The position of the journal's last event when the reading began."""
        return self._inner.head

    def __next__(self) -> SequencedEvent:
        while not self._page:
            page = self._inner.next_page()
            if page is None:
                raise StopIteration
            self._page.extend(map(sequenced, page))
        return self._page.popleft()

    def __reduce__(self) -> NoReturn:
        refuse_to_go("read")

    def __repr__(self) -> str:
        return f"<linli.Read: head {self.head}>"


class Subscription(Iterator[SequencedEvent]):
    """Events as they come. One thread iterates; `stop()` may be called by any."""

    def __init__(self, inner: _linli.Subscription) -> None:
        self._inner = inner
        self._page: deque[SequencedEvent] = deque()
        self._is_stopped = False

    def stop(self) -> None:
        """Ends the iteration and wakes whoever waits in it; again is harmless."""
        self._is_stopped = True
        self._inner.stop()

    def __next__(self) -> SequencedEvent:
        while not self._is_stopped:
            if self._page:
                return self._page.popleft()
            page = self._inner.next_page()
            if page is None:
                break
            self._page.extend(map(sequenced, page))
        raise StopIteration

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __reduce__(self) -> NoReturn:
        refuse_to_go("subscription")

    def __repr__(self) -> str:
        return f"<linli.Subscription: {'stopped' if self._is_stopped else 'open'}>"
