//! The envelope: what every event carries beside what it says, and what its append states once.

use minicbor::Encoder;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cbor::{Cbor, Taken, Wrong};
use super::field::{Field, Fields, FromField, Out, Written, put_fields};
use crate::domain::{
    Correlation, Event, Flag, Happened, LegalBasis, PersonRef, Precision, Purpose, Scope,
    Timestamp, Zone,
};

/// How a command came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// Through an application.
    #[default]
    App,
    /// At the counter.
    WalkIn,
    /// By telephone.
    Phone,
    /// In the owners' chat group (业主群).
    OwnersGroup,
    /// Through the city's hotline (12345).
    #[serde(rename = "hotline_12345")]
    Hotline12345,
    /// On a paper form, entered later.
    PaperForm,
    /// From a station or a meter.
    Device,
    /// From a file.
    Import,
    /// By a policy of the ledger.
    Policy,
}

/// For whom and why something was asked, as far as that was said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// For whom the actor did it: a guardian's child, a host's guest, who called the office.
    pub on_behalf_of: Option<PersonRef>,
    /// The event that caused it.
    pub causation: Option<Uuid>,
    /// The whole matter that it belongs to.
    pub correlation: Option<Correlation>,
    /// What personal data is processed for. *Personal Information Protection Law (个人信息保护法) 6.*
    pub purpose: Option<Purpose>,
    /// What allows that. *The same law, 13.*
    pub legal_basis: Option<LegalBasis>,
}

/// What all events of an append share, stored once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When the ledger sealed it.
    pub recorded_at: Timestamp,
    /// Who did it, by pseudonym.
    pub actor: String,
    /// How it came in.
    pub channel: Channel,
    /// The zone of its events, where an event states no other.
    pub zone: Zone,
    /// In which community its events happened.
    pub scope: Scope,
    /// For whom and why.
    pub reason: Reason,
}

impl Recorded {
    /// The bytes of an append's metadata.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::new());
        let channel = match self.channel {
            Channel::App => 0_u32,
            Channel::Device => 1,
            Channel::Import => 2,
            Channel::Policy => 3,
            Channel::WalkIn => 4,
            Channel::Phone => 5,
            Channel::OwnersGroup => 6,
            Channel::Hotline12345 => 7,
            Channel::PaperForm => 8,
        };
        let Reason { on_behalf_of, causation, correlation, purpose, legal_basis } = &self.reason;
        let fields: [&dyn Field; 10] = [
            &self.zone,
            &self.recorded_at,
            &self.actor,
            &channel,
            &self.scope,
            on_behalf_of,
            causation,
            correlation,
            purpose,
            legal_basis,
        ];
        put_fields(&fields, &mut out);
        out.into_writer()
    }

    /// What an append's metadata says.
    ///
    /// # Errors
    /// [`super::DecodeError::Malformed`] for bytes that are no metadata of ours.
    pub fn decode(metadata: &[u8]) -> Result<Self, super::DecodeError> {
        let read = || -> Taken<Self> {
            let mut bytes = Cbor(metadata);
            let mut fields = Fields::open(&mut bytes)?;
            let (zone, recorded_at, actor) = (fields.next()?, fields.next()?, fields.next()?);
            let channel = match fields.next::<u32>()? {
                0 => Channel::App,
                1 => Channel::Device,
                2 => Channel::Import,
                3 => Channel::Policy,
                4 => Channel::WalkIn,
                5 => Channel::Phone,
                6 => Channel::OwnersGroup,
                7 => Channel::Hotline12345,
                8 => Channel::PaperForm,
                _ => return Err(Wrong("a channel is not known")),
            };
            let scope = fields.next()?;
            let reason = Reason {
                on_behalf_of: fields.next()?,
                causation: fields.next()?,
                correlation: fields.next()?,
                purpose: fields.next()?,
                legal_basis: fields.next()?,
            };
            fields.close()?;
            Ok(Self { recorded_at, actor, channel, zone, scope, reason })
        };
        read().map_err(|error| super::DecodeError::Malformed {
            kind: "append".to_owned(),
            what: error.0.to_owned(),
        })
    }
}

/// The names of the zone and the scope that an append states; an old one states no scope.
pub(super) fn place_of_append(metadata: &[u8]) -> Taken<(&[u8], &[u8])> {
    let mut bytes = Cbor(metadata);
    let mut fields = Fields::open(&mut bytes)?;
    let zone = fields.text()?.ok_or(Wrong("a field is missing"))?;
    for _ in 0..3 {
        fields.pass_over()?;
    }
    Ok((zone, fields.text()?.unwrap_or_default()))
}

/// An event's own envelope.
pub(super) struct Own {
    pub version: u32,
    pub at: Timestamp,
    pub flags: Vec<Flag>,
    pub zone: Option<Zone>,
    pub precision: Precision,
    pub supersedes: Option<Uuid>,
}

pub(super) fn put(happened: &Happened<Event>, version: u32, zone: Zone) -> Vec<u8> {
    let zone = Some(happened.zone).filter(|own| *own != zone);
    let precision = Some(happened.precision).filter(|known| *known != Precision::Exact);
    let fields: [&dyn Field; 6] =
        [&version, &happened.at, &happened.flags, &zone, &precision, &happened.supersedes];
    let mut out = Encoder::new(Vec::new());
    put_fields(&fields, &mut out);
    out.into_writer()
}

#[inline]
pub(super) fn take(metadata: &[u8]) -> Taken<Own> {
    let mut bytes = Cbor(metadata);
    let mut fields = Fields::open(&mut bytes)?;
    let own = Own {
        version: fields.next()?,
        at: fields.next()?,
        flags: fields.next()?,
        zone: fields.next()?,
        precision: fields.next::<Option<Precision>>()?.unwrap_or_default(),
        supersedes: fields.next()?,
    };
    fields.close()?;
    Ok(own)
}

impl Field for Uuid {
    fn put(&self, out: &mut Out) {
        out.bytes(self.as_bytes()).map(drop).written();
    }
}

impl FromField for Uuid {
    #[inline]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        Self::from_slice(bytes.bytes()?).map_err(|_| Wrong("an id has not 16 bytes"))
    }
}
