//! An appointment at the clinic as an `Appointment`.

use linli::services::{Appointment, Plan, Status};
use linli::{AppointmentId, Scope, Timestamp, Zone};
use serde_json::{Value, json};

use super::{concept, id_of, reference};
use crate::moment::with_offset;

const MINUTE_US: i64 = 60_000_000;

/// An appointment with what stands around it.
pub(super) struct Booked<'a> {
    /// Its name.
    pub(super) id: &'a AppointmentId,
    /// What its events tell.
    pub(super) appointment: &'a Appointment,
    /// How it stands, its session known.
    pub(super) status: Status,
    /// The plan of its session.
    pub(super) plan: Option<&'a Plan>,
    /// In which community.
    pub(super) scope: &'a Scope,
    /// Where its time is meant.
    pub(super) zone: Zone,
    /// Why it was cancelled.
    pub(super) reason: Option<&'a str>,
}

impl Booked<'_> {
    /// The resource; none where the standard asks for a time that there is not.
    ///
    /// # Source
    /// FHIR R4, Appointment: `status` and `participant` are required; invariants app-2 (start and
    /// end together), app-3 (which status may go without) and app-4 (a reason only of what was
    /// cancelled or not kept).
    pub(super) fn resource(&self) -> Option<Value> {
        let Self { id, appointment, status, plan, scope, zone, .. } = self;
        let status = code(*status);
        let span = appointment.slot_at.and_then(|from| Some((from, self.end(from)?)));
        if span.is_none() && !matches!(status, "waitlist" | "cancelled") {
            return None;
        }
        let attends = |actor: Value| json!({ "actor": actor, "status": "accepted" });
        let mut participants = vec![attends(reference("Patient", &appointment.recipient_ref))];
        participants.extend(plan.map(|plan| attends(reference("Location", &plan.place_id))));
        let mut resource = json!({
            "resourceType": "Appointment",
            "id": id_of("Appointment", scope, id.as_str()),
            "identifier": [{ "value": id.as_str() }],
            "status": status,
            "description": format!("{}, dose {}", appointment.series_id, appointment.dose_no),
            "participant": participants,
        });
        let mut put = |key: &str, value: Value| {
            if let Some(resource) = resource.as_object_mut() {
                resource.insert(key.to_owned(), value);
            }
        };
        if let Some((from, until)) = span {
            put("start", with_offset(from, *zone).into());
            put("end", with_offset(until, *zone).into());
        }
        if let Some(reason) = self.reason.filter(|_| status == "cancelled") {
            put("cancelationReason", concept(&reason));
        }
        if let Some(comment) = self.comment() {
            put("comment", comment.into());
        }
        Some(resource)
    }

    /// When a slot ends; the end of the session where it has one slot alone.
    fn end(&self, from: Timestamp) -> Option<Timestamp> {
        let plan = self.plan?;
        Some(match i64::from(plan.slot_min.0) {
            0 => plan.span.until,
            minutes => Timestamp(from.0.saturating_add(minutes.saturating_mul(MINUTE_US))),
        })
    }

    fn comment(&self) -> Option<&'static str> {
        match self.status {
            Status::NotDone => Some("The dose was not given."),
            Status::Deferred => Some("The dose was put off."),
            _ => None,
        }
    }
}

/// The code of a state in the value set `appointmentstatus`.
fn code(status: Status) -> &'static str {
    match status {
        Status::Waitlisted => "waitlist",
        Status::Booked => "booked",
        Status::CheckedIn | Status::Screened => "checked-in",
        Status::Fulfilled | Status::NotDone | Status::Deferred => "fulfilled",
        Status::Cancelled => "cancelled",
        Status::NoShow => "noshow",
        Status::EnteredInError => "entered-in-error",
    }
}
