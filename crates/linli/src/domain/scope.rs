//! In which community something happens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The path of a community from the largest to the smallest: `xuzhuang/yujing`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(SmolStr);

/// A text that is no path of a community. Write names apart by `/`, such as `xuzhuang/yujing`: at
/// most 100 bytes, no name empty, no control character.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no scope; write the names of communities apart by /, such as xuzhuang/yujing")]
pub struct InvalidScope(String);

impl Scope {
    /// Checks a text into a scope. The empty one holds everything.
    ///
    /// # Errors
    /// [`InvalidScope`].
    pub fn new(path: &str) -> Result<Self, InvalidScope> {
        let is_name = |name: &str| !name.is_empty() && !name.chars().any(char::is_control);
        match path.is_empty() || (path.len() <= 100 && path.split('/').all(is_name)) {
            true => Ok(Self(path.into())),
            false => Err(InvalidScope(path.chars().take(48).collect())),
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this community or lies in it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        let Some(rest) = other.0.strip_prefix(self.0.as_str()) else { return false };
        self.0.is_empty() || rest.is_empty() || rest.starts_with('/')
    }

    /// Whether it says nothing: everything lies in it.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(path: &str) -> Result<Self, InvalidScope> {
        Self::new(path)
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(path: String) -> Result<Self, InvalidScope> {
        Self::new(&path)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0.into()
    }
}
