//! What is made up is the same every time.

use crate::{Seed, Unmade};

fn told(number: u64) -> Result<Vec<String>, Unmade> {
    let groups = Seed { sessions: 100, number }.groups()?.collect::<Result<Vec<_>, _>>()?;
    Ok(groups.concat().iter().map(|request| format!("{request:?}")).collect())
}

#[test]
fn a_seed_makes_the_same_community_every_time() -> Result<(), Unmade> {
    let first = told(1)?;
    // 85 connectors, 170 cards, the tariff, the sessions, and what happens beside them.
    assert!(first.len() > 85 + 170 + 1 + 100);
    assert_eq!(first, told(1)?);
    assert_ne!(first, told(2)?);
    Ok(())
}
