//! Laws of a decision as it is made in truth: through the boundary, the append condition, the key.

mod erasing;
mod receipts;
mod sealed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use proptest::prelude::*;

use super::{Authority, ExecuteError, Ledger, Request};
use crate::domain::charging::{Command, Refusal as Charging, Register};
use crate::domain::{Evolve, Refusal, Timestamp, Zone};
use crate::journal::{
    Append, AppendError, Appended, Blocking, EventStore, IdempotencyKey, MemoryStore, Page,
    Pending, Position, Query, ReadError, ReadOptions, Receipt, Written,
};
use crate::views::{Asked, Connectors};

const ZONE: Zone = Zone::Asia__Shanghai;

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn at(number: usize) -> Timestamp {
    Timestamp(1_645_950_000_000_000 + i64::try_from(number).expect("few") * 60_000_000)
}

fn commission(connector: &str) -> Command {
    Command::CommissionConnector {
        connector: name(connector),
        at: at(0),
        zone: ZONE,
        place: "east gate".into(),
        meter: None,
        max_power: None,
        register: Register::Lifetime,
        feeds_back: false,
    }
}

fn ask(session: &str, connector: &str, card: &str) -> Command {
    let (session, connector, card) = (name(session), name(connector), name(card));
    Command::StartSession { session, connector, card, at: at(1), zone: ZONE, register: None }
}

fn community() -> Ledger {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let points: Vec<Command> = (0..3).map(|n| commission(&format!("k{n}"))).collect();
    ledger.execute_blocking("test", Request::all(points)).expect("commissioned");
    ledger
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Ask { connector: u8, card: u8 },
    ReportStart { connector: u8, card: u8 },
    ReportEnd { session: prop::sample::Index },
    CloseByRule { session: prop::sample::Index },
    Void { session: prop::sample::Index },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let pair = || (0_u8..3, 0_u8..3);
    let session = || any::<prop::sample::Index>();
    prop::collection::vec(
        prop_oneof![
            4 => pair().prop_map(|(connector, card)| Move::Ask { connector, card }),
            2 => pair().prop_map(|(connector, card)| Move::ReportStart { connector, card }),
            3 => session().prop_map(|session| Move::ReportEnd { session }),
            1 => session().prop_map(|session| Move::CloseByRule { session }),
            1 => session().prop_map(|session| Move::Void { session }),
        ],
        0..60,
    )
}

/// What goes on, told apart from the ledger: each session with its connector and card.
#[derive(Default)]
struct Going(BTreeMap<String, (u8, u8)>, BTreeSet<String>);

impl Going {
    fn one(&self, index: prop::sample::Index) -> Option<String> {
        (!self.1.is_empty())
            .then(|| self.1.iter().nth(index.index(self.1.len())).cloned())
            .flatten()
    }

    fn is_free(&self, connector: u8, card: u8) -> bool {
        !self.0.values().any(|(k, c)| *k == connector || *c == card)
    }

    fn starts(&mut self, session: &str, used: (u8, u8)) {
        self.0.insert(session.to_owned(), used);
        self.1.insert(session.to_owned());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However requests and reports mix, a request is let in if nothing goes on at its connector
    /// and on its card, and only then.
    #[test]
    fn a_request_is_let_in_where_nothing_goes_on(moves in moves()) {
        let ledger = community();
        let mut going = Going::default();
        for (number, step) in moves.into_iter().enumerate() {
            let session = format!("s:{number:02}");
            let (at, zone, register) = (at(number), ZONE, None);
            let (is_right, command) = match step {
                Move::Ask { connector, card } => {
                    let is_free = going.is_free(connector, card);
                    if is_free {
                        going.starts(&session, (connector, card));
                    }
                    (is_free, ask(&session, &format!("k{connector}"), &format!("c{card}")))
                }
                Move::ReportStart { connector, card } => {
                    going.starts(&session, (connector, card));
                    let (session, flags) = (name(&session), Vec::new());
                    let connector = Some(name(&format!("k{connector}")));
                    let card = Some(name(&format!("c{card}")));
                    (true, Command::RecordSessionStart {
                        session, connector, card, at, zone, register, flags
                    })
                }
                Move::ReportEnd { session } => {
                    let Some(session) = going.one(session) else { continue };
                    going.0.remove(&session);
                    let (session, reading, reason) = (name(&session), None, None);
                    let (stated_seconds, charging_seconds, flags) = (None, None, Vec::new());
                    (true, Command::RecordSessionEnd {
                        session, at, zone, reading, stated_seconds, charging_seconds, reason, flags
                    })
                }
                Move::CloseByRule { session } => {
                    let Some(session) = going.one(session) else { continue };
                    going.0.remove(&session);
                    let (session, reading, rule) = (name(&session), None, "no_end".to_owned());
                    (true, Command::RecordSessionClosed { session, at, zone, reading, rule })
                }
                Move::Void { session } => {
                    let Some(session) = going.one(session) else { continue };
                    going.0.remove(&session);
                    let (session, reason, by) = (name(&session), "a test".into(), name("p-1"));
                    (true, Command::VoidSession { session, at, zone, reason, by })
                }
            };
            let done = ledger.execute_blocking("test", command);
            prop_assert_eq!(done.is_ok(), is_right, "{:?}: {:?}", step, done);
        }
    }
}

/// A view asked as known at a position never hears of what was told after it.
#[test]
fn a_view_is_asked_up_to_where_it_was_known() {
    let ledger = community();
    let points = |as_known_at| {
        let mut view = Connectors::as_of(NaiveDate::MAX);
        let asked = Asked { as_known_at, ..Asked::default() };
        let answer = ledger.ask("test", &asked, Query::all(), |_, happened| view.evolve(&happened));
        answer.expect("the journal is read");
        view.iter().count()
    };
    assert_eq!([Some(Position(1)), Some(Position(2)), None].map(points), [1, 2, 3]);
}

/// A session that goes on is found however many others have come and gone beside it.
#[test]
fn a_long_session_is_not_forgotten() {
    let ledger = community();
    ledger.execute_blocking("test", ask("s:long", "k0", "c0")).expect("both are free");
    for number in 0..40 {
        let session = format!("s:{number}");
        let told = format!(
            r#"[{{"record_session_start": {{"session": "{session}", "connector": "k0", "card": "c0",
                "at": "2022-02-27T19:00:00+08:00", "zone": "Asia/Shanghai"}}}},
               {{"record_session_end": {{"session": "{session}",
                "at": "2022-02-27T20:00:00+08:00", "zone": "Asia/Shanghai"}}}}]"#
        );
        let told = Request::from_json(&told).expect("commands");
        ledger.execute_blocking("test", told).expect("reality is recorded");
    }
    let refused = ledger.execute_blocking("test", ask("s:next", "k0", "c1"));
    let Err(ExecuteError::Refused(Refusal::Charging(refused))) = refused else {
        panic!("not refused: {refused:?}");
    };
    assert!(matches!(refused, Charging::ConnectorActive { .. }), "{refused}");
}

/// All commands of a request stand for its key, not the first alone.
#[test]
fn a_key_stands_for_every_command() {
    let ledger = community();
    let request = |second: &str| {
        let commands = vec![ask("s:1", "k0", "c0"), ask("s:2", second, "c1")];
        Request::all(commands).from_source("app", "17")
    };
    ledger.execute_blocking("test", request("k1")).expect("all are free");
    let other = ledger.execute_blocking("test", request("k2"));
    assert!(matches!(other, Err(ExecuteError::Append(AppendError::KeyReused { .. }))));
}

/// The same commands in another community are another request: written down, they have another id,
/// and under an id of the caller's they are other content.
#[test]
fn another_community_is_another_request() {
    let ledger = community();
    let written = |scope: &str| {
        let told = r#"{"issue_card": {"card": "c-7", "subject_ref": "p-1",
            "at": "2022-02-27T19:00:00+08:00", "zone": "Asia/Shanghai"}}"#;
        Request::from_json(told).expect("a command").within(scope.parse().expect("a path"))
    };
    let paths = ["", "xuzhuang", "xuzhuang/yujing"];
    let keys: BTreeSet<_> = paths.iter().map(|path| written(path).key()).collect();
    assert_eq!(keys.len(), paths.len());
    ledger.execute_blocking("test", written("xuzhuang")).expect("there is no such card");
    let again = ledger.execute_blocking("test", written("xuzhuang")).expect("the first answer");
    assert_eq!(again.map(|appended| appended.written), Some(Written::Before));
    let elsewhere = ledger.execute_blocking("test", written("xuzhuang/yujing"));
    assert!(matches!(elsewhere, Err(ExecuteError::Refused(_))), "{elsewhere:?}");

    let commissioned = |scope: &str| {
        let request = Request::from(commission("k-9")).from_source("app", "9");
        request.within(scope.parse().expect("a path"))
    };
    ledger.execute_blocking("test", commissioned("xuzhuang")).expect("there is none");
    let elsewhere = ledger.execute_blocking("test", commissioned("xuzhuang/yujing"));
    assert!(matches!(elsewhere, Err(ExecuteError::Append(AppendError::KeyReused { .. }))));
}

/// Told twice with other content, the first counts, the second is noted once, and the session is
/// held until a person has looked.
#[test]
fn another_content_of_one_id_is_noted() {
    let ledger = community();
    let told = |wh: i64| {
        let at = Timestamp(1_645_000_000_000_000);
        let end = Command::RecordSessionEnd {
            session: "s:1".parse().expect("a key"),
            at,
            zone: Zone::UTC,
            reading: Some(crate::charging::Reading::Energy(crate::domain::WattHours(wh))),
            stated_seconds: None,
            charging_seconds: None,
            reason: None,
            flags: Vec::new(),
        };
        Request::all([end]).from_source("station", "17")
    };
    ledger.execute_blocking("test", told(1_000)).expect("recorded");
    for wh in [2_000, 2_000, 1_000, 3_000] {
        let again = ledger.execute_blocking("test", told(wh));
        assert_eq!(again.is_ok(), wh == 1_000, "{again:?}");
    }
    let (mut session, mut noted) = (crate::charging::Session::default(), 0);
    ledger
        .each("test", Query::tagged("charging:s:1"), ReadOptions::forwards(), |_, happened| {
            let happened = happened.charging().expect("of charging");
            noted += usize::from(matches!(
                happened.event,
                crate::charging::Event::PayloadConflictNoted { .. }
            ));
            crate::domain::Evolve::evolve(&mut session, &happened);
        })
        .expect("read");
    assert_eq!(noted, 2);
    assert!(session.flags().has(crate::domain::Flag::PayloadConflict));
}

/// A journal in which a request comes in a second time, between the look for its key and the
/// reading of its boundary.
struct Meanwhile {
    inner: MemoryStore,
    request: Request,
    has_come: AtomicBool,
}

impl EventStore for Meanwhile {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        self.inner.append(group)
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        self.inner.read(query, options)
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        if !self.has_come.swap(true, Ordering::SeqCst) {
            let other = Ledger::new(self.inner.clone(), Authority::local_operator());
            other.execute_blocking("test", self.request.clone()).expect("both are free");
        }
        self.inner.head()
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

/// The same request twice at once: the second is answered as the first, and not told that the
/// session exists already.
#[test]
fn a_request_in_flight_is_answered_once() {
    let inner = MemoryStore::new();
    let first = Ledger::new(inner.clone(), Authority::local_operator());
    first.execute_blocking("test", commission("k0")).expect("commissioned");
    let request = Request::from(ask("s:1", "k0", "c0"));
    let store = Meanwhile {
        inner: inner.clone(),
        request: request.clone(),
        has_come: AtomicBool::new(false),
    };
    let second = Ledger::new(store, Authority::local_operator());
    let answer = second.execute_blocking("test", request).expect("the first answer again");
    assert_eq!(answer.map(|appended| appended.written), Some(Written::Before));
    assert_eq!(Blocking(&inner).head().expect("a head"), Some(Position(2)));
}
