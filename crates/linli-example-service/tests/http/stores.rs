//! What a store says of itself is what a client is told: come again, keep the key, or give up.
//!
//! Keeps away: an outcome that nobody knows answered as a failure, after which a client would ask
//! under a new key and be charged twice.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use linli::journal::{
    Append, AppendError, Appended, Corruption, EventStore, IdempotencyKey, MemoryStore, Page,
    Pending, Position, Query, ReadError, ReadOptions, Receipt,
};
use linli::ledger::{Authority, Ledger};
use linli_example_service::House;

use crate::client::{Service, commission, types};

/// What happens to one append.
enum Trouble {
    /// It is answered so, and not written.
    Unwritten(AppendError),
    /// It is written, and answered so.
    Written(AppendError),
    Panic,
    /// It says that it has come, and waits until it is let through.
    Wait(Sender<()>, Receiver<()>),
}

/// A journal in memory with troubles, one an append, until there are none left.
#[derive(Clone)]
struct Troubled {
    inner: MemoryStore,
    troubles: Arc<Mutex<VecDeque<Trouble>>>,
    is_readable: bool,
}

impl EventStore for Troubled {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        let trouble = self.troubles.lock().expect("nobody panics with it").pop_front();
        match trouble {
            None => self.inner.append(group),
            Some(Trouble::Unwritten(error)) => Box::pin(async { vec![Err(error)] }),
            Some(Trouble::Written(error)) => {
                let written = self.inner.append(group);
                Box::pin(async {
                    assert!(written.await.iter().all(Result::is_ok));
                    vec![Err(error)]
                })
            }
            Some(Trouble::Panic) => panic!("a planted panic"),
            Some(Trouble::Wait(come, let_through)) => {
                come.send(()).expect("the test waits");
                let_through.recv().expect("the test lets it through");
                self.inner.append(group)
            }
        }
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        self.inner.read(query, options)
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        if self.is_readable {
            return self.inner.head();
        }
        let reason = "/srv/secret/yujing.db is gone".to_owned();
        Box::pin(async { Err(ReadError::Unavailable { reason }) })
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        self.inner.receipt(key)
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        self.inner.checkpoint(source)
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        self.inner.past(after)
    }
}

fn house(troubles: impl IntoIterator<Item = Trouble>, is_readable: bool) -> (House, MemoryStore) {
    let inner = MemoryStore::new();
    commission(&Ledger::new(inner.clone(), Authority::local_operator()));
    let troubles = Arc::new(Mutex::new(troubles.into_iter().collect()));
    let store = Troubled { inner: inner.clone(), troubles, is_readable };
    (House::new(Ledger::new(store, Authority::local_operator())), inner)
}

fn service(trouble: Trouble) -> (Service, MemoryStore) {
    let (house, inner) = house([trouble], true);
    (Service::over(house), inner)
}

#[test]
fn a_busy_store_is_asked_again() {
    let busy = AppendError::Busy { reason: "another process writes".into() };
    let (service, inner) = service(Trouble::Unwritten(busy));
    service.client.start("1", "app:1", "k0", "c-1").assert_problem(503, "Busy");
    assert_eq!(types(&inner).len(), 2);
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
}

#[test]
fn an_unknown_outcome_is_settled_by_the_same_key() {
    let unknown = AppendError::Unknown { key: None, reason: "the disk was slow".into() };
    let (service, inner) = service(Trouble::Written(unknown));
    let unsure = service.client.start("1", "app:1", "k0", "c-1");
    unsure.assert_problem(503, "Unknown");
    assert!(unsure.sentence().contains("same Idempotency-Key"), "{}", unsure.sentence());
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("repeated", 3);
    assert_eq!(types(&inner).len(), 3);
}

#[test]
fn a_panic_leaves_the_outcome_unknown_and_the_service_running() {
    let (service, _) = service(Trouble::Panic);
    service.client.start("1", "app:1", "k0", "c-1").assert_problem(503, "Unknown");
    service.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
}

#[test]
fn damage_is_the_operators_to_read() {
    let what = "a checksum that is wrong";
    let damage = Corruption::of_journal(Position(2), what);
    let (service, _) = service(Trouble::Unwritten(damage.into()));
    let broken = service.client.start("1", "app:1", "k0", "c-1");
    broken.assert_problem(500, "Corrupt");
    assert!(!broken.sentence().contains(what), "{}", broken.sentence());
}

#[test]
fn health_is_the_journal_s() {
    let (service, _) = Service::in_memory();
    let healthy = service.client.get("/health");
    assert_eq!(healthy.status, 200);
    assert_eq!(healthy.told, serde_json::json!({"journal": "readable", "head": 2}));
    let (house, _) = house([], false);
    let ill = Service::over(house).client.get("/health");
    ill.assert_problem(503, "Unavailable");
    assert!(!ill.sentence().contains("secret"), "{}", ill.sentence());
}

/// Told to stop while an append is under way, the service answers it first.
#[test]
fn a_request_that_has_begun_is_answered_before_the_end() {
    let (come, has_come) = channel();
    let (let_through, gate) = channel();
    let (mut service, _) = service(Trouble::Wait(come, gate));
    let client = service.client.clone();
    let asking = std::thread::spawn(move || client.start("1", "app:1", "k0", "c-1"));
    has_come.recv().expect("the append comes");
    service.begin_to_stop();
    // Long enough for one that does not wait to be gone; one that waits is right after any time.
    std::thread::sleep(Duration::from_millis(50));
    let_through.send(()).expect("the append waits");
    asking.join().expect("no panic").assert_outcome("recorded", 3);
}

/// A client that never ends its request does not keep the service from ending.
#[test]
fn a_request_without_end_is_cut() {
    let (house, _) = house([], true);
    let mut service = Service::with_patience(house, Duration::from_millis(50));
    let mut stream = TcpStream::connect(service.client.address).expect("it listens");
    let head = "POST /disputes HTTP/1.1\r\nHost: localhost\r\nX-Actor: p-1\r\n\
        Idempotency-Key: 1\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("the head is sent");
    let mut invited = [0; 25];
    stream.read_exact(&mut invited).expect("it asks for the body");
    assert_eq!(&invited, b"HTTP/1.1 100 Continue\r\n\r\n");
    service.begin_to_stop();
    drop(service); // Waits until it has ended.
    let mut rest = Vec::new();
    assert!(matches!(stream.read_to_end(&mut rest), Ok(0) | Err(_)), "no answer: {rest:?}");
}

/// A full house says so at once, and nothing waits in a queue that nobody sees.
#[test]
fn one_too_many_is_told_to_come_again() {
    let (come, has_come) = channel();
    let (let_through, gate) = channel();
    let (house, _) = house([Trouble::Wait(come, gate)], true);
    let service = Service::over(house.at_once(1));
    let client = service.client.clone();
    let asking = std::thread::spawn(move || client.start("1", "app:1", "k0", "c-1"));
    has_come.recv().expect("the append comes");
    service.client.start("2", "app:2", "k1", "c-2").assert_problem(503, "TooManyAtOnce");
    assert_eq!(service.client.get("/health").status, 200, "a full house is not an ill one");
    let_through.send(()).expect("the append waits");
    asking.join().expect("no panic").assert_outcome("recorded", 3);
    service.client.start("2", "app:2", "k1", "c-2").assert_outcome("recorded", 4);
}
