//! Sessions folded from events, billed as they go along, added up by card and month.

use std::collections::HashMap;

use crate::price::{Banded, flat_fen, month_of};
use crate::{Event, Group, Groups, Told};

/// All sessions of a journal so far.
#[derive(Debug, Default)]
pub struct Sessions {
    open: HashMap<Box<[u8]>, Session>,
    /// Cards by name, so that a session and a group hold a number.
    cards: HashMap<Box<[u8]>, usize>,
    groups: HashMap<(usize, i64), Sums>,
    events: u64,
}

#[derive(Debug)]
struct Session {
    card: usize,
    month: i64,
    at_us: i64,
    first_wh: i64,
    register_wh: i64,
    banded: Banded,
}

/// The bills of one card and month.
#[derive(Debug, Default)]
struct Sums {
    sessions: u64,
    energy_wh: i64,
    flat_fen: i64,
    banded_fen: i64,
}

impl Sessions {
    /// Takes in what was told of a session at a moment, in microseconds since 1970; `None` where it
    /// was told of no session that is open.
    #[inline]
    pub fn take(&mut self, at_us: i64, session: &[u8], told: Told<'_>) -> Option<()> {
        self.events += 1;
        match told {
            Told::Started { card, register_wh } => {
                let card = self.card(card);
                let (month, first_wh, banded) = (month_of(at_us), register_wh, Banded::default());
                let begun = Session { card, month, at_us, first_wh, register_wh, banded };
                self.open.insert(session.into(), begun);
            }
            Told::Sampled { register_wh } => self.open.get_mut(session)?.read(at_us, register_wh),
            Told::Ended { register_wh } => {
                let mut ended = self.open.remove(session)?;
                ended.read(at_us, register_wh);
                self.bill(&ended)?;
            }
        }
        Some(())
    }

    /// The same of an event as other stores are given it; `None` also for a start without a card.
    pub fn take_event(&mut self, event: &Event<'_>) -> Option<()> {
        self.take(event.at_us, event.session.as_bytes(), event.told()?)
    }

    /// How many events were taken in.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The sums under the flat tariff and the one of three bands.
    pub fn groups(&self) -> [Groups; 2] {
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
