//! D1: a mediator has no interest in a party, whichever of the two is told first. D9: a mediator is
//! in one place at a time.

use serde_json::json;

use super::book::{Step, Told};
use super::{Command, HANDS, Places, Race, WRITERS, Wanted, at, nothing_fresh, races, tell};

/// How many disputes a round has where two commands meet in one.
const MEETING: usize = 8;
/// Among how many disputes the sessions of one mediator are.
const DISPUTES: usize = 16;

races! {
    /// It is told that a mediator is kin to a party, while the same mediator is appointed.
    kin_is_told_while_appointing = Race {
        rule: "D1 relation",
        set_up: mediators,
        fresh: |round| disputes(round).iter().flat_map(|name| with_parties(name, name)).collect(),
        wants: |round, writer| {
            let (dispute, hand) = meeting(round, writer);
            match writer < WRITERS && (writer / MEETING).is_multiple_of(2) {
                true => Wanted::Aside(vec![kin(&format!("m-{hand}"), &dispute)]),
                false => Wanted::Place(vec![appoint(&dispute, &format!("m-{hand}"))]),
            }
        },
        places: Places::Exactly(MEETING),
        refused: &["HasInterest", "WrongState"],
        given_back: None,
        // The person of the party is called as the dispute is.
        law: |told| match told.name.as_str() {
            "RelationRecorded" => {
                vec![Step::Ends(format!("{} for {}", told.text("a_ref"), told.text("b_ref")))]
            }
            "MediatorAppointed" => {
                let (who, dispute) = (told.text("mediator_ref"), told.text("dispute_id"));
                let mut steps = told.takes("dispute_id", "mediator_ref", 1);
                steps.push(Step::Before(format!("{who} for {dispute}")));
                steps
            }
            _ => Vec::new(),
        },
    };
    /// Kin of a mediator becomes a party, while the mediator is appointed.
    a_party_comes_while_appointing = Race {
        rule: "D1 party",
        set_up: || {
            let mut story = mediators();
            for hand in 0..WRITERS / MEETING / 2 {
                let party = format!("q-{hand}");
                story.push(tell("register_person", json!({"person_ref": party})));
                story.push(kin(&format!("m-{hand}"), &party));
            }
            story
        },
        fresh: |round| disputes(round).iter().flat_map(|name| with_parties(name, name)).collect(),
        wants: |round, writer| {
            let (dispute, hand) = meeting(round, writer);
            let party = format!("q-{hand}");
            match writer < WRITERS && (writer / MEETING).is_multiple_of(2) {
                true => Wanted::Aside(agreeing(&dispute, &party, Some(&party))),
                false => Wanted::Place(vec![appoint(&dispute, &format!("m-{hand}"))]),
            }
        },
        places: Places::Exactly(MEETING),
        refused: &["HasInterest", "WrongState"],
        given_back: None,
        // Of a mediator and their kin, one is in a dispute.
        law: |told| match told.name.as_str() {
            "MediatorAppointed" => one_of_kin(told, "mediator_ref"),
            "PartyAdded" => one_of_kin(told, "party_id"),
            _ => Vec::new(),
        },
    };
    /// Sessions of many disputes want one mediator at one time, told from zones of two days.
    a_mediator_is_in_one_place = Race {
        rule: "D9",
        set_up: || {
            let mut story = mediators();
            for dispute in 0..DISPUTES {
                let name = format!("d-{dispute}");
                story.push(tell("register_person", json!({"person_ref": name})));
                story.extend(with_parties(&name, "nobody"));
                story.push(appoint(&name, "m-0"));
            }
            story
        },
        fresh: nothing_fresh,
        wants: |round, writer| {
            let zone = if writer % 2 == 1 { "Pacific/Kiritimati" } else { "Asia/Shanghai" };
            let later = writer % 4 * 7;
            Wanted::Place(vec![tell("schedule_session", json!({
                "dispute_id": format!("d-{}", writer % DISPUTES), "mediator_ref": "m-0",
                "session_no": round * HANDS + writer, "zone": zone, "is_open": false,
                "starts_at": at(round, 600 + later), "ends_at": at(round, 660 + later),
            }))])
        },
        places: Places::Exactly(1),
        refused: &["MediatorBusy"],
        // Another mediator takes over, and what was scheduled is scheduled no more.
        given_back: Some(|_, writer| {
            let replaced = |from: &str, to: &str| tell("replace_mediator", json!({
                "dispute_id": format!("d-{}", writer % DISPUTES), "from_ref": from, "to_ref": to,
                "reason": "ill",
            }));
            vec![replaced("m-0", "m-1"), replaced("m-1", "m-0")]
        }),
        law: |told| {
            let by = || format!("{}/{}", told.text("dispute_id"), told.text("session_no"));
            match told.name.as_str() {
                "MediationScheduled" => vec![Step::Occupies {
                    of: told.text("mediator_ref"),
                    by: by(),
                    from: told.instant("starts_at"),
                    until: told.instant("ends_at"),
                }],
                "MediationUnscheduled" => {
                    vec![Step::Leaves { of: told.text("mediator_ref"), by: by() }]
                }
                _ => Vec::new(),
            }
        },
    };
    /// One name for sixty-four disputes.
    one_dispute_of_a_name = Race {
        rule: "one dispute of a name",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, _| Wanted::Place(vec![register(&format!("d-{round}"))]),
        places: Places::Exactly(1),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "DisputeRegistered" => told.takes("dispute_id", "dispute_id", 1),
            _ => Vec::new(),
        },
    };
}

/// In which dispute of a round a writer is, and which mediator is meant.
fn meeting(round: usize, writer: usize) -> (String, usize) {
    let hand = if writer < WRITERS { writer / MEETING / 2 } else { writer };
    (format!("d-{round}-{}", writer % MEETING), hand)
}

fn disputes(round: usize) -> Vec<String> {
    (0..MEETING).map(|dispute| format!("d-{round}-{dispute}")).collect()
}

/// Mediators of the committee: those who are raced for, and those who top up.
fn mediators() -> Vec<Command> {
    let body = json!({"body_id": "committee", "kind": "mediation_committee"});
    let mut story = vec![tell("register_body", body)];
    for hand in (0..WRITERS / MEETING / 2).chain(WRITERS..=WRITERS + MEETING) {
        let mediator = format!("m-{hand}");
        story.push(tell("register_person", json!({"person_ref": mediator})));
        let role = json!({
            "person_ref": mediator, "role": "mediator", "body_id": "committee",
            "valid_from": "2020-01-01",
        });
        story.push(tell("grant_role", role));
    }
    story
}

fn register(dispute: &str) -> Command {
    let fields = json!({
        "dispute_id": dispute, "kind": "damage", "origin": "application", "place_id": "yujing",
    });
    tell("register_dispute", fields)
}

/// A dispute of two parties who agreed to mediation, one of them a person of this name.
fn with_parties(dispute: &str, person: &str) -> Vec<Command> {
    let person_known = tell("register_person", json!({"person_ref": person}));
    let known = (person == dispute).then_some(person_known);
    let of_person = known.is_some().then_some(person);
    let mut story: Vec<Command> = known.into_iter().collect();
    story.push(register(dispute));
    story.extend(agreeing(dispute, "a", of_person));
    story.extend(agreeing(dispute, "b", None));
    story
}

/// A party that agrees to mediation.
fn agreeing(dispute: &str, party: &str, person: Option<&str>) -> Vec<Command> {
    let added = json!({
        "dispute_id": dispute, "party_id": party, "role": "third", "person_ref": person,
        "is_resident": true,
    });
    let agrees = json!({"dispute_id": dispute, "party_id": party, "by_ref": "p-x"});
    vec![tell("add_party", added), tell("record_consent", agrees)]
}

fn appoint(dispute: &str, mediator: &str) -> Command {
    let fields = json!({
        "dispute_id": dispute, "mediator_ref": mediator, "chosen_by": "parties",
    });
    tell("appoint_mediator", fields)
}

fn kin(one: &str, other: &str) -> Command {
    let fields = json!({
        "a_ref": one, "b_ref": other, "kind": "kin", "valid_from": "2020-01-01",
    });
    tell("record_relation", fields)
}

/// `m-7` and `q-7` are kin; the parties `a` and `b` are kin to nobody.
fn one_of_kin(told: &Told, field: &str) -> Vec<Step> {
    let by = told.text(field);
    let Some((_, number)) = by.split_once('-') else { return Vec::new() };
    vec![Step::Takes { of: format!("{}/{number}", told.text("dispute_id")), by, places: 1 }]
}
