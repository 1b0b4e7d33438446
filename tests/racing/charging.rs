//! B1: one active session a connector and a card.

use serde_json::json;

use super::book::{Step, Told};
use super::{Command, HANDS, Places, Race, Wanted, nothing_fresh, races, tell};

races! {
    /// Sixty-four cards at one connector.
    one_connector = Race {
        rule: "B1 connector",
        set_up: Vec::new,
        fresh: |round| vec![commission(&format!("k-{round}"))],
        wants: |round, writer| start(round, writer, &format!("k-{round}"), &format!("c-{writer}")),
        places: Places::Exactly(1),
        refused: &["ConnectorActive"],
        given_back: Some(end),
        law: active_sessions,
    };
    /// One card at sixty-four connectors.
    one_card = Race {
        rule: "B1 card",
        set_up: connectors,
        fresh: nothing_fresh,
        wants: |round, writer| start(round, writer, &format!("k-{writer}"), "c"),
        places: Places::Exactly(1),
        refused: &["CardActive"],
        given_back: Some(end),
        law: active_sessions,
    };
    /// One name for sixty-four sessions.
    one_session_of_a_name = Race {
        rule: "one session of a name",
        set_up: connectors,
        fresh: nothing_fresh,
        wants: |round, writer| {
            start(round, 0, &format!("k-{writer}"), &format!("c-{writer}"))
        },
        places: Places::Exactly(1),
        // Who won a round before still has the connector and the card.
        refused: &["SessionExists", "ConnectorActive"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "SessionStarted" => told.takes("session", "session", 1),
            _ => Vec::new(),
        },
    };
}

fn commission(connector: &str) -> Command {
    let fields = json!({
        "connector": connector, "place": "east gate", "register": "unknown", "feeds_back": false,
    });
    tell("commission_connector", fields)
}

/// A connector for every hand.
fn connectors() -> Vec<Command> {
    (0..HANDS).map(|hand| commission(&format!("k-{hand}"))).collect()
}

fn start(round: usize, writer: usize, connector: &str, card: &str) -> Wanted {
    let session = format!("race:{round}-{writer}");
    let fields = json!({"session": session, "connector": connector, "card": card});
    Wanted::Place(vec![tell("start_session", fields)])
}

fn end(round: usize, writer: usize) -> Vec<Command> {
    vec![tell("record_session_end", json!({"session": format!("race:{round}-{writer}")}))]
}

/// A session takes its connector and its card until it ends.
fn active_sessions(told: &Told) -> Vec<Step> {
    let both = |steps: fn(&Told, &str) -> Vec<Step>| {
        ["connector", "card"].into_iter().flat_map(|of| steps(told, of)).collect()
    };
    match told.name.as_str() {
        "SessionStarted" => both(|told, of| told.takes(of, "session", 1)),
        "SessionEnded" => both(|told, of| told.frees(of, "session")),
        _ => Vec::new(),
    }
}
