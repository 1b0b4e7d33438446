//! Why something made up could not be told.

use linli::{InvalidName, InvalidScope, UnknownCurrency};

/// What was made up is no command. That is a mistake of this crate, and its sentence says where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unmade {
    /// A name that the domain does not take.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// A community that the domain does not take.
    #[error(transparent)]
    Scope(#[from] InvalidScope),
    /// A currency that there is not.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// A command that is written in another way.
    #[error("a made-up command is not understood: {0}")]
    Command(#[from] serde_json::Error),
}
