//! Every path that a Rust file names, in `use` or in code, from the root of its crate.

use super::plain::plain;
use super::tree::File;

/// A path and the line where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) parts: Vec<String>,
}

impl Named {
    /// Whether it leads to `start` or below.
    pub(super) fn is_under(&self, start: &[&str]) -> bool {
        self.parts.len() >= start.len()
            && self.parts.iter().zip(start).all(|(own, part)| own == part)
    }

    pub(super) fn shown(&self) -> String {
        self.parts.join("::")
    }
}

/// The paths of `file`. `crate`, `super` and `self` are resolved, so that each begins with `crate`
/// or with the name of something else; braces are spread, `a::{b, c}` is `a::b` and `a::c`.
pub(super) fn paths(file: &File) -> Vec<Named> {
    let code = plain(&file.text);
    let tokens = tokens(&code);
    let home = home(&file.path);
    let (mut named, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let before = at;
        at = path(&tokens, at, &[], &home, &mut named);
        at = at.max(before + 1);
    }
    named
}

type Token<'a> = (usize, &'a str);

/// Words, `::`, and single characters.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                word => word,
            };
            let (token, left) = rest.split_at(length);
            found.push((number, token));
            rest = left.trim_start();
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads a path, or a tree of them, that begins at `at` and goes on from `stem`; gives the place
/// behind it.
fn path(
    tokens: &[Token<'_>],
    mut at: usize,
    stem: &[String],
    home: &[String],
    named: &mut Vec<Named>,
) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.1);
    let mut parts = stem.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.0);
    let mut is_named = false;
    if text(at) == "::" && parts.is_empty() {
        at += 1;
    }
    while text(at).starts_with(is_word) || text(at) == "*" && !parts.is_empty() {
        step(&mut parts, text(at), home);
        is_named = true;
        at += 1;
        if text(at) != "::" {
            break;
        }
        at += 1;
        if text(at) == "{" {
            return tree(tokens, at + 1, &parts, home, named);
        }
    }
    if is_named {
        named.push(Named { line, parts });
    }
    at
}

/// Reads `b, c::d as e}` behind an opening brace.
fn tree(
    tokens: &[Token<'_>],
    mut at: usize,
    stem: &[String],
    home: &[String],
    named: &mut Vec<Named>,
) -> usize {
    while let Some((_, token)) = tokens.get(at) {
        match *token {
            "}" => return at + 1,
            "as" => at += 2,
            token if token.starts_with(is_word) || token == "*" => {
                at = path(tokens, at, stem, home, named);
            }
            _ => at += 1,
        }
    }
    at
}

fn step(parts: &mut Vec<String>, word: &str, home: &[String]) {
    match word {
        "self" if parts.is_empty() => parts.extend_from_slice(home),
        "self" => {}
        "super" if parts.is_empty() => {
            parts.extend_from_slice(home);
            parts.pop();
        }
        "super" => drop(parts.pop()),
        word => parts.push(word.to_owned()),
    }
}

/// The module of a file: `crates/linli/src/domain/id.rs` is `crate::domain::id`.
fn home(path: &str) -> Vec<String> {
    let inside = path.split_once("/src/").map_or(path, |(_, inside)| inside);
    let module = inside.strip_suffix(".rs").unwrap_or(inside);
    let module = module.strip_suffix("/mod").unwrap_or(module);
    let parts = module.split('/').filter(|part| !["lib", "main", "mod"].contains(part));
    std::iter::once("crate").chain(parts).map(str::to_owned).collect()
}

#[cfg(test)]
fn shown(path: &str, code: &str) -> Vec<String> {
    paths(&File::sample(path, code)).iter().map(Named::shown).collect()
}

#[test]
fn a_tree_of_imports_is_spread() {
    let code = "use std::{fs, io::{self, Read as R}};";
    assert_eq!(shown("x/src/a.rs", code), ["use", "std::fs", "std::io", "std::io::Read"]);
}

#[test]
fn super_and_self_are_resolved() {
    let code = "super::super::Event self::b super::{c}";
    assert_eq!(
        shown("crates/linli/src/domain/charging/rules/start.rs", code),
        [
            "crate::domain::charging::Event",
            "crate::domain::charging::rules::start::b",
            "crate::domain::charging::rules::c",
        ]
    );
    assert_eq!(shown("crates/linli/src/domain/mod.rs", "super::journal"), ["crate::journal"]);
}

#[test]
fn paths_in_code_count_and_names_in_comments_do_not() {
    let code = "// crate::journal\nlet at = crate::journal::Position(1); // f64\n$crate::x!()";
    let at = ["let", "at", "crate::journal::Position", "1", "crate::x"];
    assert_eq!(shown("crates/linli/src/views/a.rs", code), at);
}
