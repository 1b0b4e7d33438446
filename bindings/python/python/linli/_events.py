"""Events, queries and conditions, in the terms of the DCB specification (dcb.events)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """An event of your own.

    `tags` come back sorted and without repetition. Without an `id` it gets one. `data` and
    `metadata` come back byte for byte; empty metadata comes back as `None`.
    """

    type: str
    data: bytes = b""
    tags: Sequence[str] = field(default_factory=list)
    id: UUID | str | None = None
    metadata: bytes | None = None


@dataclass(frozen=True, slots=True)
class QueryItem:
    """Events of any of the `types` (none named: of any type) that have all of the `tags`."""

    types: Sequence[str] = field(default_factory=list)
    tags: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Query:
    """Events that match any of the items; without items, every event."""

    items: Sequence[QueryItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AppendCondition:
    """Do not append if an event behind position `after` matches; `None`: if any event does."""

    fail_if_events_match: Query
    after: int | None = None


@dataclass(frozen=True, slots=True)
class SequencedEvent:
    """An event and its position; the first is 1, and there are no gaps."""

    event: Event
    position: int


Raw = tuple[int, str, bytes, list[str], UUID, bytes]


def sequenced(raw: Raw) -> SequencedEvent:
    """An event as it was read."""
    position, type, data, tags, id, metadata = raw
    return SequencedEvent(Event(type, data, tags, id, metadata or None), position)
