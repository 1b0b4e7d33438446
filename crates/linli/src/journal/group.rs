//! Group commit: concurrent callers are gathered once, and one thread writes for all of them.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use futures_channel::oneshot;
use parking_lot::Mutex;

use super::{
    Append, AppendError, Appended, Limit, LimitExceeded, Pending, Position, Written, record,
};

/// What a store does for a group: the one place where its journal is written.
pub trait GroupWriter: Send + 'static {
    /// Writes the appends in order, each atomic under its own conditions and seeing those before
    /// it, with one durable flush for all. One answer an append, in the same order.
    fn write_group(&mut self, group: Vec<Append>) -> Vec<Result<Appended, AppendError>>;
}

/// Callers that may wait at once. Beyond that an append is answered with `Busy`.
const QUEUE: usize = 4_096;
/// Bytes of appends after which a group is closed.
const GROUP_BYTES: usize = 16 * 1024 * 1024;

type Answers = Vec<Result<Appended, AppendError>>;

struct Submission {
    appends: Vec<Append>,
    answer: oneshot::Sender<Answers>,
}

/// What is written at once: what several callers have handed over.
#[derive(Default)]
struct Group {
    appends: Vec<Append>,
    bytes: usize,
    /// For each caller how many answers are due, and where.
    callers: Vec<(usize, oneshot::Sender<Answers>)>,
}

/// One writer thread and the queue before it. Dropping it writes what is queued, then stops.
#[derive(Debug)]
pub struct GroupCommit {
    queue: Mutex<Option<SyncSender<Submission>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Submission({} appends)", self.appends.len())
    }
}

impl GroupCommit {
    /// Starts the writer thread.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(writer: impl GroupWriter) -> std::io::Result<Self> {
        let (queue, submissions) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("linli-writer".into())
            .spawn(move || write_all(writer, &submissions))?;
        Ok(Self { queue: Mutex::new(Some(queue)), writer: Mutex::new(Some(thread)) })
    }

    /// Hands a group to the writer. What is handed over is written or refused whole, whether or
    /// not anybody waits for the answer.
    pub fn submit(&self, group: Vec<Append>) -> Pending<'static, Answers> {
        let keys: Vec<_> = group.iter().map(|append| append.key).collect();
        if keys.len() > Limit::GROUP {
            let refused = LimitExceeded::Group { appends: keys.len() };
            let refuse = move |_| Err(AppendError::Limit(refused.clone()));
            return Box::pin(std::future::ready(keys.into_iter().map(refuse).collect()));
        }
        let appends = group.into_iter().map(record::with_ids).collect();
        let (answer, answered) = oneshot::channel();
        let sent = match self.queue.lock().as_ref() {
            Some(queue) => {
                queue.try_send(Submission { appends, answer }).map_err(|error| match error {
                    TrySendError::Full(_) => "too many appends wait already",
                    TrySendError::Disconnected(_) => "the writer has stopped; open the store again",
                })
            }
            None => Err("the store is closed"),
        };
        Box::pin(async move {
            if let Err(reason) = sent {
                let busy = |_| Err(AppendError::Busy { reason: reason.into() });
                return keys.into_iter().map(busy).collect();
            }
            answered.await.unwrap_or_else(|_| {
                let reason = "the writer stopped before it answered";
                let unknown = |key| Err(AppendError::Unknown { key, reason: reason.into() });
                keys.into_iter().map(unknown).collect()
            })
        })
    }
}

/// The answers to a group that was not written: what `error` means for each append, by its key, but
/// for those of the `verdicts` reached before it that stand anyway: they speak of the append alone,
/// or of what stood in the journal up to `base`.
pub fn answers_of_unwritten<'a>(
    group: impl IntoIterator<Item = &'a Append>,
    verdicts: Answers,
    base: Option<Position>,
    error: &AppendError,
) -> Answers {
    let mut verdicts = verdicts.into_iter();
    let settled = |append: &Append| match (verdicts.next(), error) {
        (Some(verdict), _) if stands_anyway(&verdict, base) => verdict,
        (_, AppendError::Unknown { reason, .. }) => {
            Err(AppendError::Unknown { key: append.key, reason: reason.clone() })
        }
        (_, other) => Err(other.clone()),
    };
    group.into_iter().map(settled).collect()
}

fn stands_anyway(verdict: &Result<Appended, AppendError>, base: Option<Position>) -> bool {
    match verdict {
        Err(AppendError::Empty | AppendError::Limit(_)) => true,
        Err(AppendError::Conflict { found, .. }) => Some(*found) <= base,
        Err(AppendError::KeyReused { first, .. }) => Some(first.last) <= base,
        Ok(Appended { last, written: Written::Before, .. }) => Some(*last) <= base,
        _ => false,
    }
}

impl Drop for GroupCommit {
    fn drop(&mut self) {
        drop(self.queue.get_mut().take());
        if let Some(writer) = self.writer.get_mut().take() {
            // A writer that panicked has answered its callers by dropping their channels.
            let _ = writer.join();
        }
    }
}

impl Group {
    fn take(&mut self, submission: Submission) {
        self.bytes =
            submission.appends.iter().map(Append::bytes).fold(self.bytes, usize::saturating_add);
        self.callers.push((submission.appends.len(), submission.answer));
        self.appends.extend(submission.appends);
    }

    fn has_room(&self) -> bool {
        self.appends.len() < Limit::GROUP && self.bytes < GROUP_BYTES
    }

    fn has_room_for(&self, submission: &Submission) -> bool {
        self.appends.len().saturating_add(submission.appends.len()) <= Limit::GROUP
    }

    fn write(self, writer: &mut impl GroupWriter) {
        let mut results = writer.write_group(self.appends).into_iter();
        for (appends, answer) in self.callers {
            // The caller may have stopped waiting: that cancels nothing.
            let _ = answer.send(results.by_ref().take(appends).collect());
        }
    }
}

fn write_all(mut writer: impl GroupWriter, submissions: &Receiver<Submission>) {
    let mut left_over = None;
    while let Some(first) = left_over.take().or_else(|| submissions.recv().ok()) {
        let mut group = Group::default();
        group.take(first);
        while group.has_room()
            && let Ok(submission) = submissions.try_recv()
        {
            if !group.has_room_for(&submission) {
                left_over = Some(submission);
                break;
            }
            group.take(submission);
        }
        group.write(&mut writer);
    }
}
