//! The bills of a replay, kept small: a million of them are there at once.
//!
//! A [`Bill`] has room for amounts that no bill ever has, 384 bytes of it. What is kept has 64 bits
//! for each number; the few bills with a larger one are kept as they are, beside.

use super::Bill;
use crate::domain::charging::tariff::Price;
use crate::domain::{
    CardId, ConnectorId, Currency, Exact, Flags, Money, SessionKey, Timestamp, WattHours, Zone,
};

/// Bills, which come out as they were put in.
///
/// ```
/// use linli::replay::Bills;
///
/// let bills = Bills::default();
/// assert_eq!((bills.len(), bills.iter().next()), (0, None));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bills(Vec<Kept>);

/// After so many bills [`Bills::take_each`] gives memory back.
const GIVEN_BACK: usize = 32 * 1_024;

impl Bills {
    /// What each takes, its flags and large numbers apart.
    #[cfg(test)]
    pub(super) const BYTES_A_BILL: usize = size_of::<Kept>();

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each bill, in order.
    pub fn iter(&self) -> impl Iterator<Item = Bill> + '_ {
        self.0.iter().cloned().map(Kept::bill)
    }

    /// Each bill, in order, and none stays: memory is given back on the way, so that what a reader
    /// makes of them can grow by as much.
    pub fn take_each(&mut self) -> impl Iterator<Item = Bill> {
        let mut rest = std::mem::take(&mut self.0);
        // A vector gives memory back at its end alone.
        rest.reverse();
        std::iter::from_fn(move || {
            let kept = rest.pop()?;
            if rest.len().is_multiple_of(GIVEN_BACK) {
                rest.shrink_to_fit();
            }
            Some(kept.bill())
        })
    }

    pub(super) fn push(&mut self, bill: Bill) {
        self.0.push(Kept::of(bill));
    }

    pub(super) fn remove(&mut self, session: &SessionKey) {
        self.0.retain(|kept| kept.session != *session);
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// In the order of their sessions' keys, of which no two are alike. A stable sort would need
    /// memory for half of them once more.
    pub(super) fn sort(&mut self) {
        self.0.sort_unstable_by(|a, b| a.session.cmp(&b.session));
    }
}

/// A bill in few bytes.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    session: SessionKey,
    card: Option<CardId>,
    connector: Option<ConnectorId>,
    started_at: Timestamp,
    ended_at: Timestamp,
    energy: WattHours,
    figures: Figures,
    zone: Zone,
    currency: Currency,
    is_held: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Figures {
    /// Each number in 64 bits, and no flag: nearly every bill.
    Small(Small),
    /// As it is.
    Large(Box<Large>),
}

#[derive(Clone, Debug, PartialEq)]
struct Large {
    price: Price,
    issued: Option<Money>,
    flags: Flags,
}

#[derive(Clone, Debug, PartialEq)]
struct Small {
    /// Numerator and denominator.
    exact: (i64, i64),
    amount: i64,
    electricity: i64,
    service: i64,
    /// Energy, time, parking, fixed, issued; zero where there is none.
    maybe: [i64; 5],
    /// Which of them are there.
    there: [bool; 5],
    total_us: i64,
    charging_us: i64,
    parking_us: i64,
}

impl Kept {
    fn of(bill: Bill) -> Self {
        let Bill { price, issued, flags, .. } = bill;
        let figures = match Small::of(&price, issued).filter(|_| flags == Flags::default()) {
            Some(small) => Figures::Small(small),
            None => Figures::Large(Box::new(Large { price, issued, flags })),
        };
        Self {
            session: bill.session,
            card: bill.card,
            connector: bill.connector,
            started_at: bill.started_at,
            ended_at: bill.ended_at,
            energy: bill.energy,
            figures,
            zone: bill.zone,
            currency: bill.currency,
            is_held: bill.is_held,
        }
    }

    fn bill(self) -> Bill {
        let Large { price, issued, flags } = match self.figures {
            Figures::Small(small) => small.whole(),
            Figures::Large(large) => *large,
        };
        Bill {
            session: self.session,
            card: self.card,
            connector: self.connector,
            started_at: self.started_at,
            ended_at: self.ended_at,
            zone: self.zone,
            energy: self.energy,
            currency: self.currency,
            price,
            issued,
            flags,
            is_held: self.is_held,
        }
    }
}

impl Small {
    /// `None` where a number is too large.
    fn of(price: &Price, issued: Option<Money>) -> Option<Self> {
        let few = |number: i128| i64::try_from(number).ok();
        let maybe = [price.energy, price.time, price.parking, price.fixed, issued];
        let mut numbers = [0; 5];
        for (number, money) in numbers.iter_mut().zip(maybe) {
            *number = few(money.map_or(0, |money| money.0))?;
        }
        Some(Self {
            exact: (few(price.exact.numerator())?, few(price.exact.denominator())?),
            amount: few(price.amount.0)?,
            electricity: few(price.electricity.0)?,
            service: few(price.service.0)?,
            maybe: numbers,
            there: maybe.map(|money| money.is_some()),
            total_us: price.total_us,
            charging_us: price.charging_us,
            parking_us: price.parking_us,
        })
    }

    fn whole(&self) -> Large {
        let money = |number: i64| Money(i128::from(number));
        let ([energy, time, parking, fixed, issued], there) = (self.maybe, self.there);
        let [has_energy, has_time, has_parking, has_fixed, has_issued] = there;
        let (numerator, denominator) = self.exact;
        let price = Price {
            exact: Exact::of_lowest_terms(numerator.into(), denominator.into()),
            amount: money(self.amount),
            electricity: money(self.electricity),
            service: money(self.service),
            energy: has_energy.then(|| money(energy)),
            time: has_time.then(|| money(time)),
            parking: has_parking.then(|| money(parking)),
            fixed: has_fixed.then(|| money(fixed)),
            total_us: self.total_us,
            charging_us: self.charging_us,
            parking_us: self.parking_us,
        };
        Large { price, issued: has_issued.then(|| money(issued)), flags: Flags::default() }
    }
}
