//! A role that ends while a command is decided under it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::journal::{
    Append, AppendError, EventStore, IdempotencyKey, Page, Pending, Position, Query, ReadError,
    ReadOptions, Receipt,
};

/// A journal in which somebody ends the actor's role after the decision, right before it is
/// appended.
struct Meanwhile {
    inner: MemoryStore,
    has_come: AtomicBool,
    ending: Command,
}

impl EventStore for Meanwhile {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        if !self.has_come.swap(true, Ordering::SeqCst) {
            founded(&self.inner, YUJING, vec![self.ending.clone()]);
        }
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

fn raced(ending: Command) -> (Ledger, MemoryStore) {
    let inner = journal();
    founded(&inner, YUJING, vec![grant("p-actor", "operator", None)]);
    founded(&inner, YUJING, vec![grant("p-other", "operator", None)]);
    let store = Meanwhile { inner: inner.clone(), has_come: AtomicBool::new(false), ending };
    let ledger = Ledger::new(store, Authority::by_roles()).with_clock(|| Timestamp(AFTERNOON));
    (ledger, inner)
}

fn head(store: &MemoryStore) -> u64 {
    pollster::block_on(store.head()).expect("a head").map_or(0, |head| head.0)
}

#[test]
fn a_role_that_ends_before_the_append_refuses_it() {
    let (ledger, store) = raced(end("p-actor", "operator", "2022-02-27"));
    let before = head(&store);
    let answer = ask(&ledger, YUJING, commission("k1"));
    assert_eq!(why(answer), no_role("commission_connector"));
    assert_eq!(head(&store), before + 1, "the end of the role, and nothing else");
}

#[test]
fn a_role_that_ends_before_a_group_is_appended_refuses_each_of_it() {
    let (ledger, store) = raced(end("p-actor", "operator", "2022-02-27"));
    let before = head(&store);
    let one = |name: &str| Request::from(commission(name)).within(scope(YUJING));
    let answers = ledger.execute_group_blocking("p-actor", vec![one("k1"), one("k2")]);
    for answer in answers.expect("a person") {
        assert_eq!(why(answer), no_role("commission_connector"));
    }
    assert_eq!(head(&store), before + 1);
}

/// Another's role, and another role of the actor's, change nothing.
#[test]
fn what_else_happens_meanwhile_is_no_matter() {
    let (ledger, _) = raced(end("p-other", "operator", "2022-02-27"));
    assert!(ask(&ledger, YUJING, commission("k1")).is_ok());
    let (ledger, _) = raced(grant("p-actor", "auditor", None));
    assert!(ask(&ledger, YUJING, commission("k1")).is_ok());
}
