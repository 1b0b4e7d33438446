//! A file is read in one go, two of them side by side.

use super::tree::File;
use super::{assert_finds, assert_holds};

const MOST_LINES: usize = 400;
const MOST_COLUMNS: usize = 100;

/// Tests are tables of cases and may be longer; so may the lists in documents.
fn files_are_short(files: &[File]) -> Vec<String> {
    let code = files.iter().filter(|file| file.is("rs") || file.is("py"));
    code.filter(|file| !file.is_test())
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(file, lines)| {
            let path = &file.path;
            format!("{path}: {lines} lines, more than {MOST_LINES}; it holds two things: part them")
        })
        .collect()
}

fn lines_are_short(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| ["rs", "py", "md"].iter().any(|end| file.is(end))) {
        for (number, line) in file.lines() {
            let columns = line.chars().count();
            if columns > MOST_COLUMNS && !(file.is("md") && cannot_be_broken(line)) {
                found.push(format!("{}:{number}: {columns} columns of {MOST_COLUMNS}", file.path));
            }
        }
    }
    found
}

/// A row of a table, or a line with a link: Markdown has no way to break them.
fn cannot_be_broken(line: &str) -> bool {
    line.trim_start().starts_with('|') || line.contains("](") || line.contains("://")
}

#[test]
fn files_hold_one_thing() {
    assert_holds(files_are_short);
}

#[test]
fn a_long_file_is_found_unless_it_is_a_test() {
    let long = "line\n".repeat(401);
    assert_finds(
        files_are_short,
        &[
            ("crates/linli/src/journal/page.rs", &long),
            ("crates/linli/src/journal/query.rs", &"line\n".repeat(400)),
            ("crates/linli/src/domain/charging/tests/cases.rs", &long),
        ],
        &["crates/linli/src/journal/page.rs: 401 lines, more than 400; it holds two things: part \
           them"],
    );
}

#[test]
fn lines_fit_side_by_side() {
    assert_holds(lines_are_short);
}

#[test]
fn a_long_line_is_found_by_its_characters_not_its_bytes() {
    let (long, wide) = ("x".repeat(101), "邻".repeat(100));
    let (row, link) = (format!("| {long} |"), format!("[{long}](README.md)"));
    assert_finds(
        lines_are_short,
        &[
            ("crates/linli/src/lib.rs", &format!("short\n{long}\n{wide}")),
            ("README.md", &format!("{row}\n{link}\n{long}")),
        ],
        &["crates/linli/src/lib.rs:2: 101 columns of 100", "README.md:3: 101 columns of 100"],
    );
}
