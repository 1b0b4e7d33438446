"""Replays a community's charging bills from its meter events, to the fen.

>>> import linli
>>> ledger = linli.open("memory:", mode="rw")
>>> ledger.sessions()
<linli.Sessions: 0 rows>
"""

from linli._errors import (
    ConflictError,
    CorruptionError,
    Error,
    InputError,
    KeyReusedError,
    LimitError,
    NotAllowedError,
    RefusedError,
    StoreError,
    UnknownOutcomeError,
)
from linli._events import AppendCondition, Event, Query, QueryItem, SequencedEvent
from linli._ledger import Done, Ledger, Verified, View, open
from linli._linli import VERSION as __version__
from linli._plot import plot_fonts
from linli._replayed import Replayed
from linli._store import EventStore, Read, Subscription
from linli._tables import (
    Activities,
    Appointments,
    Attendance,
    Bills,
    Cases,
    Differences,
    Disputes,
    Doses,
    Events,
    IssuedBills,
    MeterSamples,
    Sessions,
    Table,
    VolunteerHours,
)
from linli._versions import show_versions

__all__ = [
    "Activities",
    "AppendCondition",
    "Appointments",
    "Attendance",
    "Bills",
    "Cases",
    "ConflictError",
    "CorruptionError",
    "Differences",
    "Disputes",
    "Done",
    "Doses",
    "Error",
    "Event",
    "EventStore",
    "Events",
    "InputError",
    "IssuedBills",
    "KeyReusedError",
    "Ledger",
    "LimitError",
    "MeterSamples",
    "NotAllowedError",
    "Query",
    "QueryItem",
    "Read",
    "RefusedError",
    "Replayed",
    "SequencedEvent",
    "Sessions",
    "StoreError",
    "Subscription",
    "Table",
    "UnknownOutcomeError",
    "Verified",
    "View",
    "VolunteerHours",
    "__version__",
    "open",
    "plot_fonts",
    "show_versions",
]
