//! Each refusal comes out of a decision, with what a person has to know.

use super::*;

#[test]
fn a_busy_connector_is_refused() {
    let story = [commission("k1"), start("s:1", "k1", "c1", 1)];
    let refused = given(story).when(start("s:2", "k1", "c2", 2));
    let (connector, session) = (name("k1"), name("s:1"));
    assert_eq!(refused, Err(Refusal::ConnectorActive { connector, session }));
}

#[test]
fn a_busy_card_is_refused() {
    let story = [commission("k1"), commission("k2"), start("s:1", "k1", "c1", 1)];
    let refused = given(story).when(start("s:2", "k2", "c1", 2));
    assert_eq!(refused, Err(Refusal::CardActive { card: name("c1"), session: name("s:1") }));
}

#[test]
fn a_connector_nobody_commissioned_is_refused() {
    let refused = given([]).when(start("s:1", "k1", "c1", 1));
    assert!(matches!(refused, Err(Refusal::ConnectorNotAvailable { .. })), "{refused:?}");
}

#[test]
fn a_session_is_not_started_twice() {
    let story = [commission("k1"), start("s:1", "k1", "c1", 1), end("s:1", 2, None)];
    let refused = given(story).when(start("s:1", "k1", "c1", 3));
    assert_eq!(refused, Err(Refusal::SessionExists { session: name("s:1") }));
}

#[test]
fn a_blocked_card_is_refused() {
    let issue = Command::IssueCard {
        card: name("c1"),
        at: minute(0),
        zone: ZONE,
        subject_ref: name("p1"),
        class: None,
    };
    let block = Command::BlockCard { card: name("c1"), at: minute(1), zone: ZONE };
    let refused = given([commission("k1"), issue, block]).when(start("s:1", "k1", "c1", 2));
    assert_eq!(refused, Err(Refusal::CardIsBlocked { card: name("c1") }));
}

#[test]
fn what_does_not_exist_is_refused_by_name() {
    let retire = Command::RetireConnector { connector: name("k9"), at: minute(1), zone: ZONE };
    let refused = given([]).when(retire);
    let unknown = Refusal::UnknownEntity { kind: "connector", id: "k9".into() };
    assert_eq!(refused, Err(unknown));
    let refused = given([commission("k1")]).when(commission("k1"));
    assert_eq!(refused, Err(Refusal::AlreadyExists { kind: "connector", id: "k1".into() }));
}

#[test]
fn a_version_is_published_once() {
    assert_eq!(given([publish(FLAT)]).when(publish(FLAT)), Ok(Vec::new()));
    let refused = given([publish(FLAT)]).when(publish(&FLAT.replace("0.66", "0.67")));
    let is_other = matches!(refused, Err(Refusal::VersionHasOtherContent { .. }));
    assert!(is_other, "{refused:?}");
}

#[test]
fn a_tariff_without_elements_is_refused() {
    let refused = given([]).when(publish(r#"{"id": "t", "currency": "CNY", "elements": []}"#));
    assert!(matches!(refused, Err(Refusal::BadTariff { .. })), "{refused:?}");
}

#[test]
fn an_amount_that_is_none_is_refused() {
    let bill = |amount: &str| Command::RecordBill {
        session: name("s:1"),
        at: minute(0),
        zone: ZONE,
        source: "till".into(),
        amount: amount.into(),
        currency: "CNY".parse().expect("a currency"),
    };
    assert!(given([]).when(bill("-0.66")).is_ok());
    for amount in ["0,66", "abc", "1e400", ""] {
        let refused = given([]).when(bill(amount));
        assert_eq!(refused, Err(Refusal::NotAnAmount { amount: amount.into() }));
    }
}

fn block(card: &str) -> [Command; 2] {
    let (card, at, zone) = (name::<crate::domain::CardId>(card), minute(0), ZONE);
    let issue =
        Command::IssueCard { card: card.clone(), at, zone, subject_ref: name("p1"), class: None };
    [issue, Command::BlockCard { card, at, zone }]
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let busy = || vec![commission("k1"), commission("k2"), start("s:1", "k1", "c1", 1)];
    let retire = Command::RetireConnector { connector: name("k9"), at: minute(1), zone: ZONE };
    let bill = Command::RecordBill {
        session: name("s:1"),
        at: minute(1),
        zone: ZONE,
        source: "the other operator".into(),
        amount: "a lot".into(),
        currency: "CNY".parse().expect("a currency"),
    };
    let mut blocked = vec![commission("k1")];
    blocked.extend(block("c1"));
    let cases = [
        (vec![], start("s:1", "k1", "c1", 1)),
        (busy(), start("s:2", "k1", "c2", 2)),
        (busy(), start("s:2", "k2", "c1", 2)),
        (busy(), start("s:1", "k2", "c2", 2)),
        (blocked, start("s:1", "k1", "c1", 1)),
        (vec![], retire),
        (busy(), commission("k1")),
        (vec![publish(FLAT)], publish(&FLAT.replace("0.66", "0.67"))),
        (vec![], publish("{}")),
        (vec![], bill),
        (vec![], points::clock_offset(60, 10, 10)),
    ];
    let cases = cases.into_iter().chain(bills::refused());
    let refused = cases.filter_map(|(story, command)| given(story).when(command).err());
    let came_out: std::collections::BTreeSet<String> =
        refused.map(|refusal| variant(&refusal)).collect();
    assert_eq!(came_out, refusals(include_str!("../rules/mod.rs")));
}
