"""A journal read as tables, replayed, and written by commands."""

from __future__ import annotations

from linli import _linli
from linli._address import Address, absolute, content, from_anywhere, paths, plain
from linli._document import read, written
from linli._errors import InputError, shown
from linli._opened import Opened, day_of, position_of
from linli._tables import (
    Activities,
    Appointments,
    Attendance,
    Cases,
    Disputes,
    Doses,
    Events,
    IssuedBills,
    MeterSamples,
    Sessions,
    VolunteerHours,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import Any, Literal

    from linli._experiments import Flagged, FlagRule
    from linli._fold import Fold, Projected, State
    from linli._progress import Tell
    from linli._replayed import Replayed
    from linli._results import Done, Verified


def open(
    address: Address,
    mode: Literal["r", "rw"] = "r",
    *,
    actor: str = "operator",
    keyring: Address | None = None,
    archive: Address | None = None,
) -> Ledger:
    """Opens the journal at an address: `yujing.db`, `sqlite:yujing.db`, `memory:`, or an archive.

    With `mode="r"` it must be there and takes no commands; with `mode="rw"` it is made if it is
    not there. An archive, `archive:FOLDER` or `archive:s3://bucket/prefix`, is only read. `actor`
    is who acts, by pseudonym. `keyring` is the file of a keyring: with it, what is told about
    persons is sealed, and `events()` shows what is sealed; without it, it stays locked. `archive`
    is the place that `linli seal` closed this journal into, a folder or a bucket: what it holds is
    read from there, and only the rest from the journal's store, with the same answers. A file that
    `linli pack` has packed is replayed from what is packed, several times as quickly.

    >>> ledger = linli.open("memory:", mode="rw")
    >>> linli.open("memory:", mode="rw", archive="sealed")
    Traceback (most recent call last):
    linli._errors.InputError: there is no archive at sealed; make one with `linli seal --to sealed`

    Raises `InputError` for what is no address, no journal, no keyring or the archive of another
    journal, `CorruptionError` for a damaged file, `StoreError` where the store is out of reach.
    """
    ring, sealed = (None if path is None else plain(path) for path in (keyring, archive))
    given = plain(address)
    whole = _linli.Ledger(given, mode, actor, ring, sealed)
    # Whoever opens it again may stand in another folder.
    if ring is not None:
        ring = absolute(ring)
    if sealed is not None:
        sealed = from_anywhere(f"archive:{sealed.removeprefix('archive:')}")
    sources = (ring, sealed)
    return Ledger(Opened(from_anywhere(given), mode, str.__str__(actor), sources, whole=whole))


class View:
    """A journal as it was known at a position, or as of a day.

    It goes to another process as its address: pickled, it is opened again there, at its first use.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    @property
    def _inner(self) -> _linli.Ledger:
        return self._opened.inner()

    def sessions(self) -> Sessions:
        """Every charging session whose start is known."""
        return Sessions(self._inner.sessions())

    def bills(self) -> IssuedBills:
        """Every bill that the journal holds; what they should be is told by `replay()`."""
        return IssuedBills(self._inner.bills())

    def meter_samples(self) -> MeterSamples:
        """Every meter reading taken during a session, as it was recorded."""
        return MeterSamples(self._inner.meter_samples())

    def disputes(self) -> Disputes:
        """Every dispute that the mediation room took in, as it stands."""
        return Disputes(self._inner.disputes())

    def cases(self) -> Cases:
        """Every hazard, nuisance and request; merged ones behind the one that counts."""
        return Cases(self._inner.cases())

    def appointments(self) -> Appointments:
        """Every appointment of the clinic, as it stands."""
        return Appointments(self._inner.appointments())

    def doses(self) -> Doses:
        """Every dose that was given and not voided, and whether it counts."""
        return Doses(self._inner.doses())

    def volunteer_hours(self) -> VolunteerHours:
        """Every shift for which a volunteer was credited, in minutes."""
        return VolunteerHours(self._inner.volunteer_hours())

    def attendance(self) -> Attendance:
        """Every child and class: whether it was there."""
        return Attendance(self._inner.attendance())

    def activities(self) -> Activities:
        """Every activity of the troupe's groups, as it stands; rehearsals among them."""
        return Activities(self._inner.activities())

    def events(self, types: Sequence[str] = (), tags: Sequence[str] = ()) -> Events:
        """The events of any of the `types` that have all of the `tags`; by default all of them."""
        from linli._events import Query, QueryItem

        return Events(self._inner.events(Query([QueryItem(types, tags)])))

    def replay(
        self,
        tariff: Address | Sequence[Address] | None = None,
        *,
        against: Literal["issued"] | None = None,
        by: Literal["session", "card-month", "day"] | None = None,
        threads: int = 1,
        bills: bool | None = None,
        snapshot: Address | None = None,
        progress: bool | Tell | None = None,
    ) -> Replayed:
        """Computes every bill again from its meter events.

        `tariff` is an OCPI tariff file or several; without one the versions count that the
        journal assigns. `against="issued"` compares with the bills that were issued, `by` adds
        bills up in groups. The result is the same to the bit for any number of `threads`. With
        `bills=False` memory does not grow with the sessions, and `Replayed.bills` has no row.

        `snapshot` is a file that keeps what the replay came to: the next one with the same tariffs
        and groups folds only the events that came since, on one thread, and comes to the same. It
        has no bills, and may be deleted at any time; where it cannot be written, a warning is
        logged.

        `progress` shows a bar on a terminal; `True` always, `False` never. A function is called
        with the position reached and the last one there is. Ctrl-C stops the replay, and the
        ledger stays usable.

        >>> ledger.replay(against="issued", by="day").summary["tariffs"][0]["total"]
        '0.00'

        Raises `InputError` for a tariff that cannot be read or priced, with the file's name, and
        for a `snapshot` that is another file.
        """
        from linli._progress import told
        from linli._replayed import Replayed

        if against not in (None, "issued"):
            sentence = f'against={shown(against)} is none; write "issued"'
            raise InputError(sentence, "UnknownComparison")
        if snapshot is not None and bills:
            sentence = "a snapshot keeps no bills; leave out bills=True, or the snapshot"
            raise InputError(sentence, "NoBills")
        tariffs = [(path, content(path)) for path in paths("tariff", tariff)]
        keeps_bills = snapshot is None if bills is None else bills
        # An explanation later is of the same events.
        known = self.as_known_at(self.head() or 0)
        with told(progress) as tell:
            inner = known._inner.replay(
                tariffs,
                against_issued=against is not None,
                by=by,
                threads=threads,
                bills=keeps_bills,
                snapshot=None if snapshot is None else plain(snapshot),
                tell=tell,
            )
        return Replayed(inner, known._explain, tariffs, keeps_bills)

    def _explain(self, session: str, tariff: tuple[str, str] | None) -> str:
        return self._inner.explain(session, tariff)

    def detect_tariff(self) -> dict[str, Any]:
        """The tariff behind the issued bills, inferred from them and their sessions alone.

        The keys are those of `linli detect-tariff --json`: `eras` with rate, rounding and dates,
        each with the number of bills that it rests on, and `suspects`, which fit none.

        >>> ledger.detect_tariff()["eras"]
        []
        """
        finding: dict[str, Any] = read(self._inner.detect_tariff())
        return finding

    def project(
        self,
        fold: Fold[State],
        *,
        checkpoint: Address | None = None,
        save_every_s: float = 1.0,
        progress: bool | Tell | None = None,
    ) -> Projected[State]:
        """Runs a view of your own over the journal, and goes on where its checkpoint ended.

        `checkpoint` is a file, made if it is not there, with the state and the position that it
        stands for: it is replaced as a whole at the end, and each time when `save_every_s` seconds
        are over. Whatever kills the process, the next run skips no event and repeats none.

        The journal is known again by its last folded event: its id, and when it was recorded.
        What was changed before that event is not noticed; `verify()` finds it. With a `keyring`,
        what of the opened fields a fold keeps stands in clear in the file, also after the keyring
        has forgotten the person: keep the file as the keyring is kept, or keep no such field.

        Raises `InputError` for a checkpoint of another fold, version or journal, or of a run with
        a keyring where this one has none, and for a state that a file cannot keep exactly;
        `CorruptionError` for a damaged one. What `fold` raises comes out as it is, and the file
        stays as it was saved last.
        """
        from linli._fold import Projecting
        from linli._progress import told

        run = Projecting(fold, self._opened, checkpoint, save_every_s)
        with told(progress, "folding") as tell:
            return run.run(tell)

    def try_flags(self, rule: FlagRule) -> Flagged:
        """What a flag rule of your own would say of each session. Nothing is written.

        The rule takes a batch of sessions (a `linli.Sessions`) and gives, for each row in order,
        the flags that it would put there.

        >>> def long_stay(sessions: linli.Sessions) -> list[list[str]]:
        ...     hour = 3_600
        ...     return [
        ...         ["long_stay"] if row["ended_at"] is not None
        ...         and (row["ended_at"] - row["started_at"]).total_seconds() > 8 * hour else []
        ...         for row in sessions.rows()
        ...     ]
        >>> ledger.try_flags(long_stay)
        <linli.Flagged: 0 of 0 sessions>

        Raises `InputError` where the answers are not one a row, or a flag is no lower-case name.
        """
        from linli._experiments import flagged

        return flagged(self.sessions(), rule)

    def facts(self) -> list[dict[str, Any]]:
        """Every number of the seed story as a query over events, beside what it should be."""
        facts: list[dict[str, Any]] = read(self._inner.facts())
        return facts

    def as_of(self, day: str | date) -> View:
        """What had happened by the end of this local day, in each event's own zone.

        Of a view as of an earlier day it is that view.
        """
        return View(self._opened.within("as_of", day_of(day)))

    def as_known_at(self, position: int) -> View:
        """What was known when the journal ended at this position.

        Of a view as known at an earlier one it is that view.
        """
        return View(self._opened.within("as_known_at", position_of(position)))

    def head(self) -> int | None:
        """The position of the last event that is looked at; `None` where there is none."""
        return self._inner.head() or None

    def __repr__(self) -> str:
        day = self._opened.bounds.get("as_of")
        until = "" if day is None else f", as of {day}"
        return f"<linli.{type(self).__name__}: head {self.head()}{until}>"


class Ledger(View):
    """An open journal: its tables, its bills, and the door for commands.

    >>> ledger = linli.open("memory:", mode="rw")
    >>> ledger.sessions(), ledger.as_of("2022-02-28").events()
    (<linli.Sessions: 0 rows>, <linli.Events: 0 rows>)
    """

    def verify(
        self,
        *,
        checkpoint: Address | Sequence[Address] | None = None,
        key: Address | None = None,
    ) -> Verified:
        """Recomputes every hash and the tree, and holds the index against the events.

        With one checkpoint file or several that were kept elsewhere, and the public key of the
        journal, it also finds what was cut off, rewritten, forked or rolled back below them.

        >>> ledger.verify().ok
        True

        Damage is what is looked for and is no exception. Raises `InputError` for a file that is no
        checkpoint which this key has signed, `StoreError` where the store is out of reach.
        """
        files = paths("checkpoint", checkpoint)
        if (key is None) != (not files):
            raise InputError("a checkpoint and the key that signed it go together", "NoKey")
        notes = [content(path) for path in files]
        public = None if key is None else content(plain(key))
        events, root, against = self._inner.verify(notes, public)
        position, what = against or (None, None)
        from linli._results import Verified

        return Verified(events, root, against is None, position, what)

    def execute(self, command: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Done:
        """Carries out a command, or several all together or not at all.

        A command is a mapping as `linli execute` reads it; a time is an aware `datetime` or a
        text with its offset. The commands themselves are the key: the same again give the first
        result.

        >>> ledger.execute({"block_card": {
        ...     "card": "7", "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}})
        Traceback (most recent call last):
        linli._errors.RefusedError: there is no card 7

        Raises `RefusedError` with the values where a rule speaks against it, `NotAllowedError` on
        a ledger that was opened to read, `InputError` for what is no command.
        """
        from linli._results import Done

        done = self._inner.execute(written(command))
        if done is None:
            return Done(0, None, None, False)
        first, last, before = done
        return Done(last - first + 1, first, last, before)
