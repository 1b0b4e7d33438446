//! Every context of the domain has one shape, so that who knows one knows all.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::paths;
use super::tree::File;
use super::walls::contexts;
use super::{assert_finds, assert_holds};

/// The six parts, each a file or a folder.
const PARTS: &[&str] = &["mod", "command", "event", "state", "rules", "tests"];
/// The one folder beside them.
const EXTRA: (&str, &str) = ("charging", "tariff");
/// Files of values that commands and events are made of: few, short, and without a rule.
const MOST_VALUE_FILES: usize = 3;
const MOST_VALUE_LINES: usize = 200;
const NOT_OF_A_VALUE: &[&str] = &["Decide", "Evolve", "Command", "Event", "State", "Refusal"];

fn contexts_have_one_shape(files: &[File]) -> Vec<String> {
    contexts(files).into_iter().flat_map(|context| shape(context, files)).collect()
}

fn shape(context: &str, files: &[File]) -> Vec<String> {
    let home = format!("crates/linli/src/domain/{context}/");
    let mut parts: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in files {
        if let Some(inside) = file.path.strip_prefix(&home) {
            let part = inside.split(['/', '.']).next().unwrap_or(inside);
            parts.entry(part).or_default().push(file);
        }
    }
    let there: BTreeSet<&str> = parts.keys().copied().collect();
    let drawn: BTreeSet<&str> = PARTS.iter().copied().collect();
    let missing = drawn.difference(&there).map(|part| format!("{home}{part}: missing"));
    let mut found: Vec<String> = missing.collect();
    let beside: Vec<&str> =
        there.difference(&drawn).copied().filter(|part| (context, *part) != EXTRA).collect();
    if beside.len() > MOST_VALUE_FILES {
        let names = beside.join(", ");
        found.push(format!("{home}: {names} are more than {MOST_VALUE_FILES} files of values"));
    }
    for part in beside {
        found.extend(parts[part].iter().filter_map(|file| no_value_file(file, &home)));
    }
    found
}

/// Why a file beside the six parts is not one of values, if it is not.
fn no_value_file(file: &File, home: &str) -> Option<String> {
    let path = &file.path;
    if path[home.len()..].contains('/') {
        return Some(format!("{path}: a context has no folder beside its six parts"));
    }
    if file.text.lines().count() > MOST_VALUE_LINES {
        return Some(format!("{path}: a file of values has at most {MOST_VALUE_LINES} lines"));
    }
    let strange = paths(file).into_iter().find(|named| {
        named.parts.len() < 6 && named.parts.iter().any(|part| NOT_OF_A_VALUE.contains(&&**part))
    });
    strange.map(|named| {
        format!("{path}:{}: a file of values does not know `{}`", named.line, named.shown())
    })
}

#[test]
fn every_context_has_the_six_parts() {
    assert_holds(contexts_have_one_shape);
}

#[cfg(test)]
fn complete(context: &str) -> Vec<(String, String)> {
    let path =
        |part: &&str| (format!("crates/linli/src/domain/{context}/{part}.rs"), String::new());
    PARTS.iter().map(path).collect()
}

#[cfg(test)]
fn assert_shape(samples: &[(String, String)], expected: &[&str]) {
    let samples: Vec<(&str, &str)> = samples.iter().map(|(a, b)| (&**a, &**b)).collect();
    assert_finds(contexts_have_one_shape, &samples, expected);
}

#[test]
fn a_missing_part_is_found_and_a_folder_will_do() {
    let mut samples = complete("cases");
    samples.retain(|(path, _)| !path.contains("rules") && !path.contains("state"));
    samples.push(("crates/linli/src/domain/cases/state/slots.rs".into(), String::new()));
    assert_shape(&samples, &["crates/linli/src/domain/cases/rules: missing"]);
}

#[test]
fn a_folder_and_a_rule_beside_the_parts_are_found_and_values_are_not() {
    let home = "crates/linli/src/domain/charging";
    let mut samples = complete("charging");
    samples.push((format!("{home}/tariff/price.rs"), String::new()));
    samples.push((format!("{home}/reading.rs"), "/// Not an Event.\npub enum Reading {}".into()));
    samples.push((format!("{home}/policy.rs"), "\nimpl Decide for Policy {}".into()));
    samples.push((format!("{home}/flags/mod.rs"), String::new()));
    assert_shape(
        &samples,
        &[
            "crates/linli/src/domain/charging/flags/mod.rs: a context has no folder beside its \
             six parts",
            "crates/linli/src/domain/charging/policy.rs:2: a file of values does not know `Decide`",
        ],
    );
}

#[test]
fn more_than_three_files_of_values_and_a_long_one_are_found() {
    let home = "crates/linli/src/domain/cases";
    let mut samples = complete("cases");
    let long = "// A line.\n".repeat(201);
    for (name, text) in [("a", ""), ("b", ""), ("c", ""), ("d", &*long)] {
        samples.push((format!("{home}/{name}.rs"), text.to_owned()));
    }
    assert_shape(
        &samples,
        &[
            "crates/linli/src/domain/cases/: a, b, c, d are more than 3 files of values",
            "crates/linli/src/domain/cases/d.rs: a file of values has at most 200 lines",
        ],
    );
}
