//! Charging periods: what a CDR states about a stretch of its session.

use super::super::document::Fields;
use super::super::error::DocumentError;
use super::super::ocpi::{Remarks, read_instant};
use super::super::warning::WarningKind;
use crate::domain::{Exact, Timestamp};

/// More periods than any CDR has: a minute each, a week long.
pub(super) const MOST_PERIODS: usize = 10_080;
/// Each dimension of OCPI once, and as many that it does not have.
const MOST_DIMENSIONS: usize = 32;

/// A stretch of a session, with what the CDR states about it. `None` is not stated, which is not
/// zero.
///
/// # Source
/// OCPI 2.2.1, CDRs module, ChargingPeriod and CdrDimensionType.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargingPeriod {
    /// When it starts.
    pub from: Timestamp,
    /// When the next one starts, or the session ends; not before it starts.
    pub until: Timestamp,
    /// `ENERGY` in kilowatt-hours.
    pub energy_kwh: Option<Exact>,
    /// `TIME`, charging, in hours.
    pub charging_h: Option<Exact>,
    /// `PARKING_TIME`, not charging, in hours.
    pub parking_h: Option<Exact>,
    /// `RESERVATION_TIME` in hours; nothing of a charging session.
    pub reserved_h: Option<Exact>,
    /// The least power in kilowatts: `MIN_POWER`, else `POWER`.
    pub least_kw: Option<Exact>,
    /// The greatest power in kilowatts: `MAX_POWER`, else `POWER`.
    pub most_kw: Option<Exact>,
    /// The least current in amperes: `MIN_CURRENT`, else `CURRENT`.
    pub least_a: Option<Exact>,
    /// The greatest current in amperes: `MAX_CURRENT`, else `CURRENT`.
    pub most_a: Option<Exact>,
    /// Where it stands in the CDR, from 0.
    pub index: usize,
}

impl ChargingPeriod {
    /// A period that starts then, of which nothing is stated yet.
    fn at(from: Timestamp, index: usize) -> Self {
        Self {
            from,
            until: from,
            energy_kwh: None,
            charging_h: None,
            parking_h: None,
            reserved_h: None,
            least_kw: None,
            most_kw: None,
            least_a: None,
            most_a: None,
            index,
        }
    }

    /// Its length in microseconds.
    #[must_use]
    pub fn length_us(&self) -> i64 {
        self.until.since(self.from)
    }

    /// Whether it belongs to a reservation before the session.
    #[must_use]
    pub fn is_reservation(&self) -> bool {
        self.reserved_h.is_some() && self.energy_kwh.is_none() && self.charging_h.is_none()
    }
}

/// The periods, and the tariff that they name.
pub(super) struct Periods {
    pub(super) periods: Vec<ChargingPeriod>,
    pub(super) named_tariff: Option<String>,
}

/// Takes the periods out and puts them in order: each lasts until the next one starts.
pub(super) fn read_periods(
    fields: &mut Fields<'_>,
    (start, end): (Timestamp, Timestamp),
    remarks: &mut Remarks,
) -> Result<Periods, DocumentError> {
    let mut read = Periods { periods: Vec::new(), named_tariff: None };
    let Some(list) = fields.take("charging_periods") else {
        remarks.note(WarningKind::MissingField, &fields.path_of("charging_periods"));
        return Ok(read);
    };
    for (index, item) in list.items(MOST_PERIODS)?.enumerate() {
        let mut fields = item.fields()?;
        if let Some(named) = fields.take("tariff_id") {
            let name = named.written().into_owned();
            if read.named_tariff.get_or_insert_with(|| name.clone()) != &name {
                remarks.note(WarningKind::SeveralTariffs, &named.path());
            }
        }
        let start_of = fields.need("start_date_time", "the instant at which the period starts")?;
        let period = read.periods.push_mut(ChargingPeriod::at(read_instant(&start_of)?, index));
        read_dimensions(period, &mut fields, remarks)?;
        if period.from < start || period.from > end {
            remarks.note(WarningKind::PeriodOutsideSession, &item.path());
        }
        fields.take("encoded_data");
        remarks.note_rest(fields);
    }
    if !read.periods.is_sorted_by_key(|period| period.from) {
        remarks.note(WarningKind::PeriodsOutOfOrder, &list.path());
        read.periods.sort_by_key(|period| period.from);
    }
    let starts: Vec<Timestamp> = read.periods.iter().skip(1).map(|next| next.from).collect();
    for (period, until) in read.periods.iter_mut().zip(starts.into_iter().chain([end])) {
        period.until = until.max(period.from);
    }
    Ok(read)
}

/// Takes in what is stated of a period.
fn read_dimensions(
    period: &mut ChargingPeriod,
    fields: &mut Fields<'_>,
    remarks: &mut Remarks,
) -> Result<(), DocumentError> {
    let (mut mean_kw, mut mean_a) = (None, None);
    let Some(list) = fields.take("dimensions") else {
        remarks.note(WarningKind::MissingField, &fields.path_of("dimensions"));
        return Ok(());
    };
    for item in list.items(MOST_DIMENSIONS)? {
        let mut own = item.fields()?;
        let kind = own.need("type", "a dimension, such as \"ENERGY\"")?;
        let volume = own.need("volume", "how much of it, a decimal")?;
        let name = kind.written();
        let place = match name.as_ref() {
            "ENERGY" => &mut period.energy_kwh,
            "TIME" => &mut period.charging_h,
            "PARKING_TIME" => &mut period.parking_h,
            "RESERVATION_TIME" => &mut period.reserved_h,
            "MIN_POWER" => &mut period.least_kw,
            "MAX_POWER" => &mut period.most_kw,
            "POWER" => &mut mean_kw,
            "MIN_CURRENT" => &mut period.least_a,
            "MAX_CURRENT" => &mut period.most_a,
            "CURRENT" => &mut mean_a,
            // They price nothing: FLAT is paid once a session, whatever a period says.
            "FLAT" | "ENERGY_EXPORT" | "ENERGY_IMPORT" | "STATE_OF_CHARGE" => {
                remarks.note_rest(own);
                continue;
            }
            _ => {
                remarks.note(WarningKind::UnknownDimension, &kind.path());
                remarks.note_rest(own);
                continue;
            }
        };
        let figure = if name.ends_with("TIME") { volume.amount()? } else { volume.decimal()? };
        if place.replace(figure).is_some() {
            return Err(DocumentError::Twice { path: kind.path() });
        }
        remarks.note_rest(own);
    }
    period.least_kw = period.least_kw.or(mean_kw);
    period.most_kw = period.most_kw.or(mean_kw);
    period.least_a = period.least_a.or(mean_a);
    period.most_a = period.most_a.or(mean_a);
    Ok(())
}
