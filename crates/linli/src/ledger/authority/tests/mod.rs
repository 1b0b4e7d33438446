//! Who may do what, as the ledger answers it.

mod bounds;
mod cells;
mod races;
mod standing;

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Actor, Authority, NotAllowed, Verb, Why};
use crate::domain::{Command, Kinship, PersonRef, Related, Role, RoleHeld, Scope, Timestamp, Zone};
use crate::journal::{Appended, MemoryStore};
use crate::ledger::{ExecuteError, Ledger, Request};

const YUJING: &str = "xuzhuang/yujing";
const JINGJIA: &str = "xuzhuang/jingjia";
/// 2022-02-27 16:00 in Shanghai.
const AFTERNOON: i64 = 1_645_948_800_000_000;
const HOUR: i64 = 3_600_000_000;

fn person(name: &str) -> PersonRef {
    name.parse().expect("a pseudonym")
}

fn scope(path: &str) -> Scope {
    path.parse().expect("a path")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn held(name: &str, role: Role, path: &str) -> RoleHeld {
    RoleHeld {
        person_ref: person(name),
        role,
        body_id: "committee".parse().expect("a body"),
        valid_from: day("2022-01-01"),
        valid_until: None,
        scope: scope(path),
        zone: Zone::Asia__Shanghai,
    }
}

fn guards(guardian: &str, child: &str) -> Related {
    Related {
        a_ref: person(guardian),
        kind: Kinship::Guardian,
        b_ref: person(child),
        valid_from: day("2020-01-01"),
        valid_until: None,
    }
}

fn command(name: &str, mut fields: Value) -> Command {
    let own = fields.as_object_mut().expect("fields have names");
    own.entry("at").or_insert(json!(Timestamp(AFTERNOON)));
    own.entry("zone").or_insert(json!("Asia/Shanghai"));
    serde_json::from_value(json!({ name: fields })).expect("a command")
}

fn grant(name: &str, role: &str, until: Option<&str>) -> Command {
    let from = json!({"person_ref": name, "role": role, "body_id": "committee",
        "valid_from": "2022-01-01", "valid_until": until});
    command("grant_role", from)
}

fn end(name: &str, role: &str, until: &str) -> Command {
    let ended = json!({"person_ref": name, "role": role, "body_id": "committee",
        "valid_until": until});
    command("end_role", ended)
}

fn commission(connector: &str) -> Command {
    let fields = json!({"connector": connector, "place": "east gate", "register": "lifetime",
        "feeds_back": false});
    command("commission_connector", fields)
}

fn swipe(session: &str, card: &str) -> Command {
    command("start_session", json!({"session": session, "connector": "k0", "card": card}))
}

/// A journal with a committee, a few people without a role, a connector and two cards.
fn journal() -> MemoryStore {
    let store = MemoryStore::new();
    let people = ["p-actor", "p-ward", "p-other"];
    let register = |name: &&str| command("register_person", json!({"person_ref": name}));
    let card =
        |card: &str, of: &str| command("issue_card", json!({"card": card, "subject_ref": of}));
    let committee = json!({"body_id": "committee", "kind": "residents_committee"});
    let guarded = json!({"a_ref": "p-actor", "b_ref": "p-ward", "kind": "guardian",
        "valid_from": "2020-01-01"});
    let mut told = vec![command("register_body", committee)];
    told.extend(people.iter().map(register));
    told.push(command("record_relation", guarded));
    told.extend([commission("k0"), card("c-actor", "p-actor"), card("c-ward", "p-ward")]);
    told.push(card("c-other", "p-other"));
    founded(&store, YUJING, told);
    store
}

/// What was told under the local operator.
fn founded(store: &MemoryStore, path: &str, commands: Vec<Command>) {
    let local = at(store.clone(), Authority::local_operator());
    local.execute_blocking("founder", Request::all(commands).within(scope(path))).expect("told");
}

fn at(store: MemoryStore, authority: Authority) -> Ledger {
    Ledger::new(store, authority).with_clock(|| Timestamp(AFTERNOON))
}

fn by_roles(store: &MemoryStore) -> Ledger {
    at(store.clone(), Authority::by_roles())
}

fn ask(ledger: &Ledger, path: &str, command: Command) -> Result<Option<Appended>, ExecuteError> {
    ledger.execute_blocking("p-actor", Request::from(command).within(scope(path)))
}

#[track_caller]
fn why<T: std::fmt::Debug>(answer: Result<T, ExecuteError>) -> Why {
    match answer {
        Err(ExecuteError::NotAllowed(error)) => error.why,
        other => panic!("allowed: {other:?}"),
    }
}

fn no_role(what: &str) -> Why {
    Why::NoRole { what: what.to_owned() }
}

/// A clock that stands until a test moves it. One test moves it, so that tests may run together.
static MOVED: AtomicI64 = AtomicI64::new(AFTERNOON);

fn moved() -> Timestamp {
    Timestamp(MOVED.load(Ordering::SeqCst))
}

#[test]
fn what_is_missing_is_a_sentence() {
    let told = |verb, why| NotAllowed { actor: Actor::from("p-1"), verb, why }.to_string();
    let what = || "start_session".to_owned();
    assert_eq!(told(Verb::Execute, Why::Never), "p-1 may not carry out commands");
    assert_eq!(
        told(Verb::Execute, Why::NoRole { what: what() }),
        "p-1 may not carry out `start_session`: no role that they hold allows it"
    );
    assert_eq!(
        told(Verb::Execute, Why::OutsideScope { what: what(), scope: scope(JINGJIA) }),
        "p-1 may not carry out `start_session` in xuzhuang/jingjia: the role that allows it is \
         held elsewhere"
    );
    assert_eq!(
        told(Verb::Execute, Why::OfAnother { thing: "dispute:d-1".into(), scope: scope(JINGJIA) }),
        "p-1 may not carry out commands about `dispute:d-1` from another community: it is of \
         xuzhuang/jingjia"
    );
    assert_eq!(
        told(Verb::Execute, Why::NotOwn { what: what() }),
        "p-1 may not carry out `start_session` for others: only for themselves and their wards"
    );
    assert_eq!(
        told(Verb::Execute, Why::ForThemselves { what: what() }),
        "p-1 may not carry out `start_session` for themselves: somebody else has to"
    );
    assert_eq!(
        told(Verb::Execute, Why::InAnothersName { what: what() }),
        "p-1 may not carry out `start_session` in another's name: it has to name them"
    );
    assert_eq!(
        told(Verb::Read, Why::OutsideScope { what: "cases".into(), scope: Scope::default() }),
        "p-1 may not read `cases` in all communities: the role that allows it is held elsewhere"
    );
}
