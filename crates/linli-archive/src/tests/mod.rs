//! What an archive promises, in objects in memory and in folders.

mod buckets;
mod compacting;
mod folders;
mod laws;
mod reading;
mod story;
mod tables;
mod verifying;

use std::ops::ControlFlow;

/// Goes on to the end.
pub(crate) fn on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
