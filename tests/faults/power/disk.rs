//! A filesystem of its own, ext4 in a file, that loses power: from one moment on nothing reaches
//! the file, and what was not flushed before is gone. Needs root.

use std::fs::{File, create_dir};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::faults::in_memory;

const BYTES: u64 = 64 << 20;
const SHUTDOWN: &str = include_str!("shutdown.py");

/// A filesystem that is mounted while this lives.
pub(super) struct Disk(TempDir);

/// Somebody who waits for the word to cut its power.
pub(super) struct Cut(Child);

impl Disk {
    /// Makes one and mounts it.
    ///
    /// # Errors
    /// A sentence, where that is not permitted here.
    pub(super) fn mounted() -> Result<Self, String> {
        let disk = Self(in_memory());
        let file = File::create(disk.file()).and_then(|file| file.set_len(BYTES));
        file.and_then(|()| create_dir(disk.path())).expect("a folder in memory");
        run("mkfs.ext4", &["-q", "-F"], &[&disk.file()])?;
        disk.mount()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("disk")
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("bytes")
    }

    fn mount(&self) -> Result<(), String> {
        run("mount", &["-o", "loop"], &[&self.file(), &self.path()])
    }

    /// Takes it off and mounts it again, as after power came back. Nobody has it open.
    pub(super) fn mount_again(&self) {
        self.unmount().and_then(|()| self.mount()).unwrap_or_else(|why| panic!("{why}"));
    }

    /// Whoever was killed a moment ago may hold it for another one.
    fn unmount(&self) -> Result<(), String> {
        let mut ended = Ok(());
        for _ in 0..100 {
            ended = run("umount", &[], &[&self.path()]);
            if ended.is_ok() {
                break;
            }
            sleep(Duration::from_millis(20));
        }
        ended
    }

    /// Has somebody ready to cut its power.
    pub(super) fn cut(&self) -> Cut {
        let mut child = Command::new("python3")
            .args(["-c", SHUTDOWN])
            .arg(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut said = String::new();
        let pipe = child.stdout.take().expect("a pipe");
        BufReader::new(pipe).read_line(&mut said).expect("a pipe");
        assert_eq!(said, "ready\n");
        Cut(child)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.unmount();
    }
}

impl Cut {
    /// Cuts it, and comes back when it is cut.
    pub(super) fn now(mut self) {
        let mut pipe = self.0.stdin.take().expect("a pipe");
        pipe.write_all(b"\n").expect("a pipe");
        assert!(self.0.wait().expect("it ends").success(), "the filesystem was not shut down");
    }
}

fn run(program: &str, options: &[&str], paths: &[&Path]) -> Result<(), String> {
    let said = Command::new(program).args(options).args(paths).output();
    let said = said.map_err(|error| format!("`{program}` could not be started: {error}"))?;
    if said.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&said.stderr).replace('\n', " ");
    Err(format!("`{program}` ended with {}: {}", said.status, why.trim()))
}
