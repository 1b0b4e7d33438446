"""What a replay found."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from linli import _linli
from linli._errors import InputError
from linli._plot import bars
from linli._tables import Bills, Differences

# The most bills whose zones a chart looks at.
MOST_LOOKED_AT = 100_000


class Replayed:
    """Every bill recomputed, and what differs from the issued ones.

    >>> r = linli.open("memory:", mode="rw").replay()
    >>> r.summary["sessions"]
    0
    """

    def __init__(self, inner: _linli.Replayed) -> None:
        self._inner = inner

    @cached_property
    def bills(self) -> Bills:
        """The bills under every tariff, in the order of the tariffs and the sessions' keys."""
        return Bills(self._inner.bills())

    @cached_property
    def differences(self) -> Differences:
        """What differs, is missing or is extra; no row without `against="issued"`."""
        return Differences(self._inner.differences())

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The report with the keys of `linli replay --json`; amounts are decimal texts."""
        summary: dict[str, Any] = json.loads(self._inner.document())
        return summary

    @property
    def digest(self) -> str:
        """The fingerprint of all bills under the first tariff: the same on every store."""
        return self._inner.digests()[0]

    def explain(self, session: str, tariff: int = 0) -> dict[str, Any]:
        """One bill: events, tariff version, component, arithmetic, rounding of each line.

        `tariff` is the place among those that were replayed. Raises `InputError` where no such
        session has ended.
        """
        explanation: dict[str, Any] = json.loads(self._inner.explain(session, tariff))
        return explanation

    def plot(self, tariff: int | None = None) -> Any:
        """The groups' amounts as bars, on new Matplotlib axes, which are returned.

        Of several tariffs the bars stand side by side; `tariff` is the place of the one that is
        wanted. Days stand on an axis of time, so that a day without a session is a gap.

        Needs a replay with `by=` and Matplotlib: `pip install 'linli[plot]'`. A bar is drawn with
        a float; `summary` has the amount.
        """
        tariffs = self.summary["tariffs"]
        if tariff is not None:
            if not 0 <= tariff < len(tariffs):
                sentence = f"there is no tariff {tariff}; {len(tariffs)} were given, from 0 on"
                raise InputError(sentence, "UnknownTariff")
            tariffs = [tariffs[tariff]]
        if not tariffs[0]["groups"]:
            raise InputError('there are no groups to plot; replay with by="day"', "NoGroups")
        return bars(tariffs, self.summary["sessions"], self._zones(), self.plot)

    def _zones(self) -> list[str]:
        """Whose clocks the bills go by; where that takes long to see, it is said in words."""
        bills = self.bills
        if not 0 < len(bills) <= MOST_LOOKED_AT:
            return ["in each session's zone"]
        place = bills.columns.index("zone")
        return sorted({str(cells[place]) for cells in self._inner.bills().head(MOST_LOOKED_AT)})

    def __repr__(self) -> str:
        sessions, tariffs = self.summary["sessions"], len(self.summary["tariffs"])
        return f"<linli.Replayed: {sessions:,} sessions, tariffs: {tariffs}>"
