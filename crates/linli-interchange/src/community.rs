//! A community in memory, to which tests tell commands and of which they ask documents.

use std::sync::Arc;

use linli::journal::{MemoryStore, Query, ReadOptions};
use linli::ledger::{Authority, Ledger, Request};
use linli::privacy::MemoryKeyring;
use linli::{Event, Evolve, Happened};
use serde_json::{Value, json};

/// A journal, and a keyring beside it.
pub(crate) struct Community {
    plain: Ledger,
    sealing: Ledger,
}

impl Community {
    pub(crate) fn new() -> Self {
        let plain = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let sealing = plain.clone().with_keyring(Arc::new(MemoryKeyring::for_tests()));
        Self { plain, sealing }
    }

    /// Tells a command that happens at a time of 20 February 2022 in Shanghai.
    pub(crate) fn tell(&self, time: &str, name: &str, mut fields: Value) {
        let at = json!({ "at": format!("2022-02-20T{time}:00+08:00"), "zone": "Asia/Shanghai" });
        let more = at.as_object().expect("fields").clone();
        fields.as_object_mut().expect("fields").extend(more);
        let text = json!({ name: fields }).to_string();
        let request = Request::from_json(&text).expect("a command");
        self.sealing
            .execute_blocking("tester", request)
            .unwrap_or_else(|no| panic!("{no}: {text}"));
    }

    /// What a view sees with the keys at hand.
    pub(crate) fn seen<V: Evolve<Event = Happened<Event>> + Default>(&self) -> V {
        seen(&self.sealing)
    }

    /// What it sees without.
    pub(crate) fn seen_locked<V: Evolve<Event = Happened<Event>> + Default>(&self) -> V {
        seen(&self.plain)
    }
}

fn seen<V: Evolve<Event = Happened<Event>> + Default>(ledger: &Ledger) -> V {
    let mut view = V::default();
    let take = |_, happened: Happened<Event>| view.evolve(&happened);
    ledger.each("tester", Query::all(), ReadOptions::forwards(), take).expect("it can be read");
    view
}
