"""How far long work is, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Tell = Callable[[int, int], object]

# Characters between the brackets of the bar.
WIDTH = 40


@contextmanager
def told(progress: bool | Tell | None, doing: str = "replaying") -> Generator[Tell | None]:
    """What is called after each page: the caller's own function, a bar, or nothing.

    `None` shows a bar on a terminal and in a notebook. It is tqdm's where tqdm is installed. A
    program without standard error, or that closed it, has no place for one.
    """
    if callable(progress):
        yield progress
        return
    if not _is_open() or not (_is_watched() if progress is None else progress):
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield from _plain(doing)
        return
    with tqdm(desc=doing, unit=" events", leave=False) as shown:

        def tell(position: int, until: int) -> None:
            shown.total = until
            shown.update(position - shown.n)

        yield tell


def _is_open() -> bool:
    # A program may put an object of its own there, which need not know all that a file does.
    return hasattr(sys.stderr, "isatty") and not getattr(sys.stderr, "closed", False)


def _is_watched() -> bool:
    try:
        return sys.stderr.isatty() or _is_notebook()
    except (OSError, ValueError):
        return False


def _is_notebook() -> bool:
    # Asked without importing it: who is in a notebook has it.
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


def _plain(doing: str) -> Generator[Tell]:
    try:
        yield lambda position, until: _bar(doing, position, until)
    finally:
        _say("\n")


def _bar(doing: str, position: int, until: int) -> None:
    done = WIDTH * position // max(until, 1)
    bar = "#" * done + " " * (WIDTH - done)
    _say(f"\r{doing} [{bar}] {position:,} of {until:,}")


def _say(text: str) -> None:
    # It may have been closed on the way.
    with suppress(OSError, ValueError):
        print(text, end="", file=sys.stderr, flush=True)
