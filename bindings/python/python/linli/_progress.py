"""How far long work is, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable

Tell = Callable[[int, int], object]

# Characters between the brackets of the bar.
WIDTH = 40


def teller(progress: bool | Tell | None) -> Tell | None:
    """What is called after each page: the caller's own function, a bar, or nothing.

    `None` shows a bar on a terminal only.
    """
    if callable(progress):
        return progress
    wanted = sys.stderr.isatty() if progress is None else progress
    return _bar if wanted else None


def _bar(position: int, until: int) -> None:
    done = WIDTH * position // max(until, 1)
    end = "\n" if position >= until else ""
    bar = f"\rreplaying [{'#' * done}{' ' * (WIDTH - done)}] {position:,} of {until:,}{end}"
    sys.stderr.write(bar)
    sys.stderr.flush()
