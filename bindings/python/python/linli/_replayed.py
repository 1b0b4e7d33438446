"""What a replay found."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from linli import _linli
from linli._document import read
from linli._errors import InputError, shown
from linli._plot import bars
from linli._tables import Bills, Differences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from linli._experiments import Price, Tried

Tariff = tuple[str, str]
Explain = Callable[[str, Tariff | None], str]

# The most bills whose zones a chart looks at.
MOST_LOOKED_AT = 100_000


class Replayed:
    """Every bill recomputed, and what differs from the issued ones.

    Pickled, its tables and figures go along, and the ledger as its address, for `explain()`.

    >>> r = linli.open("memory:", mode="rw").replay()
    >>> r.summary["sessions"]
    0
    """

    def __init__(
        self, inner: _linli.Replayed, explain: Explain, tariffs: list[Tariff], keeps_bills: bool
    ) -> None:
        self._inner = inner
        self._keeps_bills = keeps_bills
        self._explain = explain
        # Names and texts of the files: none where the journal's own assignments decide.
        self._tariffs = tariffs

    @cached_property
    def bills(self) -> Bills:
        """The bills under every tariff, in the order of the tariffs and the sessions' keys."""
        return Bills(self._rows)

    @cached_property
    def _rows(self) -> _linli.Table:
        return self._inner.bills()

    @cached_property
    def differences(self) -> Differences:
        """What differs, is missing or is extra; no row without `against="issued"`."""
        return Differences(self._inner.differences())

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The report with the keys of `linli replay --json`; amounts are decimal texts."""
        summary: dict[str, Any] = read(self._inner.document())
        return summary

    @cached_property
    def resumed_after(self) -> int | None:
        """The position after which a snapshot let it go on; `None` where all events were read."""
        return self._inner.resumed_after()

    @cached_property
    def digest(self) -> str:
        """The fingerprint of all bills under the first tariff: the same on every store."""
        return self._inner.digests()[0]

    def explain(self, session: str, tariff: int = 0) -> dict[str, Any]:
        """One bill: events, tariff version, component, arithmetic, rounding of each line.

        It is read from the journal, up to where that ended when the replay began. `tariff` is the
        place among those that were replayed. Raises `InputError` where no such session has ended.
        """
        replayed: list[Tariff | None] = [*self._tariffs] or [None]
        if not 0 <= tariff < len(replayed):
            raise _no_such(tariff, len(replayed))
        explanation: dict[str, Any] = read(self._explain(session, replayed[tariff]))
        return explanation

    def try_price(self, price: Price) -> Tried:
        """Compares every bill with what a price of your own would make of it.

        `price` takes a batch of bills (a `linli.Bills`, with energy, times and each part of the
        amount) and gives a `decimal.Decimal` a row, in order, rounded as you would round it. A
        component that comes on top is the row's `amount` and its own.

        >>> from decimal import Decimal
        >>> def dearer(bills: linli.Bills) -> list[Decimal]:
        ...     return [bill["amount"] + Decimal("0.10") for bill in bills.rows()]
        >>> linli.open("memory:", mode="rw").replay().try_price(dearer)
        <linli.Tried: 0 of 0 bills differ>

        Raises `InputError` where the answers are not one a row or not exact, for a replay of
        several tariffs or in several currencies (compare with one), and for one without bills.
        """
        from linli._experiments import tried

        if len(self._tariffs) > 1:
            sentence = f"{len(self._tariffs)} tariffs were replayed; compare with a replay of one"
            raise InputError(sentence, "SeveralTariffs")
        if not self._keeps_bills:
            sentence = "the replay kept no bills; replay without bills=False and without a snapshot"
            raise InputError(sentence, "NoBills")
        return tried(self.bills, price)

    def plot(self, tariff: int | None = None) -> Any:
        """The groups' amounts as bars, on new Matplotlib axes, which are returned.

        Of several tariffs the bars stand side by side; `tariff` is the place of the one that is
        wanted. Days stand on an axis of time, so that a day without a session is a gap.

        Needs a replay with `by=` and Matplotlib: `pip install 'linli[plot]'`. A bar is drawn with
        a float; `summary` has the amount. Raises `InputError` for tariffs of several currencies,
        which have no axis in common.
        """
        tariffs = self.summary["tariffs"]
        if tariff is not None:
            if not 0 <= tariff < len(tariffs):
                raise _no_such(tariff, len(tariffs))
            tariffs = [tariffs[tariff]]
        if not tariffs[0]["groups"]:
            raise InputError('there are no groups to plot; replay with by="day"', "NoGroups")
        currencies = sorted({str(one["currency"]) for one in tariffs})
        if len(currencies) > 1:
            sentence = f"amounts are in {' and '.join(currencies)}; plot one tariff, as by plot(0)"
            raise InputError(sentence, "SeveralCurrencies")
        return bars(tariffs, self.summary["sessions"], self._zones(), self.plot)

    def _zones(self) -> list[str]:
        """Whose clocks the bills go by; where that takes long to see, it is said in words."""
        bills = self.bills
        if not 0 < len(bills) <= MOST_LOOKED_AT:
            return ["in each session's zone"]
        place = bills.columns.index("zone")
        return sorted({str(cells[place]) for cells in self._rows.head(MOST_LOOKED_AT)})

    def __repr__(self) -> str:
        sessions, tariffs = self.summary["sessions"], len(self.summary["tariffs"])
        return f"<linli.Replayed: {sessions:,} sessions, tariffs: {tariffs}>"

    def __getstate__(self) -> dict[str, Any]:
        figures = ("summary", "digest", "resumed_after")
        own = ("_explain", "_tariffs", "_keeps_bills")
        names = ("_rows", "bills", "differences", *figures, *own)
        return {name: getattr(self, name) for name in names}


def _no_such(tariff: object, given: int) -> InputError:
    sentence = f"there is no tariff {shown(tariff)}; {given} were given, from 0 on"
    return InputError(sentence, "UnknownTariff")
