"""An archive is Parquet that others read as it is, and a journal that is read from it alone."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import duckdb
import polars
import pytest
from conftest import TARIFFS, run, session

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


def test_what_was_compacted_is_read_as_before(
    yujing: Path, archive: Path, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(archive, tmp_path / "copied"))
    run("--journal", yujing, "seal", "--to", copied, "--compact", "--quiet")
    assert len(files(copied)) == 1 < len(files(archive))
    for folder in ("segments", "sessions"):
        before, after = (str(place / folder / "*.parquet") for place in (archive, copied))
        assert polars.read_parquet(after).equals(polars.read_parquet(before))
        question = "SELECT count(*), sum(hash(told)) FROM read_parquet(?) AS told"
        assert asked(question, after).equals(asked(question, before))


def test_spark_reads_the_events_and_sessions_as_they_are(yujing: Path, archive: Path) -> None:
    reason = "no Spark here: `pip install pyspark` brings 400 MB, and wants a Java"
    sql = pytest.importorskip("pyspark.sql", reason=reason)
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    events = linli.open(yujing).events().to_polars().sort("position")
    read = spark.read.parquet(str(archive / "segments")).orderBy("position").collect()
    told = [(int(row["position"]), row["id"], row["type"], sorted(row["tags"])) for row in read]
    tags = [sorted(tags) for tags in events["tags"].to_list()]
    assert told == list(zip(events["position"], events["id"], events["type"], tags, strict=True))
    sessions = spark.read.parquet(str(archive / "sessions"))
    assert sessions.where("size(sample_at) = size(sample_register)").count() == sessions.count()


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


def test_what_is_sealed_is_read_from_the_archive_and_the_rest_from_the_journal(
    yujing: Path, archive: Path, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    run("--journal", yujing, "seal", "--to", begun, "--up-to", "3000", "--quiet")
    own = linli.open(yujing)
    assert linli.open(yujing, archive=begun).facts() == own.facts()
    for sealed in (archive, f"archive:{begun}"):
        joined = linli.open(yujing, archive=sealed)
        assert joined.replay(FLAT).digest == own.replay(FLAT).digest
        assert joined.events().to_polars().equals(own.events().to_polars())
        again = pickle.loads(pickle.dumps(joined.as_known_at(2_500)))
        assert again.replay(FLAT).digest == own.as_known_at(2_500).replay(FLAT).digest
    # What is sealed is asked of the files: where they are gone, nobody answers for them.
    shutil.rmtree(begun / "segments")
    with pytest.raises(linli.CorruptionError, match="it is not there"):
        linli.open(yujing, archive=begun)


def test_a_journal_with_an_archive_takes_commands(yujing: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copy(yujing, tmp_path / "copied.db"))
    run("--journal", copied, "seal", "--to", tmp_path / "sealed", "--quiet")
    ledger = linli.open(copied, mode="rw", archive=tmp_path / "sealed")
    head = ledger.head()
    card = {"card": "new", "subject_ref": "p-new", "class": None}
    issued = {"issue_card": card | {"at": "2023-01-01T09:00:00+08:00", "zone": "Asia/Shanghai"}}
    assert ledger.execute(issued).events == 1
    assert head is not None
    assert ledger.head() == head + 1
    assert ledger.replay(FLAT).digest == linli.open(copied).replay(FLAT).digest


def test_the_archive_of_another_journal_is_refused(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    run("--journal", other, "demo", "--sessions", "20", "--seed", "2", "--quiet")
    with pytest.raises(linli.InputError, match="is the archive of another journal") as refused:
        linli.open(other, archive=archive)
    assert refused.value.code == "Unrelated"


def test_the_archive_of_a_journal_of_other_appends_is_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    linli.open(one, mode="rw").execute(session(1)[0])
    linli.open(two, mode="rw").execute([session(2)[0], session(3)[0]])
    run("--journal", one, "seal", "--to", tmp_path / "sealed", "--quiet")
    with pytest.raises(linli.InputError, match="is the archive of another journal") as refused:
        linli.open(two, archive=tmp_path / "sealed")
    assert refused.value.code == "Unrelated"


def test_beside_an_archive_no_journal_is_made(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(linli.InputError) as refused:
        linli.open(tmp_path / "new.db", mode="rw", archive=archive)
    assert refused.value.code == "Missing"
    assert list(tmp_path.iterdir()) == []


def test_an_altered_file_is_never_believed(archive: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(archive, tmp_path / "copied"))
    altered = files(copied)[1]
    whole = bytearray(altered.read_bytes())
    whole[len(whole) // 2] ^= 1
    altered.write_bytes(whole)
    with pytest.raises(linli.CorruptionError, match="SHA-256") as raised:
        linli.open(f"archive:{copied}").events()
    assert raised.value.values["position"] == int(altered.name.split("-")[0])
