//! What holds over all contexts: a command is read by its name, and a name belongs to one.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Command, Flag, charging, disputes};

const BLOCK: &str = r#"{"block_card":
    {"card": "7", "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}}"#;
const REFUSE: &str = r#"{"record_refusal": {"dispute_id": "d-1", "party_id": "a",
    "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}}"#;

fn error(json: &str) -> String {
    serde_json::from_str::<Command>(json).expect_err("no command").to_string()
}

#[test]
fn a_name_belongs_to_one_context() {
    let all: Vec<&str> = Command::names().collect();
    let unique: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), unique.len());
    let (block, refuse) = ("block_card", "record_refusal");
    assert!(unique.contains(block) && unique.contains(refuse));
    let flags: BTreeSet<&str> = Flag::ALL.iter().map(|flag| flag.name()).collect();
    assert_eq!(flags.len(), Flag::ALL.len());
    assert!(Flag::ALL.len() <= 128, "`Flags` is a set of 128");
}

#[test]
fn a_command_of_each_context_is_read_and_written_as_it_stands() {
    for json in [BLOCK, REFUSE] {
        let command: Command = serde_json::from_str(json).expect("a command");
        let written = serde_json::to_value(&command).expect("plain data");
        let name = written.as_object().and_then(|named| named.keys().next());
        assert_eq!(name.map(|name| json.contains(name)), Some(true));
        assert_eq!(serde_json::from_value::<Command>(written).expect("read again"), command);
    }
    let card: charging::Command = serde_json::from_str(BLOCK).expect("a command");
    assert_eq!(serde_json::from_str::<Command>(BLOCK).expect("a command"), card.into());
}

#[test]
fn a_name_that_nobody_has_gets_the_nearest() {
    let told = error(&BLOCK.replace("block_card", "blok_card"));
    assert!(told.contains("no command `blok_card`; is `block_card` meant?"), "{told}");
    let told = error(&REFUSE.replace("record_refusal", "record_refusl"));
    assert!(told.contains("is `record_refusal` meant?"), "{told}");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let told = error(&BLOCK.replace("\"card\":", "\"cart\":"));
    assert!(told.contains("unknown field `cart`") && told.contains("line 2"), "{told}");
    let told = error(&REFUSE.replace("\"party_id\": \"a\",", ""));
    assert!(told.contains("missing field `party_id`") && told.contains("line 2"), "{told}");
    let two = format!("{}, {}", &BLOCK[..BLOCK.len() - 1], &REFUSE[1..]);
    let told = error(&two);
    assert!(told.contains("`block_card` and `record_refusal` are two commands"), "{told}");
    assert!(error("\"block_card\"").contains("expected a command"));
    assert!(error("{}").contains("has no name"));
}

#[test]
fn an_amount_of_fen_is_never_negative() {
    let owed = json!({"amount_fen": -1});
    let told = serde_json::from_value::<disputes::Duty>(owed).expect_err("no duty").to_string();
    assert!(told.contains("exchange debtor and creditor"), "{told}");
}
