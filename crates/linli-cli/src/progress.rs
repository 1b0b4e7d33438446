//! How far a long command has come, and Ctrl-C.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::args::Global;

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl-C asks the command to stop at a good place; pressed again, it ends at once.
pub(crate) fn listen_for_interrupt() {
    let note = || {
        if IS_INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    // Without a handler Ctrl-C ends the process, which the journal outlives as well.
    drop(ctrlc::set_handler(note));
}

/// Whether Ctrl-C was pressed.
pub(crate) fn is_interrupted() -> bool {
    IS_INTERRUPTED.load(Ordering::Relaxed)
}

/// A bar on standard error, hidden where that is no terminal or quiet was asked for.
pub(crate) fn bar(global: &Global, what: &'static str, length: u64) -> ProgressBar {
    if global.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_message(what)
}
