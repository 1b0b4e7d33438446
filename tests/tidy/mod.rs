//! The walls of the house: a rule worth having is a test.
//!
//! A rule is a function from the files to what it found, so that each can be fed a bad sample: a
//! rule that cannot fail is none. Every finding is a sentence that begins with its file.

mod book;
mod contexts;
mod golden;
mod inside;
mod invariants;
mod languages;
mod markdown;
mod members;
mod names;
mod paths;
mod plain;
mod planted;
mod secrets;
mod site;
mod sizes;
mod supply;
mod tree;
mod views;
mod walls;

use tree::{File, files};

/// A rule: the files in, the findings out.
type Rule = fn(&[File]) -> Vec<String>;

/// Fails with every finding of `rule` in this repository.
#[track_caller]
fn assert_holds(rule: Rule) {
    let found = rule(files());
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

/// Fails unless `rule` finds in the samples, which are paths and texts, exactly what is expected.
#[track_caller]
fn assert_finds(rule: Rule, samples: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<File> = samples.iter().map(|(path, text)| File::sample(path, text)).collect();
    assert_eq!(rule(&files), expected);
}
