"""Events, queries and conditions, in the terms of the DCB specification (dcb.events)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from uuid import UUID


class Event(NamedTuple):
    """An event of your own."""

    type: str
    """What has happened, in a word of yours."""
    data: bytes = b""
    """Comes back byte for byte."""
    tags: Sequence[str] = ()
    """Whom or what it is about; they come back sorted and without repetition."""
    id: UUID | str | None = None
    """Without one it gets one."""
    metadata: bytes | None = None
    """Comes back byte for byte; empty metadata comes back as `None`."""


class QueryItem(NamedTuple):
    """Events of any of the `types` that have all of the `tags`."""

    types: Sequence[str] = ()
    """None named: of any type."""
    tags: Sequence[str] = ()
    """None named: whatever their tags."""


class Query(NamedTuple):
    """Events that match any of the items; without items, every event."""

    items: Sequence[QueryItem] = ()
    """Any of them is enough."""


class AppendCondition(NamedTuple):
    """Do not append if an event behind a position matches."""

    fail_if_events_match: Query
    """What must not have happened."""
    after: int | None = None
    """The position up to which you have read; `None`: no event at all may match."""


class SequencedEvent(NamedTuple):
    """An event and its position; the first is 1, and there are no gaps."""

    event: Event
    """The event as it was appended."""
    position: int
    """Its place in the one order of all events."""


def sequenced(raw: tuple[int, str, bytes, list[str], UUID, bytes]) -> SequencedEvent:
    """An event as it was read."""
    position, type, data, tags, id, metadata = raw
    return SequencedEvent(Event(type, data, tags, id, metadata or None), position)
