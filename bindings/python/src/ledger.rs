//! A journal that is read as tables and replayed, and written by commands.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use linli::SessionKey;
use linli::detection::IssuedBills;
use linli::journal::{Blocking, Position, Query, ReadOptions, Written};
use linli::ledger::{self, Authority, ExecuteError, Request};
use linli::proof::{Checkpoint, VerifierKey};
use linli::replay::{Replay, ReplayError, Resumed};
use linli::views::Facts;
use linli_arrow::{Scan, TableError};
use linli_sqlite::SqliteKeyring;
use pyo3::prelude::*;
use tracing::{info, warn};

use crate::address;
use crate::errors::{Answer, Failed};
use crate::event;
use crate::held::Held;
use crate::number::Number;
use crate::patience::{Glance, apart, aside, wait};
use crate::replayed::Replayed;
use crate::request::{self, group_by, tariff};
use crate::table::Table;
use crate::text::Text;

/// An open journal, what of it is looked at, and as whom.
#[pyclass(frozen, module = "linli._linli")]
#[derive(Clone)]
pub(crate) struct Ledger {
    journal: Held<ledger::Ledger>,
    actor: String,
    as_known_at: Option<Position>,
    as_of: Option<NaiveDate>,
    /// Whether sealed fields are shown open.
    is_opening: bool,
}

/// How many events are sound, the root in hexadecimal, where something is wrong, if that is known,
/// and what.
type Verified = (u64, Option<String>, Option<(Option<u64>, String)>);

/// Positions of the first and last event, and whether an earlier call wrote them.
type Done = Option<(u64, u64, bool)>;

/// Rows, up to where they were looked for, and where the journal ends or is asked to end.
type Part = Option<(Table, u64, u64)>;

#[pymethods]
impl Ledger {
    #[new]
    #[pyo3(signature = (address, mode, actor, keyring=None, archive=None))]
    fn new(
        py: Python<'_>,
        address: Text,
        mode: Text,
        actor: Text,
        keyring: Option<Text>,
        archive: Option<Text>,
    ) -> Answer<Self> {
        let (Text(address), Text(mode), Text(actor)) = (address, mode, actor);
        let journal = aside(py, move || opened(&address, &mode, archive))??;
        let is_opening = keyring.is_some();
        let journal = match keyring {
            Some(Text(path)) => {
                journal.with_keyring(Arc::new(aside(py, || SqliteKeyring::open(path))??))
            }
            None => journal,
        };
        let journal = Held::new(journal);
        Ok(Self { journal, actor, as_known_at: None, as_of: None, is_opening })
    }

    /// The same journal with what had happened by the end of a local day, such as `2022-02-28`.
    fn as_of(&self, day: Text) -> Answer<Self> {
        let Text(day) = day;
        let no_day = |_| {
            let sentence = format!("`{day}` is no day; write one such as 2022-02-28");
            Failed::input("NoDay", sentence)
        };
        let as_of = Some(day.parse().map_err(no_day)?);
        Ok(Self { as_of, ..self.clone() })
    }

    /// The same journal as it was known when it ended at a position.
    fn as_known_at(&self, position: Number) -> Self {
        Self { as_known_at: Some(Position(position.0)), ..self.clone() }
    }

    /// The position of the last event.
    fn head(&self, py: Python<'_>) -> Answer<Option<u64>> {
        let journal = self.journal.get()?;
        let head = apart(py, || Blocking(journal.store()).head())??;
        let known = head.map(|head| self.as_known_at.map_or(head, |known| known.min(head)));
        Ok(known.map(|head| head.0))
    }

    fn sessions(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.sessions(journal)).map(Table)
    }

    fn bills(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.issued_bills(journal)).map(Table)
    }

    fn meter_samples(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.meter_samples(journal)).map(Table)
    }

    fn disputes(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.disputes(journal)).map(Table)
    }

    fn cases(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.cases(journal)).map(Table)
    }

    fn appointments(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.appointments(journal)).map(Table)
    }

    fn doses(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.doses(journal)).map(Table)
    }

    fn volunteer_hours(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.volunteer_hours(journal)).map(Table)
    }

    fn attendance(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.attendance(journal)).map(Table)
    }

    fn activities(&self, py: Python<'_>) -> Answer<Table> {
        self.scanned(py, |scan, journal| scan.activities(journal)).map(Table)
    }

    fn events(&self, py: Python<'_>, query: event::Query) -> Answer<Table> {
        let query = query.into_query();
        self.scanned(py, |scan, journal| scan.events(journal, &query)).map(Table)
    }

    /// The rows of `events`, `meter_samples` or `bills` behind a position: of one page of the
    /// journal, of at most `most` events. `None` where the journal is empty.
    #[pyo3(signature = (over, query, after, until, most))]
    fn part(
        &self,
        py: Python<'_>,
        over: Text,
        query: event::Query,
        after: Option<Number>,
        until: Option<Number>,
        most: Number,
    ) -> Answer<Part> {
        let Text(over) = over;
        let over = request::over(&over, query.into_query())?;
        let at = |number: Number| Position(number.0);
        let part = self.scanned(py, |scan, journal| {
            scan.part(journal, &over, after.map(at), until.map(at), most.count())
        })?;
        Ok(part.map(|part| (Table(part.table), part.reached.0, part.until.0)))
    }

    /// The id of the event at a position; `None` where the journal ends before it.
    fn event_id(&self, py: Python<'_>, position: Number) -> Answer<Option<String>> {
        let before = position.0.checked_sub(1).map(Position);
        let options = ReadOptions::forwards().after(before).limit(1);
        let actor = self.actor.as_str();
        let journal = self.journal.get()?;
        let page = apart(py, || journal.read(actor, &Query::all(), options))??;
        let found = page.events().find(|event| event.position.0 == position.0);
        Ok(found.map(|event| event.id.to_string()))
    }

    /// The facts of the seed story as a JSON document.
    fn facts(&self, py: Python<'_>) -> Answer<String> {
        let facts = self.scanned(py, |scan, journal| {
            let mut facts = Facts::default();
            scan.fold(journal, &Query::all(), &mut facts)?;
            Ok(facts)
        })?;
        Ok(facts.document().to_string())
    }

    /// The tariff behind the issued bills, inferred from them alone, as a JSON document.
    fn detect_tariff(&self, py: Python<'_>) -> Answer<String> {
        let bills = self.scanned(py, |scan, journal| {
            let mut bills = IssuedBills::default();
            scan.fold(journal, &Query::all(), &mut bills)?;
            Ok(bills)
        })?;
        let finding = aside(py, move || bills.infer())?;
        Ok(finding.document().to_string())
    }

    /// Replays every bill. `tariffs` are names and texts of files; `snapshot` is the file of what
    /// is kept for the next time; `tell` is called with the position reached and the last one.
    #[pyo3(signature = (tariffs, *, against_issued, by, threads, bills, snapshot, tell))]
    #[expect(clippy::too_many_arguments, reason = "Python names each of them")]
    fn replay(
        &self,
        py: Python<'_>,
        tariffs: Vec<(Text, Text)>,
        against_issued: bool,
        by: Option<Text>,
        threads: Number,
        bills: bool,
        snapshot: Option<Text>,
        tell: Option<Py<PyAny>>,
    ) -> Answer<Replayed> {
        let journal = self.journal.get()?;
        let glance = Glance::new(tell);
        let at_page = glance.clone();
        let mut replay = self.priced_under(&tariffs)?;
        let mut files: Vec<_> = tariffs.into_iter().map(|(Text(name), _)| Some(name)).collect();
        if files.is_empty() {
            files.push(None);
        }
        replay = replay.threads(threads.count()).on_progress(move |come| at_page.at(come));
        if against_issued {
            replay = replay.against_issued();
        }
        if let Some(word) = by {
            replay = replay.by(group_by(&word)?);
        }
        if bills {
            replay = replay.keep_bills();
        }
        let snapshot = snapshot.map(|Text(path)| PathBuf::from(path));
        let found = apart(py, || {
            let Resumed { report, after, unkept, .. } = match &snapshot {
                None => Resumed::whole(replay.run_blocking(journal)?),
                Some(path) => replay.resume_in_file(journal, path)?,
            };
            if let Some(why) = unkept {
                warn!(why, "the snapshot is not kept");
            }
            info!(sessions = report.sessions, tariffs = report.tariffs.len(), "bills replayed");
            Ok::<_, ReplayError>((report, after))
        })?;
        if let Some(raised) = glance.raised() {
            return Err(raised.into());
        }
        let (report, after) = found?;
        Ok(Replayed::new(files, report, after))
    }

    /// One bill as a JSON document, under a tariff's file or as the journal assigns.
    fn explain(
        &self,
        py: Python<'_>,
        session: Text,
        tariff: Option<(Text, Text)>,
    ) -> Answer<String> {
        let Text(session) = session;
        let key: SessionKey = session.parse()?;
        let replay = self.priced_under(tariff.as_slice())?;
        let journal = self.journal.get()?.clone();
        let explanation = aside(py, move || replay.explain(&journal, &key))??;
        let file = tariff.map(|(Text(name), _)| name);
        Ok(explanation.document(file.as_deref()).to_string())
    }

    /// Verifies every event, also against checkpoints that a key has signed, and tells how many are
    /// sound, the root, and what speaks against it.
    fn verify(&self, py: Python<'_>, notes: Vec<Text>, key: Option<Text>) -> Answer<Verified> {
        let mut held = Vec::with_capacity(notes.len());
        if let Some(key) = key {
            let key = VerifierKey::read(&key)?;
            for note in notes {
                held.push(Checkpoint::read(&note, &key)?);
            }
        }
        let (journal, actor) = (self.journal.get()?.clone(), self.actor.clone());
        let is_left = Arc::new(AtomicBool::new(false));
        let at_batch = Arc::clone(&is_left);
        let found = aside(py, move || {
            journal.verify(&actor, &held, |_| match at_batch.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        });
        is_left.store(found.is_err(), Ordering::Relaxed);
        let stopped = || Failed::input("Stopped", "the verification was stopped");
        let found = found??.ok_or_else(stopped)?;
        // What a checkpoint contradicts stands before any damage: behind it nothing was compared.
        let against = match (found.contradiction, found.first_bad) {
            (Some(told), _) => Some((told.first_bad().map(|bad| bad.0), told.to_string())),
            (None, Some(damage)) => Some((Some(damage.position.0), damage.to_string())),
            (None, None) => None,
        };
        Ok((found.events, found.root.map(|root| root.to_string()), against))
    }

    /// Carries out commands written as JSON, all together or not at all.
    fn execute(&self, py: Python<'_>, commands: Text) -> Answer<Done> {
        let Text(commands) = commands;
        let request = Request::from_json(&commands)?;
        let journal = self.journal.get()?;
        let done = wait(py, async {
            let done = journal.execute(self.actor.as_str(), request).await?;
            if let Some(done) = &done {
                info!(first = done.first.0, last = done.last.0, "commands carried out");
            }
            Ok::<_, ExecuteError>(done)
        })??;
        Ok(done.map(|done| (done.first.0, done.last.0, done.written == Written::Before)))
    }
}

impl Ledger {
    /// A replay within the bounds, under tariffs' files; without one as the journal assigns.
    fn priced_under(&self, tariffs: &[(Text, Text)]) -> Answer<Replay> {
        let mut replay = Replay::as_assigned().actor(self.actor.as_str());
        if let Some(position) = self.as_known_at {
            replay = replay.as_known_at(position);
        }
        if let Some(day) = self.as_of {
            replay = replay.as_of(day);
        }
        for (name, text) in tariffs {
            replay = replay.and(&tariff(name, text)?);
        }
        Ok(replay)
    }

    /// Reads within the bounds, with an eye on signals.
    fn scanned<T: Send>(
        &self,
        py: Python<'_>,
        read: impl FnOnce(Scan, &ledger::Ledger) -> Result<T, TableError> + Send,
    ) -> Answer<T> {
        let journal = self.journal.get()?;
        let glance = Glance::new(None);
        let at_page = glance.clone();
        let mut scan = Scan::by(self.actor.as_str()).on_progress(move |come| at_page.at(come));
        if let Some(position) = self.as_known_at {
            scan = scan.as_known_at(position);
        }
        if let Some(day) = self.as_of {
            scan = scan.as_of(day);
        }
        if self.is_opening {
            scan = scan.opening();
        }
        let found = apart(py, || read(scan, journal))?;
        match glance.raised() {
            Some(raised) => Err(raised.into()),
            None => Ok(found?),
        }
    }
}

fn opened(address: &str, mode: &str, archive: Option<Text>) -> Answer<ledger::Ledger> {
    let to_read = || address::store_to_read(address);
    match (mode, archive) {
        ("r", None) => address::open_to_read(address),
        ("r", Some(Text(folder))) => {
            address::with_archive(&folder, to_read, Authority::read_only())
        }
        ("rw", None) => address::open_to_operate(address),
        ("rw", Some(Text(folder))) => {
            let to_write = || address::open_to_write(address);
            address::with_archive(&folder, to_write, Authority::local_operator())
        }
        (other, _) => {
            let sentence = format!("mode={other:?} is none; write \"r\" or \"rw\"");
            Err(Failed::input("UnknownMode", sentence))
        }
    }
}
