//! One line of a statement.

use serde::{Deserialize, Serialize};

/// One line of a statement: a bill, a credit, or what rounding a month leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// The bill or the credit; `None` for what is left when the sum of the month is rounded.
    pub bill: Option<String>,
    /// The local month of its session's start, which may be before the statement's: `2022-02`.
    pub month: String,
    /// Its amount in the statement's currency; negative for a credit.
    pub amount: String,
}
