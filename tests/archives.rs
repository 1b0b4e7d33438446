//! A journal is sealed into Parquet files: the archive alone gives the same answers, says when it
//! was altered, and is whole whenever who seals is killed.
//!
//! Keeps away: a figure that is another one when it is read from the archive, an archive of two
//! journals, a manifest that lists what is not there.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use linli::journal::{Blocking, Position};
use linli_bucket::Server;
use linli_sqlite::SqliteStore;

use crate::copies::story;
use crate::program::{demo, demo_of, json, linli, refusal, run};

#[test]
fn the_archive_alone_gives_the_same_bills_facts_and_root() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    let sealed = json(folder, 0, &["seal", "--to", "sealed", "--rows", "1000", "--up-to", "3000"]);
    assert!(sealed["rows"].as_u64().is_some_and(|rows| (2_000..=3_000).contains(&rows)));
    let rest = json(folder, 0, &["seal", "--to", "archive:sealed", "--rows", "1000"]);
    let whole = json(folder, 0, &["verify"]);
    assert_eq!((&rest["events"], &rest["root"]), (&whole["events"], &whole["root"]));
    let beside = json(folder, 0, &["seal"]);
    assert_eq!((&beside["rows"], &beside["root"]), (&whole["events"], &whole["root"]));
    json(folder, 0, &["verify", "--archive", "linli.db.archive"]);
    let nothing_new = json(folder, 0, &["seal", "--to", "sealed"]);
    assert_eq!((&nothing_new["segments"], &nothing_new["rows"]), (&0.into(), &0.into()));

    let archived = ["--journal", "archive:sealed"];
    assert_eq!(json(folder, 0, &[&["verify"], &archived[..]].concat()), whole);
    for words in [&["replay", "--against", "issued", "--threads", "2"][..], &["facts"][..]] {
        let words = [words, &["--json"]].concat();
        let (own, same) = (run(folder, &words), run(folder, &[&words[..], &archived].concat()));
        assert_eq!((same.status, &same.stdout), (own.status, &own.stdout), "{words:?}");
        assert!(own.stdout.starts_with(b"{") || own.stdout.starts_with(b"["), "{words:?}");
    }
    let copied = json(folder, 0, &[&["copy", "--to", "copied.db"], &archived[..]].concat());
    assert_eq!(copied["root"], whole["root"]);
}

#[test]
fn an_archive_in_a_bucket_gives_the_same_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    let server = Server::start(&folder.join("buckets"), "community").expect("a server");
    let answer = |words: &[&str]| {
        let mut command = linli();
        let command = command.current_dir(folder).args(words).arg("--json");
        let output = command.envs(server.environment()).output().expect("the command starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let place = "s3://community/yujing";
    let sealed = answer(&["seal", "--to", place, "--rows", "1000"]);
    let beside = answer(&["seal", "--rows", "1000"]);
    assert_eq!(sealed, beside);
    assert!(folder.join("buckets/community/yujing/manifest.json").exists());
    let verified = answer(&["verify", "--archive", place]);
    assert_eq!(verified, answer(&["verify", "--archive", "linli.db.archive"]));
    let archived = ["--journal", "archive:s3://community/yujing/"];
    for words in [&["replay", "--against", "issued", "--threads", "2"][..], &["facts"][..]] {
        assert_eq!(answer(&[words, &archived].concat()), answer(words));
    }
    let missing = run(folder, &["verify", "--archive", "s3:///yujing"]);
    assert_eq!(missing.status.code(), Some(2));
    let sentence = String::from_utf8_lossy(&missing.stderr);
    assert!(sentence.contains("write a folder, or s3://bucket/prefix"), "{sentence}");
}

#[test]
fn what_was_altered_is_named_with_its_first_position() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    run(folder, &["seal", "--to", "sealed", "--rows", "1000"]);
    let verify = ["verify", "--archive", "sealed"];
    let sound = json(folder, 0, &verify);
    assert_eq!((&sound["ok"], &sound["journal"]), (&true.into(), &"linli.db".into()));
    let second = fs::read_dir(folder.join("sealed/segments")).expect("a folder");
    let mut files: Vec<_> = second.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let sealed = fs::read(&files[1]).expect("a segment");
    fs::write(&files[1], &sealed[..sealed.len() - 1]).expect("torn");
    let torn = json(folder, 1, &verify);
    let name = files[1].file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(torn["damaged"][0]["file"].as_str().is_some_and(|file| file.ends_with(name)));
    let first: u64 = name.split('-').next().and_then(|first| first.parse().ok()).expect("it");
    assert_eq!(torn["first_bad"], first);
    fs::write(&files[1], &sealed).expect("mended");

    // The same archive beside another journal, and sealed into by it.
    let other = ["--journal", "other.db"];
    demo_of(folder, 2, "other.db");
    let differs = json(folder, 1, &[&verify[..], &other[..]].concat());
    assert!(differs["first_bad"].is_u64());
    let refused = refusal(folder, 2, &[&["seal", "--to", "sealed"], &other[..]].concat());
    assert!(refused.contains("is the archive of another journal"), "{refused}");
    assert!(refused.contains("seal in another place"), "{refused}");
    assert_eq!(json(folder, 0, &verify), sound);

    let written = refusal(folder, 2, &["demo", "--journal", "archive:sealed"]);
    assert!(written.contains("an archive is only read"), "{written}");
    let a_file = refusal(folder, 2, &["seal", "--to", "linli.db"]);
    assert!(a_file.contains("linli.db is a file, and an archive is a folder"), "{a_file}");
    let missing = refusal(folder, 2, &["facts", "--journal", "archive:nowhere"]);
    assert!(missing.contains("there is no archive at nowhere"), "{missing}");
}

/// The root of `tests/golden/archive.v1`.
const ROOT: &str = "658787a9a34e6a14e323b70b1d2796111c94a64457fb815c7f01746db56df993";

/// What was sealed in the first format stays readable: 16 events in two files, kept as they were.
#[test]
fn an_archive_of_the_first_format_stays_readable() {
    let folder = tempfile::tempdir().expect("a folder");
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/archive.v1");
    let address = format!("archive:{golden}");
    let copied = json(folder.path(), 0, &["copy", "--journal", &address, "--to", "copied.db"]);
    let beside = ["verify", "--archive", golden, "--journal", "copied.db"];
    let verified = json(folder.path(), 0, &beside);
    assert_eq!((&verified["events"], &verified["segments"]), (&16.into(), &2.into()));
    assert_eq!((&copied["root"], &verified["root"]), (&ROOT.into(), &ROOT.into()));
    let store = SqliteStore::open(folder.path().join("copied.db")).expect("a journal");
    let held = Blocking(&store).checkpoint("meter").expect("readable");
    assert_eq!(held, Some(Position(5)));
}

/// Writes a story of 700 appends into the journal of a folder.
fn told(folder: &Path) {
    let store = SqliteStore::open(folder.join("linli.db")).expect("a journal");
    let go_on = |_| std::ops::ControlFlow::Continue(());
    linli::journal::copy(Blocking(&story(700)), Blocking(&store), go_on).expect("copied");
}

const KILLS: usize = 20;

/// Row A1, of who seals: killed twenty times with `kill -9` between the first file and the last.
#[test]
fn an_archive_is_whole_whenever_who_seals_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    let seal = ["seal", "--rows", "5", "--to"];
    json(folder, 0, &[&seal[..], &["undisturbed"]].concat());
    let kept = fs::read(folder.join("undisturbed/manifest.json")).expect("a manifest");
    let manifest = folder.join("killed/manifest.json");
    let listed = || fs::metadata(&manifest).map_or(0, |file| file.len());
    let mut left = 0;
    for _ in 0..KILLS {
        let before = listed();
        let mut child = linli();
        let child = child.current_dir(folder).args([&seal[..], &["killed"]].concat());
        let mut child = child.stdout(Stdio::null()).spawn().expect("the command starts");
        while listed() < before + 900 {
            std::thread::yield_now();
            assert_eq!(child.try_wait().expect("a child"), None, "it ended before it was killed");
        }
        child.kill().expect("kill -9");
        child.wait().expect("the process is gone");
        // All that is listed is sound; the file that nobody lists yet may be there.
        let found = run(folder, &["verify", "--archive", "killed", "--json"]);
        let found: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
        let damaged = found["damaged"].as_array().expect("a list");
        assert!(damaged.len() <= 1, "{found:#}");
        let is_left = |one: &serde_json::Value| {
            one["what"].as_str().is_some_and(|what| what.starts_with("no manifest lists it"))
        };
        assert!(damaged.iter().all(is_left), "{found:#}");
        assert!(found["events"].as_u64() > Some(0));
        left += damaged.len();
    }
    json(folder, 0, &[&seal[..], &["killed"]].concat());
    assert_eq!(fs::read(&manifest).expect("a manifest"), kept);
    json(folder, 0, &["verify", "--archive", "killed"]);
    println!(
        "\nfault A1 archive: {KILLS} kills of who seals, {left} of them between a file and its \
         line in the manifest; 0 listed files lost, and the last seal ends as an undisturbed one"
    );
}

/// Seals of many nights, then one that compacts: fewer files, and every answer as before.
#[test]
fn what_was_compacted_gives_the_same_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    for night in ["500", "1000", "1500", "2000"] {
        json(folder, 0, &["seal", "--to", "sealed", "--up-to", night, "--rows", "300"]);
    }
    let first = json(folder, 0, &["seal", "--to", "sealed"]);
    assert_eq!(first["compacted"], serde_json::Value::Null);
    let compacted = json(folder, 0, &["seal", "--to", "sealed", "--compact"]);
    assert_eq!((&compacted["segments"], &compacted["rows"]), (&0.into(), &0.into()));
    assert_eq!(compacted["root"], first["root"]);
    assert_eq!(compacted["compacted"]["after"], 3);
    assert!(compacted["compacted"]["before"].as_u64() > Some(10));
    let again = json(folder, 0, &["seal", "--to", "sealed", "--compact"]);
    assert_eq!(again["compacted"], serde_json::json!({ "before": 3, "after": 3 }));

    let verified = json(folder, 0, &["verify", "--archive", "sealed"]);
    assert_eq!((&verified["root"], &verified["segments"]), (&first["root"], &1.into()));
    assert_eq!(verified["superseded"], 0);
    for words in [&["replay", "--json"][..], &["facts", "--json"][..]] {
        let archived = [words, &["--journal", "archive:sealed"]].concat();
        assert_eq!(run(folder, &archived).stdout, run(folder, words).stdout, "{words:?}");
    }
}

/// What is sealed comes from the archive's files, what was told since from the journal.
#[test]
fn a_journal_is_read_together_with_its_archive() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    json(folder, 0, &["seal", "--to", "sealed", "--rows", "1000", "--up-to", "3000"]);
    let together = ["--archive", "sealed"];
    for words in [
        &["replay", "--json"][..],
        &["replay", "--json", "--against", "issued", "--threads", "2"],
        &["replay", "--json", "--as-known-at", "3500", "--by", "card-month"],
        &["detect-tariff", "--json"],
        &["export", "tables", "--format", "csv", "--table", "sessions", "--json"],
    ] {
        let (own, same) = (run(folder, words), run(folder, &[words, &together].concat()));
        assert_eq!((same.status, &same.stdout), (own.status, &own.stdout), "{words:?}");
        assert!(own.stdout.starts_with(b"{"), "{words:?}");
    }
    // The journal alone would not notice.
    let files = fs::read_dir(folder.join("sealed/sessions")).expect("a folder");
    files.for_each(|file| fs::remove_file(file.expect("a file").path()).expect("it was there"));
    let gone = refusal(folder, 3, &[&["replay"][..], &together].concat());
    assert!(gone.contains("sealed/sessions/"), "it names the file, not the journal: {gone}");
    assert!(gone.contains("it is not there; restore the file from a copy"), "{gone}");

    let other = ["--journal", "other.db"];
    demo_of(folder, 2, "other.db");
    let refused = refusal(folder, 2, &[&["replay"], &together[..], &other].concat());
    assert!(refused.contains("is the archive of another journal"), "{refused}");
    assert!(refused.contains("name the archive that was sealed from it"), "{refused}");
    let missing = refusal(folder, 2, &["replay", "--archive", "nowhere"]);
    assert!(missing.contains("there is no archive at nowhere"), "{missing}");
}

/// Killed with `kill -9` between the first file and the last: nothing that is listed is missing,
/// and what is left of the others is no damage.
#[test]
fn an_archive_is_whole_whenever_who_compacts_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder);
    for archive in ["undisturbed", "killed"] {
        json(folder, 0, &["seal", "--rows", "5", "--to", archive]);
    }
    let compact = ["seal", "--compact", "--rows", "100", "--to"];
    json(folder, 0, &[&compact[..], &["undisturbed"]].concat());
    let manifest = |archive: &str| folder.join(archive).join("manifest.json");
    let kept = fs::read(manifest("undisturbed")).expect("a manifest");
    let listed = || fs::metadata(manifest("killed")).map_or(0, |file| file.len());
    let (mut kills, mut left) = (0, 0);
    loop {
        let before = listed();
        let mut child = linli();
        let child = child.current_dir(folder).args([&compact[..], &["killed"]].concat());
        let mut child = child.stdout(Stdio::null()).spawn().expect("the command starts");
        while listed() == before && child.try_wait().expect("a child").is_none() {
            std::thread::yield_now();
        }
        if let Some(ended) = child.try_wait().expect("a child") {
            assert!(ended.success(), "{ended}");
            break;
        }
        child.kill().expect("kill -9");
        child.wait().expect("the process is gone");
        kills += 1;
        let found = json(folder, 0, &["verify", "--archive", "killed"]);
        left += found["superseded"].as_u64().expect("a number");
    }
    assert!(kills > 5, "{kills}");
    assert_eq!(fs::read(manifest("killed")).expect("a manifest"), kept);
    let found = json(folder, 0, &["verify", "--archive", "killed"]);
    assert_eq!(found["superseded"], 0);
    println!("\n{kills} kills of who compacts: {left} files were left, and nothing was damaged");
}
