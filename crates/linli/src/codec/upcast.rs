//! Versions that are no longer written, lifted to the one that is.

use super::cbor::{Cbor, Taken, Wrong};
use super::field::Fields;
use crate::domain::{CardId, Event, PersonRef, charging};

/// Reads an event of an older version.
pub(super) fn take(kind: &str, version: u32, bytes: &mut Cbor<'_>) -> Taken<Event> {
    match (kind, version) {
        ("CardIssued", 1) => card_issued_1(bytes),
        _ => Err(Wrong("a version that was never written")),
    }
}

/// Version 1 had no holder: `[card, class]`. The card was its own pseudonym, and stays so.
fn card_issued_1(bytes: &mut Cbor<'_>) -> Taken<Event> {
    let mut fields = Fields::open(bytes)?;
    let (card, class): (CardId, Option<String>) = (fields.next()?, fields.next()?);
    fields.close()?;
    let subject_ref =
        PersonRef::new(card.as_str()).map_err(|_| Wrong("a card's name is no pseudonym"))?;
    Ok(Event::Charging(charging::Event::CardIssued { card, subject_ref, class }))
}
