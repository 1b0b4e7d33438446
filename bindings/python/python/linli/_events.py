"""Events, queries and conditions, in the terms of the DCB specification (dcb.events)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from uuid import UUID


class Event(NamedTuple):
    """An event of your own.

    `tags` come back sorted and without repetition. Without an `id` it gets one. `data` and
    `metadata` come back byte for byte; empty metadata comes back as `None`.
    """

    type: str
    data: bytes = b""
    tags: Sequence[str] = ()
    id: UUID | str | None = None
    metadata: bytes | None = None


class QueryItem(NamedTuple):
    """Events of any of the `types` (none named: of any type) that have all of the `tags`."""

    types: Sequence[str] = ()
    tags: Sequence[str] = ()


class Query(NamedTuple):
    """Events that match any of the items; without items, every event."""

    items: Sequence[QueryItem] = ()


class AppendCondition(NamedTuple):
    """Do not append if an event behind position `after` matches; `None`: if any event does."""

    fail_if_events_match: Query
    after: int | None = None


class SequencedEvent(NamedTuple):
    """An event and its position; the first is 1, and there are no gaps."""

    event: Event
    position: int


def sequenced(raw: tuple[int, str, bytes, list[str], UUID, bytes]) -> SequencedEvent:
    """An event as it was read."""
    position, type, data, tags, id, metadata = raw
    return SequencedEvent(Event(type, data, tags, id, metadata or None), position)
