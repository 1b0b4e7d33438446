//! The files of the repository, and the names at its top.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use super::{assert_finds, assert_holds};

/// A file of the repository, its path from the root, with `/` between the parts.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: String,
    /// Empty for a file that is not text.
    pub(super) text: String,
}

impl File {
    pub(super) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(super) fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// Whether it is a test: in a folder `tests` or `peers`, or a file of that name.
    pub(super) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// Its lines with their numbers from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

/// What is made from the repository and does not belong to it.
const MADE: &[&str] =
    &["target", "venv", "__pycache__", "node_modules", "dist", "build", "linli.egg-info"];
/// What is made and known by its ending: journals that somebody tried, compiled modules.
const MADE_ENDINGS: &[&str] = &[".db", ".db-wal", ".db-shm", ".so", ".pyc"];
/// Hidden names that are ours; the others are an editor's or a tool's.
const HIDDEN: &[&str] = &[".cargo", ".ci", ".gitignore", ".gitattributes"];

/// Every file of this repository, read once.
pub(super) fn files() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(read_all);
    &FILES
}

fn read_all() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the root");
    let mut files = Vec::new();
    gather(root, "", &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn gather(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let entry = entry.expect("an entry can be read");
        let name = entry.file_name().into_string().expect("names are text");
        let is_ours = !name.starts_with('.') || HIDDEN.contains(&name.as_str());
        let is_made = MADE.contains(&name.as_str())
            || MADE_ENDINGS.iter().any(|ending| name.ends_with(ending));
        if !is_ours || is_made {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{path}/"), files);
        } else {
            let bytes = fs::read(entry.path()).expect("a file of the repository can be read");
            files.push(File { path, text: String::from_utf8(bytes).unwrap_or_default() });
        }
    }
}

/// What lies at the top, so that the tree is the first diagram.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "README.zh.md",
    "SECURITY.md",
    "clippy.toml",
    "crates",
    "rustfmt.toml",
    "tests",
];

/// What may lie there beside it, and need not. The site in `docs` is of the whole tree, no part's.
const MAY_LIE_THERE: &[&str] = &["benches", "bindings", "docs", "fuzz"];

fn the_top_is_as_drawn(files: &[File]) -> Vec<String> {
    let there: BTreeSet<&str> =
        files.iter().filter_map(|file| file.path.split('/').next()).collect();
    let drawn: BTreeSet<&str> = TOP.iter().copied().collect();
    let strange = there.difference(&drawn).filter(|name| !MAY_LIE_THERE.contains(name));
    let strange = strange.map(|name| {
        format!("{name}: nothing of this name belongs at the top; put it where it is a part")
    });
    let missing = drawn.difference(&there).map(|name| format!("{name}: missing at the top"));
    strange.chain(missing).collect()
}

#[test]
fn the_top_of_the_tree_is_as_drawn() {
    assert_holds(the_top_is_as_drawn);
}

#[test]
fn a_strange_name_at_the_top_and_a_missing_one_are_found() {
    let mut samples: Vec<_> = TOP.iter().filter(|name| **name != "tests").collect();
    samples.push(&"scripts/deploy.sh");
    samples.push(&"benches/Cargo.toml");
    let samples: Vec<_> = samples.into_iter().map(|name| (*name, "")).collect();
    assert_finds(
        the_top_is_as_drawn,
        &samples,
        &[
            "scripts: nothing of this name belongs at the top; put it where it is a part",
            "tests: missing at the top",
        ],
    );
}

#[test]
fn this_file_is_among_the_files() {
    assert!(files().iter().any(|file| file.path == "tests/tidy/tree.rs" && file.is_test()));
}
