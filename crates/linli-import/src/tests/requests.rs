//! A city's list of requests, again and again.

use std::sync::Arc;

use linli::Scope;
use linli::journal::MemoryStore;
use linli::ledger::{Authority, Ledger};
use linli::privacy::MemoryKeyring;

use super::super::{ImportError, ImportReport, Source, requests};

const OPEN: &str = r#"{"service_request_id": "1", "status": "open", "service_name": "Wires",
    "requested_datetime": "2022-02-20T09:00:00+08:00", "address_id": "gate-east",
    "description": "bare wires", "updated_datetime": "2022-02-20T10:00:00+08:00"}"#;

/// A journal in memory, with a keyring or without.
struct City {
    ledger: Ledger,
}

impl City {
    fn plain() -> Self {
        Self { ledger: Ledger::new(MemoryStore::new(), Authority::local_operator()) }
    }

    fn sealing() -> Self {
        let Self { ledger } = Self::plain();
        Self { ledger: ledger.with_keyring(Arc::new(MemoryKeyring::for_tests())) }
    }

    fn reads(&self, text: &str) -> Result<ImportReport, ImportError> {
        let source = Source::of("requests.json".to_owned(), text.as_bytes().to_vec())?;
        requests(&source, "city", None, &Scope::default())?.record(
            &self.ledger,
            "tester",
            &mut |_, _| {},
        )
    }

    fn takes(&self, requests: &[&str]) -> ImportReport {
        self.reads(&format!("[\n{}\n]", requests.join(",\n"))).expect("it is a list")
    }
}

#[test]
fn an_open_request_opens_a_case_and_the_same_file_adds_nothing() {
    let city = City::sealing();
    let other = OPEN.replace("\"1\"", "2");
    let first = city.takes(&[OPEN, &other]);
    assert_eq!((first.rows, first.imported, first.refused.len()), (2, 2, 0));
    let again = city.takes(&[OPEN, &other]);
    assert_eq!((again.rows, again.imported, again.duplicates), (2, 0, 2));
    let newer = city.takes(&[&OPEN.replace("T10:00", "T11:00"), &OPEN.replace("\"1\"", "3")]);
    assert_eq!((newer.imported, newer.duplicates), (1, 1), "an update is no other request");
}

#[test]
fn a_closed_request_is_refused_with_its_line_and_the_rest_comes_in() {
    let closed = OPEN.replace("\"open\"", "\"closed\"").replace("\"1\"", "2");
    let report = City::sealing().takes(&[OPEN, &closed]);
    assert_eq!((report.imported, report.refused.len()), (1, 1));
    let says = report.refused[0].to_string();
    assert!(says.starts_with("line 5, status: the request is closed"), "{says}");
}

#[test]
fn other_content_under_an_id_is_refused() {
    let city = City::sealing();
    city.takes(&[OPEN]);
    let report = city.takes(&[&OPEN.replace("gate-east", "gate-west")]);
    assert_eq!((report.imported, report.duplicates), (0, 0));
    assert!(report.refused[0].reason.contains("other content at position 1"));
}

#[test]
fn words_without_a_keyring_are_refused_and_nothing_is_written_of_them() {
    let report =
        City::plain().takes(&[OPEN, &OPEN.replace("bare wires", "").replace("\"1\"", "2")]);
    assert_eq!((report.imported, report.refused.len()), (1, 1));
    assert!(report.refused[0].reason.contains("keyring"), "{}", report.refused[0].reason);
}

#[test]
fn what_is_no_list_of_requests_is_no_such_file() {
    let city = City::plain();
    for (text, line) in [("", 1), ("7", 1), ("[\n{]", 2), ("id,status\n1,open\n", 1)] {
        match city.reads(text) {
            Err(ImportError::NotOfFormat { line: found, .. }) => assert_eq!(found, line, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(city.reads("[]").map(|report| report.rows).ok(), Some(0));
}
