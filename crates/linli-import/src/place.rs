//! On which line an item of a JSON list begins.

/// Finds the line on which an item begins; items come in the order of the file.
pub(super) struct Place<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Place<'a> {
    pub(super) fn in_text(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    pub(super) fn line_of(&mut self, item: &str) -> u64 {
        let rest = self.text.get(self.at..).unwrap_or_default();
        // Nothing but a comma and blanks lies before it, so that the first match is it.
        let passed = rest.find(item).unwrap_or_default();
        let before = rest.get(..passed).unwrap_or_default();
        let line = self.line.saturating_add(before.matches('\n').count() as u64);
        self.line = line.saturating_add(item.matches('\n').count() as u64);
        self.at = self.at.saturating_add(passed).saturating_add(item.len());
        line
    }
}
