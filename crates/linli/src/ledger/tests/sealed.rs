//! Laws of what is told about persons, from the command to the journal and back.

use std::sync::Arc;

use proptest::prelude::*;

use crate::domain::{Event, Happened, PersonRef, Refusal, Scope, Subject, registry};
use crate::journal::{
    AppendError, Blocking, Columns, IdempotencyKey, MemoryStore, Query, ReadOptions, Sealed,
    Written,
};
use crate::ledger::{Authority, ExecuteError, Ledger, Request};
use crate::privacy::{Keyring, MemoryKeyring};

const HEAD: &str =
    r#""dispute_id": "d-1", "at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;

fn ledgers(keyring: &MemoryKeyring) -> (Ledger, Ledger) {
    let plain = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let ledger = plain.clone().with_keyring(Arc::new(keyring.clone()));
    (ledger, plain)
}

/// A dispute with a party that is described, under a key of its own.
fn told(text: &str) -> Request {
    let text = serde_json::Value::from(text);
    let told = format!(
        r#"[{{"register_dispute": {{{HEAD}, "kind": "damage", "origin": "application",
            "place_id": "yj"}}}},
           {{"add_party": {{{HEAD}, "party_id": "x", "role": "third", "is_resident": false,
            "description": {text}}}}}]"#
    );
    let scope = Scope::new("xuzhuang/yujing").expect("a scope");
    Request::from_json(&told).expect("commands").from_source("desk", "17").within(scope)
}

/// The same command about a dispute that is there.
fn more(text: &str) -> Request {
    let text = serde_json::Value::from(text);
    let told = format!(
        r#"{{"record_oral_agreement": {{{HEAD}, "reached_on": "2022-02-20", "content": {text}}}}}"#
    );
    Request::from_json(&told).expect("a command").from_source("desk", "18")
}

fn subject() -> Subject {
    Subject::of("dispute", &"d-1")
}

fn events(ledger: &Ledger, columns: Columns) -> Vec<Happened<Event>> {
    let mut events = Vec::new();
    let options = ReadOptions::forwards().columns(columns);
    ledger.each("test", Query::all(), options, |_, event| events.push(event)).expect("readable");
    events
}

/// What the fields of all events say of persons.
fn said(ledger: &Ledger) -> Vec<String> {
    let data = events(ledger, Columns::All).into_iter().map(|mut happened| {
        let sealed = happened.event.sealed();
        sealed.into_iter().map(|field| serde_json::json!(&*field.value).to_string()).collect()
    });
    data.collect()
}

/// Every byte that the journal holds.
fn every_byte(ledger: &Ledger) -> Vec<u8> {
    let page = Blocking(ledger.store()).read(&Query::all(), ReadOptions::forwards());
    let page = page.expect("readable");
    let mut all = Vec::new();
    for (view, index) in page.events().zip(page.indexes()) {
        all.extend_from_slice(view.append_metadata);
        all.extend_from_slice(view.metadata);
        all.extend_from_slice(view.payload);
        page.tags(index).for_each(|tag| all.extend_from_slice(tag.as_bytes()));
    }
    all
}

fn is_key_reused<T>(answer: &Result<T, ExecuteError>) -> bool {
    matches!(answer, Err(ExecuteError::Append(AppendError::KeyReused { .. })))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// With the keyring what was told is read as it was told, whatever columns were asked for;
    /// without it the field is locked, nothing of it is in any byte, and counts are the same.
    #[test]
    fn what_is_told_is_read_with_the_keyring_alone(text in "[A-Za-z ]{10,120}") {
        let (ledger, plain) = ledgers(&MemoryKeyring::for_tests());
        ledger.execute_blocking("test", told(&text)).expect("allowed");
        let open = vec![String::new(), serde_json::Value::from(&*text).to_string()];
        prop_assert_eq!(said(&ledger), open);
        let narrow = events(&ledger, Columns::WithoutIdsAndTags);
        prop_assert_eq!(&narrow, &events(&ledger, Columns::All), "fewer columns");
        prop_assert_eq!(said(&plain), ["", r#"{"sealed":"locked"}"#]);
        prop_assert_eq!(events(&plain, Columns::All).len(), narrow.len());
        let bytes = every_byte(&plain);
        prop_assert!(!bytes.windows(8).any(|piece| text.as_bytes().windows(8).any(|p| p == piece)));
    }

    /// The same command twice gives the first result, although nothing of its bytes is the same;
    /// another text under the same key is refused, and so is another one in clear.
    #[test]
    fn a_repeat_is_known_by_what_it_tells(text in ".{0,60}", other in ".{0,60}") {
        prop_assume!(text != other);
        let keyring = MemoryKeyring::for_tests();
        let (ledger, _) = ledgers(&keyring);
        let first = ledger.execute_blocking("test", told(&text)).expect("allowed").expect("told");
        keyring.renew(&subject()).expect("a further key");
        let again = ledger.execute_blocking("test", told(&text)).expect("known").expect("told");
        prop_assert_eq!((again.first, again.written), (first.first, Written::Before));
        prop_assert!(is_key_reused(&ledger.execute_blocking("test", told(&other))));
        let in_clear = told(&text).stating("something else");
        prop_assert!(is_key_reused(&ledger.execute_blocking("test", in_clear)));
    }

    /// Once the key is gone what was told reads as erased, with or without an old keyring counts
    /// stay, and the part in clear decides alone whether a command is a repeat.
    #[test]
    fn a_destruction_erases_what_was_told_and_nothing_else(text in ".{0,60}", other in ".{0,60}") {
        let keyring = MemoryKeyring::for_tests();
        let (ledger, plain) = ledgers(&keyring);
        ledger.execute_blocking("test", told(&text)).expect("allowed");
        let before = (events(&plain, Columns::All), every_byte(&plain));
        keyring.destroy(&subject()).expect("destroyed");
        prop_assert_eq!(said(&ledger), ["", r#"{"sealed":"erased"}"#]);
        prop_assert_eq!((events(&plain, Columns::All), every_byte(&plain)), before);
        let again = ledger.execute_blocking("test", told(&other)).expect("known").expect("told");
        prop_assert_eq!(again.written, Written::Before);
        let in_clear = told(&text).stating("something else");
        prop_assert!(is_key_reused(&ledger.execute_blocking("test", in_clear)));
    }

    /// Nothing more is sealed about somebody who was erased: the refusal says who, not what.
    #[test]
    fn nothing_is_sealed_under_a_destroyed_key(text in "[a-z]{8,60}") {
        let keyring = MemoryKeyring::for_tests();
        let (ledger, _) = ledgers(&keyring);
        ledger.execute_blocking("test", told("somebody")).expect("allowed");
        keyring.destroy(&subject()).expect("destroyed");
        let refused = ledger.execute_blocking("test", more(&text)).expect_err("no key is left");
        let wanted = Refusal::KeyDestroyed { subject: subject() };
        let shown = format!("{refused} {refused:?}");
        prop_assert!(!shown.contains(&text));
        prop_assert!(matches!(refused, ExecuteError::Refused(refusal) if refusal == wanted));
        prop_assert_eq!(said(&ledger).len(), 2);
    }

    /// Who prints a request, its commands or its events sees nobody.
    #[test]
    fn debug_shows_nobody(text in "[a-z]{12,40}") {
        let (ledger, plain) = ledgers(&MemoryKeyring::for_tests());
        let request = told(&text);
        let refused = plain.execute_blocking("test", request.clone());
        ledger.execute_blocking("test", request.clone()).expect("allowed");
        let open = events(&ledger, Columns::All);
        let shown = format!("{request:?} {refused:?} {open:?} {ledger:?}");
        prop_assert!(shown.contains("Open(..)") && !shown.contains(&text));
    }
}

/// A command that tells of persons is refused without a keyring, also as a repeat, and the field
/// that may not stand in clear is named; what is already locked or erased cannot be told.
#[test]
fn what_cannot_be_sealed_is_refused_by_name() {
    let (ledger, plain) = ledgers(&MemoryKeyring::for_tests());
    ledger.execute_blocking("test", told("somebody")).expect("allowed");
    let refused = plain.execute_blocking("test", told("somebody"));
    let missing = Refusal::KeyringMissing { field: "description" };
    // Its name stands around its values, as with the refusals of a context.
    let written = serde_json::json!({ "KeyringMissing": { "field": "description" } });
    assert_eq!(serde_json::to_value(&missing).expect("plain data"), written);
    assert!(matches!(refused, Err(ExecuteError::Refused(refusal)) if refusal == missing));
    for state in ["locked", "erased"] {
        let text = format!(
            r#"{{"record_oral_agreement": {{{HEAD}, "reached_on": "2022-02-20",
                "content": {{"sealed": "{state}"}}}}}}"#
        );
        let refused = ledger.execute_blocking("test", Request::from_json(&text).expect("read"));
        let not_open = Refusal::FieldNotOpen { field: "content" };
        assert!(matches!(refused, Err(ExecuteError::Refused(refusal)) if refusal == not_open));
    }
}

/// What is told of nobody asks no keyring and keeps the digest that it had without one.
#[test]
fn what_tells_of_nobody_needs_no_key() {
    let keyring = MemoryKeyring::for_tests();
    let (ledger, plain) = ledgers(&keyring);
    let block = r#"{"block_card": {"card": "7", "at": "2022-02-27T09:00:00+08:00",
        "zone": "Asia/Shanghai"}}"#;
    let request = || Request::from_json(block).expect("a command");
    let issue = r#"{"issue_card": {"card": "7", "at": "2022-02-26T09:00:00+08:00",
        "zone": "Asia/Shanghai", "subject_ref": "p-7"}}"#;
    plain.execute_blocking("test", Request::from_json(issue).expect("read")).expect("allowed");
    let first = ledger.execute_blocking("test", request()).expect("allowed").expect("told");
    let again = plain.execute_blocking("test", request()).expect("known").expect("told");
    assert_eq!((first.first, first.written), (again.first, Written::Now));
    assert_eq!(again.written, Written::Before);
}

/// The receipt of a request that told of somebody holds a digest under the key, and one that was
/// made in a group is sealed as well as any other.
#[test]
fn a_group_is_sealed_too() {
    let (ledger, plain) = ledgers(&MemoryKeyring::for_tests());
    let answers = ledger.execute_group_blocking("test", vec![told("somebody")]).expect("may");
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(said(&ledger), ["", r#""somebody""#]);
    let receipt = Blocking(plain.store()).receipt(IdempotencyKey::of("desk", "17"));
    let content = receipt.expect("readable").expect("a receipt").content;
    assert!(matches!(content.sealed, Sealed::Keyed(_)), "{content:?}");
}

/// A decision knows a birthday that stands in the journal under a key: with the keyring a child's
/// own consent is refused as a child's, without it because nobody knows.
#[test]
fn a_decision_knows_what_is_sealed() {
    const AT: &str = r#""at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;
    let (ledger, plain) = ledgers(&MemoryKeyring::for_tests());
    let child =
        format!(r#"{{"register_person": {{{AT}, "person_ref": "p-1", "born_on": "2015-02-27"}}}}"#);
    let child = Request::from_json(&child).expect("a command");
    ledger.execute_blocking("test", child).expect("allowed");
    let consent = format!(
        r#"{{"give_consent": {{{AT}, "consent_id": "c-1", "subject_ref": "p-1",
            "given_by_ref": "p-1", "capacity": "self", "purposes": ["programme"],
            "is_separate": true, "valid_from": "2022-02-20"}}}}"#
    );
    let consent = Request::from_json(&consent).expect("a command");
    let person_ref: PersonRef = "p-1".parse().expect("a pseudonym");
    for (ledger, why) in [
        (&ledger, registry::Refusal::NotGuardian { person_ref: person_ref.clone() }),
        (&plain, registry::Refusal::AgeUnknown { person_ref }),
    ] {
        let refused = ledger.execute_blocking("test", consent.clone());
        let Err(ExecuteError::Refused(Refusal::Registry(refusal))) = refused else {
            panic!("allowed: {refused:?}")
        };
        assert_eq!(refusal, why);
    }
}
