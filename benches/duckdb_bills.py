"""The bills of three bands, added up by card and local month, by DuckDB from the session table.

`python duckdb_bills.py FOLDER FORM FROM` asks once, on one thread, and prints one line of JSON: the
seconds, and for each card and month the sessions, watt-hours and fen. FROM is `files`, or `memory`:
then the table is read before the clock starts. The forms:

  lists   each session's lists are priced where they stand
  rows    a row an interval, priced by its hour, added up by session
  cut     the same for sessions in which the price changes; all others by their registers

Nothing is rounded but the session. Its price in thousandths of a fen is a whole number and
fractions over the lengths of the intervals that a change of price cuts: 900 s, and one of at most
870 s. So what is no tie is more than 1 / (900 * 870) away from one; a sum in double precision is
off by less than a hundredth of that, and with 5e-7 added it is rounded as the exact sum is.
"""

import json
import sys
import time

import duckdb

BANDS = [(25_200, 36), (61_200, 66), (79_200, 96), (82_800, 66), (86_400, 36)]
A_DAY = 8 * 3_600 * 36 + 11 * 3_600 * 66 + 5 * 3_600 * 96


def seconds(at: str) -> str:
    """Local seconds: the clocks of Shanghai are eight hours ahead in every year since 1991."""
    return f"(epoch_us({at}) // 1000000 + 28800)"


def price(at: str) -> str:
    """Fen a kilowatt-hour at a local second."""
    *steps, (_, last) = BANDS
    cases = " ".join(f"when {at} % 86400 < {until} then {fen}" for until, fen in steps)
    return f"(case {cases} else {last} end)"


def paid(at: str) -> str:
    """The price added up over all seconds before a local second."""
    day = f"({at} % 86400)"
    steps = zip(BANDS, BANDS[1:])
    rises = " ".join(
        f"+ ({after - before}) * greatest({day} - {until}, 0)"
        for (until, before), (_, after) in steps
    )
    return f"({at} // 86400 * {A_DAY} + {BANDS[0][1]} * {day} {rises})"


def sessions(table: str) -> str:
    return f"""
        select row_number() over () as n, card, started_at, end_register - start_register as wh,
            {seconds("started_at")} as began, {seconds("ended_at")} as ended,
            list_prepend(started_at, sample_at) as froms,
            list_append(sample_at, ended_at) as untils,
            list_prepend(start_register, sample_register) as registers,
            list_append(sample_register, end_register) as next_registers
        from {table}"""


ROWS = f"""
    select n, any_value(card) as card, any_value(started_at) as started_at,
        any_value(wh) as wh,
        sum(case when a // 3600 = (b - 1) // 3600 then (e * {price("a")})::double
            else e * ({paid("b")} - {paid("a")}) / (b - a) end) as thousandths
    from (select n, card, started_at, wh, {seconds("unnest(froms)")} as a,
            {seconds("unnest(untils)")} as b, unnest(next_registers) - unnest(registers) as e
        from of_intervals)
    group by n"""

FORMS = {
    "lists": f"""
        from_lists as (
            select card, started_at, wh, list_append(registers, next_registers[-1]) as r,
                list_transform(list_append(froms, untils[-1]), lambda x: {seconds("x")}) as t
            from sessions),
        with_paid as (
            select *, list_transform(t, lambda x: {paid("x")}) as p from from_lists),
        bills as (
            select card, started_at, wh, list_sum(list_transform(range(2, len(t) + 1), lambda i:
                (r[i] - r[i - 1]) * (p[i] - p[i - 1]) / (t[i] - t[i - 1]))) as thousandths
            from with_paid)""",
    "rows": f"of_intervals as (select * from sessions), bills as ({ROWS})",
    "cut": f"""
        of_intervals as (
            select * from sessions
            where {paid("ended")} - {paid("began")} <> {price("began")} * (ended - began)),
        bills as (
            select card, started_at, wh, (wh * {price("began")})::double as thousandths
            from sessions
            where {paid("ended")} - {paid("began")} = {price("began")} * (ended - began)
            union all
            select card, started_at, wh, thousandths from ({ROWS}))""",
}


def query(table: str, form: str) -> str:
    return f"""
        with sessions as ({sessions(table)}), {FORMS[form]}
        select card, year(started_at + interval 8 hour), month(started_at + interval 8 hour),
            count(*), sum(wh)::bigint, sum(floor((thousandths + 5e-7) / 1000 + 0.5))::bigint
        from bills group by 1, 2, 3"""


def main() -> None:
    folder, form, source = sys.argv[1:]
    table = f"read_parquet('{folder}/sessions/*.parquet')"
    began = time.perf_counter()
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set TimeZone = 'UTC'")
    if source == "memory":
        connection.execute(f"create table held as select * from {table}")
        table, began = "held", time.perf_counter()
    groups = connection.execute(query(table, form)).fetchall()
    took = time.perf_counter() - began
    named = {f"{card} {year:04}-{month:02}": of for card, year, month, *of in groups}
    print(json.dumps({"seconds": took, "groups": named}))


if __name__ == "__main__":
    main()
