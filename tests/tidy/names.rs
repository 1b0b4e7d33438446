//! No drawers: a file is named for the thing in it.

use super::tree::File;
use super::{assert_finds, assert_holds};

const DRAWERS: &[&str] = &[
    "common", "helper", "helpers", "manager", "managers", "misc", "prelude", "shared", "types",
    "util", "utils",
];

fn no_drawers(files: &[File]) -> Vec<String> {
    let drawer = |file: &File| {
        let parts = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
        parts.map(|stem| stem.trim_matches('_')).find(|stem| DRAWERS.contains(stem)).map(|stem| {
            format!("{}: `{stem}` is a drawer; name the thing that is in it", file.path)
        })
    };
    files.iter().filter_map(drawer).collect()
}

#[test]
fn there_are_no_drawers() {
    assert_holds(no_drawers);
}

#[test]
fn a_drawer_is_found_as_a_file_and_as_a_folder() {
    assert_finds(
        no_drawers,
        &[
            ("crates/linli/src/utils.rs", ""),
            ("crates/linli/src/common/mod.rs", ""),
            ("bindings/python/python/linli/_helpers.py", ""),
            ("crates/linli/src/domain/charging/reading.rs", ""),
        ],
        &[
            "crates/linli/src/utils.rs: `utils` is a drawer; name the thing that is in it",
            "crates/linli/src/common/mod.rs: `common` is a drawer; name the thing that is in it",
            "bindings/python/python/linli/_helpers.py: `helpers` is a drawer; name the thing that \
             is in it",
        ],
    );
}
