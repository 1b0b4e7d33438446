"""An archive is Parquet that others read as it is, and a journal that is read from it alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars
import pytest
from conftest import TARIFFS, run

import linli

FLAT = TARIFFS / "flat-0.66.json"


@pytest.fixture(scope="session")
def archive(yujing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed community sealed into files of 2,000 events at most."""
    folder = tmp_path_factory.mktemp("archive") / "yujing-archive"
    run("--journal", yujing, "seal", "--to", folder, "--rows", "2000", "--quiet")
    return folder


def files(archive: Path) -> list[Path]:
    """The segments in the order of positions."""
    return sorted((archive / "segments").glob("*.parquet"))


def asked(question: str, *values: object) -> polars.DataFrame:
    """What DuckDB answers."""
    answer = duckdb.sql(question, params=list(values))
    assert answer is not None
    frame: polars.DataFrame = answer.pl()
    return frame


def test_duckdb_and_polars_read_the_events_as_they_are(yujing: Path, archive: Path) -> None:
    columns = ["position", "id", "type", "tags", "occurred_at", "recorded_at"]
    events = linli.open(yujing).events().to_polars().select(columns)
    events = events.with_columns(polars.col("type").cast(polars.String))
    glob = str(archive / "segments" / "*.parquet")
    assert len(files(archive)) > 3
    assert polars.scan_parquet(glob).select(columns).collect().equals(events)
    read = asked(f"SELECT {', '.join(columns)} FROM '{glob}' ORDER BY position")
    assert read.select("position", "id", "type", "tags").equals(events.select(columns[:4]))
    assert (read["occurred_at"].dt.epoch() == events["occurred_at"].dt.epoch()).all()
    store = linli.EventStore(f"{yujing}").read()
    payloads = [sequenced.event.data for sequenced in store]
    assert polars.read_parquet(glob)["payload"].to_list() == payloads


def without_rows(file: Path) -> None:
    """Overwrites all of a file but what its end says of it: where rows are, least and greatest."""
    whole = file.read_bytes()
    tail = int.from_bytes(whole[-8:-4], "little") + 8
    file.write_bytes(b"PAR1" + b"\xff" * (len(whole) - tail - 4) + whole[-tail:])


@pytest.mark.parametrize("column", ["position", "occurred_at"])
def test_readers_skip_the_files_that_a_filter_rules_out(
    column: str, archive: Path, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(archive, tmp_path / "copied"))
    glob = str(copied / "segments" / "*.parquet")
    least = polars.read_parquet(files(copied)[-1])[column].min()
    expected = polars.read_parquet(glob).filter(polars.col(column) >= least).select("payload")
    assert len(expected) > 100
    ruled_out = [
        file for file in files(copied) if (polars.read_parquet(file)[column] < least).all()
    ]
    assert len(ruled_out) >= 3
    for file in ruled_out:
        without_rows(file)
    scanned = polars.scan_parquet(glob).filter(polars.col(column) >= least).select("payload")
    assert scanned.collect().equals(expected)
    question = f"SELECT payload FROM '{glob}' WHERE {column} >= ? ORDER BY position"
    assert asked(question, least).equals(expected)
    # What is not ruled out is read, and cannot be.
    with pytest.raises(polars.exceptions.ComputeError):
        polars.scan_parquet(glob).select("payload").collect()
    with pytest.raises(duckdb.Error):
        duckdb.execute(f"SELECT payload FROM '{glob}'").fetchall()


def test_duckdb_knows_which_files_have_a_type(archive: Path) -> None:
    glob, kind = str(archive / "segments" / "*.parquet"), "DisputeRegistered"
    probed = duckdb.execute(f"SELECT * FROM parquet_bloom_probe('{glob}', 'type', '{kind}')")
    skipped = {Path(file) for file, _, is_skipped in probed.fetchall() if is_skipped}
    having = {file for file in files(archive) if kind in polars.read_parquet(file)["type"]}
    assert having
    assert skipped == set(files(archive)) - having


def test_an_archive_is_opened_and_only_read(yujing: Path, archive: Path, tmp_path: Path) -> None:
    own, archived = linli.open(yujing), linli.open(f"archive:{archive}")
    assert archived.replay(FLAT).digest == own.replay(FLAT).digest
    assert archived.facts() == own.facts()
    assert archived.events().to_polars().equals(own.events().to_polars())
    with pytest.raises(linli.InputError, match="an archive is only read"):
        linli.open(f"archive:{archive}", mode="rw")
    with pytest.raises(linli.InputError, match="there is no archive at") as missing:
        linli.open(f"archive:{tmp_path}/nowhere")
    assert missing.value.code == "Missing"


def test_an_altered_file_is_never_believed(archive: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(archive, tmp_path / "copied"))
    altered = files(copied)[1]
    whole = bytearray(altered.read_bytes())
    whole[len(whole) // 2] ^= 1
    altered.write_bytes(whole)
    with pytest.raises(linli.CorruptionError, match="SHA-256") as raised:
        linli.open(f"archive:{copied}").events()
    assert raised.value.values["position"] == int(altered.name.split("-")[0])
