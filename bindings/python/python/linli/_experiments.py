"""Rules of your own, tried on what is there: nothing of it is written into the journal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

from linli._errors import InputError, shown
from linli._tables import Bills, Sessions, Table

FlagRule = Callable[[Sessions], Iterable[Iterable[str]]]
Price = Callable[[Bills], Iterable[Decimal]]

FLAG = re.compile(r"[a-z][a-z0-9_]{0,63}")
# An amount has at most so many digits behind the point, and before it.
DIGITS, WHOLE_DIGITS = 9, 29
# Whatever the caller has set for decimals; no amount, and no sum of them, has so many digits.
MOST_DIGITS = 100
EXACT = Context(prec=MOST_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, capitals=1, clamp=0, traps=[])


class Flagged:
    """What a flag rule said."""

    def __init__(self, looked_at: int, flags: dict[str, list[str]]) -> None:
        self.looked_at = looked_at
        """How many sessions it was asked about."""
        self.flags = flags
        """The flags of each session that got any, in the order of the sessions' keys."""

    @property
    def counts(self) -> dict[str, int]:
        """How many sessions got each flag."""
        return dict(Counter(flag for flags in self.flags.values() for flag in set(flags)))

    def __repr__(self) -> str:
        return f"<linli.Flagged: {len(self.flags):,} of {self.looked_at:,} sessions>"


class Tried:
    """What a price of your own comes to, beside the replay's."""

    def __init__(self, currency: str | None, bills: int, replayed: Decimal, tried: Decimal) -> None:
        self.currency = currency
        """Of all amounts; `None` where there is no bill."""
        self.bills = bills
        """How many bills were compared."""
        self.replayed = replayed
        """What the replay's bills add up to."""
        self.tried = tried
        """What yours add up to."""
        self.differ: dict[str, tuple[Decimal, Decimal]] = {}
        """The sessions whose two amounts differ: the replay's, and yours."""

    @property
    def difference(self) -> Decimal:
        """Yours less the replay's."""
        return EXACT.subtract(self.tried, self.replayed)

    def __repr__(self) -> str:
        return f"<linli.Tried: {len(self.differ):,} of {self.bills:,} bills differ>"


def flagged(sessions: Sessions, rule: FlagRule) -> Flagged:
    """Asks the rule, batch by batch."""
    found: dict[str, list[str]] = {}
    for batch in sessions.batches():
        for row, answer in _one_a_row(batch, rule(batch)):
            flags = _flags(row["session"], _plain(answer))
            if flags:
                found[row["session"]] = flags
    return Flagged(len(sessions), found)


def tried(bills: Bills, price: Price) -> Tried:
    """Asks the price, batch by batch."""
    found = Tried(None, 0, Decimal(), Decimal())
    for batch in bills.batches():
        for row, answer in _one_a_row(batch, price(batch)):
            if found.currency not in (None, row["currency"]):
                sentence = f"bills are in {found.currency} and {row['currency']}; try one currency"
                raise InputError(sentence, "SeveralCurrencies")
            amount, replayed = _amount(row["session"], answer), row["amount"]
            found.currency = row["currency"]
            found.bills += 1
            found.replayed = EXACT.add(found.replayed, replayed)
            found.tried = EXACT.add(found.tried, amount)
            if amount != replayed:
                found.differ[row["session"]] = (replayed, amount)
    return found


def _one_a_row(batch: Table, answers: Iterable[Any]) -> Iterable[tuple[dict[str, Any], Any]]:
    given = list(answers)
    if len(given) != len(batch):
        sentence = f"{len(given):,} answers for {len(batch):,} rows; give one a row, in order"
        raise InputError(sentence, "NotOneARow")
    return zip(batch.rows(), given, strict=True)


def _plain(value: Any) -> Any:
    """What stands in a cell of pyarrow."""
    return value.as_py() if hasattr(value, "as_py") else value


def _flags(session: str, answer: Any) -> list[str]:
    is_one = isinstance(answer, str) or not isinstance(answer, Iterable)
    given: list[Any] = [answer] if is_one else [*answer]
    flags = [_plain(flag) for flag in given]
    for flag in flags:
        if not isinstance(flag, str) or not FLAG.fullmatch(flag):
            sentence = f"{session}: {shown(flag)} is no flag; give a list of names as long_stay"
            raise InputError(sentence, "NoFlag")
    return flags


def _amount(session: str, answer: Any) -> Decimal:
    amount = _plain(answer)
    if isinstance(amount, int) and not isinstance(amount, bool):
        amount = Decimal(amount)
    if not isinstance(amount, Decimal) or not amount.is_finite():
        sentence = f"{session}: {shown(amount)} is no exact amount; give a decimal.Decimal"
        raise InputError(sentence, "NotExact")
    if not amount:
        # However many zeros were written.
        return Decimal()
    if amount.adjusted() >= WHOLE_DIGITS:
        sentence = f"more than {WHOLE_DIGITS} digits before the point; no bill comes to so much"
        raise InputError(f"{session}: {amount!s:.80} has {sentence}", "TooLarge")
    is_short = len(amount.as_tuple().digits) <= MOST_DIGITS
    if not is_short or int(EXACT.normalize(amount).as_tuple().exponent) < -DIGITS:
        sentence = f"more than {DIGITS} digits behind the point; round it"
        raise InputError(f"{session}: {amount!s:.80} has {sentence}", "NotRounded")
    return amount
