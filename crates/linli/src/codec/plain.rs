//! Plain events, read where they lie: nearly all events of a journal are a start, a meter sample or
//! an end with nothing remarkable about it, and a replay reads them all.

use super::cbor::{Cbor, Taken, Wrong};
use super::envelope;
use super::field::Fields;
use crate::domain::charging::Reading;
use crate::domain::{Scope, Timestamp, WattHours, Watts, Zone, is_name};
use crate::journal::Page;

/// What a station told of a session, at an exactly known moment in the zone of its append, without
/// a flag, replacing nothing. The names that are given are not checked: one that is known has been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain<'a> {
    /// When it happened.
    pub at: Timestamp,
    /// The zone of its append.
    pub zone: Zone,
    /// The session's key as it lies there.
    pub session: &'a [u8],
    /// What was told.
    pub told: Told<'a>,
}

/// What a plain event tells of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// A `MeterSampled`.
    Sample {
        /// What the meter showed.
        reading: Reading,
        /// The power at that moment.
        power: Option<Watts>,
    },
    /// A `SessionStarted`.
    Start {
        /// The connector as it lies there.
        connector: Option<&'a [u8]>,
        /// The card as it lies there.
        card: Option<&'a [u8]>,
        /// The register, in whole watt-hours.
        register: Option<WattHours>,
        /// Whether it was asked for and let in.
        admitted: bool,
    },
    /// A `SessionEnded`; by which card and at which connector is passed over.
    End {
        /// The last reading.
        reading: Option<Reading>,
        /// How long the source says it took.
        stated_seconds: Option<i64>,
        /// How long of that it charged.
        charging_seconds: Option<i64>,
    },
}

/// Reads the plain events of a page.
#[derive(Clone, Debug)]
pub struct PlainReader<'p> {
    page: &'p Page,
    /// The numbers that these types have in the page.
    sample: Option<u32>,
    start: Option<u32>,
    end: Option<u32>,
    /// The append whose zone was looked up last, the names of zone and scope that it gives, and
    /// the zone.
    append: Option<u32>,
    zone: Option<(Names<'p>, Zone)>,
}

/// The names of a zone and of a scope, as they stand.
type Names<'p> = (&'p [u8], &'p [u8]);

impl<'p> PlainReader<'p> {
    /// A reader of a page: each type is looked up once.
    #[must_use]
    pub fn of(page: &'p Page) -> Self {
        let number = |kind| page.types().number(kind);
        let (sample, start) = (number("MeterSampled"), number("SessionStarted"));
        Self { page, sample, start, end: number("SessionEnded"), append: None, zone: None }
    }

    /// The event at `index`, if it is plain. If not, [`super::decode`] says what it is; if it is,
    /// that gives the same, provided that its names are some.
    #[must_use]
    #[inline]
    pub fn event(&mut self, index: usize) -> Option<Plain<'p>> {
        // An envelope of two fields: version 1, and the instant in eight bytes.
        let [0x82, 1, 0x1b, at @ ..] = self.page.metadata().get(index)? else { return None };
        let at = u64::from_be_bytes(at.try_into().ok()?);
        let at = Timestamp(i64::try_from(at).ok()?);
        let kind = Some(*self.page.type_of().get(index)?);
        let payload = &mut Cbor(self.page.payload().get(index)?);
        let read = if kind == self.sample {
            sample(payload)
        } else if kind == self.start {
            start(payload)
        } else if kind == self.end {
            end(payload)
        } else {
            return None;
        };
        let (session, told) = read.ok()?;
        Some(Plain { at, zone: self.zone_of(index)?, session, told })
    }

    /// The zone that the append of an event states; looked up when another append begins, and its
    /// name when another one is given.
    #[inline]
    fn zone_of(&mut self, index: usize) -> Option<Zone> {
        let append = *self.page.append_of().get(index)?;
        if self.append != Some(append) {
            let names = envelope::place_of_append(self.page.append_metadata(index)?).ok()?;
            if self.zone.is_none_or(|(known, _)| !is_same(known, names)) {
                let zone = std::str::from_utf8(names.0).ok()?.parse().ok()?;
                Scope::new(std::str::from_utf8(names.1).ok()?).ok()?;
                self.zone = Some((names, zone));
            }
            self.append = Some(append);
        }
        self.zone.map(|(_, zone)| zone)
    }
}

/// Whether both name the same. Most scopes are empty, and two empty runs are not handed to
/// `memcmp`: they begin nowhere, and on some processors a masked load from there takes 140 ns.
#[inline]
fn is_same(one: Names<'_>, other: Names<'_>) -> bool {
    let is_same =
        |one: &[u8], other: &[u8]| one.len() == other.len() && (one.is_empty() || one == other);
    is_same(one.0, other.0) && is_same(one.1, other.1)
}

type Read<'a> = Taken<(&'a [u8], Told<'a>)>;

const NO_SESSION: Wrong = Wrong("it names no session");

#[inline(always)]
fn sample<'a>(payload: &mut Cbor<'a>) -> Read<'a> {
    let mut fields = Fields::open(payload)?;
    let session = fields.text()?.ok_or(NO_SESSION)?;
    let (reading, power) = (fields.next()?, fields.next()?);
    fields.close()?;
    Ok((session, Told::Sample { reading, power }))
}

fn start<'a>(payload: &mut Cbor<'a>) -> Read<'a> {
    let mut fields = Fields::open(payload)?;
    let session = fields.text()?.ok_or(NO_SESSION)?;
    let (connector, card) = (fields.text()?, fields.text()?);
    let (register, admitted) = (fields.next()?, fields.next()?);
    fields.close()?;
    Ok((session, Told::Start { connector, card, register, admitted }))
}

fn end<'a>(payload: &mut Cbor<'a>) -> Read<'a> {
    let mut fields = Fields::open(payload)?;
    let session = fields.text()?.ok_or(NO_SESSION)?;
    let (connector, card) = (fields.text()?, fields.text()?);
    let reading = fields.next()?;
    let (stated_seconds, charging_seconds) = (fields.next()?, fields.next()?);
    let reason = fields.text()?;
    fields.close()?;
    let are_names = connector.is_none_or(is_name) && card.is_none_or(is_name);
    if !are_names || reason.is_some_and(|reason| std::str::from_utf8(reason).is_err()) {
        return Err(Wrong("what is passed over cannot be read"));
    }
    Ok((session, Told::End { reading, stated_seconds, charging_seconds }))
}
