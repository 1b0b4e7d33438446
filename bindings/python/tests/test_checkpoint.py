"""What a fold's checkpoint is of, and what it holds.

The bug it keeps away: a file is believed for another journal or other parameters, or gives a state
back that is not the one that was saved.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import kept, session

import linli

ISSUED = {"at": "2022-03-05T09:00:00+08:00", "zone": "Asia/Shanghai", "class": None}


class Times(linli.Fold[int]):
    """How many events there are, times a number."""

    def __init__(self, number: object) -> None:
        self.number = number

    def begin(self) -> int:
        return 0

    def fold(self, state: int, batch: linli.Table) -> int:
        return state + len(batch)


class Slotted(Times):
    """The same, and what it is given stands in no `__dict__`."""

    __slots__ = ("_Slotted__hidden", "number", "unset")

    def __init__(self, number: object, hidden: object) -> None:
        super().__init__(number)
        self.__hidden = hidden


def test_a_mark_behind_the_day_tells_one_journal_from_another(tmp_path: Path) -> None:
    days: list[linli.View] = []
    for energy_wh in (1_000, 7_000):
        ledger = linli.open("memory:", mode="rw")
        ledger.execute(session(1, energy_wh))
        ledger.execute({"issue_card": {"card": "7", "subject_ref": "p7"} | ISSUED})
        days.append(ledger.as_of("2022-02-28"))
    one, other = days
    checkpoint = tmp_path / "times.json"
    assert one.project(Times(1), checkpoint=checkpoint).state == 2
    with pytest.raises(linli.InputError, match="taken at 3 of another journal") as refused:
        other.project(Times(1), checkpoint=checkpoint)
    assert refused.value.code == "AnotherJournal"
    assert one.project(Times(1), checkpoint=checkpoint).resumed_behind == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({1: 1}, {"1": 1}),
        ({True: 1}, {"true": 1}),
        (Decimal("1"), {"$decimal": "1"}),
        ({"$decimal": "1"}, {"$$decimal": "1"}),
        ([1, 2], (1, 2)),
        ((1, 2), {"$tuple": [1, 2]}),
        ({(1, 2): 3}, {"$dict": [[{"$tuple": [1, 2]}, 3]]}),
        (1, True),
        (1, 1.0),
    ],
)
def test_parameters_that_json_writes_alike_are_told_apart(
    tmp_path: Path, one: object, other: object
) -> None:
    ledger, checkpoint = linli.open("memory:", mode="rw"), tmp_path / "times.json"
    ledger.execute(session(1))
    assert ledger.project(Times(one), checkpoint=checkpoint).state == 2
    assert ledger.project(Times(one), checkpoint=checkpoint).resumed_behind == 2
    with pytest.raises(linli.InputError, match=r"another fold \(parameters "):
        ledger.project(Times(other), checkpoint=checkpoint)


def test_the_order_of_a_dict_is_no_parameter(ledger: linli.Ledger, tmp_path: Path) -> None:
    ledger.execute(session(1))
    checkpoint = tmp_path / "times.json"
    ledger.project(Times({2: "b", 1: "a", "x": {"d": 4, "c": 3}}), checkpoint=checkpoint)
    again = Times({"x": {"c": 3, "d": 4}, 1: "a", 2: "b"})
    assert ledger.project(again, checkpoint=checkpoint).resumed_behind == 2


def test_what_stands_in_slots_is_a_parameter(ledger: linli.Ledger, tmp_path: Path) -> None:
    ledger.execute(session(1))
    checkpoint = tmp_path / "slotted.json"
    ledger.project(Slotted(1, "a"), checkpoint=checkpoint)
    assert ledger.project(Slotted(1, "a"), checkpoint=checkpoint).resumed_behind == 2
    for others in ((2, "a"), (1, "b")):
        with pytest.raises(linli.InputError, match=r"another fold \(parameters "):
            ledger.project(Slotted(*others), checkpoint=checkpoint)


@pytest.mark.parametrize("text", ["\ud83d\ude00", "\ud800", "a\udfff"])
def test_half_of_a_character_is_not_kept(tmp_path: Path, text: str) -> None:
    ledger, checkpoint = linli.open("memory:", mode="rw"), tmp_path / "kept.json"
    for state in (text, [text], {text: 1, "\U0001f600": 2}, {"a": {text: 1}}):
        with pytest.raises(linli.InputError, match="with half of a character in it") as refused:
            ledger.project(kept(state), checkpoint=checkpoint)
        assert refused.value.code == "NotKept"
    with pytest.raises(linli.InputError, match="cannot tell a fold by its parameters") as refused:
        ledger.project(Times(text), checkpoint=checkpoint)
    assert refused.value.code == "NotTold"
    assert not checkpoint.exists()
