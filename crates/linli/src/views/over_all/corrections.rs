//! What was corrected, voided or adjusted: what stood there, what stands there now, and why.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::domain::charging::{Event as Charging, Reading};
use crate::domain::programmes::Event as Programmes;
use crate::domain::registry::Event as Registry;
use crate::domain::services::Event as Services;
use crate::domain::volunteering::Event as Volunteering;
use crate::domain::{Event, Evolve, Happened, PersonRef, SessionKey, Timestamp};
use crate::journal::Position;

/// Every correction, in the order in which they were known.
///
/// Nothing is rewritten in the journal: the corrections of one fact are a chain, and the last of it
/// is what holds.
#[derive(Clone, Debug, Default)]
pub struct Corrections {
    /// What is told of each fact that may be corrected.
    told: BTreeMap<Fact, Value>,
    readings: BTreeMap<(SessionKey, Timestamp), Reading>,
    chain: Vec<Correction>,
}

/// What is corrected: of which kind, and which of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// `reading`, `session`, `dose`, `appointment`, `attendance`, `hours`, `certificate`,
    /// `consent`.
    pub kind: &'static str,
    /// Its name; of two names, apart by a space.
    pub of: String,
}

/// One correction.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// What is corrected.
    pub fact: Fact,
    /// What stood there: of a record, the fields that were changed; `null` where nothing did.
    pub old: Value,
    /// What stands there now; `null` where the fact was voided.
    pub new: Value,
    /// Why, where that has to be said.
    pub reason: Option<String>,
    /// Who corrected or approved it, where the event says so. Who recorded it stands with its
    /// append.
    pub by_ref: Option<PersonRef>,
    /// Since which position it is known; `None` where the event was handed in without.
    pub known_at: Option<Position>,
}

/// Whether an event corrects, voids or adjusts what was told before.
pub(in crate::views) fn is_correction(event: &Event) -> bool {
    matches!(
        event,
        Event::Charging(
            Charging::ReadingCorrected { .. }
                | Charging::SessionCorrected { .. }
                | Charging::SessionVoided { .. }
        ) | Event::Services(
            Services::DoseRecordCorrected { .. }
                | Services::DoseRecordVoided { .. }
                | Services::AppointmentVoided { .. }
        ) | Event::Programmes(Programmes::AttendanceCorrected { .. })
            | Event::Volunteering(
                Volunteering::HoursAdjusted { .. }
                    | Volunteering::CertificateRevoked { .. }
                    | Volunteering::CertificateSuperseded { .. }
            )
            | Event::Registry(Registry::ConsentVoided { .. })
    )
}

impl Corrections {
    /// The corrections in the order in which they were known.
    pub fn iter(&self) -> impl Iterator<Item = &Correction> {
        self.chain.iter()
    }

    /// The corrections of one fact, the first first: each begins where the one before it ended.
    pub fn of(&self, fact: &Fact) -> impl Iterator<Item = &Correction> {
        self.iter().filter(move |correction| correction.fact == *fact)
    }

    /// Takes an event in with the position at which it is known.
    pub fn evolve_known(&mut self, known_at: Position, happened: &Happened<Event>) {
        let known = self.chain.len();
        self.evolve(happened);
        for correction in self.chain.iter_mut().skip(known) {
            correction.known_at = Some(known_at);
        }
    }

    fn tell(&mut self, kind: &'static str, of: String, value: Value) {
        self.told.insert(Fact { kind, of }, value);
    }

    fn correct(&mut self, kind: &'static str, of: String, new: Value, why: Why<'_>) {
        let fact = Fact { kind, of };
        let old = self.told.insert(fact.clone(), new.clone()).unwrap_or_default();
        let (reason, by_ref) = (why.0.map(str::to_owned), why.1.cloned());
        self.chain.push(Correction { fact, old, new, reason, by_ref, known_at: None });
    }

    /// Some fields of a record are others now.
    fn correct_fields(&mut self, kind: &'static str, of: String, new: &Value, why: Why<'_>) {
        let told = self.told.entry(Fact { kind, of: of.clone() }).or_default();
        let mut record = told.as_object().cloned().unwrap_or_default();
        let (mut before, mut after) = (Map::new(), Map::new());
        for (field, value) in
            new.as_object().into_iter().flatten().filter(|(_, new)| !new.is_null())
        {
            let old = record.insert(field.clone(), value.clone()).unwrap_or_default();
            before.insert(field.clone(), old);
            after.insert(field.clone(), value.clone());
        }
        self.correct(kind, of.clone(), after.into(), why);
        if let Some(last) = self.chain.last_mut() {
            last.old = before.into();
        }
        self.tell(kind, of, record.into());
    }
}

/// Why, and by whom.
type Why<'a> = (Option<&'a str>, Option<&'a PersonRef>);

impl Corrections {
    fn evolve_charging(&mut self, at: Timestamp, event: &Charging) {
        match event {
            Charging::MeterSampled { session, reading, .. }
            | Charging::SessionEnded { session, reading: Some(reading), .. } => {
                self.readings.insert((session.clone(), at), *reading);
            }
            Charging::ReadingCorrected { session, reading, reason, by } => {
                let old = self.readings.insert((session.clone(), at), *reading);
                let of = format!("{session} {at}");
                self.tell("reading", of.clone(), old.map_or(Value::Null, |old| json!(old)));
                self.correct("reading", of, json!(reading), (Some(reason), Some(by)));
            }
            Charging::SessionCorrected { session, started_at, ended_at, reason, by } => {
                let new = json!({"started_at": started_at, "ended_at": ended_at});
                let why = (Some(reason.as_str()), Some(by));
                self.correct_fields("session", session.to_string(), &new, why);
            }
            Charging::SessionVoided { session, reason, by, .. } => {
                let why = (Some(reason.as_str()), Some(by));
                self.correct("session", session.to_string(), Value::Null, why);
            }
            _ => {}
        }
        let times = match event {
            Charging::SessionStarted { session, .. } => (session, "started_at"),
            Charging::SessionEnded { session, .. }
            | Charging::SessionClosedByRule { session, .. } => (session, "ended_at"),
            _ => return,
        };
        let fact = Fact { kind: "session", of: times.0.to_string() };
        let told = self.told.entry(fact).or_insert_with(|| json!({}));
        if let Some(record) = told.as_object_mut() {
            record.entry(times.1).or_insert_with(|| json!(at));
        }
    }

    fn evolve_services(&mut self, event: &Services) {
        match event {
            Services::DoseAdministered { dose_id, .. } => {
                self.tell("dose", dose_id.to_string(), event.data());
            }
            Services::DoseRecordCorrected { dose_id, fields, reason, .. } => {
                let why = (Some(reason.as_str()), None);
                self.correct_fields("dose", dose_id.to_string(), &json!(fields), why);
            }
            Services::DoseRecordVoided { dose_id, reason, .. } => {
                self.correct("dose", dose_id.to_string(), Value::Null, (Some(reason), None));
            }
            Services::AppointmentBooked { appointment_id, .. } => {
                self.tell("appointment", appointment_id.to_string(), event.data());
            }
            Services::AppointmentVoided { appointment_id, reason, .. } => {
                let of = appointment_id.to_string();
                self.correct("appointment", of, Value::Null, (Some(reason), None));
            }
            _ => {}
        }
    }

    fn evolve_programmes(&mut self, event: &Programmes) {
        let told = match event {
            Programmes::ChildSignedIn { class_id, child_ref, .. } => {
                (class_id, child_ref, json!("signed_in"))
            }
            Programmes::AbsenceRecorded { class_id, child_ref, is_excused } => {
                let absent = if *is_excused { "absent_excused" } else { "absent_unexcused" };
                (class_id, child_ref, json!(absent))
            }
            Programmes::AttendanceCorrected { class_id, child_ref, standing, .. } => {
                let of = format!("{class_id} {child_ref}");
                return self.correct("attendance", of, json!(standing), (None, None));
            }
            _ => return,
        };
        let (class_id, child_ref, standing) = told;
        let fact = Fact { kind: "attendance", of: format!("{class_id} {child_ref}") };
        self.told.entry(fact).or_insert(standing);
    }

    fn evolve_volunteering(&mut self, event: &Volunteering) {
        match event {
            Volunteering::HoursCredited { shift_id, person_ref, credited_min, .. } => {
                self.tell("hours", format!("{shift_id} {person_ref}"), json!(credited_min.0));
            }
            Volunteering::HoursAdjusted {
                shift_id,
                person_ref,
                delta_min,
                reason,
                approved_by_ref,
            } => {
                let of = format!("{shift_id} {person_ref}");
                let told = self.told.get(&Fact { kind: "hours", of: of.clone() });
                let minutes = told.and_then(Value::as_i64).unwrap_or(0);
                let why = (Some(reason.as_str()), Some(approved_by_ref));
                self.correct("hours", of, json!(minutes.saturating_add(*delta_min)), why);
            }
            Volunteering::CertificateIssued { certificate_no, .. } => {
                self.tell("certificate", certificate_no.to_string(), json!("issued"));
            }
            Volunteering::CertificateRevoked { certificate_no, reason, .. } => {
                let of = certificate_no.to_string();
                self.correct("certificate", of, json!("revoked"), (Some(reason), None));
            }
            Volunteering::CertificateSuperseded { certificate_no, .. } => {
                let of = certificate_no.to_string();
                self.correct("certificate", of, json!("superseded"), (None, None));
            }
            _ => {}
        }
    }

    fn evolve_registry(&mut self, event: &Registry) {
        match event {
            Registry::ConsentGiven { consent_id, .. } => {
                self.tell("consent", consent_id.to_string(), json!("given"));
            }
            Registry::ConsentVoided { consent_id, reason, .. } => {
                self.correct("consent", consent_id.to_string(), Value::Null, (Some(reason), None));
            }
            _ => {}
        }
    }
}

impl Evolve for Corrections {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::Charging(event) => self.evolve_charging(happened.at, event),
            Event::Services(event) => self.evolve_services(event),
            Event::Programmes(event) => self.evolve_programmes(event),
            Event::Volunteering(event) => self.evolve_volunteering(event),
            Event::Registry(event) => self.evolve_registry(event),
            _ => {}
        }
    }
}
