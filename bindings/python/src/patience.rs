//! Waiting with the interpreter let go, and coming back for signals, so that Ctrl-C works.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use linli::replay::Progress;
use parking_lot::Mutex;
use pyo3::prelude::*;

use crate::errors::Failed;
use crate::log;

/// How long a signal may have to wait.
pub(crate) const GLANCE: Duration = Duration::from_millis(100);

/// Waits for a store's answer on this thread. An error is the signal's: the wait is over then,
/// what the store has begun is not.
pub(crate) fn wait<T: Send>(py: Python<'_>, answer: impl Future<Output = T> + Send) -> PyResult<T> {
    log::listen(py)?;
    let waker = Waker::from(Arc::new(Alarm(thread::current())));
    let mut answer = pin!(answer);
    loop {
        let polled = py.detach(|| {
            let polled = answer.as_mut().poll(&mut Context::from_waker(&waker));
            if polled.is_pending() {
                thread::park_timeout(GLANCE);
            }
            polled
        });
        log::hand_over(py)?;
        if let Poll::Ready(answer) = polled {
            return Ok(answer);
        }
        py.check_signals()?;
    }
}

/// Works with the interpreter let go. An error is a signal's.
pub(crate) fn apart<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    log::listen(py)?;
    let done = py.detach(work);
    log::hand_over(py)?;
    Ok(done)
}

/// Works on a thread of its own: a signal ends the waiting, while what was begun goes on unheard.
pub(crate) fn aside<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    log::listen(py)?;
    let done = Arc::new(Mutex::new(None));
    let (kept, caller) = (Arc::clone(&done), thread::current());
    let work = move || {
        *kept.lock() = Some(work());
        caller.unpark();
    };
    let no_thread = |error| Failed::input("NoThread", format!("there is no thread left: {error}"));
    let worker =
        thread::Builder::new().name("linli-aside".into()).spawn(work).map_err(no_thread)?;
    while !worker.is_finished() {
        py.detach(|| {
            if done.lock().is_none() {
                thread::park_timeout(GLANCE);
            }
        });
        log::hand_over(py)?;
        if let Some(done) = done.lock().take() {
            return Ok(done);
        }
        py.check_signals()?;
    }
    // It has ended between two looks, or has panicked.
    let ended = py.detach(|| worker.join());
    log::hand_over(py)?;
    match (done.lock().take(), ended) {
        (Some(done), _) => Ok(done),
        (None, ended) => resume_unwind(ended.err().unwrap_or_else(|| Box::new("no answer"))),
    }
}

struct Alarm(Thread);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What is told of long work, page by page, and how it is interrupted.
#[derive(Clone)]
pub(crate) struct Glance(Arc<Told>);

struct Told {
    tell: Option<Py<PyAny>>,
    raised: Mutex<Option<PyErr>>,
}

impl Glance {
    /// `tell` is called with the position reached and the last one there is.
    pub(crate) fn new(tell: Option<Py<PyAny>>) -> Self {
        Self(Arc::new(Told { tell, raised: Mutex::new(None) }))
    }

    /// Looks for signals and tells how far the work is; breaks where either raises.
    pub(crate) fn at(&self, progress: Progress) -> ControlFlow<()> {
        let told = Python::attach(|py| {
            log::hand_over(py)?;
            py.check_signals()?;
            let position = (progress.position.0, progress.until.0);
            self.0.tell.as_ref().map_or(Ok(()), |tell| tell.call1(py, position).map(drop))
        });
        match told {
            Ok(()) => ControlFlow::Continue(()),
            Err(raised) => {
                *self.0.raised.lock() = Some(raised);
                ControlFlow::Break(())
            }
        }
    }

    /// What broke the work off.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        self.0.raised.lock().take()
    }
}
