//! Tables of what happens among neighbours, each a fold of a view: a row a thing as it stands.

mod activities;
mod appointments;
mod attendance;
mod cases;
mod disputes;
mod doses;
mod volunteer_hours;

use linli::codec;
use linli::journal::Query;
use linli::registry::State;
use linli::{Event, Evolve, Happened, Registered};

/// Every event of some contexts, by their names: what is of no interest is not read.
fn of_contexts(contexts: &[&str]) -> Query {
    let kinds = codec::KINDS.iter().flat_map(|kinds| kinds.iter().map(|(kind, _)| *kind));
    let is_of = |kind: &&str| codec::context(kind).is_some_and(|own| contexts.contains(&own));
    Query::of_types(kinds.filter(is_of))
}

/// A view with what the registry knows beside it.
#[derive(Default)]
struct WithRegistry<V> {
    view: V,
    registry: State,
}

impl<V> WithRegistry<V> {
    fn beside(view: V) -> Self {
        Self { view, registry: State::default() }
    }

    fn registered(&self) -> &Registered {
        &self.registry.registered
    }
}

impl<V: Evolve<Event = Happened<Event>>> Evolve for WithRegistry<V> {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if let Event::Registry(event) = &happened.event {
            let (told, _) = happened.clone().parted();
            self.registry.evolve(&told.map(|()| event.clone()));
        }
        self.view.evolve(happened);
    }
}
