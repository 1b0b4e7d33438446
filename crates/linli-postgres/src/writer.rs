//! The writer thread's work: a group in one transaction, and what a failure means for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use linli::journal::{
    Append, AppendError, Content, Corruption, GroupWriter, HeadWatch, Position,
    answers_of_unwritten,
};
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use crate::admit::{Admission, Verdict};
use crate::error::{DAMAGED, Trouble, is_damage};
use crate::reader::{Journal, head_of};
use crate::schema::LOCK;
use crate::session::{Parameter, Session};
use crate::walk::located;
use crate::watch::CHANNEL;

/// Each statement sees all that was committed before it, so that what is read under the lock is
/// the latest. Whoever loses the server gives the lock back after ten seconds.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
    SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '5s'; \
    SET LOCAL statement_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = '10s'";
/// In a statement of its own: its snapshot is older than the lock.
const ONLY_WRITER: &str = "SELECT pg_catalog.pg_advisory_xact_lock($1, $2)";
const HEAD: &str = "SELECT head, (SELECT last FROM linli.append WHERE journal = id \
        ORDER BY last DESC LIMIT 1), current_setting('synchronous_commit'), \
        current_setting('fsync'), current_setting('full_page_writes') \
    FROM linli.journal WHERE id = $1 AND name = $2";
const TELL: &str = "SELECT pg_catalog.pg_notify($1, $2)";
/// How long a group may take in all, the server's own limits being lower.
const PATIENCE: Duration = Duration::from_mins(2);

/// The one connection that writes.
#[derive(Debug)]
pub(crate) struct Writer {
    journal: Journal,
    runtime: Handle,
    /// `None` after a failure: a new one is made for the next group.
    session: Option<Session>,
    /// The head that this writer saw last.
    checked: Option<Position>,
    watch: HeadWatch,
    commits: Arc<AtomicU64>,
}

/// How far a group had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The commit had not been asked for: the server undoes all of it.
    Open,
    /// The commit had been asked for.
    Commit,
}

/// How far a group has come.
#[derive(Debug)]
struct Attempt {
    stage: Stage,
    /// The head before the group, as far as it is known.
    base: Option<Position>,
    /// One an append, as far as they were looked at. They hold once the group is committed.
    verdicts: Vec<Verdict>,
}

impl Writer {
    pub(crate) fn new(
        journal: Journal,
        runtime: Handle,
        watch: HeadWatch,
        commits: Arc<AtomicU64>,
    ) -> Self {
        Self { journal, runtime, session: None, checked: None, watch, commits }
    }

    /// Writes a group, commits it, and gives the new head.
    async fn flush(
        &self,
        session: &Session,
        group: &[(Append, Content)],
        attempt: &mut Attempt,
    ) -> Result<Option<Position>, Trouble> {
        let base = self.begin(session).await?;
        attempt.base = base;
        let mut admission = Admission::of(&self.journal, session, base, group).await?;
        for (number, (append, content)) in group.iter().enumerate() {
            attempt.verdicts.push(admission.admit(number, append, content).await?);
        }
        let head = admission.write().await?;
        if head == base {
            // Nothing to flush: all of it was refused, or stands there already.
            session.run("ROLLBACK").await?;
            return Ok(head);
        }
        attempt.stage = Stage::Commit;
        let (committed, ()) = tokio::join!(biased; session.run("COMMIT"), self.tell(session));
        committed?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(head)
    }

    /// Begins a transaction, becomes the only writer, and gives the head.
    async fn begin(&self, session: &Session) -> Result<Option<Position>, Trouble> {
        let (id, name) = (self.journal.id, self.journal.place.journal.as_str());
        let lock: [Parameter<'_>; 2] = [(&LOCK, Type::INT4), (&id, Type::INT4)];
        let journal: [Parameter<'_>; 2] = [(&id, Type::INT4), (&name, Type::TEXT)];
        // Sent together: the server takes them in turn, each statement with a snapshot of its own.
        let ((), _, row) = tokio::try_join!(
            biased;
            session.run(BEGIN),
            session.rows(ONLY_WRITER, &lock),
            session.row(HEAD, &journal),
        )?;
        let row = row.ok_or_else(|| self.journal.gone())?;
        let settings = [(2, "synchronous_commit"), (3, "fsync"), (4, "full_page_writes")];
        for (column, setting) in settings {
            let found: &str = row.get(column);
            if found != "on" {
                return Err(Trouble::Changed(format!(
                    "the server has {setting} = {found} now and can lose what it acknowledges; \
                     set it to on"
                )));
            }
        }
        let head = head_of(row.get(0), row.get(1))?;
        if head < self.checked {
            let show = |position: Option<Position>| position.map_or(0, |position| position.0);
            return Err(Trouble::Changed(format!(
                "the journal went back from {} to {}: an older state was restored; open it again",
                show(self.checked),
                show(head)
            )));
        }
        Ok(head)
    }

    /// Tells other processes. Not in the transaction of the group: the server lets only one commit
    /// at a time tell anything, in all its databases, and would hold that through the flush.
    async fn tell(&self, session: &Session) {
        let journal = self.journal.id.to_string();
        let told = session.rows(TELL, &[(&CHANNEL, Type::TEXT), (&journal, Type::TEXT)]).await;
        // Nobody needs it to be right: who waits looks by itself as well.
        drop(told);
    }

    /// Writes a group; once more, on a new connection, if the kept one turns out to be lost before
    /// a commit was asked for.
    async fn write(
        &mut self,
        group: &[(Append, Content)],
        attempt: &mut Attempt,
    ) -> Result<Option<Position>, Trouble> {
        if let Some(kept) = self.session.take().filter(|kept| !kept.client.is_closed()) {
            match self.write_over(kept, group, attempt).await {
                Err(trouble) if trouble.is_loss() && attempt.stage == Stage::Open => {
                    attempt.verdicts.clear();
                }
                ended => return ended,
            }
        }
        let session = Session::reconnect(&self.journal.place).await?;
        self.write_over(session, group, attempt).await
    }

    async fn write_over(
        &mut self,
        session: Session,
        group: &[(Append, Content)],
        attempt: &mut Attempt,
    ) -> Result<Option<Position>, Trouble> {
        let flush = self.flush(&session, group, attempt);
        match tokio::time::timeout(PATIENCE, flush).await.unwrap_or(Err(Trouble::Silent)) {
            Ok(head) => {
                self.session = Some(session);
                Ok(head)
            }
            // The connection is dropped, and the server undoes what was not committed.
            Err(trouble) => Err(located(&session, self.journal.id, trouble).await),
        }
    }
}

impl GroupWriter for Writer {
    fn write_group(&mut self, group: Vec<Append>) -> Vec<Verdict> {
        // Digests are made before the lock is taken; other processes wait for it.
        let digest = |append: Append| {
            let content = append.key.map_or(Content::clear([0; 32]), |_| append.content());
            (append, content)
        };
        let group: Vec<(Append, Content)> = group.into_iter().map(digest).collect();
        let verdicts = Vec::with_capacity(group.len());
        let mut attempt = Attempt { stage: Stage::Open, base: self.checked, verdicts };
        let runtime = self.runtime.clone();
        let trouble = match runtime.block_on(self.write(&group, &mut attempt)) {
            Ok(head) => {
                self.checked = head;
                self.watch.reached(head);
                return attempt.verdicts;
            }
            Err(trouble) => trouble,
        };
        let error = attempt.meaning_of(&trouble);
        let appends = group.iter().map(|(append, _)| append);
        answers_of_unwritten(appends, attempt.verdicts, attempt.base, &error)
    }
}

impl Attempt {
    /// What an append of a group that failed may have come to.
    fn meaning_of(&self, trouble: &Trouble) -> AppendError {
        if self.stage == Stage::Commit {
            // Whatever was said: a server that is told to stop while it waits for its standby says
            // so after the commit.
            let reason = format!("the answer to its commit was lost ({trouble})");
            return AppendError::Unknown { key: None, reason };
        }
        match trouble {
            Trouble::Corrupt(corruption) => AppendError::Corrupt(corruption.clone()),
            Trouble::Record { damage, .. } => self.damage(damage.what),
            Trouble::Changed(reason) => AppendError::NotWritable { reason: reason.clone() },
            Trouble::Silent => AppendError::Busy { reason: trouble.to_string() },
            Trouble::Server(error) => match error.code() {
                Some(state) => self.meaning_of_state(state, trouble),
                None => AppendError::Busy {
                    reason: format!(
                        "the server is out of reach ({trouble}); check that it runs, append again"
                    ),
                },
            },
        }
    }

    fn meaning_of_state(&self, state: &SqlState, said: &Trouble) -> AppendError {
        match state {
            &SqlState::LOCK_NOT_AVAILABLE => {
                let reason = "another process is writing; try again when it is done".into();
                AppendError::Busy { reason }
            }
            &SqlState::DISK_FULL => AppendError::NotWritable {
                reason: format!("the server's disk is full ({said}); make room on it"),
            },
            &SqlState::READ_ONLY_SQL_TRANSACTION => AppendError::NotWritable {
                reason: "the server takes no writes; name the primary in the address".into(),
            },
            &SqlState::INSUFFICIENT_PRIVILEGE => AppendError::NotWritable {
                reason: format!("the server says: {said}; grant what the crate's page lists"),
            },
            &SqlState::UNIQUE_VIOLATION => self.damage("an index holds what no append wrote"),
            state if is_damage(state) => self.damage(DAMAGED),
            _ => AppendError::Busy { reason: format!("the server says: {said}") },
        }
    }

    fn damage(&self, what: &'static str) -> AppendError {
        let after = self.base.map_or(0, |base| base.0);
        AppendError::Corrupt(Corruption::of_journal(Position(after.saturating_add(1)), what))
    }
}
