//! No invariant of the domain is only words: a law whose page names it holds it, and a planted bug
//! turns that law red.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::File;
use super::{assert_finds, assert_holds};

/// Where a chapter of the domain lies.
const DOMAIN: &str = "crates/linli/src/domain/";

fn every_invariant_is_held(files: &[File]) -> Vec<String> {
    let (laws, broken) = (laws(files), broken(files));
    let chapters = files.iter().filter(|file| {
        file.path.strip_prefix(DOMAIN).is_some_and(|inside| inside.ends_with("/mod.rs"))
    });
    let unheld = chapters.flat_map(|chapter| {
        let named = chapter.lines().filter_map(|(number, line)| Some((number, invariant(line)?)));
        named.filter_map(|(number, invariant)| {
            let laws = laws.get(invariant).map(Vec::as_slice).unwrap_or_default();
            let lacks = match laws {
                [] => format!("no test says `/// {invariant}: ...`; write its law"),
                laws if laws.iter().any(|law| broken.contains(&**law)) => return None,
                laws => format!("no planted bug turns {} red; plant one", laws.join(" or ")),
            };
            Some(format!("{}:{number}: {lacks}", chapter.path))
        })
    });
    unheld.collect()
}

/// The invariant that a line of a chapter states: `//! - **D1** ...`.
fn invariant(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix("//! - **")?.split_once("**")?;
    is_name(name).then_some(name)
}

/// A letter and a number.
fn is_name(name: &str) -> bool {
    let number = name.strip_prefix(|first: char| first.is_ascii_uppercase());
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The tests of the core whose documentation begins with the name of an invariant, by their paths.
fn laws(files: &[File]) -> BTreeMap<&str, Vec<String>> {
    let mut laws: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_test()) {
        let Some(inside) = file.path.strip_prefix("crates/linli/src/") else { continue };
        let module = inside.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        let mut named = None;
        for line in file.text.lines().map(str::trim_start) {
            let begins = line.strip_prefix("/// ").and_then(|doc| doc.split([':', ' ']).next());
            named = begins.filter(|name| is_name(name)).or(named);
            if let Some((name, law)) = named.zip(line.strip_prefix("fn ")) {
                let law = law.split('(').next().unwrap_or(law);
                laws.entry(name).or_default().push(format!("{module}::{law}"));
                named = None;
            }
        }
    }
    laws
}

/// The tests that a planted bug turns red.
fn broken(files: &[File]) -> BTreeSet<&str> {
    let patches = files.iter().filter(|file| file.path.starts_with("tests/planted/"));
    let lines = patches.flat_map(|patch| patch.text.lines());
    lines.filter_map(|line| line.strip_prefix("# test:").map(str::trim)).collect()
}

#[test]
fn each_invariant_has_a_law_and_each_law_a_planted_bug() {
    assert_holds(every_invariant_is_held);
}

#[test]
fn words_without_a_law_and_a_law_without_a_bug_are_found() {
    assert_finds(
        every_invariant_is_held,
        &[
            (
                "crates/linli/src/domain/cases/mod.rs",
                "//! - **C1** A photo.\n//! - **C2** A fix.\n//! - **C3** A root.\n//! - **Law**",
            ),
            (
                "crates/linli/src/domain/cases/tests/laws.rs",
                "/// C1: a photo,\n/// taken after.\n#[test]\nfn a_photo_shows_it() {}\n\
                 /// C3 ★: one root.\nfn a_group_has_one_root(\n",
            ),
            (
                "tests/planted/01-photo.patch",
                "# test: domain::cases::tests::laws::a_photo_shows_it",
            ),
        ],
        &[
            "crates/linli/src/domain/cases/mod.rs:2: no test says `/// C2: ...`; write its law",
            "crates/linli/src/domain/cases/mod.rs:3: no planted bug turns \
             domain::cases::tests::laws::a_group_has_one_root red; plant one",
        ],
    );
}
