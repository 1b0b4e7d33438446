//! S1 to S7, each a law over whatever may be asked and told.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::super::{AgeBand, Command, Event, Refusal, State, Status};
use super::{
    DAY, allocate, approved, book, cancel, check_in, command, correct, day, dose, dose_with,
    failed, given, minute, no_show, not_done, of_session, of_visit, open, people, plan, published,
    recall, reschedule, schedule, screen, visit, visited, void, void_appointment, wait,
};
use crate::domain::given::{Given, given_of, variant};
use crate::domain::{BoundaryItem, Decide, Evolve, Flag, Happened, Sealed, SealedField, Timestamp};

const PEOPLE: [&str; 4] = ["a", "b", "c", "child"];
const APPOINTMENTS: [&str; 5] = ["x", "y", "z", "u", "w"];
const SESSIONS: [&str; 2] = ["c-1", "c-2"];
const DOSES: [&str; 4] = ["d-1", "d-2", "d-3", "d-4"];
const VISITS: [&str; 3] = ["v-1", "v-2", "v-3"];
const LOTS: [&str; 2] = ["l-1", "l-2"];

fn one_of<const N: usize>(names: [&'static str; N]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names.to_vec())
}

/// A slot of the first or the second session, or just beside one.
fn slots() -> impl Strategy<Value = i64> {
    (0_i64..2, 0_i64..3, prop::sample::select(vec![0, 0, 0, 10]))
        .prop_map(|(session, slot, beside)| session * 3 * DAY + slot * 30 + beside)
}

/// What takes places and gives them back.
fn of_places() -> impl Strategy<Value = Command> {
    let appointment = || one_of(APPOINTMENTS);
    prop_oneof![
        5 => (appointment(), one_of(SESSIONS), slots(), one_of(PEOPLE), 2_u32..4)
            .prop_map(|(name, session, slot, who, no)| book(name, session, slot, who, no)),
        1 => (appointment(), one_of(SESSIONS), one_of(PEOPLE), 2_u32..4)
            .prop_map(|(name, session, who, no)| wait(name, session, who, no)),
        2 => appointment().prop_map(cancel),
        2 => (appointment(), slots()).prop_map(|(name, slot)| reschedule(name, slot)),
        1 => appointment().prop_map(|name| void_appointment(name, 0)),
        1 => appointment().prop_map(no_show),
        1 => appointment().prop_map(not_done),
        1 => (appointment(), slots()).prop_map(|(name, at)| check_in(name, at)),
    ]
}

/// Second doses of those who may be one person.
fn of_two_records() -> impl Strategy<Value = Command> {
    (one_of(APPOINTMENTS), one_of(SESSIONS), slots(), one_of(["a", "b"]))
        .prop_map(|(name, session, slot, who)| book(name, session, slot, who, 2))
}

/// What is told of doses.
fn of_doses() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (one_of(DOSES), one_of(PEOPLE), 1_u32..4, -300_i64..3, one_of(LOTS))
            .prop_map(|(name, who, no, on, lot)| {
                dose_with(name, who, no, on * DAY, json!({ "lot_no": lot }))
            }),
        1 => (one_of(DOSES), 0_u32..3, 1_u32..4)
            .prop_map(|(name, seen, no)| correct(name, seen, json!({ "dose_no": no }))),
        1 => (one_of(DOSES), 0_u32..3, -300_i64..3).prop_map(|(name, seen, on)| {
            correct(name, seen, json!({"administered_at": minute(on * DAY), "lot_no": "l-2"}))
        }),
        1 => (one_of(DOSES), 0_u32..3).prop_map(|(name, seen)| void(name, seen)),
        1 => (one_of(LOTS), -300_i64..3).prop_map(|(lot, on)| recall(lot, on * DAY)),
    ]
}

/// Whatever may be asked, by anybody, sensible or not.
fn requests() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => of_places(),
        4 => of_doses(),
        1 => (one_of(SESSIONS), one_of(["cancel_clinic_session", "close_clinic_session"]))
            .prop_map(|(session, name)| of_session(name, session)),
        1 => (one_of(SESSIONS), one_of(LOTS), -2_i64..9)
            .prop_map(|(session, lot, on)| allocate(session, lot, day(on))),
        1 => (one_of(VISITS), one_of(["a", "b"]))
            .prop_map(|(name, who)| visit(name, who, "consent-a", Some("frail"))),
        1 => one_of(VISITS).prop_map(|name| of_visit("approve_home_visit", name)),
        2 => (one_of(VISITS), one_of(["v", "w"]), 0_i64..9, 0_i64..9)
            .prop_map(|(name, who, from, long)| schedule(name, who, from, from + long)),
    ]
}

/// Two open sessions, three days apart.
fn two_sessions() -> Vec<Command> {
    vec![plan("c-1", 0), open("c-1"), plan("c-2", 3), open("c-2")]
}

fn after(requests: Vec<Command>) -> Given<State> {
    let mut given = given(two_sessions());
    for request in requests {
        let _ = given.then(request);
    }
    given
}

/// Who has a place in which slot, counted from the events alone.
fn places(story: &[Happened<Event>]) -> BTreeMap<(String, Timestamp), usize> {
    let mut slot_of: BTreeMap<String, (String, Timestamp)> = BTreeMap::new();
    for happened in story {
        match &happened.event {
            Event::AppointmentBooked { appointment_id, session_id, slot_at, .. }
            | Event::AppointmentRescheduled {
                appointment_id,
                session_id,
                to_slot_at: slot_at,
                ..
            } => {
                slot_of.insert(appointment_id.to_string(), (session_id.to_string(), *slot_at));
            }
            Event::AppointmentCancelled { appointment_id, .. }
            | Event::AppointmentVoided { appointment_id, .. } => {
                slot_of.remove(appointment_id.as_str());
            }
            Event::ClinicSessionCancelled { session_id, .. } => {
                slot_of.retain(|_, (session, _)| session != session_id.as_str());
            }
            _ => {}
        }
    }
    let mut places = BTreeMap::new();
    for slot in slot_of.into_values() {
        *places.entry(slot).or_default() += 1;
    }
    places
}

proptest! {
    /// S1: no slot has more bookings than places, none is called full that is not, and cancelling
    /// everything gives every place back.
    #[test]
    fn no_slot_has_more_bookings_than_places(
        requests in prop::collection::vec(of_places(), 0..60),
        ends in any::<bool>(),
    ) {
        let mut given = given(two_sessions());
        for request in requests {
            let asked = match &request {
                Command::BookAppointment { session_id, slot_at, .. } => {
                    Some((session_id.to_string(), *slot_at))
                }
                _ => None,
            };
            let taken = asked.map(|slot| places(&given.story).get(&slot).copied().unwrap_or(0));
            match given.then(request) {
                Err(Refusal::SlotFull { .. }) => prop_assert!(taken.is_none_or(|n| n == 2)),
                _ => prop_assert!(places(&given.story).values().all(|taken| *taken <= 2)),
            }
        }
        for (session_id, slot_at) in given.state.slots.keys() {
            let counted = places(&given.story).get(&(session_id.to_string(), *slot_at)).copied();
            prop_assert_eq!(given.state.taken_n(session_id, *slot_at), counted.unwrap_or(0));
        }
        let open = given.state.appointments.clone();
        for (name, appointment) in &open {
            if ends && given.state.status(appointment) == Status::Booked {
                given.then(cancel(name.as_str())).expect("cancelled");
            } else {
                given.then(void_appointment(name.as_str(), 0)).ok();
            }
        }
        prop_assert_eq!(places(&given.story).len(), 0);
        prop_assert!(given.state.slots.keys().all(|(of, at)| given.state.taken_n(of, *at) == 0));
    }

    /// S1: a cancelled session has no booking left, and who was booked there is free to be booked
    /// elsewhere.
    #[test]
    fn a_cancelled_session_gives_its_places_back(who in one_of(["a", "b", "c"]), slot in 0_i64..9) {
        let mut given = given(two_sessions());
        given.then(book("x", "c-1", slot * 30, who, 3)).expect("booked");
        let elsewhere = book("y", "c-2", 3 * DAY, who, 3);
        prop_assert!(given.when(elsewhere.clone()).is_err());
        given.then(of_session("cancel_clinic_session", "c-1")).expect("cancelled");
        let session = "c-1".parse().expect("a session");
        prop_assert_eq!(given.state.taken_n(&session, minute(slot * 30)), 0);
        prop_assert!(given.when(elsewhere).is_ok());
    }

    /// S2: nobody has two live appointments for one dose of a series, under whatever records.
    #[test]
    fn nobody_is_booked_twice_for_one_dose(
        requests in prop::collection::vec(prop_oneof![of_places(), of_two_records()], 0..60),
        merged in any::<bool>(),
    ) {
        let mut registered = people();
        let record = registered.persons.get_mut(b"b".as_slice()).expect("a person");
        record.merged_into = merged.then(|| "a".parse().expect("a person"));
        let mut given = given_of::<State>(registered, two_sessions());
        for request in requests {
            let _ = given.then(request);
        }
        let mut live = BTreeMap::new();
        for appointment in given.state.appointments.values() {
            if given.state.status(appointment).is_live() {
                let who = given.registered.root(&appointment.recipient_ref);
                let of = (who, appointment.dose_no);
                *live.entry(of).or_insert(0) += 1;
            }
        }
        prop_assert!(live.values().all(|live| *live == 1));
    }

    /// S3: a third dose is booked from six calendar months after the last second one that counts,
    /// by the time at which it was given and in whatever order it was typed in.
    #[test]
    fn the_interval_counts_from_the_last_valid_dose(
        first in -420_i64..-40, apart in 0_i64..60, turned in any::<bool>(),
        voided in any::<bool>(),
    ) {
        let mut doses =
            vec![dose("d-1", "a", 1, first * DAY), dose("d-2", "a", 2, (first + apart) * DAY)];
        if turned {
            doses.reverse();
        }
        let mut given = given(two_sessions());
        for told in doses {
            given.then(told).expect("recorded");
        }
        let person = "a".parse().expect("a person");
        let series = given.state.series(&person, &"s".parse().expect("a series"));
        prop_assert!(series.is_sorted_by_key(|(_, dose)| dose.record.administered_at));
        if voided {
            given.then(void("d-1", 0)).expect("recorded");
        }
        let counts = (voided || apart >= 21) && day(first + apart) <= day(40);
        let due_on = day(first + apart).checked_add_months(chrono::Months::new(6)).expect("a day");
        let is_due = !counts || due_on <= day(0);
        let asked = given.when(book("x", "c-1", 0, "a", 3));
        prop_assert_eq!(asked.is_ok(), is_due, "{:?}", asked);
        if !is_due {
            prop_assert_eq!(asked, Err(Refusal::TooEarly { earliest_on: due_on }));
        }
    }

    /// S3, S6: who is booked is moved only to where they could be booked: consent may have ended
    /// since, and a dose come to light.
    #[test]
    fn who_is_moved_could_be_booked_there(
        from in -4_i64..4, long in 0_i64..9, second in -400_i64..0, told in any::<bool>(),
    ) {
        let mut given = given(two_sessions());
        given.then(book("x", "c-1", 0, "a", 3)).expect("booked");
        let consent = given.registered.consents.get_mut(b"consent-a".as_slice());
        let consent = consent.expect("a consent");
        (consent.valid_from, consent.valid_until) = (day(from), Some(day(from + long)));
        if told {
            given.then(dose("d-2", "a", 2, second * DAY)).expect("recorded");
        }
        let moved = given.when(reschedule("x", 30));
        given.then(cancel("x")).expect("cancelled");
        let booked = given.when(book("y", "c-1", 30, "a", 3));
        prop_assert_eq!(moved.err(), booked.err());
    }

    /// S4: no lot is allocated that is expired on the day of the session or was recalled.
    #[test]
    fn an_allocated_lot_is_good_on_the_day(last in -5_i64..9, recalled in any::<bool>()) {
        let mut given = given(two_sessions());
        if recalled {
            given.then(recall("l-1", -3 * DAY)).expect("recalled");
        }
        for (session, on) in [("c-1", 0), ("c-2", 3)] {
            let asked = given.when(allocate(session, "l-1", day(last)));
            prop_assert_eq!(asked.is_ok(), !recalled && on <= last);
        }
        prop_assert!(given.when(allocate("c-2", "l-2", day(3))).is_ok());
    }

    /// S5: no vaccinator is sent to two homes at once, and who is free is not refused.
    #[test]
    fn no_vaccinator_is_in_two_places(
        wanted in prop::collection::vec((one_of(["v", "w"]), 0_i64..100, 1_i64..20), 0..30),
    ) {
        let mut given = given([]);
        let mut taken: Vec<(&str, i64, i64)> = Vec::new();
        for (number, (who, from, long)) in wanted.into_iter().enumerate() {
            let (name, until) = (format!("v-{number}"), from + long);
            for told in approved(&name, "a") {
                given.then(told).expect("approved");
            }
            let in_the_way = taken.iter().filter(|(v, f, u)| *v == who && *f < until && from < *u);
            let busy_until = in_the_way.map(|(_, _, until)| minute(*until)).max();
            let refused = busy_until.map(|until| Refusal::VaccinatorBusy { until });
            prop_assert_eq!(given.then(schedule(&name, who, from, until)).err(), refused.clone());
            if refused.is_none() {
                taken.push((who, from, until));
            }
        }
    }

    /// S6: nobody is booked without a consent that is in force at the slot, and the age band of a
    /// dose is that of the age, whoever reports another, and stands in clear.
    #[test]
    fn consent_comes_first_and_the_age_band_stays(
        from in -4_i64..4, long in 0_i64..6, reported in any::<bool>(),
        (who, band) in prop::sample::select(vec![
            ("a", AgeBand::From60), ("b", AgeBand::From18To59), ("child", AgeBand::Under14),
        ]),
    ) {
        let mut registered = people();
        registered.rules.clear();
        let consent = format!("consent-{who}");
        let consent = registered.consents.get_mut(consent.as_bytes()).expect("a consent");
        (consent.valid_from, consent.valid_until) = (day(from), Some(day(from + long)));
        let mut given = given_of::<State>(registered, two_sessions());
        let is_in_force = from <= 0 && 0 < from + long;
        prop_assert_eq!(given.when(book("x", "c-1", 0, who, 3)).is_ok(), is_in_force);
        let more = if reported { json!({"age_band": "14_17"}) } else { json!({}) };
        given.then(dose_with("d-1", who, 3, 0, more)).expect("recorded");
        let mut told = given.story.pop().expect("a dose").event;
        told.sealed().into_iter().for_each(|field| *field.value = Sealed::Erased);
        let data = told.data();
        prop_assert_eq!(data["age_band"].as_str(), Some(band.name()));
    }

    /// What departs from the rules is flagged and noted, and what does not is not.
    #[test]
    fn what_departs_from_the_rules_is_noted(
        after in 0_i64..400, last in -9_i64..9, recalled in -9_i64..9,
        number in 2_u32..4, who in one_of(["a", "child"]),
    ) {
        let mut given = given([dose("d-1", who, 2, -after * DAY), recall("l-2", recalled * DAY)]);
        let lot = json!({"lot_no": "l-2", "expires_on": day(last)});
        let told = given.when(dose_with("d-2", who, number, 0, lot.clone())).expect("recorded");
        let six_months_on = day(-after).checked_add_months(chrono::Months::new(6)).expect("a day");
        // The second dose of a child counts: its age is asked for the third alone.
        let expected = [
            (Flag::Early, number == 3 && after > 0 && day(0) < six_months_on),
            (Flag::UnderAge, number == 3 && who == "child"),
            (Flag::LotExpired, last < 0),
            (Flag::LotRecalled, recalled <= 0),
            (Flag::DuplicateDoseNo, number == 2),
        ];
        let flags: Vec<Flag> =
            expected.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag).collect();
        prop_assert_eq!(&told[0].flags, &flags);
        let noted: Vec<Flag> = told.iter().skip(1).map(|happened| match &happened.event {
            Event::DoseDeviationNoted { kind, .. } => kind.flag(),
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(noted, flags);
        given.then(dose_with("d-2", who, number, 0, lot)).expect("recorded");
    }

    /// A report is never refused, whatever came before it.
    #[test]
    fn reality_is_never_refused(requests in prop::collection::vec(requests(), 0..50)) {
        let mut story = two_sessions();
        story.push(book("first", "c-1", 0, "a", 2));
        story.extend(approved("home", "a"));
        let mut given = given(story);
        for request in requests {
            let _ = given.then(request);
        }
        let fields = json!({"appointment_id": "first", "visit_id": "home"});
        for told in [
            no_show("first"), check_in("first", 0), screen("first", "a", "proceed"),
            not_done("first"), dose_with("given", "a", 2, 0, fields), dose("more", "b", 2, 0),
            command("record_observation", json!({"dose_id": "given", "observed_min": 30})),
            command("record_adverse_event", json!({"dose_id": "given", "recipient_ref": "a"})),
            correct("given", 0, json!({"dose_no": 3})), void("given", 1),
            visited("home", 0, 60), failed("home"),
        ] {
            let shown = format!("{told:?}");
            prop_assert!(given.then(told).is_ok(), "{}", shown);
        }
    }

    /// A correction corrects the newest version, and nothing corrects what was voided.
    #[test]
    fn only_the_newest_version_is_corrected(
        tried in prop::collection::vec((any::<bool>(), 0_u32..6), 0..20),
    ) {
        let mut given = given([dose("d-1", "a", 2, 0)]);
        let (mut newest, mut is_voided) = (0, false);
        for (voids, seen) in tried {
            let told = if voids { void("d-1", seen) } else { correct("d-1", seen, json!({})) };
            let is_right = seen == newest && !is_voided;
            let refused = (!is_right).then_some(Refusal::AlreadySuperseded { by: newest });
            prop_assert_eq!(given.then(told).err(), refused);
            if is_right {
                (newest, is_voided) = (newest + 1, voids);
            }
        }
    }

    /// What has to be sealed is known as such, in the command and in its event, under the key of
    /// the recipient, and neither shows it where somebody prints them.
    #[test]
    fn nothing_sealed_is_taken_in_clear(secret in "[a-z]{12,20}", which in 0_usize..3) {
        let (name, field, fields) = [
            ("record_screening", "findings", json!({
                "appointment_id": "x", "recipient_ref": "a", "was_informed": true,
                "outcome": "defer", "findings": &secret,
            })),
            ("record_adverse_event", "finding", json!({
                "dose_id": "d-1", "recipient_ref": "a", "finding": &secret,
            })),
            ("request_home_visit", "reason", json!({
                "visit_id": "v-1", "recipient_ref": "a", "consent_id": "consent-a",
                "reason": &secret,
            })),
        ][which].clone();
        let mut story = two_sessions();
        story.extend([book("x", "c-1", 0, "a", 3), dose("d-1", "a", 2, 0)]);
        let mut asked = command(name, fields);
        let mut told = given(story).when(asked.clone()).expect("allowed").remove(0).event;
        let shown = format!("{asked:?} {told:?}");
        prop_assert!(!shown.contains(&secret));
        for sealed in [asked.sealed(), told.sealed()] {
            let [SealedField { name, subject, value }] = &sealed[..] else {
                panic!("{name} has one sealed field, not {}", sealed.len());
            };
            prop_assert_eq!((*name, subject.as_str()), (field, "person:a"));
            prop_assert_eq!(value.text(), Some(&*secret));
        }
        told.sealed().into_iter().for_each(|field| *field.value = Sealed::Erased);
        prop_assert!(!told.data().to_string().contains(&secret));
    }

    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        requests in prop::collection::vec(requests(), 0..60), asked in requests(),
    ) {
        let given = after(requests);
        let mut items = asked.boundary().items;
        let known = read(&given.story, &items);
        items.extend(known.beyond(&asked));
        let decided = read(&given.story, &items).decide(asked.clone(), &given.registered);
        prop_assert_eq!(decided, given.when(asked));
    }

    /// Every tag is one that a journal takes, however long the names are.
    #[test]
    fn every_tag_is_short_enough(who in "[a-zé]{1,60}", slot in 0_i64..9) {
        let mut told = given(two_sessions()).when(book("x", "c-1", slot * 30, "a", 3));
        let happened = told.as_mut().expect("booked").first_mut().expect("an event");
        if let Event::AppointmentBooked { recipient_ref, series_id, .. } = &mut happened.event
            && let (Ok(person), Ok(series)) = (who.parse(), who.parse())
        {
            (*recipient_ref, *series_id) = (person, series);
        }
        prop_assert!(happened.event.tags(happened.zone).iter().all(|tag| tag.len() <= 128));
    }
}

/// What the events of a boundary add up to.
fn read(story: &[Happened<Event>], items: &[BoundaryItem]) -> State {
    let mut state = State::default();
    story.iter().filter(|happened| is_read(items, happened)).for_each(|happened| {
        state.evolve(happened);
    });
    state
}

fn is_read(items: &[BoundaryItem], happened: &Happened<Event>) -> bool {
    let (kind, tags) = (variant(&happened.event), happened.event.tags(happened.zone));
    items.iter().any(|item| {
        (item.types.is_empty() || item.types.contains(&kind.as_str())) && tags.contains(&item.tag)
    })
}

/// Where no rule is published, neither interval nor age is asked for.
#[test]
fn without_a_rule_nothing_is_too_early() {
    let mut registered = people();
    registered.rules.clear();
    let mut given = given_of::<State>(registered, two_sessions());
    given.then(dose("d-2", "ageless", 2, -DAY)).expect("recorded");
    assert!(given.when(book("x", "c-1", 0, "ageless", 3)).is_ok());
    given.registered.rules.push(published(super::booster(0)));
    assert!(given.when(book("x", "c-1", 0, "ageless", 3)).is_err());
}
