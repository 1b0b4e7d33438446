//! What a user needs to append, and what such a user cannot do.

use super::*;

/// The statements of the crate's page.
fn grants() -> String {
    let page = include_str!("../lib.rs");
    let lines = page.lines().filter_map(|line| line.strip_prefix("//! "));
    lines.filter(|line| line.starts_with("GRANT")).collect::<Vec<_>>().join("\n")
}

#[test]
fn who_has_the_granted_rights_appends_and_changes_nothing() {
    let Some(owner) = database() else { return };
    drop(PostgresStore::open(&owner).expect("a journal for a test"));
    let role = "DO $$ BEGIN CREATE ROLE app LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;";
    sql(&owner, role);
    sql(&owner, &grants());
    let app = owner.replacen("linli@", "app@", 1);
    let store = PostgresStore::open(&app).expect("the rights suffice");
    append(&store, three(1).checkpoint("meter", linli::journal::Position(4))).expect("to append");
    append(&store, three(2).checkpoint("meter", linli::journal::Position(5))).expect("to append");
    assert_eq!(read(&store, &Query::tagged("case:2")).expect("readable").len(), 3);
    assert!(Blocking(&store).receipt(key(1)).expect("readable").is_some());
    let forbidden = [
        "DELETE FROM linli.append",
        "UPDATE linli.append SET record = ''",
        "UPDATE linli.tag SET last = 1",
        "DELETE FROM linli.key",
        "TRUNCATE linli.append",
    ];
    for statement in forbidden {
        let said = with_client(&app, async |client| client.batch_execute(statement).await);
        let code = said.expect_err("not allowed").code().cloned();
        assert_eq!(code, Some(tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE));
    }
}

#[test]
fn who_has_no_rights_is_told_what_is_missing() {
    let Some(owner) = database() else { return };
    drop(PostgresStore::open(&owner).expect("a journal for a test"));
    let role = "DO $$ BEGIN CREATE ROLE nobody LOGIN; EXCEPTION WHEN duplicate_object THEN END $$";
    sql(&owner, role);
    let error = PostgresStore::open(&owner.replacen("linli@", "nobody@", 1));
    let error = error.map(drop).expect_err("no rights");
    assert!(matches!(error, crate::OpenError::NotAllowed { .. }), "{error}");
}
