//! Why somebody may not.

use std::fmt;

use super::Actor;
use crate::domain::Scope;

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// Carry out a command.
    Execute,
    /// Read events, bills, views.
    Read,
}

/// The actor may not do this. Ask the secretary for the role, or act as somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAllowed {
    /// Who asked.
    pub actor: Actor,
    /// For what.
    pub verb: Verb,
    /// What is missing.
    pub why: Why,
}

/// What is missing: of several roles, what the nearest one lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// This authority never lets them. Open the ledger under another one.
    Never,
    /// No role that they hold allows it.
    NoRole {
        /// The command, or the context that is read.
        what: String,
    },
    /// A role allows it, and was granted in another community. Name one in which they hold it
    /// ([`Request::within`](crate::ledger::Request::within)).
    OutsideScope {
        /// The command, or the context that is read.
        what: String,
        /// The community that was asked for; empty: all of them.
        scope: Scope,
    },
    /// What the command is about is of a community apart from the one that the request names. Act
    /// where it is.
    OfAnother {
        /// The thing, as its events are tagged: `dispute:d-1`.
        thing: String,
        /// Where it is.
        scope: Scope,
    },
    /// A role allows it, and not for themselves: it takes another person who has the role.
    ForThemselves {
        /// The command.
        what: String,
    },
    /// A role allows it in their own name, and the command names somebody else as who does it.
    InAnothersName {
        /// The command.
        what: String,
    },
    /// A role allows it for themselves and their wards, and it concerns others, or nobody known.
    NotOwn {
        /// The command.
        what: String,
    },
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, all) = match self.verb {
            Verb::Execute => ("carry out", "carry out commands"),
            Verb::Read => ("read", "read"),
        };
        write!(f, "{} may not ", self.actor)?;
        match &self.why {
            Why::Never => f.write_str(all),
            Why::NoRole { what } => {
                write!(f, "{verb} `{what}`: no role that they hold allows it")
            }
            Why::OutsideScope { what, scope } => {
                let place = if scope.is_everything() { "all communities" } else { scope.as_str() };
                write!(f, "{verb} `{what}` in {place}: the role that allows it is held elsewhere")
            }
            Why::OfAnother { thing, scope } => {
                write!(f, "{all} about `{thing}` from another community: it is of {scope}")
            }
            Why::ForThemselves { what } => {
                write!(f, "{verb} `{what}` for themselves: somebody else has to")
            }
            Why::InAnothersName { what } => {
                write!(f, "{verb} `{what}` in another's name: it has to name them")
            }
            Why::NotOwn { what } => {
                write!(f, "{verb} `{what}` for others: only for themselves and their wards")
            }
        }
    }
}

impl std::error::Error for NotAllowed {}
