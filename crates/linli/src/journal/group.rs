//! Group commit: concurrent callers are gathered once, and one thread writes for all of them. A
//! caller that is alone and waits anyway may write for itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use futures_channel::oneshot;
use parking_lot::Mutex;

use super::blocking::is_waited_for_here;
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
    thread: Mutex<Option<JoinHandle<()>>>,
    desk: Arc<Desk>,
}

/// Where the writer stands: who holds it writes.
struct Desk {
    writer: Mutex<Box<dyn GroupWriter>>,
    /// Whether the thread of a caller may write.
    is_open: bool,
    /// What was handed over and not taken up yet.
    queued: AtomicUsize,
    /// Whether the last group was that of one caller.
    was_alone: AtomicBool,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Desk({} queued)", self.queued.load(Ordering::Relaxed))
    }
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Submission({} appends)", self.appends.len())
    }
}

impl GroupCommit {
    /// Starts the writer thread. It alone writes.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(writer: impl GroupWriter) -> std::io::Result<Self> {
        Self::at(Box::new(writer), false)
    }

    /// Starts the writer thread. A caller that waits for its answer through [`super::Blocking`]
    /// writes on its own thread while nobody else does: it is spared two changes of threads. The
    /// writer must need no thread of its own, nor a runtime.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start_in_place(writer: impl GroupWriter) -> std::io::Result<Self> {
        Self::at(Box::new(writer), true)
    }

    fn at(writer: Box<dyn GroupWriter>, is_open: bool) -> std::io::Result<Self> {
        let (queue, submissions) = sync_channel(QUEUE);
        let (writer, queued) = (Mutex::new(writer), AtomicUsize::new(0));
        let desk = Arc::new(Desk { writer, is_open, queued, was_alone: AtomicBool::new(true) });
        let at = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name("linli-writer".into())
            .spawn(move || at.write_all(&submissions))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)), desk })
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
        let appends: Vec<_> = group.into_iter().map(record::with_ids).collect();
        let appends = match self.desk.written_here(appends) {
            Ok(answers) => return Box::pin(std::future::ready(answers)),
            Err(appends) => appends,
        };
        let (answer, answered) = oneshot::channel();
        let sent = match self.queue.lock().as_ref() {
            Some(queue) => self.desk.queue(queue, Submission { appends, answer }),
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
        if let Some(thread) = self.thread.get_mut().take() {
            // A writer that panicked has answered its callers by dropping their channels.
            let _ = thread.join();
        }
    }
}

impl Desk {
    /// Writes a group at once, or gives it back: where others write or wait, it is quicker to be
    /// gathered with them.
    fn written_here(&self, group: Vec<Append>) -> Result<Answers, Vec<Append>> {
        if !self.is_open || !is_waited_for_here() || !self.was_alone.load(Ordering::Relaxed) {
            return Err(group);
        }
        match self.writer.try_lock() {
            // Nobody overtakes what was handed over before.
            Some(mut writer) if self.queued.load(Ordering::SeqCst) == 0 => {
                Ok(writer.write_group(group))
            }
            _ => Err(group),
        }
    }

    fn queue(
        &self,
        queue: &SyncSender<Submission>,
        submission: Submission,
    ) -> Result<(), &'static str> {
        self.queued.fetch_add(1, Ordering::SeqCst);
        queue.try_send(submission).map_err(|error| {
            self.queued.fetch_sub(1, Ordering::SeqCst);
            match error {
                TrySendError::Full(_) => "too many appends wait already",
                TrySendError::Disconnected(_) => "the writer has stopped; open the store again",
            }
        })
    }

    fn write_all(&self, submissions: &Receiver<Submission>) {
        let mut left_over = None;
        while let Some(first) = left_over.take().or_else(|| submissions.recv().ok()) {
            let mut writer = self.writer.lock();
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
            self.queued.fetch_sub(group.callers.len(), Ordering::SeqCst);
            self.was_alone.store(group.callers.len() == 1, Ordering::Relaxed);
            let answers = writer.write_group(group.appends);
            // Before the answers, so that who gets one may write the next group.
            drop(writer);
            answer(answers, group.callers);
        }
    }
}

/// Gives each caller its answers. It may have stopped waiting: that cancels nothing.
fn answer(answers: Answers, callers: Vec<(usize, oneshot::Sender<Answers>)>) {
    let mut answers = answers.into_iter();
    for (appends, answer) in callers {
        let _ = answer.send(answers.by_ref().take(appends).collect());
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
}
