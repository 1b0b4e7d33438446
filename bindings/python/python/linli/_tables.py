"""Tables: rows in Arrow columns, which any consumer of Arrow takes as they are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from linli import _linli
from linli._optional import needed

if TYPE_CHECKING:
    import polars

# The most rows that a notebook shows.
SHOWN_ROWS = 20


class Table:
    """Rows in columns: `polars.DataFrame(table)`, `pyarrow.table(table)`, DuckDB's `FROM table`.

    Energy is whole watt-hours, money an exact decimal in the currency's main unit, an instant
    microseconds UTC. What is not known is null, never zero.
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
        return needed("pyarrow", self.to_arrow).table(self)

    def __len__(self) -> int:
        return len(self._inner)

    def __repr__(self) -> str:
        return f"<linli.{type(self).__name__}: {len(self):,} rows>"

    def _repr_html_(self) -> str:
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
    shown = (escape(cell or "") for cell in cells)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in shown)}</tr>"
