use linli::journal::Corruption;

use crate::error::Trouble;
use crate::stream::Stream;

use super::*;

/// Publishes a message past the store, with these headers.
fn smuggle(address: &str, headers: &[(&str, &str)], payload: Vec<u8>) {
    let stream = Place::parse(address).expect("an address").stream;
    let mut named = async_nats::HeaderMap::new();
    for (name, value) in headers {
        named.insert(*name, *value);
    }
    with_client(address, async |client| {
        let asked = client.request_with_headers(stream.subject(), named, payload.into()).await;
        assert!(!asked.expect("an answer").payload.is_empty());
    });
}

/// What an append looks like in the stream.
fn stored(address: &str, sequence: u64) -> Vec<u8> {
    let stream = Place::parse(address).expect("an address").stream;
    let (subject, asked) =
        (format!("$JS.API.DIRECT.GET.{stream}"), format!("{{\"seq\":{sequence}}}"));
    let answer = with_client(address, async |client| client.request(subject, asked.into()).await);
    answer.expect("an answer").payload.to_vec()
}

/// A journal of three appends of three events, and what is found once the next was smuggled in.
fn damaged(headers: &[(&str, &str)], payload: impl Fn(Vec<u8>) -> Vec<u8>) -> Option<Corruption> {
    let fresh = Fresh::journal_on_one()?;
    let store = fresh.store();
    for number in 0..3 {
        append(&store, three(number)).expect("an append that nothing forbids");
    }
    smuggle(&fresh.address, headers, payload(stored(&fresh.address, 3)));
    let Err(ReadError::Corrupt(found)) = read(&store, &Query::all()) else {
        panic!("read as if nothing were wrong")
    };
    let answer = append(&store, three(9));
    assert!(matches!(answer, Err(AppendError::Corrupt(_))), "{answer:?}");
    let again = NatsStore::open(&fresh.address).map(drop);
    assert!(matches!(again, Err(crate::OpenError::Damaged { .. })), "{again:?}");
    Some(found)
}

#[test]
fn a_message_that_no_linli_wrote_is_noticed() {
    let Some(found) = damaged(&[], |_| b"hello".to_vec()) else { return };
    assert_eq!(found.position.0, 10);
}

#[test]
fn an_append_that_stands_elsewhere_is_noticed() {
    let copied = [("Linli-First", "7"), ("Linli-Events", "3")];
    let Some(found) = damaged(&copied, |record| record) else { return };
    assert_eq!((found.position.0, found.what), (10, "an append is missing"));
    let moved = [("Linli-First", "10"), ("Linli-Events", "3")];
    let found = damaged(&moved, |record| record).expect("a server");
    assert_eq!((found.position.0, found.what), (10, "the stored append fails its checksum"));
}

#[test]
fn a_flipped_bit_is_noticed() {
    let Some(fresh) = Fresh::journal_on_one() else { return };
    let store = fresh.store();
    append(&store, three(0)).expect("an append that nothing forbids");
    let mut record = stored(&fresh.address, 1);
    let other = Fresh::journal_on_one().expect("a server");
    drop(other.store());
    record[40] ^= 1;
    smuggle(&other.address, &[("Linli-First", "1"), ("Linli-Events", "3")], record);
    let Err(crate::OpenError::Damaged { damage, .. }) = NatsStore::open(&other.address) else {
        panic!("opened as if nothing were wrong")
    };
    assert_eq!((damage.position.0, damage.what), (1, "the stored append fails its checksum"));
}

/// What the leader says of a stream that lost appends, whichever and however.
#[test]
fn a_stream_that_lacks_appends_is_noticed() {
    let state = |first: u64, last: u64, messages: u64| {
        let told = json!({
            "created": "then", "config": {},
            "state": { "first_seq": first, "last_seq": last, "messages": messages },
        });
        Stream::read(told, || "n1".to_owned()).expect("nobody else could lead it").is_whole()
    };
    state(0, 0, 0).expect("an empty stream");
    state(1, 5, 5).expect("a whole stream");
    for (first, last, messages) in [(2, 5, 4), (1, 5, 4), (6, 5, 0)] {
        let damage = state(first, last, messages).expect_err("it lacks some");
        assert_eq!(damage.position.0, 1, "{first} {last} {messages}: nobody knows which");
    }
}

/// In a cluster any server answers while nobody leads, and says so by naming no leader: it may be
/// behind.
#[test]
fn what_nobody_leads_is_not_told() {
    let told = |cluster: serde_json::Value| {
        let state = json!({ "first_seq": 1, "last_seq": 5, "messages": 5 });
        let told = json!({ "created": "then", "config": {}, "state": state, "cluster": cluster });
        Stream::read(told, || "n1".to_owned()).map(|stream| stream.last)
    };
    let replicas = json!([{ "name": "n2" }, { "name": "n3" }]);
    let led = json!({ "name": "c", "leader": "n1", "replicas": replicas });
    assert_eq!(told(led).expect("its leader tells"), 5);
    assert_eq!(told(json!({ "name": "c", "leader": "n1" })).expect("the only one tells"), 5);
    for leaderless in [
        json!({ "name": "c", "replicas": replicas }),
        json!({ "name": "c", "leader": "", "replicas": replicas }),
    ] {
        assert!(matches!(told(leaderless), Err(Trouble::Nobody)));
    }
}
