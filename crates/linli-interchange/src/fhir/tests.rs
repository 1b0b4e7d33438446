//! The resources have what R4 requires, and tell nobody's findings.

use serde_json::{Value, json};

use super::Clinic;
use crate::community::Community;

/// A session with two slots on 20 February 2022, and one that nobody has come to yet.
fn clinic() -> Community {
    let community = Community::new();
    community.tell(
        "06:00",
        "plan_clinic_session",
        json!({
            "session_id": "s-1", "place_id": "hall", "provider_id": "clinic", "slot_min": 30,
            "opens_at": "2022-02-20T09:00:00+08:00", "closes_at": "2022-02-20T10:00:00+08:00",
            "slot_capacity_n": 9,
        }),
    );
    community.tell("06:10", "open_booking", json!({"session_id": "s-1"}));
    community
}

fn consents(community: &Community, recipient: &str) {
    community.tell("06:20", "register_person", json!({ "person_ref": recipient }));
    community.tell(
        "06:30",
        "give_consent",
        json!({
            "consent_id": format!("consent-{recipient}"), "subject_ref": recipient,
            "given_by_ref": recipient, "capacity": "self", "purposes": ["vaccination"],
            "is_separate": true, "valid_from": "2022-02-20",
        }),
    );
}

fn booked(community: &Community, name: &str, recipient: &str) {
    consents(community, recipient);
    community.tell(
        "07:00",
        "book_appointment",
        json!({
            "appointment_id": name, "session_id": "s-1", "recipient_ref": recipient,
            "slot_at": "2022-02-20T09:30:00+08:00", "series_id": "covid", "dose_no": 1,
        }),
    );
}

fn given(community: &Community, dose: &str, appointment: Option<&str>) {
    community.tell(
        "09:40",
        "record_dose",
        json!({
            "dose_id": dose, "appointment_id": appointment, "recipient_ref": "p-1",
            "series_id": "covid", "dose_no": 1, "product_code": "vero", "holder": "CNBG",
            "pack_id": "81", "lot_no": "L7", "expires_on": "2023-06-30", "site": "left deltoid",
            "route": "intramuscular", "vaccinator_ref": "p-nurse",
        }),
    );
}

fn bundle(community: &Community) -> Value {
    community.seen::<Clinic>().to_json()
}

/// The resources of a type.
fn resources(bundle: &Value, kind: &str) -> Vec<Value> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let resources = entries.into_iter().map(|mut entry| entry["resource"].take());
    resources.filter(|resource| resource["resourceType"] == kind).collect()
}

#[test]
fn a_dose_is_an_immunization() {
    let community = clinic();
    given(&community, "d/1", None);
    let bundle = bundle(&community);
    let mut found = resources(&bundle, "Immunization");
    let id = found[0]["id"].take();
    let id = id.as_str().expect("an id");
    assert!(id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    assert_eq!(bundle["entry"][0]["fullUrl"], format!("urn:uuid:{id}"));
    let reference = |kind: &str, name: &str| json!({"type": kind, "identifier": {"value": name}});
    assert_eq!(
        found[0],
        json!({
            "resourceType": "Immunization",
            "id": null,
            "identifier": [{"value": "d/1"}],
            "status": "completed",
            "vaccineCode": {"text": "vero"},
            "patient": reference("Patient", "p-1"),
            "occurrenceDateTime": "2022-02-20T09:40:00+08:00",
            "lotNumber": "L7",
            "expirationDate": "2023-06-30",
            "site": {"text": "left deltoid"},
            "route": {"text": "intramuscular"},
            "manufacturer": {"type": "Organization", "display": "CNBG"},
            "performer": [{"actor": reference("Practitioner", "p-nurse")}],
            "protocolApplied": [{"series": "covid", "doseNumberPositiveInt": 1}],
        })
    );
}

#[test]
fn a_dose_stands_as_corrected_and_a_voided_one_says_so() {
    let community = clinic();
    given(&community, "d-1", None);
    let corrected = json!({"dose_id": "d-1", "supersedes_n": 0, "fields": {"lot_no": "L8"},
        "reason": "typo"});
    community.tell("10:00", "correct_dose", corrected);
    assert_eq!(resources(&bundle(&community), "Immunization")[0]["lotNumber"], "L8");
    let voided = json!({"dose_id": "d-1", "supersedes_n": 1, "reason": "another person"});
    community.tell("10:10", "void_dose", voided);
    let dose = &resources(&bundle(&community), "Immunization")[0];
    assert_eq!(dose["status"], "entered-in-error");
    assert_eq!(dose["statusReason"], json!({"text": "another person"}));
}

#[test]
fn an_appointment_has_its_slot_and_who_attends() {
    let community = clinic();
    booked(&community, "a-1", "p-1");
    let mut found = resources(&bundle(&community), "Appointment");
    assert!(found[0]["id"].take().is_string());
    let attends = |kind: &str, name: &str| {
        let actor = json!({"type": kind, "identifier": {"value": name}});
        json!({"actor": actor, "status": "accepted"})
    };
    assert_eq!(
        found,
        [json!({
            "resourceType": "Appointment",
            "id": null,
            "identifier": [{"value": "a-1"}],
            "status": "booked",
            "description": "covid, dose 1",
            "start": "2022-02-20T09:30:00+08:00",
            "end": "2022-02-20T10:00:00+08:00",
            "participant": [attends("Patient", "p-1"), attends("Location", "hall")],
        })]
    );
}

#[test]
fn every_state_has_its_code() {
    let community = clinic();
    for (number, name) in
        ["booked", "came", "given", "put-off", "given-up", "absent", "wrong"].iter().enumerate()
    {
        booked(&community, name, &format!("p-{number}"));
    }
    community.tell(
        "07:30",
        "join_waitlist",
        json!({"appointment_id": "waits",
        "session_id": "s-1", "recipient_ref": "p-9", "series_id": "covid", "dose_no": 1}),
    );
    let of = |name: &str, more: Value| {
        let mut fields = more;
        fields["appointment_id"] = name.into();
        fields
    };
    community.tell("09:31", "record_check_in", of("came", json!({})));
    community.tell("09:32", "record_not_done", of("put-off", json!({"reason": "fever"})));
    community.tell("08:00", "cancel_appointment", of("given-up", json!({"reason": "travels"})));
    community.tell("10:00", "record_no_show", of("absent", json!({})));
    let voided = json!({"supersedes_n": 0, "reason": "typed twice"});
    community.tell("10:00", "void_appointment", of("wrong", voided));
    community.tell(
        "09:40",
        "record_dose",
        json!({
            "dose_id": "d-1", "appointment_id": "given", "recipient_ref": "p-2",
            "series_id": "covid", "dose_no": 1, "product_code": "vero", "holder": "", "pack_id": "",
            "lot_no": "L7", "expires_on": "2023-06-30", "site": "", "route": "",
            "vaccinator_ref": "p-nurse",
        }),
    );
    let bundle = bundle(&community);
    let found = resources(&bundle, "Appointment");
    let states: Vec<(&str, &str)> = found
        .iter()
        .filter_map(|own| Some((own["identifier"][0]["value"].as_str()?, own["status"].as_str()?)))
        .collect();
    assert_eq!(
        states,
        [
            ("absent", "noshow"),
            ("booked", "booked"),
            ("came", "checked-in"),
            ("given", "fulfilled"),
            ("given-up", "cancelled"),
            ("put-off", "fulfilled"),
            ("waits", "waitlist"),
            ("wrong", "entered-in-error"),
        ]
    );
    are_valid(&found);
    let told = |name: &str, field: &str| {
        let own = found.iter().find(|own| own["identifier"][0]["value"] == name);
        own.map(|own| own[field].clone())
    };
    assert_eq!(told("given-up", "cancelationReason"), Some(json!({"text": "travels"})));
    assert_eq!(told("put-off", "comment"), Some("The dose was not given.".into()));
    let dose = &resources(&bundle, "Immunization")[0];
    assert!(["site", "route", "manufacturer"].iter().all(|field| dose.get(field).is_none()));
}

/// What R4 requires of an appointment, its invariants among it.
fn are_valid(appointments: &[Value]) {
    for own in appointments {
        let (start, end) = (own.get("start"), own.get("end"));
        assert_eq!(start.is_some(), end.is_some(), "app-2: {own}");
        let status = own["status"].as_str().expect("a status");
        let may_go_without = ["proposed", "cancelled", "waitlist"].contains(&status);
        assert!(start.is_some() || may_go_without, "app-3: {own}");
        let has_reason = own.get("cancelationReason").is_some();
        assert!(!has_reason || ["cancelled", "noshow"].contains(&status), "app-4: {own}");
        assert!(own["participant"].as_array().is_some_and(|all| !all.is_empty()), "{own}");
    }
}

#[test]
fn a_session_that_is_called_off_cancels_its_appointments() {
    let community = clinic();
    booked(&community, "a-1", "p-1");
    community.tell(
        "08:00",
        "cancel_clinic_session",
        json!({"session_id": "s-1", "reason": "no vaccine"}),
    );
    let found = resources(&bundle(&community), "Appointment");
    assert_eq!(found[0]["status"], "cancelled");
    assert_eq!(found[0]["cancelationReason"], json!({"text": "no vaccine"}));
}

#[test]
fn findings_are_in_no_document() {
    let community = clinic();
    booked(&community, "a-1", "p-1");
    community.tell(
        "09:35",
        "record_screening",
        json!({"appointment_id": "a-1",
        "recipient_ref": "p-1", "was_informed": true, "outcome": "proceed",
        "findings": "secret illness"}),
    );
    given(&community, "d-1", Some("a-1"));
    community.tell(
        "10:00",
        "record_adverse_event",
        json!({"dose_id": "d-1", "recipient_ref": "p-1", "finding": "secret rash"}),
    );
    assert!(!bundle(&community).to_string().contains("secret"));
}

#[test]
fn an_empty_bundle_has_no_empty_list() {
    assert_eq!(bundle(&Community::new()), json!({"resourceType": "Bundle", "type": "collection"}));
}
