//! Until when a case is to be solved, and how long that clock stood still.

use crate::domain::Timestamp;

/// The clock of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// The end of the time, were it never paused.
    pub stated_due_at: Option<Timestamp>,
    /// Since when it stands still, if it does.
    pub paused_since: Option<Timestamp>,
    /// For how many microseconds it stood still before that.
    pub paused_us: i64,
}

impl Clock {
    /// The end of the time, pauses that are over included; `None` where nothing says it.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.stated_due_at.map(|due_at| Timestamp(due_at.0.saturating_add(self.paused_us)))
    }

    /// Whether the time is over at a moment. While the clock stands still it does not run out.
    #[must_use]
    pub fn is_overdue(&self, at: Timestamp) -> bool {
        let at = self.paused_since.map_or(at, |since| since.min(at));
        self.due_at().is_some_and(|due_at| at > due_at)
    }

    /// Starts anew with another end; a pause goes on.
    pub(super) fn start(&mut self, at: Timestamp, due_at: Option<Timestamp>) {
        *self = Self {
            stated_due_at: due_at,
            paused_since: self.paused_since.map(|_| at),
            paused_us: 0,
        };
    }

    pub(super) fn pause(&mut self, at: Timestamp) {
        self.paused_since = self.paused_since.or(Some(at));
    }

    pub(super) fn resume(&mut self, at: Timestamp) {
        if let Some(since) = self.paused_since.take() {
            self.paused_us = self.paused_us.saturating_add(at.since(since).max(0));
        }
    }
}
