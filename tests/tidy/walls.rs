//! Who may know whom, and what nobody may name.

use super::paths::{Named, paths};
use super::tree::File;
use super::{assert_finds, assert_holds};

/// A folder of the core, and the parts of the core that it may name.
struct Wall {
    inside: &'static str,
    may_name: &'static [&'static str],
}

/// The core's root re-exports the domain, so a wall says what may be named, never what may not.
const WALLS: &[Wall] = &[
    Wall { inside: "domain", may_name: &["domain"] },
    Wall { inside: "journal", may_name: &["journal"] },
    Wall { inside: "proof", may_name: &["proof", "journal", "whole_file"] },
    Wall { inside: "privacy", may_name: &["privacy", "domain"] },
    Wall { inside: "codec", may_name: &["codec", "domain", "journal"] },
    Wall { inside: "views", may_name: &["views", "domain", "journal", "codec"] },
    Wall { inside: "detection", may_name: &["detection", "domain"] },
];

const CORE: &str = "crates/linli/src/";

fn folders_name_what_they_may(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for wall in WALLS {
        for file in code_of(files, &format!("{CORE}{}", wall.inside)) {
            for named in paths(file) {
                if is_inner(&named)
                    && !wall.may_name.iter().any(|part| named.is_under(&["crate", part]))
                {
                    let (inside, name) = (wall.inside, named.shown());
                    found.push(at(file, &named, &format!("`{inside}/` may not know `{name}`")));
                }
            }
        }
    }
    found
}

/// Whether it names a part of the core. An exported macro (`__linli_laws`) stands at the root
/// wherever it was written, and is none.
fn is_inner(named: &Named) -> bool {
    named.is_under(&["crate"]) && named.parts.get(1).is_some_and(|part| !part.starts_with("__"))
}

/// What makes a rule depend on anything but its command: input, output, clock, chance, floats.
const IMPURE: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "io"],
    &["std", "net"],
    &["std", "env"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["rand"],
    &["async"],
    &["await"],
    &["f32"],
    &["f64"],
];
/// The same under any name in front.
const IMPURE_ENDS: &[&str] = &["SystemTime", "now", "new_v4", "now_v7"];

fn the_domain_is_pure(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for file in code_of(files, &format!("{CORE}domain")) {
        for named in paths(file) {
            let ends = named.parts.last().is_some_and(|last| IMPURE_ENDS.contains(&last.as_str()));
            if ends || IMPURE.iter().any(|start| named.is_under(start)) {
                let name = named.shown();
                found.push(at(file, &named, &format!("`{name}` does not belong into a rule")));
            }
        }
    }
    found
}

fn contexts_do_not_know_each_other(files: &[File]) -> Vec<String> {
    let contexts = contexts(files);
    let mut found = Vec::new();
    for own in &contexts {
        for file in code_of(files, &format!("{CORE}domain/{own}")) {
            for named in paths(file) {
                let other = contexts.iter().filter(|other| *other != own).find(|other| {
                    named.is_under(&["crate", "domain", other]) || named.is_under(&["crate", other])
                });
                if let Some(other) = other {
                    let what = format!("`{own}` may not know `{other}`: they meet in the ledger");
                    found.push(at(file, &named, &what));
                }
            }
        }
    }
    found
}

/// Pricing is a function of a session and a tariff: it knows no event and no state.
fn a_tariff_knows_no_event(files: &[File]) -> Vec<String> {
    const PARTS: &[&str] = &["event", "command", "state", "rules"];
    let charging = ["crate", "domain", "charging"];
    let context = files.iter().find(|file| file.path == format!("{CORE}domain/charging/mod.rs"));
    let exported: Vec<String> = context
        .map(paths)
        .unwrap_or_default()
        .into_iter()
        .filter(|named| named.parts.first().is_some_and(|part| PARTS.contains(&part.as_str())))
        .filter_map(|named| named.parts.last().cloned())
        .collect();
    let mut found = Vec::new();
    for file in code_of(files, &format!("{CORE}domain/charging/tariff")) {
        for named in paths(file).iter().filter(|named| named.is_under(&charging)) {
            let Some(part) = named.parts.get(charging.len()) else { continue };
            if PARTS.contains(&part.as_str()) || exported.contains(part) {
                found.push(at(file, named, &format!("a tariff may not know `{part}`")));
            }
        }
    }
    found
}

/// The wire format is known in one place; a manifest names it once, for that place.
fn only_the_codec_knows_the_wire(files: &[File]) -> Vec<String> {
    let outside = files.iter().filter(|file| file.is("rs") && !file.path.starts_with("tests/"));
    let outside = outside.filter(|file| !file.path.starts_with(&format!("{CORE}codec/")));
    let in_code = outside.flat_map(|file| {
        let named = paths(file).into_iter().filter(|named| named.is_under(&["minicbor"]));
        named
            .map(|named| at(file, &named, "only `codec/` knows the wire format"))
            .collect::<Vec<_>>()
    });
    let in_manifests = files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
        .filter(|file| file.path != "crates/linli/Cargo.toml" && file.text.contains("\nminicbor"));
    let in_manifests =
        in_manifests.map(|file| format!("{}: only `codec/` knows the wire format", file.path));
    in_code.chain(in_manifests).collect()
}

/// A pickle runs code when it is read. That our errors survive one is a test's business.
fn nothing_is_pickled(files: &[File]) -> Vec<String> {
    const WAYS: &[&str] =
        &["import pickle", "from pickle", "cloudpickle", "to_pickle", "read_pickle", "marshal"];
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is("py") || file.is("ipynb")) {
        for (number, line) in file.lines().filter(|_| !file.is_test()) {
            if WAYS.iter().any(|way| line.contains(way)) {
                found.push(format!("{}:{number}: a pickle runs code when it is read", file.path));
            }
        }
    }
    found
}

/// The Rust files in `folder` (or the file of that name) that are no tests.
fn code_of<'a>(files: &'a [File], folder: &str) -> impl Iterator<Item = &'a File> {
    let (inside, alone) = (format!("{folder}/"), format!("{folder}.rs"));
    files.iter().filter(move |file| {
        file.is("rs") && !file.is_test() && (file.path.starts_with(&inside) || file.path == alone)
    })
}

/// The folders of `domain/`: each is a context.
pub(super) fn contexts(files: &[File]) -> Vec<&str> {
    let inside =
        files.iter().filter_map(|file| file.path.strip_prefix(CORE)?.strip_prefix("domain/"));
    let mut contexts: Vec<&str> =
        inside.filter_map(|path| path.split_once('/')).map(|(context, _)| context).collect();
    contexts.dedup();
    contexts
}

fn at(file: &File, named: &Named, what: &str) -> String {
    format!("{}:{}: {what}", file.path, named.line)
}

#[test]
fn folders_of_the_core_keep_their_walls() {
    assert_holds(folders_name_what_they_may);
}

#[test]
fn a_breach_of_each_wall_is_found() {
    assert_finds(
        folders_name_what_they_may,
        &[
            ("crates/linli/src/domain/id.rs", "use crate::journal::Position;"),
            ("crates/linli/src/domain/mod.rs", "fn at() -> super::codec::Bytes"),
            ("crates/linli/src/journal/page.rs", "use crate::{journal::Event, Currency};"),
            ("crates/linli/src/codec/mod.rs", "use crate::ledger::Ledger;"),
            ("crates/linli/src/journal/laws/mod.rs", "pub use crate::__linli_laws as laws;"),
            ("crates/linli/src/views/hours.rs", "use super::super::ledger::Ledger;"),
            ("crates/linli/src/views/cases.rs", "//! no crate::ledger\nuse crate::domain::Event;"),
            ("crates/linli/src/replay/mod.rs", "use crate::ledger::Ledger;"),
            ("crates/linli/src/detection/era.rs", "use crate::views::Rate;"),
        ],
        &[
            "crates/linli/src/domain/id.rs:1: `domain/` may not know `crate::journal::Position`",
            "crates/linli/src/domain/mod.rs:1: `domain/` may not know `crate::codec::Bytes`",
            "crates/linli/src/journal/page.rs:1: `journal/` may not know `crate::Currency`",
            "crates/linli/src/codec/mod.rs:1: `codec/` may not know `crate::ledger::Ledger`",
            "crates/linli/src/views/hours.rs:1: `views/` may not know `crate::ledger::Ledger`",
            "crates/linli/src/detection/era.rs:1: `detection/` may not know `crate::views::Rate`",
        ],
    );
}

#[test]
fn the_domain_knows_no_world_no_clock_no_chance_and_no_float() {
    assert_holds(the_domain_is_pure);
}

#[test]
fn each_impurity_is_found_and_its_mention_in_a_comment_is_not() {
    let path = "crates/linli/src/domain/time.rs";
    let expected = |name: &str| format!("{path}:2: `{name}` does not belong into a rule");
    for (code, name) in [
        ("use std::{fs, fmt};", "std::fs"),
        ("let now = std::time::Instant::now();", "std::time::Instant::now"),
        ("use std::time::{Duration, SystemTime};", "std::time::SystemTime"),
        ("let at = Utc::now();", "Utc::now"),
        ("use rand::Rng;", "rand::Rng"),
        ("async fn decide() {}", "async"),
        ("fn share(of: f64) {}", "f64"),
        ("fn share(of: f32) {}", "f32"),
        ("use std::net::TcpStream;", "std::net::TcpStream"),
        ("let id = Uuid::new_v4();", "Uuid::new_v4"),
    ] {
        let text = format!("// no f64, rand, async or now()\n{code}");
        let found = the_domain_is_pure(&[File::sample(path, &text)]);
        assert_eq!(found.last(), Some(&expected(name)), "{code}");
    }
}

#[test]
fn contexts_meet_only_in_the_ledger() {
    assert_holds(contexts_do_not_know_each_other);
}

#[test]
fn a_context_that_knows_another_is_found() {
    assert_finds(
        contexts_do_not_know_each_other,
        &[
            ("crates/linli/src/domain/cases/mod.rs", "use super::charging::Event;"),
            ("crates/linli/src/domain/cases/rules.rs", "use crate::charging::Event;"),
            ("crates/linli/src/domain/charging/mod.rs", "use super::{Happened, Money};"),
        ],
        &[
            "crates/linli/src/domain/cases/mod.rs:1: `cases` may not know `charging`: they meet \
             in the ledger",
            "crates/linli/src/domain/cases/rules.rs:1: `cases` may not know `charging`: they meet \
             in the ledger",
        ],
    );
}

#[test]
fn a_tariff_prices_a_session_and_knows_no_event() {
    assert_holds(a_tariff_knows_no_event);
}

#[test]
fn a_tariff_that_knows_an_event_is_found_by_any_way() {
    let home = "pub use event::Event;\npub use state::{Session, State};\npub use flag::Flag;";
    assert_finds(
        a_tariff_knows_no_event,
        &[
            ("crates/linli/src/domain/charging/mod.rs", home),
            ("crates/linli/src/domain/charging/tariff/mod.rs", "use super::{Flag, Session};"),
            ("crates/linli/src/domain/charging/tariff/price.rs", "use super::super::event::Event;"),
            ("crates/linli/src/domain/charging/tariff/line.rs", "use super::event::Place;"),
        ],
        &[
            "crates/linli/src/domain/charging/tariff/mod.rs:1: a tariff may not know `Session`",
            "crates/linli/src/domain/charging/tariff/price.rs:1: a tariff may not know `event`",
        ],
    );
}

#[test]
fn one_folder_knows_the_wire_format() {
    assert_holds(only_the_codec_knows_the_wire);
}

#[test]
fn the_wire_format_elsewhere_is_found() {
    assert_finds(
        only_the_codec_knows_the_wire,
        &[
            ("crates/linli/src/codec/field.rs", "use minicbor::Encoder;"),
            ("crates/linli/src/journal/page.rs", "let mut bytes = minicbor::Decoder::new(b);"),
            ("crates/linli-sqlite/Cargo.toml", "[dependencies]\nminicbor.workspace = true"),
        ],
        &[
            "crates/linli/src/journal/page.rs:1: only `codec/` knows the wire format",
            "crates/linli-sqlite/Cargo.toml: only `codec/` knows the wire format",
        ],
    );
}

#[test]
fn nothing_is_pickled_anywhere() {
    assert_holds(nothing_is_pickled);
}

#[test]
fn a_pickle_is_found() {
    assert_finds(
        nothing_is_pickled,
        &[
            ("bindings/python/python/linli/_tables.py", "\nimport pickle\n"),
            ("bindings/python/tests/test_errors.py", "import pickle\n"),
        ],
        &["bindings/python/python/linli/_tables.py:2: a pickle runs code when it is read"],
    );
}
