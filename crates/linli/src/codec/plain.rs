//! Plain events, read where they lie: nearly all events of a journal are a start, a meter sample or
//! an end with nothing remarkable about it, and a replay reads them all.

use super::cbor::{Cbor, Taken};
use super::field::Fields;
use crate::domain::charging::Reading;
use crate::domain::{Timestamp, WattHours, Watts};
use crate::journal::Page;

/// What a station told of a session, at an exactly known moment in the zone of its append, without
/// a flag, replacing nothing. Names are not checked: one that is known has been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain<'a> {
    /// When it happened.
    pub at: Timestamp,
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
}

impl<'p> PlainReader<'p> {
    /// A reader of a page: each type is looked up once.
    #[must_use]
    pub fn of(page: &'p Page) -> Self {
        let number = |kind| page.types().number(kind);
        let (sample, start) = (number("MeterSampled"), number("SessionStarted"));
        Self { page, sample, start, end: number("SessionEnded") }
    }

    /// The event at `index`, if it is plain. If not, [`super::decode`] says what it is; if it is,
    /// that gives the same.
    #[must_use]
    #[inline]
    pub fn event(&self, index: usize) -> Option<Plain<'p>> {
        // An envelope of two fields: version 1, and the instant in eight bytes.
        let [0x82, 1, 0x1b, at @ ..] = self.page.metadata().get(index)? else { return None };
        let at = Timestamp(i64::from_be_bytes(at.try_into().ok()?));
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
        Some(Plain { at, session, told })
    }
}

type Read<'a> = Taken<(&'a [u8], Told<'a>)>;

#[inline(always)]
fn sample<'a>(payload: &mut Cbor<'a>) -> Read<'a> {
    let left = payload.array()?;
    let session = payload.text()?;
    let mut fields = Fields::of(payload, left.saturating_sub(1));
    let (reading, power) = (fields.next()?, fields.next()?);
    fields.close()?;
    Ok((session, Told::Sample { reading, power }))
}

fn start<'a>(payload: &mut Cbor<'a>) -> Read<'a> {
    let left = payload.array()?;
    let session = payload.text()?;
    let mut fields = Fields::of(payload, left.saturating_sub(1));
    let (connector, card) = (fields.text()?, fields.text()?);
    let register = fields.next()?;
    fields.close()?;
    Ok((session, Told::Start { connector, card, register }))
}

fn end<'a>(payload: &mut Cbor<'a>) -> Read<'a> {
    let left = payload.array()?;
    let session = payload.text()?;
    let mut fields = Fields::of(payload, left.saturating_sub(1));
    fields.text()?;
    fields.text()?;
    let reading = fields.next()?;
    let (stated_seconds, charging_seconds) = (fields.next()?, fields.next()?);
    fields.close()?;
    Ok((session, Told::End { reading, stated_seconds, charging_seconds }))
}
