"""How a view was opened, so that another process opens the same."""

from __future__ import annotations

from linli import _linli
from linli._address import refuse_in_memory, refuse_missing
from linli._errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Any, Literal


class Opened:
    """The address, who reads, with what, and up to where; and the journal, once it is open.

    In another process it is opened at its first use, not before: a worker of `multiprocessing`
    that fails while it takes its work in leaves without a word.
    """

    def __init__(
        self,
        address: str,
        mode: Literal["r", "rw"],
        actor: str,
        sources: tuple[str | None, str | None],
        bounds: Mapping[str, Any] | None = None,
        whole: _linli.Ledger | None = None,
    ) -> None:
        self.address = address
        self.mode: Literal["r", "rw"] = mode
        self.actor = actor
        # The keyring and the archive.
        self.sources = sources
        self.bounds: dict[str, Any] = dict(bounds or {})
        self._whole = whole
        self._inner: _linli.Ledger | None = None

    def within(self, how: str, value: Any) -> Opened:
        """The same up to a day or a position; up to an earlier one where that holds already."""
        bounds = {**self.bounds, how: min(value, self.bounds.get(how, value))}
        within = Opened(self.address, self.mode, self.actor, self.sources, bounds, self.whole())
        within.inner()
        return within

    def inner(self) -> _linli.Ledger:
        """The journal up to where it is looked at."""
        if self._inner is None:
            inner: _linli.Ledger = self.whole()
            for how, value in self.bounds.items():
                inner = getattr(inner, how)(value)
            self._inner = inner
        return self._inner

    def whole(self) -> _linli.Ledger:
        """The journal up to where it ends."""
        if self._whole is None:
            if self.mode == "rw":
                refuse_missing(self.address)
            self._whole = _linli.Ledger(self.address, self.mode, self.actor, *self.sources)
        return self._whole

    def __getstate__(self) -> dict[str, object]:
        refuse_in_memory(self.address)
        return {**vars(self), "_whole": None, "_inner": None}


def day_of(day: str | date) -> str:
    """The day as `2022-02-28`, whatever class of date or text it is."""
    from datetime import date, datetime

    try:
        if isinstance(day, str):
            day = date.fromisoformat(day)
        elif isinstance(day, datetime):
            raise TypeError("an instant is of different days in different zones")
        return date.isoformat(day)
    except Exception as error:  # A class of the caller's own may raise anything.
        sentence = f"{shown(day)} is no day; write one such as 2022-02-28"
        raise InputError(sentence, "NoDay") from error


def position_of(position: int) -> int:
    """The position as a plain number, whatever class of number it is."""
    from operator import index

    try:
        if isinstance(position, bool):
            raise TypeError("a truth is no number")
        return int.__index__(index(position))
    except Exception as error:  # A class of the caller's own may raise anything.
        sentence = f"{shown(position)} is no whole number from 0 on"
        raise InputError(sentence, "NotANumber") from error
