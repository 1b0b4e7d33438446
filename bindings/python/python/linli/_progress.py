"""How far long work is, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[int, int], object]

# Characters between the brackets of the bar.
WIDTH = 40


@contextmanager
def told(progress: bool | Tell | None) -> Iterator[Tell | None]:
    """What is called after each page: the caller's own function, a bar, or nothing.

    `None` shows a bar on a terminal only.
    """
    wanted = sys.stderr.isatty() if progress is None else progress
    if callable(wanted) or not wanted:
        yield wanted or None
        return
    try:
        yield _bar
    finally:
        print(file=sys.stderr)


def _bar(position: int, until: int) -> None:
    done = WIDTH * position // max(until, 1)
    bar = "#" * done + " " * (WIDTH - done)
    print(f"\rreplaying [{bar}] {position:,} of {until:,}", end="", file=sys.stderr, flush=True)
