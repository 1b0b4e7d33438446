//! Both tariffs in integers: exact to the last fraction of a fen, rounded once a session.

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;
/// How far the clocks of Shanghai are ahead of UTC, in every year since 1991.
const AHEAD_US: i64 = 8 * HOUR_US;

/// Fen a kilowatt-hour under the flat tariff.
const FLAT: i64 = 66;
/// Fen a kilowatt-hour in each local hour: the valley from 23 to 7, the peak from 17 to 22.
const BY_HOUR: [i64; 24] = [
    36, 36, 36, 36, 36, 36, 36, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 96, 96, 96, 96, 96, 66, 36,
];

/// What a session costs under the flat tariff, half a fen up.
pub(crate) fn flat_fen(energy_wh: i64) -> i64 {
    (energy_wh * FLAT + 500) / 1_000
}

/// What a session costs under three bands, in thousandths of a fen: whole ones, and a fraction from
/// intervals in which the price changes.
#[derive(Debug)]
pub(crate) struct Banded {
    whole: i64,
    part: i128,
    over: i128,
}

impl Default for Banded {
    fn default() -> Self {
        Self { whole: 0, part: 0, over: 1 }
    }
}

impl Banded {
    /// Energy that flowed evenly between two instants.
    #[inline]
    pub(crate) fn take(&mut self, from_us: i64, until_us: i64, energy_wh: i64) {
        let price = price_at(from_us);
        if from_us.div_euclid(HOUR_US) == (until_us - 1).div_euclid(HOUR_US) {
            self.whole += energy_wh * price;
            return;
        }
        let (mut at_us, mut weighted) = (from_us, 0);
        while at_us < until_us {
            let stop_us = until_us.min((at_us.div_euclid(HOUR_US) + 1) * HOUR_US);
            weighted += price_at(at_us) * (stop_us - at_us);
            at_us = stop_us;
        }
        let length_us = until_us - from_us;
        if weighted == price * length_us {
            self.whole += energy_wh * price;
        } else {
            self.add(i128::from(energy_wh) * i128::from(weighted), length_us.into());
        }
    }

    fn add(&mut self, part: i128, over: i128) {
        if self.over == over {
            self.part += part;
        } else {
            self.part = self.part * over + part * self.over;
            self.over *= over;
        }
    }

    /// Rounded to fen, a half up; `None` where it is more than a journal can mean.
    pub(crate) fn fen(&self) -> Option<i64> {
        let thousandths = i128::from(self.whole) * self.over + self.part;
        let fen = self.over * 1_000;
        i64::try_from((2 * thousandths + fen) / (2 * fen)).ok()
    }
}

#[inline]
fn price_at(at_us: i64) -> i64 {
    let hour = (at_us + AHEAD_US).rem_euclid(DAY_US) / HOUR_US;
    usize::try_from(hour).ok().and_then(|hour| BY_HOUR.get(hour)).copied().unwrap_or(FLAT)
}

/// The local month of an instant, counted from the year 0.
///
/// # Source
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
pub(crate) fn month_of(at_us: i64) -> i64 {
    let day = (at_us + AHEAD_US).div_euclid(DAY_US) + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    // Counted from March.
    let month = (5 * day_of_year + 2) / 153;
    (era * 400 + year) * 12 + month + 2
}
