//! Doses and appointments as FHIR R4 resources, in one `Bundle` of type `collection`.
//!
//! # Choices
//! People, bodies and places are logical references: an identifier and no resource, because Linli
//! tells pseudonyms and nothing behind them. What was found in a screening or after a dose, and why
//! somebody asked for a visit, is in no document. Products, sites and routes are written as they
//! were told, as text: the journal does not say of which code system they are.
//!
//! The `id` of a resource is a UUID made of its kind, community and name, because a name may hold
//! what an `id` may not; the name itself is an `identifier`. The same dose has the same `id` in
//! every export.
//!
//! A dose that was voided is `entered-in-error`, with why; it was not done, and that is what
//! `statusReason` asks. A dose that was not given at all is no immunization here: `not-done` asks
//! for a vaccine that nobody named. Its appointment tells.
//!
//! | an appointment | FHIR |
//! | --- | --- |
//! | waitlisted | `waitlist` |
//! | booked | `booked` |
//! | checked in, screened | `checked-in` |
//! | fulfilled, not done, deferred | `fulfilled`: it was kept; the last two say so in `comment` |
//! | cancelled, also with its session | `cancelled` |
//! | no-show | `noshow` |
//! | entered in error | `entered-in-error` |
//!
//! Outside `proposed`, `cancelled` and `waitlist` the standard asks for start and end (invariant
//! app-3): one without a slot that was entered in error has none, and is left out.
//!
//! # Source
//! HL7 FHIR R4 (4.0.1): Bundle, Immunization, Appointment, value set `appointmentstatus`.

mod appointment;
mod immunization;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use linli::services::{Event as OfClinic, State};
use linli::{AppointmentId, ClinicSessionId, DoseId, Event, Evolve, Happened, Scope, Zone};
use serde_json::{Value, json};
use uuid::Uuid;

/// The doses and appointments of a clinic, and what a document says of them.
///
/// ```
/// use linli_interchange::fhir::Clinic;
///
/// let bundle = Clinic::default().to_json();
/// assert_eq!(bundle["resourceType"], "Bundle");
/// assert_eq!(bundle["type"], "collection");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clinic {
    state: State,
    booked: BTreeMap<AppointmentId, (Scope, Zone)>,
    given_up: BTreeMap<AppointmentId, String>,
    called_off: BTreeMap<ClinicSessionId, String>,
    voided: BTreeMap<DoseId, String>,
}

impl Clinic {
    /// The document: immunizations, then appointments, each in the order of their names.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let entry = |resource: Value| {
            let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
            json!({ "fullUrl": format!("urn:uuid:{id}"), "resource": resource })
        };
        let entries: Vec<Value> =
            self.immunizations().chain(self.appointments()).map(entry).collect();
        let mut bundle = json!({ "resourceType": "Bundle", "type": "collection" });
        // FHIR knows no empty list.
        if let Some(bundle) = bundle.as_object_mut().filter(|_| !entries.is_empty()) {
            bundle.insert("entry".to_owned(), Value::Array(entries));
        }
        bundle
    }

    fn immunizations(&self) -> impl Iterator<Item = Value> {
        self.state.doses.iter().map(|(dose_id, dose)| {
            immunization::resource(dose_id, dose, self.voided.get(dose_id).map(String::as_str))
        })
    }

    fn appointments(&self) -> impl Iterator<Item = Value> {
        self.state.appointments.iter().filter_map(|(id, appointment)| {
            let session = self.state.sessions.get(&appointment.session_id);
            let (scope, zone) = self.booked.get(id)?;
            let called_off = || self.called_off.get(&appointment.session_id);
            let reason = self.given_up.get(id).or_else(called_off);
            appointment::Booked {
                id,
                appointment,
                status: self.state.status(appointment),
                plan: session.and_then(|session| session.plan.as_ref()),
                scope,
                zone: *zone,
                reason: reason.map(String::as_str),
            }
            .resource()
        })
    }
}

impl Evolve for Clinic {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Services(event) = &happened.event else { return };
        let around = || (happened.scope.clone(), happened.zone);
        match event {
            OfClinic::AppointmentBooked { appointment_id, .. }
            | OfClinic::AppointmentWaitlisted { appointment_id, .. } => {
                self.booked.entry(appointment_id.clone()).or_insert_with(around);
            }
            OfClinic::AppointmentCancelled { appointment_id, reason, .. } => {
                self.given_up.insert(appointment_id.clone(), reason.clone());
            }
            OfClinic::ClinicSessionCancelled { session_id, reason } => {
                self.called_off.insert(session_id.clone(), reason.clone());
            }
            OfClinic::DoseRecordVoided { dose_id, reason, .. } => {
                self.voided.insert(dose_id.clone(), reason.clone());
            }
            _ => {}
        }
        if let Some(happened) = happened.clone().services() {
            self.state.evolve(&happened);
        }
    }
}

/// The `id` of a resource.
fn id_of(kind: &str, scope: &Scope, name: &str) -> String {
    let told = json!([kind, scope.as_str(), name]).to_string();
    Uuid::new_v5(&Uuid::NAMESPACE_OID, told.as_bytes()).to_string()
}

/// A logical reference: who or what is meant, and no resource behind it.
fn reference(kind: &str, name: &impl ToString) -> Value {
    json!({ "type": kind, "identifier": { "value": name.to_string() } })
}

/// A concept in the words in which it was told.
fn concept(text: &impl ToString) -> Value {
    json!({ "text": text.to_string() })
}
