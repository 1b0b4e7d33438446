//! Given, when, then: the tests of every context have this shape.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::{Decide, Registered};

/// What happened, and what it adds up to.
pub(super) struct Given<S: Decide> {
    pub(super) state: S,
    pub(super) story: Vec<S::Event>,
    pub(super) registered: Registered,
}

/// A story of commands that are all allowed.
pub(super) fn given<S>(commands: impl IntoIterator<Item = S::Command>) -> Given<S>
where
    S: Decide<Refusal: Debug> + Default,
{
    given_of(Registered::default(), commands)
}

/// The same among people, places and rules that are known.
pub(super) fn given_of<S>(
    registered: Registered,
    commands: impl IntoIterator<Item = S::Command>,
) -> Given<S>
where
    S: Decide<Refusal: Debug> + Default,
{
    let mut given = Given { state: S::default(), story: Vec::new(), registered };
    for command in commands {
        given.then(command).expect("the story is allowed");
    }
    given
}

impl<S: Decide> Given<S> {
    /// What a command would do now.
    pub(super) fn when(&self, command: S::Command) -> Result<Vec<S::Event>, S::Refusal> {
        self.state.decide(command, &self.registered)
    }

    /// Goes on with the story, where the command is allowed; says how many events it added.
    pub(super) fn then(&mut self, command: S::Command) -> Result<usize, S::Refusal> {
        let events = self.state.decide(command, &self.registered)?;
        let added = events.len();
        for event in &events {
            self.state.evolve(event);
        }
        self.story.extend(events);
        Ok(added)
    }
}

/// The names of the variants that a context's rules give to `enum Refusal`, from its source: what
/// the enum says, not what somebody listed beside it.
pub(super) fn refusals(rules: &str) -> BTreeSet<String> {
    let (_, rest) = rules.split_once("pub enum Refusal {").expect("the rules have refusals");
    let (body, _) = rest.split_once("\n}").expect("the enum ends");
    let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = variants.filter(|line| line.starts_with(char::is_uppercase));
    variants.map(|line| line.split([' ', ',', '{']).next().unwrap_or(line).to_owned()).collect()
}

/// The name of a refusal's variant.
pub(super) fn variant(refusal: &impl Debug) -> String {
    let shown = format!("{refusal:?}");
    shown.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
