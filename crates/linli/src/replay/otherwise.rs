//! A session priced in the ways in which an issuer may have priced it.
//!
//! Every way is one price of one session, so that a bill that differs costs a bounded number of
//! them; a bill that agrees costs none.

use crate::domain::charging::tariff::{
    Interval, Metered, Method, Month, Pricer, RoundingStep, Stage, Tariff, round,
};
use crate::domain::{Money, Timestamp, Zone};

const SECOND_US: i64 = 1_000_000;
const MINUTE_US: i64 = 60 * SECOND_US;
const HOUR_US: i64 = 60 * MINUTE_US;
/// As many digits as prices are written with: OCPI has four.
const MOST_DIGITS: u8 = 4;
/// What energy may be cut off to, in watt-hours: two digits, one, and whole kilowatt-hours.
const CUTS_WH: [i128; 3] = [10, 100, 1_000];

/// A session under a tariff, behind what the card's month had come to.
pub(super) struct Otherwise<'a> {
    pub(super) tariff: &'a Tariff,
    pub(super) month: &'a Month,
    pub(super) session: &'a Metered<'a>,
}

impl Otherwise<'_> {
    /// With one block more and one block less of each step that the tariff has.
    pub(super) fn by_blocks(&self) -> Vec<Money> {
        let mut amounts = Vec::new();
        let mut pricer = Pricer::new(self.tariff);
        for sign in [1, -1] {
            for seconds in self.tariff.time_steps() {
                let shift_us = i64::from(seconds).saturating_mul(SECOND_US).saturating_mul(sign);
                amounts.extend(self.amount_of(&mut pricer, &self.lengthened(shift_us)));
            }
            for watt_hours in self.tariff.energy_steps() {
                let more = i128::from(watt_hours).saturating_mul(sign.into());
                amounts.extend(self.amount_of(&mut pricer, &self.with_energy(more)));
            }
        }
        amounts
    }

    /// With another method, or another number of digits, at a stated stage. A tariff that states no
    /// rounding has no method to depart from.
    pub(super) fn by_methods(&self) -> Vec<Money> {
        let stated = self.tariff.rounding();
        let mut amounts = Vec::new();
        for (index, own) in stated.iter().enumerate() {
            let methods = Method::ALL.map(|method| RoundingStep { method, ..*own });
            let digits = (0..=MOST_DIGITS).map(|digits| RoundingStep { digits, ..*own });
            for other in methods.into_iter().chain(digits).filter(|other| other != own) {
                let mut policy = stated.to_vec();
                if let Some(step) = policy.get_mut(index) {
                    *step = other;
                }
                amounts.extend(self.rounded_by(policy));
            }
        }
        amounts
    }

    /// Rounded by component, period or interval before it is added up: as the tariff rounds, or
    /// half up to the currency's smallest unit where it does not say.
    pub(super) fn by_stages(&self) -> Vec<Money> {
        let stated = self.tariff.rounding().first().copied();
        let usual = self.usual();
        let stages = [Stage::Component, Stage::Period, Stage::Interval].into_iter();
        let others = stages.filter(|stage| stated.is_none_or(|stated| stated.stage != *stage));
        others.filter_map(|stage| self.rounded_by(vec![RoundingStep { stage, ..usual }])).collect()
    }

    /// With digits of the amount cut off at each stage, or watt-hours or seconds of what was
    /// measured.
    pub(super) fn truncated(&self) -> Vec<Money> {
        let stages = [Stage::Session, Stage::Component, Stage::Period, Stage::Interval];
        let digits = self.usual().digits;
        let steps = stages.into_iter().flat_map(|stage| {
            (0..=digits).map(move |digits| RoundingStep { stage, method: Method::Down, digits })
        });
        let mut amounts: Vec<Money> =
            steps.filter_map(|step| self.rounded_by(vec![step])).collect();
        let mut pricer = Pricer::new(self.tariff);
        let energy: i128 = self.session.intervals.iter().map(|interval| interval.energy).sum();
        for cut_wh in CUTS_WH {
            let size = cut_wh.saturating_mul(self.session.units_per_wh);
            let over = |energy: i128| energy.checked_rem(size).unwrap_or_default();
            let each = |own: &Interval| Interval { energy: own.energy - over(own.energy), ..*own };
            let by_interval: Vec<Interval> = self.session.intervals.iter().map(each).collect();
            amounts.extend(self.amount_of(&mut pricer, &by_interval));
            let less = over(energy).checked_div(self.session.units_per_wh).unwrap_or_default();
            amounts.extend(self.amount_of(&mut pricer, &self.with_energy(-less)));
        }
        let over_us = self.length_us().rem_euclid(MINUTE_US);
        amounts.extend(self.amount_of(&mut pricer, &self.lengthened(-over_us)));
        amounts
    }

    /// At one of the tariff's prices for all of it.
    pub(super) fn at_single_prices(&self) -> Vec<Money> {
        let tariffs = self.tariff.at_single_prices();
        tariffs.iter().filter_map(|tariff| self.under(tariff)).collect()
    }

    /// By the clock of UTC, by one that is an hour off, and with all energy at the start or at the
    /// end; none where the tariff does not look at the clock.
    pub(super) fn across_boundaries(&self) -> Vec<Money> {
        let own = self.session.intervals;
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return Vec::new() };
        if !self.tariff.looks_at_clock() {
            return Vec::new();
        }
        let mut pricer = Pricer::new(self.tariff);
        let abroad = Metered { zone: Zone::UTC, ..*self.session };
        let mut amounts = Vec::from_iter(self.amount_in(&mut pricer, abroad));
        for shift_us in [HOUR_US, -HOUR_US] {
            let shifted = |at: Timestamp| Timestamp(at.0.saturating_add(shift_us));
            let intervals = own.iter().map(|interval| {
                let (from, until) = (shifted(interval.from), shifted(interval.until));
                Interval { from, until, ..*interval }
            });
            amounts.extend(self.amount_of(&mut pricer, &intervals.collect::<Vec<_>>()));
        }
        let energy: i128 = own.iter().map(|interval| interval.energy).sum();
        let all_at = |at| Interval { from: at, until: at, energy, ..*first };
        let rest = || own.iter().map(|interval| Interval { energy: 0, ..*interval });
        let at_start = std::iter::once(all_at(first.from)).chain(rest()).collect::<Vec<_>>();
        let at_end = rest().chain(std::iter::once(all_at(last.until))).collect::<Vec<_>>();
        amounts.extend(self.amount_of(&mut pricer, &at_start));
        amounts.extend(self.amount_of(&mut pricer, &at_end));
        amounts
    }

    /// Without the least and the greatest prices, without what is free, and the limits themselves.
    pub(super) fn without_limits(&self) -> Vec<Money> {
        let tariffs =
            self.tariff.without_limits().into_iter().chain(self.tariff.without_allowance());
        let mut amounts: Vec<Money> = tariffs.filter_map(|tariff| self.under(&tariff)).collect();
        amounts
            .extend(self.tariff.limits().filter_map(|limit| round(limit, Method::HalfUp, 9).ok()));
        amounts
    }

    /// How the tariff rounds first; half up to the currency's smallest unit where it does not say.
    fn usual(&self) -> RoundingStep {
        let digits = self.tariff.currency().minor_digits();
        let usual = RoundingStep { stage: Stage::Session, method: Method::HalfUp, digits };
        self.tariff.rounding().first().copied().unwrap_or(usual)
    }

    fn rounded_by(&self, policy: Vec<RoundingStep>) -> Option<Money> {
        self.under(&self.tariff.with_rounding(policy))
    }

    fn under(&self, tariff: &Tariff) -> Option<Money> {
        self.amount_in(&mut Pricer::new(tariff), *self.session)
    }

    fn amount_of(&self, pricer: &mut Pricer, intervals: &[Interval]) -> Option<Money> {
        let Metered { zone, units_per_wh, .. } = *self.session;
        self.amount_in(pricer, Metered { zone, units_per_wh, intervals })
    }

    fn amount_in(&self, pricer: &mut Pricer, session: Metered<'_>) -> Option<Money> {
        let checked = session.check().ok()?;
        pricer.price_in_month(&checked, &mut self.month.clone()).ok().map(|price| price.amount)
    }

    fn length_us(&self) -> i64 {
        let own = self.session.intervals;
        own.first().zip(own.last()).map_or(0, |(first, last)| last.until.since(first.from))
    }

    /// The intervals, the last of them longer or shorter.
    fn lengthened(&self, by_us: i64) -> Vec<Interval> {
        let mut intervals = self.session.intervals.to_vec();
        if let Some(last) = intervals.last_mut() {
            last.until.0 = last.until.0.saturating_add(by_us).max(last.from.0);
        }
        intervals
    }

    /// The intervals with more or less energy in the last of them that has any.
    fn with_energy(&self, more_wh: i128) -> Vec<Interval> {
        let mut intervals = self.session.intervals.to_vec();
        if let Some(last) = intervals.iter_mut().rfind(|interval| interval.energy != 0) {
            let more = more_wh.saturating_mul(self.session.units_per_wh);
            last.energy = last.energy.saturating_add(more);
        }
        intervals
    }
}
