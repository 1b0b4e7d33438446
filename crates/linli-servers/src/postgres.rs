//! A PostgreSQL with a data folder of its own.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::account::{command, give, reaches, signal};
use crate::ports::free_port;

/// How often a server that starts or stops is asked, a tenth of a second apart.
const LOOKS: u32 = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// A running server. Dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    process: Option<Child>,
}

impl Postgres {
    /// Makes a server in `folder`, which is emptied, and starts it. `programs` is where `initdb`
    /// and `postgres` lie.
    ///
    /// # Errors
    /// A sentence, where a program does not run or the server does not answer.
    pub fn start(programs: &Path, folder: &Path) -> Result<Self, String> {
        let folder = folder.to_path_buf();
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| said(&folder, &error))?;
        give(&folder)?;
        let programs = within_reach(programs, &folder)?;
        let mut server =
            Self { programs, folder, port: free_port()?, settings: Vec::new(), process: None };
        server.initialise()?;
        server.start_again()?;
        Ok(server)
    }

    /// Where it is, without a journal.
    #[must_use]
    pub fn address(&self) -> String {
        format!("postgres://linli@127.0.0.1:{}/postgres", self.port)
    }

    /// The port that it listens on, on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Settings for the next start, such as `fsync=off`, in place of those given before.
    pub fn set(&mut self, settings: &[&str]) {
        self.settings = settings.iter().map(|&setting| setting.to_owned()).collect();
    }

    /// Starts it on the data that it has, and waits until it answers.
    ///
    /// # Errors
    /// A sentence with the end of its log.
    pub fn start_again(&mut self) -> Result<(), String> {
        let log = self.folder.join("log");
        for _ in 0..LOOKS {
            let file = File::create(&log).map_err(|error| said(&log, &error))?;
            let mut program = command(&self.programs.join("postgres"));
            program.arg("-D").arg(self.data()).args(["-h", "127.0.0.1", "-k", ""]);
            program.args(["-p", &self.port.to_string(), "-N", "200"]);
            for setting in &self.settings {
                program.args(["-c", setting]);
            }
            let started = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn();
            self.process = Some(started.map_err(|error| format!("postgres: {error}"))?);
            if self.comes_up() {
                return Ok(());
            }
            let told = fs::read_to_string(&log).unwrap_or_default();
            // After a kill its other processes take a moment to notice.
            let is_in_use = ["still in use", "already exists"].iter().any(|s| told.contains(s));
            if !is_in_use {
                return Err(format!("PostgreSQL does not start: {}", last_lines(&told)));
            }
            sleep(PAUSE);
        }
        Err("PostgreSQL does not start: its data folder stays in use".into())
    }

    /// Kills all its processes with `kill -9`.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let children = children(process.id());
        let _ = process.kill();
        signal("KILL", &children);
        let _ = process.wait();
    }

    /// Ends it at once and without a checkpoint, as `pg_ctl stop -m immediate` does.
    pub fn stop_immediately(&mut self) {
        self.end("QUIT");
    }

    /// Ends it in order.
    pub fn stop(&mut self) {
        self.end("INT");
    }

    fn end(&mut self, name: &str) {
        let Some(mut process) = self.process.take() else { return };
        signal(name, &[process.id()]);
        for _ in 0..LOOKS {
            if let Ok(None) = process.try_wait() {
                sleep(PAUSE);
            } else {
                return;
            }
        }
        let _ = process.kill();
        let _ = process.wait();
    }

    fn initialise(&self) -> Result<(), String> {
        let mut initdb = command(&self.programs.join("initdb"));
        initdb.arg("-D").arg(self.data());
        initdb.args(["-U", "linli", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        let said = initdb.output().map_err(|error| format!("initdb: {error}"))?;
        if said.status.success() {
            return Ok(());
        }
        Err(format!("initdb failed: {}", last_lines(&String::from_utf8_lossy(&said.stderr))))
    }

    fn comes_up(&mut self) -> bool {
        for _ in 0..LOOKS {
            let is_gone =
                self.process.as_mut().is_none_or(|process| !matches!(process.try_wait(), Ok(None)));
            if is_gone {
                return false;
            }
            if self.answers() {
                return true;
            }
            sleep(PAUSE);
        }
        false
    }

    /// Whether it lets somebody in: while it starts, it takes connections and refuses them.
    fn answers(&self) -> bool {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let Ok(mut stream) = TcpStream::connect_timeout(&here, PAUSE) else { return false };
        // Protocol 3.0, the user and the database; it answers with R (authentication) or E (error).
        let body = b"\0\x03\0\0user\0linli\0database\0postgres\0\0";
        let length = u32::try_from(body.len().saturating_add(4)).unwrap_or(0).to_be_bytes();
        let mut answer = [0];
        let asked = stream.write_all(&[&length[..], body].concat());
        asked.and_then(|()| stream.read_exact(&mut answer)).is_ok() && answer == *b"R"
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The programs where the server's own user reaches them: copied beside its data if need be.
fn within_reach(programs: &Path, folder: &Path) -> Result<PathBuf, String> {
    if reaches(&programs.join("postgres")) {
        return Ok(programs.to_path_buf());
    }
    let install = programs.parent().unwrap_or(programs);
    let copy = folder.join("programs");
    let copied = std::process::Command::new("cp").arg("-r").arg(install).arg(&copy).status();
    let programs = copy.join(programs.file_name().unwrap_or_default());
    match copied {
        Ok(status) if status.success() && reaches(&programs.join("postgres")) => Ok(programs),
        _ => Err(format!(
            "a user who is not root cannot run {}/postgres; PostgreSQL does not run as root, so \
             give a folder that others may enter",
            programs.display()
        )),
    }
}

/// The processes that a process has started and that run still.
fn children(parent: u32) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_child = |process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // After the name, which stands in parentheses: the state, then the parent.
        let after = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
        after.and_then(|number| number.parse().ok()) == Some(parent)
    };
    numbers.filter(is_child).collect()
}

fn last_lines(told: &str) -> String {
    let lines: Vec<&str> = told.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}

fn said(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
