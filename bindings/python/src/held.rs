//! What was opened stays with the process that opened it.

use crate::errors::{Answer, Failed};

/// Something that this process has opened. A process that is forked off gets a copy of it without
/// its threads, and with locks that nobody will open.
#[derive(Clone)]
pub(crate) struct Held<T> {
    opened: T,
    process: u32,
}

impl<T> Held<T> {
    pub(crate) fn new(opened: T) -> Self {
        Self { opened, process: std::process::id() }
    }

    /// What was opened; an error in a process that was forked off later.
    pub(crate) fn get(&self) -> Answer<&T> {
        if self.process == std::process::id() { Ok(&self.opened) } else { Err(Failed::forked()) }
    }
}
