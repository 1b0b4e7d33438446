//! `cargo xtask wheel [--twice]`: the wheel as it is released, of the last commit.
//!
//! The same commit and the same compiler give the same bytes, wherever it is built: no path of the
//! machine and no time of the day goes in. `--twice` builds in two folders and compares. What it is
//! made of stands in it as a CycloneDX bill, by `cargo cyclonedx` (`cargo install
//! cargo-cyclonedx`); maturin's own names the folder it was built in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::planted::said;
use crate::python::Environment;
use crate::test::{emptied, environment, listed};
use crate::{place, tool};

/// Two places that have nothing in common, not even their length.
const PLACES: [&str; 2] = ["one", "another/place"];
const MANIFEST: &str = "bindings/python/Cargo.toml";
/// Says of two wheels which entries differ, and of one its size and its hash.
const COMPARE: &str = "\
import hashlib, sys, zipfile
wheels = [zipfile.ZipFile(path) for path in sys.argv[1:]]
names = sorted({name for wheel in wheels for name in wheel.namelist()})
read = lambda wheel, name: wheel.read(name) if name in wheel.namelist() else None
differ = [name for name in names if len({read(wheel, name) for wheel in wheels}) > 1]
whole = [open(path, 'rb').read() for path in sys.argv[1:]]
print(len(whole[0]), 'bytes, SHA-256', hashlib.sha256(whole[0]).hexdigest())
if len(set(whole)) > 1:
    sys.exit('not the same bytes: ' + (', '.join(differ) or 'the archive around its entries'))
";

pub(crate) fn run(words: &[String]) -> ExitCode {
    let places = match words {
        [] => &PLACES[..1],
        [word] if word == "--twice" => &PLACES[..],
        _ => {
            eprintln!("`cargo xtask wheel` takes `--twice`, or nothing");
            return ExitCode::from(2);
        }
    };
    match built(places) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("wheel: {why}");
            ExitCode::FAILURE
        }
    }
}

fn built(places: &[&str]) -> Result<(), String> {
    let python = Environment::new();
    environment(&python)?;
    let wheels: Result<Vec<PathBuf>, String> =
        places.iter().map(|place| wheel(&python, place)).collect();
    let wheels = wheels?;
    let told = tool::answer(python.program("python").args(["-c", COMPARE]).args(&wheels))?;
    println!("{told}{}", if wheels.len() > 1 { ", the same in both folders" } else { "" });
    let [first, ..] = &wheels[..] else { return Ok(()) };
    println!("{}", first.display());
    Ok(())
}

/// The wheel of the last commit, built in a folder of that name.
fn wheel(python: &Environment, name: &str) -> Result<PathBuf, String> {
    let folder = place::target().join("wheel").join(name);
    emptied(&folder)?;
    let (tree, build, out) = (folder.join("tree"), folder.join("build"), folder.join("out"));
    fs::create_dir_all(&tree).map_err(|error| said(&tree, &error))?;
    let packed = folder.join("tree.tar");
    tool::run(tool::program("git").args(["archive", "HEAD", "--output"]).arg(&packed))?;
    tool::run(tool::program("tar").arg("-xf").arg(&packed).arg("-C").arg(&tree))?;
    let committed_at = tool::answer(tool::program("git").args(["log", "-1", "--format=%ct"]))?;
    let bill = bill(&tree, &committed_at)?;
    let mut maturin = python.program("maturin");
    maturin.args(["build", "--release", "--locked", "-m", MANIFEST]);
    maturin.arg("--sbom-include").arg(&bill).arg("--out").arg(&out).current_dir(&tree);
    maturin.env("CARGO_TARGET_DIR", &build).env("SOURCE_DATE_EPOCH", &committed_at);
    let (rust, c) = without_paths(&tree, &build)?;
    tool::run(maturin.env("RUSTFLAGS", rust).env("CFLAGS", c))?;
    match &listed(&out, "whl")?[..] {
        [wheel] => Ok(wheel.clone()),
        found => Err(format!("maturin left {} wheels in {}", found.len(), out.display())),
    }
}

/// The flags for Rust and for C under which no path of this machine is built in.
fn without_paths(tree: &Path, build: &Path) -> Result<(String, String), String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let home = home.ok_or("CARGO_HOME is not set, and there is no home")?;
    let named = [(tree, "/linli"), (build, "/target"), (&home, "/cargo")];
    let flags = |flag: &str| {
        let flags = named.map(|(path, name)| format!("{flag}={}={name}", path.display()));
        flags.join(" ")
    };
    Ok((flags("--remap-path-prefix"), flags("-ffile-prefix-map")))
}

/// What the wheel is made of, in a file of its own.
fn bill(tree: &Path, committed_at: &str) -> Result<PathBuf, String> {
    let mut cyclonedx = tool::cargo(["cyclonedx", "--format", "json", "--spec-version", "1.5"]);
    cyclonedx.args(["--quiet", "--manifest-path", MANIFEST]).current_dir(tree);
    tool::run(cyclonedx.env("SOURCE_DATE_EPOCH", committed_at))?;
    let made = tree.join("bindings/python/linli-python.cdx.json");
    let text = fs::read_to_string(&made).map_err(|error| said(&made, &error))?;
    let text = text.replace(&tree.display().to_string(), "/linli");
    let bill = tree.with_file_name("linli.cdx.json");
    fs::write(&bill, text).map_err(|error| said(&bill, &error))?;
    Ok(bill)
}
