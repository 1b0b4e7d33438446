"""What the Rust side says, as records of the logger `linli`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Line = tuple[int, float, str, str, int, str]

# Above every level: nobody listens.
NOBODY = 255


def wanted() -> int:
    """The least severe level that somebody listens for. Asked before each call."""
    # Who listens has imported it, and who does not need not.
    logging: Any = sys.modules.get("logging")
    if logging is None or not hasattr(logging, "getLogger"):
        return NOBODY
    logger = logging.getLogger("linli")
    return min(logger.getEffectiveLevel(), NOBODY) if logger.hasHandlers() else NOBODY


def hand_over(lines: list[Line]) -> None:
    """Makes a record of each line, with the time and the place at which it was said."""
    from logging import getLogger

    logger = getLogger("linli")
    for level, seconds, speaker, file, line, said in lines:
        if logger.isEnabledFor(level):
            record = logger.makeRecord("linli", level, file, line, said, (), None, speaker)
            moved = (seconds - record.created) * 1_000
            record.created, record.msecs = seconds, seconds % 1 * 1_000
            record.relativeCreated += moved
            logger.handle(record)
