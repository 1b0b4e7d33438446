//! Somebody is forgotten, whatever fails on the way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::domain::registry::{CONTEXTS, Event as OfRegistry, Outcome};
use crate::domain::{Event, Happened, Scope, Subject, Timestamp};
use crate::journal::{
    Append, AppendError, Appended, Blocking, EventStore, IdempotencyKey, MemoryStore, Page,
    Pending, Position, Query, ReadError, ReadOptions, Receipt,
};
use crate::ledger::{Authority, Demand, ExecuteError, Ledger, Request};
use crate::privacy::{DataKey, KeyVersion, Keyring, KeyringError, MemoryKeyring, VersionedKey};
use crate::proof;

/// 2022-03-01T09:00:00+08:00
const AT: i64 = 1_646_096_400_000_000;
const HEAD: &str = r#""at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai""#;

/// What goes wrong the next time: a count down to it, shared by store and keyring.
#[derive(Clone)]
struct Fuse(Arc<AtomicUsize>);

/// What a burnt fuse does.
enum Step {
    Works,
    /// It is not done, and says so.
    Fails,
}

impl Fuse {
    fn burn(&self) -> Step {
        match self.0.fetch_sub(1, Ordering::Relaxed) {
            1 => Step::Fails,
            _ => Step::Works,
        }
    }
}

/// A store that fails once, after it has written or before.
struct Failing {
    store: MemoryStore,
    fuse: Fuse,
    writes: bool,
}

impl EventStore for Failing {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        let Step::Fails = self.fuse.burn() else { return self.store.append(group) };
        let unknown: Vec<_> = group
            .iter()
            .map(|append| Err(AppendError::Unknown { key: append.key, reason: "cut".into() }))
            .collect();
        let written = self.writes.then(|| self.store.append(group));
        Box::pin(async move {
            if let Some(written) = written {
                written.await;
            }
            unknown
        })
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        self.store.read(query, options)
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        self.store.head()
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        self.store.receipt(key)
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        self.store.checkpoint(source)
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        self.store.past(after)
    }
}

/// A keyring that fails once to destroy, after it has or before.
struct FailingKeyring {
    keyring: MemoryKeyring,
    fuse: Fuse,
    destroys: bool,
}

impl Keyring for FailingKeyring {
    fn newest(&self, subject: &Subject) -> Result<VersionedKey, KeyringError> {
        self.keyring.newest(subject)
    }

    fn key(&self, subject: &Subject, version: KeyVersion) -> Result<DataKey, KeyringError> {
        self.keyring.key(subject, version)
    }

    fn renew(&self, subject: &Subject) -> Result<VersionedKey, KeyringError> {
        self.keyring.renew(subject)
    }

    fn destroy(&self, subject: &Subject) -> Result<(), KeyringError> {
        let Step::Fails = self.fuse.burn() else { return self.keyring.destroy(subject) };
        if self.destroys {
            self.keyring.destroy(subject)?;
        }
        Err(KeyringError::Unavailable { reason: "cut".into() })
    }

    fn is_destroyed(&self, subject: &Subject) -> Result<bool, KeyringError> {
        self.keyring.is_destroyed(subject)
    }
}

fn demand() -> Demand {
    Demand {
        subject_ref: "p-7".parse().expect("a name"),
        at: Timestamp(AT),
        zone: "Asia/Shanghai".parse().expect("a zone"),
        scope: Scope::default(),
        answers: BTreeMap::new(),
    }
}

fn subject(person: &str) -> Subject {
    Subject::of("person", &person)
}

/// Two persons of whom something is told.
fn told() -> (MemoryStore, MemoryKeyring) {
    let (store, keyring) = (MemoryStore::new(), MemoryKeyring::for_tests());
    let ledger = ledger(store.clone(), &keyring);
    for (person, name) in [("p-7", "Li Wei"), ("p-8", "Chen Fang")] {
        let told = format!(
            r#"{{"register_person": {{{HEAD}, "person_ref": "{person}", "name": "{name}"}}}}"#
        );
        let told = Request::from_json(&told).expect("a command");
        ledger.execute_blocking("desk", told).expect("recorded");
    }
    (store, keyring)
}

fn ledger(store: impl EventStore + 'static, keyring: &MemoryKeyring) -> Ledger {
    Ledger::new(store, Authority::local_operator()).with_keyring(Arc::new(keyring.clone()))
}

fn events(ledger: &Ledger) -> Vec<Happened<Event>> {
    let mut events = Vec::new();
    let options = ReadOptions::forwards();
    ledger.each("test", Query::all(), options, |_, event| events.push(event)).expect("readable");
    events
}

fn said(ledger: &Ledger) -> String {
    events(ledger).iter().map(|happened| happened.event.data().to_string()).collect()
}

fn count(ledger: &Ledger, is_it: impl Fn(&OfRegistry) -> bool) -> usize {
    let events = events(ledger);
    let of_registry = events.iter().filter_map(|happened| match &happened.event {
        Event::Registry(event) => Some(event),
        _ => None,
    });
    of_registry.filter(|event| is_it(event)).count()
}

fn is_destroyed(event: &OfRegistry) -> bool {
    matches!(event, OfRegistry::KeyDestroyed { .. })
}

/// However it stops, before or after what it was at, the same command again comes to the same end:
/// each step is on record once, no destruction is on record that did not happen, and everything
/// else is as it was.
#[test]
fn an_erasure_that_stops_anywhere_is_gone_on_with() {
    let mut stopped = 0;
    for (step, done) in (1..=5).flat_map(|step| [(step, false), (step, true)]) {
        let (store, keyring) = told();
        let before = proof::Checkpoint::of(&proof::tree(Blocking(&store)).expect("sound"));
        let fuse = Fuse(Arc::new(AtomicUsize::new(step)));
        let failing = Failing { store: store.clone(), fuse: fuse.clone(), writes: done };
        let ring = FailingKeyring { keyring: keyring.clone(), fuse, destroys: done };
        let cut = Ledger::new(failing, Authority::local_operator()).with_keyring(Arc::new(ring));
        stopped += usize::from(cut.erase_blocking("desk", &demand()).is_err());
        let ledger = ledger(store.clone(), &keyring);
        let is_gone = keyring.is_destroyed(&subject("p-7")).expect("an answer");
        assert!(is_gone || count(&ledger, is_destroyed) == 0, "step {step}");

        let erasure = ledger.erase_blocking("desk", &demand()).expect("it goes on");
        assert!(erasure.is_destroyed && !erasure.is_confirmed && erasure.is_released());
        assert!(keyring.is_destroyed(&subject("p-7")).expect("an answer"));
        let is_answer = |event: &OfRegistry| matches!(event, OfRegistry::ErasureAnswered { .. });
        let is_demand = |event: &OfRegistry| matches!(event, OfRegistry::ErasureRequested { .. });
        assert_eq!(count(&ledger, is_demand), 1, "step {step}");
        assert_eq!(count(&ledger, is_answer), CONTEXTS.len(), "step {step}");
        assert_eq!(count(&ledger, is_destroyed), 1, "step {step}");
        assert!(!said(&ledger).contains("Li Wei") && said(&ledger).contains("Chen Fang"));
        let held = [before];
        let found = proof::verify(Blocking(&store), &held, |_| std::ops::ControlFlow::Continue(()));
        assert_eq!(found.expect("read").and_then(|found| found.contradiction), None);
    }
    assert_eq!(stopped, 8, "four steps, each stopped before and after it was done");
}

/// Three outcomes: erased, held by a law until a day, refused. The key goes when none holds it.
#[test]
fn a_hold_keeps_the_key_until_its_day() {
    let (store, keyring) = told();
    let ledger = ledger(store, &keyring);
    let on = |day: &str| day.parse().expect("a day");
    let answers = |answers: &[(&str, Outcome)]| {
        answers.iter().map(|(context, outcome)| ((*context).to_owned(), outcome.clone())).collect()
    };
    let until =
        Outcome::RestrictedUntil { until_on: on("2022-06-01"), legal_basis: "a law".into() };
    let refused = Outcome::Refused { reason: "a bill is open".into() };
    let given = answers(&[("disputes", until.clone()), ("charging", refused.clone())]);
    let erasure = ledger.erase_blocking("desk", &Demand { answers: given, ..demand() });
    let erasure = erasure.expect("answered");
    assert!(!erasure.is_destroyed && !erasure.is_released());
    assert_eq!(erasure.answers.get("disputes"), Some(&until));
    assert_eq!(erasure.answers.get("charging"), Some(&refused));
    assert_eq!(erasure.answers.get("cases"), Some(&Outcome::Erased));
    assert!(said(&ledger).contains("Li Wei"));
    let head = events(&ledger).len();
    ledger.erase_blocking("desk", &demand()).expect("answered");
    assert_eq!(events(&ledger).len(), head, "every answer stands");
    assert!(!ledger.confirm_erasure_blocking("desk", &demand()).expect("read").is_confirmed);

    // In June the hold is over; the refusal is taken back by whoever gave it.
    let june = Demand { at: Timestamp(1_654_090_000_000_000), ..demand() };
    let erasure = ledger.erase_blocking("desk", &june).expect("answered");
    assert_eq!(erasure.answers.get("disputes"), Some(&Outcome::Erased));
    assert!(!erasure.is_destroyed);
    let released = answers(&[("charging", Outcome::Erased)]);
    let erasure = ledger.erase_blocking("desk", &Demand { answers: released, ..june.clone() });
    assert!(erasure.expect("answered").is_destroyed);
    assert!(!said(&ledger).contains("Li Wei") && said(&ledger).contains("Chen Fang"));
    let confirmed = ledger.confirm_erasure_blocking("desk", &june).expect("recorded");
    assert!(confirmed.is_confirmed);
    let head = events(&ledger).len();
    assert_eq!(ledger.confirm_erasure_blocking("desk", &june).expect("read"), confirmed);
    assert_eq!(ledger.erase_blocking("desk", &june).expect("read"), confirmed);
    assert_eq!(events(&ledger).len(), head);
}

/// A keyring that was restored from an old backup has the key again: the same command takes it.
#[test]
fn a_restored_keyring_forgets_again() {
    let (store, keyring) = told();
    ledger(store.clone(), &keyring).erase_blocking("desk", &demand()).expect("erased");
    let restored = MemoryKeyring::for_tests();
    restored.newest(&subject("p-7")).expect("a key");
    let again = ledger(store, &restored);
    assert!(!again.confirm_erasure_blocking("desk", &demand()).expect("read").is_confirmed);
    assert!(again.erase_blocking("desk", &demand()).expect("read").is_destroyed);
    assert!(restored.is_destroyed(&subject("p-7")).expect("an answer"));
    assert!(restored.newest(&subject("p-7")).is_err(), "no key is made for them again");
}

/// Nobody's key is touched by who may not, or without a demand that can be recorded.
#[test]
fn who_may_not_destroys_nothing() {
    let (store, keyring) = told();
    ledger(store.clone(), &keyring)
        .execute_blocking(
            "desk",
            Request::from_json(&format!(
                r#"{{"request_erasure": {{{HEAD}, "subject_ref": "p-7"}}}}"#
            ))
            .expect("a command"),
        )
        .expect("recorded");
    for authority in [Authority::read_only(), Authority::nobody(), Authority::by_roles()] {
        let ledger = Ledger::new(store.clone(), authority).with_keyring(Arc::new(keyring.clone()));
        let refused = ledger.erase_blocking("stranger", &demand());
        assert!(matches!(refused, Err(ExecuteError::NotAllowed(_))), "{refused:?}");
        let refused = ledger.confirm_erasure_blocking("stranger", &demand());
        assert!(matches!(refused, Err(ExecuteError::NotAllowed(_))), "{refused:?}");
    }
    let unknown = Demand { subject_ref: "p-9".parse().expect("a name"), ..demand() };
    let refused = ledger(store.clone(), &keyring).erase_blocking("desk", &unknown);
    assert!(matches!(refused, Err(ExecuteError::Refused(_))), "{refused:?}");
    let bare = Ledger::new(store, Authority::local_operator());
    assert!(matches!(bare.erase_blocking("desk", &demand()), Err(ExecuteError::Keyring(_))));
    for person in ["p-7", "p-8", "p-9"] {
        assert!(!keyring.is_destroyed(&subject(person)).expect("an answer"), "{person}");
    }
}
