//! What no law of a store can see: waiting itself.

use std::task::{Context, Waker};

use super::*;

#[test]
fn a_failure_is_over_as_soon_as_the_journal_is_readable() {
    let watch = HeadWatch::default();
    watch.reached(Some(Position(1)));
    watch.failed(ReadError::Unavailable { reason: "the disk went away".into() });
    let failed = pollster::block_on(watch.past(Some(Position(1))));
    assert!(matches!(failed, Err(ReadError::Unavailable { .. })), "{failed:?}");
    watch.reached(Some(Position(1)));
    let mut wait = watch.past(Some(Position(1)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(wait.as_mut().poll(&mut context).is_pending(), "it waits for what comes");
    watch.reached(Some(Position(2)));
    assert_eq!(pollster::block_on(wait).expect("a head"), Position(2));
}

#[test]
fn who_stops_waiting_waits_no_longer() {
    let watch = HeadWatch::default();
    let mut context = Context::from_waker(Waker::noop());
    let [mut stays, mut goes] = [None, None].map(|after| watch.past(after));
    assert!(!watch.is_watched(), "nobody has asked yet");
    for _ in 0..2 {
        assert!(stays.as_mut().poll(&mut context).is_pending());
        assert!(goes.as_mut().poll(&mut context).is_pending());
    }
    drop(goes);
    assert!(watch.is_watched(), "the other one waits on");
    drop(stays);
    assert!(!watch.is_watched());
}
