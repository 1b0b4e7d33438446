"""Tables: rows in Arrow columns, which any consumer of Arrow takes as they are."""

from __future__ import annotations

from linli import _linli
from linli._optional import needed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self

    import polars

# The most rows that a notebook shows.
SHOWN_ROWS = 20


class Table:
    """Rows in columns: `polars.DataFrame(table)`, `pyarrow.table(table)`, DuckDB's `FROM table`.

    Energy is whole watt-hours, money an exact decimal in the currency's main unit, an instant
    microseconds UTC. What is not known is null, never zero.

    Pickled, it goes with its rows, its types and its meanings.
    """

    def __init__(self, inner: _linli.Table) -> None:
        self._inner = inner

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows as an Arrow stream (PyCapsule interface); no other schema can be asked for."""
        return self._inner.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """The columns' names and types (PyCapsule interface)."""
        return self._inner.__arrow_c_schema__()

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return self._inner.columns()

    @property
    def meanings(self) -> dict[str, str]:
        """What each column holds, with its unit. It stands in the Arrow schema's metadata too."""
        told = self._inner.meanings()
        return {name: f"{what} [{unit}]" if unit else what for name, unit, what in told}

    def batches(self) -> Iterator[Self]:
        """The same table in parts of at most 8,192 rows, in order; they share its columns."""
        for batch in self._inner.batches():
            yield type(self)(batch)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Row after row by column name, exact and without any other package.

        Amounts are `decimal.Decimal`, instants aware `datetime` in UTC, local days `date`, flags
        and tags lists of texts; what is not known is `None`. A data frame is quicker.

        >>> [row["session"] for row in ledger.sessions().rows()]
        []
        """
        from linli._cells import makers

        names, make = self.columns, makers(self._inner.kinds())
        for batch in self._inner.batches():
            for cells in batch.rows():
                values = (of(cell) if of and cell is not None else cell
                          for of, cell in zip(make, cells, strict=True))
                yield dict(zip(names, values, strict=True))

    def to_polars(self) -> polars.DataFrame:
        """A Polars data frame. Needs Polars: `pip install 'linli[polars]'`."""
        return needed("polars", self.to_polars).DataFrame(self)  # type: ignore[no-any-return]

    def to_pandas(self) -> Any:
        """A pandas data frame whose columns keep Arrow's types, so that no amount becomes a float.

        Needs pandas and pyarrow: `pip install 'linli[pandas]'`.
        """
        mapper = needed("pandas", self.to_pandas).ArrowDtype
        return self.to_arrow().to_pandas(types_mapper=mapper)

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`. Needs pyarrow: `pip install 'linli[pandas]'`."""
        # `pyarrow.table` would import pandas, to ask whether this is a frame of it.
        return needed("pyarrow", self.to_arrow).RecordBatchReader.from_stream(self).read_all()

    def __len__(self) -> int:
        return len(self._inner)

    def __repr__(self) -> str:
        return f"<linli.{type(self).__name__}: {len(self):,} rows>"

    def _repr_html_(self) -> str:
        # A notebook needs it, an import of the package need not wait for it.
        from html import escape

        names = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        rows = [_row(cells) for cells in self._inner.head(SHOWN_ROWS)]
        left_out = len(self) - len(rows)
        note = f"<p>and {left_out:,} more rows</p>" if left_out else ""
        title = escape(f"{type(self).__name__}: {len(self):,} rows")
        head = f"<thead><tr>{names}</tr></thead>"
        body = f"<tbody>{''.join(rows)}</tbody>"
        return f"<table><caption>{title}</caption>{head}{body}</table>{note}"


class Sessions(Table):
    """Every charging session whose start is known, in the order of their keys.

    - `session`: its key, `SOURCE:source-id`; `card`, `connector`: names, null where not known
    - `started_at`, `ended_at`: as corrected; the end is null while it is open
    - `zone`: whose wall clock decides
    - `energy_wh`: null while it is open, and where there is no usable reading
    - `readings`: how many meter readings lie between start and end
    - `state`: `open`, `ended`, `closed_by_rule`, `voided`
    - `held`: whether a person has to settle a flag before it is billed
    - `flags`: what looks wrong
    """


class MeterSamples(Table):
    """Every meter reading taken during a session, as recorded, in the order of the journal.

    - `position` of its event; `session`; `at`, `zone`: when it was taken
    - `register_wh`, `energy_wh`: register, or the session's own energy; both null: unknown
    - `power_w`: null where not given
    """


class IssuedBills(Table):
    """Every bill that the journal holds, in its order.

    - `position` of its event; `session`; `at`, `zone`: when it was issued
    - `kind`: `recorded` (somebody else's), `issued`, `credited`
    - `bill`: its number, null where recorded; `source`: who issued a recorded one
    - `tariff`, `version`: what an issued one was priced under
    - `currency`, `amount`: null for a credit, which takes all of the other bill back
    - `written`: the amount with the digits that the issuer wrote
    - `replaces`: the bill that it replaces or credits
    """


class Events(Table):
    """The journal as it was written, an event a row.

    - `position`, `id`, `type`, `version`, `tags`
    - `occurred_at`, `zone`: when it happened; `recorded_at`, `actor`: when and by whom recorded
    - `flags`: what looked wrong then
    - `data`: its fields as a JSON document
    """


class Disputes(Table):
    """Every dispute that was taken in, in the order of their names.

    Sums are of the agreement in effect: null where there is none, or its terms were not
    written.

    - `dispute`: its name
    - `scope`: in which community
    - `matter`: what it is about
    - `origin`: how it came to the committee
    - `place`: where
    - `case`: the case that it began as
    - `registered_at`: when it was taken in
    - `zone`: whose wall clock is meant
    - `phase`: how it stands
    - `parties_n`: its parties
    - `mediator`: who mediates, by pseudonym
    - `accepted`: whether all parties agreed to mediation at some time
    - `sessions_n`: sessions that are scheduled or were held
    - `sessions_held_n`: sessions that were held
    - `form`: the form of the agreement in effect
    - `effect_on`: since when it binds
    - `confirmation`: how an application to a court stands
    - `obligations_n`: what is owed; null where no terms in effect were written
    - `obligations_done_n`: what of it is done
    - `last_due_on`: when the last of it is due
    - `currency`: of the amounts in the row
    - `owed`: the money owed
    - `left`: what of it is not paid
    """


class Cases(Table):
    """Every case that was opened, merged ones behind the case that counts (`counts_as`).

    Rates count rows where `case == counts_as` and `closed_how` is not `referred` or
    `withdrawn`.

    - `case`: its name
    - `counts_as`: the case that it lives by; itself where it was not merged
    - `scope`: in which community
    - `kind`: hazard, nuisance or request
    - `category`: what it is, as judged last
    - `severity_n`: how grave it is, as judged last: from 1 to 4
    - `place`: where
    - `reporter`: who reported it, by pseudonym; null where nobody is known
    - `reported_at`: when it was reported first
    - `zone`: whose wall clock is meant
    - `phase`: how it stands
    - `body`: who has to handle it
    - `sla_rule`: the row of the rule under which
    - `due_at`: until when, pauses that are over included
    - `responded_at`: when its reporter was answered first
    - `first_closed_at`: when it was closed for the first time
    - `closed_at`: when it was closed last; null while it is open
    - `closed_how`: how it was closed; null while it is open
    - `reopened_n`: how often it was opened again
    - `repeats_n`: how often it was reported again without a new fact
    - `interventions_n`: what was tried, and is
    - `calls_n`: call-backs
    - `calls_answered_n`: call-backs that were answered
    - `solved_n`: answered call-backs that call it solved
    - `unsolved_n`: answered call-backs that do not
    - `satisfied_n`: answered call-backs by somebody satisfied
    - `unsatisfied_n`: answered call-backs by somebody who is not
    """


class Appointments(Table):
    """Every appointment, in the order of their names.

    - `appointment`: its name
    - `scope`: in which community
    - `session`: in which session of the clinic
    - `place`: where
    - `recipient`: for whom, by pseudonym
    - `series`: of which series
    - `dose_no`: which dose of it
    - `slot_at`: when it is; null on the waitlist
    - `zone`: whose wall clock is meant
    - `status`: how it stands
    - `checked_in_at`: when the recipient came
    """


class Doses(Table):
    """Every dose that was not voided, in the order in which they were given.

    `validity` is by the version of the rule that holds on the day asked, or of the last dose.

    - `dose`: its name
    - `scope`: in which community
    - `person`: whose it is: the pseudonym that all others were merged into
    - `recipient`: the pseudonym under which it was told
    - `series`: of which series
    - `dose_no`: which dose of it
    - `product`: its code
    - `holder`: who holds the marketing authorisation
    - `lot`: its number
    - `expires_on`: the last day on which the lot may be used
    - `given_at`: when it was given, as corrected
    - `given_on`: on which local day
    - `zone`: whose wall clock is meant
    - `appointment`: at which appointment
    - `session`: in which session of the clinic
    - `home_visit`: in which visit at home
    - `age_band`: how old the recipient was, in years
    - `version_n`: how often the record was corrected
    - `validity`: valid, or why it does not count
    - `rule`: the version of the rule that says so
    """


class VolunteerHours(Table):
    """Every shift for which somebody was credited, in the order of people and shifts.

    These are minutes: hours are rounded on a certificate only.

    - `person`: who: the pseudonym that all others were merged into
    - `volunteer`: the pseudonym under which it was told
    - `shift`: in which shift
    - `scope`: in which community
    - `project`: of which project
    - `body`: who recorded it
    - `served_on`: the local day on which the shift begins
    - `stretches_n`: in how many unbroken stretches
    - `credited_min`: what stands to the person's credit
    - `adjusted_min`: what of it adjustments made more or less
    """


class Attendance(Table):
    """Every child that was told of, or expected, in a class: one row, however many sign-ins.

    - `class`: its name
    - `programme`: of which programme
    - `child`: by the pseudonym that all others were merged into
    - `class_on`: the local day on which the class begins
    - `window`: winter, summer, weekend or weekday by the school calendar
    - `grade_n`: the child's grade on that day
    - `phase`: how the class stands
    - `standing`: how the child stands in it
    - `attended`: whether it is a person-time
    """


class Activities(Table):
    """Every activity that was scheduled, a joint one once, in the order of their names.

    - `activity`: its name
    - `scope`: in which community
    - `kind`: what it is
    - `groups`: whose it is
    - `starts_at`: when it begins
    - `ends_at`: when it ends
    - `zone`: whose wall clock is meant
    - `place`: where
    - `members_n`: whose time it takes
    - `phase`: how it stands
    - `audience_n`: how many saw it, where somebody counted
    - `counts`: whether it was held and is no rehearsal
    """


class Bills(Table):
    """The bills of a replay, one a tariff and session.

    - `tariff`: its file; null where the journal's own assignments decide
    - `session`, `card`, `connector`, `started_at`, `ended_at`, `zone`, `energy_wh`: the session's
    - `currency` of all amounts; `exact`: before rounding, a decimal or a fraction such as `1/3`
    - `amount` is `electricity` + `service` + `other`; `mode`: by what it was billed
    - `charging_us`, `idle_us`: charging and idle time in microseconds
    - `issued`: net of credits; `difference`: issued less amount; null where none was issued, and
      without `against="issued"`
    - `held`, `flags`
    """


class Differences(Table):
    """Sessions whose issued bill is not what the replay says.

    - `tariff`, `session`, `currency`; `kind`: `differ`, `missing`, `extra`
    - `issued`, `replayed`, `difference`: issued less replayed
    - `cause`: the likely one that counts; `causes`: all that reproduce the issued amount
    """


def _row(cells: list[str | None]) -> str:
    from html import escape

    shown = (escape(cell or "") for cell in cells)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in shown)}</tr>"
