//! How many children an adult looked after.

use chrono::NaiveDate;

use super::{Period, Programmes, count};
use crate::domain::ClassId;
use crate::domain::programmes::ClassPhase;
use crate::views::Rate;

/// The children and the adults of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildrenPerAdult<'a> {
    /// The class.
    pub class_id: &'a ClassId,
    /// The local day on which it begins.
    pub on: NaiveDate,
    /// The children who came, of the adults rostered: a share above one.
    pub ratio: Rate,
    /// How many children one adult may look after.
    pub most_n: u32,
}

impl Programmes {
    /// The children who came and the adults rostered, for each class held in a period.
    #[must_use]
    pub fn children_per_adult(&self, period: Period) -> Vec<ChildrenPerAdult<'_>> {
        let held = self.0.classes.iter().filter(|(_, class)| class.phase == ClassPhase::Held);
        let rows = held.filter_map(|(class_id, class)| {
            let plan = class.plan.as_ref()?;
            let on = plan.span.from.local_date(plan.zone).filter(|on| period.holds(*on))?;
            let (counted_n, of_n) = (count(class.came().count()), count(class.adults.len()));
            let (ratio, most_n) = (Rate { counted_n, of_n }, plan.children_per_adult_max);
            Some(ChildrenPerAdult { class_id, on, ratio, most_n })
        });
        rows.collect()
    }
}
