"""The cells of a table as Python has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from linli._errors import InputError

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAYS_BEFORE_1970 = date(1970, 1, 1).toordinal()


def makers(kinds: Sequence[str]) -> list[Callable[[Any], Any] | None]:
    """For each column what makes its values of its cells; `None`: they are as they are told."""
    return [MAKERS.get(kind) for kind in kinds]


def _instant(microseconds: int) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise _outside() from None


def _day(since_1970: int) -> date:
    try:
        return date.fromordinal(DAYS_BEFORE_1970 + since_1970)
    except (OverflowError, ValueError):
        raise _outside() from None


def _outside() -> InputError:
    sentence = "Python's calendar has the years 1 to 9999, this table goes beyond; take a frame"
    return InputError(sentence, "NoInstant")


MAKERS: dict[str, Callable[[Any], Any]] = {"instant": _instant, "day": _day, "decimal": Decimal}
