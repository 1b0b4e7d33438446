//! Inside its six parts too, one context is like the next: the same files, items in the same order,
//! the same names for the same things.

use std::collections::BTreeSet;

use super::tree::File;
use super::walls::contexts;
use super::{assert_finds, assert_holds};

/// What a part is about stands first in its own file, and goes by this name.
const FIRST: &[(&str, &str)] = &[
    ("command", "pub enum Command {"),
    ("event", "pub enum Event {"),
    ("state", "pub struct State {"),
    ("rules", "pub enum Refusal {"),
];
/// What whoever knows one context looks for in the next.
const NAMED: &[(&str, &[&str])] = &[
    ("command", &["pub fn boundary(", "pub fn sealed("]),
    ("event", &["pub fn data(", "pub fn sealed(", "pub fn tags("]),
    ("state", &["impl Evolve for State {"]),
    ("rules", &["impl Decide for State {", "fn decide("]),
    (
        "tests",
        &["fn the_boundary_is_all_that_a_decision_needs(", "fn every_refusal_comes_out_of_decide("],
    ),
];
/// The rules of a folder: is it there, may it happen, what is then said. Where a context has many
/// small entities, a file has all three for one of them, under the name of its state.
const RULES: &[&str] = &["named", "reports", "requests"];
const TESTS: &[&str] = &["laws", "refusals"];

/// A part of a context: its own file, and the names of the others if it is a folder.
struct Part<'a> {
    home: String,
    own: Option<&'a File>,
    text: String,
    others: BTreeSet<&'a str>,
}

impl<'a> Part<'a> {
    fn of(context: &str, part: &str, files: &'a [File]) -> Self {
        let home = format!("crates/linli/src/domain/{context}/{part}");
        let (mut own, mut text, mut others) = (None, String::new(), BTreeSet::new());
        for file in files {
            let Some(inside) = file.path.strip_prefix(&home) else { continue };
            match inside.strip_prefix('/').and_then(|name| name.strip_suffix(".rs")) {
                Some("mod") => own = Some(file),
                None if inside == ".rs" => own = Some(file),
                Some(name) => drop(others.insert(name.split('/').next().unwrap_or(name))),
                None => continue,
            }
            text.push_str(&file.text);
        }
        Self { home, own, text, others }
    }

    fn is_folder(&self) -> bool {
        self.own.is_some_and(|file| file.path.ends_with("/mod.rs"))
    }

    fn lacks(&self, wanted: &[&str]) -> Vec<String> {
        let missing = wanted.iter().filter(|name| !self.others.contains(*name));
        missing.map(|name| format!("{}/{name}.rs: missing", self.home)).collect()
    }
}

fn contexts_are_alike_inside(files: &[File]) -> Vec<String> {
    contexts(files).into_iter().flat_map(|context| inside(context, files)).collect()
}

fn inside(context: &str, files: &[File]) -> Vec<String> {
    let part = |name: &str| Part::of(context, name, files);
    let mut found = Vec::new();
    for (name, first) in FIRST {
        found.extend(part(name).own.and_then(|file| out_of_order(file, first)));
    }
    for (name, wanted) in NAMED {
        let part = part(name);
        let missing = wanted.iter().filter(|wanted| !part.text.contains(*wanted));
        found.extend(missing.map(|wanted| format!("{}: nowhere `{wanted}`", part.home)));
    }
    let (rules, state, tests) = (part("rules"), part("state"), part("tests"));
    if rules.is_folder() {
        let entities: Vec<&str> = state.others.iter().copied().collect();
        let is_by_entity = !entities.is_empty() && rules.lacks(&entities).is_empty();
        found.extend(if is_by_entity { Vec::new() } else { rules.lacks(RULES) });
    }
    if tests.is_folder() {
        found.extend(tests.lacks(TESTS));
    }
    found
}

/// Modules, then what is used, then what the part is about; free functions last.
fn out_of_order(file: &File, first: &str) -> Option<String> {
    let rank = |line: &str| {
        let line = line.strip_prefix("pub(super) ").unwrap_or(line);
        let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
        match line {
            _ if starts(&["mod ", "pub mod "]) => Some(0),
            _ if starts(&["use ", "pub use "]) => Some(1),
            _ if line == first => Some(2),
            _ if starts(&["pub enum ", "pub struct ", "struct ", "const ", "type ", "impl"]) => {
                Some(3)
            }
            _ if starts(&["fn ", "pub fn "]) => Some(4),
            _ => None,
        }
    };
    let mut last = 0;
    for (number, line) in file.lines() {
        let Some(rank) = rank(line) else { continue };
        if rank < last || (rank > 2 && last < 2) {
            let shown = line.trim_end_matches([' ', '{', '(']);
            return Some(format!("{}:{number}: `{shown}` is out of order", file.path));
        }
        last = rank;
    }
    None
}

#[test]
fn every_context_is_alike_inside() {
    assert_holds(contexts_are_alike_inside);
}

#[cfg(test)]
const ALIKE: &[(&str, &str)] = &[
    ("command.rs", "use a;\npub enum Command {\nimpl Command {\npub fn boundary(\npub fn sealed("),
    ("event.rs", "pub enum Event {\nimpl Event {\n pub fn data(\n pub fn sealed(\n pub fn tags("),
    ("state.rs", "pub struct State {\nimpl Evolve for State {\n"),
    ("rules/mod.rs", "mod named;\npub enum Refusal {\nimpl Decide for State {\n fn decide(\n"),
    ("rules/named.rs", ""),
    ("rules/requests.rs", ""),
    ("rules/reports.rs", ""),
    (
        "tests.rs",
        "fn the_boundary_is_all_that_a_decision_needs(\nfn every_refusal_comes_out_of_decide(",
    ),
];

#[cfg(test)]
fn alike_but(path: &str, text: Option<&str>, expected: &[&str]) {
    let home = "crates/linli/src/domain/cases/";
    let kept = ALIKE.iter().filter(|(own, _)| *own != path).copied();
    let samples: Vec<(String, &str)> = kept
        .chain(text.map(|text| (path, text)))
        .map(|(path, text)| (format!("{home}{path}"), text))
        .collect();
    let samples: Vec<(&str, &str)> = samples.iter().map(|(path, text)| (&**path, *text)).collect();
    assert_finds(contexts_are_alike_inside, &samples, expected);
}

#[test]
fn a_file_that_the_next_context_has_is_missed() {
    alike_but("none.rs", None, &[]);
    alike_but(
        "rules/reports.rs",
        None,
        &["crates/linli/src/domain/cases/rules/reports.rs: missing"],
    );
}

#[test]
fn what_stands_before_the_part_itself_is_out_of_order() {
    let place = "crates/linli/src/domain/cases/state.rs";
    let text = "const A: u8 = 1;\npub struct State {\nimpl Evolve for State {\n";
    let found = format!("{place}:1: `const A: u8 = 1;` is out of order");
    alike_but("state.rs", Some(text), &[&found]);
    let text = "pub struct State {\nfn early()\nimpl Evolve for State {\n";
    let found = format!("{place}:3: `impl Evolve for State` is out of order");
    alike_but("state.rs", Some(text), &[&found]);
}

#[test]
fn a_name_of_its_own_for_what_all_have_is_found() {
    let text = "pub enum Event {\n pub fn data(\n pub fn sealed(\n pub fn labels(";
    let found = "crates/linli/src/domain/cases/event: nowhere `pub fn tags(`";
    alike_but("event.rs", Some(text), &[found]);
}
