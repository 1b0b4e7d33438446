//! The seed communities: two neighbourhoods of Xuzhuang up to the end of February 2022.

use std::collections::VecDeque;

use linli::ledger::Request;

use crate::charging::{Charging, Plan};
use crate::story::Story;
use crate::{Unmade, community};

/// Windows from 2 to 28 February; more sessions begin earlier.
const FEBRUARY_WINDOWS: i64 = 81;

/// What makes one seed community differ from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed {
    /// How many charging sessions there are.
    pub sessions: u32,
    /// What decides all that is left to chance.
    pub number: u64,
}

impl Seed {
    /// The requests in groups, in their order. Those of a group do not need each other.
    ///
    /// ```
    /// use linli_demo::Seed;
    ///
    /// let groups = Seed { sessions: 100, number: 1 }.groups()?;
    /// let requests_n = groups.requests_n();
    /// let groups = groups.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(groups.concat().len() as u64, requests_n);
    /// # Ok::<(), linli_demo::Unmade>(())
    /// ```
    ///
    /// # Errors
    /// [`Unmade`], which is a mistake of this crate.
    pub fn groups(self) -> Result<Groups, Unmade> {
        let Self { sessions, number } = self;
        let plan = Plan { sessions, number, windows: FEBRUARY_WINDOWS };
        let charging = plan.begun()?;
        let mut community = VecDeque::from(community::groups(plan.opening(), 0)?);
        community.push_front(charging.site()?);
        Ok(Groups { community, charging })
    }
}

/// The groups of requests of a seed, one after the other.
#[derive(Debug)]
pub struct Groups {
    /// The charging points, and what happens beside them, as far as it is still to come.
    community: VecDeque<Vec<Story>>,
    charging: Charging,
}

impl Groups {
    /// How many requests are to come, before the first group is taken. How many events are made of
    /// them is not known before.
    #[must_use]
    pub fn requests_n(&self) -> u64 {
        let community: usize = self.community.iter().map(Vec::len).sum();
        u64::from(self.charging.sessions_n()).saturating_add(community as u64)
    }
}

impl Iterator for Groups {
    type Item = Result<Vec<Request>, Unmade>;

    fn next(&mut self) -> Option<Self::Item> {
        let stories = match self.community.pop_front() {
            Some(stories) => Ok(stories),
            None => self.charging.next()?,
        };
        Some(stories.and_then(|stories| stories.into_iter().map(Story::request).collect()))
    }
}
