"""Rules of one's own, tried on sessions and bills: exact, one answer a row, nothing written."""

from __future__ import annotations

import datetime
import decimal
import pickle
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars
import pytest
from conftest import TARIFFS, session
from hypothesis import HealthCheck, given, settings
from test_hostile import ANYTHING, survives

import linli

FLAT, HALF_EVEN = TARIFFS / "flat-0.66.json", TARIFFS / "flat-0.66-half-even.json"


def long_stay(sessions: linli.Sessions) -> list[list[str]]:
    """A flag for who stays for more than two hours."""
    stays = sessions.to_polars().select(
        (polars.col("ended_at") - polars.col("started_at") > datetime.timedelta(hours=2))
        .fill_null(False)
        .alias("long")
    )
    return [["long_stay"] if is_long else [] for is_long in stays["long"]]


def kinds(row: dict[str, Any]) -> list[str]:
    return [type(value).__name__ for value in row.values()]


def at_0_66(bills: linli.Bills) -> Iterable[Decimal]:
    """66 fen a kilowatt-hour, rounded half up to a fen."""
    for bill in bills.rows():
        exact = Decimal(bill["energy_wh"]) * Decimal("0.66") / 1_000
        yield exact.quantize(Decimal("0.01"), decimal.ROUND_HALF_UP)


def test_a_flag_rule_is_tried_on_every_session(yujing: Path) -> None:
    ledger = linli.open(yujing)
    found = ledger.try_flags(long_stay)
    rows = ledger.sessions().rows()
    expected = [
        row["session"]
        for row in rows
        if row["ended_at"] and row["ended_at"] - row["started_at"] > datetime.timedelta(hours=2)
    ]
    assert list(found.flags) == expected
    assert found.counts == {"long_stay": len(expected)}
    assert repr(found) == f"<linli.Flagged: {len(expected)} of 300 sessions>"
    assert pickle.loads(pickle.dumps(found)).flags == found.flags


def test_a_price_that_is_the_tariff_differs_nowhere(yujing: Path, workplace: Path) -> None:
    """Over several batches too, and with the digits that decimals are set to cut elsewhere."""
    r = linli.open(yujing).replay(FLAT)
    with decimal.localcontext(decimal.Context(prec=30)):
        found = r.try_price(at_0_66)
    assert (found.differ, found.bills, found.currency) == ({}, 300, "CNY")
    assert found.tried == found.replayed == Decimal(r.summary["tariffs"][0]["total"])
    assert found.difference == 0


def test_sums_keep_every_digit_whatever_decimals_are_set_to(yujing: Path) -> None:
    def tiny(bills: linli.Bills) -> list[Decimal]:
        return [Decimal("1234567890.123456789")] * len(bills)

    with decimal.localcontext(decimal.Context(prec=3)):
        found = linli.open(yujing).replay(FLAT).try_price(tiny)
        assert str(found.tried) == "370370367037.037036700"
        assert len(found.difference.as_tuple().digits) == 21
    assert found.difference == decimal.Context(prec=99).subtract(found.tried, found.replayed)
    with decimal.localcontext(decimal.Context(prec=3, traps=[decimal.Inexact])):
        assert found.difference == decimal.Context(prec=99).subtract(found.tried, found.replayed)


def test_two_roundings_are_compared_bill_by_bill(yujing: Path) -> None:
    ledger = linli.open(yujing)
    up, even = (ledger.replay(file) for file in (FLAT, HALF_EVEN))
    theirs = dict(even.bills.to_polars().select("session", "amount").rows())
    found = up.try_price(lambda bills: [theirs[bill["session"]] for bill in bills.rows()])
    ours = dict(up.bills.to_polars().select("session", "amount").rows())
    expected = {key: (ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]}
    assert found.differ == expected
    assert found.difference == sum(theirs.values()) - sum(ours.values())


def test_answers_come_as_polars_and_pyarrow_give_them(yujing: Path) -> None:
    r = linli.open(yujing).replay(FLAT)
    answers: list[Callable[[linli.Bills], Any]] = [
        lambda bills: bills.to_polars()["amount"],
        lambda bills: bills.to_arrow().column("amount"),
        lambda bills: bills.to_pandas()["amount"],
    ]
    for answer in answers:
        assert r.try_price(answer).differ == {}
    flags: list[Callable[[linli.Sessions], Any]] = [
        lambda sessions: sessions.to_polars()["flags"],
        lambda sessions: sessions.to_arrow().column("flags"),
        lambda sessions: [row["flags"] for row in sessions.rows()],
    ]
    one, other, third = (linli.open(yujing).try_flags(rule).flags for rule in flags)
    assert one == other == third


@pytest.mark.parametrize(
    ("answer", "code", "sentence"),
    [
        (1.5, "NotExact", "test:1: 1.5 is no exact amount"),
        (None, "NotExact", "None is no exact amount"),
        (True, "NotExact", "True is no exact amount"),
        (Decimal("nan"), "NotExact", "is no exact amount"),
        (Decimal("0.0000000001"), "NotRounded", "more than 9 digits"),
        (Decimal("1e-9999999"), "NotRounded", "more than 9 digits behind"),
        (Decimal("1E+29"), "TooLarge", r"1E\+29 has more than 29 digits before"),
        (Decimal("1E+9999999"), "TooLarge", "more than 29 digits before"),
        pytest.param(10**5_000, "TooLarge", "more than 29 digits before", id="huge"),
        ([10**5_000], "NotExact", "a value of the type list is no exact amount"),
        (Decimal("0." + "3" * 200), "NotRounded", "more than 9 digits"),
    ],
)
def test_an_amount_that_is_not_exact_is_refused(
    ledger: linli.Ledger, answer: Any, code: str, sentence: str
) -> None:
    ledger.execute(session(1))
    with pytest.raises(linli.InputError, match=sentence) as refused:
        ledger.replay(FLAT).try_price(lambda bills: [answer] * len(bills))
    assert refused.value.code == code


def test_whole_amounts_and_zeros_behind_are_exact(ledger: linli.Ledger) -> None:
    ledger.execute(session(1))
    for zeros in (0, Decimal("0e-9999999"), Decimal("0e9999999")):
        r = ledger.replay(FLAT)
        none = r.try_price(lambda bills, zeros=zeros: [zeros])  # type: ignore[misc]
        assert str(none.tried) == "0"
    for answer in (7, Decimal("7.000000000000"), Decimal("7e0")):
        r = ledger.replay(FLAT)
        found = r.try_price(lambda bills, answer=answer: [answer])  # type: ignore[misc]
        assert found.differ == {"test:1": (Decimal("0.66"), Decimal(7))}


def test_one_answer_a_row_is_asked_for(ledger: linli.Ledger, tmp_path: Path) -> None:
    ledger.execute(session(1))
    with pytest.raises(linli.InputError, match="2 answers for 1 rows") as refused:
        ledger.replay(FLAT).try_price(lambda bills: [Decimal(1), Decimal(2)])
    assert refused.value.code == "NotOneARow"
    with pytest.raises(linli.InputError, match="0 answers for 1 rows"):
        ledger.try_flags(lambda sessions: [])
    with pytest.raises(linli.InputError, match="2 tariffs were replayed"):
        ledger.replay([FLAT, HALF_EVEN]).try_price(at_0_66)
    for r in (ledger.replay(FLAT, bills=False), ledger.replay(FLAT, snapshot=tmp_path / "kept")):
        with pytest.raises(linli.InputError, match="the replay kept no bills; replay without"):
            r.try_price(at_0_66)
    with pytest.raises(linli.InputError, match="is no flag"):
        ledger.try_flags(lambda sessions: [10**5_000])  # type: ignore[list-item]
    with pytest.raises(linli.InputError, match="test:1: 'Long stay' is no flag"):
        ledger.try_flags(lambda sessions: [["Long stay"]])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANYTHING)
def test_whatever_a_rule_answers_is_a_result_or_ours(ledger: linli.Ledger, answer: Any) -> None:
    ledger.execute(session(1))
    survives(lambda: ledger.replay(FLAT).try_price(lambda bills: [answer]))
    survives(lambda: ledger.try_flags(lambda sessions: [answer]))


def test_rows_are_what_data_frames_hold(yujing: Path) -> None:
    ledger = linli.open(yujing)
    r = ledger.replay(FLAT, against="issued")
    tables: list[linli.Table] = [
        *(ledger.sessions(), ledger.bills(), ledger.events(), ledger.doses(), ledger.attendance()),
        *(ledger.activities(), ledger.volunteer_hours(), ledger.cases(), r.bills, r.differences),
    ]
    for table in tables:
        frame = table.to_polars().to_dicts()
        rows = list(table.rows())
        assert rows == frame
        assert list(map(kinds, rows)) == list(map(kinds, frame))
        assert sum(len(batch) for batch in table.batches()) == len(table)


def test_batches_are_the_table_in_parts(workplace: Path) -> None:
    events = linli.open(workplace).events()
    parts = list(events.batches())
    assert len(parts) > 1
    assert all(type(part) is linli.Events and len(part) <= 8_192 for part in parts)
    whole = polars.concat(part.to_polars() for part in parts)
    assert whole.equals(events.to_polars())
