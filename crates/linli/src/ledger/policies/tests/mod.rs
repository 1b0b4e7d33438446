//! Each policy from its trigger to its end, its timeouts, and what it never does.

mod consent_withdrawal;
mod dose_due;
mod flying_wire_to_piles;
mod hotline_callback;
mod idea_to_project;
mod laws;
mod running;
mod scratch_to_fulfilment;
mod temporary_fix_follow_up;
mod vaccine_recall;
mod volunteer_crediting;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Advanced, Policies};
use crate::codec::{self, Channel, Reason, Recorded};
use crate::domain::policies::Event as Step;
use crate::domain::{Event, Happened, Scope, Timestamp, Zone, charging};
use crate::journal::{Append, MemoryStore, Query, ReadOptions};
use crate::ledger::{Authority, Ledger, Request};
use crate::privacy::MemoryKeyring;

/// 2022-02-14T09:00 in Shanghai.
const START: i64 = 1_644_800_400_000_000;
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// A neighbourhood with its policies, on its own clock.
struct Story {
    ledger: Ledger,
    policies: Policies,
    now: i64,
}

impl Story {
    fn new() -> Self {
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let ledger = ledger.with_keyring(Arc::new(MemoryKeyring::for_tests()));
        Self { ledger, policies: Policies::new(), now: START }
    }

    /// Something is asked or told now, `{"open_case": {...}}` without `at` and `zone`.
    fn tell(&mut self, name: &str, fields: Value) {
        self.tell_through(Channel::App, name, fields);
    }

    fn tell_through(&mut self, channel: Channel, name: &str, mut fields: Value) {
        self.now += 60_000_000;
        let told = fields.as_object_mut().expect("fields");
        told.entry("at").or_insert_with(|| json!(Timestamp(self.now).to_string()));
        told.insert("zone".into(), json!("Asia/Shanghai"));
        let request = Request::from_json(&json!({ name: fields }).to_string()).expect(name);
        let done = self.ledger.execute_blocking("p-host", request.through(channel));
        done.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Time passes, and the policies run.
    fn pass(&mut self, time: i64) -> Advanced {
        self.now += time;
        self.run()
    }

    fn run(&mut self) -> Advanced {
        let now = Timestamp(self.now);
        let done = self.ledger.advance_blocking(&mut self.policies, "p-host", now).expect("runs");
        assert!(done.is_settled);
        done
    }

    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let all = ReadOptions::forwards();
        let take = |_, happened: Happened<Event>| events.push(happened.event);
        self.ledger.each("p-host", Query::all(), all, take).expect("read");
        events
    }

    /// The names of the steps that were taken, refused ones with a mark.
    fn steps(&self) -> Vec<String> {
        let step = |event| match event {
            Event::Policies(Step::PolicyTimedOut { .. }) => None,
            Event::Policies(Step::PolicyRefused { step, .. }) => Some(format!("{step} refused")),
            Event::Policies(event) => Some(event.step().2.to_owned()),
            _ => None,
        };
        self.events().into_iter().filter_map(step).collect()
    }

    /// Whether a step was taken whose name begins so.
    fn has(&self, step: &str) -> bool {
        self.steps().iter().any(|taken| taken.starts_with(step))
    }

    /// How many waits ended in vain whose step begins so.
    fn late(&self, step: &str) -> usize {
        let is_late = |taken: &&String| taken.starts_with(step) && taken.ends_with("/late");
        self.steps().iter().filter(is_late).count()
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.events().iter().map(|event| crate::codec::kind(event).0).collect()
    }

    fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|own| **own == kind).count()
    }

    /// A number of the policies is published.
    fn limit(&mut self, name: &str, value: &Value) {
        self.publish(&json!({"policy_limits": { name: value }}));
    }

    /// A rule is published.
    fn publish(&mut self, rule: &Value) {
        let published = json!({"rule": rule, "version": format!("of {}", self.now),
            "jurisdiction": "yujing", "valid_from": "2022-01-01"});
        self.tell("publish_rule_set", json!({ "published": published }));
    }

    /// An installation is approved. No command says so, and journals that do are read.
    fn approve_installation(&mut self) {
        let approved = charging::Event::InstallationApproved {
            installation: "piles".into(),
            decided_by: "residents' meeting".into(),
        };
        let (at, zone) = (Timestamp(self.now), Zone::Asia__Shanghai);
        let happened = Happened::at(at, zone, Event::Charging(approved));
        let (channel, scope, reason) = (Channel::App, Scope::default(), Reason::default());
        let (recorded_at, actor) = (at, "p-host".to_owned());
        let recorded = Recorded { recorded_at, actor, channel, zone, scope, reason };
        let append = Append::of(codec::encode(&happened, zone)).metadata(&recorded.encode());
        let done = pollster::block_on(self.ledger.store.append(vec![append]));
        assert!(done.iter().all(Result::is_ok), "{done:?}");
    }

    /// An instant so much later than now.
    fn later(&self, time: i64) -> String {
        Timestamp(self.now + time).to_string()
    }

    /// Firing again adds nothing: by these policies, and by new ones that read it all anew.
    fn is_idempotent(&mut self) {
        let before = self.events().len();
        self.run();
        self.policies = Policies::new();
        self.run();
        assert_eq!(self.events().len(), before, "a second firing added something");
    }
}
