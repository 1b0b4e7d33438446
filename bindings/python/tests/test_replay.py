"""A replay from Python says what the command says, to the bit."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import polars
import pytest
from conftest import TARIFFS, run, session

import linli

MARCH = date(2022, 3, 1)
WORKPLACE, FLAT = TARIFFS / "workplace.json", TARIFFS / "flat-0.66.json"


def test_workplace_agrees_as_published(workplace: Path) -> None:
    ledger = linli.open(workplace)
    r = ledger.replay(WORKPLACE, against="issued")
    result = r.summary["tariffs"][0]
    assert (result["agree"], result["differ"]) == (3_333, 62)
    assert (result["missing"], result["extra"]) == (0, 0)
    assert result["total"] == "442.24"
    assert r.digest.startswith("150a2645")
    assert len(r.differences) == 62
    assert ledger.replay(WORKPLACE, threads=4).digest == r.digest
    words = ["--tariff", str(WORKPLACE), "--against", "issued", "--json"]
    assert json.loads(run("--journal", workplace, "replay", *words)) == r.summary


def test_the_same_tables_come_from_any_number_of_threads(workplace: Path) -> None:
    ledger = linli.open(workplace)
    one, four = (ledger.replay(WORKPLACE, against="issued", threads=n) for n in (1, 4))
    assert one.bills.to_polars().equals(four.bills.to_polars())
    assert one.differences.to_polars().equals(four.differences.to_polars())
    assert one.summary == four.summary


def test_the_versions_assigned_count_where_no_tariff_is_named(yujing: Path) -> None:
    ledger = linli.open(yujing)
    assigned, named = ledger.replay(), ledger.replay(FLAT)
    assert assigned.digest == named.digest
    assert assigned.summary["tariffs"][0]["file"] is None
    assert assigned.bills.to_polars()["tariff"].null_count() == 300
    assert named.bills.to_polars()["tariff"].unique().to_list() == [str(FLAT)]


def test_several_tariffs_are_replayed_in_one_pass(yujing: Path) -> None:
    names = [TARIFFS / f"flat-0.66-{method}.json" for method in ("floor", "ceiling")]
    r = linli.open(yujing).replay(names)
    floor, ceiling = (Decimal(result["total"]) for result in r.summary["tariffs"])
    assert floor < ceiling
    assert len(r.bills) == 600
    by_tariff = r.bills.to_polars().group_by("tariff", maintain_order=True)
    assert by_tariff.agg(polars.col("amount").sum())["amount"].to_list() == [floor, ceiling]
    key = r.bills.to_polars()["session"][0]
    assert r.explain(key, tariff=1)["tariff"]["file"] == str(names[1])
    with pytest.raises(linli.InputError, match="there is no tariff 2"):
        r.explain(key, tariff=2)


def test_groups_add_up_to_the_total(yujing: Path) -> None:
    ways: list[Literal["session", "card-month", "day"]] = ["session", "card-month", "day"]
    for by in ways:
        result = linli.open(yujing).replay(by=by).summary["tariffs"][0]
        amounts = [Decimal(group["amount"]) for group in result["groups"].values()]
        assert sum(amounts) == Decimal(result["total"]), by


def test_a_bill_is_explained_line_by_line(yujing: Path) -> None:
    ledger = linli.open(yujing)
    r = ledger.replay()
    bill = r.bills.to_polars().row(0, named=True)
    explained = r.explain(bill["session"])
    assert Decimal(explained["amount"]) == bill["amount"]
    assert sum(Decimal(line["amount"]) for line in explained["lines"]) == bill["amount"]
    of_session = ledger.events(tags=[f"charging:{bill['session']}"]).to_polars()
    assert explained["events"] == of_session["position"].to_list()
    with pytest.raises(linli.InputError, match="no session demo:none"):
        r.explain("demo:none")


def test_as_known_at_and_as_of_bound_every_answer(ledger: linli.Ledger) -> None:
    for number in (1, 2):
        ledger.execute(session(number))
    known = ledger.as_known_at(2)
    assert (known.head(), len(known.sessions()), len(known.events())) == (2, 1, 2)
    assert known.replay(FLAT).summary["sessions"] == 1
    assert len(ledger.as_of("2022-02-26").sessions()) == 0
    assert ledger.as_of("2022-02-27").replay(FLAT).summary["sessions"] == 2
    assert ledger.as_of("2022-02-27").as_known_at(2).replay(FLAT).summary["sessions"] == 1
    with pytest.raises(linli.InputError, match="no session test:2"):
        known.replay(FLAT).explain("test:2")


def test_a_view_of_a_view_is_never_wider(ledger: linli.Ledger) -> None:
    for number in (1, 2):
        ledger.execute(session(number))
    early = ledger.as_known_at(1).as_of("2022-02-26")
    for view in (early.as_known_at(100).as_of("2030-01-01"), early.as_known_at(1).as_of(MARCH)):
        assert (view.head(), len(view.events())) == (1, 0)
    assert len(ledger.as_known_at(3).as_known_at(1).events()) == 1
    assert ledger.as_known_at(0).head() is None
    for wrong in (True, "1", None):
        with pytest.raises(linli.InputError, match="no whole number from 0 on"):
            early.as_known_at(wrong)  # type: ignore[arg-type]


def odd(base: type[Any], *names: str) -> Any:
    """A class of the caller's own whose methods of these names fail, and all comparisons."""

    def refuses(*_: object) -> object:
        raise LookupError("not so")

    methods: dict[str, object] = dict.fromkeys(["__lt__", "__gt__", "__eq__", *names], refuses)
    return type("Odd", (base,), methods | {"__hash__": base.__hash__})


def test_nothing_of_the_callers_own_is_asked(ledger: linli.Ledger, tmp_path: Path) -> None:
    for number in (1, 2):
        ledger.execute(session(number))
    number = odd(int, "__index__", "__int__")
    view = ledger.as_known_at(2).as_known_at(number(1)).as_known_at(number(3))
    assert repr(view) == "<linli.View: head 1>"
    day = odd(date, "__str__", "isoformat")
    view = ledger.as_of("2022-02-28").as_of(day(2022, 2, 26)).as_of(day(2022, 3, 1))
    assert repr(view) == "<linli.View: head 4, as of 2022-02-26>"
    with pytest.raises(linli.InputError, match="no whole number from 0 on"):
        ledger.as_known_at(odd(object, "__index__")())
    text = odd(str, "__str__", "partition", "startswith")
    file = text(tmp_path / "own.db")
    linli.open(file, mode="rw", actor=text("operator")).execute(session(1))
    found = pickle.loads(pickle.dumps([linli.open(file), linli.EventStore(file)]))
    assert [one.head() for one in found] == [2, 2]


def test_a_view_says_up_to_which_day(ledger: linli.Ledger) -> None:
    ledger.execute(session(1))
    assert repr(ledger) == "<linli.Ledger: head 2>"
    assert repr(ledger.as_known_at(1)) == "<linli.View: head 1>"
    for day in ("2022-02-28", "20220228", date(2022, 2, 28)):
        assert repr(ledger.as_of(day)) == "<linli.View: head 2, as of 2022-02-28>"


def test_a_bill_is_explained_as_it_was_replayed(ledger: linli.Ledger) -> None:
    ledger.execute(session(1))
    r = ledger.replay(FLAT)
    before = r.explain("test:1")
    ledger.execute(session(2))
    late = {"session": "test:1", "at": "2022-02-27T11:00:00+08:00", "zone": "Asia/Shanghai"}
    bill = {"source": "test", "amount": "0.66", "currency": "CNY"}
    ledger.execute({"record_bill": late | bill})
    assert r.explain("test:1") == before != ledger.replay(FLAT).explain("test:1")
    with pytest.raises(linli.InputError, match="no session test:2"):
        r.explain("test:2")


def test_an_empty_list_of_files_is_no_choice(ledger: linli.Ledger) -> None:
    with pytest.raises(linli.InputError, match=r"tariff=\[\] names no file") as refused:
        ledger.replay([])
    assert refused.value.code == "NoFile"
    with pytest.raises(linli.InputError, match=r"checkpoint=\[\] names no file"):
        ledger.verify(checkpoint=[])


def test_a_path_of_bytes_is_named(ledger: linli.Ledger) -> None:
    def verified(path: Any) -> object:
        return ledger.verify(checkpoint=path, key=path)

    calls: list[Callable[[Any], object]] = [ledger.replay, verified, linli.open, linli.EventStore]
    sentence = r"b'x\.json' is a path of bytes; hand in a text"
    for call in calls:
        with pytest.raises(linli.InputError, match=sentence):
            call(b"x.json")


class ClosedBelow(io.StringIO):
    """A file that does not know that what it writes to was closed."""

    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")

    def write(self, _: str) -> int:
        raise ValueError("I/O operation on closed file")


def test_without_standard_error_there_is_no_bar(
    ledger: linli.Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed, object(), ClosedBelow()):
        monkeypatch.setattr("sys.stderr", stream)
        assert ledger.replay(FLAT).summary["sessions"] == 0
        assert ledger.replay(FLAT, progress=True).summary["sessions"] == 0
    assert capsys.readouterr().out == ""


def test_a_view_takes_no_commands(ledger: linli.Ledger) -> None:
    assert not hasattr(ledger.as_known_at(1), "execute")


def test_without_bills_there_is_no_row(yujing: Path) -> None:
    r = linli.open(yujing).replay(bills=False)
    assert len(r.bills) == 0
    assert r.summary["sessions"] == 300


def test_the_facts_hold_in_the_seed_community(yujing: Path) -> None:
    facts = linli.open(yujing).facts()
    assert facts == json.loads(run("--journal", yujing, "facts", "--json"))
    assert all(fact["holds"] for fact in facts)
    before = linli.open(yujing).as_of("2010-01-01").facts()
    assert not any(fact["holds"] for fact in before)


def test_groups_are_plotted_and_nothing_else_is(yujing: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    r = linli.open(yujing).replay(by="day")
    axes = r.plot()
    assert len(axes.patches) == len(r.summary["tariffs"][0]["groups"])
    with pytest.raises(linli.InputError, match="no groups to plot"):
        linli.open(yujing).replay().plot()


def test_a_chart_says_unit_zone_and_which_tariff(yujing: Path) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    tariffs = [TARIFFS / "flat-0.66.json", TARIFFS / "hubei.json"]
    r = linli.open(yujing).replay(tariffs, by="day")
    axes = r.plot()
    assert axes.get_ylabel() == "amount in CNY"
    assert "Asia/Shanghai" in axes.get_xlabel()
    assert axes.get_title(loc="left") == "Bills of 300 sessions"
    totals = [f"{tariff['total']} CNY" for tariff in r.summary["tariffs"]]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == [f"flat-0.66.json: {totals[0]}", f"hubei.json: {totals[1]}"]
    heights = sum(bar.get_height() for bar in axes.containers[1])
    assert f"{heights:.2f} CNY" == totals[1]
    assert len(r.plot(1).containers) == 1
    with pytest.raises(linli.InputError, match="there is no tariff 2"):
        r.plot(2)


def test_amounts_of_several_currencies_have_no_axis_in_common(
    ledger: linli.Ledger, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    ledger.execute(session(1))
    euros = tmp_path / "euros.json"
    euros.write_text(
        '{"id": "euros", "currency": "EUR", "elements": [{"price_components": '
        '[{"type": "ENERGY", "price": 0.66, "step_size": 1}]}]}'
    )
    r = ledger.replay([FLAT, euros], by="day")
    with pytest.raises(linli.InputError, match=r"amounts are in CNY and EUR; plot one") as refused:
        r.plot()
    assert refused.value.code == "SeveralCurrencies"
    assert [r.plot(place).get_ylabel() for place in (0, 1)] == ["amount in CNY", "amount in EUR"]


def test_the_tariff_behind_the_bills_is_detected(yujing: Path) -> None:
    finding = linli.open(yujing).detect_tariff()
    assert finding == json.loads(run("--journal", yujing, "detect-tariff", "--json"))
    assert finding["eras"][0]["rate"] == "0.66"


def test_a_replay_goes_on_from_its_snapshot(yujing: Path, tmp_path: Path) -> None:
    ledger, kept = linli.open(yujing), tmp_path / "kept"
    begun = ledger.as_known_at(1_000).replay(FLAT, by="day", snapshot=kept)
    rest = ledger.replay(FLAT, by="day", snapshot=kept)
    whole = ledger.replay(FLAT, by="day")
    assert (begun.resumed_after, rest.resumed_after, whole.resumed_after) == (None, 1_000, None)
    assert (rest.summary, rest.digest) == (whole.summary, whole.digest)
    assert begun.summary != whole.summary
    assert (len(rest.bills), len(whole.bills)) == (0, 300)
    assert pickle.loads(pickle.dumps(rest)).resumed_after == 1_000
    assert ledger.replay(snapshot=kept).resumed_after is None, "it was kept under another tariff"
    with pytest.raises(linli.InputError, match=r"a snapshot keeps no bills; leave out bills=True"):
        ledger.replay(FLAT, bills=True, snapshot=kept)
    kept.write_text("my notes")
    with pytest.raises(linli.InputError, match=r"kept: it is no snapshot of a replay; name anoth"):
        ledger.replay(FLAT, snapshot=kept)
    assert kept.read_text() == "my notes"
