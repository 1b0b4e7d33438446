//! When the classes of a programme begin.

use chrono::{NaiveDate, NaiveTime, TimeZone};

use super::Programmes;
use crate::domain::programmes::{Class, ClassPhase};
use crate::domain::{ClassId, ProgrammeId, Registered, SchoolCalendar, Window};

/// The begin of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassStart<'a> {
    /// The class.
    pub class_id: &'a ClassId,
    /// The local day.
    pub on: NaiveDate,
    /// The window it falls in; none where no calendar is published for it.
    pub window: Option<Window>,
    /// The local time.
    pub starts: NaiveTime,
}

impl Programmes {
    /// When the classes of a programme begin, in the order of their names. Cancelled ones are left
    /// out.
    #[must_use]
    pub fn class_starts<'a>(
        &'a self,
        programme_id: &ProgrammeId,
        registered: &Registered,
    ) -> Vec<ClassStart<'a>> {
        let classes =
            self.0.classes.iter().filter(|(_, class)| class.phase != ClassPhase::Cancelled);
        let start = |(class_id, class): (&'a ClassId, &Class)| {
            let plan = class.plan.as_ref().filter(|plan| plan.programme_id == *programme_id)?;
            let local = plan.zone.from_utc_datetime(&plan.span.from.utc()?.naive_utc());
            let (on, starts) = (local.date_naive(), local.time());
            let calendar = registered.rule(SchoolCalendar::of, on);
            let window = calendar.map(|(_, calendar)| calendar.window(on));
            Some(ClassStart { class_id, on, window, starts })
        };
        classes.filter_map(start).collect()
    }
}
