//! Following a journal: what is there and what comes, without gap or repeat.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::Journal;
use super::steps::{appended, note, noted};
use super::waiting::PATIENCE;
use crate::journal::{
    Append, AppendError, Appended, EventStore, IdempotencyKey, Limit, MemoryStore, Page, Pending,
    Position, Query, ReadError, ReadOptions, Receipt, Stopper, Subscription, SubscriptionError,
};

/// Rarer than any law has patience for: whoever is right by it was woken.
const NEVER: Duration = Duration::from_hours(1);
const OFTEN: Duration = Duration::from_millis(10);

/// Who follows while others append is given each event once and in order, whether it was there
/// before or came meanwhile.
pub async fn what_is_there_and_what_comes_is_given_once(journal: &dyn Journal) {
    const EVENTS: u64 = 300;
    let store = journal.open();
    for number in 1..=EVENTS / 3 {
        note(&*store, parity(number)).await;
    }
    let all = Following::begin(Subscription::new(journal.open(), Query::all(), None));
    let even = Following::begin(Subscription::new(journal.open(), Query::tagged("even"), None));
    for number in EVENTS / 3 + 1..=EVENTS {
        note(&*store, parity(number)).await;
    }
    assert!(all.until(EVENTS).into_iter().eq(1..=EVENTS), "each event once, in order");
    let expected = (1..=EVENTS).filter(|number| parity(*number) == "even");
    assert!(even.until(EVENTS).into_iter().eq(expected), "each event that matches, once");
}

/// Who subscribes again at the place where a subscription stood goes on behind what it gave, and
/// events that do not match move that place as well.
pub async fn a_subscription_goes_on_at_its_place(journal: &dyn Journal) {
    let store = journal.open();
    for tag in ["a", "b", "a", "b", "b"] {
        note(&*store, tag).await;
    }
    let follow = |after| Subscription::new(Arc::clone(&store), Query::tagged("a"), after);
    let mut first = follow(None);
    assert_eq!(given(first.next()).positions(), [1, 3]);
    assert_eq!(first.place(), Some(Position(5)), "two that do not match were passed over");
    note(&*store, "a").await;
    let mut second = follow(first.place());
    assert_eq!(given(second.next()).positions(), [6]);
    assert_eq!(given(first.next()).positions(), [6], "each for itself");
    note(&*store, "b").await;
    while second.place() < Some(Position(7)) {
        assert!(matches!(second.look(PATIENCE), Ok(None)), "nothing that matches came");
    }
}

/// An append wakes who follows, through whichever handle it comes.
pub async fn an_append_wakes_who_follows(journal: &dyn Journal) {
    let (here, there) = (journal.open(), journal.open());
    let follow = Subscription::new(Arc::clone(&here), Query::all(), None).looking_every(NEVER);
    let following = Following::begin(follow);
    for (number, store) in [(1, here), (2, there)] {
        note(&*store, "a").await;
        assert_eq!(following.next(), [number]);
    }
}

/// An event of which no news comes is found by looking.
pub async fn an_event_without_news_is_found(journal: &dyn Journal) {
    let store = journal.open();
    let follow = Subscription::new(Arc::new(Behind::without_news(&store)), Query::all(), None);
    let following = Following::begin(follow.looking_every(OFTEN));
    for number in 1..=3 {
        note(&*store, "a").await;
        assert_eq!(following.next(), [number]);
    }
}

/// A slow reader is given a page at a time, and nothing is read before it asks.
pub async fn a_slow_reader_is_given_a_page_at_a_time(journal: &dyn Journal) {
    let store = journal.open();
    let thousand = || Append::all((0..1_000).map(|_| noted("a")));
    for answer in store.append((0..9).map(|_| thousand()).collect()).await {
        assert!(answer.is_ok(), "an append that nothing forbids was refused: {answer:?}");
    }
    let watched = Arc::new(Behind::of([&store, &store]));
    let mut follow =
        Subscription::new(Arc::clone(&watched) as Arc<dyn EventStore>, Query::all(), None);
    let mut seen = Vec::new();
    while seen.len() < 10_000 {
        let before = watched.reads.load(SeqCst);
        let page = given(follow.next());
        assert!(page.len() <= Limit::PAGE_EVENTS, "a page of {} events", page.len());
        assert_eq!(watched.reads.load(SeqCst), before + 1, "one page is read for one");
        if seen.is_empty() {
            appended(&*store, thousand()).await;
        }
        seen.extend_from_slice(page.positions());
    }
    assert!(seen.into_iter().eq(1..=10_000), "the pages together are the journal");
}

/// Stopping wakes who waits in a subscription, from any thread, though the store never answers.
pub async fn stopping_wakes_who_follows(journal: &dyn Journal) {
    let store = journal.open();
    note(&*store, "a").await;
    let behind = Arc::new(Behind::without_news(&store));
    let follow = Subscription::new(behind, Query::all(), None).looking_every(NEVER);
    let following = Following::begin(follow);
    assert_eq!(following.next(), [1]);
    let stopper = following.stopper.clone();
    thread::spawn(move || stopper.stop());
    assert!(following.is_over(), "a subscription that was stopped ends");
    let mut stopped = Subscription::new(store, Query::all(), None);
    stopped.stopper().stop();
    assert!(stopped.next().is_none(), "one that was stopped before gives nothing");
}

/// A head below one that was seen, or below the position to start behind, ends a subscription
/// with an error that names both.
pub async fn a_head_that_went_back_ends_a_subscription(journal: &dyn Journal) {
    let (store, older) = (journal.open(), MemoryStore::new());
    note(&older, "a").await;
    for _ in 0..3 {
        note(&*store, "a").await;
    }
    let older: Arc<dyn EventStore> = Arc::new(older);
    let behind = Arc::new(Behind::of([&store, &older]));
    let follow = |after: u64| {
        Subscription::new(Arc::clone(&behind) as Arc<dyn EventStore>, Query::all(), Position(after))
            .looking_every(OFTEN)
    };
    let whole = Following::begin(follow(0));
    assert_eq!(whole.next(), [1, 2, 3]);
    behind.now.store(1, SeqCst);
    for following in [whole, Following::begin(follow(3))] {
        match following.answer() {
            Err(SubscriptionError::RolledBack { seen, head }) => {
                assert_eq!((seen, head), (Position(3), Some(Position(1))));
            }
            other => panic!("a journal that went back was followed: {other:?}"),
        }
        assert!(following.is_over(), "and nothing comes after that");
    }
}

fn parity(number: u64) -> &'static str {
    if number.is_multiple_of(2) { "even" } else { "odd" }
}

fn given(page: Option<Result<Page, SubscriptionError>>) -> Page {
    match page {
        Some(Ok(page)) => page,
        other => panic!("a sound journal was not followed: {other:?}"),
    }
}

/// A subscription on a thread of its own, so that one in vain is noticed.
struct Following {
    stopper: Stopper,
    pages: Receiver<Result<Page, SubscriptionError>>,
}

impl Following {
    fn begin(subscription: Subscription) -> Self {
        let (stopper, (give, pages)) = (subscription.stopper(), channel());
        thread::spawn(move || {
            for page in subscription {
                if give.send(page).is_err() {
                    return; // Whoever followed has lost patience.
                }
            }
        });
        Self { stopper, pages }
    }

    fn answer(&self) -> Result<Page, SubscriptionError> {
        match self.pages.recv_timeout(PATIENCE) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => panic!("nobody woke the subscription"),
            Err(RecvTimeoutError::Disconnected) => panic!("the subscription ended by itself"),
        }
    }

    /// The positions of the next page.
    fn next(&self) -> Vec<u64> {
        given(Some(self.answer())).positions().to_vec()
    }

    /// All positions, up to this one.
    fn until(&self, last: u64) -> Vec<u64> {
        let mut seen = Vec::new();
        while seen.last().is_none_or(|seen| *seen < last) {
            seen.extend(self.next());
        }
        seen
    }

    /// Whether it ended without giving anything more.
    fn is_over(&self) -> bool {
        matches!(self.pages.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected))
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.stopper.stop();
    }
}

/// A store that stands before one of two journals, counts what is read, and tells no news if it is
/// told so.
struct Behind {
    journals: [Arc<dyn EventStore>; 2],
    now: AtomicUsize,
    reads: AtomicUsize,
    tells_news: bool,
}

impl Behind {
    fn of(journals: [&Arc<dyn EventStore>; 2]) -> Self {
        let (now, reads) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { journals: journals.map(Arc::clone), now, reads, tells_news: true }
    }

    fn without_news(journal: &Arc<dyn EventStore>) -> Self {
        Self { tells_news: false, ..Self::of([journal, journal]) }
    }

    fn journal(&self) -> &dyn EventStore {
        let [first, second] = &self.journals;
        if self.now.load(SeqCst) == 0 { &**first } else { &**second }
    }
}

impl EventStore for Behind {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        self.journal().append(group)
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        self.reads.fetch_add(1, SeqCst);
        self.journal().read(query, options)
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        self.journal().head()
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        self.journal().receipt(key)
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        self.journal().checkpoint(source)
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        match self.tells_news {
            true => self.journal().past(after),
            false => Box::pin(std::future::pending()),
        }
    }
}
