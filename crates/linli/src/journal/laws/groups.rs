//! Several appends at the cost of one flush.

use super::Journal;
use super::steps::{answer, found, head, note, noted};
use crate::journal::{Append, AppendError, Appended, Limit, LimitExceeded, Position, Query};

/// A group is checked against itself: of two appends that exclude each other the second is refused.
pub async fn a_group_is_checked_against_itself(journal: &dyn Journal) {
    let store = &*journal.open();
    let book = || Append::of(noted("slot:7")).fail_if(Query::tagged("slot:7"), None);
    let answers = store.append(vec![book(), book()]).await;
    assert!(
        matches!(answers[..], [Ok(_), Err(AppendError::Conflict { found: Position(1), .. })]),
        "one booking, then a conflict, not: {answers:?}"
    );
    assert_eq!(found(store, &Query::all()).await, [1]);
}

/// A refused append harms no neighbour: those after it are written, and do not see it.
pub async fn a_refused_append_harms_no_neighbour(journal: &dyn Journal) {
    let store = &*journal.open();
    note(store, "slot:7").await;
    let unless =
        |own: &str, other: &str| Append::of(noted(own)).fail_if(Query::tagged(other), None);
    let group = vec![
        Append::of(noted("before")),
        unless("refused", "slot:7"),
        Append::all([]),
        unless("behind", "refused"),
    ];
    let answers = store.append(group).await;
    assert!(
        matches!(
            answers[..],
            [Ok(_), Err(AppendError::Conflict { .. }), Err(AppendError::Empty), Ok(_)]
        ),
        "written, conflict, empty, written; not: {answers:?}"
    );
    assert_eq!(found(store, &Query::tagged("behind")).await, [3]);
    assert_eq!(head(store).await, Some(Position(3)));
}

/// One answer an append, in the order of the group.
pub async fn answers_come_in_the_order_of_the_group(journal: &dyn Journal) {
    let store = &*journal.open();
    assert!(store.append(Vec::new()).await.is_empty(), "no append, no answer");
    let sizes = [3, 0, 1, 2];
    let append = |events: usize| Append::all((0..events).map(|_| noted("a")));
    let answers = store.append(sizes.map(append).into()).await;
    let spans: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().ok().map(|appended| (appended.first.0, appended.last.0)))
        .collect();
    assert_eq!(spans, [Some((1, 3)), None, Some((4, 4)), Some((5, 6))]);
}

/// A group at the limit is written; one append more, and nothing of it is.
pub async fn a_group_beyond_the_limit_is_refused_whole(journal: &dyn Journal) {
    let store = &*journal.open();
    let group = |appends: usize| vec![Append::of(noted("a")); appends];
    let over = Limit::GROUP + 1;
    let answers = store.append(group(over)).await;
    assert_eq!(answers.len(), over, "one answer an append");
    let is_limit = |answer: &Result<Appended, AppendError>| match answer {
        Err(AppendError::Limit(limit)) => *limit == LimitExceeded::Group { appends: over },
        _ => false,
    };
    assert!(answers.iter().all(is_limit), "each answer is the limit");
    assert_eq!(head(store).await, None, "nothing was written");
    let answers = store.append(group(Limit::GROUP)).await;
    assert!(answers.iter().all(Result::is_ok), "a group at the limit is written");
    assert_eq!(head(store).await, Some(Position(Limit::GROUP as u64)));
    assert!(answer(store, Append::of(noted("a"))).await.is_ok(), "and the journal goes on");
}
