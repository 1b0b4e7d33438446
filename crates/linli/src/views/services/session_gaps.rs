//! Every how many days the clinic is held.

use chrono::NaiveDate;

use super::Services;

/// Two held sessions with none held between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionGap {
    /// The local day of the first.
    pub from_on: NaiveDate,
    /// The local day of the next.
    pub until_on: NaiveDate,
    /// How many days lie between them; 1 where one day follows the other, 0 on one day.
    pub days_n: i64,
}

impl Services {
    /// The gaps between consecutive held sessions, by their local days.
    #[must_use]
    pub fn session_gaps(&self) -> Vec<SessionGap> {
        let sessions = self.clinic_sessions();
        let mut days: Vec<NaiveDate> =
            sessions.iter().filter(|session| session.is_held).map(|session| session.on).collect();
        days.sort_unstable();
        let pairs = days.iter().zip(days.iter().skip(1));
        pairs
            .map(|(from_on, until_on)| SessionGap {
                from_on: *from_on,
                until_on: *until_on,
                days_n: until_on.signed_duration_since(*from_on).num_days(),
            })
            .collect()
    }
}
