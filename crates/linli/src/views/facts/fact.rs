//! One number of the story, and what the journal says.

use serde_json::{Value, json};

/// A number of the story, and what the journal says.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The number it has in the story.
    pub id: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// What the journal says; `null` where it says nothing. Decimals are texts.
    pub value: Value,
    /// What the story says.
    pub expected: Value,
    /// Whether the journal says what the story says.
    pub holds: bool,
}

impl Fact {
    /// A fact that holds where the journal says exactly this.
    pub(super) fn equal(
        id: &'static str,
        question: &'static str,
        value: impl Into<Value>,
        expected: impl Into<Value>,
    ) -> Self {
        let (value, expected) = (value.into(), expected.into());
        let holds = value == expected;
        Self { id, question, value, expected, holds }
    }

    /// A fact of which the story gives a bound or a form, said in words.
    pub(super) fn such(
        id: &'static str,
        question: &'static str,
        value: impl Into<Value>,
        expected: &'static str,
        holds: bool,
    ) -> Self {
        Self { id, question, value: value.into(), expected: expected.into(), holds }
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "id": self.id,
            "question": self.question,
            "value": self.value,
            "expected": self.expected,
            "holds": self.holds,
        })
    }
}
