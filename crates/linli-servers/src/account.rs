//! Who a server runs as: PostgreSQL refuses to run as root.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Nobody's number, on every Linux.
const NOBODY: u32 = 65_534;

/// A program that is run as somebody who is not root, and that ends when we do.
pub(crate) fn command(program: &Path) -> Command {
    if !has_setpriv() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    if is_root() {
        let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
        command.args([user, group]).arg("--clear-groups");
    }
    command.args(["--pdeathsig", "INT"]).arg(program);
    command
}

/// The same in a network of its own.
pub(crate) fn command_in(space: &str, program: &Path) -> Command {
    let inner = command(program);
    let mut command = Command::new("ip");
    // It becomes the program, under the same number.
    command.args(["netns", "exec", space]).arg(inner.get_program()).args(inner.get_args());
    command
}

/// Gives a folder to whoever [`command`] runs programs as.
pub(crate) fn give(folder: &Path) -> Result<(), String> {
    if !is_root() {
        return Ok(());
    }
    #[cfg(unix)]
    std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(())
}

/// Whether whoever [`command`] runs programs as can reach a file.
pub(crate) fn reaches(file: &Path) -> bool {
    let mut test = command(Path::new("test"));
    is_success(test.arg("-x").arg(file))
}

fn has_setpriv() -> bool {
    is_success(Command::new("setpriv").arg("--version"))
}

fn is_root() -> bool {
    let said = Command::new("id").arg("-u").output();
    said.is_ok_and(|said| said.stdout.trim_ascii() == b"0")
}

fn is_success(command: &mut Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Sends a signal; one that comes too late harms nothing.
pub(crate) fn signal(name: &str, processes: &[u32]) {
    let numbers = processes.iter().map(ToString::to_string);
    let words: Vec<String> = std::iter::once(format!("-{name}")).chain(numbers).collect();
    is_success(Command::new("kill").args(words.iter().map(OsStr::new)));
}
