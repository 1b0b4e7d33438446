//! Who holds which role.

use super::{Registry, asks_the_registry};
use crate::domain::{Role, RoleHeld};

/// The roles that are held at the end of a day.
#[derive(Clone, Debug)]
pub struct Roles(Registry);

asks_the_registry!(Roles);

impl Roles {
    /// The roles that are held then, in the order in which they were granted.
    pub fn iter(&self) -> impl Iterator<Item = &RoleHeld> {
        let day = self.0.day;
        self.0.state.registered.roles.iter().filter(move |held| held.holds_on(day))
    }

    /// How many hold a role, each counted once, however many bodies they hold it for or
    /// records are theirs.
    #[must_use]
    pub fn count(&self, role: Role) -> usize {
        let holders = self.iter().filter(|held| held.role == role).map(|held| &held.person_ref);
        self.0.state.registered.distinct(holders).len()
    }
}
