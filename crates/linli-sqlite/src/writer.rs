//! A group written in one transaction, and what a failure means for it: on the writer's thread, or
//! on that of a caller who waits alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use linli::journal::{
    Append, AppendError, Content, Corruption, GroupWriter, HeadWatch, Position,
    answers_of_unwritten,
};
use rusqlite::{Connection, ErrorCode};

use crate::admit::{Admission, Verdict};
use crate::error::{DAMAGED, Trouble, is_damage};
use crate::identity::FileId;
use crate::query::{head, with_record};
use crate::settings::{Place, wal};
use crate::tail::Tail;
use crate::{OpenError, open, schema};

/// The one connection that writes.
#[derive(Debug)]
pub(crate) struct Writer {
    place: Place,
    /// `None` after a failure: a new one is opened for the next group.
    connection: Option<Connection>,
    /// The log that this connection writes to.
    log: Option<FileId>,
    /// The last append known to be whole.
    checked: Option<Position>,
    /// The version of the tables that were found to be ours.
    schema: Option<i64>,
    /// What is known of the appends behind the index.
    tail: Tail,
    watch: HeadWatch,
    flushes: Arc<AtomicU64>,
    /// A commit failed, and may come back when the log is read anew.
    is_unsettled: Arc<AtomicBool>,
}

/// How far a group had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing had been written.
    Begin,
    /// Rows had been written, in a transaction that was not committed.
    Middle,
    /// The commit had begun.
    Commit,
}

#[derive(Debug)]
struct Failure {
    stage: Stage,
    /// The head before the group.
    base: Option<Position>,
    trouble: Trouble,
}

impl Writer {
    pub(crate) fn new(
        place: Place,
        connection: Connection,
        watch: HeadWatch,
        flushes: Arc<AtomicU64>,
        is_unsettled: Arc<AtomicBool>,
    ) -> Self {
        let connection = Some(connection);
        let (log, checked, schema, tail) = (None, None, None, Tail::default());
        Self { place, connection, log, checked, schema, tail, watch, flushes, is_unsettled }
    }

    fn connect(&mut self) -> Result<Connection, AppendError> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        // Nothing is believed of the journal that a failure left behind.
        (self.log, self.checked, self.schema) = (None, None, None);
        self.tail = Tail::default();
        if let Err(trouble) = self.place.must_be_unchanged() {
            return Err(AppendError::NotWritable { reason: trouble.to_string() });
        }
        let connection = open::reopen(&self.place).map_err(|error| not_reopened(&error))?;
        if self.is_unsettled.load(Ordering::SeqCst) {
            settle(&connection).map_err(|error| {
                let reason = format!("what a failure left cannot be cleared away yet: {error}");
                AppendError::Busy { reason }
            })?;
            self.is_unsettled.store(false, Ordering::SeqCst);
        }
        Ok(connection)
    }

    /// Writes a group and commits it. The verdicts hold if this succeeds.
    fn flush(
        &mut self,
        connection: &Connection,
        group: &[(Append, Content)],
        verdicts: &mut Vec<Verdict>,
    ) -> Result<Option<Position>, Failure> {
        let checked = self.checked;
        let begin = |trouble| Failure { stage: Stage::Begin, base: checked, trouble };
        connection.execute_batch("BEGIN IMMEDIATE").map_err(Trouble::from).map_err(begin)?;
        // Only now, for the lock may have been waited for.
        self.place.must_be_unchanged().map_err(begin)?;
        self.log = Some(self.own_log().map_err(begin)?);
        let base = self.whole_head(connection).map_err(begin)?;
        self.schema = Some(self.own_schema(connection).map_err(begin)?);
        self.checked = base;
        let failed = |stage, trouble| Failure { stage, base, trouble };
        // Whatever fails from here on, it is read anew.
        let mut tail = std::mem::take(&mut self.tail);
        tail.bring_up(connection, base).map_err(begin)?;
        let mut admission = Admission { connection, tail, head: base, written: 0 };
        for (append, content) in group {
            let verdict = admission.admit(append, content);
            verdicts.push(verdict.map_err(|trouble| failed(Stage::Middle, trouble))?);
        }
        let head = admission.head;
        if head == base {
            // Nothing to flush: all of it was refused, or stands there already.
            let ended = connection.execute_batch("ROLLBACK");
            ended.map_err(|error| failed(Stage::Middle, error.into()))?;
            self.tail = admission.tail;
            return Ok(base);
        }
        admission.finish().map_err(|trouble| failed(Stage::Middle, trouble))?;
        admission.stands_at_the_end(base).map_err(|trouble| failed(Stage::Middle, trouble))?;
        let ended = connection.execute_batch("COMMIT");
        ended.map_err(|error| failed(Stage::Commit, error.into()))?;
        self.flushes.fetch_add(1, Ordering::Relaxed);
        self.tail = admission.tail;
        Ok(head)
    }

    /// The log, once it is known for the one that this connection writes to. While somebody has the
    /// journal open, nobody who respects locks removes it.
    fn own_log(&self) -> Result<FileId, Trouble> {
        let path = wal(&self.place.path);
        match FileId::of(&path) {
            Ok(now) if self.log.is_none_or(|log| log == now) => Ok(now),
            _ => Err(Trouble::Changed(format!(
                "{} was removed or replaced while the journal was open; close the journal, which \
                 keeps what was answered, and open it again",
                path.display()
            ))),
        }
    }

    /// The head, once the append that ends there is known to be whole.
    fn whole_head(&self, connection: &Connection) -> Result<Option<Position>, Trouble> {
        let head = head(connection)?;
        if head < self.checked {
            let show = |position: Option<Position>| position.map_or(0, |position| position.0);
            return Err(Trouble::Changed(format!(
                "the journal went back from {} to {}: the file was replaced; open it again",
                show(self.checked),
                show(head)
            )));
        }
        if let Some(last) = head
            && head != self.checked
        {
            with_record(connection, last.0.cast_signed(), |_| Ok(()))?;
        }
        Ok(head)
    }

    /// The version of the tables, once they are known to be ours.
    fn own_schema(&self, connection: &Connection) -> Result<i64, Trouble> {
        let mut statement = connection.prepare_cached("PRAGMA schema_version")?;
        let version: i64 = statement.query_row([], |row| row.get(0))?;
        if self.schema != Some(version) {
            let checked = schema::check(connection, &self.place.path);
            checked.map_err(|error| Trouble::Changed(error.to_string()))?;
        }
        Ok(version)
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
        let connection = match self.connect() {
            Ok(connection) => connection,
            Err(busy) => return group.iter().map(|_| Err(busy.clone())).collect(),
        };
        let mut verdicts = Vec::with_capacity(group.len());
        let failure = match self.flush(&connection, &group, &mut verdicts) {
            Ok(head) => {
                self.checked = head;
                self.connection = Some(connection);
                self.watch.reached(head);
                return verdicts;
            }
            Err(failure) => failure,
        };
        let error = failure.meaning(&connection);
        // What was changed under us stays so for this connection; a new one would not know of it.
        let is_kept = matches!(error, AppendError::Busy { .. })
            || matches!(failure.trouble, Trouble::Changed(_));
        if is_kept && connection.is_autocommit() {
            self.connection = Some(connection);
        } else if matches!(error, AppendError::Unknown { .. }) {
            drop(connection);
            self.is_unsettled.store(true, Ordering::SeqCst);
            // At once, so that who asks for the key is not kept waiting.
            self.connection = self.connect().ok();
        }
        let appends = group.iter().map(|(append, _)| append);
        answers_of_unwritten(appends, verdicts, failure.base, &error)
    }
}

impl Failure {
    /// Rolls back, and says what an append of the group that failed may have come to.
    fn meaning(&self, connection: &Connection) -> AppendError {
        let is_rolled_back =
            connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        let error = match &self.trouble {
            Trouble::Corrupt(corruption) => return AppendError::Corrupt(corruption.clone()),
            Trouble::Changed(reason) => {
                return AppendError::NotWritable { reason: reason.clone() };
            }
            Trouble::Sqlite(error) => error,
        };
        let is_certain = is_rolled_back && self.stage != Stage::Commit;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) if is_rolled_back => {
                let reason = "another process is writing; try again when it is done".into();
                AppendError::Busy { reason }
            }
            Some(ErrorCode::DiskFull) if is_rolled_back && self.is_undone(connection) => {
                let reason = "the disk is full; make room on it and append again".into();
                AppendError::NotWritable { reason }
            }
            Some(code) if is_damage(code) && is_certain => self.damage(DAMAGED),
            Some(ErrorCode::ConstraintViolation) if is_certain => {
                self.damage("an index holds what no append wrote")
            }
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
                if is_certain =>
            {
                let mend = "allow writing to the file and its folder";
                AppendError::NotWritable { reason: format!("SQLite says: {error}; {mend}") }
            }
            Some(ErrorCode::OutOfMemory) if is_certain => {
                AppendError::Busy { reason: "there is no memory left".into() }
            }
            _ if self.stage == Stage::Begin => {
                AppendError::Busy { reason: format!("SQLite says: {error}; check the disk") }
            }
            _ => AppendError::Unknown { key: None, reason: format!("SQLite says: {error}") },
        }
    }

    fn damage(&self, what: &'static str) -> AppendError {
        let after = self.base.map_or(0, |base| base.0);
        let position = Position(after.saturating_add(1));
        AppendError::Corrupt(Corruption::of_journal(position, what))
    }

    /// Whether the journal shows that nothing of the group is in it.
    fn is_undone(&self, connection: &Connection) -> bool {
        self.stage == Stage::Begin || head(connection).is_ok_and(|head| head == self.base)
    }
}

/// Makes what is read now hold for ever. A commit whose flush failed stands in the log unseen, and
/// would come back when the log is read anew: so the log is folded into the file and emptied, and
/// a commit that changes nothing is flushed behind that.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    let fold = |row: &rusqlite::Row<'_>| row.get::<_, bool>(0);
    if connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], fold)? {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(rusqlite::Error::SqliteFailure(busy, None));
    }
    connection.pragma_update(None, "user_version", schema::VERSION)
}

/// What it means for an append that the journal could not be opened again after a failure.
fn not_reopened(error: &OpenError) -> AppendError {
    let reason = format!("after a failure the journal could not be opened again: {error}");
    match error {
        OpenError::Damaged { .. } | OpenError::Truncated { .. } | OpenError::NotSqlite { .. } => {
            AppendError::Corrupt(Corruption::of_journal(Position(1), DAMAGED))
        }
        // Held by somebody, or an I/O error that may pass.
        OpenError::Busy { .. } | OpenError::Refused { .. } => AppendError::Busy { reason },
        _ => AppendError::NotWritable { reason },
    }
}
