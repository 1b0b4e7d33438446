//! In which roles a person stands at a moment, whom a command concerns, and what is missing.

use chrono::NaiveDate;
use serde_json::Value;

use super::Why;
use super::matrix::{Cell, Row};
use crate::domain::{
    Command, Kinship, PersonRef, Registered, Role, RoleHeld, Scope, State, Timestamp,
};

/// What somebody lacks, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lack {
    /// A role that allows it.
    Role,
    /// Such a role in this community.
    Scope,
    /// That it concerns nobody else.
    Own,
}

impl Lack {
    pub(super) fn of(self, what: String, scope: &Scope) -> Why {
        match self {
            Self::Role => Why::NoRole { what },
            Self::Scope => Why::OutsideScope { what, scope: scope.clone() },
            Self::Own => Why::NotOwn { what },
        }
    }
}

/// A person at a moment, as the registry knows them.
pub(super) struct Standing<'a> {
    person: &'a PersonRef,
    registered: &'a Registered,
    now: Timestamp,
}

impl<'a> Standing<'a> {
    pub(super) fn new(person: &'a PersonRef, registered: &'a Registered, now: Timestamp) -> Self {
        Self { person, registered, now }
    }

    /// What is missing to be allowed this in a community; `None`: nothing.
    pub(super) fn lacks(&self, row: &Row, scope: &Scope, concerned: &[PersonRef]) -> Option<Lack> {
        let mut lack = Lack::Role;
        for (held, on) in self.roles() {
            match row.cell(held.role) {
                Cell::No => {}
                _ if !held.scope.holds(scope) => lack = lack.max(Lack::Scope),
                Cell::Own if !self.is_own(held.role, concerned, on) => lack = Lack::Own,
                Cell::Own | Cell::Yes => return None,
            }
        }
        Some(lack)
    }

    /// The roles that the person holds now, each with the day that it is where it was granted.
    fn roles(&self) -> impl Iterator<Item = (&RoleHeld, NaiveDate)> {
        self.registered.roles.iter().filter_map(|held| {
            let on = self.now.local_date(held.zone)?;
            (held.person_ref == *self.person && held.holds_on(on)).then_some((held, on))
        })
    }

    /// Whether it concerns nobody but the person and, for a guardian, the wards. What concerns
    /// nobody known is nobody's own.
    fn is_own(&self, role: Role, concerned: &[PersonRef], on: NaiveDate) -> bool {
        let is_ward = |other: &PersonRef| {
            role == Role::Guardian && self.registered.is(self.person, Kinship::Guardian, other, on)
        };
        !concerned.is_empty() && concerned.iter().all(|one| one == self.person || is_ward(one))
    }
}

/// A command's name and its fields, as they stand in JSON.
pub(super) fn told(command: &Command) -> (String, Value) {
    match serde_json::to_value(command) {
        Ok(Value::Object(named)) => named.into_iter().next().unwrap_or_default(),
        _ => Default::default(),
    }
}

/// Where a role has to hold for a command: in the community that the request names, but for a rule
/// of the registry in all of them, since it holds in all.
pub(super) fn asked_in(name: &str, scope: &Scope) -> Scope {
    match name {
        "publish_rule_set" | "publish_calendar" => Scope::default(),
        _ => scope.clone(),
    }
}

/// What four eyes forbid, whatever the role: nobody gives themselves one, and who approves hours
/// does so in their own name. That nobody approves their own, the rules of volunteering say.
pub(super) fn forbidden(name: &str, fields: &Value, person: &PersonRef) -> Option<Why> {
    let is_named = |field: &str| fields.get(field).and_then(Value::as_str) == Some(person.as_str());
    let what = name.to_owned();
    match name {
        "grant_role" if is_named("person_ref") => Some(Why::ForThemselves { what }),
        "approve_hours" | "adjust_hours" if !is_named("approved_by_ref") => {
            Some(Why::InAnothersName { what })
        }
        _ => None,
    }
}

/// Everybody whom a command concerns; nobody where one of them is not known.
pub(super) fn concerned(row: &Row, fields: &Value, state: &State) -> Vec<PersonRef> {
    let of = |field: &&str| whose(field, fields.get(*field)?.as_str()?, state);
    row.whose.iter().map(of).collect::<Option<_>>().unwrap_or_default()
}

/// The person whom a field names: whose the thing of that name is, or the pseudonym itself.
fn whose(field: &str, name: &str, state: &State) -> Option<PersonRef> {
    let id = name.as_bytes();
    match field {
        "card" => state.charging.points.cards.get(id)?.subject_ref.clone(),
        "consent_id" => {
            state.registry.registered.consents.get(id).map(|consent| consent.subject_ref.clone())
        }
        "appointment_id" => {
            state.services.appointments.get(id).map(|booked| booked.recipient_ref.clone())
        }
        "case_id" => state.cases.cases.get(id)?.opened.as_ref()?.reporter_ref.clone(),
        "idea_id" => state.programmes.ideas.get(id)?.submitted_by.clone(),
        "booking_id" => state.programmes.bookings.get(id)?.for_ref.clone(),
        _ => PersonRef::new(name).ok(),
    }
}
