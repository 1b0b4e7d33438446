//! Roles that hold, that are over, that were granted elsewhere; and what is read by them.

use proptest::prelude::*;

use super::*;
use crate::codec;
use crate::journal::{EventStore, IdempotencyKey, Query, ReadOptions};
use crate::ledger::LedgerError;
use crate::replay::{Replay, ReplayError};

const ACTOR: &str = "p-actor";

#[test]
fn nobody_may_anything_by_default() {
    let store = journal();
    let ledger = by_roles(&store);
    assert_eq!(why(ask(&ledger, YUJING, commission("k1"))), no_role("commission_connector"));
    let stranger = ledger.execute_blocking("a stranger", commission("k1"));
    assert_eq!(why(stranger), no_role("commission_connector"));
    assert_eq!(why(ledger.execute_blocking("", commission("k1"))), Why::Never);
    let everything = ledger.read(ACTOR, &Query::all(), ReadOptions::forwards());
    assert!(matches!(everything, Err(LedgerError::NotAllowed(_))));
    // A founder of the file is nobody here.
    assert_eq!(
        why(ledger.execute_blocking("founder", commission("k1"))),
        no_role("commission_connector")
    );
}

#[test]
fn a_role_holds_where_it_was_granted_and_in_what_lies_in_it() {
    for (granted, may) in [
        ("", ["", "xuzhuang", YUJING, JINGJIA].as_slice()),
        ("xuzhuang", &["xuzhuang", YUJING, JINGJIA]),
        (YUJING, &[YUJING]),
        (JINGJIA, &[JINGJIA]),
    ] {
        let store = journal();
        founded(&store, granted, vec![grant(ACTOR, "operator", None)]);
        let ledger = by_roles(&store);
        for (number, asked) in ["", "xuzhuang", YUJING, JINGJIA].iter().enumerate() {
            let answer = ask(&ledger, asked, commission(&format!("k-{number}")));
            if may.contains(asked) {
                assert!(answer.is_ok(), "{granted}: {asked}: {answer:?}");
            } else {
                let what = "commission_connector".to_owned();
                assert_eq!(why(answer), Why::OutsideScope { what, scope: scope(asked) });
            }
        }
    }
}

/// Whoever names one community does not write about what is of another: there it takes a role
/// there. What is of all communities is anybody's who may act in one.
#[test]
fn nobody_reaches_into_another_community() {
    let store = journal();
    founded(&store, JINGJIA, vec![commission("k-jingjia")]);
    founded(&store, "", vec![commission("k-all")]);
    founded(&store, YUJING, vec![grant(ACTOR, "operator", None)]);
    let ledger = by_roles(&store);
    let fault = |k: &str| command("record_fault", json!({"connector": k, "fault": "no power"}));
    let retire = |k: &str| command("retire_connector", json!({"connector": k}));
    for asked in [fault("k-jingjia"), retire("k-jingjia")] {
        let thing = "connector:k-jingjia".to_owned();
        let scope = scope(JINGJIA);
        assert_eq!(why(ask(&ledger, YUJING, asked)), Why::OfAnother { thing, scope });
    }
    for own in [fault("k0"), retire("k0"), retire("k-all")] {
        ask(&ledger, YUJING, own).expect("an operator");
    }
    founded(&store, JINGJIA, vec![grant("p-other", "operator", None)]);
    let there = Request::from(retire("k-jingjia")).within(scope(JINGJIA));
    ledger.execute_blocking("p-other", there).expect("an operator there");
}

#[test]
fn a_role_that_is_over_allows_nothing_however_a_command_is_dated() {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "operator", None)]);
    let ledger = by_roles(&store);
    ask(&ledger, YUJING, commission("k1")).expect("an operator");
    founded(&store, YUJING, vec![end(ACTOR, "operator", "2022-02-27")]);
    assert_eq!(why(ask(&ledger, YUJING, commission("k2"))), no_role("commission_connector"));
    let fields = json!({"connector": "k2", "place": "east gate", "register": "lifetime",
        "feeds_back": false, "at": "2022-02-01T09:00:00+08:00"});
    let back = command("commission_connector", fields.clone());
    assert_eq!(why(ask(&ledger, YUJING, back)), no_role("commission_connector"));
    // Where it is still yesterday.
    let mut west = fields;
    west["zone"] = json!("Pacific/Pago_Pago");
    let west = command("commission_connector", west);
    assert_eq!(why(ask(&ledger, YUJING, west)), no_role("commission_connector"));
}

#[test]
fn a_role_that_has_not_begun_allows_nothing() {
    let store = journal();
    let later = json!({"person_ref": ACTOR, "role": "operator", "body_id": "committee",
        "valid_from": "2022-02-28"});
    founded(&store, YUJING, vec![command("grant_role", later)]);
    let ahead = json!({"connector": "k2", "place": "east gate", "register": "lifetime",
        "feeds_back": false, "at": "2022-03-05T09:00:00+08:00"});
    let answer = ask(&by_roles(&store), YUJING, command("commission_connector", ahead));
    assert_eq!(why(answer), no_role("commission_connector"));
}

/// A role ends at the end of its last day where it was granted, neither in UTC nor elsewhere.
#[test]
fn a_day_is_one_of_where_the_role_was_granted() {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "operator", Some("2022-02-28"))]);
    let ledger = Ledger::new(store, Authority::by_roles()).with_clock(moved);
    // Midnight in Shanghai is 16:00 UTC of the day before.
    MOVED.store(AFTERNOON + 8 * HOUR - 1, Ordering::SeqCst);
    ask(&ledger, YUJING, commission("k1")).expect("an operator until midnight");
    MOVED.store(AFTERNOON + 8 * HOUR, Ordering::SeqCst);
    assert_eq!(why(ask(&ledger, YUJING, commission("k2"))), no_role("commission_connector"));
}

#[test]
fn residents_act_for_themselves_and_guardians_for_their_wards_too() {
    for (role, cards) in [
        ("resident", ["c-actor"].as_slice()),
        ("guardian", &["c-actor", "c-ward"]),
        ("operator", &["c-actor", "c-ward", "c-other", "c-unknown"]),
    ] {
        for card in ["c-actor", "c-ward", "c-other", "c-unknown"] {
            let store = journal();
            founded(&store, YUJING, vec![grant(ACTOR, role, None)]);
            let answer = ask(&by_roles(&store), YUJING, swipe("s:1", card));
            if cards.contains(&card) {
                // Whether there is such a card, the rules say.
                assert!(!matches!(answer, Err(ExecuteError::NotAllowed(_))), "{role} {card}");
            } else {
                let what = "start_session".to_owned();
                assert_eq!(why(answer), Why::NotOwn { what }, "{role} {card}");
            }
        }
    }
}

/// Of several roles any will do, and what is missing is told of the nearest.
#[test]
fn a_person_may_what_any_of_the_roles_allows() {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "resident", None)]);
    founded(&store, JINGJIA, vec![grant(ACTOR, "operator", None)]);
    let ledger = by_roles(&store);
    let what = "start_session".to_owned();
    assert_eq!(why(ask(&ledger, YUJING, swipe("s:1", "c-other"))), Why::NotOwn { what });
    ask(&ledger, YUJING, swipe("s:2", "c-actor")).expect("a resident");
    ask(&ledger, JINGJIA, commission("k1")).expect("an operator");
    let what = "commission_connector".to_owned();
    let asked = scope(YUJING);
    let elsewhere = Why::OutsideScope { what, scope: asked };
    assert_eq!(why(ask(&ledger, YUJING, commission("k2"))), elsewhere);
}

/// A consent is its subject's own: who withdraws it names the consent alone.
#[test]
fn a_consent_is_withdrawn_by_whom_it_concerns() {
    for (subject, is_own) in [(ACTOR, true), ("p-other", false)] {
        let store = journal();
        let given = json!({"consent_id": "y-1", "subject_ref": subject, "given_by_ref": subject,
            "capacity": "self", "purposes": ["programme"], "is_separate": true,
            "valid_from": "2022-01-01"});
        founded(&store, YUJING, vec![command("give_consent", given)]);
        founded(&store, YUJING, vec![grant(ACTOR, "resident", None)]);
        let withdrawn = json!({"consent_id": "y-1", "purposes": ["programme"]});
        let answer = ask(&by_roles(&store), YUJING, command("withdraw_consent", withdrawn));
        assert_eq!(answer.is_ok(), is_own, "{subject}: {answer:?}");
    }
}

/// Nobody lends a name: who consents for a child has to be the actor.
#[test]
fn a_consent_is_given_in_no_other_name() {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "guardian", None)]);
    let given = |by: &str, id: &str| {
        command(
            "give_consent",
            json!({"consent_id": id, "subject_ref": "p-ward",
            "given_by_ref": by, "capacity": "guardian", "purposes": ["programme"],
            "is_separate": true, "valid_from": "2022-01-01"}),
        )
    };
    let what = "give_consent".to_owned();
    let ledger = by_roles(&store);
    assert_eq!(why(ask(&ledger, YUJING, given("p-other", "y-1"))), Why::NotOwn { what });
    ask(&ledger, YUJING, given(ACTOR, "y-2")).expect("the guardian");
}

/// One command that is not allowed refuses the whole request, wherever it stands in it.
#[test]
fn every_command_of_a_request_is_asked_for() {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "operator", None)]);
    let ledger = by_roles(&store);
    let head = pollster::block_on(store.head()).expect("a head");
    let body = || command("register_body", json!({"body_id": "team", "kind": "team"}));
    for commands in [vec![commission("k1"), body()], vec![body(), commission("k1")]] {
        let both = Request::all(commands).within(scope(YUJING));
        assert_eq!(why(ledger.execute_blocking(ACTOR, both)), no_role("register_body"));
    }
    assert_eq!(pollster::block_on(store.head()).expect("a head"), head);
}

#[test]
fn a_request_does_not_give_its_actor_what_it_needs() {
    let store = journal();
    let roles = vec![grant(ACTOR, "secretary", None), grant(ACTOR, "guardian", None)];
    founded(&store, YUJING, roles);
    let guarded = json!({"a_ref": ACTOR, "b_ref": "p-other", "kind": "guardian",
        "valid_from": "2020-01-01"});
    let commands = vec![command("record_relation", guarded), swipe("s:1", "c-other")];
    let both = Request::all(commands).within(scope(YUJING));
    let what = "start_session".to_owned();
    assert_eq!(why(by_roles(&store).execute_blocking(ACTOR, both)), Why::NotOwn { what });
}

/// The answer to a request is told again to whoever may ask for it, and to nobody else.
#[test]
fn a_repeat_is_asked_for_too() {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "operator", None)]);
    let key = IdempotencyKey::of("app", "17");
    let request = || Request::from(commission("k1")).key_of(key).within(scope(YUJING));
    let ledger = by_roles(&store);
    let first = ledger.execute_blocking(ACTOR, request()).expect("an operator");
    let again = ledger.execute_blocking(ACTOR, request()).expect("an operator");
    assert_eq!(again.map(|done| done.first), first.map(|done| done.first));
    let spied = ledger.execute_blocking("p-other", request());
    assert_eq!(why(spied), no_role("commission_connector"));
}

#[test]
fn each_request_of_a_group_is_asked_for() {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "operator", None)]);
    let group = vec![
        Request::from(commission("k1")).within(scope(YUJING)),
        Request::from(commission("k2")).within(scope(JINGJIA)),
        Request::from(end(ACTOR, "operator", "2022-02-27")).within(scope(YUJING)),
    ];
    let answers = by_roles(&store).execute_group_blocking(ACTOR, group).expect("a person");
    let [first, second, third] = answers.try_into().expect("three answers");
    assert!(first.is_ok(), "{first:?}");
    let what = "commission_connector".to_owned();
    assert_eq!(why(second), Why::OutsideScope { what, scope: scope(JINGJIA) });
    assert_eq!(why(third), no_role("end_role"));
    let nobody = at(store, Authority::nobody()).execute_group_blocking(ACTOR, Vec::new());
    assert_eq!(nobody.map(|_| ()).expect_err("nobody").why, Why::Never);
}

fn types(context: &str) -> impl Iterator<Item = &'static str> {
    let of = move |kinds: &&&[(&'static str, u32)]| codec::context(kinds[0].0) == Some(context);
    codec::KINDS.iter().find(of).expect("a context").iter().map(|(kind, _)| *kind)
}

/// What a role may read is told by the types that a query names; one that names none asks for all.
#[test]
fn a_query_asks_for_the_contexts_of_its_types() {
    let charging = || Query::of_types(types("charging"));
    let queries = [
        (charging(), true),
        (Query::all(), false),
        (Query::tagged("card:c-actor"), false),
        (Query::of_types(["CardIssued", "RoleGranted"]), false),
        (charging().or(["DisputeRegistered"], ["dispute:d-1"]), false),
        (charging().or([], ["card:c-actor"]), false),
        (Query::of_types(["NobodyKnows"]), false),
    ];
    for (query, operator_may) in queries {
        for (role, may) in [
            ("operator", operator_may),
            ("analyst", true),
            ("auditor", true),
            ("secretary", false),
            ("resident", false),
        ] {
            let store = journal();
            founded(&store, "", vec![grant(ACTOR, role, None)]);
            let ledger = by_roles(&store);
            let read = ledger.read(ACTOR, &query, ReadOptions::forwards());
            assert_eq!(read.is_ok(), may, "{role} {query:?}");
            let each = ledger.each(ACTOR, query.clone(), ReadOptions::forwards(), |_, _| {});
            assert_eq!(each.is_ok(), may, "{role} {query:?}");
        }
    }
}

/// Who may read in a community is given its events and no others, and the whole to nobody whose
/// role is of a part.
#[test]
fn one_community_does_not_read_another() {
    let store = journal();
    founded(&store, JINGJIA, vec![commission("k-jingjia")]);
    founded(&store, YUJING, vec![grant(ACTOR, "analyst", None)]);
    let ledger = by_roles(&store);
    let mut seen = Vec::new();
    let mut each = |path: &str| {
        let options = ReadOptions::forwards();
        ledger.each_within(ACTOR, &scope(path), Query::all(), options, |_, happened| {
            seen.push(happened.scope);
        })
    };
    assert!(each(YUJING).is_ok());
    for path in ["", "xuzhuang", JINGJIA] {
        let Err(LedgerError::NotAllowed(error)) = each(path) else { panic!("{path} was read") };
        assert!(matches!(error.why, Why::OutsideScope { .. }), "{error}");
    }
    assert_eq!(seen, vec![scope(YUJING); 10]);
    let whole = ledger.read(ACTOR, &Query::all(), ReadOptions::forwards());
    assert!(matches!(whole, Err(LedgerError::NotAllowed(_))));
}

/// A bill is of charging: whoever may read that replays, and nobody else.
#[test]
fn a_replay_and_an_explanation_are_asked_for() {
    for (role, path, may) in [
        ("operator", "", true),
        ("analyst", "", true),
        ("operator", YUJING, false),
        ("secretary", "", false),
    ] {
        let store = journal();
        founded(&store, path, vec![grant(ACTOR, role, None)]);
        let (ledger, replay) = (by_roles(&store), Replay::as_assigned().actor(ACTOR));
        assert_eq!(replay.run_blocking(&ledger).is_ok(), may, "{role} {path}");
        let explained = replay.explain(&ledger, &"s:1".parse().expect("a session"));
        let refused = matches!(explained, Err(ReplayError::Ledger(LedgerError::NotAllowed(_))));
        assert_eq!(!refused, may, "{role} {path}");
    }
}

/// Readers by roles see pseudonyms, whatever the keyring of the ledger could open.
#[test]
fn readers_by_roles_see_no_names() {
    let keyring = std::sync::Arc::new(crate::privacy::MemoryKeyring::for_tests());
    let store = journal();
    let local = at(store.clone(), Authority::local_operator()).with_keyring(keyring.clone());
    let named = json!({"person_ref": "p-named", "name": "Wang Li"});
    local.execute_blocking("founder", command("register_person", named)).expect("sealed");
    founded(&store, "", vec![grant(ACTOR, "auditor", None)]);
    let ledger = by_roles(&store).with_keyring(keyring);
    for (ledger, sees) in [(&local, true), (&ledger, false)] {
        let mut told = String::new();
        let options = ReadOptions::forwards();
        let each = ledger.each(ACTOR, Query::all(), options, |_, happened| {
            told.push_str(&happened.event.data().to_string());
        });
        each.expect("both may read");
        let page = ledger.read(ACTOR, &Query::all(), options).expect("both may read");
        for view in page.events() {
            told.push_str(&ledger.event(&view).expect("an event").event.data().to_string());
        }
        assert_eq!(told.contains("Wang Li"), sees);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Without a role nothing is allowed: whatever others hold, whatever the actor held or will
    /// hold, whoever's guardian the actor is, nothing is recorded and nothing is read.
    #[test]
    fn without_a_role_nothing_is_allowed(
        roles in prop::collection::vec((0_usize..10, 0_usize..3, 0_usize..4), 0..6),
        session in "[a-z]{1,3}",
        asked in 0_usize..5,
        place in 0_usize..4,
    ) {
        let paths = ["", "xuzhuang", YUJING, JINGJIA];
        let store = journal();
        for (role, how, path) in roles {
            let role = serde_json::to_value(Role::ALL[role]).expect("a name");
            let (who, from, until) = match how {
                0 => ("p-other", "2022-01-01", None),
                1 => (ACTOR, "2022-01-01", Some("2022-02-27")),
                _ => (ACTOR, "2022-02-28", None),
            };
            let granted = json!({"person_ref": who, "role": role, "body_id": "committee",
                "valid_from": from, "valid_until": until});
            let local = at(store.clone(), Authority::local_operator());
            let granted = Request::from(command("grant_role", granted)).within(scope(paths[path]));
            // The same role twice is refused; that is no matter here.
            let _ = local.execute_blocking("founder", granted);
        }
        let ledger = by_roles(&store);
        let head = pollster::block_on(store.head()).expect("a head");
        let command = match asked {
            0 => swipe(&format!("s:{session}"), "c-actor"),
            1 => commission(&session),
            2 => command("request_erasure", json!({"subject_ref": "p-ward"})),
            3 => grant(ACTOR, "secretary", None),
            _ => command("register_dispute", json!({"dispute_id": session, "kind": "damage",
                "origin": "application", "place_id": "yujing"})),
        };
        let answer = ask(&ledger, paths[place], command);
        prop_assert!(matches!(answer, Err(ExecuteError::NotAllowed(_))), "{:?}", answer);
        prop_assert_eq!(pollster::block_on(store.head()).expect("a head"), head);
        let options = ReadOptions::forwards();
        let read = ledger.each_within(ACTOR, &scope(paths[place]), Query::all(), options, |_, _| {
            panic!("an event was given");
        });
        prop_assert!(matches!(read, Err(LedgerError::NotAllowed(_))));
    }
}
