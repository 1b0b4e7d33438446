//! What a station tells of a session.

use serde::{Deserialize, Serialize};

/// As much of an event as bills need.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// It starts.
    Started {
        /// By whom it is paid.
        card: &'a [u8],
        /// The register, in watt-hours.
        register_wh: i64,
    },
    /// The meter was read.
    Sampled {
        /// The register, in watt-hours.
        register_wh: i64,
    },
    /// It ends.
    Ended {
        /// The register, in watt-hours.
        register_wh: i64,
    },
}

/// An event as other stores are given it, a line of JSON each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event<'a> {
    /// Which of the three it is.
    pub kind: Kind,
    /// When it happened, in microseconds since 1970.
    pub at_us: i64,
    /// The session's key.
    pub session: &'a str,
    /// The register, in watt-hours.
    pub register_wh: i64,
    /// Where it charges; not with a sample.
    pub connector: Option<&'a str>,
    /// By whom it is paid; not with a sample.
    pub card: Option<&'a str>,
    /// The power in watts, with a sample.
    pub power_w: Option<i64>,
}

/// The events that a session is billed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are the domain's")]
pub enum Kind {
    SessionStarted,
    MeterSampled,
    SessionEnded,
}

impl<'a> Event<'a> {
    /// What bills need of it; `None` for a start without a card.
    pub fn told(&self) -> Option<Told<'a>> {
        let register_wh = self.register_wh;
        Some(match self.kind {
            Kind::SessionStarted => Told::Started { card: self.card?.as_bytes(), register_wh },
            Kind::MeterSampled => Told::Sampled { register_wh },
            Kind::SessionEnded => Told::Ended { register_wh },
        })
    }

    /// The tags that the journal gives it.
    pub fn tags(&self) -> Vec<String> {
        let of = |context: &str, name: Option<&str>| name.map(|name| format!("{context}:{name}"));
        let session = of("charging", Some(self.session));
        let tags = [of("card", self.card), session, of("connector", self.connector)];
        tags.into_iter().flatten().collect()
    }
}

impl Kind {
    /// Its name in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionStarted => "SessionStarted",
            Self::MeterSampled => "MeterSampled",
            Self::SessionEnded => "SessionEnded",
        }
    }
}
