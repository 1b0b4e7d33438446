use crate::OpenError;

use super::*;

fn refusal(address: &str) -> OpenError {
    let error = PostgresStore::open(address).map(drop).expect_err("no journal to open");
    let sentence = error.to_string();
    assert_eq!(sentence.lines().count(), 1, "one sentence: {sentence}");
    error
}

#[test]
fn an_address_that_is_none_is_refused() {
    assert!(matches!(refusal("postgres://h/db"), OpenError::NoJournalName));
    for name in ["", "a b", "a'b", "a;b", "邻里", &"x".repeat(64)] {
        let error = refusal(&format!("postgres://h/db?journal={name}"));
        assert!(matches!(error, OpenError::InvalidJournalName { .. }), "{error}");
    }
    for address in ["postgres:///db?journal=j", "postgres://h/db?journal=j&colour=red"] {
        let error = refusal(address);
        assert!(matches!(error, OpenError::InvalidAddress { .. }), "{error}");
    }
}

#[test]
fn a_server_that_does_not_show_who_it_is_gets_no_word() {
    let Some(Fresh { address }) = Fresh::journal() else { return };
    let error = refusal(&format!("{address}&sslmode=verify-full"));
    assert!(matches!(error, OpenError::NotTrusted { .. }), "{error}");
    for setting in ["sslmode=prefer", "sslmode=require&sslrootcert=none.pem"] {
        let error = refusal(&format!("{address}&{setting}"));
        assert!(matches!(error, OpenError::InvalidAddress { .. }), "{error}");
    }
}

#[test]
fn a_password_is_never_shown() {
    let error = refusal("postgres://li:secret@127.0.0.1:1/db?journal=j");
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

#[test]
fn a_database_that_is_not_there_is_named() {
    let Some(Fresh { address }) = Fresh::journal() else { return };
    let (server, journal) = address.split_once('?').expect("a journal");
    let (server, _) = server.rsplit_once('/').expect("a database");
    let error = refusal(&format!("{server}/nothing_here?{journal}"));
    assert!(matches!(error, OpenError::NoDatabase { .. }), "{error}");
}

#[test]
fn only_open_makes_a_journal() {
    let Some(address) = database() else { return };
    let missing = |error: OpenError| matches!(error, OpenError::Missing { .. });
    assert!(PostgresStore::open_existing(&address).is_err_and(missing));
    assert!(PostgresStore::open_read_only(&address).is_err_and(missing));
    drop(PostgresStore::open(&address).expect("a journal for a test"));
    let store = PostgresStore::open_read_only(&address).expect("it is there now");
    assert!(matches!(append(&store, three(1)), Err(AppendError::NotWritable { .. })));
}

#[test]
fn a_schema_of_somebody_else_is_left_alone() {
    let Some(address) = database() else { return };
    sql(&address, "CREATE SCHEMA linli; CREATE TABLE linli.letters(text text)");
    let error = refusal(&address);
    assert!(matches!(error, OpenError::NotAJournal { .. }), "{error}");
    sql(&address, "SELECT text FROM linli.letters");
}

#[test]
fn tables_that_were_changed_are_refused() {
    let changes = [
        "ALTER TABLE linli.append SET UNLOGGED",
        "ALTER TABLE linli.tag ALTER tag TYPE text USING encode(tag, 'hex')",
        "CREATE TABLE linli.more(n int4)",
        "DROP TABLE linli.checkpoint",
        "CREATE RULE quiet AS ON INSERT TO linli.append DO INSTEAD NOTHING",
    ];
    for change in changes {
        let Some(address) = database() else { return };
        drop(PostgresStore::open(&address).expect("a journal for a test"));
        sql(&address, change);
        let error = refusal(&address);
        assert!(matches!(error, OpenError::NotAJournal { .. }), "{change}: {error}");
    }
}

#[test]
fn a_newer_schema_is_refused() {
    let Some(address) = database() else { return };
    drop(PostgresStore::open(&address).expect("a journal for a test"));
    sql(&address, "UPDATE linli.schema_version SET version = 2");
    let error = refusal(&address);
    assert!(matches!(error, OpenError::Newer { version: 2, .. }), "{error}");
}

#[test]
fn a_server_that_takes_no_writes_is_refused_and_can_be_read() {
    let Some(address) = database() else { return };
    let store = PostgresStore::open(&address).expect("a journal for a test");
    append(&store, three(1)).expect("an append that nothing forbids");
    let read_only = format!("{address}&options=-c%20default_transaction_read_only%3Don");
    let error = refusal(&read_only);
    assert!(matches!(error, OpenError::ReadOnly { .. }), "{error}");
    let reader = PostgresStore::open_read_only(&read_only).expect("it can be read");
    assert_eq!(read(&reader, &Query::all()).expect("readable").len(), 3);
}

#[test]
fn a_server_that_can_lose_what_it_acknowledged_is_refused() {
    let folder = tempfile::tempdir().expect("a folder for a test");
    let Some(mut server) = own_server(&folder) else { return };
    let address = format!("{}?journal=j", server.address());
    let store = PostgresStore::open(&address).expect("a journal for a test");
    append(&store, three(0)).expect("an append that nothing forbids");
    for unsafe_setting in ["fsync", "full_page_writes"] {
        server.stop();
        server.set(&[&format!("{unsafe_setting}=off")]);
        server.start_again().unwrap_or_else(|why| panic!("{why}"));
        let error = refusal(&address);
        assert!(
            matches!(error, OpenError::Unsafe { setting, .. } if setting == unsafe_setting),
            "{error}"
        );
        // A store that was open before notices as well.
        let answer = append(&store, three(1));
        assert!(matches!(answer, Err(AppendError::NotWritable { .. })), "{answer:?}");
    }
    server.stop();
    server.set(&[]);
    server.start_again().unwrap_or_else(|why| panic!("{why}"));
    append(&store, three(1)).expect("it is safe again");
}
