//! What an import did: counted, flagged, and what was left out and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use linli::Flag;
use linli::ledger::LedgerError;
use serde_json::{Value, json};

/// How many refused rows the text shows; JSON has all.
const SHOWN: usize = 20;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows of the file, without its header.
    pub rows: u64,
    /// Rows recorded by this run.
    pub imported: u64,
    /// Rows that the journal had already.
    pub duplicates: u64,
    /// How many of the imported sessions have a flag.
    pub flagged: BTreeMap<Flag, u64>,
    /// Rows that were left out.
    pub refused: Vec<Refused>,
    /// What might be better done otherwise, with the evidence.
    pub suggestions: Vec<String>,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column; empty where it is about the whole row.
    pub column: String,
    /// What is wrong there.
    pub reason: String,
}

impl ImportReport {
    /// Counts the flags of what was recorded. Who may record need not be allowed to read it back:
    /// then the report says that they are not counted.
    pub(super) fn count_flags(
        &mut self,
        read: Result<Vec<Flag>, LedgerError>,
    ) -> Result<(), LedgerError> {
        match read {
            Ok(flags) => {
                for flag in flags {
                    let count = self.flagged.entry(flag).or_default();
                    *count = count.saturating_add(1);
                }
            }
            Err(error @ LedgerError::NotAllowed(_)) => {
                let note = format!("The flags of what was recorded are not counted: {error}.");
                if !self.suggestions.contains(&note) {
                    self.suggestions.push(note);
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// One JSON document, with the keys of the contract.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let flagged: BTreeMap<&str, u64> =
            self.flagged.iter().map(|(flag, sessions)| (flag.name(), *sessions)).collect();
        let refused: Vec<Value> = self.refused.iter().map(Refused::to_json).collect();
        json!({
            "rows": self.rows,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "flagged": flagged,
            "refused": refused,
            "suggestions": self.suggestions,
        })
    }

    /// The same for people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut put = |name: &str, count: u64| {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{name:<28}{count:>10}");
        };
        put("rows", self.rows);
        put("imported", self.imported);
        put("duplicates", self.duplicates);
        put("refused", self.refused.len() as u64);
        for (flag, sessions) in &self.flagged {
            put(&format!("  {flag}"), *sessions);
        }
        for refused in self.refused.iter().take(SHOWN) {
            let _ = writeln!(text, "{refused}");
        }
        if let Some(more) = self.refused.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "and {more} rows more, all of them with --json");
        }
        for suggestion in &self.suggestions {
            let _ = writeln!(text, "{suggestion}");
        }
        text
    }
}

impl Refused {
    fn to_json(&self) -> Value {
        json!({ "line": self.line, "column": self.column, "reason": self.reason })
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.reason),
            column => write!(f, "line {}, {column}: {}", self.line, self.reason),
        }
    }
}
