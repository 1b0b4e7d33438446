//! Where each value of a JSON text stands: one pass over a text that is known to be JSON, nothing
//! copied.

use super::error::DocumentError;

/// The deepest nesting of braces and brackets; OCPI's own objects nest 8 deep.
const MOST_DEPTH: usize = 64;

/// The most values of a document: a CDR of a week with a period a minute has some 120,000.
const MOST_VALUES: usize = 200_000;

/// About as many bytes of a document are one value, its key and what stands between.
const BYTES_A_VALUE: usize = 16;

/// A value, and in an object the key before it, as bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Between the quotes, escapes as they stand; empty in a list.
    pub(super) key: Span,
    pub(super) own: Span,
    /// The object or list that it stands in; its own index for the whole document.
    pub(super) parent: u32,
    /// The index after all that stands in it: of what comes next.
    pub(super) end: u32,
    pub(super) is_key_escaped: bool,
    pub(super) is_null: bool,
}

/// From a byte up to another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) until: u32,
}

impl Span {
    /// In bytes.
    pub(super) fn length(self) -> usize {
        self.until.saturating_sub(self.from) as usize
    }
}

/// The values of a text that is JSON and at most 4 GiB long, each before those inside of it.
///
/// # Errors
/// [`DocumentError`] where it nests too deep or has too many values.
pub(super) fn outline(text: &str) -> Result<Vec<Entry>, DocumentError> {
    let entries = Vec::with_capacity(text.len().div_euclid(BYTES_A_VALUE));
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, entries, open: Vec::new() };
    while let Some(byte) = scan.bytes.get(scan.at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => scan.at = scan.at.saturating_add(1),
            b'}' | b']' => scan.close(),
            _ => scan.value()?,
        }
    }
    Ok(scan.entries)
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    entries: Vec<Entry>,
    /// The objects and lists around the place, and whether each is an object.
    open: Vec<(u32, bool)>,
}

impl Scan<'_> {
    /// A key if there is one, and the value or its opening.
    fn value(&mut self) -> Result<(), DocumentError> {
        let index = short(self.entries.len());
        let (parent, in_object) = self.open.last().copied().unwrap_or((index, false));
        let (mut key, mut is_key_escaped) = (Span::default(), false);
        if in_object {
            let quoted;
            (quoted, is_key_escaped) = self.text();
            key =
                Span { from: quoted.from.saturating_add(1), until: quoted.until.saturating_sub(1) };
            while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r' | b':')) {
                self.at = self.at.saturating_add(1);
            }
        }
        if self.entries.len() >= MOST_VALUES {
            return Err(DocumentError::TooManyValues { most: MOST_VALUES });
        }
        let opens = self.bytes.get(self.at).copied();
        let own = match opens {
            Some(b'"') => self.text().0,
            Some(b'{' | b'[') => self.opening(),
            _ => self.word(),
        };
        let (end, is_null) = (index.saturating_add(1), opens == Some(b'n'));
        self.entries.push(Entry { key, own, parent, end, is_key_escaped, is_null });
        if matches!(opens, Some(b'{' | b'[')) {
            if self.open.len() >= MOST_DEPTH {
                return Err(DocumentError::TooDeep { most: MOST_DEPTH });
            }
            self.open.push((index, opens == Some(b'{')));
        }
        Ok(())
    }

    fn opening(&mut self) -> Span {
        let from = short(self.at);
        self.at = self.at.saturating_add(1);
        Span { from, until: from }
    }

    fn close(&mut self) {
        self.at = self.at.saturating_add(1);
        let (until, end) = (short(self.at), short(self.entries.len()));
        let Some((index, _)) = self.open.pop() else { return };
        if let Some(entry) = self.entries.get_mut(index as usize) {
            entry.own.until = until;
            entry.end = end;
        }
    }

    /// A text with its quotes, and whether anything in it is escaped.
    fn text(&mut self) -> (Span, bool) {
        let (from, mut is_escaped) = (short(self.at), false);
        self.at = self.at.saturating_add(1);
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(passed) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
                self.at = self.bytes.len();
                break;
            };
            let is_end = rest.get(passed) == Some(&b'"');
            self.at = self.at.saturating_add(passed).saturating_add(if is_end { 1 } else { 2 });
            if is_end {
                break;
            }
            is_escaped = true;
        }
        (Span { from, until: short(self.at) }, is_escaped)
    }

    /// A number, or `true`, `false` or `null`.
    fn word(&mut self) -> Span {
        let from = short(self.at);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
        // At least one byte, so that every step goes on.
        let length = rest.iter().position(ends).unwrap_or(rest.len()).max(1);
        self.at = self.at.saturating_add(length);
        Span { from, until: short(self.at) }
    }
}

/// An index into a document, which is far shorter than 4 GiB.
fn short(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
