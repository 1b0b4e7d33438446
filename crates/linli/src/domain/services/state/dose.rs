//! One dose: what is on record of it now.

use chrono::NaiveDate;

use super::super::{AgeBand, DoseGiven, DoseRecord, Event};
use crate::domain::{
    AppointmentId, ClinicSessionId, Evolve, Happened, HomeVisitId, PersonRef, Scope, SeriesId, Zone,
};

/// A dose as its events tell it: the effective version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dose {
    /// Who was given it.
    pub recipient_ref: PersonRef,
    /// Of which series.
    pub series_id: SeriesId,
    /// At which appointment.
    pub appointment_id: Option<AppointmentId>,
    /// In which session.
    pub session_id: Option<ClinicSessionId>,
    /// In which home visit.
    pub visit_id: Option<HomeVisitId>,
    /// The zone of its day.
    pub zone: Zone,
    /// In which community.
    pub scope: Scope,
    /// What is on record.
    pub record: DoseRecord,
    /// The number of the newest version; 0: as first recorded.
    pub version_n: u32,
    /// Whether it was entered in error.
    pub is_voided: bool,
}

impl Dose {
    /// The local day on which it was given.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        self.record.administered_at.local_date(self.zone)
    }

    /// The dose as a rule looks at it; the age is that which is known, or the greatest of its band.
    #[must_use]
    pub fn given(&self, age: Option<u32>) -> Option<DoseGiven> {
        let record = &self.record;
        let of_band = || record.age_band.map_or(u32::MAX, AgeBand::at_most_years);
        Some(DoseGiven {
            dose_no: record.dose_no,
            product_code: record.product_code.clone(),
            on: self.day()?,
            expires_on: record.expires_on,
            at_most_years: age.unwrap_or_else(of_band),
        })
    }

    /// The dose that an event tells of.
    pub(in super::super) fn administered(happened: &Happened<Event>) -> Option<Self> {
        let Event::DoseAdministered {
            dose_id: _,
            appointment_id,
            session_id,
            visit_id,
            recipient_ref,
            series_id,
            dose_no,
            product_code,
            holder,
            pack_id,
            lot_no,
            expires_on,
            site,
            route,
            administered_at,
            vaccinator_ref,
            age_band,
        } = happened.event.clone()
        else {
            return None;
        };
        let record = DoseRecord {
            dose_no,
            product_code,
            holder,
            pack_id,
            lot_no,
            expires_on,
            site,
            route,
            administered_at,
            vaccinator_ref,
            age_band,
        };
        Some(Self {
            recipient_ref,
            series_id,
            appointment_id,
            session_id,
            visit_id,
            zone: happened.zone,
            scope: happened.scope.clone(),
            record,
            version_n: 0,
            is_voided: false,
        })
    }
}

impl Evolve for Dose {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::DoseRecordCorrected { fields, .. } => {
                self.record = self.record.clone().corrected(fields.clone());
                self.version_n = self.version_n.saturating_add(1);
            }
            Event::DoseRecordVoided { .. } => {
                self.is_voided = true;
                self.version_n = self.version_n.saturating_add(1);
            }
            _ => {}
        }
    }
}
