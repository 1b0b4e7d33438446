//! The clinic in the service centre: every three days from nine to five, second and third doses,
//! and a visit to somebody who cannot easily come.
//!
//! Days of birth and the reason for the visit are sealed under the keys of the people concerned.

use linli::Command;
use serde_json::{Value, json};

use super::of;
use crate::Unmade;
use crate::story::{Story, XUZHUANG, YUJING, told};

/// The days on which the clinic was held, three days apart.
const DAYS: [&str; 5] = ["2022-02-15", "2022-02-18", "2022-02-21", "2022-02-24", "2022-02-27"];
/// Who came for a second dose, and to which of those days.
const SECOND_DOSES: [(&str, &str); 2] = [("p-r-1", "2022-02-15"), ("p-r-2", "2022-02-15")];
/// When these sessions were planned.
const OPENED_AT: &str = "2022-02-12T09:00:00+08:00";
/// When places in them were booked.
const BOOKED_AT: &str = "2022-02-13T10:00:00+08:00";
/// Whose third dose is on 27 February; the second was in August.
const THIRD_DOSE: (&str, &str) = ("p-r-3", "2022-02-27");
/// Who is vaccinated at home.
const AT_HOME: &str = "p-r-4";
const RECIPIENTS: [(&str, &str); 4] = [
    ("p-r-1", "1988-04-12"),
    ("p-r-2", "1993-11-30"),
    ("p-r-3", "1961-07-05"),
    (AT_HOME, "1938-01-20"),
];

pub(super) fn groups() -> Result<Vec<Vec<Story>>, Unmade> {
    let recipients = RECIPIENTS.iter().map(|(person, born)| recipient(person, born));
    let recipients = recipients.collect::<Result<Vec<_>, _>>()?.concat();
    let sessions =
        DAYS.iter().map(|day| session(day, OPENED_AT)).collect::<Result<Vec<_>, _>>()?.concat();
    let mut booked = Vec::new();
    for (person, day) in SECOND_DOSES {
        booked.extend(vaccinated(person, day, 2, BOOKED_AT)?);
    }
    booked.extend(vaccinated(THIRD_DOSE.0, THIRD_DOSE.1, 3, BOOKED_AT)?);
    let closed = DAYS.iter().map(|day| closed(day));
    Ok(vec![
        vec![of(XUZHUANG, "recipients", recipients)],
        vec![of(YUJING, "clinic-sessions", sessions)],
        vec![of(YUJING, "doses-before", before()?)],
        vec![of(YUJING, "doses", booked)],
        vec![of(YUJING, "home-visit", visit()?)],
        vec![of(YUJING, "clinic-closed", closed.collect::<Result<Vec<_>, _>>()?)],
    ])
}

pub(crate) fn closed(day: &str) -> Result<Command, Unmade> {
    told("close_clinic_session", json!({"session_id": session_id(day), "at": time(day, "17:00")}))
}

fn time(day: &str, hour: &str) -> String {
    format!("{day}T{hour}:00+08:00")
}

fn session_id(day: &str) -> String {
    format!("clinic-{day}")
}

fn recipient(person: &str, born_on: &str) -> Result<Vec<Command>, Unmade> {
    let at = "2021-03-01T09:00:00+08:00";
    let consent = json!({
        "consent_id": format!("consent-{person}"), "at": at, "subject_ref": person,
        "given_by_ref": person, "capacity": "self", "purposes": ["vaccination", "home_visit"],
        "is_separate": true, "valid_from": "2021-03-01",
    });
    Ok(vec![
        told("register_person", json!({"person_ref": person, "at": at, "born_on": born_on}))?,
        told("give_consent", consent)?,
    ])
}

pub(crate) fn session(day: &str, at: &str) -> Result<Vec<Command>, Unmade> {
    let id = session_id(day);
    let expires_on = "2023-06-30";
    let planned = json!({
        "session_id": id, "at": at, "place_id": "yujing-service-centre",
        "provider_id": "yujing-committee", "opens_at": time(day, "09:00"),
        "closes_at": time(day, "17:00"), "slot_min": 30, "slot_capacity_n": 10,
        "product_codes": ["inactivated"], "dose_nos": [2, 3],
    });
    let lot = json!({"session_id": id, "at": at, "lot_no": "lot-2022-02", "expires_on": expires_on,
        "doses_n": 100});
    Ok(vec![
        told("plan_clinic_session", planned)?,
        told("allocate_lot", lot)?,
        told("open_booking", json!({"session_id": id, "at": at}))?,
    ])
}

/// The second doses that were given elsewhere in August and told from the paper.
fn before() -> Result<Vec<Command>, Unmade> {
    let doses = [THIRD_DOSE.0, AT_HOME].map(|person| {
        told("record_dose", dose(person, &time("2021-08-20", "10:00"), 2, &json!({})))
    });
    doses.into_iter().collect()
}

pub(crate) fn vaccinated(
    person: &str,
    day: &str,
    dose_no: u32,
    booked_at: &str,
) -> Result<Vec<Command>, Unmade> {
    let appointment = format!("appointment-{person}-{dose_no}");
    let booked = json!({
        "appointment_id": appointment, "at": booked_at,
        "session_id": session_id(day), "slot_at": time(day, "09:30"), "recipient_ref": person,
        "series_id": "covid-19", "dose_no": dose_no,
    });
    let screened = json!({"appointment_id": appointment, "at": time(day, "09:35"),
        "recipient_ref": person, "was_informed": true, "outcome": "proceed"});
    let given = dose(person, &time(day, "09:40"), dose_no, &json!({"appointment_id": appointment}));
    let observed = json!({"dose_id": dose_id(person, dose_no), "at": time(day, "10:10"),
        "observed_min": 30});
    Ok(vec![
        told("book_appointment", booked)?,
        told("record_check_in", json!({"appointment_id": appointment, "at": time(day, "09:30")}))?,
        told("record_screening", screened)?,
        told("record_dose", given)?,
        told("record_observation", observed)?,
    ])
}

fn dose_id(person: &str, dose_no: u32) -> String {
    format!("dose-{person}-{dose_no}")
}

fn dose(person: &str, at: &str, dose_no: u32, more: &Value) -> Value {
    let fields = json!({
        "dose_id": dose_id(person, dose_no), "at": at, "recipient_ref": person,
        "series_id": "covid-19", "dose_no": dose_no, "product_code": "inactivated",
        "holder": "made up", "pack_id": format!("pack-{person}-{dose_no}"),
        "lot_no": "lot-2022-02", "expires_on": "2023-06-30", "site": "left upper arm",
        "route": "intramuscular", "vaccinator_ref": "p-nurse",
    });
    let both = [fields, more.clone()].into_iter().filter_map(|part| match part {
        Value::Object(part) => Some(part),
        _ => None,
    });
    Value::Object(both.flatten().collect())
}

fn visit() -> Result<Vec<Command>, Unmade> {
    let day = "2022-02-26";
    let asked = json!({
        "visit_id": "home-1", "at": "2022-02-22T09:00:00+08:00", "recipient_ref": AT_HOME,
        "consent_id": format!("consent-{AT_HOME}"), "reason": "cannot walk down the stairs",
    });
    let scheduled = json!({
        "visit_id": "home-1", "at": "2022-02-22T11:00:00+08:00", "vaccinator_ref": "p-nurse",
        "starts_at": time(day, "14:00"), "ends_at": time(day, "15:00"),
    });
    let made = json!({"visit_id": "home-1", "at": time(day, "14:50"), "result": {"completed": {
        "arrived_at": time(day, "14:05"), "left_at": time(day, "14:50")}}});
    let given = dose(AT_HOME, &time(day, "14:15"), 3, &json!({"visit_id": "home-1"}));
    Ok(vec![
        told("request_home_visit", asked)?,
        told(
            "approve_home_visit",
            json!({"visit_id": "home-1", "at": "2022-02-22T10:00:00+08:00"}),
        )?,
        told("schedule_home_visit", scheduled)?,
        told("record_dose", given)?,
        told("record_home_visit", made)?,
    ])
}
