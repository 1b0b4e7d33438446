//! Writes a tariff as another version of OCPI: what both versions say the same way is copied byte
//! for byte, unknown fields included; only what they write differently is written anew.

use std::fmt::Write as _;

use super::document::{Document, Node};
use super::error::TariffError;
use super::sheet::Tariff;

/// A version of OCPI that documents are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OcpiVersion {
    /// OCPI 2.1.1: no price limits, no tax, no validity, no reservation, no credit CDR.
    V211,
    /// OCPI 2.2.1.
    V221,
    /// OCPI 2.3.0: taxes by name, `tax_included`.
    V230,
}

impl OcpiVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 3] = [Self::V211, Self::V221, Self::V230];
}

/// A document as it was written, and what its version could not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The OCPI object.
    pub json: String,
    /// The JSON paths, in the original or of what was asked for, of what was left out.
    pub losses: Vec<String>,
}

/// Fields of a tariff that 2.1.1 does not have.
const NOT_IN_211: &[&str] = &[
    "country_code",
    "end_date_time",
    "max_price",
    "min_price",
    "party_id",
    "start_date_time",
    "type",
];

impl Tariff {
    /// The tariff as an OCPI object of a version. What is written the same way in both is copied as
    /// it stands, unknown fields byte for byte; so in its own version it comes out as it came in,
    /// whole-line comments apart.
    ///
    /// An element that 2.1.1 cannot restrict as it should is left out of it, so that it prices
    /// nothing that it should not.
    ///
    /// # Errors
    /// [`TariffError`] does not occur for a tariff that was read; it is the reader's.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::{OcpiVersion, Tariff};
    /// let tariff = Tariff::from_json(
    ///     r#"{"id": "t", "currency": "EUR", "min_price": {"excl_vat": 0.50}, "x_own": [1,  2],
    ///         "elements": [{"price_components": [{"type": "FLAT", "price": 1}]}]}"#,
    /// )?;
    /// let newer = tariff.to_json(OcpiVersion::V230)?;
    /// assert!(newer.json.contains(r#""min_price": {"before_taxes": 0.50}, "x_own": [1,  2]"#));
    /// assert_eq!(tariff.to_json(OcpiVersion::V211)?.losses, ["$.min_price"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Source
    /// OCPI 2.1.1, 2.2.1 and 2.3.0, Tariffs module, Tariff Object and PriceLimit.
    pub fn to_json(&self, version: OcpiVersion) -> Result<Written, TariffError> {
        let document = Document::read(self.json())?;
        let mut writer = Writer { version, losses: Vec::new() };
        let json = writer.tariff(document.root())?;
        Ok(Written { json, losses: writer.losses })
    }
}

struct Writer {
    version: OcpiVersion,
    losses: Vec<String>,
}

impl Writer {
    fn tariff(&mut self, node: Node<'_>) -> Result<String, TariffError> {
        let mut has_tax = false;
        let mut pieces = Vec::new();
        for field in node.children() {
            let key = field.key();
            has_tax |= key == "tax_included";
            let lost = match self.version {
                OcpiVersion::V211 => NOT_IN_211.contains(&key.as_ref()) || key == "tax_included",
                OcpiVersion::V221 => key == "tax_included",
                OcpiVersion::V230 => false,
            };
            if lost {
                self.losses.push(field.path());
                continue;
            }
            let value = match key.as_ref() {
                "min_price" | "max_price" => self.limit(field),
                "elements" => self.elements(field)?,
                _ => field.json().to_owned(),
            };
            pieces.push((field, value));
        }
        let unchanged = pieces.len() == node.children().count()
            && pieces.iter().all(|(field, value)| field.json() == value);
        if unchanged && (has_tax || self.version != OcpiVersion::V230) {
            return Ok(node.json().to_owned());
        }
        let mut text = String::from("{");
        for (field, value) in pieces {
            put(&mut text, field.written_key(), &value);
        }
        if self.version == OcpiVersion::V230 && !has_tax {
            // Before 2.3.0 prices are without tax.
            put(&mut text, "tax_included", "\"NO\"");
        }
        text.push('}');
        Ok(text)
    }

    /// A limit in the version's own words; its other fields go along.
    fn limit(&self, node: Node<'_>) -> String {
        let words = match self.version {
            OcpiVersion::V230 => ["before_taxes", "after_taxes"],
            OcpiVersion::V211 | OcpiVersion::V221 => ["excl_vat", "incl_vat"],
        };
        let [without, with] = words;
        if !node.is_object() {
            return if node.json() == "null" {
                node.json().to_owned()
            } else {
                format!("{{\"{without}\": {}}}", node.json())
            };
        }
        let renamed = |key: &str| match key {
            "excl_vat" | "before_taxes" => Some(without),
            "incl_vat" | "after_taxes" => Some(with),
            _ => None,
        };
        if node.children().all(|field| renamed(&field.key()).is_none_or(|own| own == field.key())) {
            return node.json().to_owned();
        }
        let mut text = String::from("{");
        for field in node.children() {
            let key = field.key();
            put(&mut text, renamed(&key).unwrap_or(field.written_key()), field.json());
        }
        text.push('}');
        text
    }

    /// All elements; in 2.1.1 without those for reservations, and without tax rates.
    fn elements(&mut self, node: Node<'_>) -> Result<String, TariffError> {
        if self.version != OcpiVersion::V211 {
            return Ok(node.json().to_owned());
        }
        let before = self.losses.len();
        let mut written = Vec::new();
        for element in node.children() {
            let mut fields = element.fields()?;
            let restrictions = fields.take("restrictions").map(|own| own.fields()).transpose()?;
            let kept = restrictions.is_none_or(|mut own| {
                ["reservation", "min_current", "max_current"]
                    .into_iter()
                    .all(|key| own.take(key).is_none())
            });
            if kept {
                written.push(self.element(element));
            } else {
                self.losses.push(element.path());
            }
        }
        if self.losses.len() == before {
            return Ok(node.json().to_owned());
        }
        Ok(format!("[{}]", written.join(", ")))
    }

    fn element(&mut self, element: Node<'_>) -> String {
        let mut text = String::from("{");
        for field in element.children() {
            if field.key() != "price_components" {
                put(&mut text, field.written_key(), field.json());
                continue;
            }
            let mut components = Vec::new();
            for component in field.children() {
                let mut own = String::from("{");
                for part in component.children() {
                    if part.key() == "vat" {
                        self.losses.push(part.path());
                    } else {
                        put(&mut own, part.written_key(), part.json());
                    }
                }
                own.push('}');
                components.push(own);
            }
            put(&mut text, "price_components", &format!("[{}]", components.join(", ")));
        }
        text.push('}');
        text
    }
}

/// Puts a field into an object that is still open; keys are as they stand between their quotes.
pub(super) fn put(object: &mut String, key: &str, value: &str) {
    let comma = if object.ends_with('{') { "" } else { ", " };
    let _ = write!(object, "{comma}\"{key}\": {value}");
}
