//! A service on a port of its own, and a client of it.

use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use linli::charging::{Command, Register};
use linli::journal::{Blocking, EventStore, MemoryStore, Query, ReadOptions};
use linli::ledger::{Authority, Ledger};
use linli_example_service::{House, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub(crate) const AT: &str = "2022-02-27T19:00:00+08:00";
pub(crate) const LATER: &str = "2022-02-27T22:00:00+08:00";
pub(crate) const ZONE: &str = "Asia/Shanghai";

/// A service in this process, stopped when it goes.
pub(crate) struct Service {
    pub(crate) client: Client,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    pub(crate) fn over(house: House) -> Self {
        Self::with_patience(house, Duration::from_mins(1))
    }

    pub(crate) fn with_patience(house: House, patience: Duration) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket of this process");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("it does not block");
                let stopped = async { drop(stopped.await) };
                serve(listener, house, stopped, patience).await.expect("it serves to the end");
            });
        });
        Self { client: Client::of(address), stop: Some(stop), thread: Some(thread) }
    }

    /// A service over a journal in memory with two connectors, and its ledger.
    pub(crate) fn in_memory() -> (Self, Ledger) {
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        commission(&ledger);
        (Self::over(House::new(ledger.clone())), ledger)
    }

    /// Tells it to stop, and does not wait for that.
    pub(crate) fn begin_to_stop(&mut self) {
        drop(self.stop.take());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.begin_to_stop();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.expect("it was started").expect("the service did not panic");
        }
    }
}

/// A client, alike to many at once.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    pub(crate) address: SocketAddr,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) allow: Option<String>,
    pub(crate) told: Value,
}

impl Client {
    pub(crate) fn of(address: SocketAddr) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .proxy(None)
            .build()
            .new_agent();
        Self { agent, address }
    }

    /// Sends `body` for `p-1` under `key`.
    pub(crate) fn post(&self, path: &str, key: &str, body: &Value) -> Reply {
        let headers = [("X-Actor", "p-1"), ("Idempotency-Key", key)];
        self.send(path, &headers, &body.to_string())
    }

    pub(crate) fn send(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let request = self.agent.post(format!("http://{}{path}", self.address));
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value) // A name given twice is sent twice.
        });
        Reply::of(request.send(body).expect("an answer"))
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        let answered = self.agent.get(format!("http://{}{path}", self.address)).call();
        Reply::of(answered.expect("an answer"))
    }

    pub(crate) fn start(&self, key: &str, session: &str, connector: &str, card: &str) -> Reply {
        self.post("/sessions", key, &start(session, connector, card))
    }
}

impl Reply {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let header = |name| response.headers().get(name)?.to_str().map(str::to_owned).ok();
        let (retry_after, allow) = (header("retry-after"), header("allow"));
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().expect("a body");
        let told = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        Self { status, retry_after, allow, told }
    }

    pub(crate) fn code(&self) -> &str {
        self.told["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn sentence(&self) -> &str {
        self.told["sentence"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.told);
        assert_eq!(self.retry_after.is_some(), status == 503, "{:?}", self.retry_after);
    }

    #[track_caller]
    pub(crate) fn assert_outcome(&self, outcome: &str, position: u64) {
        let expected = json!({"outcome": outcome, "first": position, "last": position});
        assert_eq!((self.status, &self.told), (201, &expected));
    }
}

pub(crate) fn start(session: &str, connector: &str, card: &str) -> Value {
    json!({"session": session, "connector": connector, "card": card, "at": AT, "zone": ZONE,
        "register": 120_000})
}

/// Puts `k0` and `k1` into service: the events 1 and 2.
pub(crate) fn commission(ledger: &Ledger) {
    for connector in ["k0", "k1"] {
        let commission = Command::CommissionConnector {
            connector: connector.parse().expect("a name"),
            at: "2022-01-01T00:00:00+08:00".to_owned().try_into().expect("an instant"),
            zone: ZONE.parse().expect("a zone"),
            place: "east gate".into(),
            meter: None,
            max_power: None,
            register: Register::Lifetime,
            feeds_back: false,
        };
        ledger.execute_blocking("operator", commission).expect("commissioned");
    }
}

/// The types of all events, in the order of the journal.
pub(crate) fn types(store: &dyn EventStore) -> Vec<String> {
    let mut types = Vec::new();
    for page in Blocking(store).pages(Query::all(), ReadOptions::forwards()) {
        let page = page.expect("a page");
        types.extend(page.events().map(|event| event.event_type.to_owned()));
    }
    types
}
