//! `linli advance`: the policies read on and take every step that is due at a time.
//!
//! Nothing runs by itself in between: whoever keeps the journal says that time has passed, by a
//! timer or by hand. The same time again adds nothing.

use linli::ledger::ExecuteError;
use linli::ledger::policies::Policies;
use serde_json::json;

use crate::args::{AdvanceArgs, Global};
use crate::failure::Failure;
use crate::{clock, out};

pub(crate) fn run(global: &Global, args: &AdvanceArgs) -> Result<u8, Failure> {
    let ledger = args.keyring.lent_to(global.address()?.open()?)?;
    let mut policies = Policies::new();
    if args.with_imports {
        policies = policies.with_imports();
    }
    if args.in_future {
        policies = policies.ahead_of_the_clock();
    }
    let now = args.now.unwrap_or_else(clock::now);
    let done = ledger.advance_blocking(&mut policies, global.actor.as_str(), now);
    let done = done.map_err(|error| match error {
        ExecuteError::InFuture { .. } => Failure::input(format!("{error} (--in-future)")),
        other => other.into(),
    })?;
    let (taken, refused, settled) = (done.taken_n, done.refused_n, done.is_settled);
    let left = done.left_n;
    if global.json {
        out::json(&json!({
            "now": now.to_string(), "taken": taken, "refused": refused, "left": left,
            "settled": settled,
        }))?;
        return Ok(0);
    }
    let more = if settled { "" } else { "; more is due, run it again" };
    let others = if left == 0 { String::new() } else { format!(", {left} left to others") };
    out::text(&format!("At {now}: {taken} steps taken, {refused} refused{others}{more}"))?;
    Ok(0)
}
