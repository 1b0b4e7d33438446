//! The matrix cell by cell: against the model, against what is printed, against the commands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::matrix::{Cell, READS, Row, TABLES, to_execute, to_read};
use super::super::roles::{Lack, Standing};
use super::{JINGJIA, YUJING, day, guards, held, person, scope};
use crate::codec;
use crate::domain::{Command, PersonRef, Registered, Role, Timestamp};

const NOW: Timestamp = Timestamp(1_645_950_000_000_000);
/// The model, and what is printed into the documentation.
const MODEL: &str = include_str!("../matrix.txt");
const PRINTED: &str = include_str!("../matrix.md");

fn name(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|name| name.as_str().map(str::to_owned)).expect("one")
}

/// What the model allows: role, `own`, `any` or `read`, and what.
fn model() -> BTreeSet<(&'static str, &'static str, &'static str)> {
    let (mut role, mut way, mut allowed) = ("", "", BTreeSet::new());
    let roles: Vec<String> = Role::ALL.iter().map(|role| name(*role)).collect();
    for line in MODEL.lines().skip(4).filter(|line| !line.is_empty()) {
        if roles.iter().any(|name| name == line) {
            (role, way) = (line, "");
            continue;
        }
        let mut words = line.split_whitespace();
        if !line.starts_with(' ') {
            way = words.next().expect("a way");
        }
        assert!(["own", "any", "read"].contains(&way) && !role.is_empty(), "{line}");
        for what in words {
            assert!(allowed.insert((role, way, what)), "{role} {way} {what} stands twice");
        }
    }
    allowed
}

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLES.iter().flat_map(|(_, rows)| *rows)
}

/// Every command there is has one row, and every row a command: names what is missing.
#[test]
fn every_command_has_a_row_and_every_row_a_command() {
    let commands: BTreeSet<&str> = Command::names().collect();
    let ruled: Vec<&str> = rows().map(|row| row.name).collect();
    let unique: BTreeSet<&str> = ruled.iter().copied().collect();
    assert_eq!(unique.len(), ruled.len(), "a command has two rows");
    let without: Vec<_> = commands.difference(&unique).collect();
    assert!(without.is_empty(), "commands without a row in matrix.rs: {without:?}");
    let unknown: Vec<_> = unique.difference(&commands).collect();
    assert!(unknown.is_empty(), "rows of matrix.rs without a command: {unknown:?}");
}

#[test]
fn every_context_has_a_row_to_read_it() {
    let contexts: BTreeSet<&str> =
        codec::KINDS.iter().map(|kinds| codec::context(kinds[0].0).expect("its own")).collect();
    assert_eq!(READS.iter().map(|row| row.name).collect::<BTreeSet<_>>(), contexts);
    assert_eq!(TABLES.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(), contexts);
    assert!(to_read("weather").is_none() && to_execute("make_rain").is_none());
}

/// A field that says whom a command concerns is one of the command, and where a cell says *own*
/// there is one.
#[test]
fn own_is_told_by_fields_that_there_are() {
    for row in rows() {
        let has_own = Role::ALL.iter().any(|role| row.cell(*role) == Cell::Own);
        assert_eq!(has_own, !row.whose.is_empty(), "{}", row.name);
        let odd = format!(r#"{{"{}": {{"no such field": 1}}}}"#, row.name);
        let told = serde_json::from_str::<Command>(&odd).expect_err("no field").to_string();
        for field in row.whose {
            assert!(told.contains(&format!("`{field}`")), "{} has no `{field}`: {told}", row.name);
        }
    }
}

/// Each role by itself, for each command and each reading, about the actor, a ward, another, all of
/// them and nobody, where the role holds and where it does not: what the model says, and no more.
#[test]
fn each_cell_is_what_the_model_says() {
    let allowed = model();
    let (actor, ward, other) = (person("p-actor"), person("p-ward"), person("p-other"));
    let about: [&[PersonRef]; 6] = [
        &[],
        std::slice::from_ref(&actor),
        std::slice::from_ref(&ward),
        std::slice::from_ref(&other),
        &[actor.clone(), ward.clone()],
        &[actor.clone(), other.clone()],
    ];
    let mut asked = 0;
    let mut seen = BTreeSet::new();
    for role in Role::ALL {
        let role_name = name(*role);
        let registered = Registered {
            roles: vec![held("p-actor", *role, YUJING)],
            relations: vec![guards("p-actor", "p-ward")],
            ..Registered::default()
        };
        let standing = Standing::new(&actor, &registered, NOW);
        for (row, way) in rows().map(|row| (row, "any")).chain(READS.iter().map(|r| (r, "read"))) {
            for concerned in about {
                let is_own = !concerned.is_empty()
                    && concerned
                        .iter()
                        .all(|one| *one == actor || (*one == ward && *role == Role::Guardian));
                let has = |way| allowed.contains(&(role_name.as_str(), way, row.name));
                let is_right = has(way) || (way == "any" && has("own") && is_own);
                for (place, holds) in [
                    ("xuzhuang/yujing", true),
                    ("xuzhuang/yujing/east", true),
                    ("", false),
                    ("xuzhuang", false),
                    ("xuzhuang/jingjia", false),
                    ("xuzhuang/yujing2", false),
                ] {
                    let lack = standing.lacks(row, &scope(place), concerned);
                    let told = format!("{role_name} {} of {concerned:?} in `{place}`", row.name);
                    assert_eq!(lack.is_none(), is_right && holds, "{told}: {lack:?}");
                    let is_somewhere = has(way) || (way == "any" && has("own"));
                    let expected = match (is_somewhere, holds) {
                        (false, _) => Some(Lack::Role),
                        (true, false) => Some(Lack::Scope),
                        (true, true) => (!is_right).then_some(Lack::Own),
                    };
                    assert_eq!(lack, expected, "{told}");
                    asked += 1;
                }
                if is_right {
                    let way = if has(way) { way } else { "own" };
                    seen.insert((role_name.clone(), way, row.name));
                }
            }
        }
    }
    // What the model allows has been asked for, each of it.
    assert_eq!(seen.len(), allowed.len());
    assert_eq!(asked, Role::ALL.len() * (rows().count() + READS.len()) * about.len() * 6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Several roles, here and there, over, going on and to come, allow what one of them allows by
    /// the model, and nothing more.
    #[test]
    fn several_roles_allow_what_one_of_them_does(
        roles in prop::collection::vec((0_usize..10, 0_usize..4, 0_usize..3), 0..5),
        row in any::<prop::sample::Index>(),
        place in 0_usize..4,
        about in 0_usize..4,
    ) {
        static ALLOWED: LazyLock<BTreeSet<(&str, &str, &str)>> = LazyLock::new(model);
        let paths = ["", "xuzhuang", YUJING, JINGJIA];
        let about = ["p-actor", "p-ward", "p-other", ""][about];
        let all: Vec<(&Row, &str)> =
            rows().map(|row| (row, "any")).chain(READS.iter().map(|row| (row, "read"))).collect();
        let (row, way) = *row.get(&all);
        let mut registered =
            Registered { relations: vec![guards("p-actor", "p-ward")], ..Registered::default() };
        let mut is_right = false;
        for (role, path, when) in roles {
            let (role, path) = (Role::ALL[role], paths[path]);
            let mut held = held("p-actor", role, path);
            match when {
                0 => held.valid_until = Some(day("2022-02-27")),
                1 => held.valid_from = day("2022-02-28"),
                _ => {}
            }
            registered.roles.push(held);
            let lies_in = path.is_empty()
                || paths[place] == path
                || paths[place].starts_with(&format!("{path}/"));
            let is_own = about == "p-actor" || (about == "p-ward" && role == Role::Guardian);
            let role = name(role);
            let has = |way| ALLOWED.contains(&(role.as_str(), way, row.name));
            is_right |= when == 2 && lies_in && (has(way) || (is_own && has("own")));
        }
        let concerned: Vec<PersonRef> = about.parse().into_iter().collect();
        let actor = person("p-actor");
        let lack = Standing::new(&actor, &registered, NOW)
            .lacks(row, &scope(paths[place]), &concerned);
        let told = format!("{} {:?}: {lack:?}", row.name, registered.roles);
        prop_assert_eq!(lack.is_none(), is_right, "{}", told);
    }
}

/// Who only reads writes nothing.
#[test]
fn analysts_and_auditors_change_nothing() {
    for role in [Role::Analyst, Role::Auditor] {
        assert!(rows().all(|row| row.cell(role) == Cell::No));
        assert!(READS.iter().all(|row| row.cell(role) == Cell::Yes));
    }
}

fn printed() -> String {
    let mut text = String::from("# The matrix\nWritten by a test from the table in code.\n");
    let parts = TABLES.iter().map(|(name, rows)| (format!("Commands of `{name}`"), *rows));
    let reads = ("Reading the events of a context".to_owned(), READS);
    for (title, rows) in parts.chain([reads]) {
        let columns: Vec<String> =
            Role::ALL.iter().map(|role| name(*role).replace('_', " ")).collect();
        let _ = write!(text, "\n## {title}\n| | {} | own by |\n", columns.join(" | "));
        let _ = writeln!(text, "|---|{}---|", "---|".repeat(columns.len()));
        for row in rows {
            let cells = Role::ALL.iter().map(|role| match row.cell(*role) {
                Cell::No => "",
                Cell::Own => "own",
                Cell::Yes => "yes",
            });
            let cells: Vec<&str> = cells.collect();
            let whose: Vec<String> = row.whose.iter().map(|name| format!("`{name}`")).collect();
            let _ =
                writeln!(text, "| `{}` | {} | {} |", row.name, cells.join(" | "), whose.join(", "));
        }
    }
    text
}

/// The documentation prints the table that is asked. `LINLI_BLESS=1` prints it anew.
#[test]
fn the_documentation_prints_the_matrix() {
    if std::env::var_os("LINLI_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/ledger/authority/matrix.md");
        std::fs::write(path, printed()).expect("written");
        return;
    }
    let lines = printed();
    let differ = lines.lines().zip(PRINTED.lines()).find(|(code, text)| code != text);
    assert_eq!(differ, None, "print it anew by LINLI_BLESS=1");
    assert_eq!(lines.lines().count(), PRINTED.lines().count(), "print it anew by LINLI_BLESS=1");
    let by_context: BTreeMap<&str, usize> =
        TABLES.iter().map(|(name, rows)| (*name, rows.len())).collect();
    assert_eq!(by_context.values().sum::<usize>(), Command::names().count());
}
