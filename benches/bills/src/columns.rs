//! Sessions as columns in memory, billed by a loop over them: the limit for whoever holds such.

use std::collections::HashMap;

use crate::price::{Banded, month_of};
use crate::{Group, Groups};

/// Sessions side by side, by where their readings end.
#[derive(Debug, Default)]
pub struct Columns {
    cards: Vec<String>,
    numbers: HashMap<String, usize>,
    card: Vec<usize>,
    ends: Vec<usize>,
    at_us: Vec<i64>,
    register_wh: Vec<i64>,
}

impl Columns {
    /// Adds a session: its card, and its readings from its start to its end.
    pub fn push(&mut self, card: &str, readings: &[(i64, i64)]) {
        let next = self.cards.len();
        let number = *self.numbers.entry(card.to_owned()).or_insert(next);
        if number == next {
            self.cards.push(card.to_owned());
        }
        self.card.push(number);
        self.at_us.extend(readings.iter().map(|(at_us, _)| at_us));
        self.register_wh.extend(readings.iter().map(|(_, register_wh)| register_wh));
        self.ends.push(self.at_us.len());
    }

    /// The bills under three bands; `None` where one is more than a journal can mean.
    pub fn bills(&self) -> Option<Groups> {
        let mut sums: HashMap<(usize, i64), Group> = HashMap::new();
        let mut start = 0;
        for (card, end) in self.card.iter().zip(&self.ends) {
            let at_us = self.at_us.get(start..*end)?;
            let register_wh = self.register_wh.get(start..*end)?;
            start = *end;
            let mut banded = Banded::default();
            for (at, register) in at_us.windows(2).zip(register_wh.windows(2)) {
                let (&[from, until], &[before, behind]) = (at, register) else { return None };
                banded.take(from, until, behind - before);
            }
            let none = Group { sessions: 0, energy_wh: 0, fen: 0 };
            let sum = sums.entry((*card, month_of(*at_us.first()?))).or_insert(none);
            sum.sessions += 1;
            sum.energy_wh += register_wh.last()? - register_wh.first()?;
            sum.fen += banded.fen()?;
        }
        sums.into_iter().map(|((card, month), sum)| Some((self.name(card, month)?, sum))).collect()
    }

    fn name(&self, card: usize, month: i64) -> Option<String> {
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        Some(format!("{} {year:04}-{month:02}", self.cards.get(card)?))
    }
}
