//! The views say what the story says, and a group counts once.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    CallbackCoverage, Cases, InterventionSuccess, Interventions, OpenByAge, PhotoReplyShare,
    ReopenRate, RepeatPlaces, ResponseRate, SatisfactionRate, SolutionRate, Spread, StuckCases,
    TimeToFirstResponse, TimeToResolution, WindowsMeasuredAndNetted,
};
use crate::domain::cases::{Command, Kind, Phase, Remedy, Room, Standing, State};
use crate::domain::{
    CaseHandling, CaseId, CaseRule, Decide, Event, Evolve, Happened, Place, PlaceId, PlaceKind,
    PlaceState, Registered, Timestamp,
};
use crate::views::Rate;

const DAY: i64 = 24 * 60;

/// Minutes from 2022-02-01T09:00 in Shanghai on.
fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_643_677_200_000_000 + minutes * 60_000_000)
}

fn day(number: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 1).expect("a day");
    first + chrono::TimeDelta::days(number)
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

/// What is told, and what it adds up to.
#[derive(Default)]
struct Story {
    state: State,
    registered: Registered,
    events: Vec<Happened<Event>>,
}

impl Story {
    /// Goes on, where the command is allowed.
    fn ask(&mut self, case: &str, at: i64, name: &str, mut fields: Value) -> bool {
        let named = json!({"case_id": case, "at": minute(at), "zone": "Asia/Shanghai"});
        let more = named.as_object().expect("fields").clone();
        fields.as_object_mut().expect("fields").extend(more);
        let command: Command = serde_json::from_value(json!({ name: fields })).expect("a command");
        let Ok(events) = self.state.decide(command, &self.registered) else { return false };
        for happened in events {
            self.state.evolve(&happened);
            self.events.push(happened.map(Event::Cases));
        }
        true
    }

    /// Goes on, and the command is allowed.
    fn tell(&mut self, case: &str, at: i64, name: &str, fields: Value) {
        let shown = format!("{name} {fields}");
        assert!(self.ask(case, at, name, fields), "{shown}");
    }

    fn open(&mut self, case: &str, at: i64, kind: &str, reporter: Option<&str>) {
        let fields = json!({
            "kind": kind, "category": "pigeons", "severity_n": 2, "place_id": "flat",
            "reporter_ref": reporter, "observed_at": minute(at),
        });
        self.tell(case, at, "open_case", fields);
    }

    /// Opens it, and somebody begins to handle it.
    fn handle(&mut self, case: &str, at: i64, kind: &str, responded: i64) {
        self.open(case, at, kind, Some("p-r"));
        self.tell(case, at, "triage_case", json!({"category": "pigeons", "severity_n": 3}));
        let assigned = json!({"body_id": "committee", "sla_rule": "ordinary"});
        self.tell(case, at, "assign_case", assigned);
        self.respond(case, responded);
    }

    fn respond(&mut self, case: &str, at: i64) {
        self.tell(case, at, "record_first_response", json!({"by_ref": "p-w", "manner": "call"}));
    }

    fn resolve(&mut self, case: &str, at: i64) {
        self.tell(case, at, "resolve_case", json!({"manner": "fixed"}));
    }

    fn close(&mut self, case: &str, at: i64) {
        self.tell(case, at, "close_case", json!({}));
    }

    fn call(&mut self, case: &str, outcome: &str, solved: &str, satisfied: &str) {
        self.tell(case, 0, "record_callback", json!({ "outcome": outcome }));
        let rating = json!({"solved": solved, "satisfied": satisfied});
        self.tell(case, 0, "record_rating", rating);
    }

    fn seen_by<V: Evolve<Event = Happened<Event>>>(&self, mut view: V) -> V {
        self.events.iter().for_each(|happened| view.evolve(happened));
        view
    }
}

/// A flat with three windows, plagued by pigeons; and a case about something else.
fn pigeons() -> Story {
    let mut story = Story::default();
    for (place, kind, parent) in [
        ("flat", PlaceKind::Household, None),
        ("w-kitchen", PlaceKind::Opening, Some("flat")),
        ("w-bedroom", PlaceKind::Opening, Some("flat")),
        ("w-study", PlaceKind::Opening, Some("flat")),
        ("w-theirs", PlaceKind::Opening, Some("next-door")),
    ] {
        let (parent_id, state) = (parent.map(name), PlaceState::InUse);
        let (community_id, grid_id) = (None, None);
        let floor_n = None;
        let place_of = Place { community_id, parent_id, grid_id, kind, floor_n, state };
        story.registered.places.insert(name(place), place_of);
    }
    story.handle("pigeons", 0, "nuisance", 30);
    for (id, kind) in [("driving", "driving_off"), ("plants", "plants"), ("grille", "grille")] {
        let told = json!({
            "intervention_id": id, "kind": kind, "tried_by": "household", "verdict": "ineffective",
        });
        story.tell("pigeons", 60, "record_past_intervention", told);
    }
    let net = json!({"intervention_id": "net", "kind": "net", "target": "every window"});
    story.tell("pigeons", 90, "propose_intervention", net);
    for (opening, room) in [
        ("w-kitchen", "kitchen"),
        ("w-bedroom", "bedroom"),
        ("w-study", "study"),
        ("w-theirs", "balcony"),
    ] {
        let measured = json!({
            "intervention_id": "net", "opening_id": opening, "room": room, "width_mm": 1_200,
            "height_mm": 1_450,
        });
        story.tell("pigeons", 20 * DAY, "record_measurement", measured);
    }
    story.open("wire", 0, "hazard", None);
    story
}

/// F29: three tries failed, a net is measured, and the case is in progress.
#[test]
fn three_tries_failed_and_a_net_is_measured() {
    let story = pigeons();
    let case_id: CaseId = name("pigeons");
    let interventions = story.seen_by(Interventions::as_of(day(27)));
    let standing = interventions.by_standing(&case_id);
    assert_eq!(standing, BTreeMap::from([(Standing::Ineffective, 3), (Standing::Measured, 1)]));
    assert_eq!(interventions.iter().filter(super::Tried::is_past).count(), 3);
    let cases = story.seen_by(Cases::as_of(day(27)));
    assert_eq!(
        cases.counts(),
        BTreeMap::from([
            ((Kind::Hazard, Phase::Open), 1),
            ((Kind::Nuisance, Phase::InProgress), 1),
        ])
    );
    let stuck = story.seen_by(StuckCases::as_of(day(27)));
    assert_eq!(stuck.iter().collect::<Vec<_>>(), [(&case_id, 3)]);
    assert_eq!(story.seen_by(Interventions::as_of(day(1))).by_standing(&case_id).len(), 2);
}

/// F28: kitchen, bedroom and study are measured, no window of the household is not; no net hangs.
/// The neighbour's window, measured by mistake, is none of them.
#[test]
fn every_window_is_measured_and_none_is_netted() {
    let mut story = pigeons();
    let case_id: CaseId = name("pigeons");
    let windows = story.seen_by(WindowsMeasuredAndNetted::as_of(day(27)));
    let rooms: Vec<Room> = windows.rooms(&case_id).into_iter().collect();
    assert_eq!(rooms, [Room::Kitchen, Room::Bedroom, Room::Study]);
    assert!(windows.not_measured(&case_id, &story.registered).is_empty());
    assert!(windows.measured(&case_id).values().all(|window| !window.is_netted));
    let attic: PlaceId = name("w-attic");
    let place = story.registered.places[b"w-study".as_slice()].clone();
    story.registered.places.insert(attic.clone(), place);
    let missing = windows.not_measured(&case_id, &story.registered);
    assert_eq!(missing.into_iter().collect::<Vec<_>>(), [&attic]);

    story.tell("pigeons", 28 * DAY, "apply_intervention", json!({"intervention_id": "net"}));
    let windows = story.seen_by(WindowsMeasuredAndNetted::as_of(day(28)));
    assert!(windows.measured(&case_id).values().all(|window| window.is_netted));
    let yesterday = story.seen_by(WindowsMeasuredAndNetted::as_of(day(27)));
    assert!(yesterday.measured(&case_id).values().all(|window| !window.is_netted));
}

fn ordinary(respond_within_min: u32) -> CaseHandling {
    CaseHandling {
        rows: vec![CaseRule {
            sla_rule: "ordinary".into(),
            respond_within_min,
            resolve_within_min: 600,
            pauses: Vec::new(),
            needs_after_photo: false,
            observe_days: 0,
            callbacks_n: 0,
        }],
    }
}

/// The first report of a group starts its time, and each group counts once.
#[test]
fn a_merged_report_is_where_the_time_begins() {
    let mut story = Story::default();
    story.open("early", 0, "request", None);
    story.handle("late", 100, "request", 130);
    story.open("alone", 0, "request", None);
    story.tell("early", 140, "merge_case", json!({"into": "late"}));
    let waited = story.seen_by(TimeToFirstResponse::as_of(day(9)));
    assert_eq!(waited.by_case().collect::<Vec<_>>(), [(&name("late"), 130)]);
    assert_eq!(waited.answered(), Rate { counted_n: 1, of_n: 2 });
    for (limit, in_time) in [(129, 0), (130, 1)] {
        let rate = story.seen_by(ResponseRate::as_of(day(9), "2022-1", ordinary(limit)));
        assert_eq!(rate.rate(), Rate { counted_n: in_time, of_n: 1 });
        assert_eq!((rate.without_limit_n(), rate.version()), (1, "2022-1"));
    }
    let not_over = ResponseRate::as_of(day(9), "2022-1", ordinary(20 * 24 * 60));
    assert_eq!(story.seen_by(not_over).rate(), Rate::default());
    let cases = story.seen_by(Cases::default());
    let late = cases.groups().find(|group| group.root.0.as_str() == "late").expect("a group");
    let reporters = late.reporters();
    assert_eq!((reporters.known.len(), reporters.unknown_n), (1, 1));
    assert_eq!(cases.groups().count(), 2);
}

/// What was opened again takes until its last closing, and counts as one case.
#[test]
fn resolution_is_told_to_the_first_and_to_the_last_close() {
    let mut story = Story::default();
    story.handle("again", 0, "request", 10);
    story.resolve("again", 20);
    story.close("again", 30);
    story.tell("again", 50, "reopen_case", json!({"reason": "dark again"}));
    let open_again = story.seen_by(TimeToResolution::as_of(day(9)));
    assert_eq!(open_again.closed(), Rate { counted_n: 0, of_n: 1 });
    assert_eq!(open_again.to_first_close(), Spread::default());
    story.tell("again", 55, "assign_case", json!({"body_id": "committee", "sla_rule": "o"}));
    story.respond("again", 60);
    story.resolve("again", 70);
    story.close("again", 90);
    story.open("gone", 0, "request", None);
    story.tell("gone", 5, "withdraw_case", json!({}));
    let closed = story.seen_by(TimeToResolution::as_of(day(9)));
    assert_eq!(closed.by_case().collect::<Vec<_>>(), [(&name("again"), 30, 90)]);
    assert_eq!(closed.closed(), Rate { counted_n: 1, of_n: 1 });
    let spread = Spread { of_n: 1, median_min: Some(90), p90_min: Some(90) };
    assert_eq!(closed.to_last_close(), spread);
}

#[test]
fn the_median_is_in_the_middle_and_nine_of_ten_keep_the_ninth_decile() {
    let spread = |many: i64| Spread::of((1..=many).rev());
    let of = |of_n, median, p90| Spread { of_n, median_min: Some(median), p90_min: Some(p90) };
    assert_eq!(spread(0), Spread::default());
    assert_eq!(
        [1, 2, 3, 10, 11].map(spread),
        [of(1, 1, 1), of(2, 1, 2), of(3, 2, 3), of(10, 5, 9), of(11, 6, 10),]
    );
}

/// A call that nobody answered counts as attempted, and nowhere else.
#[test]
fn an_unanswered_call_is_no_yes_and_no_no() {
    let mut story = Story::default();
    for case in ["one", "two", "merged", "gone"] {
        story.handle(case, 0, "request", 10);
    }
    story.call("one", "no_answer", "yes", "yes");
    story.call("one", "answered", "yes", "no_answer");
    story.call("two", "answered", "unclear", "yes");
    story.call("two", "answered", "no", "no");
    story.call("merged", "answered", "yes", "yes");
    story.call("gone", "answered", "yes", "yes");
    story.tell("merged", 20, "merge_case", json!({"into": "one"}));
    story.tell("gone", 20, "refer_case", json!({"body_id": "police"}));
    let rate = |counted_n, of_n| Rate { counted_n, of_n };
    assert_eq!(story.seen_by(CallbackCoverage::as_of(day(9))).rate(), rate(3, 4));
    assert_eq!(story.seen_by(SolutionRate::as_of(day(9))).rate(), rate(1, 2));
    assert_eq!(story.seen_by(SatisfactionRate::as_of(day(9))).rate(), rate(1, 2));
}

/// A case that was opened again twice is one case.
#[test]
fn a_case_that_was_opened_again_is_one_case() {
    let mut story = Story::default();
    for (case, again) in [("twice", 2), ("never", 0), ("open", 0)] {
        story.open(case, 0, "request", None);
        for n in 0..again {
            story.tell(case, n, "withdraw_case", json!({}));
            story.tell(case, n, "reopen_case", json!({"reason": "again"}));
        }
    }
    story.tell("never", 9, "withdraw_case", json!({}));
    let reopened = story.seen_by(ReopenRate::as_of(day(9)));
    assert_eq!(reopened.rate(), Rate { counted_n: 1, of_n: 2 });
    assert_eq!(reopened.reopenings_n(), 2);
}

/// Three reports of one matter are one case; two matters of one category are a repeat.
#[test]
fn a_place_repeats_itself_by_cases_not_by_reports() {
    let mut story = Story::default();
    for (case, on) in [("old", 0), ("a", 9), ("b", 10), ("c", 20)] {
        story.open(case, on * DAY, "nuisance", None);
    }
    story.tell("b", 10 * DAY, "merge_case", json!({"into": "a"}));
    story.tell("a", 11 * DAY, "record_repeat_contact", json!({}));
    let place: PlaceId = name("flat");
    let repeated = |within, on| {
        let view = story.seen_by(RepeatPlaces::within(within, day(on)));
        (view.repeated().get(&(&place, "pigeons")).copied(), view.rate())
    };
    let repeats = |cases_n, reports_n| Some(super::Repeats { cases_n, reports_n });
    let rate = |counted_n| Rate { counted_n, of_n: 1 };
    assert_eq!(repeated(30, 28), (repeats(3, 5), rate(1)));
    assert_eq!(repeated(20, 28), (repeats(2, 4), rate(1)));
    assert_eq!(repeated(19, 28), (None, rate(0)), "what was merged is no second case");
    assert_eq!(repeated(30, 8), (None, rate(0)));
    assert_eq!(story.seen_by(RepeatPlaces::as_of(day(28))).rate(), rate(1));
}

#[test]
fn open_cases_are_as_old_as_their_first_report() {
    let mut story = Story::default();
    story.open("young", 5 * DAY, "request", None);
    story.open("old", 0, "request", None);
    story.open("merged", DAY, "request", None);
    story.open("gone", 0, "request", None);
    story.tell("merged", 6 * DAY, "merge_case", json!({"into": "young"}));
    story.tell("gone", DAY, "withdraw_case", json!({}));
    let open = story.seen_by(OpenByAge::as_of(day(9)));
    let (old, young) = (name("old"), name("young"));
    assert_eq!(open.oldest_first(), [(&old, 9, Phase::Open), (&young, 8, Phase::Open)]);
    assert_eq!(open.at_least(9), Rate { counted_n: 1, of_n: 2 });
}

/// The strip in the snow: a photo, answered with a photo.
#[test]
fn a_photo_is_answered_with_a_photo() {
    let mut story = Story::default();
    let picture = |hash: &str, shows: &str| {
        let media = json!({"media_hash": hash, "taken_at": minute(5), "exif_removed": true});
        json!({"media": media, "shows": shows})
    };
    for case in ["strip", "unanswered", "told"] {
        story.handle(case, 0, "hazard", 10);
    }
    story.tell("strip", 0, "record_evidence", picture("bare", "before"));
    story.tell("unanswered", 0, "record_evidence", picture("hole", "before"));
    for case in ["strip", "told"] {
        story.tell(case, 60, "record_evidence", picture("now", "after"));
    }
    let share = story.seen_by(PhotoReplyShare::as_of(day(9))).rate();
    assert_eq!(share, Rate { counted_n: 1, of_n: 2 });
}

/// What was seen and what was told stand apart.
#[test]
fn what_helps_is_told_by_what_was_tried() {
    let mut story = pigeons();
    story.tell("pigeons", 28 * DAY, "apply_intervention", json!({"intervention_id": "net"}));
    let success = |story: &Story| story.seen_by(InterventionSuccess::as_of(day(40)));
    assert!(success(&story).observed().is_empty());
    let failed = Rate { counted_n: 0, of_n: 1 };
    let told = [Remedy::DrivingOff, Remedy::Plants, Remedy::Grille].map(|kind| (kind, failed));
    assert_eq!(success(&story).reported(), BTreeMap::from(told));
    let seen = json!({
        "intervention_id": "net", "verdict": "effective", "observed_from": day(28),
        "observed_until": day(38),
    });
    story.tell("pigeons", 38 * DAY, "assess_outcome", seen);
    let talk = json!({"intervention_id": "talk", "kind": "talk", "target": "who feeds them"});
    story.tell("pigeons", 38 * DAY, "propose_intervention", talk);
    let given_up = json!({
        "intervention_id": "talk", "verdict": "abandoned", "observed_from": day(38),
        "observed_until": day(38),
    });
    story.tell("pigeons", 38 * DAY, "assess_outcome", given_up);
    let helped = Rate { counted_n: 1, of_n: 1 };
    assert_eq!(success(&story).observed(), BTreeMap::from([(Remedy::Net, helped)]));
}

/// What happens to one of four cases.
type Step = (usize, usize, i64);

const CASES: [&str; 4] = ["a", "b", "c", "d"];

fn told(steps: &[Step]) -> Story {
    let mut story = Story::default();
    for (number, case) in (0..).zip(CASES) {
        story.handle(case, number * 10, "request", 60);
    }
    for (which, what, at) in steps {
        let (case, other) = (CASES[*which], CASES[usize::try_from(*at).unwrap_or(0) % 4]);
        let (name, fields) = match what {
            0 => ("merge_case", json!({"into": other})),
            1 => ("unmerge_case", json!({"reason": "another"})),
            2 => ("resolve_case", json!({"manner": "fixed"})),
            3 => ("close_case", json!({})),
            4 => ("reopen_case", json!({"reason": "again"})),
            5 => ("record_callback", json!({"outcome": "no_answer"})),
            6 => ("record_callback", json!({"outcome": "answered"})),
            7 => ("record_rating", json!({"solved": "yes", "satisfied": "yes"})),
            8 => ("withdraw_case", json!({})),
            9 => ("record_first_response", json!({"by_ref": "p-w", "manner": "call"})),
            _ => ("assign_case", json!({"body_id": "committee", "sla_rule": "ordinary"})),
        };
        story.ask(case, 100 + at, name, fields);
    }
    story
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0_usize..4, 0_usize..11, 0_i64..2_000), 0..60)
}

proptest! {
    /// Merged cases count once: whatever is merged, each case is a member of one group, and every
    /// rate is of groups.
    #[test]
    fn a_group_counts_once(steps in steps()) {
        let story = told(&steps);
        let cases = story.seen_by(Cases::default());
        let members: usize = cases.groups().map(|group| group.members.len()).sum();
        prop_assert_eq!(members, CASES.len());
        let roots = cases.iter().filter(|(_, case, _)| case.phase() != Phase::Merged).count();
        prop_assert_eq!(cases.groups().count(), roots);
        let rated = u64::try_from(cases.rated().count()).expect("few");
        let answered = story.seen_by(TimeToFirstResponse::as_of(day(30))).answered();
        prop_assert_eq!(answered.of_n, u64::try_from(roots).expect("few"));
        let closed = story.seen_by(TimeToResolution::as_of(day(30)));
        prop_assert_eq!(closed.closed().of_n, rated);
        for (_, first, last) in closed.by_case() {
            prop_assert!(0 <= first && first <= last);
        }
    }

    /// Nobody who was not reached is satisfied: no rate counts a rating without an answered call.
    #[test]
    fn nobody_unreached_is_satisfied(steps in steps()) {
        let story = told(&steps);
        let coverage = story.seen_by(CallbackCoverage::as_of(day(30))).rate();
        for rate in [
            story.seen_by(SolutionRate::as_of(day(30))).rate(),
            story.seen_by(SatisfactionRate::as_of(day(30))).rate(),
        ] {
            prop_assert!(rate.counted_n <= rate.of_n && rate.of_n <= coverage.counted_n);
        }
        prop_assert!(coverage.counted_n <= coverage.of_n);
    }

    /// A view of an earlier day is the view of what had happened by then.
    #[test]
    fn what_happens_later_changes_no_earlier_day(steps in steps(), by in 0_i64..3) {
        let story = told(&steps);
        let on_the_day = story.seen_by(Cases::as_of(day(by)));
        let mut then = Cases::default();
        story.events.iter().filter(|told| told.had_happened_by(Some(day(by)))).for_each(|told| {
            then.evolve(told);
        });
        prop_assert_eq!(on_the_day.counts(), then.counts());
    }
}
