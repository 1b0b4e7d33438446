//! What comes from others: from one registry, under known licences, once, and each with a reason.
//!
//! `cargo deny check` says the same of every platform, and more; what of it needs no program that
//! somebody must install is held here, to the lists of `.cargo/deny.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::tree::File;
use super::{assert_finds, assert_holds};

const LISTS: &str = ".cargo/deny.toml";
const REASONS: &str = "docs/dependencies.md";
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Locked for parts that nobody turns on, so that nothing of them is ever built.
const NEVER_BUILT: &[&str] =
    &["num-bigint@0.4.8", "rand@0.9.5", "rand_chacha@0.9.0", "rand_core@0.9.5"];

/// A package as a lock file has it.
struct Locked<'a> {
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
    has_checksum: bool,
}

fn locked(lock: &File) -> impl Iterator<Item = Locked<'_>> {
    lock.text.split("[[package]]").skip(1).filter_map(|package| {
        let value = |key: &str| {
            let mut lines = package.lines();
            lines.find_map(|line| Some(line.strip_prefix(key)?.trim_matches('"')))
        };
        Some(Locked {
            name: value("name = ")?,
            version: value("version = ")?,
            source: value("source = "),
            has_checksum: value("checksum = ").is_some(),
        })
    })
}

fn locks(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.path.ends_with("Cargo.lock"))
}

fn all_comes_from_the_registry(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for lock in locks(files) {
        for package in locked(lock) {
            let (path, name) = (&lock.path, package.name);
            match package.source {
                None if is_ours(name) => {}
                Some(REGISTRY) if package.has_checksum && !is_ours(name) => {}
                source => found.push(format!(
                    "{path}: `{name}` is from {}, not from crates.io with a checksum",
                    source.unwrap_or("a folder")
                )),
            }
        }
    }
    found
}

fn is_ours(name: &str) -> bool {
    ["linli", "xtask"].contains(&name) || name.starts_with("linli-")
}

fn what_is_there_twice_has_a_reason(files: &[File]) -> Vec<String> {
    let excused: BTreeSet<&str> = excused(files).chain(NEVER_BUILT.iter().copied()).collect();
    let mut versions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in locks(files).filter(|lock| lock.path == "Cargo.lock").flat_map(locked) {
        // What stands behind a plus is said again by the number before it.
        let version = package.version.split('+').next().unwrap_or(package.version);
        versions.entry(package.name).or_default().push(format!("{}@{version}", package.name));
    }
    versions.retain(|_, versions| versions.len() > 1);
    let unexcused = versions.values().filter_map(|all| {
        let without: Vec<_> =
            all.iter().filter(|one| !excused.contains(one.as_str())).cloned().collect();
        (without.len() > 1).then(|| format!("Cargo.lock: twice, without a reason: {without:?}"))
    });
    let is_twice = |one: &&str| versions.values().flatten().any(|twice| twice == one);
    let spare = excused.iter().filter(|one| !is_twice(one));
    unexcused.chain(spare.map(|one| format!("{LISTS}: `{one}` is spare, it stands once"))).collect()
}

/// The versions beside which another may stand.
fn excused(files: &[File]) -> impl Iterator<Item = &str> {
    let listed = lists(files).split_once("\nskip = [").map_or("", |(_, skipped)| skipped);
    let crates = listed.lines().filter_map(|line| line.split_once("crate = \""));
    crates.filter_map(|(_, rest)| rest.split('"').next())
}

fn lists(files: &[File]) -> &str {
    files.iter().find(|file| file.path == LISTS).map_or("", |file| &file.text)
}

fn each_dependency_is_argued(files: &[File]) -> Vec<String> {
    let text = |path| files.iter().find(|file| file.path == path).map_or("", |file| &*file.text);
    let wanted = text("Cargo.toml").lines().skip_while(|line| *line != "[workspace.dependencies]");
    let wanted = wanted.skip(1).take_while(|line| !line.starts_with('['));
    let wanted = wanted.filter(|line| !line.contains("path = "));
    let wanted: BTreeSet<&str> =
        wanted.filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
    let rows = text(REASONS).lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    let argued: BTreeSet<&str> = cells
        .flat_map(|cell| cell.split(['`', ',', ' ']))
        .filter(|name| !name.is_empty())
        .collect();
    let missing = wanted.difference(&argued);
    let missing = missing.map(|name| format!("{REASONS}: nothing says why `{name}` is taken"));
    let spare = argued.difference(&wanted);
    missing.chain(spare.map(|name| format!("{REASONS}: `{name}` is not taken"))).collect()
}

/// Every package that is built here, as lines `NAME LICENCE`: `cargo metadata` knows them.
fn built() -> File {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1", "--filter-platform"])
        .arg(host())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = told["packages"].as_array().expect("packages");
    let text = |package: &serde_json::Value, key: &str| {
        package[key].as_str().unwrap_or("none said").to_owned()
    };
    let lines =
        packages.iter().map(|one| format!("{} {}", text(one, "name"), text(one, "license")));
    File { path: BUILT.to_owned(), text: lines.collect::<Vec<_>>().join("\n") }
}

const BUILT: &str = "cargo metadata";

fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "host-tuple"]).output().expect("rustc runs");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

fn licences_are_known(files: &[File]) -> Vec<String> {
    let listed = lists(files).split_once("\nallow = [").map_or("", |(_, allowed)| allowed);
    let listed = listed.split(']').next().unwrap_or_default();
    let allowed: Vec<&str> = listed.split('"').skip(1).step_by(2).collect();
    let built = files.iter().filter(|file| file.path == BUILT);
    let packages = built.flat_map(|file| file.text.lines()).filter_map(|line| line.split_once(' '));
    packages
        .filter(|(_, licence)| !is_allowed(licence, &allowed))
        .map(|(name, licence)| {
            format!("{LISTS}: `{name}` is under {licence}, which is not allowed")
        })
        .collect()
}

/// Whether one of each choice is allowed. Choices of choices do not occur.
fn is_allowed(licence: &str, allowed: &[&str]) -> bool {
    licence.split(" AND ").all(|part| {
        let part = part.trim_matches(['(', ')']).replace('/', " OR ");
        part.split(" OR ").any(|one| allowed.contains(&one.trim()))
    })
}

#[test]
fn all_that_is_locked_comes_from_the_registry() {
    assert_holds(all_comes_from_the_registry);
}

#[test]
fn what_stands_twice_in_the_lock_has_a_reason() {
    assert_holds(what_is_there_twice_has_a_reason);
}

#[test]
fn each_dependency_has_its_reason() {
    assert_holds(each_dependency_is_argued);
}

#[test]
fn what_is_built_is_under_a_known_licence() {
    let lists = File::sample(LISTS, lists(super::tree::files()));
    let found = licences_are_known(&[lists, built()]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_package_from_elsewhere_is_found() {
    let good =
        format!("name = \"a\"\nversion = \"1\"\nsource = \"{REGISTRY}\"\nchecksum = \"0\"\n");
    let bare = format!("name = \"b\"\nversion = \"1\"\nsource = \"{REGISTRY}\"\n");
    let git = "name = \"c\"\nversion = \"1\"\nsource = \"git+https://example.org/c\"\n";
    let ours = "name = \"linli-sqlite\"\nversion = \"1\"\n";
    let all = [&good, &bare, git, ours, "name = \"d\"\nversion = \"1\"\n"];
    let lock = format!("version = 4\n[[package]]\n{}", all.join("[[package]]\n"));
    assert_finds(
        all_comes_from_the_registry,
        &[("fuzz/Cargo.lock", &lock)],
        &[
            &format!("fuzz/Cargo.lock: `b` is from {REGISTRY}, not from crates.io with a checksum"),
            "fuzz/Cargo.lock: `c` is from git+https://example.org/c, not from crates.io with a \
             checksum",
            "fuzz/Cargo.lock: `d` is from a folder, not from crates.io with a checksum",
        ],
    );
}

#[test]
fn a_second_version_and_a_spare_excuse_are_found() {
    let package =
        |name, version| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
    let never = NEVER_BUILT.iter().filter_map(|one| one.split_once('@'));
    let never: String =
        never.map(|(name, version)| package(name, version) + &package(name, "99.0.0")).collect();
    let lock = package("a", "1.0.0") + &package("a", "2.0.0") + &package("b", "1.0.0+x") + &never;
    let lists = "[bans]\nskip = [\n    { crate = \"b@1.0.0\", reason = \"c\" },\n]\n";
    assert_finds(
        what_is_there_twice_has_a_reason,
        &[("Cargo.lock", &lock), (LISTS, lists)],
        &[
            "Cargo.lock: twice, without a reason: [\"a@1.0.0\", \"a@2.0.0\"]",
            ".cargo/deny.toml: `b@1.0.0` is spare, it stands once",
        ],
    );
}

#[test]
fn a_dependency_without_a_reason_and_a_reason_without_one_are_found() {
    let manifest = "[workspace.dependencies]\nlinli = { path = \"crates/linli\" }\nserde = \"1\"\n\
                    bytes = \"1\"\n\n[profile.dev]\ndebug = false\n";
    assert_finds(
        each_dependency_is_argued,
        &[("Cargo.toml", manifest), (REASONS, "| `serde`, `rand` | to read |\n")],
        &[
            "docs/dependencies.md: nothing says why `bytes` is taken",
            "docs/dependencies.md: `rand` is not taken",
        ],
    );
}

#[test]
fn an_unknown_licence_is_found() {
    let lists = "[licenses]\nallow = [\n    \"MIT\",\n    \"ISC\",\n]\n";
    let built =
        "a MIT\nb GPL-3.0 OR MIT\nc (MIT OR X) AND ISC\nd MIT AND GPL-3.0\ne MIT/X\nf none said";
    assert_finds(
        licences_are_known,
        &[(LISTS, lists), (BUILT, built)],
        &[
            ".cargo/deny.toml: `d` is under MIT AND GPL-3.0, which is not allowed",
            ".cargo/deny.toml: `f` is under none said, which is not allowed",
        ],
    );
}
