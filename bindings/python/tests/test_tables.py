"""Tables are what Arrow's readers take as they are, and say the same in each of them."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import polars
import pytest
from conftest import TARIFFS, session

import linli

# It has no types of its own.
pyarrow: Any = import_module("pyarrow")
FLAT = TARIFFS / "flat-0.66.json"


def tables_of(ledger: linli.View) -> list[linli.Table]:
    """Every table of a journal."""
    return [
        ledger.sessions(),
        ledger.meter_samples(),
        ledger.events(),
        ledger.bills(),
        ledger.disputes(),
        ledger.cases(),
        ledger.appointments(),
        ledger.doses(),
        ledger.volunteer_hours(),
        ledger.attendance(),
        ledger.activities(),
    ]


def test_every_reader_sees_the_same_energy(yujing: Path) -> None:
    s = linli.open(yujing).sessions()
    summary = linli.open(yujing).replay(FLAT).summary
    expected = summary["energy_wh"]
    assert polars.DataFrame(s)["energy_wh"].sum() == expected
    assert s.to_polars()["energy_wh"].sum() == expected
    assert s.to_arrow()["energy_wh"].to_pylist() == s.to_polars()["energy_wh"].to_list()
    assert s.to_pandas()["energy_wh"].sum() == expected
    assert duckdb.execute("SELECT sum(energy_wh) FROM s").fetchall() == [(expected,)]
    assert len(s) == summary["sessions"] == 300


def test_money_is_exact_in_every_reader(yujing: Path) -> None:
    r = linli.open(yujing).replay(FLAT, against="issued")
    b, total = r.bills, Decimal(r.summary["tariffs"][0]["total"])
    assert b.to_polars()["amount"].sum() == total
    assert duckdb.execute("SELECT sum(amount) FROM b").fetchall() == [(total,)]
    assert b.to_pandas()["amount"].sum() == total
    assert sum(b.to_arrow()["amount"].to_pylist()) == total
    parts = b.to_polars().select("electricity", "service", "other").sum().row(0)
    assert sum(parts) == total
    assert all(isinstance(part, Decimal) for part in parts)


def test_no_column_of_any_table_is_a_float(yujing: Path) -> None:
    ledger = linli.open(yujing)
    r = ledger.replay(FLAT, against="issued")
    for table in [*tables_of(ledger), r.bills, r.differences]:
        shape = table.to_arrow().schema
        assert shape.names == table.columns
        assert not [field for field in shape if pyarrow.types.is_floating(field.type)]
        assert len(table) == table.to_arrow().num_rows > 0


def test_instants_are_microseconds_utc_and_the_zone_stands_beside(ledger: linli.Ledger) -> None:
    ledger.execute(session(1))
    row = ledger.sessions().to_polars().row(0, named=True)
    assert row["started_at"].isoformat() == "2022-02-27T01:00:00+00:00"
    assert row["zone"] == "Asia/Shanghai"


def test_what_is_not_known_is_null(ledger: linli.Ledger) -> None:
    ledger.execute([*session(1, energy_wh=None, card=None), *session(2, energy_wh=0)])
    s = ledger.sessions().to_polars()
    assert s["energy_wh"].to_list() == [None, 0]
    assert s["card"].to_list() == [None, "2"]
    assert "no_energy" in s["flags"][0]


def test_a_table_of_several_batches_is_one(tmp_path: Path) -> None:
    store = linli.EventStore(tmp_path / "many.db")
    ledger = linli.open(tmp_path / "many.db", mode="rw")
    for first in range(0, 9_000, 60):
        commands = [session(number)[0] for number in range(first, first + 60)]
        ledger.execute(commands)
    s = ledger.sessions()
    assert store.head() == len(s) == 9_000
    assert len(list(s.to_arrow().to_batches())) == 2
    assert s.to_polars()["zone"].unique().to_list() == ["Asia/Shanghai"]
    assert duckdb.execute("SELECT count(DISTINCT session) FROM s").fetchall() == [(9_000,)]
    assert s.to_pandas()["state"].unique().tolist() == ["open"]


def test_a_table_says_what_it_is_and_shows_its_first_rows(ledger: linli.Ledger) -> None:
    commands = [command for number in range(21) for command in session(number)]
    ledger.execute(commands)
    s = ledger.sessions()
    assert repr(s) == "<linli.Sessions: 21 rows>"
    html = s._repr_html_()
    assert html.count("<tr>") == 21, "the header and 20 rows"
    assert "and 1 more rows" in html
    assert "2022-02-27T01:00:00Z" in html


def test_what_a_notebook_shows_is_escaped(ledger: linli.Ledger) -> None:
    ledger.execute(session(1, card="<b>&"))
    html = ledger.sessions()._repr_html_()
    assert "<td>&lt;b&gt;&amp;</td>" in html
    assert "<b>" not in html


def test_the_bills_of_the_journal_keep_their_digits(workplace: Path) -> None:
    ledger = linli.open(workplace)
    b = ledger.bills().to_polars()
    assert b.height == 3_395
    assert b["kind"].unique().to_list() == ["recorded"]
    r = ledger.replay(TARIFFS / "workplace.json", against="issued")
    assert b["amount"].sum() == r.bills.to_polars()["issued"].sum()
    not_compared = ledger.replay(TARIFFS / "workplace.json").bills.to_polars()
    assert not_compared["issued"].null_count() == 3_395
    assert all(Decimal(text) == amount for text, amount in b.select("written", "amount").rows())


def test_events_are_chosen_by_type_and_tag(yujing: Path) -> None:
    ledger = linli.open(yujing)
    assert len(ledger.events()) == ledger.head()
    bills = ledger.events(types=["BillRecorded"]).to_polars()
    assert bills["type"].unique().to_list() == ["BillRecorded"]
    key = bills["tags"][0][0]
    of_one = ledger.events(tags=[key]).to_polars()
    assert all(key in tags for tags in of_one["tags"].to_list())
    assert of_one["position"].is_sorted()


def test_disputes_stand_among_the_events(ledger: linli.Ledger) -> None:
    head = {"dispute_id": "d-1", "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai"}
    told = {"kind": "damage", "origin": "application", "place_id": "yujing"}
    party = {"party_id": "guest", "role": "applicant", "is_resident": False}
    ledger.execute([{"register_dispute": head | told}, {"add_party": head | party}])
    events = ledger.events(tags=["dispute:d-1"]).to_polars()
    assert events["type"].to_list() == ["DisputeRegistered", "PartyAdded"]
    data = json.loads(events["data"][1])
    assert (data["dispute_id"], data["is_resident"]) == ("d-1", False)
    with pytest.raises(linli.RefusedError) as sealed:
        ledger.execute({"add_party": head | party | {"party_id": "b", "description": "tall"}})
    assert (sealed.value.code, sealed.value.values) == ("KeyringMissing", {"field": "description"})
    with pytest.raises(linli.RefusedError) as routes:
        ended = {"reason": "no common ground", "routes_informed": False}
        ledger.execute({"terminate_mediation": head | ended})
    assert (routes.value.code, routes.value.values) == ("RoutesNotInformed", {})


def test_a_stream_is_given_as_often_as_it_is_asked_for(ledger: linli.Ledger) -> None:
    ledger.execute(session(1))
    s = ledger.sessions()
    unread = [s.__arrow_c_stream__() for _ in range(3)]
    assert len({id(capsule) for capsule in unread}) == 3
    assert pyarrow.table(s) == pyarrow.table(s)
    assert pyarrow.schema(s).names == s.columns


def test_every_column_is_explained_in_the_page_of_its_table(yujing: Path) -> None:
    ledger = linli.open(yujing)
    r = ledger.replay(FLAT)
    for table in [*tables_of(ledger), r.bills, r.differences]:
        page = type(table).__doc__ or ""
        assert list(table.meanings) == table.columns
        for name, meaning in table.meanings.items():
            assert f"`{name}`" in page, f"{type(table).__name__}.{name}"
            assert meaning
    assert ledger.sessions().meanings["energy_wh"].endswith("[Wh]")
    field = pyarrow.schema(ledger.volunteer_hours()).field("credited_min")
    assert field.metadata[b"unit"] == b"min"


def test_the_story_comes_out_of_its_tables(yujing: Path) -> None:
    ledger = linli.open(yujing).as_of("2022-02-28")
    facts = {fact["id"]: fact["value"] for fact in ledger.facts()}
    a = ledger.activities().to_polars().filter("counts")
    assert a.height == facts["F15"]["held"]
    t = ledger.attendance().to_polars().filter("attended")
    year = t.filter(polars.col("class_on") >= polars.date(2021, 3, 1))
    by_window = dict(year.group_by("window").len().iter_rows())
    assert by_window["summer"] + by_window["weekend"] == 4_630
    assert by_window["winter"] == 800
    assert year["child"].n_unique() == 158
    third = "SELECT count(*) FROM doses WHERE dose_no = 3 AND given_on = DATE '2022-02-27'"
    with duckdb.connect() as database:
        database.register("doses", ledger.doses())
        assert database.execute(third).fetchall() == [(1,)]
    (scrape,) = ledger.disputes().to_polars().iter_rows(named=True)
    assert scrape["owed"] is None, "nobody wrote the terms down"
    assert len(linli.open(yujing).as_of("2017-12-31").activities()) == 0
