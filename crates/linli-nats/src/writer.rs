//! The writer thread's work: a group is published as one batch, and what is not answered is looked
//! for.
//!
//! A batch names the sequence number that it follows, and is stored there or not at all. So whether
//! it was stored is never guessed: once the stream has an append of that number, it is ours or it
//! is another's, and then ours is nowhere and never will be. Messages are not published ahead one
//! by one: when another's message takes the place of the first, the second would be let in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use linli::journal::{Append, AppendError, Content, GroupWriter, HeadWatch};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::admit::{Admission, Planned, Verdict};
use crate::error::Trouble;
use crate::journal::Journal;

/// How long a group is tried for: a cluster that lost its leader has another one by then.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(100);
/// How old a look at the stream's settings may be when something is appended.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The stream's last message is not the one that was named, or its last proposal is not.
const OVERTAKEN: [u64; 2] = [10_071, 10_164];
/// The account, the servers or their disks have no room: said before anything is stored.
const NO_ROOM: [u64; 4] = [10_002, 10_023, 10_028, 10_047];

/// The one who writes.
#[derive(Debug)]
pub(crate) struct Writer {
    journal: Arc<Journal>,
    runtime: Handle,
    watch: HeadWatch,
    commits: Arc<AtomicU64>,
    looked: Option<Instant>,
}

/// What a batch came to.
#[derive(Debug)]
enum Outcome {
    Stored,
    /// Another append was first.
    Overtaken,
    /// Nothing was stored, and trying again would not help.
    NotTaken(String),
    /// It may have been stored.
    Doubtful(String),
    /// It did not reach anybody.
    NotSent(String),
}

/// A group on its way.
#[derive(Debug)]
struct Attempt<'a> {
    group: &'a [(Append, Content)],
    /// The answers that hold, whatever comes: those of the first appends of the group.
    settled: Vec<Verdict>,
    /// What is published now, or was published and not answered. It goes before everything else.
    open: Vec<Planned>,
    /// Whether some of it may have come to a server that did not answer.
    is_sent: bool,
    /// Why it is not done yet.
    why: String,
}

impl Writer {
    pub(crate) fn new(
        journal: Arc<Journal>,
        runtime: Handle,
        watch: HeadWatch,
        commits: Arc<AtomicU64>,
    ) -> Self {
        Self { journal, runtime, watch, commits, looked: None }
    }

    async fn write(&mut self, attempt: &mut Attempt<'_>) -> Result<(), AppendError> {
        let deadline = Instant::now() + PATIENCE;
        let is_new = self.journal.connection.is_new.load(Ordering::SeqCst);
        let mut is_behind = is_new || self.looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY);
        while attempt.settled.len() < attempt.group.len() && Instant::now() < deadline {
            let step = self.step(attempt, is_behind);
            // Only a look may be cut short: what was published has been noted before.
            let Ok(step) = tokio::time::timeout_at(deadline, step).await else { return Ok(()) };
            match step {
                Ok(Outcome::Stored) => is_behind = false,
                Ok(Outcome::Overtaken) => is_behind = true,
                Ok(Outcome::NotTaken(reason)) => return Err(AppendError::NotWritable { reason }),
                Ok(Outcome::Doubtful(why) | Outcome::NotSent(why)) => {
                    (attempt.why, is_behind) = (why, true);
                    tokio::time::sleep(PAUSE).await;
                }
                Err(trouble) if trouble.is_passing() => {
                    (attempt.why, is_behind) = (trouble.to_string(), true);
                }
                Err(Trouble::Corrupt(corruption)) => return Err(AppendError::Corrupt(corruption)),
                Err(trouble) => {
                    return Err(AppendError::NotWritable { reason: trouble.to_string() });
                }
            }
        }
        Ok(())
    }

    /// Brings the index up to date if need be, settles what was in doubt, decides the next appends
    /// and publishes those that are let in.
    async fn step(
        &mut self,
        attempt: &mut Attempt<'_>,
        is_behind: bool,
    ) -> Result<Outcome, Trouble> {
        if is_behind {
            self.journal.catch_up().await?;
            self.looked = Some(Instant::now());
        }
        self.settle_open(attempt).await?;
        if attempt.open.is_empty() {
            attempt.open = self.plan(attempt).await?;
        }
        // Noted before anything is sent: the answer may never be waited for.
        let was_sent = std::mem::replace(&mut attempt.is_sent, true);
        let outcome = self.publish(&attempt.open, was_sent).await;
        match outcome {
            Outcome::Stored => {
                attempt.is_sent = false;
                let open = attempt.open.drain(..).map(|planned| (planned.verdict, planned.message));
                let (verdicts, messages): (Vec<_>, Vec<_>) = open.unzip();
                // All of them are answered, even if the index has no room for one.
                attempt.settled.extend(verdicts);
                for (_, stored) in messages.iter().flatten() {
                    self.journal.take_in(stored)?;
                }
            }
            Outcome::Overtaken | Outcome::NotTaken(_) | Outcome::NotSent(_) if !was_sent => {
                attempt.is_sent = false;
                attempt.open.clear();
            }
            // An earlier one may have been stored, whatever is said of this one.
            _ => {}
        }
        Ok(outcome)
    }

    /// Settles what was published and not answered, if the stream shows by now what became of it.
    async fn settle_open(&self, attempt: &mut Attempt<'_>) -> Result<(), Trouble> {
        let sent = |planned: &Planned| planned.message.as_ref().map(|(_, stored)| stored.clone());
        let Some(first) = attempt.open.iter().find_map(sent) else { return Ok(()) };
        let Some(there) = self.journal.index.lock().at(first.sequence) else { return Ok(()) };
        if self.journal.fetch(&[there]).await? != [first] {
            // Another append has its place, so that it never came to stand and never will.
            attempt.is_sent = false;
            attempt.open.clear();
            return Ok(());
        }
        // The rest of the batch is there as well, or about to be.
        let last = attempt.open.iter().rev().find_map(sent).map_or(0, |last| last.sequence);
        self.journal.catch_up_to(last).await?;
        attempt.is_sent = false;
        attempt.settled.extend(attempt.open.drain(..).map(|planned| planned.verdict));
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Decides the next appends of the group.
    async fn plan(&self, attempt: &Attempt<'_>) -> Result<Vec<Planned>, Trouble> {
        let mut admission = Admission::of(&self.journal);
        let mut planned = Vec::new();
        for (append, content) in attempt.group.iter().skip(attempt.settled.len()) {
            if admission.is_full() {
                break;
            }
            planned.push(admission.admit(append, content).await?);
        }
        Ok(planned)
    }

    /// Publishes what was let in, as one batch, and waits for the answer.
    async fn publish(&self, planned: &[Planned], is_repeat: bool) -> Outcome {
        let messages = planned.iter().filter_map(|planned| planned.message.as_ref());
        // A repeat has no id: whatever the server remembers of it, the stream decides.
        let headed = messages.map(|(id, stored)| match is_repeat {
            true => (stored.headers(), stored.record.clone()),
            false => (stored.headers_with_id(id), stored.record.clone()),
        });
        let messages: Vec<_> = headed.collect();
        let Some(last) = planned.iter().rev().find_map(|planned| planned.message.as_ref()) else {
            return Outcome::Stored;
        };
        let last = last.1.sequence;
        let follows = last.saturating_sub(messages.len() as u64);
        let subject = self.journal.place.stream.subject();
        let answer = self.journal.connection.publish(subject, follows, messages).await;
        let outcome = self.meaning_of(answer, last);
        if matches!(outcome, Outcome::Stored) {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    fn meaning_of(&self, answer: Result<Value, Trouble>, last: u64) -> Outcome {
        let answer = match answer {
            Ok(answer) => answer,
            Err(trouble @ Trouble::Nobody) => return Outcome::NotSent(trouble.to_string()),
            Err(trouble @ Trouble::Forbidden(_)) => return Outcome::NotTaken(trouble.to_string()),
            Err(trouble) => return Outcome::Doubtful(trouble.to_string()),
        };
        let Some(error) = answer.get("error") else {
            let is_ours = answer.get("seq").and_then(Value::as_u64) == Some(last)
                && answer.get("duplicate").is_none_or(|duplicate| duplicate == false)
                && answer.get("stream").is_some_and(|s| s == self.journal.place.stream.as_str());
            return match is_ours {
                true => Outcome::Stored,
                // The answer to a repeat means nothing: the stream is asked.
                false => Outcome::Doubtful("the server had seen it before".into()),
            };
        };
        let code = error.get("err_code").and_then(Value::as_u64).unwrap_or(0);
        let text = error.get("description").and_then(Value::as_str).unwrap_or_default();
        match code {
            code if OVERTAKEN.contains(&code) => Outcome::Overtaken,
            code if NO_ROOM.contains(&code) => Outcome::NotTaken(format!(
                "the servers have no room ({text}, {code}); give JetStream more of the disk"
            )),
            _ => Outcome::Doubtful(format!("the server says: {text} ({code})")),
        }
    }

    /// The answers to a group; where an append may come to stand after all is noted.
    fn answers(&self, attempt: Attempt<'_>, ended: Result<(), AppendError>) -> Vec<Verdict> {
        let sent = attempt.open.iter().filter(|_| attempt.is_sent);
        for (_, stored) in sent.filter_map(|planned| planned.message.as_ref()) {
            self.journal.doubt(stored.sequence);
        }
        attempt.answers(ended)
    }
}

impl Attempt<'_> {
    /// Those that are settled, and what is to be said of the rest.
    fn answers(self, ended: Result<(), AppendError>) -> Vec<Verdict> {
        let Self { group, mut settled, open, is_sent, why } = self;
        let error = ended.err().unwrap_or(AppendError::Busy { reason: why.clone() });
        let keys = group.iter().map(|(append, _)| append.key).skip(settled.len());
        let (mut open, mut doubted) = (open.into_iter(), Vec::new());
        for key in keys {
            let is_doubted = key.is_some() && doubted.contains(&key);
            settled.push(match open.next() {
                Some(Planned { message: Some(_), .. }) if is_sent => {
                    doubted.push(key);
                    Err(AppendError::Unknown { key, reason: why.clone() })
                }
                Some(Planned {
                    message: None,
                    verdict: verdict @ Err(AppendError::Empty | AppendError::Limit(_)),
                }) => verdict,
                // The same append once more stands if the first one does.
                _ if is_doubted => Err(AppendError::Unknown { key, reason: why.clone() }),
                _ => Err(error.clone()),
            });
        }
        settled
    }
}

impl GroupWriter for Writer {
    fn write_group(&mut self, group: Vec<Append>) -> Vec<Verdict> {
        let digest = |append: Append| {
            let content = append.key.map_or(Content::clear([0; 32]), |_| append.content());
            (append, content)
        };
        let group: Vec<(Append, Content)> = group.into_iter().map(digest).collect();
        let settled = Vec::with_capacity(group.len());
        let why = "there was no time left".to_owned();
        let open = Vec::new();
        let mut attempt = Attempt { group: &group, settled, open, is_sent: false, why };
        let before = self.journal.index.lock().last();
        let runtime = self.runtime.clone();
        let ended = runtime.block_on(self.write(&mut attempt));
        let (head, last) = self.journal.reached();
        if last > before {
            self.watch.reached(head);
            runtime.block_on(self.journal.tell());
        }
        self.answers(attempt, ended)
    }
}

/// The second one stands as soon as the first one does: that nothing was written would be a guess.
#[test]
fn the_same_append_twice_in_a_group_is_unknown_twice() {
    use linli::journal::{Event, IdempotencyKey};

    let keyed = |key: Option<&str>| {
        let mut append = Append::of(Event::new("Told"));
        append.key = key.map(|key| IdempotencyKey::of("writer", key));
        (append, Content::clear([0; 32]))
    };
    let group = [Some("a"), Some("a"), Some("b"), None, Some("a")].map(keyed);
    let busy = || Err(AppendError::Busy { reason: String::new() });
    let (writer, record) = ("w".into(), bytes::Bytes::new());
    let stored = crate::message::Stored { sequence: 1, first: 1, events: 1, writer, record };
    let open = vec![
        Planned { verdict: busy(), message: Some((String::new(), stored)) },
        Planned { verdict: busy(), message: None },
    ];
    let why = "silence".to_owned();
    let attempt = Attempt { group: &group, settled: Vec::new(), open, is_sent: true, why };
    let answers = attempt.answers(Ok(()));
    let unknown = answers.iter().map(|told| matches!(told, Err(AppendError::Unknown { .. })));
    assert_eq!(unknown.collect::<Vec<_>>(), [true, true, false, false, true]);
}
