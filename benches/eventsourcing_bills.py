"""Both bills of each session from events in Python's `eventsourcing`, on its SQLite recorder.

`python eventsourcing_bills.py fill LINES DATABASE` records what stands in lines of JSON, an
aggregate a session; `python eventsourcing_bills.py replay DATABASE` reads the application's
notification log, makes the events again and folds them, and prints one line of JSON: the seconds,
and for each tariff, card and month the sessions, watt-hours and fen. Bills are exact.
"""

import itertools
import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from fractions import Fraction
from uuid import NAMESPACE_URL, uuid5

from duckdb_bills import A_DAY, BANDS
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent

A_READ = 1_000


@dataclass(frozen=True)
class SessionStarted(DomainEvent):
    at_us: int
    register_wh: int
    connector: str
    card: str


@dataclass(frozen=True)
class MeterSampled(DomainEvent):
    at_us: int
    register_wh: int
    power_w: int


@dataclass(frozen=True)
class SessionEnded(DomainEvent):
    at_us: int
    register_wh: int
    connector: str
    card: str


KINDS = {kind.__name__: kind for kind in (SessionStarted, MeterSampled, SessionEnded)}


class Charging(Application):
    """The application, whose notification log is read a thousand at a time."""

    log_section_size = A_READ


def application(database: str) -> Application:
    module = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": database}
    return Charging(env=module)


def fill(lines: str, database: str) -> None:
    app = application(database)
    versions: dict[str, int] = {}

    def event(line: str):
        told = json.loads(line)
        kind, session = KINDS[told.pop("kind")], told.pop("session")
        versions[session] = versions.get(session, 0) + 1
        happened = datetime.fromtimestamp(told["at_us"] / 1_000_000, timezone.utc)
        known = {name: value for name, value in told.items() if value is not None}
        return kind(uuid5(NAMESPACE_URL, session), versions[session], happened, **known)

    with open(lines) as told:
        while batch := list(itertools.islice(told, A_READ)):
            app.recorder.insert_events([app.mapper.to_stored_event(event(line)) for line in batch])


def paid(at: int) -> int:
    """The price added up over all seconds before a local second."""
    days, day = divmod(at, 86_400)
    steps = zip(BANDS, BANDS[1:])
    rises = sum((after - before) * max(day - until, 0) for (until, before), (_, after) in steps)
    return days * A_DAY + BANDS[0][1] * day + rises


class Session:
    """A session that is open: its card, its month, its last reading, and what it costs so far."""

    def __init__(self, start: SessionStarted) -> None:
        began = datetime.fromtimestamp(start.at_us // 1_000_000 + 28_800, timezone.utc)
        self.group = f"{start.card} {began:%Y-%m}"
        self.first_wh = self.register_wh = start.register_wh
        self.at = start.at_us // 1_000_000 + 28_800
        self.thousandths = Fraction(0)

    def read(self, at_us: int, register_wh: int) -> None:
        at = at_us // 1_000_000 + 28_800
        price = Fraction(paid(at) - paid(self.at), at - self.at)
        self.thousandths += (register_wh - self.register_wh) * price
        self.at, self.register_wh = at, register_wh

    def bills(self) -> tuple[int, int, int]:
        wh = self.register_wh - self.first_wh
        return wh, (wh * 66 + 500) // 1_000, (2 * self.thousandths + 1_000) // 2_000


def replay(database: str) -> None:
    began = time.perf_counter()
    app = application(database)
    is_open: dict = {}
    tariffs: tuple[dict, dict] = ({}, {})
    events, start = 0, 1
    while notifications := app.notification_log.select(start, A_READ):
        start = notifications[-1].id + 1
        events += len(notifications)
        for event in map(app.mapper.to_domain_event, notifications):
            key = event.originator_id
            if isinstance(event, SessionStarted):
                is_open[key] = Session(event)
                continue
            session = is_open[key]
            session.read(event.at_us, event.register_wh)
            if isinstance(event, SessionEnded):
                wh, *fens = is_open.pop(key).bills()
                for groups, fen in zip(tariffs, fens):
                    sums = groups.setdefault(session.group, [0, 0, 0])
                    for place, figure in enumerate((1, wh, fen)):
                        sums[place] += figure
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "events": events, "tariffs": tariffs}))


if __name__ == "__main__":
    {"fill": fill, "replay": replay}[sys.argv[1]](*sys.argv[2:])
