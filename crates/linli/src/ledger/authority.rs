//! Who may do what. The default is no.

use std::fmt;

/// Who acts, by pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Actor(String);

impl Actor {
    /// The pseudonym.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Actor {
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// Carry out a command.
    Execute,
    /// Read events, bills, views.
    Read,
}

/// Answers who may do what; asked on every execute and read.
#[derive(Clone, Debug)]
pub struct Authority(Rule);

#[derive(Clone, Debug)]
enum Rule {
    Nobody,
    ReadOnly,
    LocalOperator,
}

/// The actor may not do this. Ask the operator for the role, or act as somebody else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{actor} may not {}", match verb { Verb::Execute => "carry out commands", _ => "read" })]
pub struct NotAllowed {
    /// Who asked.
    pub actor: Actor,
    /// For what.
    pub verb: Verb,
}

impl Authority {
    /// Nobody may do anything.
    #[must_use]
    pub fn nobody() -> Self {
        Self(Rule::Nobody)
    }

    /// Everybody may read, nobody may write.
    #[must_use]
    pub fn read_only() -> Self {
        Self(Rule::ReadOnly)
    }

    /// Whoever can open the local file may do everything: the operating system has asked already.
    #[must_use]
    pub fn local_operator() -> Self {
        Self(Rule::LocalOperator)
    }

    /// Asks.
    ///
    /// # Errors
    /// [`NotAllowed`].
    pub fn ask(&self, actor: &Actor, verb: Verb) -> Result<(), NotAllowed> {
        match (&self.0, verb) {
            (Rule::LocalOperator, _) | (Rule::ReadOnly, Verb::Read) => Ok(()),
            _ => Err(NotAllowed { actor: actor.clone(), verb }),
        }
    }
}
