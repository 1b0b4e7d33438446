//! Every refusal comes out of `decide`.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{Command, Refusal};
use super::{
    adjust, approve, assign, certify, check_in, command, day, given, join, launch, leave, minute,
    name, open, open_with, place, propose, register, served, sign_up, star, team, with,
};
use crate::domain::given::{refusals, variant};
use crate::domain::{Minutes, Span};

/// A story, what is asked then, and why it is refused.
type Case = (Vec<Command>, Command, Refusal);

const SHIFT: &str = "s-1";

fn unknown(kind: &'static str, id: &str) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.into() }
}

fn exists(kind: &'static str, id: &str) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.into() }
}

fn wrong(kind: &'static str, id: &str, is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { kind, id: id.into(), is, wanted }
}

/// The team with a shift of two hours and one place.
fn shift() -> Vec<Command> {
    with(team(), [open("s-1", 0, 120, 1)])
}

fn of_names() -> Vec<Case> {
    let mut taken = register("p-9");
    if let Command::RegisterVolunteer { volunteer_no, .. } = &mut taken {
        *volunteer_no = name("no-p-1");
    }
    vec![
        (vec![], join("p-1", "canal-love", day(0)), unknown("volunteer", "p-1")),
        (team(), leave("p-1", "other", day(1)), unknown("membership of", "other")),
        (shift(), open("s-1", 0, 1, 1), exists("shift", "s-1")),
        (vec![], open("s-1", 0, 1, 1), unknown("project", "knives")),
        (team(), sign_up(SHIFT, "p-1"), unknown("shift", "s-1")),
        (shift(), place("withdraw", 0, "s-1", "p-1"), unknown("place of", "p-1")),
        (
            served(),
            propose("s-1", "p-1", 0, 9),
            unknown("check-in without a check-out at", &minute(0).to_string()),
        ),
        (served(), certify("c-1", "p-1", "station", Some("up")), unknown("rounding policy", "up")),
        (served(), star("p-1", 3), unknown("star", "3")),
        (
            team(),
            command("revoke_certificate", json!({"certificate_no": "c-1", "reason": "lost"})),
            unknown("certificate", "c-1"),
        ),
        (
            with(shift(), [check_in("s-1", "p-1", 0)]),
            adjust("s-1", "p-1", 1),
            unknown("credit of", "p-1"),
        ),
        (team(), register("p-1"), exists("volunteer", "p-1")),
        (team(), taken, exists("volunteer number", "no-p-1")),
        (team(), join("p-1", "canal-love", day(3)), exists("membership of", "canal-love")),
        (team(), launch("knives"), exists("project", "knives")),
        (with(served(), [star("p-1", 1)]), star("p-1", 1), exists("star", "1")),
        (
            with(served(), [certify("c-1", "p-1", "station", None)]),
            certify("c-1", "p-2", "station", None),
            exists("certificate", "c-1"),
        ),
    ]
}

/// How something has to stand, and where it stands otherwise.
fn of_states() -> Vec<Case> {
    let retire = || command("retire_project", json!({"project_id": "knives"}));
    let retired = || with(team(), [retire()]);
    let is_retired = || wrong("project", "knives", "retired", "launched");
    let suspend = || command("suspend_volunteer", json!({"person_ref": "p-1", "reason": "away"}));
    let reinstate = command("reinstate_volunteer", json!({"person_ref": "p-1"}));
    let left = with(shift(), [leave("p-1", "canal-love", day(3))]);
    let of_volunteer = |is, wanted| wrong("volunteer", "p-1", is, wanted);
    let cancelled = with(shift(), [super::cancel("s-1")]);
    let of_shift = |is, wanted| wrong("shift", "s-1", is, wanted);
    let waits = place("join_shift_waitlist", 0, "s-1", "p-1");
    let late = place("withdraw", 0, "s-1", "p-1");
    vec![
        (retired(), open("s-1", 0, 1, 1), is_retired()),
        (retired(), retire(), is_retired()),
        (team(), reinstate, of_volunteer("active", "suspended")),
        (with(team(), [suspend()]), suspend(), of_volunteer("suspended", "not suspended")),
        (left, sign_up(SHIFT, "p-1"), of_volunteer("left", "active")),
        (cancelled, sign_up(SHIFT, "p-1"), of_shift("cancelled", "before its end")),
        (shift(), waits, of_shift("running", "full")),
        (signed_up(), late, of_shift("running", "before its start")),
    ]
}

fn signed_up() -> Vec<Command> {
    with(shift(), [sign_up(SHIFT, "p-1")])
}

fn of_standings() -> Vec<Case> {
    let of_place = |is, wanted| wrong("place of", "p-1", is, wanted);
    let of_claim = |is| wrong("claim of", "p-1", is, "claimed");
    let of_place_at = |name, at| place(name, at, "s-1", "p-1");
    let withdrawn = with(signed_up(), [of_place_at("withdraw", -600)]);
    let revoke =
        || command("revoke_certificate", json!({"certificate_no": "c-1", "reason": "lost"}));
    let certified = with(served(), [certify("c-1", "p-1", "station", None), revoke()]);
    vec![
        (signed_up(), of_place_at("confirm_shift", 0), of_place("signed_up", "assigned")),
        (signed_up(), sign_up(SHIFT, "p-1"), of_place("signed_up", "without a place")),
        (withdrawn, of_place_at("withdraw", -600), of_place("withdrawn", "accepted or waitlisted")),
        (served(), of_place_at("excuse", 0), of_place("credited", "accepted")),
        (served(), of_place_at("reject_hours", 0), of_claim("approved")),
        (signed_up(), approve(SHIFT, "p-1", "station"), of_claim("not made")),
        (certified, revoke(), wrong("certificate", "c-1", "revoked", "issued or superseded")),
    ]
}

fn of_places() -> Vec<Case> {
    let of = |fields| with(team(), [open_with("s-1", 0, 120, fields)]);
    let dangerous = || of(json!({"is_dangerous": true}));
    let insured = |until| {
        let fields = json!({"person_ref": "p-1", "valid_from": day(0), "valid_until": until});
        command("record_insurance", fields)
    };
    let overlaps = || with(shift(), [open("s-2", 119, 200, 1), sign_up("s-2", "p-1")]);
    let stranger = [register("p-8"), join("p-8", "canal-love", day(0))];
    vec![
        (
            with(shift(), [sign_up(SHIFT, "p-2")]),
            sign_up(SHIFT, "p-1"),
            Refusal::ShiftFull { capacity_n: 1 },
        ),
        (overlaps(), sign_up(SHIFT, "p-1"), Refusal::Overlap { shift_id: name("s-2") }),
        (overlaps(), assign(SHIFT, "p-1", Some(" ")), Refusal::Overlap { shift_id: name("s-2") }),
        (
            of(json!({"skills": ["sewing"]})),
            sign_up(SHIFT, "p-1"),
            Refusal::SkillMissing { skill: "sewing".into() },
        ),
        (
            of(json!({"min_age_years": 18})),
            sign_up(SHIFT, "teen"),
            Refusal::UnderAge { min_age_years: 18 },
        ),
        (
            with(of(json!({"min_age_years": 1})), stranger),
            sign_up(SHIFT, "p-8"),
            Refusal::AgeUnknown { person_ref: name("p-8") },
        ),
        (
            with(shift(), [register("sealed"), join("sealed", "canal-love", day(0))]),
            sign_up(SHIFT, "sealed"),
            Refusal::AgeUnknown { person_ref: name("sealed") },
        ),
        (dangerous(), assign(SHIFT, "teen", Some("tall")), Refusal::MinorInDanger),
        (shift(), sign_up(SHIFT, "teen"), Refusal::ConsentMissing { person_ref: name("teen") }),
        (with(dangerous(), [insured(day(15))]), sign_up(SHIFT, "p-1"), Refusal::InsuranceMissing),
        (
            team(),
            open("s-1", 9, 9, 1),
            Refusal::EndsBeforeStart { starts_at: minute(9), ends_at: minute(9) },
        ),
        (
            team(),
            open("s-1", 0, 60 * 24 * 300, 1),
            Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS },
        ),
    ]
}

fn of_hours() -> Vec<Case> {
    let own = json!({
        "shift_id": "s-1", "person_ref": "p-1", "delta_min": 1, "reason": "more",
        "approved_by_ref": "p-1",
    });
    let later = with(served(), [check_in("s-1", "p-1", 130)]);
    let (credited_min, needed_min) = (Minutes(120), Minutes(180));
    let empty = json!({
        "certificate_no": "c-1", "person_ref": "p-1", "body_id": "station",
        "period_from": day(3), "period_until": day(3), "as_known_at": 1,
    });
    let (period_from, period_until) = (day(3), day(3));
    vec![
        (
            served(),
            command("adjust_hours", own),
            Refusal::ApproverIsClaimant { person_ref: name("p-1") },
        ),
        (
            served(),
            adjust("s-1", "p-1", -121),
            Refusal::WouldBeNegative { credited_min, delta_min: -121 },
        ),
        (
            served(),
            certify("c-1", "p-1", "other", None),
            Refusal::NotOwnRecords { body_id: name("station") },
        ),
        (
            later,
            approve(SHIFT, "p-1", "other"),
            Refusal::NotOwnRecords { body_id: name("station") },
        ),
        (
            served(),
            command("issue_certificate", empty),
            Refusal::EmptyPeriod { period_from, period_until },
        ),
        (served(), star("p-1", 2), Refusal::NotEarned { credited_min, needed_min }),
    ]
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let mut came_out = BTreeSet::new();
    let cases = [of_names(), of_states(), of_standings(), of_places(), of_hours()].concat();
    for (story, command, refusal) in cases {
        let shown = format!("{command:?}");
        let refused = given(story).when(command);
        assert_eq!(refused, Err(refusal), "{shown}");
        came_out.extend(refused.err().iter().map(variant));
    }
    assert_eq!(came_out, refusals(include_str!("../rules/mod.rs")));
}

#[test]
fn an_override_lets_a_shift_overlap_and_nothing_else() {
    let busy = [open("s-2", 119, 200, 1), sign_up("s-2", "p-1")];
    let given = given(with(shift(), busy));
    assert!(given.when(assign(SHIFT, "p-1", Some("next door"))).is_ok());
    let full = super::given(with(shift(), [sign_up(SHIFT, "p-2")]));
    assert!(full.when(assign(SHIFT, "p-1", Some("next door"))).is_err());
}

#[test]
fn insurances_that_follow_each_other_cover_a_dangerous_shift() {
    let insured = |from: u64, until: u64| {
        let fields =
            json!({"person_ref": "p-1", "valid_from": day(from), "valid_until": day(until)});
        command("record_insurance", fields)
    };
    let dangerous = open_with("s-1", 0, 1_440, json!({"is_dangerous": true}));
    let story = with(team(), [dangerous, insured(0, 16)]);
    let asked = sign_up("s-1", "p-1");
    assert_eq!(given(story.clone()).when(asked.clone()), Err(Refusal::InsuranceMissing));
    assert!(given(with(story, [insured(16, 17)])).when(asked).is_ok());
}
