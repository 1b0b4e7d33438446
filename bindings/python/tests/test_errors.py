"""Each way to fail has its exception, its code, its values and one sentence."""

from __future__ import annotations

import copy
import pickle
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from conftest import TARIFFS, session

import linli

EXCEPTIONS = [
    getattr(linli, name) for name in linli.__all__ if name.endswith("Error")
]


def test_the_exceptions_stand_as_the_contract_says() -> None:
    assert all(issubclass(kind, linli.Error) for kind in EXCEPTIONS)
    assert issubclass(linli.InputError, ValueError)
    assert issubclass(linli.KeyReusedError, linli.InputError)
    assert issubclass(linli.LimitError, linli.InputError)
    assert issubclass(linli.StoreError, OSError)


@pytest.mark.parametrize("kind", EXCEPTIONS)
def test_an_exception_survives_a_pickle(kind: type[linli.Error]) -> None:
    raised = kind("a sentence", "Busy", {"found": 7, "key": "k"})
    for again in (pickle.loads(pickle.dumps(raised)), copy.copy(raised)):
        assert type(again) is kind
        assert (str(again), again.code) == ("a sentence", "Busy")
        assert again.values == {"found": 7, "key": "k"}
        assert vars(again)["found"] == 7


def test_only_a_busy_store_is_worth_another_try() -> None:
    assert linli.StoreError("busy", "Busy").retryable
    assert not linli.StoreError("gone", "Unavailable").retryable


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "NoFile"),
        ("sqlite:", "NoFile"),
        ("postgres://user@host/db", "NoJournalName"),
        ("postgres://user@host/db?journal=a%20b", "InvalidJournalName"),
        ("nats://host:4222", "NoStreamName"),
        ("nats://host:4222/a.b", "InvalidStreamName"),
        ("nats://host:4222/STREAM", "NoMonitor"),
        ("http://host/x", "Unknown"),
        ("memory:", "Missing"),
        ("none.db", "Missing"),
        (".", "NotAFile"),
    ],
)
def test_an_address_that_is_none_gets_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(linli.InputError) as refused:
        linli.open(address)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address", [":memory:", "Memory:", "sqlite::memory:", "file:x?mode=memory", "file::memory:"]
)
def test_sqlites_name_for_a_journal_in_memory_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.chdir(tmp_path)
    calls: list[Callable[[], object]] = [
        lambda: linli.open(address, mode="rw"),
        lambda: linli.EventStore(address),
    ]
    for call in calls:
        with pytest.raises(linli.InputError, match="write memory: for a journal in memory"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear neighbours, " * 100)
    with pytest.raises(linli.InputError, match="is not a SQLite file") as refused:
        linli.open(file, mode="rw")
    assert refused.value.code == "NotSqlite"
    assert file.read_text() == "Dear neighbours, " * 100


def test_a_journal_cut_short_is_damaged(yujing: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.db"
    cut.write_bytes(yujing.read_bytes()[:20_000])
    with pytest.raises(linli.CorruptionError) as refused:
        linli.open(cut)
    assert refused.value.code == "Truncated"


def test_a_ledger_opened_to_read_takes_no_commands(yujing: Path) -> None:
    with pytest.raises(linli.NotAllowedError) as refused:
        linli.open(yujing, actor="guest").execute(session(1))
    assert refused.value.values == {"actor": "guest", "verb": "execute"}


@pytest.mark.parametrize("mode", ["w", "a", ""])
def test_there_are_two_modes(mode: Any) -> None:
    with pytest.raises(linli.InputError, match='write "r" or "rw"'):
        linli.open("memory:", mode=mode)


def start(session: str, connector: str, card: str) -> dict[str, Any]:
    at = datetime(2022, 2, 27, 9, tzinfo=timezone(timedelta(hours=8)))
    fields = {"session": session, "connector": connector, "card": card, "at": at}
    return {"start_session": fields | {"zone": "Asia/Shanghai", "register": None}}


def commissioned(connector: str) -> dict[str, Any]:
    return {
        "commission_connector": {
            "connector": connector,
            "at": "2022-01-01T00:00:00+08:00",
            "zone": "Asia/Shanghai",
            "place": "east gate",
            "meter": None,
            "max_power": None,
            "register": "lifetime",
            "feeds_back": False,
        }
    }


def test_a_refusal_carries_what_a_person_needs(ledger: linli.Ledger) -> None:
    issued = {"at": "2022-01-01T00:00:00+08:00", "zone": "Asia/Shanghai", "class": None}
    for card in ("7", "8"):
        ledger.execute({"issue_card": {"card": card, "subject_ref": f"p{card}"} | issued})
    ledger.execute([commissioned("east-1"), commissioned("east-2")])
    assert ledger.execute(start("app:1", "east-1", "7")).events == 1
    with pytest.raises(linli.RefusedError) as busy:
        ledger.execute(start("app:2", "east-1", "8"))
    assert busy.value.code == "ConnectorActive"
    assert busy.value.values == {"connector": "east-1", "session": "app:1"}
    assert vars(busy.value)["session"] == "app:1"
    with pytest.raises(linli.RefusedError) as active:
        ledger.execute(start("app:2", "east-2", "7"))
    assert active.value.code == "CardActive"
    with pytest.raises(linli.RefusedError) as unknown:
        ledger.execute({"block_card": {"card": "9"} | {k: issued[k] for k in ("at", "zone")}})
    assert unknown.value.code == "UnknownEntity"
    assert unknown.value.values == {"kind": "card", "id": "9"}
    tariff = {"at": issued["at"], "zone": "UTC", "content": "{}"}
    with pytest.raises(linli.RefusedError) as bad:
        ledger.execute({"publish_tariff": tariff})
    assert bad.value.code == "BadTariff"


def test_the_same_commands_again_give_the_first_result(ledger: linli.Ledger) -> None:
    first = ledger.execute(session(1))
    again = ledger.execute(session(1))
    assert first == linli.Done(events=2, first=1, last=2, before=False)
    assert again == first._replace(before=True)
    assert ledger.head() == 2


@pytest.mark.parametrize("at", [datetime(2022, 2, 27, 9), "2022-02-27T09:00:00"])
def test_a_time_without_its_offset_is_refused(ledger: linli.Ledger, at: object) -> None:
    with pytest.raises(linli.InputError, match="names no instant") as refused:
        ledger.execute(session(1, at=at))
    assert "\n" not in str(refused.value)
    assert ledger.head() is None


class Broken(tzinfo):
    """A time zone that does not know."""

    def utcoffset(self, _: object) -> timedelta:
        raise LookupError("no table")

    def dst(self, _: object) -> None: ...

    def tzname(self, _: object) -> None: ...

    def __repr__(self) -> str:
        raise LookupError("no name")


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=8))), "before the year 1"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-8))), "behind 9999"),
        (datetime(2022, 2, 27, tzinfo=Broken()), "its time zone says no offset: no table"),
        (datetime(2022, 2, 27), "give it a time zone"),
    ],
)
def test_a_time_that_is_no_instant_is_named_with_its_field(
    ledger: linli.Ledger, at: datetime, sentence: str
) -> None:
    field = r"^\[0\]\.record_session_start\.at: "
    with pytest.raises(linli.InputError, match=f"{field}.*{sentence}") as refused:
        ledger.execute(session(1, at=at))
    assert refused.value.code == "NoInstant"


def test_an_instant_finer_than_the_journals_is_refused(ledger: linli.Ledger) -> None:
    pandas: Any = pytest.importorskip("pandas")
    at = pandas.Timestamp("2022-02-27T09:00:00.123456+08:00")
    for fine in (at + pandas.Timedelta(1, "ns"), at.replace(nanosecond=999)):
        with pytest.raises(linli.InputError, match=r"start\.at: .* finer than") as refused:
            ledger.execute(session(1, at=fine))
        assert refused.value.code == "TooFine"
    with pytest.raises(linli.InputError, match="names no instant"):
        ledger.execute(session(1, at=pandas.NaT))
    ledger.execute(session(1, at=at))
    assert ledger.sessions().to_polars()["started_at"][0] == at.to_pydatetime()


def test_commands_are_any_mapping_in_any_sequence(ledger: linli.Ledger) -> None:
    start, end = session(1, flags=deque())
    fields = MappingProxyType(start["record_session_start"])
    commands = deque([MappingProxyType({"record_session_start": fields}), end])
    first = ledger.execute(commands)
    assert ledger.execute(session(1)) == first._replace(before=True)
    naive = MappingProxyType(start["record_session_start"] | {"at": datetime(2022, 2, 27)})
    with pytest.raises(linli.InputError, match=r"^\[0\]\.record_session_start\.at: "):
        ledger.execute(deque([MappingProxyType({"record_session_start": naive})]))
    for no_list in (b"ab", bytearray(b"ab"), {"open_case": b"ab"}, {1, 2}):
        with pytest.raises(linli.InputError, match="has no form in JSON"):
            ledger.execute(no_list)  # type: ignore[arg-type]


def test_a_command_without_an_end_is_refused(ledger: linli.Ledger) -> None:
    deep: Any = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(linli.InputError, match="lists in lists without an end"):
        ledger.execute(deep)


def test_values_cover_no_attribute_of_every_exception() -> None:
    raised = linli.RefusedError("no", "CardActive", {"code": "7", "card": "8"})
    assert (raised.code, raised.values["code"], vars(raised)["card"]) == ("CardActive", "7", "8")


def test_a_time_in_any_zone_is_the_same_instant(ledger: linli.Ledger) -> None:
    at = datetime(2022, 2, 27, 2, 0, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    ledger.execute(session(1, at=at))
    started = ledger.sessions().to_polars()["started_at"][0]
    assert started == at
    assert started.isoformat() == "2022-02-27T01:00:00.000001+00:00"


@pytest.mark.parametrize(
    "command",
    [{}, [], {"open_door": {}}, "text", {"block_card": {"card": "7"}}, {"block_card": {1, 2}}],
)
def test_what_is_no_command_is_named(ledger: linli.Ledger, command: Any) -> None:
    with pytest.raises(linli.InputError) as refused:
        ledger.execute(command)
    assert refused.value.code in ("NoCommand", "Empty")


def test_an_amount_as_a_float_is_refused(ledger: linli.Ledger) -> None:
    bill = {"session": "test:1", "at": "2022-02-27T10:00:00+08:00", "zone": "Asia/Shanghai"}
    bill |= {"source": "test", "amount": 0.66, "currency": "CNY"}  # type: ignore[dict-item]
    with pytest.raises(linli.InputError, match="floating point"):
        ledger.execute({"record_bill": bill})


def test_a_tariff_that_cannot_be_read_is_named_with_its_file(
    ledger: linli.Ledger, tmp_path: Path
) -> None:
    with pytest.raises(linli.InputError, match="none.json: the file cannot be read"):
        ledger.replay("none.json")
    bad = tmp_path / "bad.json"
    bad.write_text('{"id": "x"}')
    with pytest.raises(linli.InputError, match=r"bad\.json: ") as refused:
        ledger.replay(bad)
    assert refused.value.code == "BadTariff"


@pytest.mark.parametrize(
    "asked", [{"by": "week"}, {"against": "paid"}, {"threads": -1}, {"threads": "many"}]
)
def test_what_a_replay_does_not_know_is_named(ledger: linli.Ledger, asked: dict[str, Any]) -> None:
    with pytest.raises(linli.InputError):
        ledger.replay(TARIFFS / "flat-0.66.json", **asked)


@pytest.mark.parametrize("day", ["2022-02-30", "yesterday", datetime(2022, 2, 28)])
def test_as_of_takes_a_day(ledger: linli.Ledger, day: Any) -> None:
    with pytest.raises(linli.InputError, match="is no day"):
        ledger.as_of(day)


def test_a_session_key_has_a_source(ledger: linli.Ledger) -> None:
    with pytest.raises(linli.InputError, match="is no session key") as refused:
        ledger.replay(TARIFFS / "flat-0.66.json").explain("17")
    assert refused.value.code == "NoSource"
