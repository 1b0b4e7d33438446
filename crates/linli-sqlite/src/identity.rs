//! Which file a path names, and which files this process holds open.
//!
//! SQLite keeps its locks and the index of its log by file, in tables of the process. A process
//! that was forked off inherits these tables and none of the locks: what it appends to a file that
//! its parent holds is lost as soon as the parent closes it. So the files are listed here, with
//! the process that opened them.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use parking_lot::Mutex;

use crate::OpenError;
use crate::error::Trouble;
use crate::open::Purpose;
use crate::settings::{Frozen, Place, wal_bytes};

/// A file, whatever its name: the device that it lies on and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    number: u64,
}

impl FileId {
    /// The file that `path` names now.
    #[cfg(unix)]
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;

        let file = std::fs::metadata(path)?;
        Ok(Self { device: file.dev(), number: file.ino() })
    }

    /// Here no file that is open can be removed, and no process forks: all are alike.
    #[cfg(not(unix))]
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(|_| Self { device: 0, number: 0 })
    }
}

/// A file that is held open, and by which process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    file: FileId,
    process: u32,
}

/// Once for each open store, those of the process from which this one was forked off among them.
static HELD: Mutex<Vec<Held>> = Mutex::new(Vec::new());

/// The list is locked for microseconds. Who waits so long was forked off meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

/// That a store holds its file open. Dropped after the last of its connections.
#[derive(Debug)]
pub(crate) struct Hold(Held);

impl Hold {
    /// Lists the file, unless it was inherited open; makes it where a new one is asked for. Comes
    /// before every connection to it.
    pub(crate) fn on(path: &Path, purpose: Purpose) -> Result<Self, OpenError> {
        let forked = || OpenError::Forked { path: path.to_owned() };
        let process = std::process::id();
        let mut held = HELD.try_lock_for(PATIENCE).ok_or_else(forked)?;
        if purpose == Purpose::Create && !path.exists() {
            // Closed again before the list is free: closing it drops all locks of the process.
            make(path)?;
        }
        let file = FileId::of(path).map_err(|error| OpenError::of_system(path, &error))?;
        if held.iter().any(|held| held.file == file && held.process != process) {
            return Err(forked());
        }
        let own = Held { file, process };
        held.push(own);
        Ok(Self(own))
    }

    pub(crate) fn file(&self) -> FileId {
        self.0.file
    }
}

fn make(path: &Path) -> Result<(), OpenError> {
    if wal_bytes(path) > 0 {
        // SQLite would remove it.
        return Err(OpenError::LogAlone { path: path.to_owned() });
    }
    let mut new = OpenOptions::new();
    new.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o644); // As SQLite makes its own.
    new.open(path).map(drop).map_err(|error| OpenError::of_system(path, &error))
}

impl Drop for Hold {
    fn drop(&mut self) {
        // What was inherited stays: SQLite's tables keep it as well.
        if self.0.process == std::process::id() {
            let mut held = HELD.lock();
            if let Some(own) = held.iter().position(|held| *held == self.0) {
                held.swap_remove(own);
            }
        }
    }
}

impl Place {
    /// Refuses to go on where the path no longer names the file that was opened; and where SQLite
    /// cannot watch the file for us, if somebody else has changed it.
    pub(crate) fn must_be_unchanged(&self) -> Result<(), Trouble> {
        let path = self.path.display();
        let changed = |what: String| Err(Trouble::Changed(what));
        match FileId::of(&self.path) {
            Ok(now) if now == self.file => {}
            Ok(_) => {
                return changed(format!(
                    "another file was put in the place of {path} while it was open; open it again, \
                     or put the first one back"
                ));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return changed(format!(
                    "{path} was removed or renamed while it was open; put it back beside its -wal"
                ));
            }
            Err(error) => {
                return changed(format!("{path} cannot be reached any more ({error})"));
            }
        }
        match self.frozen {
            Some(frozen) if !Frozen::now(&self.path).is_ok_and(|now| now == frozen) => {
                changed(format!(
                    "somebody writes to {path}, which is open in a folder that cannot be written; \
                     open it again, or where its folder can be written"
                ))
            }
            _ => Ok(()),
        }
    }
}
