//! Events as they come: those that are there, and then each one that is appended.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::{Columns, EventStore, Page, Pending, Position, Query, ReadError, ReadOptions};

/// How often is looked where no news comes.
const EVERY: Duration = Duration::from_secs(1);

/// Why a subscription gave nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubscriptionError {
    /// The store could not be read. The subscription stays where it is: ask it again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The journal is shorter than it was, and the subscription is over. Bring the journal back, or
    /// throw away what was made of it and subscribe from the beginning.
    #[error(
        "the journal went back: it ends {}, and position {seen} was seen; bring back the journal \
        that held it, or begin anew without what was made of it",
        head.map_or("before its first event".to_owned(), |head| format!("at position {head}"))
    )]
    RolledBack {
        /// The highest position that was seen.
        seen: Position,
        /// Where the journal ends now.
        head: Option<Position>,
    },
    /// Subscribe where the view stands.
    #[error("the view stands at {} and the subscription at {}; subscribe where the view stands",
        shown(*checkpoint), shown(*place))]
    NotBehind {
        /// How far the view has come.
        checkpoint: Option<Position>,
        /// How far the subscription has looked.
        place: Option<Position>,
    },
}

fn shown(place: Option<Position>) -> String {
    place.map_or("the beginning".to_owned(), |place| format!("position {place}"))
}

/// The events of any store that match a query, page by page: what is there, then what comes.
///
/// As an iterator it blocks until there is an event, and ends when it is stopped. No event is left
/// out and none comes twice, because each page begins where the one before it ended to look. News
/// from the store only makes it quicker: without any it looks once a second.
///
/// ```
/// use std::sync::Arc;
/// use linli::journal::{Append, Blocking, Event, EventStore, MemoryStore, Query, Subscription};
///
/// let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
/// Blocking(&*store).append(Append::of(Event::new("SlotBooked").tag("slot:7")))?;
/// let mut booked = Subscription::new(Arc::clone(&store), Query::tagged("slot:7"), None);
/// let stop = booked.stopper();
/// let page = booked.next().expect("an event is there")?;
/// assert_eq!(page.positions(), [1]);
/// std::thread::spawn(move || stop.stop());
/// assert!(booked.next().is_none(), "it was stopped while it waited");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # A slow reader
/// A page is read when it is asked for and never ahead: whatever is appended meanwhile, memory is
/// bounded by one page.
///
/// # A journal that goes back
/// A head below one that was seen, or below the position to start behind, ends the subscription
/// with [`SubscriptionError::RolledBack`]: an older copy was put in its place. A journal that went
/// back and has grown past that again is not told by its head; a checkpoint that was kept tells it
/// ([`crate::proof`]).
pub struct Subscription {
    store: Arc<dyn EventStore>,
    query: Arc<Query>,
    options: ReadOptions,
    /// The highest head that was seen.
    seen: Option<Position>,
    doing: Doing,
    every: Duration,
    bell: Arc<Bell>,
    is_over: bool,
}

/// What it has asked the store. Kept from one look to the next: a slow answer is waited for.
enum Doing {
    Reading(Pending<'static, Result<Page, ReadError>>),
    /// At the head, for so long already.
    Waiting(Pending<'static, Result<Position, ReadError>>, Duration),
}

/// Stops a [`Subscription`], from any thread. Clones stop the same one.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Bell>);

impl Stopper {
    /// Ends the subscription and wakes who waits in it; again is harmless. Pages that were given
    /// stay good, and [`Subscription::place`] says where to go on.
    pub fn stop(&self) {
        self.0.state.lock().is_stopped = true;
        self.0.rings.notify_all();
    }
}

impl Subscription {
    /// The events that match `query` behind `after`; `None`: from the first one on.
    #[must_use]
    pub fn new(
        store: Arc<dyn EventStore>,
        query: Query,
        after: impl Into<Option<Position>>,
    ) -> Self {
        let options = ReadOptions::forwards().after(after);
        let query = Arc::new(query);
        let doing = read(&store, &query, options);
        // Position 0 is before the first event: nobody has seen that.
        let seen = options.after.filter(|after| after.0 > 0);
        let bell = Arc::default();
        Self { store, query, options, seen, doing, every: EVERY, bell, is_over: false }
    }

    /// The same with these columns alone.
    #[must_use]
    pub fn columns(mut self, columns: Columns) -> Self {
        self.options.columns = columns;
        self.doing = read(&self.store, &self.query, self.options);
        self
    }

    /// The same, looking so often where the store tells no news. It is once a second otherwise.
    #[must_use]
    pub fn looking_every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// What stops it.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::clone(&self.bell))
    }

    /// How far it has looked: give it as `after` to go on behind what it gave. Events that do not
    /// match move it too.
    #[must_use]
    pub fn place(&self) -> Option<Position> {
        self.options.after
    }

    /// Whether nothing more comes: it was stopped, or the journal went back.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over || self.bell.state.lock().is_stopped
    }

    /// One step, for those who have something else to do between two: the next page that has
    /// events, or `None` where this step brought none. It waits once at most, and no longer than
    /// `patience`. What the store was asked goes on meanwhile.
    ///
    /// # Errors
    /// [`SubscriptionError`].
    pub fn look(&mut self, patience: Duration) -> Result<Option<Page>, SubscriptionError> {
        if self.is_over() {
            return Ok(None);
        }
        let waker = Waker::from(Arc::clone(&self.bell));
        let mut context = Context::from_waker(&waker);
        match &mut self.doing {
            Doing::Reading(page) => match page.as_mut().poll(&mut context) {
                Poll::Ready(page) => return self.take(page),
                Poll::Pending => {
                    self.bell.wait(patience);
                }
            },
            Doing::Waiting(news, waited) => match news.as_mut().poll(&mut context) {
                Poll::Ready(news) => {
                    self.read_on();
                    self.saw(Some(news?))?;
                }
                Poll::Pending if *waited >= self.every => self.read_on(),
                Poll::Pending => {
                    let patience = patience.min(self.every);
                    if self.bell.wait(patience).is_in_vain() {
                        *waited = waited.saturating_add(patience);
                    }
                }
            },
        }
        Ok(None)
    }

    fn take(&mut self, page: Result<Page, ReadError>) -> Result<Option<Page>, SubscriptionError> {
        self.read_on();
        let page = page?;
        self.saw(page.head())?;
        // Behind the last page everything up to the head has been looked at.
        self.options.after = page.next().or(page.head()).max(self.options.after);
        if page.next().is_some() {
            self.read_on();
        } else {
            self.wait_on();
        }
        Ok(Some(page).filter(|page| !page.is_empty()))
    }

    fn saw(&mut self, head: Option<Position>) -> Result<(), SubscriptionError> {
        match self.seen {
            Some(seen) if head < Some(seen) => {
                self.is_over = true;
                Err(SubscriptionError::RolledBack { seen, head })
            }
            _ => {
                self.seen = head;
                Ok(())
            }
        }
    }

    fn read_on(&mut self) {
        self.doing = read(&self.store, &self.query, self.options);
    }

    fn wait_on(&mut self) {
        let (store, after) = (Arc::clone(&self.store), self.options.after);
        self.doing =
            Doing::Waiting(Box::pin(async move { store.past(after).await }), Duration::ZERO);
    }
}

fn read(store: &Arc<dyn EventStore>, query: &Arc<Query>, options: ReadOptions) -> Doing {
    let (store, query) = (Arc::clone(store), Arc::clone(query));
    Doing::Reading(Box::pin(async move { store.read(&query, options).await }))
}

/// Blocks until there is an event. After [`SubscriptionError::Read`] the next one is the one that
/// would have come; after [`SubscriptionError::RolledBack`] nothing comes.
impl Iterator for Subscription {
    type Item = Result<Page, SubscriptionError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over() {
            if let Some(given) = self.look(self.every).transpose() {
                return Some(given);
            }
        }
        None
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("query", &self.query)
            .field("place", &self.place())
            .field("is_over", &self.is_over())
            .finish_non_exhaustive()
    }
}

/// Wakes who waits: the store rings it, and so does who stops.
#[derive(Debug, Default)]
struct Bell {
    state: Mutex<Rung>,
    rings: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    /// Since somebody last waited.
    is_rung: bool,
    is_stopped: bool,
}

/// How a wait ended.
#[derive(PartialEq, Eq)]
enum Waited {
    Rung,
    InVain,
}

impl Waited {
    fn is_in_vain(&self) -> bool {
        *self == Self::InVain
    }
}

impl Bell {
    /// Waits until it is rung or stopped, so long at most. A ring before that is not lost.
    fn wait(&self, patience: Duration) -> Waited {
        let mut rung = self.state.lock();
        if !rung.is_rung && !rung.is_stopped {
            self.rings.wait_for(&mut rung, patience);
        }
        match std::mem::take(&mut rung.is_rung) || rung.is_stopped {
            true => Waited::Rung,
            false => Waited::InVain,
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.state.lock().is_rung = true;
        self.rings.notify_all();
    }
}
