//! An iterator is read by one thread at a time.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::errors::{Answer, Failed};

/// Whose turn it is to read.
#[derive(Default)]
pub(crate) struct Turn(AtomicBool);

/// A turn that was taken; it ends when this is dropped.
pub(crate) struct Taken<'a>(&'a Turn);

impl Turn {
    /// Takes the turn. Waiting for it could wait for ever, so that it is refused instead.
    pub(crate) fn take(&self) -> Answer<Taken<'_>> {
        if self.0.swap(true, Ordering::Acquire) {
            let sentence = "another thread is reading from this iterator; give each its own";
            return Err(Failed::input("Taken", sentence));
        }
        Ok(Taken(self))
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Release);
    }
}
