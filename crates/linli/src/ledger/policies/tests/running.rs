//! How policies are run: by which clock, and by whom.

use super::{HOUR, START};
use crate::codec::Channel;
use crate::domain::Timestamp;
use crate::ledger::ExecuteError;
use crate::ledger::policies::Policies;

const MINUTE: i64 = HOUR / 60;

/// Waits end by the ledger's clock, give or take what clocks differ by: further ahead only on
/// purpose.
#[test]
fn a_time_in_the_future_is_told_on_purpose() {
    let mut story = super::hotline_callback::begun(Channel::App);
    story.ledger = story.ledger.with_clock(|| Timestamp(START));
    let before = story.events();
    let told = Timestamp(START + 5 * MINUTE);
    let late = Timestamp(START + 5 * MINUTE + 1);
    let mut policies = Policies::new();
    let refused = story.ledger.advance_blocking(&mut policies, "p-host", late);
    let Err(ExecuteError::InFuture { now, clock }) = refused else { panic!("{refused:?}") };
    assert_eq!((now, clock, story.events()), (late, Timestamp(START), before));
    story.ledger.advance_blocking(&mut policies, "p-host", told).expect("clocks differ");
    let mut meant = Policies::new().ahead_of_the_clock();
    story.ledger.advance_blocking(&mut meant, "p-host", late).expect("on purpose");
}
