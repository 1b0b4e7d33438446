"""A view of your own: a fold over the journal, kept in a file and gone on with."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from os import PathLike, fsdecode
from types import MemberDescriptorType
from typing import Any, ClassVar, Generic, Literal, TypeVar

from linli import _linli
from linli._checkpoint import Checkpoint, Mark, checked
from linli._errors import InputError, StoreError, shown
from linli._events import Query, QueryItem
from linli._progress import Tell
from linli._tables import Events, IssuedBills, MeterSamples, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from linli._opened import Opened

State = TypeVar("State")

# The most events that a batch is made of.
MOST_EVENTS = 8_192

TABLES: dict[str, type[Table]] = {
    "events": Events,
    "meter_samples": MeterSamples,
    "bills": IssuedBills,
}


class Fold(ABC, Generic[State]):
    """A view of your own: what it starts from, and how a batch of rows changes it.

    Subclass it, and run it by `ledger.project(fold, checkpoint=...)`. A batch is a table
    (`linli.Events`, or what `over` says) with some of the rows, in the order of the journal: read
    it with Polars, pyarrow or `batch.rows()`. Where batches end is by chance; what comes out must
    not depend on it.

    The state is what JSON holds, and `decimal.Decimal`: `dict` with text for keys, `list`, `str`,
    `int`, `bool`, `None`. There is no float, because its sums depend on where batches end. No list
    or dict stands in two places of it: a file would make two of it.

    A checkpoint is of one class by its module and name, one `version`, and one set of parameters:
    what the object's attributes are when the run begins, those in `__slots__` too, which then have
    to be plain values (what JSON holds, and decimals). What else the rule depends on, a checkpoint
    does not notice.

    >>> class EnergyBySession(linli.Fold[dict[str, int]]):
    ...     over = "meter_samples"
    ...
    ...     def begin(self) -> dict[str, int]:
    ...         return {}
    ...
    ...     def fold(self, state: dict[str, int], batch: linli.Table) -> dict[str, int]:
    ...         for sample in batch.rows():
    ...             if sample["energy_wh"] is not None:
    ...                 state[sample["session"]] = sample["energy_wh"]
    ...         return state
    >>> ledger.project(EnergyBySession()).state
    {}
    """

    over: ClassVar[Literal["events", "meter_samples", "bills"]] = "events"
    """Which table: one whose rows stand in the order of the journal."""
    types: ClassVar[Sequence[str]] = ()
    """Of `events`, those of any of these types; none named: of any type."""
    tags: ClassVar[Sequence[str]] = ()
    """Of `events`, those that have all of these tags."""
    version: ClassVar[int] = 1
    """Count it up when the rule changes: checkpoints of another version are refused."""

    @abstractmethod
    def begin(self) -> State:
        """The state before the first row."""

    @abstractmethod
    def fold(self, state: State, batch: Table) -> State:
        """The state after these rows; it may be the same object, changed."""


class Projected(Generic[State]):
    """What a fold came to."""

    def __init__(self, state: State, position: int, resumed_behind: int) -> None:
        self.state = state
        """The state after every row up to `position`."""
        self.position = position
        """The last position that was looked at; 0: the journal is empty."""
        self.resumed_behind = resumed_behind
        """The position of the checkpoint that this run went on with, or 0."""

    def __repr__(self) -> str:
        return f"<linli.Projected: at {self.position:,}, from {self.resumed_behind:,} on>"


class Projecting(Generic[State]):
    """One run of a fold: from where its checkpoint ended to where the journal ends."""

    def __init__(
        self,
        fold: Fold[State],
        opened: Opened,
        checkpoint: str | PathLike[str] | bytes | None,
        save_every_s: float,
    ) -> None:
        if not isinstance(fold, Fold):  # pyright: ignore[reportUnnecessaryIsInstance]
            sentence = f"{shown(fold)} is no fold; hand in an object of a subclass"
            raise InputError(sentence, "NoFold")
        if fold.over != "events" and (fold.types or fold.tags):
            sentence = f"types and tags choose events, and over is {fold.over!r}; take them out"
            raise InputError(sentence, "NoEvents")
        self.inner, self.whole = opened.inner(), opened.whole()
        self.fold, self.save_every_s = fold, save_every_s
        path = None if checkpoint is None else fsdecode(checkpoint)
        self.checkpoint = Checkpoint(path, self._mark, described(fold, opened))

    def run(self, tell: Tell | None) -> Projected[State]:
        """Folds what is new, and saves the state with the position that it stands for."""
        held = self.checkpoint.held()
        state, began = (self.fold.begin(), 0) if held is None else held
        self.checkpoint.refuse_behind(began, self.inner.head() or 0)
        position, saved, until = began, time.monotonic(), None
        while (part := self._part(position, until)) is not None:
            rows, reached, until = part
            if len(rows):
                state = self._folded(state, TABLES[self.fold.over](rows))
            position = reached
            if tell is not None:
                tell(position, until)
            if position >= until:
                break
            if time.monotonic() - saved >= self.save_every_s:
                self.checkpoint.save(state, position)
                saved = time.monotonic()
        checked(state)
        if position > began or held is None:
            self.checkpoint.save(state, position)
        return Projected(state, position, began)

    def _part(self, after: int, until: int | None) -> tuple[_linli.Table, int, int] | None:
        fold = self.fold
        query = Query([QueryItem(fold.types, fold.tags)])
        return self.inner.part(fold.over, query, after or None, until, MOST_EVENTS)

    def _mark(self, position: int) -> Mark:
        """The id of an event, and when it was recorded. Another journal may have the same id there:
        ids follow from the commands. It may be of a later day than is asked for."""
        if not position:
            return None, None
        try:
            part = self.whole.part("events", Query(), position - 1 or None, position, 1)
        except StoreError as error:
            # A table of bills or samples passes over what only a newer Linli reads.
            if error.code not in ("UnknownKind", "NewerVersion"):
                raise
            part = None
        rows = Events(part[0]).rows() if part else ()
        recorded_at = next((row["recorded_at"].isoformat() for row in rows), None)
        return self.whole.event_id(position), recorded_at

    def _folded(self, state: State, batch: Table) -> State:
        folded = self.fold.fold(state, batch)
        if folded is None and state is not None:
            name = type(self.fold).__name__
            raise InputError(f"{name}.fold() gave None; let it return the state", "NoState")
        return folded


def described(fold: Fold[Any], opened: Opened) -> dict[str, object]:
    """What a checkpoint must be of to be gone on with."""
    kind = type(fold)
    # `typing` leaves a note of its own, `__orig_class__`, in objects of a generic class.
    parameters = {name: value for name, value in vars(fold).items() if name[:2] != "__"}
    parameters |= _slots(fold)
    return {
        "fold": f"{kind.__module__}.{kind.__qualname__}",
        "version": fold.version,
        "parameters": parameters,
        "over": fold.over,
        "types": list(fold.types),
        "tags": list(fold.tags),
        # Up to which position is no part of it: who knows more goes on.
        "as_of": str(opened.bounds.get("as_of")),
        "keyring": opened.sources[0] is not None,
    }


def _slots(fold: Fold[Any]) -> dict[str, object]:
    """The attributes that classes keep in `__slots__`, those that are set."""
    kept: dict[str, object] = {}
    for kind in reversed(type(fold).__mro__):
        for name, member in vars(kind).items():
            if isinstance(member, MemberDescriptorType):
                with suppress(AttributeError):
                    kept[name] = member.__get__(fold)
    return kept
