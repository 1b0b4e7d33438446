//! The documentation of the domain is a book: each context is a chapter with the same headings, and
//! the glossary at its end is what the chapters say.

use std::fmt::Write as _;

use super::tree::File;
use super::walls::contexts;
use super::{assert_finds, assert_holds};

/// What every chapter has.
const HEADINGS: &[&str] = &[
    "//! ```text",
    "//! # The rules, and where they come from",
    "//! # Choices where the specification is silent",
    "//! # In Chinese",
];
const GLOSSARY: &str = "crates/linli/src/domain/glossary.md";

fn chapters_have_their_headings(files: &[File]) -> Vec<String> {
    let chapters = contexts(files).into_iter().filter_map(|context| chapter(context, files));
    let missing = chapters.flat_map(|chapter| {
        let lacks = |heading: &&&str| chapter.text.lines().all(|line| line != **heading);
        let lacking = HEADINGS.iter().filter(lacks);
        lacking.map(|heading| format!("{}: it has no line `{heading}`", chapter.path))
    });
    missing.collect()
}

fn glossary_is_what_the_chapters_say(files: &[File]) -> Vec<String> {
    let kept = files.iter().find(|file| file.path == GLOSSARY).map_or("", |file| &*file.text);
    if kept == glossary(files) {
        return Vec::new();
    }
    vec![format!("{GLOSSARY}: is not what the chapters say; print it anew with LINLI_BLESS=1")]
}

fn chapter<'a>(context: &str, files: &'a [File]) -> Option<&'a File> {
    let path = format!("crates/linli/src/domain/{context}/mod.rs");
    files.iter().find(|file| file.path == path)
}

/// The tables `In Chinese` of all chapters as one.
fn glossary(files: &[File]) -> String {
    let mut glossary = "| Chinese | here | context |\n| --- | --- | --- |\n".to_owned();
    for context in contexts(files) {
        let rows = chapter(context, files).into_iter().flat_map(|chapter| {
            let after = chapter.text.split("//! # In Chinese").nth(1).unwrap_or_default();
            let table = after.lines().skip(3).map_while(|line| line.strip_prefix("//! |"));
            table.map(|row| row.trim_end_matches('|').trim().replace(['[', ']'], ""))
        });
        for row in rows {
            writeln!(glossary, "| {} | `{context}` |", without_targets(&row)).expect("a string");
        }
    }
    glossary
}

/// ``[`Role`](crate::domain::Role)`` as `` `Role` ``.
fn without_targets(row: &str) -> String {
    let mut parts = row.split("`(");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('`');
        plain.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    plain
}

#[test]
fn each_context_is_a_chapter() {
    assert_holds(chapters_have_their_headings);
}

#[test]
fn the_glossary_has_every_word_of_the_chapters() {
    if std::env::var_os("LINLI_BLESS").is_some() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a root");
        std::fs::write(root.join(GLOSSARY), glossary(super::files())).expect("it is writable");
        return;
    }
    assert_holds(glossary_is_what_the_chapters_say);
}

#[cfg(test)]
const CHAPTER: &str = "//! Cases.\n//!\n//! ```text\n//! ```\n\
    //! # The rules, and where they come from\n//! # In Chinese\n//! | Chinese | here |\n\
    //! | --- | --- |\n//! | 回访 | call-back: [`Event::A`], [`B`](crate::B) |\n\nmod event;\n";

#[test]
fn a_chapter_without_a_heading_is_found() {
    let path = "crates/linli/src/domain/cases/mod.rs";
    assert_finds(
        chapters_have_their_headings,
        &[(path, CHAPTER)],
        &["crates/linli/src/domain/cases/mod.rs: it has no line `//! # Choices where the \
           specification is silent`"],
    );
}

#[test]
fn an_old_glossary_is_found() {
    let path = "crates/linli/src/domain/cases/mod.rs";
    let files = [File::sample(path, CHAPTER)];
    assert_eq!(
        glossary(&files).lines().nth(2),
        Some("| 回访 | call-back: `Event::A`, `B` | `cases` |")
    );
    assert_finds(
        glossary_is_what_the_chapters_say,
        &[(path, CHAPTER), (GLOSSARY, "| Chinese |\n")],
        &["crates/linli/src/domain/glossary.md: is not what the chapters say; print it anew with \
           LINLI_BLESS=1"],
    );
}
