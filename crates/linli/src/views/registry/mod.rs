//! What a neighbour asks of the registry.

mod consents;
mod erasures;
mod people;
mod places;
mod roles;

#[cfg(test)]
mod tests;

pub use consents::{ConsentsDueForReview, ConsentsInForce, Review};
pub use erasures::Erasures;
pub use people::People;
pub use places::Places;
pub use roles::Roles;

use chrono::NaiveDate;

use crate::domain::registry::State;
use crate::domain::{Event, Evolve, Happened};

/// The registry at the end of a day: what the views of this folder are made of.
#[derive(Clone, Debug)]
struct Registry {
    day: NaiveDate,
    state: State,
}

impl Registry {
    fn as_of(day: NaiveDate) -> Self {
        Self { day, state: State::default() }
    }
}

impl Evolve for Registry {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Registry(event) = &happened.event else { return };
        if happened.had_happened_by(Some(self.day)) {
            let (happened, _) = happened.clone().parted();
            self.state.evolve(&happened.map(|()| event.clone()));
        }
    }
}

/// A view of the registry is the registry, and a question to it.
macro_rules! asks_the_registry {
    ($($view:ident),*) => {$(
        impl $view {
            /// The view at the end of this day, which is local to the zone of each event.
            #[must_use]
            pub fn as_of(day: chrono::NaiveDate) -> Self {
                Self(super::Registry::as_of(day))
            }
        }

        impl crate::domain::Evolve for $view {
            type Event = crate::domain::Happened<crate::domain::Event>;

            fn evolve(&mut self, happened: &Self::Event) {
                self.0.evolve(happened);
            }
        }
    )*};
}

use asks_the_registry;
