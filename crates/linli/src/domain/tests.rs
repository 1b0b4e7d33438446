//! What holds over all contexts: a command is read by its name, and a name belongs to one.

use std::collections::BTreeSet;

use chrono::Datelike;
use serde_json::json;

use super::{
    BoundaryItem, Command, Decide, Event, Evolve, Flag, Happened, State, Timestamp, Zone, charging,
    disputes, given,
};

const BLOCK: &str = r#"{"block_card":
    {"card": "7", "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}}"#;
const REFUSE: &str = r#"{"record_refusal": {"dispute_id": "d-1", "party_id": "a",
    "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}}"#;

fn error(json: &str) -> String {
    serde_json::from_str::<Command>(json).expect_err("no command").to_string()
}

/// Whatever is told has a year of four digits wherever somebody reads it.
#[test]
fn an_instant_that_is_told_has_a_year_in_every_zone() {
    let read = |text: &str| serde_json::from_value::<Timestamp>(json!(text));
    for beyond in ["0001-01-01T00:00:00+08:00", "0001-01-01T23:59:59Z", "9999-12-31T00:00:00Z"] {
        let said = read(beyond).expect_err("nobody's year").to_string();
        assert!(said.contains(beyond) && said.contains("years 1 to 9999"), "{said}");
    }
    for text in ["0001-01-02T00:00:00Z", "9999-12-30T23:59:59.999999Z"] {
        let instant = read(text).expect("an instant");
        assert_eq!(instant.to_string(), text);
        for zone in chrono_tz::TZ_VARIANTS {
            let year = instant.local_date(zone).map(|date| date.year());
            assert!(year.is_some_and(|year| (1..=9999).contains(&year)), "{zone}");
        }
    }
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

/// R4: whoever a decision reads of is read of under all of their records, however the merges lead
/// from one to the other.
#[test]
fn all_records_of_a_person_are_read() {
    let told = |name: &str, mut fields: serde_json::Value| -> Happened<Event> {
        let event = serde_json::from_value(json!({ name: fields.take() })).expect("an event");
        Happened::at(Timestamp(1_645_000_000_000_000), Zone::Asia__Shanghai, event)
    };
    let merged = |record, root| {
        told("registry", json!({"PersonsMerged": {"person_ref": record, "into_ref": root}}))
    };
    let kin = json!({"a_ref": "p-4", "b_ref": "p-9", "kind": "kin", "valid_from": "2022-01-01"});
    let story = [
        merged("p-1", "p-2"),
        merged("p-3", "p-4"),
        merged("p-2", "p-4"),
        told("registry", json!({ "RelationRecorded": kin })),
    ];
    let asked: Command = serde_json::from_value(json!({"add_party": {
        "dispute_id": "d-1", "party_id": "a", "role": "applicant", "person_ref": "p-1",
        "is_resident": true, "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai",
    }}))
    .expect("a command");
    let mut items = asked.boundary().items;
    let state = loop {
        let mut state = State::default();
        story.iter().filter(|happened| is_read(&items, happened)).for_each(|happened| {
            state.evolve(happened);
        });
        let mut more = state.beyond(&asked);
        more.retain(|item| !items.contains(item));
        if more.is_empty() {
            break state;
        }
        items.extend(more);
    };
    assert_eq!(state.registry.registered.relations.len(), 2, "kin, each of the other");
    for record in ["p-1", "p-2", "p-3", "p-4"] {
        let tag = format!("person:{record}");
        let types = items.iter().filter(|item| item.tag == tag).map(|item| item.types);
        assert_eq!(types.collect::<BTreeSet<_>>().len(), 2, "{record}: registry, disclosures");
    }
}

fn is_read(items: &[BoundaryItem], happened: &Happened<Event>) -> bool {
    let tags = happened.event.tags(happened.zone);
    let event = match &happened.event {
        Event::Registry(event) => given::variant(event),
        _ => String::new(),
    };
    items.iter().any(|item| {
        tags.contains(&item.tag) && (item.types.is_empty() || item.types.contains(&event.as_str()))
    })
}
