//! One event of the policies of every type, with every field set.

use super::{AT, read, text};
use crate::domain::policies::{Event, Notice, Policy};

/// In the order of the wire table.
pub(super) fn samples() -> Vec<Event> {
    let policy = Policy::TemporaryFixFollowUp;
    let (correlation, step) = (|| read("strip-1"), || text("reminder"));
    vec![
        Event::PolicyWaiting { policy, correlation: correlation(), step: step(), due_at: AT },
        Event::PolicyTimedOut { policy, correlation: correlation(), step: step() },
        Event::PolicyActed { policy, correlation: correlation(), step: step() },
        Event::NoticeGiven {
            policy,
            correlation: correlation(),
            step: step(),
            notice: Notice::Reminder,
            to_ref: Some(read("p-7")),
        },
        Event::PolicyRefused {
            policy,
            correlation: correlation(),
            step: step(),
            refusal: text("strip-1 is open, it would have to be resolved"),
        },
    ]
}
