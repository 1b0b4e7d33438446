//! Fresh journals on the servers of the tests, for those who test against some.
//!
//! `LINLI_NATS` is the address of a journal `STREAM` on a cluster, `LINLI_NATS_ONE` that on a
//! single server, as `nats://host:port,host:port/STREAM?monitor=host:port,host:port`. `cargo xtask
//! test` starts them and says where they are.
#![allow(clippy::missing_panics_doc, reason = "a test that cannot go on says why and stops")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use linli::journal::EventStore;
use linli::journal::laws::Journal;

use crate::NatsStore;

/// Where the cluster of the tests is.
pub const CLUSTER: &str = "LINLI_NATS";
/// Where the single server of the tests is.
pub const ONE: &str = "LINLI_NATS_ONE";

/// A journal that no other test has.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Its address; nothing is there yet.
    pub address: String,
}

impl Fresh {
    /// A journal of its own that three servers keep, or nothing after saying so.
    #[must_use]
    pub fn journal() -> Option<Self> {
        Some(Self { address: fresh(CLUSTER)? })
    }

    /// A journal of its own on a single server, or nothing after saying so.
    #[must_use]
    pub fn journal_on_one() -> Option<Self> {
        Some(Self { address: format!("{}&replicas=1", fresh(ONE)?) })
    }

    /// Opens it, and makes it the first time.
    #[must_use]
    pub fn store(&self) -> NatsStore {
        NatsStore::open(&self.address).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Journal for Fresh {
    fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store())
    }
}

#[expect(clippy::print_stderr, reason = "a test that is not run says so")]
fn fresh(variable: &str) -> Option<String> {
    static JOURNALS: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var(variable) else {
        eprintln!("not run: {variable} names no server; `cargo xtask test` starts some");
        return None;
    };
    let (process, number) = (std::process::id(), JOURNALS.fetch_add(1, Ordering::Relaxed));
    let began = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_millis());
    Some(server.replacen("/STREAM", &format!("/trial-{began}-{process}-{number}"), 1))
}
