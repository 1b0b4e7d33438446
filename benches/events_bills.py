"""Both bills of each session from a Parquet file of events, by DuckDB or Polars.

`python events_bills.py write LINES FOLDER` makes the files from lines of JSON: `text.parquet`, and
`uuid.parquet`, in which a session is known by sixteen bytes. `python events_bills.py duckdb|polars
FILE` asks once, on one thread, and prints one line of JSON: the seconds, and for each tariff, card
and month the sessions, watt-hours and fen.

Nothing is rounded but the session, by the argument that stands in `duckdb_bills.py`.
"""

import json
import os
import sys
import time

from duckdb_bills import A_DAY, BANDS, paid

COLUMNS = "kind, at_us, register_wh, connector, card, power_w"

DUCKDB = f"""
    with events as (
        select session, card, at_us, register_wh, at_us // 1000000 + 28800 as b,
            lag(at_us // 1000000 + 28800) over by_time as a,
            register_wh - lag(register_wh) over by_time as e
        from read_parquet('FILE')
        window by_time as (partition by session order by at_us)),
    bills as (
        select any_value(card) as card, min(at_us) as began_us, sum(e)::bigint as wh,
            sum(e * ({paid("b")} - {paid("a")}) / (b - a)) as thousandths
        from events group by session),
    named as (
        select *, make_timestamp(began_us + 28800000000) as began from bills)
    select card, year(began), month(began), count(*), sum(wh)::bigint,
        sum((wh * 66 + 500) // 1000)::bigint,
        sum(floor((thousandths + 5e-7) / 1000 + 0.5))::bigint
    from named group by 1, 2, 3"""


def write(lines: str, folder: str) -> None:
    import duckdb

    told = f"read_json('{lines}', format = 'newline_delimited')"
    for name, session in [("text", "session"), ("uuid", "md5(session)::uuid as session")]:
        columns = f"select {session}, {COLUMNS} from {told}"
        duckdb.execute(f"copy ({columns}) to '{folder}/{name}.parquet' (format parquet)")


def by_duckdb(file: str) -> list[tuple]:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    return connection.execute(DUCKDB.replace("FILE", file)).fetchall()


def by_polars(file: str) -> list[tuple]:
    import polars as pl

    def price_of_all_before(at: pl.Expr) -> pl.Expr:
        day = at % 86_400
        told = at // 86_400 * A_DAY + BANDS[0][1] * day
        for (until, before), (_, after) in zip(BANDS, BANDS[1:]):
            told = told + (after - before) * (day - until).clip(lower_bound=0)
        return told

    at, wh, session = pl.col("at"), pl.col("register_wh"), pl.col("session")
    cost = price_of_all_before(at)
    passed = (at - at.shift()).cast(pl.Float64)
    is_next = session == session.shift()
    thousandths = (wh - wh.shift()) * (cost - cost.shift()) / passed
    began = pl.from_epoch(pl.col("at").min(), time_unit="s")
    bills = (
        pl.scan_parquet(file)
        .with_columns((pl.col("at_us") // 1_000_000 + 28_800).alias("at"))
        .sort("session", "at")
        .with_columns(pl.when(is_next).then(thousandths).alias("thousandths"))
        .group_by("session")
        .agg(
            pl.col("card").first(ignore_nulls=True),
            began.dt.year().alias("year"),
            began.dt.month().alias("month"),
            (wh.max() - wh.min()).alias("wh"),
            ((pl.col("thousandths").sum() + 5e-7) / 1_000).alias("fen"),
        )
        .group_by("card", "year", "month")
        .agg(
            pl.len(),
            pl.col("wh").sum(),
            ((pl.col("wh") * 66 + 500) // 1_000).sum().alias("flat"),
            (pl.col("fen") + 0.5).floor().cast(pl.Int64).sum(),
        )
    )
    return bills.collect().rows()


def main() -> None:
    what, *rest = sys.argv[1:]
    if what == "write":
        return write(*rest)
    # Read when it is imported.
    os.environ["POLARS_MAX_THREADS"] = "1"
    asked = {"duckdb": by_duckdb, "polars": by_polars}[what]
    __import__(what)
    began = time.perf_counter()
    rows = asked(*rest)
    took = time.perf_counter() - began
    flat, bands = {}, {}
    for card, year, month, sessions, wh, flat_fen, fen in rows:
        name = f"{card} {year:04}-{month:02}"
        flat[name] = (sessions, wh, flat_fen)
        bands[name] = (sessions, wh, fen)
    print(json.dumps({"seconds": took, "tariffs": [flat, bands]}))


if __name__ == "__main__":
    main()
