//! Old bytes stay readable: a golden file for each event type in each of its versions.

use linli::codec::KINDS;

use super::assert_holds;
use super::tree::File;

fn every_version_has_its_bytes(files: &[File]) -> Vec<String> {
    KINDS.iter().flat_map(|kinds| missing(kinds, files)).collect()
}

fn missing(kinds: &[(&str, u32)], files: &[File]) -> Vec<String> {
    let golden = kinds.iter().flat_map(|(kind, newest)| {
        (1..=*newest).map(move |version| format!("tests/golden/{kind}.v{version}.bin"))
    });
    golden
        .filter(|path| files.iter().all(|file| file.path != *path))
        .map(|path| format!("{path}: missing; a version that was released stays readable"))
        .collect()
}

#[test]
fn each_version_of_each_event_has_a_golden_file() {
    assert_holds(every_version_has_its_bytes);
}

#[test]
fn a_version_without_bytes_is_found() {
    let files = [File::sample("tests/golden/CardIssued.v2.bin", "")];
    assert_eq!(
        missing(&[("CardIssued", 2)], &files),
        ["tests/golden/CardIssued.v1.bin: missing; a version that was released stays readable"]
    );
}
