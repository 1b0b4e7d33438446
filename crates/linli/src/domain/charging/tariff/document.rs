//! Reads JSON with the place of each value, numbers as the text they were written in.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::decimal;
use super::error::DocumentError;
use crate::domain::Exact;

/// The longest document that is read, in bytes.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// The deepest nesting of braces and brackets; OCPI's own objects nest 8 deep.
const MOST_DEPTH: usize = 64;

/// The most fields of one object: an OCPI object has at most some thirty.
const MOST_FIELDS: usize = 1_000;

/// Blanks out whole lines that begin with `//`, so that line numbers stay.
///
/// # Errors
/// [`DocumentError::TooLong`] above a mebibyte.
pub(super) fn without_comments(text: &str) -> Result<String, DocumentError> {
    if text.len() > MOST_BYTES {
        return Err(DocumentError::TooLong { bytes: text.len(), most: MOST_BYTES });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines =
        text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// One JSON value and where it stands.
pub(super) struct Node<'a> {
    raw: &'a RawValue,
    pub(super) path: String,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub(super) fn root(text: &'a str) -> Result<Self, DocumentError> {
        if deepest(text) > MOST_DEPTH {
            return Err(DocumentError::TooDeep { most: MOST_DEPTH });
        }
        let raw: &RawValue = serde_json::from_str(text)
            .map_err(|fault| DocumentError::NotJson { reason: fault.to_string() })?;
        Ok(Self { raw, path: "$".to_owned() })
    }

    fn is_null(&self) -> bool {
        self.raw.get() == "null"
    }

    /// That something else should stand here.
    pub(super) fn unexpected(&self, expected: &'static str) -> DocumentError {
        let found: String = self.raw.get().chars().take(40).collect();
        let found = if found.len() < self.raw.get().len() { format!("{found}...") } else { found };
        DocumentError::Unexpected { path: self.path.clone(), found, expected }
    }

    /// The fields of an object; those that are `null` count as absent.
    pub(super) fn fields(&self) -> Result<Fields<'a>, DocumentError> {
        let Keys(keys) = serde_json::from_str(self.raw.get())
            .map_err(|_| self.unexpected("an object in braces"))?;
        if keys.len() > MOST_FIELDS {
            let (path, count) = (self.path.clone(), keys.len());
            return Err(DocumentError::TooMany { path, count, most: MOST_FIELDS });
        }
        let mut fields = Fields { path: self.path.clone(), fields: Vec::with_capacity(keys.len()) };
        for (key, raw) in keys {
            if fields.fields.iter().any(|(earlier, _)| *earlier == key) {
                return Err(DocumentError::Twice { path: fields.path_of(&key) });
            }
            let node = Node { raw, path: fields.path_of(&key) };
            fields.fields.push((key, node));
        }
        fields.fields.retain(|(_, node)| !node.is_null());
        Ok(fields)
    }

    /// The entries of a list, at most `most`.
    pub(super) fn items(&self, most: usize) -> Result<Vec<Node<'a>>, DocumentError> {
        let items: Vec<&'a RawValue> = serde_json::from_str(self.raw.get())
            .map_err(|_| self.unexpected("a list in brackets"))?;
        if items.len() > most {
            return Err(DocumentError::TooMany {
                path: self.path.clone(),
                count: items.len(),
                most,
            });
        }
        let place = |(index, raw)| Node { raw, path: format!("{}[{index}]", self.path) };
        Ok(items.into_iter().enumerate().map(place).collect())
    }

    /// A text.
    pub(super) fn text(&self, expected: &'static str) -> Result<String, DocumentError> {
        serde_json::from_str(self.raw.get()).map_err(|_| self.unexpected(expected))
    }

    /// A decimal, as a number or as text.
    pub(super) fn decimal(&self) -> Result<Exact, DocumentError> {
        const EXPECTED: &str = "a decimal with at most 18 digits before and after the point";
        decimal::parse(&self.written()).ok_or_else(|| self.unexpected(EXPECTED))
    }

    /// A number or a text as it was written, without quotes.
    pub(super) fn written(&self) -> String {
        serde_json::from_str(self.raw.get()).unwrap_or_else(|_| self.raw.get().to_owned())
    }

    /// True or false.
    pub(super) fn truth(&self) -> Result<bool, DocumentError> {
        match self.raw.get() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.unexpected("true or false")),
        }
    }

    /// Its own text, comments blanked out.
    pub(super) fn json(&self) -> &'a str {
        self.raw.get()
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
        self.raw.get().starts_with('{')
    }
}

/// The fields of one object, taken out one by one; what is left was not understood.
pub(super) struct Fields<'a> {
    pub(super) path: String,
    fields: Vec<(String, Node<'a>)>,
}

impl<'a> Fields<'a> {
    /// Takes a field out; `None` if it is absent or null.
    pub(super) fn take(&mut self, key: &str) -> Option<Node<'a>> {
        let index = self.fields.iter().position(|(name, _)| name == key)?;
        Some(self.fields.swap_remove(index).1)
    }

    /// Whether a field is still there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|(name, _)| name == key)
    }

    /// Takes a field out that must be there.
    pub(super) fn need(
        &mut self,
        key: &str,
        expected: &'static str,
    ) -> Result<Node<'a>, DocumentError> {
        let path = self.path_of(key);
        self.take(key).ok_or(DocumentError::Missing { path, expected })
    }

    /// The place of a field.
    pub(super) fn path_of(&self, key: &str) -> String {
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if plain { format!("{}.{key}", self.path) } else { format!("{}[{key:?}]", self.path) }
    }

    /// What nobody took, in the order of the file as far as that is known.
    pub(super) fn rest(self) -> Vec<(String, Node<'a>)> {
        let mut rest = self.fields;
        rest.sort_by(|left, right| left.0.cmp(&right.0));
        rest
    }
}

/// How deep braces and brackets nest, those within texts apart. Looked at before anything is
/// parsed, so that no reader meets more.
fn deepest(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth = depth.saturating_add(1);
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

struct Keys<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Keys<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder).map(Keys)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut keys = Vec::new();
        while let Some(entry) = map.next_entry()? {
            keys.push(entry);
        }
        Ok(keys)
    }
}
