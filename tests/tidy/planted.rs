//! No law is spare: a planted bug turns each law of a store and of a keyring red.

use linli::journal::laws::ALL;
use linli::privacy::laws::ALL as OF_KEYRINGS;

use super::assert_holds;
use super::tree::File;

fn every_law_has_a_planted_bug(files: &[File]) -> Vec<String> {
    let of_keyrings = OF_KEYRINGS.iter().map(|(law, _)| *law);
    let laws: Vec<&str> = ALL.iter().map(|(law, _)| *law).chain(of_keyrings).collect();
    without_a_bug(&laws, files)
}

fn without_a_bug(laws: &[&str], files: &[File]) -> Vec<String> {
    let patches = files.iter().filter(|file| file.path.starts_with("tests/planted/"));
    let named: Vec<&str> = patches
        .flat_map(|patch| patch.text.lines())
        .filter_map(|line| line.strip_prefix("# test:")?.trim().rsplit("::").next())
        .collect();
    let spare = laws.iter().filter(|law| !named.contains(*law));
    spare.map(|law| format!("tests/planted: no bug turns the law {law} red; plant one")).collect()
}

#[test]
fn each_law_has_a_planted_bug() {
    assert_holds(every_law_has_a_planted_bug);
}

#[test]
fn a_law_that_no_bug_breaks_is_found() {
    let patch = "# test: journal::laws::tests::memory::after_is_exclusive\n# breaks: it.\n";
    let files = [File::sample("tests/planted/01-after.patch", patch)];
    assert_eq!(
        without_a_bug(&["after_is_exclusive", "until_is_inclusive"], &files),
        ["tests/planted: no bug turns the law until_is_inclusive red; plant one"]
    );
}
