"""Every table through every reader: each value comes out as it went in.

The bug it keeps away: a reader that turns a decimal into a float, an instant into a local one, a
list into a text, or what is not known into a zero.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from importlib import import_module
from typing import Any, cast

import duckdb
import hypothesis
import polars
from conftest import session
from hypothesis import strategies as st
from test_tables import FLAT, tables_of

import linli

# They have no types of their own.
pandas: Any = import_module("pandas")
pyarrow: Any = import_module("pyarrow")
HEAD = {"at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}
LETTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "S"])
NAMES = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: text.replace(":", "-"))
AMOUNTS = st.decimals(Decimal("-99999999.999999999"), Decimal("99999999.999999999"), places=9)


def digits(amount: Decimal) -> str:
    return f"{amount:f}"


@st.composite
def stories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Commands that give every table rows with unlikely names and figures."""
    commands: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        energy = draw(st.none() | st.integers(0, 10**12))
        commands += session(number, energy, card=draw(st.none() | NAMES))
        bill = {"source": draw(NAMES), "amount": digits(draw(AMOUNTS)), "currency": "CNY"}
        commands.append({"record_bill": {"session": f"test:{number}", **bill, **HEAD}})
    place = draw(NAMES)
    commands.append({"register_dispute": {
        "dispute_id": "d-1", "kind": "damage", "origin": "court", "place_id": place, **HEAD}})
    commands.append({"open_case": {
        "case_id": draw(NAMES), "kind": "hazard", "category": draw(NAMES), "severity_n": 3,
        "place_id": place, "observed_at": HEAD["at"], **HEAD}})
    commands.append({"record_dose": {
        "dose_id": draw(NAMES), "recipient_ref": "p-1", "series_id": "covid",
        "dose_no": draw(st.integers(1, 9)), "product_code": "vero", "holder": draw(NAMES),
        "pack_id": "81", "lot_no": "L7", "expires_on": "2023-06-30", "site": "left deltoid",
        "route": "intramuscular", "vaccinator_ref": "p-nurse", **HEAD}})
    return commands


def plain(value: Any) -> Any:
    """A value without what is peculiar to its reader; nothing is rounded."""
    if value is None or value is pandas.NA or value is pandas.NaT:
        return None
    assert not isinstance(value, float), f"{value!r} is a float"
    if isinstance(value, datetime):
        assert value.tzinfo is not None, f"{value!r} names no instant"
        return value.astimezone(timezone.utc).replace(tzinfo=timezone.utc)
    if isinstance(value, date):
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [plain(one) for one in cast("list[object]", value)]
    return value


def by_each_reader(given: linli.Table) -> dict[str, list[list[Any]]]:
    """The rows as each reader has them."""
    records = given.to_pandas()
    columns = [records[name].tolist() for name in given.columns]
    return {
        "pyarrow": [list(row.values()) for row in pyarrow.table(given).to_pylist()],
        "polars": [list(row) for row in polars.DataFrame(given).rows()],
        "pandas": [list(row) for row in zip(*columns, strict=True)],
        "duckdb": [list(row) for row in duckdb.execute("FROM given").fetchall()],
    }


def shown(value: Any) -> str | None:
    """A value as Linli itself shows it, which no reader had in hand."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        exact = value.isoformat().replace("+00:00", "Z")
        return exact.rstrip("0").rstrip(".") if "." in exact and exact[-1] != "Z" else exact
    if isinstance(value, list):
        return " ".join(cast("list[str]", value))
    return str(value)


@hypothesis.settings(deadline=None, max_examples=20)
@hypothesis.given(stories())
def test_every_value_comes_out_of_every_reader_as_it_went_in(
    commands: list[dict[str, Any]],
) -> None:
    ledger = linli.open("memory:", mode="rw")
    ledger.execute(commands)
    r = ledger.replay(FLAT, against="issued")
    filled = [table for table in [*tables_of(ledger), r.bills, r.differences] if len(table)]
    assert len(filled) >= 6
    for table in filled:
        told = table._inner.head(len(table))
        for reader, rows in by_each_reader(table).items():
            where = f"{type(table).__name__} by {reader}"
            assert len(rows) == len(told), where
            for row, cells in zip(rows, told, strict=True):
                for name, value, cell in zip(table.columns, map(plain, row), cells, strict=True):
                    if isinstance(value, Decimal):
                        assert cell is not None
                        assert value == Decimal(cell), f"{where}: {name}"
                    else:
                        assert shown(value) == cell, f"{where}: {name}"
