//! What a demo tells: the seed story, or a whole year around it.

use std::fmt;

use linli::ledger::Request;
use linli_demo::{Seed, Unmade, Year};

use crate::args::DemoArgs;
use crate::failure::Failure;

/// A group of requests that do not need each other.
type Group = Result<Vec<Request>, Failure>;

#[derive(Clone, Copy)]
pub(super) enum Told {
    Story(Seed),
    Year(Year),
}

impl Told {
    pub(super) fn of(args: &DemoArgs) -> Self {
        match args.year {
            true => Self::Year(Year::of_size(1)),
            false => Self::Story(Seed { sessions: args.sessions, number: args.seed }),
        }
    }

    /// Whether it is the story that the facts are asked of.
    pub(super) fn is_story(self) -> bool {
        matches!(self, Self::Story(_))
    }

    /// What decides all that is left to chance in a story; a year is always the same.
    pub(super) fn seed(self) -> Option<u64> {
        match self {
            Self::Story(seed) => Some(seed.number),
            Self::Year(_) => None,
        }
    }

    /// The requests in groups, in their order.
    pub(super) fn groups(self) -> Result<Box<dyn Iterator<Item = Group>>, Failure> {
        Ok(match self {
            Self::Story(seed) => {
                Box::new(seed.groups().map_err(unmade)?.map(|group| group.map_err(unmade)))
            }
            Self::Year(year) => {
                Box::new(year.groups().map_err(unmade)?.map(|group| group.map_err(unmade)))
            }
        })
    }

    /// How many requests there are, where that is known before they are made; else 0.
    pub(super) fn requests_n(self) -> Result<u64, Failure> {
        match self {
            Self::Story(seed) => Ok(seed.groups().map_err(unmade)?.requests_n()),
            Self::Year(_) => Ok(0),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Story(seed) => write!(f, "{} sessions from seed {}", seed.sessions, seed.number),
            Self::Year(_) => f.write_str("a year of everything"),
        }
    }
}

/// What is made up is a mistake of ours where it is not understood; its sentence is all we have.
fn unmade(error: Unmade) -> Failure {
    Failure::input(error)
}
