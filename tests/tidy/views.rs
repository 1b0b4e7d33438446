//! No view is forgotten: each has its line in the table that the laws and the measure go by.

use super::tree::File;
use super::{assert_finds, assert_holds};

const HOME: &str = "crates/linli/src/views/";
const TABLE: &str = "crates/linli/src/views/all_views/mod.rs";

fn every_view_has_its_line(files: &[File]) -> Vec<String> {
    let table = files.iter().find(|file| file.path == TABLE).map_or("", |file| &file.text);
    let views = files.iter().filter(|file| file.path.starts_with(HOME) && file.path != TABLE);
    let views = views.filter(|file| !file.is_test());
    let forgotten = views.flat_map(|file| views_of(file).map(move |view| (&file.path, view)));
    forgotten
        .filter(|(_, view)| {
            let line = |own: &str| table.contains(&format!("{own}{view} ="));
            !line(": ") && !line("::")
        })
        .map(|(path, view)| format!("{path}: `{view}` is a view without a line in {TABLE}"))
        .collect()
}

/// The views of a file: what is public and takes events in.
fn views_of(file: &File) -> impl Iterator<Item = &str> {
    let written = file.lines().filter_map(|(_, line)| line.strip_prefix("impl Evolve for "));
    let written = written.filter_map(|rest| rest.strip_suffix(" {"));
    let asking = file.lines().filter_map(|(_, line)| line.strip_prefix("asks_the_"));
    let asking = asking.filter_map(|rest| rest.strip_suffix(");")?.split_once("!("));
    written
        .chain(asking.flat_map(|(_, names)| names.split(", ")))
        .filter(|view| file.text.contains(&format!("pub struct {view}")))
}

#[test]
fn every_view_is_folded_with_the_others() {
    assert_holds(every_view_has_its_line);
}

#[test]
fn a_forgotten_view_is_found_and_what_is_private_is_none() {
    let private = "struct Registry {\nimpl Evolve for Registry {\n";
    assert_finds(
        every_view_has_its_line,
        &[
            (TABLE, "    stars: Stars = Stars::default();\n    roles: registry::Roles = new();"),
            ("crates/linli/src/views/stars.rs", "pub struct Stars(\nimpl Evolve for Stars {"),
            ("crates/linli/src/views/hours.rs", "pub struct Hours {\nimpl Evolve for Hours {"),
            ("crates/linli/src/views/registry/mod.rs", private),
            (
                "crates/linli/src/views/registry/roles.rs",
                "pub struct Roles(\npub struct Places(\nasks_the_registry!(Roles, Places);",
            ),
        ],
        &[
            "crates/linli/src/views/hours.rs: `Hours` is a view without a line in \
             crates/linli/src/views/all_views/mod.rs",
            "crates/linli/src/views/registry/roles.rs: `Places` is a view without a line in \
             crates/linli/src/views/all_views/mod.rs",
        ],
    );
}
