//! The contexts, a line each, and what is one over all of them: event, command, refusal, state.
//!
//! A context that adds its line to the table at the end is in the house; it learns of no other.

use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::by_name::{ByName, by_name, named, names, unknown};
use super::{
    Boundary, BoundaryItem, Decide, Evolve, Happened, Registered, SealedField, Subject, Zone,
    cases, charging, disputes, policies, programmes, registry, services, volunteering,
};

macro_rules! contexts {
    ($($(#[doc = $doc:literal])* $Context:ident $context:ident;)*) => {
        /// What has happened, in any context.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Event {
            $($(#[doc = $doc])* $Context($context::Event),)*
        }

        /// What is asked or reported, in any context.
        ///
        /// In JSON it is the context's command as it stands, `{"start_session": {...}}`: a name
        /// belongs to one context.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Command {
            $($(#[doc = $doc])* $Context($context::Command),)*
        }

        /// Why a request is turned down, in any context. Nothing has happened then.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
        #[non_exhaustive]
        pub enum Refusal {
            /// Name a keyring, or leave the field out: it may stand in the journal only under a
            /// key.
            #[error("`{field}` is sealed, and there is no keyring to seal it under; leave it out")]
            KeyringMissing {
                /// The field.
                field: &'static str,
            },
            /// Give the field's text, or leave it out: what is locked or erased tells nothing.
            #[error("`{field}` is not open, so there is nothing to seal; give its text, or leave \
                it out")]
            FieldNotOpen {
                /// The field.
                field: &'static str,
            },
            /// Leave out what is told about this person, who was erased and never gets a key again.
            #[error("the key of {subject} was destroyed, so nothing more can be sealed under it; \
                leave such fields out")]
            KeyDestroyed {
                /// Whose key it was.
                subject: Subject,
            },
            $(
                $(#[doc = $doc])*
                #[error(transparent)]
                #[serde(untagged)]
                $Context(#[from] $context::Refusal),
            )*
        }

        /// What a decision has to know: the state of each context.
        #[derive(Clone, Debug, Default)]
        #[non_exhaustive]
        pub struct State {
            $($(#[doc = $doc])* pub $context: $context::State,)*
        }

        impl Event {
            /// Its fields as JSON, without the name of its type around them.
            #[must_use]
            pub fn data(&self) -> Value {
                match self { $(Self::$Context(event) => event.data(),)* }
            }

            /// What it is about, as tags; `zone` is where a day is meant.
            #[must_use]
            pub fn tags(&self, zone: Zone) -> Vec<String> {
                match self { $(Self::$Context(event) => event.tags(zone),)* }
            }

            /// Its fields that stand in the journal only under a key.
            pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
                match self { $(Self::$Context(event) => event.sealed(),)* }
            }
        }

        impl Command {
            /// What has to be known to decide this command.
            #[must_use]
            pub fn boundary(&self) -> Boundary {
                match self { $(Self::$Context(command) => command.boundary(),)* }
            }

            /// Its fields that may stand in the journal only under a key.
            pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
                match self { $(Self::$Context(command) => command.sealed(),)* }
            }
        }

        impl Command {
            /// The names that commands have in JSON, context by context.
            pub fn names() -> impl Iterator<Item = &'static str> {
                std::iter::empty()$(.chain(names::<$context::Command>()))*
            }
        }

        impl ByName for Command {
            fn read<'de, A: MapAccess<'de>>(given: &str, rest: A) -> Result<Self, A::Error> {
                $(if let Some(name) = names::<$context::Command>().find(|name| *name == given) {
                    return named(name, rest).map(Self::$Context);
                })*
                Err(unknown(given, Self::names()))
            }
        }

        impl<'de> Deserialize<'de> for Command {
            fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                by_name(json)
            }
        }
        $(
            impl From<$context::Command> for Command {
                fn from(command: $context::Command) -> Self {
                    Self::$Context(command)
                }
            }

            impl Happened<Event> {
                /// The event, if it is of this context.
                #[must_use]
                pub fn $context(self) -> Option<Happened<$context::Event>> {
                    let (happened, event) = self.parted();
                    match event {
                        Event::$Context(event) => Some(happened.map(|()| event)),
                        _ => None,
                    }
                }
            }
        )*

        impl Evolve for State {
            type Event = Happened<Event>;

            fn evolve(&mut self, happened: &Happened<Event>) {
                let (happened, event) = happened.clone().parted();
                match event {
                    $(Event::$Context(event) => {
                        self.$context.evolve(&happened.map(|()| event));
                    })*
                }
            }
        }

        impl Decide for State {
            type Command = Command;
            type Refusal = Refusal;

            fn beyond(&self, command: &Command) -> Vec<BoundaryItem> {
                let mut items = match command {
                    $(Command::$Context(command) => self.$context.beyond(command),)*
                };
                let registered = &self.registry.registered;
                if registered.knows_of_merges() {
                    let named = command.boundary().items;
                    let of_others = registered.of_other_records(named.iter().chain(&items));
                    items.extend(of_others);
                }
                items
            }

            fn decide(
                &self,
                command: Command,
                registered: &Registered,
            ) -> Result<Vec<Happened<Event>>, Refusal> {
                match command {
                    $(Command::$Context(command) => {
                        let events = self.$context.decide(command, registered)?.into_iter();
                        Ok(events.map(|happened| happened.map(Event::$Context)).collect())
                    })*
                }
            }
        }
    };
}

contexts! {
    /// At the charging points.
    Charging charging;
    /// In the mediation room.
    Disputes disputes;
    /// At the clinic.
    Services services;
    /// At the desk where cases are reported.
    Cases cases;
    /// Among the volunteers.
    Volunteering volunteering;
    /// On the stage and in the classes.
    Programmes programmes;
    /// What the policies of the ledger wait for, and what came of it.
    Policies policies;
    /// Who is who, and what holds where.
    Registry registry;
}

impl Event {
    /// Whether it tells, of what it is about, all that was going on before it.
    #[must_use]
    pub fn is_decisive(&self) -> bool {
        match self {
            Self::Charging(event) => event.is_decisive(),
            _ => false,
        }
    }
}
