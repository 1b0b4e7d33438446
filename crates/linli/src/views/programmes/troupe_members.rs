//! Troupes, their groups, and who belongs to them.

use std::collections::BTreeSet;

use super::Programmes;
use crate::domain::programmes::{Group, Troupe};
use crate::domain::{GroupId, PersonRef, Registered, TroupeId};

impl Programmes {
    /// A troupe, with the day of its founding and how exactly that is known.
    #[must_use]
    pub fn troupe(&self, troupe_id: &TroupeId) -> Option<&Troupe> {
        self.0.troupes.get(troupe_id)
    }

    /// The groups of a troupe that were formed and not dissolved.
    pub fn active_groups(&self, troupe_id: &TroupeId) -> impl Iterator<Item = (&GroupId, &Group)> {
        let groups = self.0.groups.iter().filter(|(_, group)| group.is_active());
        groups.filter(move |(_, group)| group.troupe_id.as_ref() == Some(troupe_id))
    }

    /// The people in a troupe, each once, in however many of its groups.
    #[must_use]
    pub fn troupe_members<'a>(
        &'a self,
        troupe_id: &TroupeId,
        registered: &'a Registered,
    ) -> BTreeSet<&'a PersonRef> {
        let groups = self.active_groups(troupe_id);
        registered.distinct(groups.flat_map(|(_, group)| &group.members))
    }

    /// The people in a group, each once: of the parents' group, say.
    #[must_use]
    pub fn group_members<'a>(
        &'a self,
        group_id: &GroupId,
        registered: &'a Registered,
    ) -> BTreeSet<&'a PersonRef> {
        let group = self.0.groups.get(group_id).filter(|group| group.is_active());
        registered.distinct(group.into_iter().flat_map(|group| &group.members))
    }
}
