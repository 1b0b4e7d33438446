//! The Python environment: made once in the target folder, with what the tests use, pinned.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{place, tool};

/// The oldest Python that the wheel supports.
const OLDEST: (u32, u32) = (3, 11);

/// An environment with everything in it that `requirements-test.txt` names.
pub(crate) struct Environment {
    dir: PathBuf,
}

impl Environment {
    /// The environment's place. Nothing is made yet.
    pub(crate) fn new() -> Self {
        Self { dir: place::target().join("venv") }
    }

    /// Makes the environment, or brings an older one to what is asked for now.
    pub(crate) fn prepare(&self) -> Result<(), String> {
        let asked = fs::read_to_string(place::root().join(REQUIREMENTS))
            .map_err(|error| format!("{REQUIREMENTS} cannot be read: {error}"))?;
        let stamp = self.dir.join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == asked) {
            println!("{} holds what {REQUIREMENTS} asks for", self.dir.display());
            return Ok(());
        }
        let words = ["-m", "venv", "--clear", "--without-pip"];
        tool::run(tool::program(interpreter()?).args(words).arg(&self.dir))?;
        let words = ["install", "--quiet", "--no-compile", "--only-binary", ":all:", "-r"];
        tool::run(self.pip()?.args(words).arg(REQUIREMENTS))?;
        fs::write(&stamp, asked).map_err(|error| format!("{}: {error}", stamp.display()))
    }

    /// A program that was installed into the environment, such as `maturin`.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = tool::program(self.bin().join(name));
        self.tell(&mut command);
        command
    }

    /// A module run by the environment's Python.
    pub(crate) fn module(&self, name: &str) -> Command {
        let mut command = self.program("python");
        command.args(["-m", name]);
        command
    }

    /// Installs one wheel in place of the one that is there, and nothing else.
    pub(crate) fn install(&self, wheel: &Path) -> Result<(), String> {
        let words = ["install", "--quiet", "--force-reinstall", "--no-deps"];
        tool::run(self.pip()?.args(words).arg(wheel))
    }

    /// Installs a package into a folder of its own, beside the environment.
    pub(crate) fn install_apart(&self, package: &str, folder: &Path) -> Result<(), String> {
        let words = ["install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target"];
        tool::run(self.pip()?.args(words).arg(folder).arg(package))
    }

    /// Tells cargo what maturin will tell it later: pyo3 is then built once for tests and wheel.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("PYO3_PYTHON", self.bin().join("python"))
            .env("PYO3_BUILD_EXTENSION_MODULE", "1")
            .env("VIRTUAL_ENV", &self.dir)
            .env_remove("PYTHONHOME")
            .env_remove("PYTHONPATH");
    }

    /// The machine's own pip, told to work on the environment: one of its own takes minutes to put
    /// into it on a slow machine. Where there is none, Python's `ensurepip` brings it.
    fn pip(&self) -> Result<Command, String> {
        let outer = interpreter()?;
        let mut pip = if has_pip(outer) {
            let mut pip = tool::program(outer);
            pip.args(["-m", "pip", "--python"]).arg(self.bin().join("python"));
            pip
        } else {
            tool::run(self.module("ensurepip").arg("--default-pip"))?;
            self.module("pip")
        };
        pip.args(["--disable-pip-version-check", "--no-input"])
            .env("PIP_ROOT_USER_ACTION", "ignore");
        Ok(pip)
    }

    /// Where its programs lie.
    pub(crate) fn bin(&self) -> PathBuf {
        self.dir.join(if cfg!(windows) { "Scripts" } else { "bin" })
    }
}

/// What the Python tests use, each with its version.
pub(crate) const REQUIREMENTS: &str = "bindings/python/requirements-test.txt";

/// A Python that is new enough.
fn interpreter() -> Result<&'static str, String> {
    let (major, minor) = OLDEST;
    ["python3.11", "python3"].into_iter().find(|name| version(name) >= Some(OLDEST)).ok_or_else(
        || {
            format!(
                "neither `python3.11` nor `python3` is Python {major}.{minor} or newer: install \
                 Python {major}.{minor} and put it into PATH"
            )
        },
    )
}

fn has_pip(python: &str) -> bool {
    // `--python` is known to pip from 22.3 on.
    let code = "import pip; print(*pip.__version__.split('.')[:2])";
    let said = tool::answer(tool::program(python).args(["-c", code])).unwrap_or_default();
    let mut numbers = said.split(' ').map(|number| number.parse().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(22), Some(3))
}

fn version(name: &str) -> Option<(u32, u32)> {
    let code = "import sys; print(*sys.version_info[:2])";
    let said = tool::answer(tool::program(name).args(["-c", code])).ok()?;
    let (major, minor) = said.split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
