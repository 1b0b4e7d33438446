//! Laws of volunteering, then examples.

mod hours;
mod laws;
mod refusals;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Command, Event, Phase, Standing, State, Status};
use crate::domain::given::{Given, given_of, variant};
use crate::domain::{
    Crediting, Flag, Happened, HourRounding, Kinship, Minutes, Person, PersonRef, Published,
    Registered, Related, Rounded, RuleSet, ShiftId, Timestamp,
};

const MINUTE: i64 = 60_000_000;
/// 2022-02-16 08:00 in Shanghai, a whole minute.
const FIRST: i64 = 1_644_969_600_000_000;

fn minute(minutes: i64) -> Timestamp {
    Timestamp(FIRST + minutes * MINUTE)
}

fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 1).expect("a day");
    first.checked_add_days(chrono::Days::new(number)).expect("a day")
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

/// A command a day before anything starts, as it is written in a file.
fn command(name: &str, fields: Value) -> Command {
    command_at(minute(-1_440), name, fields)
}

fn command_at(at: Timestamp, name: &str, mut fields: Value) -> Command {
    let named = fields.as_object_mut().expect("fields have names");
    named.insert("at".to_owned(), json!(at));
    named.insert("zone".to_owned(), json!("Asia/Shanghai"));
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

/// A tolerance of ten minutes, two hours' notice, stars from one hour and from three.
fn rule() -> Crediting {
    let rounding = |name: &str, rounded| HourRounding { name: name.into(), step_min: 60, rounded };
    Crediting {
        tolerance_min: 10,
        stars_h: vec![1, 3],
        notice_min: 120,
        roundings: vec![
            rounding("whole_hours", Rounded::Down),
            rounding("nearest_hour", Rounded::HalfUp),
            rounding("begun_hours", Rounded::Up),
        ],
    }
}

/// The rule, `child` who is 12, `teen` who is 17, and `p-1` to `p-4` who are 30.
fn registered() -> Registered {
    let mut registered = Registered {
        rules: vec![Published {
            rule: RuleSet::Crediting(rule()),
            version: "2022-1".into(),
            jurisdiction: "jingjia".into(),
            valid_from: day(0),
            valid_until: None,
        }],
        ..Registered::default()
    };
    for (person, year) in [
        ("p-1", 1992),
        ("p-2", 1992),
        ("p-3", 1992),
        ("p-4", 1992),
        ("child", 2010),
        ("teen", 2005),
    ] {
        let born_on = NaiveDate::from_ymd_opt(year, 1, 1);
        registered.persons.insert(name(person), Person { born_on, ..Person::default() });
    }
    let sealed = Person { hides_birthday: true, ..Person::default() };
    registered.persons.insert(name("sealed"), sealed);
    registered
}

fn given(commands: impl IntoIterator<Item = Command>) -> Given<State> {
    given_of(registered(), commands)
}

fn register(person: &str) -> Command {
    let fields = json!({"person_ref": person, "volunteer_no": format!("no-{person}")});
    command("register_volunteer", fields)
}

fn join(person: &str, team: &str, from: NaiveDate) -> Command {
    let fields = json!({"person_ref": person, "team_id": team, "valid_from": from});
    command("join_team", fields)
}

fn leave(person: &str, team: &str, until: NaiveDate) -> Command {
    let fields = json!({
        "person_ref": person, "team_id": team, "valid_until": until, "reason": "moved",
    });
    command("leave_team", fields)
}

fn launch(project: &str) -> Command {
    let fields = json!({"project_id": project, "team_id": "canal-love", "kind": "tailoring"});
    command("launch_project", fields)
}

/// A shift of `knives` from one minute until another.
fn open(shift: &str, from: i64, until: i64, capacity_n: u32) -> Command {
    open_with(shift, from, until, json!({ "capacity_n": capacity_n }))
}

fn open_with(shift: &str, from: i64, until: i64, mut fields: Value) -> Command {
    for (field, value) in [
        ("shift_id", json!(shift)),
        ("project_id", json!("knives")),
        ("starts_at", json!(minute(from))),
        ("ends_at", json!(minute(until))),
        ("capacity_n", json!(5)),
    ] {
        let fields = fields.as_object_mut().expect("fields have names");
        fields.entry(field).or_insert(value);
    }
    command("open_shift", fields)
}

fn sign_up(shift: &str, person: &str) -> Command {
    command("sign_up", json!({"shift_id": shift, "person_ref": person}))
}

fn assign(shift: &str, person: &str, reason: Option<&str>) -> Command {
    let fields = json!({"shift_id": shift, "person_ref": person, "override_reason": reason});
    command("assign", fields)
}

/// A command about somebody's place in a shift, at a minute.
fn place(name: &str, at: i64, shift: &str, person: &str) -> Command {
    let mut fields = json!({"shift_id": shift, "person_ref": person});
    if matches!(name, "excuse" | "reject_hours") {
        let fields = fields.as_object_mut().expect("fields have names");
        fields.insert("reason".to_owned(), json!("ill"));
    }
    command_at(minute(at), name, fields)
}

fn check_in(shift: &str, person: &str, at: i64) -> Command {
    place("record_volunteer_check_in", at, shift, person)
}

fn check_out(shift: &str, person: &str, at: i64) -> Command {
    place("record_volunteer_check_out", at, shift, person)
}

fn cancel(shift: &str) -> Command {
    command("cancel_shift", json!({"shift_id": shift, "reason": "snow"}))
}

fn propose(shift: &str, person: &str, from: i64, until: i64) -> Command {
    let fields = json!({
        "shift_id": shift, "person_ref": person, "rule": "end_of_shift",
        "from_at": minute(from), "until_at": minute(until),
    });
    command("propose_attendance", fields)
}

fn approve(shift: &str, person: &str, body: &str) -> Command {
    let fields = json!({
        "shift_id": shift, "person_ref": person, "body_id": body, "approved_by_ref": "host",
    });
    command("approve_hours", fields)
}

fn adjust(shift: &str, person: &str, delta_min: i64) -> Command {
    let fields = json!({
        "shift_id": shift, "person_ref": person, "delta_min": delta_min,
        "reason": "the clock was fast", "approved_by_ref": "host",
    });
    command("adjust_hours", fields)
}

/// A certificate of February and March.
fn certify(number: &str, person: &str, body: &str, policy: Option<&str>) -> Command {
    let fields = json!({
        "certificate_no": number, "person_ref": person, "body_id": body, "period_from": day(0),
        "period_until": day(59), "rounding_policy": policy, "as_known_at": 17,
    });
    command("issue_certificate", fields)
}

fn star(person: &str, stars_n: u32) -> Command {
    command("award_star", json!({"person_ref": person, "stars_n": stars_n}))
}

/// `p-1` to `p-4`, `teen` and `child` in the team, and its project of knife grinding.
fn team() -> Vec<Command> {
    let people = ["p-1", "p-2", "p-3", "p-4", "teen", "child"];
    let mut story: Vec<Command> = people.into_iter().map(register).collect();
    story.extend(people.into_iter().map(|person| join(person, "canal-love", day(0))));
    story.push(launch("knives"));
    story
}

fn with(mut story: Vec<Command>, more: impl IntoIterator<Item = Command>) -> Vec<Command> {
    story.extend(more);
    story
}

/// `p-1` served the whole of a shift of two hours, and the station credited it.
fn served() -> Vec<Command> {
    with(
        team(),
        [
            open("s-1", 0, 120, 2),
            sign_up("s-1", "p-1"),
            check_in("s-1", "p-1", 0),
            check_out("s-1", "p-1", 120),
            approve("s-1", "p-1", "station"),
        ],
    )
}

fn standing(given: &Given<State>, shift: &str, person: &str) -> Option<Standing> {
    let (shift, person): (ShiftId, PersonRef) = (name(shift), name(person));
    given.state.shifts.get(&shift)?.standing(&person)
}

fn phase(given: &Given<State>, shift: &str, at: i64) -> Phase {
    given.state.shifts[shift.as_bytes()].phase(minute(at))
}

fn kinds(events: &[Happened<Event>]) -> Vec<String> {
    events.iter().map(|happened| variant(&happened.event)).collect()
}

fn flags(events: Result<Vec<Happened<Event>>, super::Refusal>) -> Vec<Flag> {
    events.expect("recorded").remove(0).flags
}

/// Knife grinding at the practice station: one serves, one waits, one withdraws, one stays away.
#[test]
fn a_shift_goes_through_its_states() {
    let shift = "s-1";
    let mut given = given(with(team(), [open("s-1", 0, 120, 2)]));
    assert_eq!(phase(&given, "s-1", -60), Phase::Open);
    for (asked, person, stands) in [
        (sign_up(shift, "p-1"), "p-1", Standing::SignedUp),
        (assign(shift, "p-1", None), "p-1", Standing::Assigned),
        (place("confirm_shift", -90, "s-1", "p-1"), "p-1", Standing::Confirmed),
        (sign_up(shift, "p-2"), "p-2", Standing::SignedUp),
        (place("join_shift_waitlist", -80, "s-1", "p-3"), "p-3", Standing::Waitlisted),
        (place("record_volunteer_no_show", 5, "s-1", "p-2"), "p-2", Standing::NoShow),
        (assign(shift, "p-3", None), "p-3", Standing::Assigned),
        (check_in("s-1", "p-1", 0), "p-1", Standing::CheckedIn),
        (check_out("s-1", "p-1", 120), "p-1", Standing::CheckedOut),
        (approve(shift, "p-1", "station"), "p-1", Standing::Credited),
    ] {
        given.then(asked).expect("allowed");
        assert_eq!(standing(&given, "s-1", person), Some(stands));
    }
    assert_eq!(phase(&given, "s-1", -60), Phase::Full);
    assert_eq!(phase(&given, "s-1", 0), Phase::Running);
    assert_eq!(phase(&given, "s-1", 120), Phase::Done);
    given.then(cancel("s-1")).expect("allowed");
    assert_eq!(phase(&given, "s-1", 0), Phase::Cancelled);
}

#[test]
fn a_volunteer_goes_through_its_states() {
    let status =
        |story: Vec<Command>, on| given(story).state.volunteers[b"p-1".as_slice()].status(day(on));
    let suspend = command("suspend_volunteer", json!({"person_ref": "p-1", "reason": "away"}));
    let reinstate = command("reinstate_volunteer", json!({"person_ref": "p-1"}));
    let mut story = vec![register("p-1")];
    assert_eq!(status(story.clone(), 9), Status::Applied);
    story.push(join("p-1", "canal-love", day(10)));
    assert_eq!(status(story.clone(), 9), Status::Applied, "not yet");
    assert_eq!(status(story.clone(), 10), Status::Active);
    story.push(suspend);
    assert_eq!(status(story.clone(), 10), Status::Suspended);
    story.extend([reinstate, leave("p-1", "canal-love", day(12))]);
    assert_eq!(status(story.clone(), 11), Status::Active);
    assert_eq!(status(story.clone(), 12), Status::Left);
    let again = json!({"person_ref": "p-1", "volunteer_no": "no-p-1"});
    story.push(command_at(minute(1_440), "register_volunteer", again));
    assert_eq!(status(story, 18), Status::Applied, "who left may come back");
}

#[test]
fn a_cancelled_shift_releases_everybody_who_is_expected() {
    let shift = "s-1";
    let wait = place("join_shift_waitlist", -60, "s-1", "p-3");
    let story =
        with(team(), [open("s-1", 0, 120, 2), sign_up(shift, "p-1"), sign_up(shift, "p-2")]);
    let mut given = given(with(story, [wait, open("s-2", 60, 90, 2)]));
    let told = given.when(cancel("s-1")).expect("allowed");
    assert_eq!(kinds(&told)[..2], ["ShiftCancelled", "VolunteerReleased"]);
    assert_eq!(told.len(), 4);
    assert!(given.when(sign_up("s-2", "p-1")).is_err());
    given.then(cancel("s-1")).expect("allowed");
    assert!(given.when(sign_up("s-2", "p-1")).is_ok(), "the time is free again");
}

#[test]
fn a_minor_serves_with_a_guardian_who_agrees_or_comes_along() {
    let shift = "s-1";
    let story = with(team(), [open("s-1", 0, 120, 2)]);
    let mut alone = given(story);
    assert!(alone.when(sign_up(shift, "child")).is_err());
    alone.registered.relations.push(Related {
        a_ref: name("p-1"),
        kind: Kinship::Guardian,
        b_ref: name("child"),
        valid_from: day(0),
        valid_until: None,
    });
    assert!(alone.when(sign_up(shift, "child")).is_err(), "to have one is not enough");
    alone.then(sign_up(shift, "p-1")).expect("allowed");
    assert!(alone.when(sign_up(shift, "child")).is_ok());
}

#[test]
fn what_looks_wrong_about_a_presence_is_flagged() {
    let story = with(team(), [open("s-1", 0, 120, 2), open("s-2", 0, 120, 2)]);
    let mut given = given(story);
    assert_eq!(flags(given.when(check_in("s-1", "p-1", -10))), []);
    assert_eq!(flags(given.when(check_in("s-1", "p-1", -11))), [Flag::OutsideShift]);
    assert_eq!(flags(given.when(check_out("s-1", "p-1", 131))), [Flag::OutsideShift]);
    for told in [check_in("s-1", "p-1", 0), check_out("s-1", "p-1", 60)] {
        given.then(told).expect("recorded");
    }
    assert_eq!(flags(given.when(check_in("s-2", "p-1", 59))), [Flag::Overlapping]);
    assert_eq!(flags(given.when(check_in("s-2", "p-1", 60))), [], "one after the other");
    given.then(check_in("s-2", "p-1", 30)).expect("recorded");
    assert_eq!(flags(given.when(check_out("s-2", "p-1", 90))), [Flag::Overlapping]);
    assert_eq!(
        given.state.accounts.values().map(super::Account::total).sum::<Minutes>(),
        Minutes(0),
        "a presence is no credit"
    );
}
