//! Names of things, checked once into a type: a name that exists can stand in a tag.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The longest name in bytes, so that a tag (`connector:NAME`) keeps within 128.
const MAX_NAME_BYTES: usize = 100;

/// A text that cannot be a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidName {
    /// Give it at least one character.
    #[error("a name is empty")]
    Empty,
    /// Shorten it to 100 bytes.
    #[error("the name `{start}...` has {bytes} bytes, at most {MAX_NAME_BYTES} are allowed")]
    TooLong {
        /// Its first characters.
        start: String,
        /// How many bytes it has.
        bytes: usize,
    },
    /// Take the control character out.
    #[error("the name {name:?} has a control character")]
    ControlCharacter {
        /// The name.
        name: String,
    },
    /// Write a session's key as `SOURCE:source-id`.
    #[error("`{key}` is no session key; write SOURCE:source-id, such as trondheim:17")]
    NoSource {
        /// The key as given.
        key: String,
    },
}

fn checked(name: &str) -> Result<&str, InvalidName> {
    if name.is_empty() {
        return Err(InvalidName::Empty);
    }
    if name.len() > MAX_NAME_BYTES {
        let start = name.chars().take(24).collect();
        return Err(InvalidName::TooLong { start, bytes: name.len() });
    }
    if !name.bytes().all(is_printable) && name.chars().any(char::is_control) {
        return Err(InvalidName::ControlCharacter { name: name.to_owned() });
    }
    Ok(name)
}

/// Whether bytes can be a name.
pub(crate) fn is_name(bytes: &[u8]) -> bool {
    // Not `all`: a name is short, and soonest looked at without a way out for each byte.
    let is_printed = bytes.iter().fold(true, |so_far, byte| so_far & is_printable(*byte));
    let is_plain = (1..=MAX_NAME_BYTES).contains(&bytes.len()) && is_printed;
    is_plain || std::str::from_utf8(bytes).is_ok_and(|text| checked(text).is_ok())
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(SmolStr);

        impl $name {
            /// Checks a text into a name.
            ///
            /// # Errors
            /// [`InvalidName`], which says what to change.
            pub fn new(name: &str) -> Result<Self, InvalidName> {
                let check: fn(&str) -> Result<&str, InvalidName> = $check;
                check(name).map(|name| Self(name.into()))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        // A name is equal to, ordered and hashed as the bytes of its text, so that a table of names
        // is asked for bytes that nobody has checked yet.
        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.as_bytes().hash(state);
            }
        }

        impl Borrow<[u8]> for $name {
            fn borrow(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(name: &str) -> Result<Self, InvalidName> {
                Self::new(name)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(name: String) -> Result<Self, InvalidName> {
                Self::new(&name)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    )*};
}

names! {
    /// A charging card, as its issuer numbers it.
    CardId, checked;
    /// One connector of a charging point.
    ConnectorId, checked;
    /// A performance, a show, a rehearsal of a troupe.
    ActivityId, checked;
    /// An appointment at a clinic.
    AppointmentId, checked;
    /// An authority, a committee, a team: whoever acts as a body.
    BodyId, checked;
    /// A room that is booked.
    BookingId, checked;
    /// A case that a hazard, a nuisance or a request opened.
    CaseId, checked;
    /// A certificate of volunteer hours, as it is numbered.
    CertificateNo, checked;
    /// One meeting of a class.
    ClassId, checked;
    /// A session of a clinic: a place, a day, its hours.
    ClinicSessionId, checked;
    /// A community, a sub-district, a station.
    CommunityId, checked;
    /// A consent that was given.
    ConsentId, checked;
    /// A matter that a policy follows, by the name of the case, shift, idea it is about.
    Correlation, checked;
    /// A dispute in mediation.
    DisputeId, checked;
    /// A dose that was given.
    DoseId, checked;
    /// A group of a troupe.
    GroupId, checked;
    /// A visit to a home to vaccinate.
    HomeVisitId, checked;
    /// An idea that somebody submitted.
    IdeaId, checked;
    /// Something that was tried against a nuisance.
    InterventionId, checked;
    /// A lot of vaccine, as its maker numbers it.
    LotNo, checked;
    /// What a community may process data for: a law, a contract, a consent, as it is cited.
    LegalBasis, checked;
    /// One thing that a party to an agreement owes another.
    ObligationId, checked;
    /// A party of a dispute, resident or not, known by name or not.
    PartyId, checked;
    /// A place: a building, an entrance, a room.
    PlaceId, checked;
    /// A person by pseudonym.
    PersonRef, checked;
    /// A vaccine product by its code.
    ProductCode, checked;
    /// A programme of classes for children.
    ProgrammeId, checked;
    /// A project of volunteers.
    ProjectId, checked;
    /// What personal data is processed for, as consents name it.
    Purpose, checked;
    /// A vaccination series: what the doses of one course count towards.
    SeriesId, checked;
    /// A shift of volunteers.
    ShiftId, checked;
    /// A survey.
    SurveyId, checked;
    /// A tariff over all its versions.
    TariffId, checked;
    /// A team of volunteers.
    TeamId, checked;
    /// An art troupe.
    TroupeId, checked;
    /// A delegation's visit.
    VisitId, checked;
    /// A volunteer, as the team numbers them; never an identity number.
    VolunteerNo, checked;
    /// A charging session: `SOURCE:source-id`.
    SessionKey, |key| match names_source(key) {
        true => checked(key),
        false => Err(InvalidName::NoSource { key: key.chars().take(48).collect() }),
    };
}

fn names_source(key: &str) -> bool {
    let colon = key.bytes().position(|byte| byte == b':');
    colon.is_some_and(|colon| colon > 0 && colon < key.len().saturating_sub(1))
}

impl SessionKey {
    /// Whether a text is such a key.
    pub(crate) fn is_one(key: &str) -> bool {
        names_source(key) && is_name(key.as_bytes())
    }

    /// The key of the session that `source` calls `id`.
    ///
    /// # Errors
    /// [`InvalidName`] where a part is empty, both are too long, or one has a control character.
    pub fn of(source: &str, id: &str) -> Result<Self, InvalidName> {
        Self::new(&format!("{source}:{id}"))
    }
}
