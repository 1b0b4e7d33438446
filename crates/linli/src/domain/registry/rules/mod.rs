//! What is allowed at the registry, and what is only recorded.

mod named;
mod reports;
mod requests;

use serde::Serialize;

use super::{Command, Event, State};
use crate::domain::{CommunityId, Decide, Happened, Level, PersonRef, PlaceId, Registered};

/// Why a request at the registry is turned down. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Check the name: nothing of that name is known.
    #[error("there is no {kind} {id}")]
    UnknownEntity {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// Choose another name, or leave it as it is.
    #[error("{kind} {id} exists already")]
    AlreadyExists {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// Take the step that leads to the wanted state first.
    #[error("{id} is {is}, it would have to be {wanted}")]
    WrongState {
        /// Of what.
        id: String,
        /// How it stands.
        is: &'static str,
        /// How it would have to stand.
        wanted: &'static str,
    },
    /// Shorten the names: the path of a community has at most 100 bytes.
    #[error("the path of {community_id} is too long, or its name holds a `/`")]
    NoPath {
        /// Which community.
        community_id: CommunityId,
    },
    /// Name a larger community as the one it lies in.
    #[error("{parent_id} is a {level:?}; only what is smaller lies in it")]
    NotBelow {
        /// The one it would lie in.
        parent_id: CommunityId,
        /// How large that is.
        level: Level,
    },
    /// Name the community of the place that it lies in.
    #[error("it lies in {parent_id}, which is of another community")]
    OtherCommunity {
        /// The place that it lies in.
        parent_id: PlaceId,
    },
    /// Register it outside that grid: a place lies in one.
    #[error("a grid cannot lie in the grid {grid_id}")]
    SecondGrid {
        /// The grid around it.
        grid_id: PlaceId,
    },
    /// Choose a pseudonym: no identity card number is kept, not even as a name.
    #[error("a pseudonym cannot be an identity card number; choose another one")]
    IdentityNumber,
    /// Write a date such as `1990-02-28`.
    #[error("`{field}` is no date; write it as 1990-02-28")]
    NotADate {
        /// The field.
        field: &'static str,
    },
    /// Have a recorded guardian consent, or record the relation first.
    #[error("{person_ref} is no recorded guardian, and cannot consent here")]
    NotGuardian {
        /// Who wanted to.
        person_ref: PersonRef,
    },
    /// Open the keyring: it may be a child, for whom a guardian consents. Where the key was
    /// destroyed, register the person anew.
    #[error(
        "the day of birth of {person_ref} is sealed, and nobody knows here whether it is a \
             child's"
    )]
    AgeUnknown {
        /// Whose.
        person_ref: PersonRef,
    },
    /// Ask for a consent of its own: this one is about sensitive data, or about a child under 14.
    #[error("a consent for `{purpose}` has to be asked for separately")]
    NotSeparate {
        /// For which purpose.
        purpose: String,
    },
    /// Publish a school calendar by `publish_calendar`, any other rule by `publish_rule_set`.
    #[error("`{rule}` is not published by this command")]
    WrongRule {
        /// Which rule.
        rule: &'static str,
    },
}

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    /// The registry asks nobody else, it is what the others ask: but in which community.
    fn decide(
        &self,
        command: Command,
        registered: &Registered,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        self.knows_what_is_named(&command)?;
        let ((at, zone), scope) = (command.head(), registered.within.clone());
        let happened = self.stated(command)?.map(|event| {
            let flags = self.doubts(&event);
            Happened { scope, flags, ..Happened::at(at, zone, event) }
        });
        happened.iter().try_for_each(|happened| self.allows(happened))?;
        Ok(happened.into_iter().collect())
    }
}

fn unknown(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.to_string() }
}

fn exists(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.to_string() }
}
