use crate::OpenError;

use super::*;

/// Who writes looks at the stream once a second.
const A_LOOK: std::time::Duration = std::time::Duration::from_millis(1_100);

fn refusal(address: &str) -> OpenError {
    let error = NatsStore::open(address).map(drop).expect_err("no journal to open");
    let sentence = error.to_string();
    assert_eq!(sentence.lines().count(), 1, "one sentence: {sentence}");
    error
}

#[test]
fn an_address_that_is_none_is_refused() {
    for address in ["nats://h", "nats://h/", "nats://h:1,i:2?monitor=h:3"] {
        assert!(matches!(refusal(address), OpenError::NoStreamName), "{address}");
    }
    for name in ["a b", "a.b", "a>", "a*", "邻里", &"x".repeat(64)] {
        let error = refusal(&format!("nats://h/{name}"));
        assert!(matches!(error, OpenError::InvalidStreamName { .. }), "{error}");
    }
    let odd = [
        "nats:///S",
        "nats://h:port/S",
        "nats://h,/S",
        "nats://h/S?colour=red",
        "nats://h/S?profile=fast",
        "nats://h/S?replicas=2",
        "nats://h/S?monitor=h",
    ];
    for address in odd {
        let error = refusal(address);
        assert!(matches!(error, OpenError::InvalidAddress { .. }), "{address}: {error}");
    }
    let error = refusal("nats://li:secret@h/S");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

#[test]
fn a_server_out_of_reach_is_named() {
    let error = refusal("nats://127.0.0.1:1/S?monitor=127.0.0.1:2");
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
}

#[test]
fn only_open_makes_a_journal() {
    let Some(fresh) = Fresh::journal_on_one() else { return };
    let missing = |error: OpenError| matches!(error, OpenError::Missing { .. });
    assert!(NatsStore::open_existing(&fresh.address).is_err_and(missing));
    assert!(NatsStore::open_read_only(&fresh.address).is_err_and(missing));
    drop(fresh.store());
    let store = NatsStore::open_read_only(&fresh.address).expect("it is there now");
    assert!(matches!(append(&store, three(1)), Err(AppendError::NotWritable { .. })));
}

/// What an operator is told to make is what we make.
#[test]
fn the_page_shows_the_stream_of_a_journal() {
    let page = include_str!("../lib.rs");
    let lines = page.lines().skip_while(|line| !line.ends_with("```json")).skip(1);
    let lines = lines.take_while(|line| !line.ends_with("```"));
    let shown: Vec<&str> = lines.filter_map(|line| line.strip_prefix("//! ")).collect();
    let shown: Value = serde_json::from_str(&shown.join("\n")).expect("JSON");
    assert_eq!(shown, settings("nats://a/STREAM?monitor=a:8222", &json!({})));
}

/// Each refused setting, and what else the server wants changed with it.
fn unsafe_streams() -> Vec<(&'static str, Value)> {
    vec![
        ("retention", json!({ "retention": "interest" })),
        ("storage", json!({ "storage": "memory" })),
        ("discard", json!({ "discard": "old" })),
        ("max_age", json!({ "max_age": 3_600_000_000_000_u64 })),
        ("max_msgs", json!({ "max_msgs": 10 })),
        ("max_bytes", json!({ "max_bytes": 1_000_000 })),
        ("max_msgs_per_subject", json!({ "max_msgs_per_subject": 10 })),
        ("max_msg_size", json!({ "max_msg_size": 1_000 })),
        ("no_ack", json!({ "no_ack": true, "allow_atomic": false })),
        ("allow_rollup_hdrs", json!({ "allow_rollup_hdrs": true, "deny_purge": false })),
        ("allow_msg_ttl", json!({ "allow_msg_ttl": true })),
        ("allow_msg_counter", json!({ "allow_msg_counter": true, "discard": "old" })),
        ("allow_msg_schedules", json!({ "allow_msg_schedules": true, "discard": "old" })),
        ("persist_mode", json!({ "persist_mode": "async", "allow_atomic": false })),
        ("deny_delete", json!({ "deny_delete": false })),
        ("deny_purge", json!({ "deny_purge": false })),
        ("allow_direct", json!({ "allow_direct": false })),
        ("allow_atomic", json!({ "allow_atomic": false })),
        (
            "mirror",
            json!({ "mirror": { "name": "other" }, "subjects": null, "allow_atomic": false }),
        ),
        ("sources", json!({ "sources": [{ "name": "other" }] })),
        ("subject_transform", json!({ "subject_transform": { "src": ">", "dest": "else.>" } })),
        ("first_seq", json!({ "first_seq": 5 })),
    ]
}

#[test]
fn each_setting_that_can_lose_an_append_is_refused() {
    for (unsafe_setting, changes) in unsafe_streams() {
        let Some(Fresh { address }) = Fresh::journal_on_one() else { return };
        let made = api(&address, "CREATE", &settings(&address, &changes));
        assert!(made.get("error").is_none(), "{unsafe_setting}: {made}");
        let error = refusal(&address);
        assert!(
            matches!(error, OpenError::UnsafeStream { setting, .. } if setting == unsafe_setting),
            "{unsafe_setting}: {error}"
        );
    }
}

#[test]
fn a_stream_of_somebody_else_is_left_alone() {
    let strange = [
        json!({ "metadata": {} }),
        json!({ "subjects": ["letters"] }),
        json!({ "metadata": { "linli": "2" } }),
    ];
    for changes in strange {
        let Some(Fresh { address }) = Fresh::journal_on_one() else { return };
        let settings = settings(&address, &changes);
        let made = api(&address, "CREATE", &settings);
        assert!(made.get("error").is_none(), "{made}");
        let error = refusal(&address);
        assert!(
            matches!(error, OpenError::NotAJournal { .. } | OpenError::Newer { .. }),
            "{error}"
        );
        api(&address, "DELETE", &json!({}));
    }
}

#[test]
fn a_stream_that_one_server_keeps_has_to_be_asked_for() {
    let Some(Fresh { address }) = Fresh::journal_on_one() else { return };
    drop(NatsStore::open(&address).expect("it was asked for"));
    let error = refusal(&address.replace("&replicas=1", ""));
    assert!(matches!(error, OpenError::FewReplicas { found: 1, wanted: 3, .. }), "{error}");
}

#[test]
fn a_journal_does_not_go_on_over_settings_that_became_unsafe() {
    let Some(fresh) = Fresh::journal_on_one() else { return };
    let store = fresh.store();
    append(&store, three(0)).expect("an append that nothing forbids");
    let changes = json!({ "max_msgs": 1, "discard": "old" });
    let changed = api(&fresh.address, "UPDATE", &settings(&fresh.address, &changes));
    assert!(changed.get("error").is_none(), "{changed}");
    let read = read(&store, &Query::all());
    assert!(matches!(read, Err(ReadError::Unavailable { .. })), "{read:?}");
    std::thread::sleep(A_LOOK);
    let answer = append(&store, three(1));
    assert!(matches!(answer, Err(AppendError::NotWritable { .. })), "{answer:?}");
}

#[test]
fn a_journal_that_was_made_anew_is_not_gone_on_with() {
    let Some(fresh) = Fresh::journal_on_one() else { return };
    let store = fresh.store();
    append(&store, three(0)).expect("an append that nothing forbids");
    api(&fresh.address, "DELETE", &json!({}));
    let read_now = read(&store, &Query::all());
    assert!(matches!(read_now, Err(ReadError::Unavailable { .. })), "{read_now:?}");
    let other = fresh.store();
    append(&other, three(5)).expect("another journal");
    std::thread::sleep(A_LOOK);
    let answer = append(&store, three(1));
    assert!(matches!(answer, Err(AppendError::NotWritable { .. })), "{answer:?}");
    assert_eq!(whole_appends(&other), [5]);
}

#[test]
fn a_server_that_is_too_old_is_refused() {
    let Some((_folder, server)) = own_servers(OLD_PROGRAM, Nats::start_one) else { return };
    for setting in ["", "&profile=lost-on-power-loss"] {
        let error = refusal(&format!("{}&replicas=1{setting}", server.address("S")));
        assert!(
            matches!(&error, OpenError::ServerTooOld { found, .. } if found == "2.10.25"),
            "{error}"
        );
    }
}

#[test]
fn a_server_that_does_not_flush_is_refused() {
    let Some((_folder, mut server)) = own_servers(PROGRAM, Nats::start_one) else { return };
    let address = format!("{}&replicas=1", server.address("S"));
    let (servers, monitors) = address.split_once("?monitor=").expect("a monitoring port");
    let (monitors, _) = monitors.split_once('&').expect("settings");
    let store = NatsStore::open(&address).expect("a journal for a test");
    append(&store, three(0)).expect("an append that nothing forbids");

    let error = refusal(&format!("{servers}?replicas=1"));
    assert!(matches!(error, OpenError::NoMonitor { .. }), "{error}");
    assert!(error.to_string().contains("monitor=HOST:PORT"), "{error}");
    let error = refusal(&format!("{servers}?replicas=1&monitor=127.0.0.1:1"));
    assert!(matches!(error, OpenError::NotShown { .. }), "{error}");

    server.kill_all();
    server.set_sync_interval("2m");
    server.start_all_again().unwrap_or_else(|why| panic!("{why}"));
    let error = refusal(&address);
    assert!(matches!(error, OpenError::NotFlushed { .. }), "{error}");
    // A store that was open before notices as well.
    let answer = append(&store, three(1));
    assert!(matches!(answer, Err(AppendError::NotWritable { .. })), "{answer:?}");
    let weaker = format!("{servers}?replicas=1&monitor={monitors}&profile=lost-on-power-loss");
    let weaker = NatsStore::open(&weaker).expect("what may be lost was named");
    assert_eq!(weaker.describe().profile.as_str(), "lost-on-power-loss");
    append(&weaker, three(1)).expect("an append that nothing forbids");
}
