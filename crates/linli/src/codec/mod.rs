//! Events to bytes and back: the only place that knows the wire format.
//!
//! An event is CBOR (RFC 8949), an array of its fields in the order of its context's table
//! (`codec/charging.rs`, `codec/disputes.rs`); empty fields at the end are left out, and a reader
//! passes over fields that a later writer added behind them. The bare type names the table's line,
//! the envelope carries the version; older versions are read and lifted (`codec/upcast.rs`), newer
//! ones are refused.
//! Released bytes never change: `tests/golden/` holds one file for each type and version.

mod cbor;
mod envelope;
mod field;
mod plain;
mod upcast;
mod wire;

#[cfg(test)]
pub(crate) mod tests;

pub use envelope::{Channel, Reason, Recorded};
pub use plain::{Plain, PlainReader, Told};

use minicbor::Encoder;

use cbor::{Cbor, Wrong};

use crate::domain::{Event, Happened, Scope, Zone};
use crate::journal;

macro_rules! tables {
    ($($Context:ident $context:ident;)*) => {
        $(mod $context;)*

        /// Every event type with the version that is written, context by context.
        pub const KINDS: &[&[(&str, u32)]] = &[$($context::KINDS,)*];

        /// The context that an event type is of, by the name of its folder.
        #[must_use]
        pub fn context(kind: &str) -> Option<&'static str> {
            $(if $context::version(kind).is_some() {
                return Some(stringify!($context));
            })*
            None
        }

        fn put(event: &Event, out: &mut field::Out) -> (&'static str, u32) {
            match event { $(Event::$Context(event) => $context::put(event, out),)* }
        }

        /// The type of an event, and the version in which it is written.
        #[must_use]
        pub fn kind(event: &Event) -> (&'static str, u32) {
            match event { $(Event::$Context(event) => $context::kind(event),)* }
        }

        /// The wire table that has a type.
        #[derive(Clone, Copy)]
        enum Table { $($Context,)* }

        impl Table {
            /// The table, and the version that is written.
            fn of(kind: &str) -> Option<(Self, u32)> {
                $(if let Some(version) = $context::version(kind) {
                    return Some((Self::$Context, version));
                })*
                None
            }

            fn take(self, kind: &str, payload: &mut Cbor<'_>) -> cbor::Taken<Event> {
                match self {
                    $(Self::$Context => $context::take(kind, payload).map(Event::$Context),)*
                }
            }
        }
    };
}

tables! {
    Charging charging;
    Disputes disputes;
    Services services;
    Cases cases;
    Volunteering volunteering;
    Programmes programmes;
    Policies policies;
    Registry registry;
}

/// Why the bytes of an event cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The journal was written by a later Linli, or by another program.
    #[error(
        "the event type `{kind}` is unknown: a newer Linli wrote it and reads it, or it is one of \
         your own, which wants a journal of its own"
    )]
    UnknownKind {
        /// The bare type.
        kind: String,
    },
    /// The journal was written by a later Linli.
    #[error("`{kind}` has version {version}, this Linli reads up to {known}; use a newer one")]
    NewerVersion {
        /// The bare type.
        kind: String,
        /// The version found.
        version: u32,
        /// The newest version that can be read.
        known: u32,
    },
    /// The bytes are not what this type is made of.
    #[error("`{kind}` cannot be read: {what}")]
    Malformed {
        /// The bare type.
        kind: String,
        /// What is wrong.
        what: String,
    },
}

/// The bytes of an event. `zone` is the one its append states; another one is stored with it.
#[must_use]
pub fn encode(happened: &Happened<Event>, zone: Zone) -> journal::Event {
    let mut payload = Encoder::new(Vec::new());
    let (kind, version) = put(&happened.event, &mut payload);
    let tags = happened.event.tags(happened.zone).into_iter().collect();
    let metadata = envelope::put(happened, version, zone);
    journal::Event {
        id: None,
        event_type: kind.to_owned(),
        tags,
        metadata,
        payload: payload.into_writer(),
    }
}

/// The event that the bytes of `view` say.
///
/// # Errors
/// [`DecodeError`] for a type or version that this Linli does not know, or for bytes that are not
/// an event of that type.
pub fn decode(view: &journal::EventView<'_>) -> Result<Happened<Event>, DecodeError> {
    Reader::default().decode(view)
}

/// Reads one event after the other. A zone is looked up when it changes.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    zone: Option<Zone>,
    scope: Scope,
}

impl Reader {
    /// As [`decode`].
    ///
    /// # Errors
    /// As [`decode`].
    pub fn decode(
        &mut self,
        view: &journal::EventView<'_>,
    ) -> Result<Happened<Event>, DecodeError> {
        let kind = view.event_type;
        let malformed = |Wrong(what): Wrong| DecodeError::Malformed {
            kind: kind.to_owned(),
            what: what.to_owned(),
        };
        // The type first: bytes of another program are not even an envelope of ours.
        let (table, known) =
            Table::of(kind).ok_or_else(|| DecodeError::UnknownKind { kind: kind.to_owned() })?;
        let own = envelope::take(view.metadata).map_err(malformed)?;
        let version = own.version;
        if version > known {
            return Err(DecodeError::NewerVersion { kind: kind.to_owned(), version, known });
        }
        let (zone, scope) = self.place_of_append(view, own.zone).map_err(malformed)?;
        let mut payload = Cbor(view.payload);
        let event = match version {
            version if version == known => table.take(kind, &mut payload),
            version => upcast::take(kind, version, &mut payload),
        };
        Ok(Happened {
            at: own.at,
            zone,
            scope,
            precision: own.precision,
            flags: own.flags,
            supersedes: own.supersedes,
            event: event.map_err(malformed)?,
        })
    }

    /// The zone of an event, its own where it states one, and the scope of its append.
    fn place_of_append(
        &mut self,
        view: &journal::EventView<'_>,
        own: Option<Zone>,
    ) -> cbor::Taken<(Zone, Scope)> {
        if let (Some(zone), true) = (own, view.append_metadata.is_empty()) {
            return Ok((zone, Scope::default()));
        }
        let (name, scope) = envelope::place_of_append(view.append_metadata)?;
        let zone = match (own, self.zone) {
            (Some(zone), _) => zone,
            (None, Some(zone)) if zone.name().as_bytes() == name => zone,
            (None, _) => {
                let zone = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok());
                *self.zone.insert(zone.ok_or(Wrong("a time zone is not known"))?)
            }
        };
        if self.scope.as_str().as_bytes() != scope {
            let scope = std::str::from_utf8(scope).ok().and_then(|scope| Scope::new(scope).ok());
            self.scope = scope.ok_or(Wrong("a scope is not valid"))?;
        }
        Ok((zone, self.scope.clone()))
    }
}

/// The version in which an event was written.
///
/// # Errors
/// [`DecodeError::UnknownKind`] for a type, [`DecodeError::Malformed`] for metadata that is not
/// ours.
pub fn version(view: &journal::EventView<'_>) -> Result<u32, DecodeError> {
    let kind = || view.event_type.to_owned();
    if Table::of(view.event_type).is_none() {
        return Err(DecodeError::UnknownKind { kind: kind() });
    }
    let own = envelope::take(view.metadata)
        .map_err(|Wrong(what)| DecodeError::Malformed { kind: kind(), what: what.to_owned() })?;
    Ok(own.version)
}
