//! What a view of the clinic says, counted by hand.

use chrono::{NaiveDate, NaiveTime};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Services, SessionGap};
use crate::domain::services::{Event as Told, Phase, Status, Validity};
use crate::domain::{
    Dosing, DosingRow, Event, Evolve, Happened, Interval, IntervalUnit, Minutes, Person,
    Registered, Timestamp, Zone,
};
use crate::views::Rate;

const ZONE: Zone = Zone::Asia__Shanghai;
const DAY: i64 = 24 * 60;

/// Days from 2022-02-21 on; the 6th is the 27th of February.
fn day(number: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 21).expect("a day");
    first + chrono::TimeDelta::days(number)
}

/// Minutes from 2022-02-21T09:00 in Shanghai on.
fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_645_405_200_000_000 + minutes * 60_000_000)
}

fn told(event: Value) -> Happened<Event> {
    let told: Told = serde_json::from_value(event).expect("an event");
    Happened::at(minute(0), ZONE, Event::Services(told))
}

fn folded(events: impl IntoIterator<Item = Value>) -> Services {
    let mut services = Services::default();
    events.into_iter().for_each(|event| services.evolve(&told(event)));
    services
}

/// A session from nine to five.
fn planned(session: &str, on: i64) -> Value {
    json!({"ClinicSessionPlanned": {
        "session_id": session, "place_id": "centre", "provider_id": "clinic",
        "opens_at": minute(on * DAY), "closes_at": minute(on * DAY + 480), "slot_min": 60,
        "slot_capacity_n": 2, "product_codes": [], "dose_nos": [2, 3],
    }})
}

fn of_session(kind: &str, session: &str) -> Value {
    json!({ kind: {"session_id": session, "reason": "snow"} })
}

fn booked(name: &str, session: &str, slot: i64, person: &str) -> Value {
    json!({"AppointmentBooked": {
        "appointment_id": name, "session_id": session, "slot_at": minute(slot),
        "recipient_ref": person, "series_id": "s", "dose_no": 3,
    }})
}

fn of_appointment(kind: &str, name: &str, session: &str, at: i64) -> Value {
    json!({ kind: {
        "appointment_id": name, "session_id": session, "slot_at": minute(at), "at": minute(at),
        "recipient_ref": "a", "series_id": "s", "reason": "a cold",
    }})
}

fn given(name: &str, person: &str, number: u32, at: i64, appointment: Option<&str>) -> Value {
    json!({"DoseAdministered": {
        "dose_id": name, "appointment_id": appointment,
        "session_id": appointment.map(|_| "c-2"), "visit_id": null, "recipient_ref": person,
        "series_id": "s", "dose_no": number, "product_code": "inactivated", "holder": "h",
        "pack_id": "81", "lot_no": "l-1", "expires_on": day(400), "site": "left arm",
        "route": "intramuscular", "administered_at": minute(at), "vaccinator_ref": "v",
        "age_band": "18_59",
    }})
}

fn corrected(name: &str, person: &str, fields: Value) -> Value {
    let mut told = json!({
        "dose_id": name, "recipient_ref": person, "series_id": "s", "supersedes_n": 0,
        "reason": "misread",
    });
    told["fields"] = fields;
    json!({ "DoseRecordCorrected": told })
}

fn voided(name: &str, person: &str) -> Value {
    json!({"DoseRecordVoided": {
        "dose_id": name, "recipient_ref": person, "series_id": "s", "supersedes_n": 0,
        "reason": "entered in error",
    }})
}

/// From 18 years on, six calendar months after the second dose, with so many days of grace.
fn booster(grace_days: u32) -> Dosing {
    let min_interval = Some(Interval { value: 6, unit: IntervalUnit::CalendarMonth });
    let row = DosingRow {
        products: Vec::new(),
        from_dose: 2,
        to_dose: 3,
        min_interval,
        min_age_years: 18,
        grace_days,
    };
    Dosing { rows: vec![row] }
}

/// `a`, `b` and `c` are grown up; the records `b` and `b-again` are of one person.
fn people() -> Registered {
    let mut registered = Registered::default();
    for name in ["a", "b", "b-again", "c"] {
        let born_on = NaiveDate::from_ymd_opt(1980, 1, 1);
        let merged_into = (name == "b-again").then(|| "b".parse().expect("a person"));
        let person = Person { born_on, merged_into, ..Person::default() };
        registered.persons.insert(name.parse().expect("a person"), person);
    }
    registered
}

/// F01, F24: the day of a dose is the local one of its effective version.
#[test]
fn a_dose_has_the_local_day_of_its_effective_version() {
    let services = folded([
        given("d-1", "a", 2, -12 * 60, None),
        given("d-2", "b", 3, 6 * DAY, None),
        given("d-3", "c", 3, 6 * DAY, None),
        corrected("d-2", "b", json!({"administered_at": minute(6 * DAY - 9 * 60)})),
        voided("d-3", "c"),
    ]);
    let doses = services.doses();
    let listed: Vec<_> =
        doses.iter().map(|dose| (dose.dose_id.as_str(), dose.on, dose.dose_no)).collect();
    // 21:00 of the evening before; midnight belongs to the day that begins.
    assert_eq!(listed, [("d-1", day(-1), 2), ("d-2", day(6), 3)]);
    let by_day = services.doses_by_day();
    assert_eq!(by_day[&day(6)].get(&3), Some(&1));
    assert_eq!(by_day.len(), 2);
}

/// F02, F04: the hours are local, and a session says for which doses it is.
#[test]
fn a_session_shows_its_local_hours() {
    let services = folded([planned("c-1", 6)]);
    let sessions = services.clinic_sessions();
    let [session] = &sessions[..] else { panic!("{sessions:?}") };
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
    assert_eq!((session.on, session.opens, session.closes), (day(6), hour(9), hour(17)));
    assert_eq!((session.open_min, session.dose_nos), (Minutes(480), &[2, 3][..]));
    assert_eq!((session.phase, session.is_held), (Phase::Planned, false));
}

/// F05.
#[test]
fn home_visits_are_counted_by_how_far_they_are() {
    let requested = |name| {
        json!({"HomeVisitRequested": {
            "visit_id": name, "recipient_ref": "a", "consent_id": "c", "reason": null,
        }})
    };
    let completed = json!({"HomeVisitCompleted": {
        "visit_id": "v-1", "arrived_at": minute(0), "left_at": minute(20),
    }});
    let failed = json!({"HomeVisitFailed": {"visit_id": "v-2", "reason": "nobody in"}});
    let approved = json!({"HomeVisitApproved": {"visit_id": "v-3"}});
    let services = folded([
        requested("v-1"),
        requested("v-2"),
        requested("v-3"),
        requested("v-4"),
        completed,
        failed,
        approved,
    ]);
    let visits = services.home_visits();
    assert_eq!((visits.completed_n, visits.failed_n), (1, 1));
    assert_eq!((visits.coming_n, visits.requested_n, visits.declined_n), (1, 1, 0));
}

proptest! {
    /// F03: gaps are between sessions that were held; what was cancelled, or planned only, parts
    /// no two of them.
    #[test]
    fn gaps_are_between_held_sessions(how in prop::collection::vec(0_u8..4, 0..12)) {
        let mut events = Vec::new();
        let mut held = Vec::new();
        for (number, how) in (0_i64..).zip(how) {
            let name = format!("c-{number}");
            events.push(planned(&name, number * 3));
            match how {
                0 => {}
                1 => events.push(of_session("ClinicSessionCancelled", &name)),
                2 => events.push(of_session("ClinicSessionClosed", &name)),
                _ => events.push(of_appointment("RecipientCheckedIn", "x", &name, number * DAY)),
            }
            if how > 1 {
                held.push(number * 3);
            }
        }
        events.reverse();
        let expected: Vec<_> = held.windows(2).map(|pair| SessionGap {
            from_on: day(pair[0]), until_on: day(pair[1]), days_n: pair[1] - pair[0],
        }).collect();
        prop_assert_eq!(folded(events).session_gaps(), expected);
    }

    /// Doses are judged in the order in which they were given, in whatever order they were typed
    /// in, and grace makes an early one count.
    #[test]
    fn doses_are_judged_in_the_order_of_their_time(
        second in -400_i64..0, grace in 0_u32..90, turned in any::<bool>(),
    ) {
        let mut events =
            vec![given("d-2", "a", 2, second * DAY, None), given("d-3", "a", 3, 0, None)];
        if turned {
            events.reverse();
        }
        let services = folded(events);
        let people = people();
        let evaluated = services.dose_evaluations(&booster(grace), &people);
        let due_on = day(second).checked_add_months(chrono::Months::new(6)).expect("a day");
        let early = due_on.signed_duration_since(day(0)).num_days();
        prop_assert_eq!(evaluated[0].validity, Validity::Valid);
        prop_assert_eq!(evaluated[1].validity == Validity::Valid, early <= i64::from(grace));
    }
}

#[test]
fn coverage_counts_people_who_might_have_one() {
    let story = [
        given("a-2", "a", 2, -300 * DAY, None),
        given("a-3", "a", 3, 0, None),
        given("b-2", "b", 2, -300 * DAY, None),
        given("b-2-again", "b-again", 2, -299 * DAY, None),
        given("c-2", "c", 2, -20 * DAY, None),
    ];
    let (services, rule, registered) = (folded(story), booster(0), people());
    let covered = |on| services.third_dose_coverage(on, ("2022-02-19", &rule), &registered).rate;
    assert_eq!(covered(day(0)), Rate { counted_n: 1, of_n: 2 });
    assert_eq!(covered(day(-1)), Rate { counted_n: 0, of_n: 2 });
    assert_eq!(covered(day(300)), Rate { counted_n: 1, of_n: 3 });
    let due = |on, days| {
        let due = services.due_within(on, days, &rule, &registered);
        due.iter().map(|due| due.recipient_ref.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(due(day(0), 0), ["b"]);
    assert_eq!(due(day(0), 180), ["b", "c"]);
    let unbooked = services.due_unbooked(day(0), &rule, &registered);
    assert_eq!(unbooked.len(), 1);
}

/// The second dose was told under one pseudonym and the third under the other.
#[test]
fn the_doses_of_merged_records_are_one_series() {
    let story = [
        given("b-2", "b", 2, -300 * DAY, None),
        given("b-3", "b-again", 3, 0, None),
        planned("c-2", 0),
        given("a-2", "a", 2, -300 * DAY, None),
        booked("x", "c-2", 0, "a"),
    ];
    let (services, rule, registered) = (folded(story), booster(0), people());
    let evaluated = services.dose_evaluations(&rule, &registered);
    assert!(evaluated.iter().all(|dose| dose.validity == Validity::Valid));
    let told_as: Vec<_> = evaluated.iter().map(|dose| dose.told_as.as_str()).collect();
    assert_eq!(told_as, ["a", "b", "b-again"]);
    let covered = services.third_dose_coverage(day(0), ("2022-02-19", &rule), &registered).rate;
    assert_eq!(covered, Rate { counted_n: 1, of_n: 2 });
    assert_eq!(services.due_within(day(0), 0, &rule, &registered).len(), 1);
}

/// Two of sixteen places, one of them a no-show; the one who came waited for twelve minutes.
#[test]
fn rates_show_what_they_are_of() {
    let services = folded([
        planned("c-2", 0),
        planned("c-3", 3),
        booked("x", "c-2", 0, "a"),
        booked("y", "c-2", 0, "b"),
        booked("z", "c-2", 60, "c"),
        booked("later", "c-3", 3 * DAY, "d"),
        of_appointment("AppointmentCancelled", "z", "c-2", 60),
        of_appointment("RecipientCheckedIn", "x", "c-2", 3),
        given("d-3", "a", 3, 15, Some("x")),
        of_appointment("NoShowRecorded", "y", "c-2", 0),
    ]);
    let fill: Vec<_> = services.fill_rate().map(|(_, rate)| rate).collect();
    assert_eq!(fill, [Rate { counted_n: 2, of_n: 16 }, Rate { counted_n: 1, of_n: 16 }]);
    let no_shows = services.appointment_no_show_rate(day(0));
    assert_eq!(no_shows, Rate { counted_n: 1, of_n: 2 });
    let waited: Vec<_> = services.waiting_time().into_values().collect();
    assert_eq!(waited, [Minutes(12)]);
    let status: Vec<_> = services.appointments().map(|listed| listed.status).collect();
    let expected = [Status::Booked, Status::Fulfilled, Status::NoShow, Status::Cancelled];
    assert_eq!(status, expected);
}

#[test]
fn who_is_booked_is_not_unbooked() {
    let services = folded([
        planned("c-2", 0),
        given("a-2", "a", 2, -300 * DAY, None),
        booked("x", "c-2", 0, "a"),
    ]);
    assert_eq!(services.due_within(day(0), 0, &booster(0), &people()).len(), 1);
    assert_eq!(services.due_unbooked(day(0), &booster(0), &people()).len(), 0);
}
