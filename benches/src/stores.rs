//! The same bills from other event stores and from tables of events: each is given the events of
//! one community, and folds or queries them into both bills of every card and month.

use std::ffi::OsString;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use linli::charging::{Event, Reading};
use linli::{CardId, ConnectorId, Happened};
use linli_hand_bills::{self as by_hand, Kind, median, rate, summary};
use serde_json::Value;

use crate::appends::SERVER;
use crate::archive::{PYTHON, groups};
use crate::community::Community;
use crate::journal::{Journal, remove};
use crate::row::Goal;
use crate::{Failed, Row, billing_replay, child};

const ROUNDS: usize = 5;

/// Who is given the events, and how.
#[derive(Clone, Copy)]
enum By {
    /// Our program of other stores, a file.
    File,
    /// The same, a server.
    Server,
    /// A script, the events as a Parquet file of this name.
    Table(&'static str),
    /// A script with a database of its own.
    Script,
}

/// A peer, and how many times its rate ours is to be.
struct Peer {
    name: &'static str,
    by: By,
    goal: Option<f64>,
}

const PEERS: [Peer; 8] = [
    Peer { name: "umadb", by: By::File, goal: Some(11.0) },
    Peer { name: "disintegrate", by: By::Server, goal: Some(23.0) },
    Peer { name: "postgres-es", by: By::Server, goal: None },
    Peer { name: "duckdb", by: By::Table("uuid"), goal: Some(8.0) },
    Peer { name: "duckdb", by: By::Table("text"), goal: None },
    Peer { name: "polars", by: By::Table("uuid"), goal: Some(8.0) },
    Peer { name: "polars", by: By::Table("text"), goal: None },
    Peer { name: "eventsourcing", by: By::Script, goal: None },
];

/// Runs ours and each peer in turn, each in a process of its own, over what was written before.
/// Python's `eventsourcing` has a tenth of the sessions: it takes so much longer.
pub(crate) fn measure(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let all = Run::new(folder.join("stores"), sessions.div_ceil(10))?;
    let few = Run::new(folder.join("stores-few"), sessions.div_ceil(100))?;
    let peers = PEERS.iter().filter(|peer| peer.is_here());
    let (slow, quick): (Vec<&Peer>, Vec<&Peer>) =
        peers.partition(|peer| matches!(peer.by, By::Script));
    Ok(all.beside(&quick)?.into_iter().chain(few.beside(&slow)?).collect())
}

/// A journal and the same events for the peers. Dropping it removes both.
struct Run {
    folder: PathBuf,
    journal: Journal,
}

impl Run {
    fn new(folder: PathBuf, sessions: u64) -> Result<Self, Failed> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let journal = Journal::write(folder.join("journal.db"), sessions, 1_000)?;
        billing_replay::pack(&journal.path)?;
        tell_events(&folder.join("events.jsonl"), sessions)?;
        Ok(Self { folder, journal })
    }

    fn beside(&self, peers: &[&Peer]) -> Result<Vec<Row>, Failed> {
        for peer in peers {
            self.fill(peer)?;
        }
        io::copy(&mut fs::File::open(&self.journal.path)?, &mut io::sink())?;
        let (mut packed, mut ours) = (Vec::new(), Vec::new());
        let mut theirs: Vec<Vec<f64>> = vec![Vec::new(); peers.len()];
        for round in 1..=ROUNDS {
            let of_events = child::start("replay", &self.journal.path, &["1"])?;
            ours.push(rate(self.journal.events, child::figure(&of_events, "seconds")?));
            let run = child::start("replay-packed", &self.journal.path, &[])?;
            let bills = run.get("bills").ok_or("a run told no bills")?;
            if of_events.get("bills") != Some(bills) {
                return Err("what is packed comes to other bills than its events".into());
            }
            packed.push(rate(self.journal.events, child::figure(&run, "seconds")?));
            for (peer, rates) in peers.iter().zip(&mut theirs) {
                let run = self.replay(peer)?;
                let told = peer.bills(&run)?;
                if *bills != told {
                    let name = peer.name;
                    return Err(format!("the bills differ: ours {bills}, {name} {told}").into());
                }
                rates.push(rate(self.journal.events, child::figure(&run, "seconds")?));
            }
            let last = |rates: &Vec<f64>| rates.last().copied().unwrap_or(f64::NAN);
            let peers = peers.iter().zip(&theirs);
            let peers = peers.map(|(peer, rates)| format!("{} {:.0}", peer.name, last(rates)));
            let peers = peers.collect::<Vec<_>>().join(", ");
            let own = [last(&packed), last(&ours)].map(|rate| format!("{rate:.0}")).join(" and ");
            println!("stores, round {round} of {ROUNDS}: packed and not {own} | {peers}");
        }
        let sessions = self.journal.sessions;
        let row = |how: &str, ours: &[f64], (peer, rates): (&&Peer, &Vec<f64>)| Row {
            measure: format!("billing replay of {sessions} sessions{how}{}", peer.form()),
            ours: median(ours),
            unit: "events/s",
            peer: Some((peer.name, median(rates))),
            goal: None,
        };
        let rows = peers.iter().zip(&theirs).flat_map(|(peer, rates)| {
            let goal = peer.goal.map(Goal::Ratio);
            let of_packed = Row { goal, ..row(", packed", &packed, (peer, rates)) };
            [of_packed, row("", &ours, (peer, rates))]
        });
        Ok(rows.collect())
    }

    /// Gives a peer the events, however long that takes.
    fn fill(&self, peer: &Peer) -> Result<(), Failed> {
        let lines = self.folder.join("events.jsonl");
        let mut fill = match peer.by {
            By::File | By::Server => {
                let mut fill = stores();
                fill.args(["fill", peer.name]).arg(self.place(peer));
                fill.stdin(fs::File::open(&lines)?);
                fill
            }
            By::Table(_) => {
                let mut fill = script("events_bills.py")?;
                fill.arg("write").arg(&lines).arg(&self.folder);
                fill
            }
            By::Script => {
                let mut fill = script("eventsourcing_bills.py")?;
                fill.arg("fill").arg(&lines).arg(self.place(peer));
                fill
            }
        };
        answered(&mut fill).map(drop)
    }

    fn replay(&self, peer: &Peer) -> Result<Value, Failed> {
        let place = self.place(peer);
        let output = match peer.by {
            By::File | By::Server => answered(stores().args(["replay", peer.name]).arg(place))?,
            By::Table(_) => answered(script("events_bills.py")?.arg(peer.name).arg(place))?,
            By::Script => answered(script("eventsourcing_bills.py")?.arg("replay").arg(place))?,
        };
        // A library may say something before.
        let last = output.trim_end().lines().last().ok_or("a peer told nothing")?;
        Ok(serde_json::from_str(last)?)
    }

    fn place(&self, peer: &Peer) -> OsString {
        match peer.by {
            By::Server => env::var_os(SERVER).unwrap_or_default(),
            By::Table(form) => self.folder.join(format!("{form}.parquet")).into(),
            By::File | By::Script => self.folder.join(peer.name).into(),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        remove(&self.journal.path);
        // Of what is left, the next run makes its own.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Peer {
    /// Whether what it needs was named.
    fn is_here(&self) -> bool {
        let needed = match self.by {
            By::File => return true,
            By::Server => SERVER,
            By::Table(_) | By::Script => PYTHON,
        };
        let is_here = env::var_os(needed).is_some();
        if !is_here {
            println!("no {}: {needed} is not set", self.name);
        }
        is_here
    }

    fn form(&self) -> String {
        match self.by {
            By::Table(form) => format!(", Parquet of events, {form} key"),
            By::File | By::Server | By::Script => String::new(),
        }
    }

    /// Both bills in the form in which ours are told.
    fn bills(&self, run: &Value) -> Result<Value, Failed> {
        match self.by {
            By::File | By::Server => Ok(run.get("bills").ok_or("a run told no bills")?.clone()),
            By::Table(_) | By::Script => {
                let tariffs = run.get("tariffs").and_then(Value::as_array);
                let tariffs = tariffs.ok_or("a run told no tariffs")?;
                let told = tariffs.iter().map(|of| Ok(summary(&groups(of)?)));
                Ok(Value::Array(told.collect::<Result<_, Failed>>()?))
            }
        }
    }
}

/// Writes the events of a community as the peers are given them, a line each.
pub(crate) fn tell_events(file: &Path, sessions: u64) -> Result<(), Failed> {
    let mut lines = BufWriter::new(fs::File::create(file)?);
    for happened in Community::new(sessions)? {
        let line = told(&happened).ok_or("the community tells what peers do not know")?;
        serde_json::to_writer(&mut lines, &line)?;
        lines.write_all(b"\n")?;
    }
    Ok(lines.flush()?)
}

/// The program of other stores: a workspace of its own, built here.
pub(crate) fn stores() -> Command {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("stores/Cargo.toml");
    let mut stores = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    stores.args(["run", "--quiet", "--release", "--manifest-path"]).arg(manifest).arg("--");
    stores
}

fn script(name: &str) -> Result<Command, Failed> {
    let mut python = Command::new(env::var_os(PYTHON).ok_or("no interpreter was named")?);
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    Ok(python)
}

pub(crate) fn answered(peer: &mut Command) -> Result<String, Failed> {
    let output = peer.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{peer:?} ended with {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// An event as the peers are given it.
fn told(happened: &Happened<Event>) -> Option<by_hand::Event<'_>> {
    let at_us = happened.at.0;
    let told = |kind, session, reading: &Reading| match *reading {
        Reading::Register(register) => Some(by_hand::Event {
            kind,
            at_us,
            session,
            register_wh: register.0,
            connector: None,
            card: None,
            power_w: None,
        }),
        _ => None,
    };
    Some(match &happened.event {
        Event::SessionStarted { session, connector, card, register, .. } => by_hand::Event {
            connector: connector.as_ref().map(ConnectorId::as_str),
            card: card.as_ref().map(CardId::as_str),
            ..told(Kind::SessionStarted, session.as_str(), &Reading::Register((*register)?))?
        },
        Event::MeterSampled { session, reading, power } => by_hand::Event {
            power_w: power.map(|power| power.0),
            ..told(Kind::MeterSampled, session.as_str(), reading)?
        },
        Event::SessionEnded { session, connector, card, reading, .. } => by_hand::Event {
            connector: connector.as_ref().map(ConnectorId::as_str),
            card: card.as_ref().map(CardId::as_str),
            ..told(Kind::SessionEnded, session.as_str(), reading.as_ref()?)?
        },
        _ => return None,
    })
}
