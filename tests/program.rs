//! The command `linli` as it was built beside this test, and the journal folder of one test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use parking_lot::Mutex;

fn built() -> PathBuf {
    let test = std::env::current_exe().expect("this test knows its own file");
    let built = test.parent().and_then(Path::parent).expect("a target folder").join("linli");
    assert!(built.exists(), "{} is not built; run `cargo build --workspace`", built.display());
    built
}

/// The command, not yet started.
pub(crate) fn linli() -> Command {
    Command::new(built())
}

/// What `linli demo --sessions 60` writes, in a folder of a test's own.
pub(crate) fn demo(folder: &Path) {
    demo_of(folder, 1, "linli.db");
}

/// The same made up from a seed, as a journal of another name. The command writes each once for
/// all tests of a build, for it takes half a minute.
pub(crate) fn demo_of(folder: &Path, seed: u8, journal: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let age = fs::metadata(built()).and_then(|own| own.modified()).expect("it was built");
    let age = age.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_nanos();
    let made = kept.join(format!("demo-{seed}-{age}"));
    let guard = ONE_AT_A_TIME.lock();
    if !made.exists() {
        let new = tempfile::tempdir_in(kept).expect("a folder");
        json(new.path(), 0, &["demo", "--sessions", "60", "--seed", &seed.to_string()]);
        // Whoever else ran the same build may have been first.
        let renamed = fs::rename(new.path(), &made);
        assert!(renamed.is_ok() || made.exists(), "{renamed:?}");
    }
    drop(guard);
    for file in fs::read_dir(made).expect("a demo") {
        let file = file.expect("a file");
        let name = file.file_name().to_string_lossy().replacen("linli.db", journal, 1);
        fs::copy(file.path(), folder.join(name)).expect("copied");
    }
}

/// Runs it and gives what it printed.
pub(crate) fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = linli();
    command.current_dir(folder).args(words);
    command.output().expect("the command starts")
}

/// Runs it with `--json` and gives the document, after checking the exit status.
pub(crate) fn json(folder: &Path, status: i32, words: &[&str]) -> serde_json::Value {
    let output = run(folder, &[words, &["--json"]].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{words:?}: {errors}");
    serde_json::from_slice(&output.stdout).expect("one JSON document on standard output")
}

/// The sentence of a refusal, after checking the exit status and that it is one line.
pub(crate) fn refusal(folder: &Path, status: i32, words: &[&str]) -> String {
    let output = run(folder, words);
    let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert_eq!(output.status.code(), Some(status), "{words:?}: {errors}");
    assert_eq!(errors.lines().count(), 1, "one sentence: {errors}");
    errors
}

/// The real data, if it is here; says so if it is not.
pub(crate) fn data(path: &str) -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let folder = std::env::var_os("LINLI_DATA").map_or_else(|| PathBuf::from(root), PathBuf::from);
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    println!("not run: there is no {}; set LINLI_DATA", file.display());
    None
}

/// A tariff of this tree.
pub(crate) fn tariff(name: &str) -> String {
    format!("{}/tariffs/{name}.json", env!("CARGO_MANIFEST_DIR"))
}
