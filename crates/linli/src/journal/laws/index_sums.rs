//! What a store says of its whole index: for who verifies a journal in one pass.

use super::Journal;
use super::histories::any_append;
use super::model::Chance;
use crate::journal::{Blocking, IndexSum, Position, Whole};

const APPENDS: usize = 200;

/// A store that adds its index up comes to the names of its appends, up to the end of any of them
/// and while others are there already; one that does not says so each time.
pub async fn an_index_comes_to_what_its_appends_say(journal: &dyn Journal) {
    let (store, mut chance) = (journal.open(), Chance(20_261_130));
    for _ in 0..APPENDS {
        // Some are refused, which leaves no name.
        drop(store.append(vec![any_append(&mut chance)]).await);
    }
    let appends = Blocking(&*store).appends(None);
    let appends: Vec<Whole> = appends.map(|whole| whole.expect("a sound journal")).collect();
    assert!(appends.len() > APPENDS / 4, "a history worth the name");
    for reader in [store, journal.open()] {
        let (begun, mut tells) = (IndexSum::default(), Vec::new());
        let mut sum = begun.clone();
        for whole in &appends {
            let until = whole.last();
            sum.add_all_of(whole);
            let found = reader.index_sum(until, begun.clone()).await.expect("it is sound");
            tells.push(found.is_some());
            let agrees = found.is_none_or(|found| found.agrees_with(&sum));
            assert!(agrees, "up to {until:?} the index holds what its appends do not");
        }
        let nothing = reader.index_sum(Position(0), begun.clone()).await.expect("it is sound");
        tells.push(nothing.is_some());
        assert!(nothing.is_none_or(|sum| sum.agrees_with(&begun)), "before the first is nothing");
        assert!(tells.iter().all(|told| tells.first() == Some(told)), "it tells always or never");
    }
}
