//! The members of the workspace in flow order, each with what it is, all under the same lints.

use super::tree::File;
use super::{assert_finds, assert_holds};

/// A member as the root manifest lists it.
struct Member<'a> {
    folder: &'a str,
    comment: &'a str,
}

fn members_stand_in_flow_order(files: &[File]) -> Vec<String> {
    let members = members(files);
    let mut found = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let folder = member.folder;
        if member.comment.is_empty() {
            found.push(format!("Cargo.toml: the member `{folder}` has no comment"));
        }
        let later = members.iter().skip(place + 1).map(|later| later.folder);
        for later in later.filter(|later| depends(files, folder, later)) {
            found.push(format!("Cargo.toml: `{folder}` uses `{later}` and stands before it"));
        }
    }
    found
}

/// The one member that speaks C and so cannot forbid `unsafe`: it denies it, but for one module.
const SPEAKS_C: (&str, &str) = ("tests/disk", "unsafe_code = \"deny\"");

fn members_take_the_lints(files: &[File]) -> Vec<String> {
    let members = members(files);
    let lax = members.iter().map(|member| member.folder).filter(|folder| {
        let (own, lint) = SPEAKS_C;
        let wanted = if *folder == own { lint } else { "[lints]\nworkspace = true" };
        !manifest(files, folder).is_some_and(|text| text.contains(wanted))
    });
    lax.map(|folder| format!("{folder}/Cargo.toml: it has no `[lints]` with `workspace = true`"))
        .collect()
}

fn members(files: &[File]) -> Vec<Member<'_>> {
    let root = files.iter().find(|file| file.path == "Cargo.toml");
    let lines = root.map_or("", |file| &file.text).lines();
    let inside = lines.skip_while(|line| !line.starts_with("members = [")).skip(1);
    inside
        .take_while(|line| !line.starts_with(']'))
        .filter_map(|line| {
            let mut parts = line.splitn(3, '"').skip(1);
            let (folder, rest) = (parts.next()?, parts.next().unwrap_or_default());
            let comment = rest.split_once('#').map_or("", |(_, comment)| comment.trim());
            Some(Member { folder, comment })
        })
        .collect()
}

fn manifest<'a>(files: &'a [File], folder: &str) -> Option<&'a str> {
    let path = format!("{folder}/Cargo.toml");
    files.iter().find(|file| file.path == path).map(|file| &*file.text)
}

/// Whether the manifest in `folder` names the package in `other` as a dependency.
fn depends(files: &[File], folder: &str, other: &str) -> bool {
    let name = manifest(files, other)
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix("name = ")))
        .map(|name| name.trim_matches('"'));
    let Some((text, name)) = manifest(files, folder).zip(name) else { return false };
    text.lines()
        .any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', ' ', '='])))
}

#[test]
fn members_stand_in_the_order_in_which_data_flows() {
    assert_holds(members_stand_in_flow_order);
}

#[test]
fn all_members_take_the_lints_of_the_workspace() {
    assert_holds(members_take_the_lints);
}

#[cfg(test)]
const SAMPLES: &[(&str, &str)] = &[
    ("Cargo.toml", "members = [\n    \"cli\", # the command\n    \"core\",\n]\n"),
    ("cli/Cargo.toml", "name = \"linli-cli\"\n[dependencies]\nlinli.workspace = true\n"),
    ("core/Cargo.toml", "name = \"linli\"\n[lints]\nworkspace = true\n"),
];

#[test]
fn a_member_before_what_it_uses_and_one_without_a_comment_are_found() {
    assert_finds(
        members_stand_in_flow_order,
        SAMPLES,
        &[
            "Cargo.toml: `cli` uses `core` and stands before it",
            "Cargo.toml: the member `core` has no comment",
        ],
    );
}

#[test]
fn a_member_without_the_lints_is_found() {
    assert_finds(
        members_take_the_lints,
        SAMPLES,
        &["cli/Cargo.toml: it has no `[lints]` with `workspace = true`"],
    );
}
