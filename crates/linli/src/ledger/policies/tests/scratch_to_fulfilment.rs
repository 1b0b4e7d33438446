//! The note under the wiper, and what became of it.

use serde_json::{Value, json};

use super::{DAY, HOUR, Story};
use crate::codec::Channel;
use crate::domain::policies::{Event as Step, Notice};
use crate::domain::{Event, Timestamp};

/// A case about a scrape, which somebody handles.
fn scraped(story: &mut Story, channel: Channel) {
    let opened = json!({"case_id": "car", "kind": "request", "category": "scrape",
        "severity_n": 1, "place_id": "gate", "reporter_ref": "p-owner",
        "observed_at": "2022-02-13T20:00:00+08:00"});
    story.tell_through(channel, "open_case", opened);
    story.tell("triage_case", json!({"case_id": "car", "category": "scrape", "severity_n": 1}));
    let assigned = json!({"case_id": "car", "body_id": "committee", "sla_rule": "ordinary"});
    story.tell("assign_case", assigned);
    let answered = json!({"case_id": "car", "by_ref": "p-1", "manner": "call"});
    story.tell("record_first_response", answered);
}

/// A dispute between a host and an owner whom nobody knows yet.
fn registered(story: &mut Story, channel: Channel, case_id: Option<&str>) {
    let dispute = json!({"kind": "damage", "origin": "application", "place_id": "gate",
        "case_id": case_id});
    tell_through(story, channel, "register_dispute", dispute);
    let host = json!({"party_id": "host", "role": "applicant", "person_ref": "p-host",
        "is_resident": true});
    tell(story, "add_party", host);
    let owner = json!({"party_id": "owner", "role": "respondent", "is_resident": false});
    tell(story, "add_party", owner);
}

fn tell(story: &mut Story, name: &str, fields: Value) {
    tell_through(story, Channel::App, name, fields);
}

fn tell_through(story: &mut Story, channel: Channel, name: &str, mut fields: Value) {
    fields.as_object_mut().expect("fields").insert("dispute_id".into(), json!("scrape"));
    story.tell_through(channel, name, fields);
}

fn seek(story: &mut Story, channel: Channel) {
    tell_through(story, channel, "locate_party", json!({"party_id": "owner", "clue_kinds": []}));
}

fn find(story: &mut Story) {
    tell(story, "record_party_located", json!({"party_id": "owner", "person_ref": "p-owner"}));
}

fn consent(story: &mut Story) {
    tell(story, "record_consent", json!({"party_id": "host", "by_ref": "p-host"}));
    tell(story, "record_consent", json!({"party_id": "owner", "by_ref": "p-owner"}));
}

fn appoint(story: &mut Story) {
    let on = "2022-01-01";
    story.tell("register_body", json!({"body_id": "room", "kind": "mediation"}));
    story.tell("register_person", json!({"person_ref": "p-m"}));
    story.tell(
        "grant_role",
        json!({"person_ref": "p-m", "role": "mediator", "body_id": "room", "valid_from": on}),
    );
    let appointed = json!({"mediator_ref": "p-m", "chosen_by": "committee"});
    tell(story, "appoint_mediator", appointed);
}

/// The host pays the owner until a day, and that takes effect today.
fn agree(story: &mut Story, due_on: &str) {
    let owed = json!({"id": "paint", "debtor": "host", "creditor": "owner",
        "duty": {"amount_fen": 30_000}, "due_on": due_on});
    tell(story, "propose_terms", json!({"obligations": [owed]}));
    let today = Timestamp(story.now).to_string()[..10].to_owned();
    for party in ["host", "owner"] {
        let signed = json!({"version_n": 1, "party_id": party, "manner": "signature",
            "signed_on": today});
        tell(story, "record_signature", signed);
    }
    tell(story, "record_mediator_signature", json!({"signed_on": today}));
    tell(story, "record_seal", json!({"sealed_on": today}));
}

/// From the search to an agreement in effect on 14 February, to be kept until 1 March.
fn agreed(story: &mut Story, case_id: Option<&str>) {
    registered(story, Channel::App, case_id);
    seek(story, Channel::App);
    find(story);
    consent(story);
    appoint(story);
    agree(story, "2022-03-01");
    story.run();
}

fn pay(story: &mut Story) {
    let paid = json!({"id": "paint", "amount_fen": 30_000, "performed_on": "2022-02-20"});
    tell(story, "record_performance", paid);
}

/// How many notices of a kind were given to somebody.
fn told(story: &Story, wanted: Notice, to: &str) -> usize {
    let is_so = |event: &&Event| match event {
        Event::Policies(Step::NoticeGiven { notice, to_ref: Some(to_ref), .. }) => {
            *notice == wanted && to_ref.as_str() == to
        }
        _ => false,
    };
    story.events().iter().filter(is_so).count()
}

/// A scrape that was taken in, and a party that is looked for.
pub(super) fn begun(channel: Channel) -> Story {
    let mut story = Story::new();
    scraped(&mut story, channel);
    registered(&mut story, channel, Some("car"));
    seek(&mut story, channel);
    story
}

#[test]
fn a_scrape_is_followed_from_the_note_to_the_last_payment() {
    let mut story = Story::new();
    scraped(&mut story, Channel::App);
    story.run();
    assert!(story.has("take in"));
    registered(&mut story, Channel::App, Some("car"));
    seek(&mut story, Channel::App);
    story.run();
    assert!(story.has("locate owner") && !story.has("ask for consent owner"));
    find(&mut story);
    story.run();
    assert!(story.has("ask for consent owner") && !story.has("appoint"));
    consent(&mut story);
    story.run();
    assert!(story.has("appoint") && !story.has("agree"));
    story.is_idempotent();
    appoint(&mut story);
    story.run();
    assert!(story.has("agree"));
    agree(&mut story, "2022-03-01");
    story.run();
    assert_eq!(story.count("CaseResolved"), 0, "agreed is not done");
    pay(&mut story);
    story.run();
    assert_eq!(story.count("CaseResolved"), 1);
    story.is_idempotent();
    story.pass(60 * DAY);
    assert_eq!(told(&story, Notice::Reminder, "p-host"), 0, "paid in time");
}

#[test]
fn a_search_and_a_consent_have_seven_days_each() {
    let mut story = Story::new();
    registered(&mut story, Channel::App, None);
    story.run();
    assert_eq!(story.pass(DAY).taken_n, 0, "no scrape, and nobody is looked for");
    seek(&mut story, Channel::App);
    story.run();
    story.pass(7 * DAY - HOUR);
    assert_eq!(story.late("locate owner"), 0);
    story.pass(HOUR);
    assert_eq!(story.late("locate owner"), 1);
    find(&mut story);
    story.pass(7 * DAY - HOUR);
    assert_eq!(story.late("ask for consent owner"), 0);
    story.pass(HOUR);
    assert_eq!(story.late("ask for consent owner"), 1);
    story.is_idempotent();
}

#[test]
fn an_appointment_and_an_agreement_have_their_time() {
    let mut story = Story::new();
    registered(&mut story, Channel::App, None);
    seek(&mut story, Channel::App);
    find(&mut story);
    consent(&mut story);
    story.run();
    story.pass(7 * DAY);
    assert_eq!((story.late("appoint"), story.late("agree")), (1, 0));
    appoint(&mut story);
    story.run();
    story.pass(29 * DAY);
    assert_eq!(story.late("agree"), 0);
    story.pass(DAY);
    assert_eq!(story.late("agree"), 1);
    story.is_idempotent();
}

#[test]
fn who_owes_is_reminded_before_the_day_on_it_and_after_it() {
    let mut story = Story::new();
    agreed(&mut story, None);
    let mut reminders = Vec::new();
    for day in 1..30 {
        let before = told(&story, Notice::Reminder, "p-host");
        story.pass(DAY);
        if told(&story, Notice::Reminder, "p-host") > before {
            reminders.push(day);
        }
    }
    // 26 February, 1 March, 8 March, seen from the morning of 14 February on.
    assert_eq!(reminders, [12, 15, 22]);
    story.is_idempotent();
}

#[test]
fn both_hear_of_the_court_while_there_is_time_to_have_it_confirmed() {
    let mut story = Story::new();
    agreed(&mut story, None);
    story.pass(19 * DAY);
    assert_eq!(told(&story, Notice::Offer, "p-owner"), 0);
    story.pass(DAY);
    let offers = |story: &Story| ["p-owner", "p-host"].map(|to| told(story, Notice::Offer, to));
    assert_eq!(offers(&story), [1, 1]);
    story.is_idempotent();
    let mut story = Story::new();
    agreed(&mut story, None);
    tell(
        &mut story,
        "apply_for_confirmation",
        json!({"applied_on": "2022-02-15", "jointly": true}),
    );
    story.pass(30 * DAY);
    assert_eq!(offers(&story), [0, 0], "they have applied");
}

#[test]
fn to_who_is_owed_what_was_broken_the_court_is_open() {
    let mut story = Story::new();
    agreed(&mut story, None);
    tell(&mut story, "record_breach", json!({"id": "paint"}));
    story.run();
    assert!(story.has("court paint"));
    assert_eq!(told(&story, Notice::Offer, "p-owner"), 1);
    story.is_idempotent();
}

#[test]
fn a_case_that_may_not_be_resolved_is_on_record() {
    let mut story = Story::new();
    story.publish(&json!({"case_handling": {"rows": [{"sla_rule": "ordinary",
        "respond_within_min": 60, "resolve_within_min": 600, "needs_after_photo": true}]}}));
    scraped(&mut story, Channel::App);
    agreed(&mut story, Some("car"));
    pay(&mut story);
    assert_eq!(story.run().refused_n, 1);
    assert!(story.has("resolve the case refused"));
    story.is_idempotent();
}

#[test]
fn an_imported_scrape_and_an_imported_search_ask_nobody() {
    let mut story = Story::new();
    scraped(&mut story, Channel::Import);
    registered(&mut story, Channel::Import, Some("car"));
    seek(&mut story, Channel::Import);
    find(&mut story);
    let done = story.pass(60 * DAY);
    assert_eq!((done.taken_n, done.refused_n), (0, 0));
}
