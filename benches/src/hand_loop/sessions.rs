//! Sessions folded from events, billed as they go along, added up by card and month.

use std::collections::HashMap;

use super::cbor::Fields;
use super::price::{Banded, flat_fen, month_of};
use super::record::Kind;
use crate::bills::{Group, Groups};

/// All sessions of a journal so far.
#[derive(Default)]
pub(super) struct Sessions {
    open: HashMap<Box<[u8]>, Session>,
    /// Cards by name, so that a session and a group hold a number.
    cards: HashMap<Box<[u8]>, usize>,
    groups: HashMap<(usize, i64), Sums>,
    events: u64,
}

struct Session {
    card: usize,
    month: i64,
    at_us: i64,
    first_wh: i64,
    register_wh: i64,
    banded: Banded,
}

/// The bills of one card and month.
#[derive(Default)]
struct Sums {
    sessions: u64,
    energy_wh: i64,
    flat_fen: i64,
    banded_fen: i64,
}

impl Sessions {
    /// Takes an event in; `None` for one that this journal cannot have.
    #[inline]
    pub(super) fn take(&mut self, kind: Kind, envelope: &[u8], payload: &[u8]) -> Option<()> {
        self.events += 1;
        let mut envelope = Fields::of(envelope)?;
        let _version = envelope.integer()?;
        let at_us = envelope.integer()?;
        let mut fields = Fields::of(payload)?;
        let session = fields.text()?;
        match kind {
            Kind::Started => {
                let _connector = fields.text()?;
                let card = self.card(fields.text()?);
                let register_wh = fields.integer()?;
                let (month, first_wh, banded) = (month_of(at_us), register_wh, Banded::default());
                let begun = Session { card, month, at_us, first_wh, register_wh, banded };
                self.open.insert(session.into(), begun);
            }
            Kind::Sampled => self.open.get_mut(session)?.read(at_us, fields.integer()?),
            Kind::Ended => {
                let (_connector, _card) = (fields.text()?, fields.text()?);
                let mut ended = self.open.remove(session)?;
                ended.read(at_us, fields.integer()?);
                self.bill(&ended)?;
            }
            Kind::Other => return None,
        }
        Some(())
    }

    pub(super) fn events(&self) -> u64 {
        self.events
    }

    /// The sums under the flat tariff and the one of three bands.
    pub(super) fn groups(&self) -> [Groups; 2] {
        let cards: HashMap<usize, &[u8]> =
            self.cards.iter().map(|(name, number)| (*number, &**name)).collect();
        let mut tariffs = [Groups::new(), Groups::new()];
        for ((card, month), sums) in &self.groups {
            let card = cards.get(card).copied().unwrap_or_default();
            let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
            let name = format!("{} {year:04}-{month:02}", String::from_utf8_lossy(card));
            for (groups, fen) in tariffs.iter_mut().zip([sums.flat_fen, sums.banded_fen]) {
                let (sessions, energy_wh) = (sums.sessions, sums.energy_wh);
                groups.insert(name.clone(), Group { sessions, energy_wh, fen });
            }
        }
        tariffs
    }

    fn card(&mut self, name: &[u8]) -> usize {
        if let Some(number) = self.cards.get(name) {
            return *number;
        }
        let number = self.cards.len();
        self.cards.insert(name.into(), number);
        number
    }

    fn bill(&mut self, session: &Session) -> Option<()> {
        let energy_wh = session.register_wh - session.first_wh;
        let sums = self.groups.entry((session.card, session.month)).or_default();
        sums.sessions += 1;
        sums.energy_wh += energy_wh;
        sums.flat_fen += flat_fen(energy_wh);
        sums.banded_fen += session.banded.fen()?;
        Some(())
    }
}

impl Session {
    #[inline]
    fn read(&mut self, at_us: i64, register_wh: i64) {
        self.banded.take(self.at_us, at_us, register_wh - self.register_wh);
        self.at_us = at_us;
        self.register_wh = register_wh;
    }
}
