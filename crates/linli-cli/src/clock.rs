//! The clock of this machine, for what happens when somebody types it.

use std::time::{SystemTime, UNIX_EPOCH};

use linli::Timestamp;

#[expect(clippy::disallowed_methods, reason = "what is typed happens when it is typed")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
