//! The limits of the contract, the same on every store, checked before anything is copied.

use super::{Append, Event, Query};

/// The limits of an append, an event, a query and a page.
#[derive(Clone, Copy, Debug)]
pub struct Limit;

impl Limit {
    /// Events in one append.
    pub const EVENTS: usize = 1_000;
    /// Bytes of one append: types, tags, metadata and payloads together.
    pub const APPEND_BYTES: usize = 960 * 1024;
    /// Tags of one event.
    pub const TAGS: usize = 256;
    /// Bytes of one tag.
    pub const TAG_BYTES: usize = 128;
    /// Bytes of one type, and of the name of an upstream source.
    pub const TYPE_BYTES: usize = 128;
    /// Conditions of one append.
    pub const CONDITIONS: usize = 64;
    /// Items of one query, and types or tags of one item.
    pub const QUERY_ITEMS: usize = 256;
    /// Appends in one group.
    pub const GROUP: usize = 4_096;
    /// Events of one page, whatever limit was asked for.
    pub const PAGE_EVENTS: usize = 8_192;
    /// Bytes after which a page takes no further append in.
    pub const PAGE_BYTES: usize = 4 * 1024 * 1024;
}

/// What is beyond a limit of the contract. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitExceeded {
    /// Split the append.
    #[error("an append has {events} events, at most {} are allowed; split it", Limit::EVENTS)]
    Events {
        /// How many it has.
        events: usize,
    },
    /// Split the append, or keep large content elsewhere and append its hash.
    #[error("an append has {bytes} bytes, at most {} are allowed; split it", Limit::APPEND_BYTES)]
    AppendBytes {
        /// How many it has.
        bytes: usize,
    },
    /// Split the group.
    #[error("a group has {appends} appends, at most {} are allowed; split it", Limit::GROUP)]
    Group {
        /// How many it has.
        appends: usize,
    },
    /// Split the event.
    #[error("event {event} of the append has {tags} tags, at most {} are allowed", Limit::TAGS)]
    Tags {
        /// Index in the append, from 0.
        event: usize,
        /// How many it has.
        tags: usize,
    },
    /// Shorten the tag.
    #[error("a tag of event {event} has {bytes} bytes; 1 to {} are allowed", Limit::TAG_BYTES)]
    TagBytes {
        /// Index in the append, from 0.
        event: usize,
        /// How many the tag has.
        bytes: usize,
    },
    /// Name the type, or shorten its name.
    #[error("the type of event {event} has {bytes} bytes; 1 to {} are allowed", Limit::TYPE_BYTES)]
    TypeBytes {
        /// Index in the append, from 0.
        event: usize,
        /// How many the type has.
        bytes: usize,
    },
    /// Join the conditions into fewer queries.
    #[error("an append has {conditions} conditions, at most {} are allowed", Limit::CONDITIONS)]
    Conditions {
        /// How many it has.
        conditions: usize,
    },
    /// Split the query.
    #[error(
        "a query has {items} items, types or tags in one place, at most {} are allowed",
        Limit::QUERY_ITEMS
    )]
    QueryItems {
        /// How many there are.
        items: usize,
    },
    /// Name the source, or shorten its name.
    #[error(
        "the name of an upstream source has {bytes} bytes; 1 to {} are allowed",
        Limit::TYPE_BYTES
    )]
    SourceBytes {
        /// How many it has.
        bytes: usize,
    },
}

impl Append {
    /// How many bytes [`Limit::APPEND_BYTES`] counts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of_event = |event: &Event| {
            let tags: usize = event.tags.iter().map(str::len).sum();
            [event.event_type.len(), tags, event.metadata.len(), event.payload.len()]
                .iter()
                .fold(0_usize, |sum, part| sum.saturating_add(*part))
        };
        let events = self.events.iter().map(of_event);
        events.fold(self.metadata.len(), usize::saturating_add)
    }

    /// Checks the append against the limits of the contract. Every store asks this first.
    ///
    /// # Errors
    /// The first limit that is exceeded.
    pub fn check_limits(&self) -> Result<(), LimitExceeded> {
        if self.events.len() > Limit::EVENTS {
            return Err(LimitExceeded::Events { events: self.events.len() });
        }
        let mut bytes = self.metadata.len();
        for (index, event) in self.events.iter().enumerate() {
            let own = event_bytes(index, &event.event_type, event.tags.iter())?;
            let (metadata, payload) = (event.metadata.len(), event.payload.len());
            bytes = bytes.saturating_add(own).saturating_add(metadata).saturating_add(payload);
        }
        if bytes > Limit::APPEND_BYTES {
            return Err(LimitExceeded::AppendBytes { bytes });
        }
        if self.conditions.len() > Limit::CONDITIONS {
            return Err(LimitExceeded::Conditions { conditions: self.conditions.len() });
        }
        for condition in &self.conditions {
            condition.fail_if_events_match.check_limits()?;
        }
        self.checkpoint.as_ref().map_or(Ok(()), |held| check_source(&held.source))
    }
}

/// The bytes of a type and of tags, if they are within the limits.
pub(super) fn event_bytes<'t>(
    event: usize,
    event_type: &str,
    tags: impl Iterator<Item = &'t str>,
) -> Result<usize, LimitExceeded> {
    if event_type.is_empty() || event_type.len() > Limit::TYPE_BYTES {
        return Err(LimitExceeded::TypeBytes { event, bytes: event_type.len() });
    }
    let (mut count, mut bytes, mut outside) = (0_usize, event_type.len(), None);
    for tag in tags {
        count = count.saturating_add(1);
        bytes = bytes.saturating_add(tag.len());
        if tag.is_empty() || tag.len() > Limit::TAG_BYTES {
            outside = outside.or(Some(tag.len()));
        }
    }
    if count > Limit::TAGS {
        return Err(LimitExceeded::Tags { event, tags: count });
    }
    outside.map_or(Ok(bytes), |bytes| Err(LimitExceeded::TagBytes { event, bytes }))
}

/// Whether the name of an upstream source is within the limits.
pub(super) fn check_source(source: &str) -> Result<(), LimitExceeded> {
    match source.len() {
        1..=Limit::TYPE_BYTES => Ok(()),
        bytes => Err(LimitExceeded::SourceBytes { bytes }),
    }
}

impl Query {
    /// Checks the query against the limits of the contract.
    ///
    /// # Errors
    /// [`LimitExceeded::QueryItems`].
    pub fn check_limits(&self) -> Result<(), LimitExceeded> {
        let widest = self
            .items
            .iter()
            .flat_map(|item| [item.types.len(), item.tags.len()])
            .fold(self.items.len(), usize::max);
        if widest > Limit::QUERY_ITEMS {
            return Err(LimitExceeded::QueryItems { items: widest });
        }
        Ok(())
    }
}
