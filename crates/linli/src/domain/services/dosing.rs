//! When a dose may be given, and whether one that was given counts: two questions, never one.
//!
//! [`may_schedule`] is strict and is asked for bookings. [`is_valid`] judges what has happened,
//! with a grace if the rule has one. Both are pure, and rules and views use the same.

use chrono::{Days, NaiveDate};

use crate::domain::{Dosing, DosingRow, ProductCode};

/// A dose that was given, as a rule looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseGiven {
    /// Which dose of the series.
    pub dose_no: u32,
    /// The product.
    pub product_code: ProductCode,
    /// The local day.
    pub on: NaiveDate,
    /// The last day on which its lot may be used.
    pub expires_on: NaiveDate,
    /// The greatest age that the recipient may have had, in completed years.
    pub at_most_years: u32,
}

/// Why a dose may not be scheduled; what time alone mends comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotYet {
    /// The interval is over only then.
    TooEarly {
        /// The first day.
        earliest_on: NaiveDate,
    },
    /// The recipient is too young.
    UnderAge {
        /// The least age in completed years.
        min_age_years: u32,
    },
    /// The rule asks for an age, and nobody knows it.
    AgeUnknown,
}

/// Whether a dose that was given counts, by one version of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It counts.
    Valid,
    /// It came before that day, grace included.
    Early {
        /// The first day on which it would have counted.
        earliest_on: NaiveDate,
    },
    /// The recipient was too young.
    UnderAge,
    /// Its lot had expired.
    LotExpired,
    /// A valid dose of its number came before it.
    DuplicateDoseNo,
}

impl Validity {
    /// The name that tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Early { .. } => "early",
            Self::UnderAge => "under_age",
            Self::LotExpired => "lot_expired",
            Self::DuplicateDoseNo => "duplicate_dose_no",
        }
    }
}

/// Whether a dose may be given on a day to somebody of this age: strict, without grace. `valid` are
/// the valid doses of the series. The interval counts from the last valid dose of the number that
/// the rule starts from; where that was given elsewhere and is not on record, it is not judged.
///
/// # Errors
/// [`NotYet`].
pub fn may_schedule(
    valid: &[DoseGiven],
    dose_no: u32,
    product: Option<&ProductCode>,
    on: NaiveDate,
    age: Option<u32>,
    rule: &Dosing,
) -> Result<(), NotYet> {
    let rows = || rows(rule, dose_no, product);
    let min_age_years = rows().map(|row| row.min_age_years).max().unwrap_or_default();
    match age {
        None if min_age_years > 0 => return Err(NotYet::AgeUnknown),
        Some(years) if years < min_age_years => return Err(NotYet::UnderAge { min_age_years }),
        _ => {}
    }
    match due_on(valid, dose_no, product, rule) {
        Some(earliest_on) if on < earliest_on => Err(NotYet::TooEarly { earliest_on }),
        _ => Ok(()),
    }
}

/// The first day on which the interval before a dose is over; `None` where no dose on record and no
/// step of the rule says so.
#[must_use]
pub fn due_on(
    valid: &[DoseGiven],
    dose_no: u32,
    product: Option<&ProductCode>,
    rule: &Dosing,
) -> Option<NaiveDate> {
    rows(rule, dose_no, product).filter_map(|row| interval_over(row, valid)).max()
}

/// Whether a dose that was given counts, with the grace of the rule. `valid` are the valid doses of
/// the series before it, by the time at which they were given.
#[must_use]
pub fn is_valid(dose: &DoseGiven, valid: &[DoseGiven], rule: &Dosing) -> Validity {
    let rows = || rows(rule, dose.dose_no, Some(&dose.product_code));
    let with_grace = |row: &DosingRow| {
        interval_over(row, valid)?.checked_sub_days(Days::new(row.grace_days.into()))
    };
    if valid.iter().any(|earlier| earlier.dose_no == dose.dose_no) {
        return Validity::DuplicateDoseNo;
    }
    if dose.expires_on < dose.on {
        return Validity::LotExpired;
    }
    if rows().any(|row| dose.at_most_years < row.min_age_years) {
        return Validity::UnderAge;
    }
    match rows().filter_map(with_grace).max() {
        Some(earliest_on) if dose.on < earliest_on => Validity::Early { earliest_on },
        _ => Validity::Valid,
    }
}

/// The valid ones of a series, which is in the order of the times at which its doses were given.
#[must_use]
pub fn valid_of(series: impl IntoIterator<Item = DoseGiven>, rule: &Dosing) -> Vec<DoseGiven> {
    let mut valid = Vec::new();
    for dose in series {
        if is_valid(&dose, &valid, rule) == Validity::Valid {
            valid.push(dose);
        }
    }
    valid
}

/// The steps that lead to this dose of this product; no product named: those of any.
fn rows<'a>(
    rule: &'a Dosing,
    dose_no: u32,
    product: Option<&'a ProductCode>,
) -> impl Iterator<Item = &'a DosingRow> {
    let is_of = move |row: &&DosingRow| {
        row.products.is_empty()
            || product.is_some_and(|code| row.products.iter().any(|own| own == code.as_str()))
    };
    rule.rows.iter().filter(move |row| row.to_dose == dose_no).filter(is_of)
}

/// The first day on which the least interval of a step is over.
fn interval_over(row: &DosingRow, valid: &[DoseGiven]) -> Option<NaiveDate> {
    let before = valid.iter().filter(|dose| dose.dose_no == row.from_dose).map(|dose| dose.on);
    row.min_interval?.after(before.max()?)
}
