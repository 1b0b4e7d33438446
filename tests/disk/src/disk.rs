//! A watched folder: which call fails, and what was seen.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::ffi;

use crate::layer;
use crate::trace::{Step, Trace};

/// A call on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// Open or make it.
    Open,
    /// Remove it.
    Delete,
    /// Ask whether it is there.
    Access,
    /// Read bytes.
    Read,
    /// Write bytes.
    Write,
    /// Cut it off.
    Truncate,
    /// Flush it to the disk.
    Sync,
    /// Ask how long it is.
    Size,
    /// Lock it.
    Lock,
    /// Map the index of the log into memory.
    Map,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Error {
    /// `EIO`: the device failed.
    Io,
    /// `ENOSPC`: there is no room.
    Full,
    /// Half of the bytes were written, then there was no room.
    Short,
}

/// Which call fails, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number of the call, from 0.
    pub at: usize,
    /// How it fails.
    pub error: Error,
    /// Whether all later calls of its kind fail too.
    pub is_for_ever: bool,
}

/// A folder whose files are watched while this lives.
#[derive(Debug)]
pub struct Disk(Arc<Watched>);

/// What is known of a watched folder.
#[derive(Debug)]
pub(crate) struct Watched {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    fault: Option<Fault>,
    struck: Option<Call>,
    steps: Option<Vec<Step>>,
}

/// The folders that are watched.
static WATCHED: Mutex<Vec<Arc<Watched>>> = Mutex::new(Vec::new());

impl Disk {
    /// Watches the files that SQLite opens in `folder` from now on.
    #[must_use]
    pub fn under(folder: &Path) -> Self {
        layer::install();
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let watched = Arc::new(Watched { folder, state: Mutex::default() });
        WATCHED.lock().push(Arc::clone(&watched));
        Self(watched)
    }

    /// Lets a call fail that is still to come.
    pub fn fail(&self, fault: Fault) {
        let mut state = self.0.state.lock();
        (state.fault, state.struck) = (Some(fault), None);
    }

    /// Lets no call fail any more.
    pub fn mend(&self) {
        self.0.state.lock().fault = None;
    }

    /// The call that was failed, if it has come to that.
    pub fn struck(&self) -> Option<Call> {
        self.0.state.lock().struck
    }

    /// Every call until now.
    pub fn calls(&self) -> Vec<Call> {
        self.0.state.lock().calls.clone()
    }

    /// Remembers from now on what is written, cut off, flushed and removed.
    pub fn record(&self) {
        self.0.state.lock().steps = Some(Vec::new());
    }

    /// Notes among the steps that something was answered.
    pub fn mark(&self, number: u64) {
        self.0.note(Step::Marked(number));
    }

    /// What was remembered.
    #[must_use]
    pub fn trace(&self) -> Trace {
        Trace { steps: self.0.state.lock().steps.clone().unwrap_or_default() }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        WATCHED.lock().retain(|watched| !Arc::ptr_eq(watched, &self.0));
    }
}

impl Watched {
    /// What watches the file at `path`, and its name there.
    pub(crate) fn of(path: &Path) -> Option<(Arc<Self>, String)> {
        let watched = WATCHED.lock();
        watched.iter().find_map(|watched| {
            let name = path.strip_prefix(&watched.folder).ok()?;
            Some((Arc::clone(watched), name.to_string_lossy().into_owned()))
        })
    }

    /// Counts a call, and says how it fails if it does.
    pub(crate) fn meets(&self, call: Call) -> Option<Error> {
        let mut state = self.state.lock();
        let number = state.calls.len();
        state.calls.push(call);
        let fault = state.fault?;
        if number == fault.at {
            state.struck = Some(call);
            return Some(fault.error);
        }
        (fault.is_for_ever && state.struck == Some(call)).then_some(fault.error)
    }

    /// Remembers a step, where steps are recorded.
    pub(crate) fn note(&self, step: Step) {
        if let Some(steps) = &mut self.state.lock().steps {
            steps.push(step);
        }
    }
}

impl Call {
    /// The ways in which it can fail.
    #[must_use]
    pub fn errors(self) -> &'static [Error] {
        match self {
            Self::Write => &[Error::Io, Error::Full, Error::Short],
            _ => &[Error::Io],
        }
    }

    /// What SQLite's own layer says then.
    pub(crate) fn code(self, error: Error) -> i32 {
        match (self, error) {
            (Self::Write, Error::Full | Error::Short) => ffi::SQLITE_FULL,
            (Self::Write, Error::Io) => ffi::SQLITE_IOERR_WRITE,
            (Self::Open, _) => ffi::SQLITE_CANTOPEN,
            (Self::Delete, _) => ffi::SQLITE_IOERR_DELETE,
            (Self::Access, _) => ffi::SQLITE_IOERR_ACCESS,
            (Self::Read, _) => ffi::SQLITE_IOERR_READ,
            (Self::Truncate, _) => ffi::SQLITE_IOERR_TRUNCATE,
            (Self::Sync, _) => ffi::SQLITE_IOERR_FSYNC,
            (Self::Size, _) => ffi::SQLITE_IOERR_FSTAT,
            (Self::Lock, _) => ffi::SQLITE_IOERR_LOCK,
            (Self::Map, _) => ffi::SQLITE_IOERR_SHMMAP,
        }
    }
}
