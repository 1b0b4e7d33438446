"""What a replay found."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from linli import _linli
from linli._errors import InputError
from linli._optional import needed
from linli._tables import Bills, Differences


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

    def plot(self, tariff: int = 0) -> Any:
        """The groups' amounts as bars, on new Matplotlib axes, which are returned.

        Needs a replay with `by=` and Matplotlib: `pip install 'linli[plot]'`. A bar is drawn with
        a float; `summary` has the amount.
        """
        result = self.summary["tariffs"][tariff]
        groups = result["groups"]
        if not groups:
            raise InputError('there are no groups to plot; replay with by="day"', "NoGroups")
        axes = needed("matplotlib.pyplot", self.plot).subplots(layout="constrained")[1]
        axes.bar(list(groups), [float(group["amount"]) for group in groups.values()])
        axes.set_ylabel(result["currency"])
        axes.tick_params(axis="x", labelrotation=90)
        return axes

    def __repr__(self) -> str:
        sessions, tariffs = self.summary["sessions"], len(self.summary["tariffs"])
        return f"<linli.Replayed: {sessions:,} sessions, tariffs: {tariffs}>"
