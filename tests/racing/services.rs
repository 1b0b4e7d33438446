//! S1: a slot has so many places. S2: one live appointment a recipient, series and dose. S3: the
//! interval since the last dose. S4: no recalled lot is allocated. S5: a vaccinator is in one home
//! at a time. And a dose is corrected at its newest version.

use serde_json::json;

use super::book::Step;
use super::{Command, HANDS, Places, Race, WRITERS, Wanted, at, nothing_fresh, races, tell};

/// The places of a slot that many want.
const CAPACITY: usize = 3;
/// How many visits of a round want the vaccinator, several writers each.
const VISITS: usize = 8;

races! {
    /// Sixty-four people want the three places of a slot.
    a_slot_has_so_many_places = Race {
        rule: "S1",
        set_up: || (0..HANDS).flat_map(|hand| recipient(&format!("p-{hand}"))).collect(),
        fresh: |round| session(&format!("s-{round}"), round, CAPACITY),
        wants: |round, writer| {
            let slot = (format!("s-{round}"), round, 0);
            book(&format!("b-{round}-{writer}"), slot, &format!("p-{writer}"), "booster")
        },
        places: Places::Exactly(CAPACITY),
        refused: &["SlotFull"],
        given_back: Some(cancel),
        law: |told| match told.name.as_str() {
            "AppointmentBooked" => told.takes("session_id", "appointment_id", CAPACITY),
            "AppointmentCancelled" => told.frees("session_id", "appointment_id"),
            _ => Vec::new(),
        },
    };
    /// One recipient wants one dose in sixty-four slots.
    a_dose_is_booked_once = Race {
        rule: "S2",
        set_up: || recipient("p").into_iter().chain(session("s", 1, 1)).collect(),
        fresh: nothing_fresh,
        wants: |round, writer| {
            let slot = ("s".to_owned(), 1, writer);
            book(&format!("b-{round}-{writer}"), slot, "p", &format!("series-{round}"))
        },
        places: Places::Exactly(1),
        refused: &["AlreadyBooked"],
        given_back: Some(cancel),
        law: |told| match told.name.as_str() {
            "AppointmentBooked" => told.takes("series_id", "appointment_id", 1),
            "AppointmentCancelled" => told.frees("series_id", "appointment_id"),
            _ => Vec::new(),
        },
    };
    /// It is told of a second dose while the third is booked, six months too early.
    a_dose_is_told_while_the_next_is_booked = Race {
        rule: "S3",
        set_up: || {
            let people = (0..WRITERS / 2).flat_map(|hand| recipient(&format!("p-{hand}")));
            let session = session("s", 1, ROUNDS_BEFORE_FULL);
            [six_months()].into_iter().chain(people).chain(session).collect()
        },
        fresh: nothing_fresh,
        wants: |round, writer| {
            let hand = writer % (WRITERS / 2);
            let (person, series) = (format!("p-{hand}"), format!("series-{round}"));
            if writer < WRITERS / 2 {
                let dose = dose(&format!("d-{round}-{hand}"), &person, &series);
                return Wanted::Aside(vec![dose]);
            }
            let slot = ("s".to_owned(), 1, hand);
            book(&format!("b-{round}-{hand}"), slot, &person, &series)
        },
        places: Places::AtMost(WRITERS / 2),
        refused: &["TooEarly"],
        given_back: None,
        law: |told| {
            let course = || format!("{}/{}", told.text("recipient_ref"), told.text("series_id"));
            match told.name.as_str() {
                "DoseAdministered" => vec![Step::Ends(course())],
                "AppointmentBooked" => vec![Step::Before(course())],
                _ => Vec::new(),
            }
        },
    };
    /// A lot is recalled while it is allocated.
    a_lot_is_recalled_while_allocated = Race {
        rule: "S4",
        set_up: || session("s", 1, 1),
        fresh: nothing_fresh,
        wants: |round, writer| {
            let lot = format!("lot-{round}");
            match writer % 4 == 3 || writer >= WRITERS {
                true => Wanted::Place(vec![tell("recall_lot", json!({
                    "lot_no": lot, "reason": "warm",
                }))]),
                false => Wanted::Aside(vec![tell("allocate_lot", json!({
                    "session_id": "s", "lot_no": lot, "expires_on": "2023-01-01", "doses_n": 10,
                }))]),
            }
        },
        places: Places::Exactly(1),
        refused: &["AlreadyExists", "LotIsRecalled"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "LotRecalled" => vec![Step::Ends(told.text("lot_no"))],
            "LotAllocated" => vec![Step::Before(told.text("lot_no"))],
            _ => Vec::new(),
        },
    };
    /// Eight visits, asked for by eight each, want one vaccinator at one time.
    a_vaccinator_is_in_one_home = Race {
        rule: "S5",
        set_up: || recipient("p").into(),
        fresh: |round| (0..VISITS + 2).flat_map(|visit| approved(round, visit)).collect(),
        wants: |round, writer| {
            let visit = if writer < WRITERS { writer % VISITS } else { VISITS + writer - WRITERS };
            Wanted::Place(vec![tell("schedule_home_visit", json!({
                "visit_id": format!("v-{round}-{visit}"), "vaccinator_ref": "nurse",
                "starts_at": at(round, 600), "ends_at": at(round, 660),
            }))])
        },
        places: Places::Exactly(1),
        refused: &["VaccinatorBusy", "WrongState"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "HomeVisitScheduled" => told.occupies("vaccinator_ref", "visit_id"),
            _ => Vec::new(),
        },
    };
    /// Sixty-four correct one version of a dose.
    a_version_is_corrected_once = Race {
        rule: "corrected dose",
        set_up: || recipient("p").into(),
        fresh: |round| vec![dose(&format!("d-{round}"), "p", &format!("series-{round}"))],
        wants: |round, writer| Wanted::Place(vec![tell("correct_dose", json!({
            "dose_id": format!("d-{round}"), "supersedes_n": 0, "reason": "misread",
            "fields": {"pack_id": format!("pack-{writer}")},
        }))]),
        places: Places::Exactly(1),
        refused: &["AlreadySuperseded"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "DoseRecordCorrected" => told.takes("dose_id", "supersedes_n", 1),
            _ => Vec::new(),
        },
    };
    /// One name for sixty-four sessions.
    one_session_of_a_name = Race {
        rule: "one clinic session of a name",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, _| {
            Wanted::Place(session(&format!("s-{round}"), round, 1).into_iter().take(1).collect())
        },
        places: Places::Exactly(1),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "ClinicSessionPlanned" => told.takes("session_id", "session_id", 1),
            _ => Vec::new(),
        },
    };
}

/// Places enough for whoever books in each round of a journal.
const ROUNDS_BEFORE_FULL: usize = super::ROUNDS;

/// A person who agreed to vaccination.
fn recipient(person: &str) -> [Command; 2] {
    let agreed = json!({
        "consent_id": format!("consent-{person}"), "subject_ref": person, "given_by_ref": person,
        "capacity": "self", "purposes": ["vaccination"], "is_separate": true,
        "valid_from": "2022-01-01",
    });
    [tell("register_person", json!({"person_ref": person})), tell("give_consent", agreed)]
}

/// A session of slots of five minutes on the day of a round, open for bookings.
fn session(name: &str, round: usize, places: usize) -> Vec<Command> {
    let planned = json!({
        "session_id": name, "place_id": "centre", "provider_id": "clinic",
        "opens_at": at(round, 60), "closes_at": at(round, 540), "slot_min": 5,
        "slot_capacity_n": places,
    });
    vec![tell("plan_clinic_session", planned), tell("open_booking", json!({"session_id": name}))]
}

fn book(name: &str, slot: (String, usize, usize), person: &str, series: &str) -> Wanted {
    let (session, round, slot) = slot;
    Wanted::Place(vec![tell(
        "book_appointment",
        json!({
            "appointment_id": name, "session_id": session, "slot_at": at(round, 60 + slot * 5),
            "recipient_ref": person, "series_id": series, "dose_no": 3,
        }),
    )])
}

fn cancel(round: usize, writer: usize) -> Vec<Command> {
    let appointment = format!("b-{round}-{writer}");
    vec![tell("cancel_appointment", json!({"appointment_id": appointment, "reason": "ill"}))]
}

/// The third dose comes six months after the second.
fn six_months() -> Command {
    let row = json!({
        "from_dose": 2, "to_dose": 3, "min_age_years": 0,
        "min_interval": {"value": 6, "unit": "calendar_month"},
    });
    tell(
        "publish_rule_set",
        json!({"published": {
            "rule": {"dosing": {"rows": [row]}}, "version": "1", "jurisdiction": "CN",
            "valid_from": "2020-01-01",
        }}),
    )
}

/// A second dose, given in February.
fn dose(name: &str, person: &str, series: &str) -> Command {
    tell(
        "record_dose",
        json!({
            "dose_id": name, "recipient_ref": person, "series_id": series, "dose_no": 2,
            "product_code": "inactivated", "holder": "maker", "pack_id": "pack", "lot_no": "lot",
            "expires_on": "2023-01-01", "site": "left", "route": "im", "vaccinator_ref": "nurse",
        }),
    )
}

/// A home visit that only wants a time.
fn approved(round: usize, visit: usize) -> [Command; 2] {
    let visit = format!("v-{round}-{visit}");
    let asked = json!({
        "visit_id": visit, "recipient_ref": "p", "consent_id": "consent-p", "reason": "bedridden",
    });
    [tell("request_home_visit", asked), tell("approve_home_visit", json!({"visit_id": visit}))]
}
