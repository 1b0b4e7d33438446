//! What goes out is what the standard asks for, and comes in again as the same case.

use linli::cases::{Command, Kind};
use linli::{Sealed, Zone};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::community::Community;

const CITY: &str = r#"{"service_request_id": "7", "status": "open", "service_name": "Wires",
    "service_code": "012", "requested_datetime": "2022-02-20T09:00:00+08:00",
    "address": "1 East Gate"}"#;

fn opened(community: &Community, time: &str, case: &str, fields: &Value) {
    let mut told = json!({
        "case_id": case, "kind": "hazard", "category": "wires", "severity_n": 3,
        "place_id": "gate-east", "observed_at": "2022-02-20T08:00:00+08:00",
    });
    let more = fields.as_object().expect("fields").clone();
    told.as_object_mut().expect("fields").extend(more);
    community.tell(time, "open_case", told);
}

/// A case that was reported, handled, and mended.
fn mended(community: &Community, case: &str) {
    let of = |mut fields: Value| {
        fields["case_id"] = case.into();
        fields
    };
    community.tell("10:00", "triage_case", of(json!({"category": "cables", "severity_n": 4})));
    let assigned = json!({"body_id": "committee", "sla_rule": "ordinary",
        "due_at": "2022-02-27T09:00:00+08:00"});
    community.tell("10:30", "assign_case", of(assigned));
    community.tell(
        "11:00",
        "record_first_response",
        of(json!({"by_ref": "p-w", "manner": "call"})),
    );
    community.tell("12:00", "resolve_case", of(json!({"manner": "fixed"})));
    community.tell("13:00", "close_case", of(json!({})));
}

fn document(community: &Community) -> Value {
    community.seen::<ServiceRequests>().to_json()
}

#[test]
fn a_document_has_the_fields_of_the_standard() {
    let community = Community::new();
    opened(&community, "09:00", "c-1", &json!({"text": "bare wires"}));
    mended(&community, "c-1");
    let golden = json!([{
        "service_request_id": "c-1",
        "status": "closed",
        "status_notes": "fixed",
        "service_name": "cables",
        "service_code": "hazard/cables",
        "description": "bare wires",
        "agency_responsible": "committee",
        "service_notice": null,
        "requested_datetime": "2022-02-20T09:00:00+08:00",
        "updated_datetime": "2022-02-20T13:00:00+08:00",
        "expected_datetime": "2022-02-27T09:00:00+08:00",
        "address": null,
        "address_id": "gate-east",
        "zipcode": null,
        "lat": null,
        "long": null,
        "media_url": null,
    }]);
    assert_eq!(document(&community), golden);
}

#[test]
fn what_is_told_after_the_closing_is_an_update_and_a_reopened_case_is_open() {
    let community = Community::new();
    opened(&community, "09:00", "c-1", &json!({}));
    mended(&community, "c-1");
    community.tell("14:00", "record_repeat_contact", json!({"case_id": "c-1"}));
    assert_eq!(document(&community)[0]["status"], "closed");
    assert_eq!(document(&community)[0]["updated_datetime"], "2022-02-20T14:00:00+08:00");
    community.tell("15:00", "reopen_case", json!({"case_id": "c-1", "reason": "bare again"}));
    let request = &document(&community)[0];
    assert_eq!(request["status"], "open");
    assert_eq!(request["status_notes"], "reopened; opened again once");
    assert!(!document(&community).to_string().contains("bare again"));
}

#[test]
fn what_is_resolved_and_not_closed_is_open() {
    let community = Community::new();
    opened(&community, "09:00", "c-1", &json!({}));
    community.tell(
        "09:30",
        "triage_case",
        json!({"case_id": "c-1", "category": "wires", "severity_n": 3}),
    );
    assert_eq!(document(&community)[0]["status"], "open");
    assert_eq!(document(&community)[0]["status_notes"], "triaged");
}

#[test]
fn merged_cases_are_one_request_since_the_first_report() {
    let community = Community::new();
    opened(&community, "08:30", "c-1", &json!({}));
    opened(&community, "09:00", "c-2", &json!({}));
    community.tell("09:30", "merge_case", json!({"case_id": "c-1", "into": "c-2"}));
    let document = document(&community);
    assert_eq!(document.as_array().map(Vec::len), Some(1));
    assert_eq!(document[0]["service_request_id"], "c-2");
    assert_eq!(document[0]["requested_datetime"], "2022-02-20T08:30:00+08:00");
    assert_eq!(document[0]["updated_datetime"], "2022-02-20T09:30:00+08:00");
}

#[test]
fn without_the_key_there_is_no_description() {
    let community = Community::new();
    opened(&community, "09:00", "c-1", &json!({"text": "bare wires"}));
    opened(&community, "09:00", "c-2", &json!({}));
    let document = community.seen_locked::<ServiceRequests>().to_json();
    assert_eq!(document[0].get("description"), None);
    assert_eq!(document[1].get("description"), Some(&Value::Null));
}

#[test]
fn who_reported_is_in_no_document() {
    let community = Community::new();
    opened(&community, "09:00", "c-1", &json!({"reporter_ref": "p-secret", "handle": "h-secret"}));
    assert!(!document(&community).to_string().contains("secret"));
}

#[test]
fn what_went_out_open_comes_in_as_the_same_matter() {
    let community = Community::new();
    opened(&community, "09:00", "c-1", &json!({"text": "bare wires"}));
    let zone: Zone = "Asia/Shanghai".parse().expect("a zone");
    let text = document(&community)[0].to_string();
    let reported = read(&text, "yujing", Some(zone)).expect("it is open");
    assert_eq!(reported.id, "c-1");
    let Command::OpenCase { case_id, at, zone: meant, kind, category, place_id, text, .. } =
        reported.command
    else {
        panic!("an opening");
    };
    assert_eq!((case_id.as_str(), place_id.as_str()), ("yujing:c-1", "gate-east"));
    assert_eq!((kind, category.as_str(), meant), (Kind::Hazard, "wires", zone));
    assert_eq!(at.to_string(), "2022-02-20T01:00:00Z");
    assert_eq!(text.as_ref().and_then(Sealed::text), Some("bare wires"));
}

#[test]
fn a_city_s_request_is_a_request_at_its_address() {
    let reported = read(CITY, "city", None).expect("it is open");
    let Command::OpenCase { kind, category, place_id, zone, text, reporter_ref, .. } =
        reported.command
    else {
        panic!("an opening");
    };
    assert_eq!(
        (kind, category.as_str(), place_id.as_str()),
        (Kind::Request, "Wires", "1 East Gate")
    );
    assert_eq!((zone.name(), text, reporter_ref), ("Etc/GMT-8", None, None));
}

#[test]
fn what_cannot_come_in_says_why() {
    let refused = |from: &str, to: &str| {
        let unfit = read(&CITY.replace(from, to), "city", None).expect_err(to);
        (unfit.field(), unfit.to_string())
    };
    let (field, reason) = refused("\"open\"", "\"closed\"");
    assert_eq!(field, "status");
    assert!(reason.contains("makes up none of the steps"), "{reason}");
    assert_eq!(refused("\"open\"", "\"in progress\"").0, "status");
    assert_eq!(refused("+08:00", "").0, "requested_datetime");
    assert_eq!(refused("1 East Gate", " ").0, "address_id");
    assert_eq!(refused("\"7\"", "null").0, "service_request_id");
    assert_eq!(refused("\"7\"", "[7]").0, "");
    assert_eq!(refused("\"address\"", "\"lat\"").1, "`address_id` is missing");
}

proptest! {
    /// No text makes the reader panic.
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}", field in ".{0,20}", other in ".{0,20}") {
        let _ = read(&text, "city", None);
        let request = json!({"service_request_id": field, "status": "open", "address": other,
            "service_code": other, "requested_datetime": field});
        let _ = read(&request.to_string(), "city", None);
        let _ = read(&CITY.replace("Wires", &field), "city", None);
    }
}
