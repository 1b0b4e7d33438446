//! Receipts: what they say is what was signed, and nothing of anybody else.

use proptest::prelude::*;

use super::super::{Authority, Ledger, LedgerError, Receipt, ReceiptError, Request};
use super::{ZONE, at, name};
use crate::domain::charging::Command;
use crate::journal::{Blocking, MemoryStore, Position};
use crate::proof::{self, Checkpoint, SigningKey, Tiles};

fn key() -> SigningKey {
    SigningKey::of("example.org/yujing", &[7; 32]).expect("a name")
}

fn bill(session: &str, amount: &str) -> Command {
    Command::RecordBill {
        session: name(session),
        at: at(1),
        zone: ZONE,
        source: "workplace".into(),
        amount: amount.into(),
        currency: name("CNY"),
    }
}

/// Three bills of two neighbours, two of them in one append, and the signed checkpoint.
fn community() -> (Ledger, String) {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let both = Request::all([bill("seed:17", "0.50"), bill("seed:18", "7.31")]);
    ledger.execute_blocking("operator", both).expect("recorded");
    ledger.execute_blocking("operator", bill("seed:19", "2.00")).expect("recorded");
    let tree = proof::tree(Blocking(ledger.store())).expect("it is sound");
    (ledger, Checkpoint::of(&tree).signed(&key()).expect("it is small"))
}

/// Whoever has the file and the public key sees the bill, and of the neighbour's nothing.
#[test]
fn a_receipt_shows_one_bill_and_no_other() {
    let (ledger, note) = community();
    let receipt = ledger.receipt("operator", "seed:17", &note, None).expect("there is a bill");
    let text = receipt.to_json();
    let read = Receipt::read(&text).expect("a receipt");
    let proven = read.check(key().verifier()).expect("it holds");
    assert_eq!(proven.len(), 1);
    assert_eq!(read.events[0].says["data"]["amount"], "0.50");
    assert_eq!(read.events[0].says["occurred_at"], at(1).to_string());
    for others in ["seed:18", "7.31", "seed:19", "2.00"] {
        assert!(!text.contains(others), "{others}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let tiles = Tiles::of(folder.path());
    ledger.extend_tiles("operator", &tiles, &note).expect("it is the journal");
    let quick = ledger.receipt("operator", "seed:17", &note, Some(&tiles)).expect("the same");
    assert_eq!(quick, receipt);
    let none = ledger.receipt("operator", "seed:20", &note, None);
    assert!(matches!(none, Err(LedgerError::NoBill { size: 3, .. })), "{none:?}");
}

/// A bill is not passed off as that of another session, and a clear text not as what was hashed.
#[test]
fn a_receipt_of_something_else_proves_nothing() {
    let (ledger, note) = community();
    let mut own = ledger.receipt("operator", "seed:17", &note, None).expect("there is a bill");
    let other = ledger.receipt("operator", "seed:18", &note, None).expect("there is a bill");
    let stranger = SigningKey::of("example.org/yujing", &[8; 32]).expect("a name");
    assert!(matches!(own.check(stranger.verifier()), Err(ReceiptError::Proof(_))));
    // Another bill in words and bytes, with the proof of this one.
    let value = |receipt: &Receipt| serde_json::to_value(receipt).expect("a document");
    let (mut forged, others) = (value(&own), value(&other));
    for part in ["says", "payload"] {
        forged["events"][0][part] = others["events"][0][part].clone();
    }
    forged["events"][0]["says"]["position"] = 1.into();
    let forged: Receipt = serde_json::from_value(forged).expect("a receipt");
    let altered = Err(ReceiptError::Altered { position: Position(1) });
    assert_eq!(forged.check(key().verifier()), altered);
    own.events = other.events;
    let altered = Err(ReceiptError::Altered { position: Position(2) });
    assert_eq!(own.check(key().verifier()), altered);
    // Twice the same name: the eye reads the one, a program the other.
    let text = own.to_json().replace("\"amount\"", "\"amount\": \"0.01\", \"amount\"");
    assert_eq!(Receipt::read(&text), Err(ReceiptError::NotAReceipt));
    own.session = "seed:18".into();
    assert!(own.check(key().verifier()).is_ok());
    own.events[0].says["data"]["amount"] = "7.30".into();
    assert_eq!(own.check(key().verifier()), altered);
}

/// An event that stands there twice would double the bill to the eye.
#[test]
fn an_event_that_repeats_or_is_out_of_order_is_refused() {
    let (ledger, earlier) = community();
    ledger.execute_blocking("operator", bill("seed:17", "0.60")).expect("recorded");
    let tree = proof::tree(Blocking(ledger.store())).expect("it is sound");
    let note = Checkpoint::of(&tree).signed(&key()).expect("it is small");
    let own = ledger.receipt("operator", "seed:17", &note, None).expect("there are bills");
    assert_eq!(own.check(key().verifier()).map(|proven| proven.len()), Ok(2));
    let altered = |position| Err(ReceiptError::Altered { position: Position(position) });
    let with = |places: &[usize]| {
        let mut receipt = own.clone();
        receipt.events = places.iter().map(|place| own.events[*place].clone()).collect();
        receipt.check(key().verifier()).map(|proven| proven.len())
    };
    assert_eq!(with(&[0, 0]), altered(1));
    assert_eq!(with(&[0, 1, 1]), altered(4));
    assert_eq!(with(&[1, 0]), altered(1));
    // One event is proven under an earlier checkpoint than the other.
    let old = ledger.receipt("operator", "seed:17", &earlier, None).expect("there is a bill");
    let mut mixed = own.clone();
    mixed.events[0] = old.events[0].clone();
    assert_eq!(mixed.check(key().verifier()).map(|proven| proven.len()), altered(4));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A receipt that was changed anywhere proves nothing, or says the very same.
    #[test]
    fn an_altered_receipt_is_refused(
        place in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(),
        kind in 0_u8..4,
    ) {
        let (ledger, note) = community();
        let own = ledger.receipt("operator", "seed:17", &note, None).expect("there is a bill");
        let mut bytes = own.to_json().into_bytes();
        let (at, to) = (place.index(bytes.len()), other.index(bytes.len()));
        match kind {
            0 => bytes[at] ^= 1 << (to % 8),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, bytes[to]),
            _ => bytes.swap(at, to),
        }
        if let Ok(read) = Receipt::read(&String::from_utf8_lossy(&bytes)) {
            prop_assert!(read.check(key().verifier()).is_err() || read == own, "{:?}", read);
        }
    }
}
