//! In which windows each child came: why the children of the windows add up to more than there are.

use std::collections::{BTreeMap, BTreeSet};

use super::{Period, Programmes};
use crate::domain::{PersonRef, Registered, Window};

impl Programmes {
    /// The windows in which each child attended a class of a period.
    #[must_use]
    pub fn windows_per_child<'a>(
        &'a self,
        period: Period,
        registered: &'a Registered,
    ) -> BTreeMap<&'a PersonRef, BTreeSet<Window>> {
        let mut windows: BTreeMap<&PersonRef, BTreeSet<Window>> = BTreeMap::new();
        for told in self.person_times(period, registered).iter() {
            windows.entry(told.child_ref).or_default().extend(told.window);
        }
        windows
    }
}
