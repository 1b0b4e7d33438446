//! The site shows no code that nobody runs: a page takes it from where it is compiled and tested.

use std::path::Path;

use super::tree::File;
use super::{assert_finds, assert_holds};

/// Pages whose examples run as tests, in `linli-sqlite` and in `test_package.py`.
const RUN: &[&str] = &["../README.md", "../bindings/python/README.md"];
const TAKEN: &str = "```{literalinclude} ";

fn pages_show_what_is_run(files: &[File]) -> Vec<String> {
    let pages = files.iter().filter(|file| file.path.starts_with("docs/") && file.is("md"));
    let mut found = Vec::new();
    for page in pages {
        let fences = page.lines().filter(|(_, line)| line.trim_start().starts_with("```"));
        // One opens, the next closes.
        for (number, opening) in fences.step_by(2) {
            let taken = opening.strip_prefix(TAKEN);
            let is_run = match taken {
                Some(from) => RUN.contains(&from) || is_rust(from),
                None => opening.starts_with("```{"),
            };
            if !is_run {
                let path = &page.path;
                found.push(format!("{path}:{number}: {opening} shows code that no test runs"));
            }
        }
    }
    found
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|own| own == "rs")
}

#[test]
fn the_site_shows_only_what_is_run() {
    assert_holds(pages_show_what_is_run);
}

#[test]
fn code_that_stands_in_a_page_alone_is_found() {
    let page = "```{toctree}\nanalysts\n```\n```{literalinclude} ../README.md\n```\n\
                ```{literalinclude} ../crates/linli/src/journal/store.rs\n```\n\
                ```rust\nlet code = \"nobody runs it\";\n```\n\
                ```{literalinclude} ../CHANGELOG.md\n```\n";
    assert_finds(
        pages_show_what_is_run,
        &[("docs/analysts.md", page), ("CONTRIBUTING.md", "```sh\nls\n```\n")],
        &[
            "docs/analysts.md:8: ```rust shows code that no test runs",
            "docs/analysts.md:11: ```{literalinclude} ../CHANGELOG.md shows code that no test runs",
        ],
    );
}
