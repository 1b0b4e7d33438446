//! Laws of mediation, then examples.

mod laws;
mod refusals;
mod sessions;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Command, Dispute, Event, Phase, State};
use crate::domain::given::{Given, given_of};
use crate::domain::{Flag, Happened, Registered, Role, RoleHeld, Scope, Timestamp, Zone};

const MINUTE: i64 = 60_000_000;

fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_645_000_000_000_000 + minutes * MINUTE)
}

fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2022, 2, 1).expect("a day");
    first.checked_add_days(chrono::Days::new(number)).expect("a day")
}

/// A command about the dispute `d-1`, as it is written in a file.
fn command(name: &str, fields: Value) -> Command {
    command_in("d-1", name, fields)
}

fn command_in(dispute: &str, name: &str, mut fields: Value) -> Command {
    for (field, value) in
        [("dispute_id", json!(dispute)), ("at", json!(minute(0))), ("zone", json!("Asia/Shanghai"))]
    {
        let fields = fields.as_object_mut().expect("fields have names");
        fields.entry(field).or_insert(value);
    }
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

fn register(dispute: &str, kind: &str) -> Command {
    let fields = json!({"kind": kind, "origin": "application", "place_id": "yujing"});
    command_in(dispute, "register_dispute", fields)
}

fn add(dispute: &str, party: &str, person: Option<&str>) -> Command {
    let fields = json!({
        "party_id": party, "role": "applicant", "person_ref": person, "is_resident": true,
    });
    command_in(dispute, "add_party", fields)
}

fn consent(dispute: &str, party: &str) -> Command {
    command_in(dispute, "record_consent", json!({"party_id": party, "by_ref": "p-x"}))
}

fn refuse(party: &str) -> Command {
    command("record_refusal", json!({ "party_id": party }))
}

fn appoint(dispute: &str, mediator: &str) -> Command {
    let fields = json!({"mediator_ref": mediator, "chosen_by": "parties"});
    command_in(dispute, "appoint_mediator", fields)
}

fn replace(from: &str, to: &str) -> Command {
    command("replace_mediator", json!({"from_ref": from, "to_ref": to, "reason": "on leave"}))
}

fn locate(dispute: &str, party: &str, person: &str) -> Command {
    let fields = json!({"party_id": party, "person_ref": person});
    command_in(dispute, "record_party_located", fields)
}

fn disclose(dispute: &str, mediator: &str, party: &str, relation: &str) -> Command {
    let fields = json!({"mediator_ref": mediator, "party_id": party, "relation": relation});
    command_in(dispute, "disclose_interest", fields)
}

fn represent(party: &str, person: &str, settles: bool) -> Command {
    let fields = json!({
        "party_id": party, "representative_ref": person, "basis": "host of the guest",
        "may_settle": settles,
    });
    command("authorise_representative", fields)
}

/// A session from one minute until another.
fn schedule(dispute: &str, number: u32, mediator: &str, from: i64, until: i64) -> Command {
    let fields = json!({
        "session_no": number, "mediator_ref": mediator, "starts_at": minute(from),
        "ends_at": minute(until), "is_open": false,
    });
    command_in(dispute, "schedule_session", fields)
}

fn hold(number: u32, from: i64, until: i64) -> Command {
    let fields = json!({
        "session_no": number, "starts_at": minute(from), "ends_at": minute(until),
        "attended": ["a"],
    });
    command("record_session", fields)
}

/// `a` owes `b` 100 yuan by the 28th day.
fn terms() -> Value {
    json!([{"id": "o1", "debtor": "a", "creditor": "b", "duty": {"amount_fen": 10_000},
        "due_on": day(28)}])
}

fn propose() -> Command {
    command("propose_terms", json!({ "obligations": terms() }))
}

fn vary() -> Command {
    command("vary_agreement", json!({ "obligations": terms() }))
}

fn accept(version: u32, party: &str, by: &str) -> Command {
    command("accept_terms", json!({"version_n": version, "party_id": party, "by_ref": by}))
}

fn sign(version: u32, party: &str, on: NaiveDate) -> Command {
    let fields = json!({
        "version_n": version, "party_id": party, "manner": "fingerprint", "signed_on": on,
    });
    command("record_signature", fields)
}

fn mediator_signs(on: NaiveDate) -> Command {
    command("record_mediator_signature", json!({ "signed_on": on }))
}

fn seal(on: NaiveDate) -> Command {
    command("record_seal", json!({ "sealed_on": on }))
}

fn agree_orally(on: NaiveDate) -> Command {
    command("record_oral_agreement", json!({ "reached_on": on }))
}

fn perform(id: &str, fen: Option<i64>, on: NaiveDate) -> Command {
    let fields = json!({"id": id, "amount_fen": fen, "performed_on": on});
    command("record_performance", fields)
}

fn breach(id: &str) -> Command {
    command("record_breach", json!({ "id": id }))
}

/// An application on a day, asked for on that day.
fn apply(on: NaiveDate, jointly: bool) -> Command {
    apply_as_of(on, on, jointly)
}

/// An application as of a day, asked for at noon of another.
fn apply_as_of(applied_on: NaiveDate, asked_on: NaiveDate, jointly: bool) -> Command {
    let fields = json!({"applied_on": applied_on, "jointly": jointly,
        "at": format!("{asked_on}T12:00:00+08:00")});
    command("apply_for_confirmation", fields)
}

fn terminate(routes_informed: bool) -> Command {
    let fields = json!({"reason": "no common ground", "routes_informed": routes_informed});
    command("terminate_mediation", fields)
}

/// A dispute of `a` and `b`, who agreed to mediation by `m`.
fn mediated(dispute: &str) -> Vec<Command> {
    vec![
        register(dispute, "damage"),
        add(dispute, "a", Some("p-a")),
        add(dispute, "b", Some("p-b")),
        consent(dispute, "a"),
        consent(dispute, "b"),
        appoint(dispute, "m"),
    ]
}

/// The same, with the first version of terms accepted by both.
fn accepted() -> Vec<Command> {
    let mut story = mediated("d-1");
    story.extend([propose(), accept(1, "a", "p-a"), accept(1, "b", "p-b")]);
    story
}

/// The same, marked by everybody on a day.
fn in_effect(on: NaiveDate) -> Vec<Command> {
    let mut story = accepted();
    story.extend([sign(1, "a", on), sign(1, "b", on), mediator_signs(on), seal(on)]);
    story
}

fn given(commands: impl IntoIterator<Item = Command>) -> Given<State> {
    given_of(mediators(), commands)
}

/// Everybody whom a test might appoint is a mediator of the committee.
fn mediators() -> Registered {
    let names = ["m", "m-old", "n", "o", "x", "secretary", "p-a", "p-b", "p-c", "p-d"];
    let role = |name: &str| RoleHeld {
        person_ref: name.parse().expect("a person"),
        role: Role::Mediator,
        body_id: "committee".parse().expect("a body"),
        valid_from: day(0).checked_sub_days(chrono::Days::new(9_000)).expect("a day"),
        valid_until: None,
        scope: Scope::default(),
        zone: Zone::Asia__Shanghai,
    };
    Registered { roles: names.map(role).to_vec(), ..Registered::default() }
}

fn dispute(given: &Given<State>) -> &Dispute {
    given.state.disputes.values().next().expect("a dispute")
}

fn phase(story: Vec<Command>) -> Phase {
    dispute(&given(story)).phase()
}

fn kinds(events: &[Happened<Event>]) -> Vec<String> {
    let kind = |happened: &Happened<Event>| crate::domain::given::variant(&happened.event);
    events.iter().map(kind).collect()
}

/// The scrape: a note under the wiper, nobody calls, the host of the guest looks for the owner,
/// both are heard, a plan is agreed by word of mouth.
#[test]
fn a_guests_scrape_is_settled_by_word_of_mouth() {
    let attempt = json!({"party_id": "owner", "manner": "note_left", "reached": false});
    let found = json!({"party_id": "owner", "person_ref": "p-owner"});
    let seek = json!({"party_id": "owner", "clue_kinds": ["plate"]});
    let mut story = vec![
        register("d-1", "damage"),
        add("d-1", "guest", None),
        add("d-1", "owner", None),
        command("record_contact_attempt", attempt),
        represent("guest", "p-host", true),
        command("locate_party", seek),
    ];
    assert_eq!(phase(story.clone()), Phase::LocatingParty);
    story.push(command("record_party_located", found));
    assert_eq!(phase(story.clone()), Phase::AwaitingConsent);
    story.extend([consent("d-1", "guest"), consent("d-1", "owner")]);
    assert_eq!(phase(story.clone()), Phase::Accepted);
    story.push(appoint("d-1", "secretary"));
    let recorded = given(story.clone()).when(agree_orally(day(3))).expect("recorded");
    assert_eq!(kinds(&recorded), ["OralAgreementReached", "AgreementInEffect"]);
    assert_eq!(recorded[0].flags, [Flag::TermsUnrecorded]);
    story.push(agree_orally(day(3)));
    assert_eq!(phase(story), Phase::InEffect);
}

#[test]
fn a_dispute_goes_through_its_states() {
    let on = day(1);
    assert_eq!(phase(vec![register("d-1", "damage")]), Phase::Registered);
    let mut story = mediated("d-1");
    assert_eq!(phase(story.clone()), Phase::MediatorAppointed);
    story.push(schedule("d-1", 1, "m", 0, 60));
    assert_eq!(phase(story.clone()), Phase::InSession);
    story.push(propose());
    assert_eq!(phase(story.clone()), Phase::TermsProposed);
    story.push(hold(2, 100, 160));
    assert_eq!(phase(story), Phase::InSession);
    assert_eq!(phase(accepted()), Phase::Signing);
    let mut story = in_effect(on);
    assert_eq!(phase(story.clone()), Phase::InEffect);
    story.push(perform("o1", Some(4_000), on));
    assert_eq!(phase(story.clone()), Phase::Performing);
    let mut varied = story.clone();
    varied.push(vary());
    assert_eq!(phase(varied.clone()), Phase::Varied);
    varied.extend([accept(2, "a", "p-a"), accept(2, "b", "p-b")]);
    assert_eq!(phase(varied), Phase::Signing);
    story.push(breach("o1"));
    assert_eq!(phase(story.clone()), Phase::Breached);
    story.push(perform("o1", Some(6_000), on));
    assert_eq!(phase(story), Phase::Fulfilled);
}

#[test]
fn a_variation_binds_with_its_own_marks() {
    let mut story = in_effect(day(1));
    story.extend([vary(), sign(2, "a", day(5)), sign(2, "b", day(6)), mediator_signs(day(7))]);
    let sealed = given(story.clone()).when(seal(day(4))).expect("recorded");
    assert_eq!(kinds(&sealed), ["CommitteeSealed", "AgreementInEffect"]);
    story.push(seal(day(4)));
    let given = given(story);
    let effect = dispute(&given).agreement.effect.expect("in effect");
    assert_eq!((effect.version_n, effect.effect_on), (Some(2), day(7)));
}

#[test]
fn what_a_variation_drops_is_breached_no_more() {
    let dropped = json!({"obligations": [{"id": "o2", "debtor": "a", "creditor": "b",
        "duty": {"act": "paint the door"}, "due_on": day(40)}]});
    let mut story = in_effect(day(1));
    story.extend([command("vary_agreement", dropped), breach("o1")]);
    assert_eq!(phase(story.clone()), Phase::Varied);
    story.extend([sign(2, "a", day(5)), sign(2, "b", day(5)), mediator_signs(day(5))]);
    story.push(seal(day(5)));
    assert_eq!(phase(story), Phase::InEffect);
}

#[test]
fn a_party_that_refuses_ends_it() {
    let mut story = vec![register("d-1", "damage"), add("d-1", "a", None), refuse("a")];
    assert_eq!(phase(story.clone()), Phase::Declined);
    story.push(consent("d-1", "a"));
    assert_eq!(phase(story), Phase::Declined, "what is told later is recorded");
    let mut story = mediated("d-1");
    story.push(refuse("a"));
    assert_eq!(phase(story), Phase::Terminated);
}

#[test]
fn a_court_may_be_asked_again_after_a_withdrawal() {
    let decided =
        |result| command("record_court_decision", json!({"result": result, "decided_on": day(9)}));
    let mut story = in_effect(day(1));
    story.extend([apply(day(2), true), decided("withdrawn")]);
    assert!(given(story.clone()).when(apply(day(3), true)).is_ok());
    story.push(decided("confirmed"));
    assert!(given(story).when(apply(day(3), true)).is_err());
}
