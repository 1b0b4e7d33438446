//! Reads JSON with the place of each value, numbers as the text they were written in.
//!
//! One pass notes where its values stand. Nothing is copied, and a path is put together where
//! somebody asks for it.

use std::borrow::Cow;

use super::decimal;
use super::error::DocumentError;
use super::outline::{Entry, Span, bit_of, mark_of, outline};
use crate::domain::Exact;

/// The longest document that is read, in bytes.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// The most fields of one object, a bit each: an OCPI object has at most some thirty.
const MOST_FIELDS: usize = 128;

/// Blanks out whole lines that begin with `//`, so that line numbers stay.
///
/// # Errors
/// [`DocumentError::TooLong`] above a mebibyte.
pub(super) fn without_comments(text: &str) -> Result<Cow<'_, str>, DocumentError> {
    if text.len() > MOST_BYTES {
        return Err(DocumentError::TooLong { bytes: text.len(), most: MOST_BYTES });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_comment = |line: &str| line.trim_start().starts_with("//");
    if !text.contains("//") || !text.lines().any(is_comment) {
        return Ok(Cow::Borrowed(text));
    }
    let lines = text.lines().map(|line| if is_comment(line) { "" } else { line });
    Ok(Cow::Owned(lines.collect::<Vec<_>>().join("\n")))
}

/// The text of a document that arrived as bytes.
///
/// # Errors
/// [`DocumentError::TooLong`] above a mebibyte, before anything else is looked at;
/// [`DocumentError::NotUtf8`] where a byte belongs to no character.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, DocumentError> {
    if bytes.len() > MOST_BYTES {
        return Err(DocumentError::TooLong { bytes: bytes.len(), most: MOST_BYTES });
    }
    std::str::from_utf8(bytes).map_err(|fault| DocumentError::NotUtf8 { at: fault.valid_up_to() })
}

/// A JSON text and where its values stand.
#[derive(Debug)]
pub(super) struct Document<'t> {
    text: &'t str,
    entries: Vec<Entry>,
}

impl<'t> Document<'t> {
    /// Reads a text without comments.
    ///
    /// # Errors
    /// [`DocumentError`] where it is no JSON, nests too deep or has too many values.
    pub(super) fn read(text: &'t str) -> Result<Self, DocumentError> {
        Ok(Self { text, entries: outline(text)? })
    }

    /// The whole of it.
    pub(super) fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }

    fn entry(&self, index: u32) -> Option<&Entry> {
        self.entries.get(index as usize)
    }

    fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// One JSON value and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'d> {
    document: &'d Document<'d>,
    index: u32,
}

impl<'d> Node<'d> {
    /// Its place: `$.elements[2].price_components[0].type`.
    pub(super) fn path(&self) -> String {
        let Some(entry) = self.document.entry(self.index) else { return "$".to_owned() };
        if entry.parent == self.index {
            return "$".to_owned();
        }
        let parent = Node { index: entry.parent, ..*self };
        if parent.is_object() {
            return parent.path_of(&self.key());
        }
        let before = parent.children().take_while(|child| child.index != self.index).count();
        format!("{}[{before}]", parent.path())
    }

    /// The place of a field of it.
    pub(super) fn path_of(&self, key: &str) -> String {
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let path = self.path();
        if plain { format!("{path}.{key}") } else { format!("{path}[{key:?}]") }
    }

    /// Its own text, comments blanked out.
    pub(super) fn json(&self) -> &'d str {
        self.document.entry(self.index).map_or("", |entry| self.document.slice(entry.own))
    }

    /// The byte that it begins with.
    fn first(self) -> u8 {
        self.document.entry(self.index).map_or(0, |entry| entry.first)
    }

    /// Its key as it stands between its quotes; empty in a list.
    pub(super) fn written_key(self) -> &'d str {
        self.document.entry(self.index).map_or("", |entry| self.document.slice(entry.key))
    }

    /// Its key, without escapes.
    pub(super) fn key(&self) -> Cow<'d, str> {
        let written = self.written_key();
        if !self.document.entry(self.index).is_some_and(|entry| entry.is_key_escaped) {
            return Cow::Borrowed(written);
        }
        // Two halves of no pair of surrogates are no text, and no key that anybody looks for.
        let decoded = serde_json::from_str(&format!("\"{written}\""));
        decoded.map_or(Cow::Borrowed(written), Cow::Owned)
    }

    /// Whether its key is this one.
    fn has_key(&self, own: &Entry, key: &str) -> bool {
        if own.is_key_escaped {
            return self.key() == key;
        }
        self.document.text.as_bytes().get(own.key.range()) == Some(key.as_bytes())
    }

    /// What stands in an object or a list, in the order of the text.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        self.entries().map(move |(index, _)| Node { index, ..self })
    }

    /// The same, each with its index.
    fn entries(self) -> impl Iterator<Item = (u32, &'d Entry)> {
        let end = self.document.entry(self.index).map_or(0, |entry| entry.end);
        let mut next = self.index.saturating_add(1);
        std::iter::from_fn(move || {
            let index = next;
            let entry = self.document.entry(index).filter(|_| index < end)?;
            next = entry.end;
            Some((index, entry))
        })
    }

    /// That something else should stand here.
    pub(super) fn unexpected(&self, expected: &'static str) -> DocumentError {
        let found: String = self.json().chars().take(40).collect();
        let found = if found.len() < self.json().len() { format!("{found}...") } else { found };
        DocumentError::Unexpected { path: self.path(), found, expected }
    }

    /// The fields of an object; those that are `null` count as absent.
    pub(super) fn fields(&self) -> Result<Fields<'d>, DocumentError> {
        if !self.is_object() {
            return Err(self.unexpected("an object in braces"));
        }
        let (mut left, mut bit, mut count, mut marks) = (0_u128, 1_u128, 0_usize, 0_u64);
        for (index, entry) in self.entries() {
            let (node, bits) = (Node { index, ..*self }, entry.bits());
            if marks & bits != 0 && node.repeats(entry, self.entries().take(count)) {
                return Err(DocumentError::Twice { path: self.path_of(&node.key()) });
            }
            marks |= bits;
            count = count.saturating_add(1);
            if count > MOST_FIELDS {
                let (path, count) = (self.path(), self.children().count());
                return Err(DocumentError::TooMany { path, count, most: MOST_FIELDS });
            }
            if entry.first != b'n' {
                left |= bit;
            }
            bit = bit.wrapping_shl(1);
        }
        Ok(Fields { node: *self, left, marks })
    }

    /// Whether its key is that of an earlier field. Most differ in length.
    fn repeats(self, own: &Entry, mut earlier: impl Iterator<Item = (u32, &'d Entry)>) -> bool {
        earlier.any(|(index, other)| {
            let other_node = Node { index, ..self };
            if own.is_key_escaped || other.is_key_escaped {
                return self.key() == other_node.key();
            }
            own.key.length() == other.key.length() && self.written_key() == other_node.written_key()
        })
    }

    /// The entries of a list, at most `most`.
    pub(super) fn items(self, most: usize) -> Result<impl Iterator<Item = Self>, DocumentError> {
        if self.first() != b'[' {
            return Err(self.unexpected("a list in brackets"));
        }
        let count = self.children().count();
        if count > most {
            return Err(DocumentError::TooMany { path: self.path(), count, most });
        }
        Ok(self.children())
    }

    /// A text.
    pub(super) fn text(&self, expected: &'static str) -> Result<Cow<'d, str>, DocumentError> {
        match self.plain() {
            Some(plain) => Ok(Cow::Borrowed(plain)),
            // A text with escapes, or no text at all.
            None => serde_json::from_str(self.json())
                .map(Cow::Owned)
                .map_err(|_| self.unexpected(expected)),
        }
    }

    /// What stands between the quotes of a text without escapes.
    fn plain(&self) -> Option<&'d str> {
        let entry = self.document.entry(self.index)?;
        let is_plain = entry.first == b'"' && !entry.is_escaped;
        is_plain.then(|| self.document.slice(entry.own.within()))
    }

    /// A decimal, as a number or as text.
    pub(super) fn decimal(&self) -> Result<Exact, DocumentError> {
        const EXPECTED: &str = "a decimal with at most 18 digits before and after the point";
        decimal::parse(&self.written()).ok_or_else(|| self.unexpected(EXPECTED))
    }

    /// A number or a text as it was written, without quotes.
    pub(super) fn written(&self) -> Cow<'d, str> {
        let written = || self.json();
        match self.plain() {
            Some(plain) => Cow::Borrowed(plain),
            None if self.first() != b'"' => Cow::Borrowed(written()),
            None => serde_json::from_str(written()).map_or(Cow::Borrowed(written()), Cow::Owned),
        }
    }

    /// True or false.
    pub(super) fn truth(&self) -> Result<bool, DocumentError> {
        match self.json() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.unexpected("true or false")),
        }
    }

    /// A decimal that is not negative.
    pub(super) fn amount(&self) -> Result<Exact, DocumentError> {
        let figure = self.decimal()?;
        if figure < Exact::ZERO {
            return Err(self.unexpected("a decimal that is not negative"));
        }
        Ok(figure)
    }

    /// A whole number from 0 to the greatest of its type.
    pub(super) fn whole(&self) -> Result<u32, DocumentError> {
        let figure = self.decimal()?;
        let whole = (figure.denominator() == 1).then_some(figure.numerator());
        whole
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(|| self.unexpected("a whole number from 0 to 4294967295"))
    }

    /// Whether it is an object.
    pub(super) fn is_object(&self) -> bool {
        self.first() == b'{'
    }
}

/// The fields of one object, taken out one by one; what is left was not understood.
#[derive(Debug)]
pub(super) struct Fields<'d> {
    node: Node<'d>,
    /// A bit for each field that is there and was not taken yet, in the order of the text.
    left: u128,
    /// The bits of all keys: a key without its bit among them is not there.
    marks: u64,
}

impl<'d> Fields<'d> {
    /// Takes a field out; `None` if it is absent or null.
    #[inline(always)] // So that the mark of a literal key is a constant.
    pub(super) fn take(&mut self, key: &str) -> Option<Node<'d>> {
        let (node, bit) = self.find(key, mark_of(key.as_bytes()))?;
        self.left &= !bit;
        Some(node)
    }

    /// Whether a field is still there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.find(key, mark_of(key.as_bytes())).is_some()
    }

    #[inline(always)]
    fn find(&self, key: &str, mark: u8) -> Option<(Node<'d>, u128)> {
        if self.marks & bit_of(mark) == 0 {
            return None;
        }
        self.look_for(key, mark)
    }

    fn look_for(&self, key: &str, mark: u8) -> Option<(Node<'d>, u128)> {
        let found =
            self.there().find(|(node, entry, _)| entry.may_be(mark) && node.has_key(entry, key));
        found.map(|(node, _, bit)| (node, bit))
    }

    /// What is left, each with its bit.
    fn there(&self) -> impl Iterator<Item = (Node<'d>, &'d Entry, u128)> {
        let (left, parent) = (self.left, self.node);
        let mut next = 1_u128;
        parent.entries().filter_map(move |(index, entry)| {
            let bit = next;
            next = bit.wrapping_shl(1);
            (left & bit != 0).then_some((Node { index, ..parent }, entry, bit))
        })
    }

    /// Takes a field out that must be there.
    #[inline(always)]
    pub(super) fn need(
        &mut self,
        key: &str,
        expected: &'static str,
    ) -> Result<Node<'d>, DocumentError> {
        self.take(key).ok_or_else(|| DocumentError::Missing { path: self.path_of(key), expected })
    }

    /// The place of the object.
    pub(super) fn path(&self) -> String {
        self.node.path()
    }

    /// The place of a field.
    pub(super) fn path_of(&self, key: &str) -> String {
        self.node.path_of(key)
    }

    /// What nobody took, by name, without what may stand there and says nothing of prices.
    pub(super) fn rest_but(self, known: &[&str]) -> Vec<Node<'d>> {
        if self.left == 0 {
            return Vec::new();
        }
        let there = self.there().map(|(node, ..)| node);
        let mut rest: Vec<Node<'d>> =
            there.filter(|node| !known.contains(&node.key().as_ref())).collect();
        rest.sort_by(|left, right| left.key().cmp(&right.key()));
        rest
    }

    /// What nobody took, by name.
    pub(super) fn rest(self) -> Vec<Node<'d>> {
        self.rest_but(&[])
    }
}
