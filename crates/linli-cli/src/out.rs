//! Standard output, and the one line on standard error when a command fails.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde_json::Value;

use crate::failure::Failure;

/// Standard output, line by line.
#[derive(Debug)]
pub(crate) struct Lines(BufWriter<StdoutLock<'static>>);

impl Lines {
    pub(crate) fn open() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    pub(crate) fn write(&mut self, line: &str) -> Result<(), Failure> {
        told(self.0.write_all(line.as_bytes()).and_then(|()| self.0.write_all(b"\n")))
    }

    pub(crate) fn close(mut self) -> Result<(), Failure> {
        told(self.0.flush())
    }
}

/// Writes a text and ends its line.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    let mut lines = Lines::open();
    lines.write(text)?;
    lines.close()
}

/// Writes one JSON document.
pub(crate) fn json(document: &Value) -> Result<(), Failure> {
    text(&format!("{document:#}"))
}

/// Says why a command failed, on standard error.
pub(crate) fn complaint(failure: &Failure) {
    if !failure.sentence.is_empty() {
        // Where even this cannot be written, the exit status still tells.
        drop(writeln!(io::stderr(), "linli: {failure}"));
    }
}

fn told(written: io::Result<()>) -> Result<(), Failure> {
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::nobody_reads(),
        _ => Failure::store(format!("standard output cannot be written: {error}")),
    })
}
