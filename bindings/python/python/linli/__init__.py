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
from linli._ledger import Ledger, View, open
from linli._linli import VERSION as __version__
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

# Half of what an import of the package took was `typing`, which only checkers need here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from linli._events import AppendCondition, Event, Query, QueryItem, SequencedEvent
    from linli._experiments import Flagged, Tried
    from linli._fold import Fold, Projected
    from linli._plot import plot_fonts
    from linli._replayed import Replayed
    from linli._results import Done, Verified
    from linli._store import EventStore, Read, Subscription
else:

    def __getattr__(name: str) -> object:
        """What few ask for is imported where somebody does."""
        from importlib import import_module

        for module, names in LATER.items():
            if name in names:
                return getattr(import_module(module), name)
        raise AttributeError(f"module 'linli' has no attribute {name!r}", name=name)

    def __dir__() -> list[str]:
        """What is imported later is there too."""
        return sorted({*globals(), *__all__})


LATER = {
    "linli._events": ("AppendCondition", "Event", "Query", "QueryItem", "SequencedEvent"),
    "linli._experiments": ("Flagged", "Tried"),
    "linli._fold": ("Fold", "Projected"),
    "linli._plot": ("plot_fonts",),
    "linli._replayed": ("Replayed",),
    "linli._results": ("Done", "Verified"),
    "linli._store": ("EventStore", "Read", "Subscription"),
}

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
    "Flagged",
    "Fold",
    "InputError",
    "IssuedBills",
    "KeyReusedError",
    "Ledger",
    "LimitError",
    "MeterSamples",
    "NotAllowedError",
    "Projected",
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
    "Tried",
    "UnknownOutcomeError",
    "Verified",
    "View",
    "VolunteerHours",
    "__version__",
    "open",
    "plot_fonts",
    "show_versions",
]
