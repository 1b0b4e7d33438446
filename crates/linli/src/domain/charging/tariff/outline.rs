//! Where each value of a JSON text stands: one pass that takes JSON (RFC 8259) and nothing else,
//! nothing copied. Why a text is none, `serde_json` says; a law holds the two to each other.

use std::ops::Range;

use serde::de::IgnoredAny;

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
    /// Whether it is a text with escapes.
    pub(super) is_escaped: bool,
    /// The byte that it begins with, which tells an object, a list, a text and null apart.
    pub(super) first: u8,
    /// The [`mark_of`] its key.
    mark: u8,
}

impl Entry {
    /// Whether its key may be one of a given mark.
    pub(super) fn may_be(&self, mark: u8) -> bool {
        self.mark == mark || self.is_key_escaped
    }

    /// The bit of its mark; all bits where escapes hide what the key is.
    pub(super) fn bits(&self) -> u64 {
        if self.is_key_escaped { u64::MAX } else { bit_of(self.mark) }
    }
}

/// A bit for each mark.
#[inline(always)]
pub(super) fn bit_of(mark: u8) -> u64 {
    1_u64.wrapping_shl(mark.into())
}

/// A number below 64 that is the same for the same key: two that differ in it are two keys. Those
/// of an OCPI object mostly differ in length, first letter or last.
#[inline(always)]
pub(super) fn mark_of(key: &[u8]) -> u8 {
    let letter = |letter: Option<&u8>| letter.copied().unwrap_or_default();
    let (first, last) = (letter(key.first()), letter(key.last()));
    let length = u8::try_from(key.len()).unwrap_or(u8::MAX);
    length.wrapping_add(first.wrapping_mul(5)).wrapping_add(last.wrapping_mul(11)) & 0x3f
}

/// From a byte up to another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) until: u32,
}

impl Span {
    fn of(from: usize, until: usize) -> Self {
        Self { from: short(from), until: short(until) }
    }

    /// For a slice.
    pub(super) fn range(self) -> Range<usize> {
        self.from as usize..self.until as usize
    }

    /// Without its first byte and its last, as the quotes of a text.
    pub(super) fn within(self) -> Self {
        Self { from: self.from.saturating_add(1), until: self.until.saturating_sub(1) }
    }

    /// In bytes.
    pub(super) fn length(self) -> usize {
        self.until.saturating_sub(self.from) as usize
    }
}

/// The values of a JSON text of at most 4 GiB, each before those inside of it.
///
/// # Errors
/// [`DocumentError`] where it is no JSON, nests too deep or has too many values.
pub(super) fn outline(text: &str) -> Result<Vec<Entry>, DocumentError> {
    let entries = Vec::with_capacity(text.len().div_euclid(BYTES_A_VALUE));
    let scan = Scan { bytes: text.as_bytes(), at: 0, entries, open: Vec::new() };
    scan.read().map_err(|fault| match fault {
        Fault::NotJson => not_json(text),
        Fault::TooDeep => DocumentError::TooDeep { most: MOST_DEPTH },
        Fault::TooManyValues => DocumentError::TooManyValues { most: MOST_VALUES },
    })
}

/// What is wrong, with line and column.
#[cold]
fn not_json(text: &str) -> DocumentError {
    let told = serde_json::from_str::<IgnoredAny>(text);
    let reason = told.err().map_or("RFC 8259 does not allow it".to_owned(), |own| own.to_string());
    DocumentError::NotJson { reason }
}

#[derive(Clone, Copy)]
enum Fault {
    NotJson,
    TooDeep,
    TooManyValues,
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    entries: Vec<Entry>,
    /// The objects and lists around the place, and whether each is an object.
    open: Vec<(u32, bool)>,
}

/// What comes after a value was begun.
#[derive(PartialEq, Eq)]
enum Next {
    /// Another one, inside of it.
    Inside,
    /// A comma, or the end of what is around it.
    Behind,
}

impl Scan<'_> {
    fn read(mut self) -> Result<Vec<Entry>, Fault> {
        loop {
            if self.value()? == Next::Inside {
                continue;
            }
            loop {
                match (self.next_sign(), self.open.last()) {
                    (b',', Some(_)) => break,
                    (b'}', Some((_, true))) | (b']', Some((_, false))) => self.close(),
                    (_, None) if self.rest().is_empty() => return Ok(self.entries),
                    _ => return Err(Fault::NotJson),
                }
            }
            self.step(1);
        }
    }

    /// A key if there is one, and the value or its opening.
    fn value(&mut self) -> Result<Next, Fault> {
        let index = short(self.entries.len());
        let (parent, in_object) = self.open.last().copied().unwrap_or((index, false));
        let (mut key, mut is_key_escaped, mut mark) = (Span::default(), false, 0);
        let mut first = self.next_sign();
        if in_object {
            if first != b'"' {
                return Err(Fault::NotJson);
            }
            let from = self.at.wrapping_add(1);
            is_key_escaped = self.text()?;
            key = Span::of(from, self.at.wrapping_sub(1));
            mark = mark_of(self.bytes.get(key.range()).unwrap_or_default());
            if self.next_sign() != b':' {
                return Err(Fault::NotJson);
            }
            self.step(1);
            first = self.next_sign();
        }
        if self.entries.len() >= MOST_VALUES {
            return Err(Fault::TooManyValues);
        }
        let (from, mut is_escaped) = (self.at, false);
        match first {
            b'"' => is_escaped = self.text()?,
            b'{' | b'[' => self.step(1),
            b't' => self.word(b"true")?,
            b'f' => self.word(b"false")?,
            b'n' => self.word(b"null")?,
            _ => self.number()?,
        }
        let own = Span::of(from, self.at);
        let end = index.wrapping_add(1);
        self.entries.push(Entry { key, own, parent, end, is_key_escaped, is_escaped, first, mark });
        match first {
            b'{' => self.open(index, true),
            b'[' => self.open(index, false),
            _ => Ok(Next::Behind),
        }
    }

    /// Goes into an object or a list, unless it ends where it begins.
    fn open(&mut self, index: u32, is_object: bool) -> Result<Next, Fault> {
        if self.open.len() >= MOST_DEPTH {
            return Err(Fault::TooDeep);
        }
        self.open.push((index, is_object));
        if self.next_sign() != if is_object { b'}' } else { b']' } {
            return Ok(Next::Inside);
        }
        self.close();
        Ok(Next::Behind)
    }

    /// Takes the sign that closes what is open.
    fn close(&mut self) {
        self.step(1);
        let (until, end) = (short(self.at), short(self.entries.len()));
        let Some((index, _)) = self.open.pop() else { return };
        if let Some(entry) = self.entries.get_mut(index as usize) {
            entry.own.until = until;
            entry.end = end;
        }
    }

    /// A text from its quote on; whether anything in it is escaped.
    fn text(&mut self) -> Result<bool, Fault> {
        self.step(1);
        let mut is_escaped = false;
        loop {
            self.step(plain(self.rest()));
            match self.byte() {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return Err(Fault::NotJson),
            }
            is_escaped = true;
        }
        self.step(1);
        Ok(is_escaped)
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let is_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
        let length = match rest.get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if rest.get(2..6).is_some_and(is_hex) => 6,
            _ => return Err(Fault::NotJson),
        };
        self.step(length);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        self.has(b'-');
        if !self.has(b'0') {
            self.digits()?;
        }
        if self.has(b'.') {
            self.digits()?;
        }
        if self.has(b'e') || self.has(b'E') {
            if !self.has(b'+') {
                self.has(b'-');
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.step(count);
        if count == 0 { Err(Fault::NotJson) } else { Ok(()) }
    }

    /// `true`, `false` or `null`.
    fn word(&mut self, word: &[u8]) -> Result<(), Fault> {
        if !self.rest().starts_with(word) {
            return Err(Fault::NotJson);
        }
        self.step(word.len());
        Ok(())
    }

    /// Takes a sign if it comes next.
    fn has(&mut self, sign: u8) -> bool {
        let is_next = self.byte() == sign;
        self.at = self.at.wrapping_add(usize::from(is_next));
        is_next
    }

    /// Passes white space; the byte that comes next.
    fn next_sign(&mut self) -> u8 {
        loop {
            match self.byte() {
                b' ' | b'\t' | b'\n' | b'\r' => self.step(1),
                sign => return sign,
            }
        }
    }

    /// The next byte; behind the end a zero, which stands nowhere in JSON.
    fn byte(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or_default()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes on within the text, so that nothing can wrap.
    fn step(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }
}

/// How many bytes stand before a quote, a backslash or a control character, eight at a time.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that is below `least`; a byte above one that is may have it too,
    // the lowest never wrongly.
    let below =
        |word: u64, least: u8| word.wrapping_sub(ONES.wrapping_mul(least.into())) & !word & HIGH;
    let is = |word: u64, sign: u8| below(word ^ ONES.wrapping_mul(sign.into()), 1);
    let (words, rest) = bytes.as_chunks();
    let mut passed = 0_usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let ends = below(word, 0x20) | is(word, b'"') | is(word, b'\\');
        if ends != 0 {
            return passed.wrapping_add(ends.trailing_zeros().wrapping_shr(3) as usize);
        }
        passed = passed.wrapping_add(8);
    }
    let tail = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
    passed.wrapping_add(tail.count())
}

/// An index into a document, which is far shorter than 4 GiB.
fn short(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
