//! What is written down of a dose and around it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{Flag, LotNo, PersonRef, ProductCode, Timestamp};

/// How old a recipient was, coarse enough to stand in clear: counts survive an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AgeBand {
    /// Under 14 years: all data are sensitive.
    #[serde(rename = "under_14")]
    Under14,
    /// From 14 to 17 years: a minor all the same.
    #[serde(rename = "14_17")]
    From14To17,
    /// From 18 to 59 years.
    #[serde(rename = "18_59")]
    From18To59,
    /// From 60 years on.
    #[serde(rename = "60_plus")]
    From60,
}

impl AgeBand {
    /// The band of an age in completed years.
    #[must_use]
    pub fn of(years: u32) -> Self {
        match years {
            ..14 => Self::Under14,
            14..18 => Self::From14To17,
            18..60 => Self::From18To59,
            60.. => Self::From60,
        }
    }

    /// The greatest age in it, in completed years.
    #[must_use]
    pub fn at_most_years(self) -> u32 {
        match self {
            Self::Under14 => 13,
            Self::From14To17 => 17,
            Self::From18To59 => 59,
            Self::From60 => u32::MAX,
        }
    }

    /// The name that tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Under14 => "under_14",
            Self::From14To17 => "14_17",
            Self::From18To59 => "18_59",
            Self::From60 => "60_plus",
        }
    }
}

/// What a screening led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The dose may be given.
    Proceed,
    /// Not today, but later.
    Defer,
    /// Not at all.
    NotDone,
}

/// How a home visit went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum VisitResult {
    /// The vaccinator was there.
    Completed {
        /// When the vaccinator came.
        arrived_at: Timestamp,
        /// When the vaccinator went.
        left_at: Timestamp,
    },
    /// It came to nothing.
    Failed {
        /// Why.
        reason: String,
    },
}

/// How a dose that was given departs from the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deviation {
    /// It came before the least interval since the last valid dose was over; grace does not count.
    Early,
    /// The recipient was younger than the rule allows.
    UnderAge,
    /// The lot had expired on the day.
    LotExpired,
    /// The lot had been recalled.
    LotRecalled,
    /// The recipient has a dose of this number in the series already.
    DuplicateDoseNo,
}

impl Deviation {
    /// The flag that says the same.
    #[must_use]
    pub fn flag(self) -> Flag {
        match self {
            Self::Early => Flag::Early,
            Self::UnderAge => Flag::UnderAge,
            Self::LotExpired => Flag::LotExpired,
            Self::LotRecalled => Flag::LotRecalled,
            Self::DuplicateDoseNo => Flag::DuplicateDoseNo,
        }
    }
}

/// What a correction puts in the place of what was written: a field left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of the record, which says what they hold")]
pub struct DoseFields {
    pub dose_no: Option<u32>,
    pub product_code: Option<ProductCode>,
    pub holder: Option<String>,
    pub pack_id: Option<String>,
    pub lot_no: Option<LotNo>,
    pub expires_on: Option<NaiveDate>,
    pub site: Option<String>,
    pub route: Option<String>,
    pub administered_at: Option<Timestamp>,
    pub vaccinator_ref: Option<PersonRef>,
    pub age_band: Option<AgeBand>,
}

/// What is on record of a dose.
///
/// # Source
/// Vaccine Administration Law (疫苗管理法) article 46: product, holder, smallest pack, expiry, time,
/// vaccinator, recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseRecord {
    /// Which dose of the series.
    pub dose_no: u32,
    /// The product.
    pub product_code: ProductCode,
    /// Who holds the marketing authorisation (上市许可持有人).
    pub holder: String,
    /// The code of the smallest pack.
    pub pack_id: String,
    /// The lot.
    pub lot_no: LotNo,
    /// The last day on which the lot may be used.
    pub expires_on: NaiveDate,
    /// Where on the body.
    pub site: String,
    /// How it was given.
    pub route: String,
    /// When.
    pub administered_at: Timestamp,
    /// By whom.
    pub vaccinator_ref: PersonRef,
    /// How old the recipient was.
    pub age_band: Option<AgeBand>,
}

impl DoseRecord {
    /// The record with what a correction puts in its place.
    #[must_use]
    pub fn corrected(self, fields: DoseFields) -> Self {
        Self {
            dose_no: fields.dose_no.unwrap_or(self.dose_no),
            product_code: fields.product_code.unwrap_or(self.product_code),
            holder: fields.holder.unwrap_or(self.holder),
            pack_id: fields.pack_id.unwrap_or(self.pack_id),
            lot_no: fields.lot_no.unwrap_or(self.lot_no),
            expires_on: fields.expires_on.unwrap_or(self.expires_on),
            site: fields.site.unwrap_or(self.site),
            route: fields.route.unwrap_or(self.route),
            administered_at: fields.administered_at.unwrap_or(self.administered_at),
            vaccinator_ref: fields.vaccinator_ref.unwrap_or(self.vaccinator_ref),
            age_band: fields.age_band.or(self.age_band),
        }
    }
}
