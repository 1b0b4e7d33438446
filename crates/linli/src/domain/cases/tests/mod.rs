//! Laws of cases, then examples.

mod groups;
mod laws;
mod refusals;
mod solutions;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Case, Command, Event, How, Phase, Remedy, Room, Standing, State};
use crate::domain::given::Given;
use crate::domain::{
    CaseHandling, CaseRule, Flag, Happened, Place, PlaceKind, PlaceState, Published, Registered,
    Role, RoleHeld, RuleSet, Scope, Timestamp,
};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60;

/// Minutes from 2022-02-01T09:00 in Shanghai on.
fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_643_677_200_000_000 + minutes * MINUTE)
}

fn day(number: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 1).expect("a day");
    first + chrono::TimeDelta::days(number)
}

/// A command about the case `c-1`, at the first minute unless it says another, as it is written in
/// a file.
fn command(name: &str, fields: Value) -> Command {
    command_in("c-1", name, fields)
}

fn command_in(case: &str, name: &str, mut fields: Value) -> Command {
    for (field, value) in
        [("case_id", json!(case)), ("at", json!(minute(0))), ("zone", json!("Asia/Shanghai"))]
    {
        let fields = fields.as_object_mut().expect("fields have names");
        fields.entry(field).or_insert(value);
    }
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

fn open(case: &str, kind: &str, reporter: Option<&str>) -> Command {
    let fields = json!({
        "kind": kind, "category": "pigeons", "severity_n": 2, "place_id": "flat",
        "reporter_ref": reporter, "observed_at": minute(0),
    });
    command_in(case, "open_case", fields)
}

fn triage(case: &str) -> Command {
    command_in(case, "triage_case", json!({"category": "pigeons", "severity_n": 3}))
}

fn assign(case: &str, sla_rule: &str) -> Command {
    let fields = json!({"body_id": "committee", "assignee_ref": "p-w", "sla_rule": sla_rule});
    command_in(case, "assign_case", fields)
}

fn respond(case: &str) -> Command {
    command_in(case, "record_first_response", json!({"by_ref": "p-w", "manner": "visit"}))
}

fn mitigate(is_temporary: bool) -> Command {
    command("record_mitigation", json!({"what": "wrapped", "is_temporary": is_temporary}))
}

fn photo(hash: &str, shows: &str, taken: Option<i64>) -> Command {
    let media = json!({"media_hash": hash, "taken_at": taken.map(minute), "exif_removed": true});
    command("record_evidence", json!({"media": media, "shows": shows}))
}

fn resolve(case: &str, evidence: &[&str]) -> Command {
    command_in(case, "resolve_case", json!({"manner": "fixed", "evidence": evidence}))
}

fn dispute(at: i64) -> Command {
    command("dispute_resolution", json!({"at": minute(at), "by_ref": "p-r"}))
}

fn close(case: &str) -> Command {
    command_in(case, "close_case", json!({}))
}

fn reopen(case: &str) -> Command {
    command_in(case, "reopen_case", json!({"reason": "they are back"}))
}

fn merge(case: &str, into: &str) -> Command {
    command_in(case, "merge_case", json!({ "into": into }))
}

fn unmerge(case: &str) -> Command {
    command_in(case, "unmerge_case", json!({"reason": "another window"}))
}

fn withdraw(case: &str) -> Command {
    command_in(case, "withdraw_case", json!({}))
}

fn refer(case: &str) -> Command {
    command_in(case, "refer_case", json!({"body_id": "police"}))
}

fn call(outcome: &str) -> Command {
    command("record_callback", json!({ "outcome": outcome }))
}

fn pause(cause: &str) -> Command {
    command("pause_clock", json!({ "cause": cause }))
}

fn propose(id: &str, kind: &str) -> Command {
    let fields = json!({"intervention_id": id, "kind": kind, "target": "every window"});
    command("propose_intervention", fields)
}

fn tried(id: &str, kind: &str) -> Command {
    let fields = json!({
        "intervention_id": id, "kind": kind, "tried_by": "household", "verdict": "ineffective",
    });
    command("record_past_intervention", fields)
}

fn measure(id: &str, opening: &str, room: &str) -> Command {
    let fields = json!({
        "intervention_id": id, "opening_id": opening, "room": room, "width_mm": 1_200,
        "height_mm": 1_450,
    });
    command("record_measurement", fields)
}

fn apply(id: &str, on: i64) -> Command {
    command("apply_intervention", json!({"intervention_id": id, "at": minute(on * DAY)}))
}

/// A verdict that is said on one day of what was observed from another day until a third.
fn assess(id: &str, verdict: &str, on: i64, from: i64, until: i64) -> Command {
    let fields = json!({
        "intervention_id": id, "verdict": verdict, "at": minute(on * DAY),
        "observed_from": day(from), "observed_until": day(until),
    });
    command("assess_outcome", fields)
}

/// A case that somebody has begun to handle.
fn handled(case: &str, kind: &str, sla_rule: &str) -> Vec<Command> {
    vec![open(case, kind, Some("p-r")), triage(case), assign(case, sla_rule), respond(case)]
}

/// `strict` asks for photos, observation and calls, `plain` for nothing. `p-w` is of the committee;
/// the flat has three windows and the neighbour's one.
fn registered() -> Registered {
    let row = |name: &str| CaseRule {
        sla_rule: name.into(),
        respond_within_min: 60,
        resolve_within_min: 600,
        pauses: Vec::new(),
        needs_after_photo: false,
        observe_days: 0,
        callbacks_n: 0,
    };
    let strict = CaseRule {
        pauses: vec!["waits_for_maker".into()],
        needs_after_photo: true,
        observe_days: 7,
        callbacks_n: 2,
        ..row("strict")
    };
    let mut registered = Registered::default();
    registered.rules.push(Published {
        rule: RuleSet::CaseHandling(CaseHandling { rows: vec![strict, row("plain")] }),
        version: "2022-1".into(),
        jurisdiction: "xuzhuang".into(),
        valid_from: day(-30),
        valid_until: None,
    });
    registered.roles.push(RoleHeld {
        person_ref: name("p-w"),
        role: Role::GridWorker,
        body_id: name("committee"),
        valid_from: day(-30),
        valid_until: None,
        scope: Scope::default(),
        zone: crate::domain::Zone::Asia__Shanghai,
    });
    for (place, kind, parent) in [
        ("house", PlaceKind::Building, None),
        ("flat", PlaceKind::Household, Some("house")),
        ("next-door", PlaceKind::Household, Some("house")),
        ("kitchen-window", PlaceKind::Opening, Some("flat")),
        ("bedroom-window", PlaceKind::Opening, Some("flat")),
        ("study-window", PlaceKind::Opening, Some("flat")),
        ("their-window", PlaceKind::Opening, Some("next-door")),
        ("stove", PlaceKind::Site, Some("flat")),
    ] {
        let parent_id = parent.map(name);
        let place_of = Place {
            community_id: None,
            parent_id,
            grid_id: None,
            kind,
            floor_n: None,
            state: PlaceState::InUse,
        };
        registered.places.insert(name(place), place_of);
    }
    registered
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn given(commands: impl IntoIterator<Item = Command>) -> Given<State> {
    crate::domain::given::given_of(registered(), commands)
}

fn case<'a>(given: &'a Given<State>, case: &str) -> &'a Case {
    &given.state.cases[case.as_bytes()]
}

fn phase(story: Vec<Command>) -> Phase {
    case(&given(story), "c-1").phase()
}

fn with(mut story: Vec<Command>, more: Vec<Command>) -> Vec<Command> {
    story.extend(more);
    story
}

fn events_of<'a>(
    story: &'a [Happened<Event>],
    case: &'a str,
) -> impl Iterator<Item = &'a Happened<Event>> {
    story.iter().filter(move |happened| happened.event.case().as_str() == case)
}

/// The household plagued by pigeons: driving off, plants and a grille failed before anybody asked;
/// a net was devised, the windows were measured, and it will hang once it is cut. The case is in
/// progress, and a promise does not resolve it.
#[test]
fn the_pigeons_are_not_solved_by_a_net_that_is_measured() {
    let mut story = handled("c-1", "nuisance", "strict");
    story.extend([
        tried("driving", "driving_off"),
        tried("plants", "plants"),
        tried("grille", "grille"),
        propose("net", "net"),
        measure("net", "kitchen-window", "kitchen"),
        measure("net", "bedroom-window", "bedroom"),
        measure("net", "study-window", "study"),
    ]);
    let mut given = given(story);
    let pigeons = case(&given, "c-1");
    assert_eq!(pigeons.phase(), Phase::InProgress);
    let standing = |id: &str| pigeons.interventions[id.as_bytes()].standing(day(27));
    assert_eq!(["driving", "plants", "grille"].map(standing), [Standing::Ineffective; 3]);
    assert_eq!(standing("net"), Standing::Measured);
    let net = &pigeons.interventions[b"net".as_slice()];
    assert_eq!(net.kind, Remedy::Net);
    let mut rooms: Vec<Room> = net.windows.values().map(|window| window.room).collect();
    rooms.sort_unstable();
    assert_eq!(rooms, [Room::Kitchen, Room::Bedroom, Room::Study]);
    assert_eq!(given.when(resolve("c-1", &[])), Err(super::Refusal::NoEffectiveIntervention));

    // The net hangs, is observed for a week, and keeps them away.
    given.then(apply("net", 30)).expect("applied");
    let net = &case(&given, "c-1").interventions[b"net".as_slice()];
    assert_eq!(
        [day(30), day(31)].map(|on| net.standing(on)),
        [Standing::Applied, Standing::UnderObservation,]
    );
    given.then(assess("net", "effective", 37, 30, 37)).expect("assessed");
    given.then(photo("hung", "after", Some(30 * DAY))).expect("attached");
    given.then(resolve("c-1", &["hung"])).expect("resolved");
    given.then(call("answered")).expect("called");
    given.then(close("c-1")).expect("closed");
    assert_eq!(case(&given, "c-1").closed, Some(How::Fixed));
}

/// The strip bare in the snow: wrapped for the time being, then mended, with a photo of how it is
/// now.
#[test]
fn the_strip_in_the_snow_is_wrapped_and_then_mended() {
    let mut story = handled("c-1", "hazard", "strict");
    story.extend([photo("bare", "before", Some(1)), mitigate(true)]);
    assert_eq!(phase(story.clone()), Phase::Mitigated);
    story.push(photo("wrapped", "after", Some(30)));
    let wrapped = given(story.clone()).when(resolve("c-1", &["wrapped"]));
    assert_eq!(wrapped, Err(super::Refusal::OnlyTemporary));
    story.push(mitigate(false));
    assert_eq!(phase(story.clone()), Phase::InProgress);
    story.extend([photo("mended", "after", Some(90)), resolve("c-1", &["mended"])]);
    assert_eq!(phase(story.clone()), Phase::Resolved);
    story.push(command("confirm_resolution", json!({})));
    assert_eq!(phase(story.clone()), Phase::Confirmed);
    story.push(close("c-1"));
    assert_eq!(phase(story), Phase::Closed);
}

#[test]
fn a_case_goes_through_its_states() {
    let mut story = vec![open("c-1", "request", None)];
    assert_eq!(phase(story.clone()), Phase::Open);
    story.push(triage("c-1"));
    assert_eq!(phase(story.clone()), Phase::Triaged);
    story.push(assign("c-1", "plain"));
    assert_eq!(phase(story.clone()), Phase::Assigned);
    story.push(respond("c-1"));
    assert_eq!(phase(story.clone()), Phase::InProgress);
    story.push(resolve("c-1", &[]));
    assert_eq!(phase(story.clone()), Phase::Resolved);
    let disputed = with(story.clone(), vec![dispute(90)]);
    assert_eq!(phase(disputed.clone()), Phase::Disputed);
    assert_eq!(phase(with(disputed, vec![mitigate(false)])), Phase::InProgress);
    story.push(close("c-1"));
    assert_eq!(phase(story.clone()), Phase::Closed);
    story.push(reopen("c-1"));
    assert_eq!(phase(story.clone()), Phase::Reopened);
    story.push(assign("c-1", "plain"));
    assert_eq!(phase(story), Phase::Assigned);
    for (end, how) in [(refer("c-1"), How::Referred), (withdraw("c-1"), How::Withdrawn)] {
        let given = given([open("c-1", "request", None), end]);
        assert_eq!(case(&given, "c-1").closed, Some(how));
    }
}

/// The deadline is on the assignment: the rule says it where nobody else does.
#[test]
fn a_deadline_follows_from_the_rule_and_waits_while_the_clock_stands() {
    let mut given = given(handled("c-1", "request", "strict"));
    assert_eq!(case(&given, "c-1").clock.due_at(), Some(minute(600)));
    given.then(pause("waits_for_maker")).expect("paused");
    assert!(!case(&given, "c-1").clock.is_overdue(minute(5_000)));
    let resumed = command("resume_clock", json!({"at": minute(100)}));
    given.then(resumed).expect("resumed");
    assert_eq!(case(&given, "c-1").clock.due_at(), Some(minute(700)));
    assert!(case(&given, "c-1").clock.is_overdue(minute(701)));
}

/// A window that nobody registered may be anybody's.
#[test]
fn an_unknown_window_is_flagged() {
    let story = with(handled("c-1", "nuisance", "plain"), vec![propose("net", "net")]);
    let told = given(story).when(measure("net", "nowhere", "study")).expect("recorded");
    assert_eq!(told[0].flags, [Flag::NotOfHousehold]);
}
