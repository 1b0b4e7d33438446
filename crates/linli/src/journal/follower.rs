//! Who follows a journal and keeps its own place: step by step, none left out and none twice.

use std::sync::Arc;
use std::time::Duration;

use super::{Blocking, EventStore, Page, Position, Query, Subscription, SubscriptionError};

/// How long one step waits for news.
const PATIENCE: Duration = Duration::from_secs(1);

/// A view that keeps how far it has come beside what it has made of the events.
pub trait Follower {
    /// Why it did not take a page, or the journal gave none.
    type Error: From<SubscriptionError>;

    /// How far it has come: every event up to there was taken or did not match.
    fn checkpoint(&self) -> Option<Position>;

    /// Takes a page, if any event matched, and the place behind it: both or neither.
    ///
    /// # Errors
    /// Its own; the page is given again then.
    fn take(&mut self, page: Option<&Page>, place: Position) -> Result<(), Self::Error>;
}

/// Lets it take what matches, up to the head that the journal has now.
///
/// # Errors
/// Those of the follower, and of the journal that is followed; what was taken before stays.
pub fn catch_up<F: Follower>(
    follower: &mut F,
    store: &Arc<dyn EventStore>,
    query: Query,
) -> Result<(), F::Error> {
    let head = Blocking(&**store).head().map_err(SubscriptionError::from)?;
    let mut subscription = Subscription::new(Arc::clone(store), query, follower.checkpoint());
    while follower.checkpoint() < head {
        step(follower, &mut subscription)?;
    }
    Ok(())
}

/// Lets it take what matches and what comes, until the subscription is stopped.
///
/// # Errors
/// As [`catch_up`], and [`SubscriptionError::NotBehind`] where the subscription does not begin
/// where the follower stands.
pub fn follow<F: Follower>(
    follower: &mut F,
    subscription: &mut Subscription,
) -> Result<(), F::Error> {
    while !subscription.is_over() {
        step(follower, subscription)?;
    }
    Ok(())
}

fn step<F: Follower>(follower: &mut F, subscription: &mut Subscription) -> Result<(), F::Error> {
    let (checkpoint, place) = (follower.checkpoint(), subscription.place());
    if checkpoint != place {
        return Err(SubscriptionError::NotBehind { checkpoint, place }.into());
    }
    let page = subscription.look(PATIENCE)?;
    match subscription.place() {
        Some(place) if Some(place) > checkpoint => follower.take(page.as_ref(), place),
        _ => Ok(()),
    }
}
