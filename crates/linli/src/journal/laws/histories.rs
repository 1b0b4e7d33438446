//! Long histories of chance, compared with a model that is as plain as it can be.

use super::Journal;
use super::model::{Chance, Reading, agree};
use super::steps::key;
use crate::journal::{
    Append, AppendCondition, Checkpoint, Direction, Event, Limit, Position, Query, QueryItem,
    ReadOptions,
};

const TYPES: [&str; 2] = ["Booked", "Cancelled"];
const TAGS: [&str; 3] = ["a", "b", "ab"];
const APPENDS: u64 = 300;

/// A history of chance ends as the model says: each answer, each read, each key, each checkpoint.
/// It is the same history in every run.
pub async fn a_history_of_chance_is_what_the_model_says(journal: &dyn Journal) {
    let mut chance = Chance(20_260_101);
    let history: Vec<Append> = (0..APPENDS).map(|_| any_append(&mut chance)).collect();
    let reads: Vec<Reading> = (0..APPENDS).map(|_| any_reading(&mut chance)).collect();
    let model = agree(&*journal.open(), &history, &reads).await;
    assert!((50..Limit::PAGE_EVENTS).contains(&model.events().len()), "a history worth the name");
}

pub(super) fn any_append(chance: &mut Chance) -> Append {
    let events = match chance.below(20) {
        0 => 0,
        _ => 1 + chance.below(3),
    };
    let events = (0..events).map(|_| any_event(chance)).collect();
    let conditions = (0..chance.below(3)).map(|_| any_condition(chance)).collect();
    let key = (chance.below(3) == 0).then(|| key(1 + u128::from(chance.below(40))));
    let checkpoint = (chance.below(4) == 0).then(|| Checkpoint {
        source: format!("meter:{}", chance.below(2)),
        position: Position(chance.below(100)),
    });
    Append { events, conditions, key, checkpoint, ..Append::default() }
}

fn any_event(chance: &mut Chance) -> Event {
    let [one, other] = TYPES;
    let event_type = if chance.below(2) == 0 { one } else { other };
    let tags = chance.some_of(&TAGS).into_iter().collect();
    let payload = vec![7; chance.below(3) as usize];
    Event { tags, payload, ..Event::new(event_type) }
}

/// Most conditions know nearly everything, so that about half of the appends pass.
fn any_condition(chance: &mut Chance) -> AppendCondition {
    let after = chance.position(2 * APPENDS);
    AppendCondition { fail_if_events_match: any_query(chance), after }
}

fn any_query(chance: &mut Chance) -> Query {
    let item = |chance: &mut Chance| QueryItem {
        types: chance.some_of(&TYPES),
        tags: chance.some_of(&TAGS),
    };
    Query { items: (0..chance.below(4)).map(|_| item(chance)).collect() }
}

fn any_reading(chance: &mut Chance) -> Reading {
    let direction = match chance.below(2) {
        0 => Direction::Forwards,
        _ => Direction::Backwards,
    };
    let (after, until) = (chance.position(APPENDS), chance.position(APPENDS));
    let limit = (chance.below(2) == 0).then(|| chance.below(20) as usize);
    let options = ReadOptions { after, until, limit, direction, ..ReadOptions::default() };
    (any_query(chance), options)
}
