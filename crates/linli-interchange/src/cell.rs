//! Cells of a CSV file that no spreadsheet takes for a formula.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is calculated by whoever
//! opens the file. Such a cell is written with an apostrophe before it; reading takes it off again.
//! So that every text comes back as it was, one that begins with apostrophes before such a
//! character gets another one too; any other apostrophe is left alone.
//!
//! # Source
//! OWASP, *CSV Injection*.

use std::borrow::Cow;

/// The text as a cell.
///
/// ```
/// use linli_interchange::cell;
///
/// assert_eq!(cell::written("=1+1"), "'=1+1");
/// assert_eq!(cell::read("'=1+1"), "=1+1");
/// assert_eq!(cell::written("'t Hof"), "'t Hof");
/// ```
#[must_use]
pub fn written(text: &str) -> Cow<'_, str> {
    if is_formula_behind_marks(text) { Cow::Owned(format!("'{text}")) } else { text.into() }
}

/// The text of a cell: the opposite of [`written`].
#[must_use]
pub fn read(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula_behind_marks(text)).unwrap_or(cell)
}

fn is_formula_behind_marks(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Nothing written begins as a formula does, and everything comes back.
        #[test]
        fn no_cell_is_a_formula_and_every_text_comes_back(text in "['=+@\t\ra-c-]{0,6}") {
            let cell = written(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
            prop_assert_eq!(read(&cell), &text);
        }

        /// What another program wrote is read as it stands, unless it is such a cell.
        #[test]
        fn plain_cells_are_left_alone(text in "[a-z']{1,8}") {
            prop_assert_eq!(read(&text), &text);
        }
    }
}
