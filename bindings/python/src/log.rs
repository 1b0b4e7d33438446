//! What the Rust side has to say, for Python's `logging`.
//!
//! Whoever speaks in Rust puts a line into a queue and never asks for the interpreter: a thread
//! that waited for it could be waited for by the thread that has it. Whoever comes back to Python
//! hands the lines over: after each call, and each 100 ms while one waits. How severe a line has to
//! be is asked of Python before each call; until `logging` is imported and somebody listens,
//! nothing is kept.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, Subscriber, set_global_default};
use tracing::{Event, Level, Metadata};

/// The most lines that wait; of more, the oldest are dropped.
const MOST_LINES: usize = 1_024;

/// Above every level of Python.
const NOBODY_LISTENS: u8 = u8::MAX;

/// The least severe level of Python that somebody listens for.
static LEVEL: AtomicU8 = AtomicU8::new(NOBODY_LISTENS);
static LINES: Mutex<VecDeque<Line>> = Mutex::new(VecDeque::new());

/// Python's level, seconds since 1970, who speaks (a path in Rust), file, line, and what is said.
type Line = (u8, f64, &'static str, &'static str, u32, String);

/// Lets the Rust side speak. Whoever is linked into this module has no other listener.
pub(crate) fn begin() {
    // It fails where it was done before.
    set_global_default(Queue).unwrap_or_default();
}

/// Asks Python which lines somebody listens for, before a call. An error is a signal's.
pub(crate) fn listen(py: Python<'_>) -> PyResult<()> {
    let wanted = python_side(py, "wanted").and_then(|wanted| wanted.call0()?.extract());
    let level = match wanted {
        Err(raised) if is_signal(py, &raised) => return Err(raised),
        wanted => wanted.unwrap_or(NOBODY_LISTENS),
    };
    LEVEL.store(level, Ordering::Relaxed);
    Ok(())
}

/// Whether what was raised is Ctrl-C, which Python raises wherever it happens to run.
fn is_signal(py: Python<'_>, raised: &PyErr) -> bool {
    !raised.is_instance_of::<PyException>(py)
}

/// Hands over what was said, to this thread's Python. What a handler raises stays with it; an error
/// is a signal's.
pub(crate) fn hand_over(py: Python<'_>) -> PyResult<()> {
    let lines: Vec<Line> = LINES.lock().drain(..).collect();
    if lines.is_empty() {
        return Ok(());
    }
    match python_side(py, "hand_over").and_then(|taker| taker.call1((lines,))) {
        Err(raised) if is_signal(py, &raised) => return Err(raised),
        Err(raised) => raised.write_unraisable(py, None),
        Ok(_) => {}
    }
    Ok(())
}

/// A function of `linli._log`.
fn python_side<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = MODULE.get_or_try_init(py, || py.import("linli._log").map(Bound::unbind))?;
    module.bind(py).getattr(name)
}

/// Takes in what `tracing` carries.
struct Queue;

impl Subscriber for Queue {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match metadata.is_event() && *metadata.level() <= Level::DEBUG {
            true => Interest::sometimes(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && python_level(*metadata.level()) >= LEVEL.load(Ordering::Relaxed)
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut said = Said::default();
        event.record(&mut said);
        let level = python_level(*metadata.level());
        let (file, line) = (metadata.file().unwrap_or_default(), metadata.line().unwrap_or(0));
        let line = (level, seconds(), metadata.target(), file, line, said.whole());
        let mut waiting = LINES.lock();
        if waiting.len() == MOST_LINES {
            waiting.pop_front();
        }
        waiting.push_back(line);
    }

    // There are no spans: none is of interest.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The level of the same name in `logging`; what is finer than `DEBUG` has none there.
fn python_level(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        Level::DEBUG => 10,
        Level::TRACE => 5,
    }
}

#[expect(clippy::disallowed_methods, reason = "a line says when it was said, not handed over")]
fn seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// A message, and what stands beside it.
#[derive(Default)]
struct Said {
    message: String,
    fields: String,
}

impl Said {
    fn whole(self) -> String {
        self.message + &self.fields
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text does not fail.
        match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        }
        .unwrap_or_default();
    }
}
