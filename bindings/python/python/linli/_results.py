"""What calls come to."""

from __future__ import annotations

from typing import NamedTuple


class Done(NamedTuple):
    """What a command came to."""

    events: int
    """How many events it wrote; 0 where everything asked for was so already."""
    first: int | None
    """Position of the first of them."""
    last: int | None
    """Position of the last of them."""
    before: bool
    """Whether an earlier call with the same commands wrote them."""


class Verified(NamedTuple):
    """What a journal was found to be."""

    events: int
    """How many events are sound in themselves: all, or those before the damage."""
    root: str | None
    """The root of the tree over all events in hexadecimal; `None` where something is damaged."""
    ok: bool
    """Whether nothing is damaged, and every checkpoint holds."""
    first_bad: int | None
    """The position of the first damage, or of the first event that a checkpoint misses. `None`
    also where something was rewritten, which leaves no trace of where."""
    what: str | None
    """What is wrong."""
