//! Laws of the reader of JSON: what it takes is what `serde_json` takes, byte for byte, and where
//! it says that a value stands, that value stands.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::super::document::{Document, Node};
use super::super::error::DocumentError;

/// What most of a JSON text is made of.
const BONES: &[&str] = &["{", "}", "[", "]", ",", ":", "\"a\"", "1"];

/// What a JSON text is made of, and some of what it is not.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\t",
    "\r",
    "\"a\"",
    "\"\"",
    "\"\\\"\"",
    "\"\\u00e9\"",
    "\"\\ud800\"",
    "\"\\u12\"",
    "\"\\x\"",
    "\"\\",
    "\"\u{1}\"",
    "\"邻里 below \u{1f} all\"",
    "\"a\nb\"",
    "0",
    "-",
    "-0",
    "01",
    "1.",
    ".5",
    "1.50",
    "1e5",
    "1E+05",
    "1e-",
    "2e",
    "+1",
    "true",
    "tru",
    "false",
    "null",
    "nul",
    "\u{a0}",
    "//",
    "\u{feff}",
];

fn any_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-z_]{0,20}", "\\PC{0,12}", "[\\x00-\\x7f]{0,12}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(text.clone(), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The texts of values, close together and spread out.
fn any_text() -> impl Strategy<Value = String> {
    (any_value(), any::<bool>()).prop_map(|(value, is_spread)| match is_spread {
        true => serde_json::to_string_pretty(&value).unwrap(),
        false => value.to_string(),
    })
}

fn check_against_serde(text: &str) -> Result<(), TestCaseError> {
    match (Document::read(text), serde_json::from_str::<IgnoredAny>(text)) {
        (Ok(_), Ok(_)) => {}
        (Err(DocumentError::NotJson { reason }), Err(told)) => {
            prop_assert_eq!(reason, told.to_string());
        }
        (ours, theirs) => {
            let ours = ours.map(|_| "JSON");
            return Err(TestCaseError::fail(format!("{text:?}: {ours:?}, {theirs:?}")));
        }
    }
    Ok(())
}

fn check_same(node: &Node<'_>, value: &Value) -> Result<(), TestCaseError> {
    prop_assert_eq!(&serde_json::from_str::<Value>(node.json()).unwrap(), value);
    match value {
        Value::Object(fields) => {
            let children: Vec<_> = node.children().collect();
            prop_assert_eq!(children.len(), fields.len());
            for child in children {
                check_same(&child, &fields[child.key().as_ref()])?;
            }
            let mut taken = node.fields().unwrap();
            for (key, value) in fields {
                let found = taken.take(key);
                prop_assert_eq!(found.is_some(), !value.is_null(), "{}", key);
                prop_assert!(taken.take(key).is_none());
            }
        }
        Value::Array(items) => {
            let children: Vec<_> = node.children().collect();
            prop_assert_eq!(children.len(), items.len());
            for (child, item) in children.iter().zip(items) {
                check_same(child, item)?;
            }
        }
        Value::String(text) => prop_assert_eq!(node.text("a text").unwrap(), text.as_str()),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_json_is_said_by_both(pieces in prop::collection::vec(
        prop_oneof![2 => prop::sample::select(BONES), 1 => prop::sample::select(PIECES)], 0..9,
    )) {
        check_against_serde(&pieces.concat())?;
    }

    #[test]
    fn a_text_with_one_thing_wrong_is_json_for_both_or_neither(
        text in any_text(),
        at in any::<prop::sample::Index>(),
        piece in prop::sample::select(PIECES),
        is_cut in any::<bool>(),
    ) {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        let place = places.get(at.index(places.len().max(1))).copied().unwrap_or_default();
        let (before, behind) = text.split_at(place);
        let behind = if is_cut { behind.get(1..).unwrap_or(behind) } else { behind };
        check_against_serde(&text)?;
        check_against_serde(before)?;
        check_against_serde(&format!("{before}{piece}{behind}"))?;
    }

    #[test]
    fn each_value_stands_where_it_is_said_to(text in any_text()) {
        let document = Document::read(&text).unwrap();
        check_same(&document.root(), &serde_json::from_str(&text).unwrap())?;
    }

    #[test]
    fn a_key_that_comes_again_is_named(
        keys in prop::collection::btree_set("[a-c_]{1,3}", 1..20),
        again in any::<prop::sample::Index>(),
        is_escaped in any::<bool>(),
    ) {
        let keys: Vec<String> = keys.into_iter().collect();
        let twice = &keys[again.index(keys.len())];
        let mut written = String::new();
        for sign in twice.chars() {
            match is_escaped {
                true => write!(written, "\\u{:04x}", u32::from(sign)).unwrap(),
                false => written.push(sign),
            }
        }
        let fields: Vec<String> = keys.iter().map(|key| format!("\"{key}\": 1")).collect();
        let fields = fields.join(", ");
        let once = format!("{{{fields}}}");
        prop_assert!(Document::read(&once).unwrap().root().fields().is_ok());
        let text = format!("{{{fields}, \"{written}\": 2}}");
        let refused = Document::read(&text).unwrap().root().fields().map(|_| ());
        prop_assert_eq!(refused, Err(DocumentError::Twice { path: format!("$.{twice}") }));
    }
}
