//! How a dose that was given, or whose record was corrected, departs from the rules. It is flagged
//! and noted with the version of the rule, and never refused.

use super::super::state::Dose;
use super::super::{Deviation, Event, NotYet, State, may_schedule, valid_of};
use crate::domain::{DoseId, Dosing, Happened, Registered};

impl State {
    /// Adds what is to be noted of the dose that a command told of.
    pub(super) fn add_deviations(
        &self,
        events: &mut Vec<Happened<Event>>,
        registered: &Registered,
    ) {
        let Some(told) = events.first_mut() else { return };
        let Some((dose_id, dose)) = self.told_of(told) else { return };
        let (rule_version, kinds) = self.deviations(&dose_id, &dose, registered);
        told.flags = kinds.iter().map(|kind| kind.flag()).collect();
        let (at, zone) = (told.at, told.zone);
        let noted = kinds.into_iter().map(|kind| Event::DoseDeviationNoted {
            dose_id: dose_id.clone(),
            recipient_ref: dose.recipient_ref.clone(),
            series_id: dose.series_id.clone(),
            rule_version: rule_version.clone(),
            kind,
        });
        events.extend(noted.map(|event| Happened::at(at, zone, event)));
    }

    /// The dose as it stands with an event that tells of it.
    fn told_of(&self, told: &Happened<Event>) -> Option<(DoseId, Dose)> {
        match &told.event {
            Event::DoseAdministered { dose_id, .. } => {
                Some((dose_id.clone(), Dose::administered(told)?))
            }
            Event::DoseRecordCorrected { dose_id, fields, .. } => {
                let mut dose = self.doses.get(dose_id)?.clone();
                dose.record = dose.record.corrected(fields.clone());
                Some((dose_id.clone(), dose))
            }
            _ => None,
        }
    }

    fn deviations(
        &self,
        dose_id: &DoseId,
        dose: &Dose,
        registered: &Registered,
    ) -> (Option<String>, Vec<Deviation>) {
        let Some(given) =
            dose.day().and_then(|on| dose.given(registered.age_on(&dose.recipient_ref, on)))
        else {
            return (None, Vec::new());
        };
        let on = given.on;
        let rule = registered.rule(Dosing::of, on);
        let others = self.given(&dose.recipient_ref, &dose.series_id, Some(dose_id));
        let administered_at = dose.record.administered_at;
        let mut kinds = Vec::new();
        if let Some((_, rule)) = rule {
            let before = others.iter().filter(|(at, _)| *at < administered_at);
            let valid = valid_of(before.map(|(_, other)| other.clone()), rule);
            let product = Some(&given.product_code);
            let asked = |valid: &[_], age| {
                may_schedule(valid, given.dose_no, product, on, Some(age), rule).err()
            };
            if matches!(asked(&valid, u32::MAX), Some(NotYet::TooEarly { .. })) {
                kinds.push(Deviation::Early);
            }
            if matches!(asked(&[], given.at_most_years), Some(NotYet::UnderAge { .. })) {
                kinds.push(Deviation::UnderAge);
            }
        }
        if given.expires_on < on {
            kinds.push(Deviation::LotExpired);
        }
        let recalled_at = self.recalled.get(&dose.record.lot_no);
        if recalled_at.is_some_and(|recalled_at| *recalled_at <= administered_at) {
            kinds.push(Deviation::LotRecalled);
        }
        if others.iter().any(|(_, other)| other.dose_no == given.dose_no) {
            kinds.push(Deviation::DuplicateDoseNo);
        }
        (rule.map(|(version, _)| version.to_owned()), kinds)
    }
}
