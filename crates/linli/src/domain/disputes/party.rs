//! What a dispute is about, who is in it, and the small vocabularies around them.

use serde::{Deserialize, Serialize};

/// What a dispute is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Life next door: noise, smells, animals, parking.
    Neighbourhood,
    /// Damage to a person's things, a scraped car among it.
    Damage,
    /// Houses, rents, common parts, property management.
    Housing,
    /// Within a family, other than status.
    Family,
    /// Who is married, whose child, adopted: no court confirms an agreement about it.
    Status,
    /// Work and wages.
    Labour,
    /// Debts and contracts.
    Contract,
    /// Anything else.
    Other,
}

/// How a dispute came to the committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A party asked for mediation.
    Application,
    /// The committee offered it.
    OwnMotion,
    /// A court passed it on.
    Court,
    /// The police passed it on.
    Police,
}

/// On which side a party stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who claims something.
    Applicant,
    /// Of whom it is claimed.
    Respondent,
    /// A third party.
    Third,
}

/// How somebody tried to reach a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// A note, under a wiper or a door.
    NoteLeft,
    /// A call.
    Call,
    /// A message.
    Message,
    /// A visit.
    Visit,
}

/// Who chose the mediator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// The committee, and the parties accepted.
    Committee,
    /// The parties.
    Parties,
}

/// What a mediator is to a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The party.
    Party,
    /// Who acts for the party.
    Representative,
    /// Of one household.
    SameHousehold,
    /// Kin.
    Kin,
    /// The employer.
    Employer,
    /// The landlord.
    Landlord,
    /// The tenant.
    Tenant,
    /// The creditor.
    Creditor,
    /// Mediator in an earlier dispute of the party.
    EarlierMediator,
    /// A neighbour.
    Neighbour,
}

impl Relation {
    /// Whether it keeps somebody from mediating. A neighbour is not barred: near neighbours beat
    /// distant relatives. An earlier mediator is barred by policy only, whoever disclosed it.
    #[must_use]
    pub fn bars(self) -> bool {
        !matches!(self, Self::Neighbour | Self::EarlierMediator)
    }
}
