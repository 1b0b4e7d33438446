//! How many children came, each once, over whatever windows.

use std::collections::BTreeSet;

use super::{Period, Programmes, count};
use crate::domain::{PersonRef, Registered};

/// The children who attended at least one class of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildrenDistinct<'a> {
    /// The period.
    pub period: Period,
    /// The children, merged ones as one.
    pub children: BTreeSet<&'a PersonRef>,
    /// The least and the greatest grade of them at a class that they attended.
    pub grades: Option<(u32, u32)>,
}

impl Programmes {
    /// The children who attended at least one class of a period.
    #[must_use]
    pub fn children_distinct<'a>(
        &'a self,
        period: Period,
        registered: &'a Registered,
    ) -> ChildrenDistinct<'a> {
        let times = self.person_times(period, registered);
        let children = times.iter().map(|attended| attended.child_ref).collect();
        let grades = times.by_grade();
        let mut grades = grades.keys().flatten();
        let least = grades.next().copied();
        let greatest = grades.next_back().copied().or(least);
        ChildrenDistinct { period, children, grades: least.zip(greatest) }
    }
}

impl ChildrenDistinct<'_> {
    /// How many they are.
    #[must_use]
    pub fn count(&self) -> u64 {
        count(self.children.len())
    }
}
