//! A body that says nothing is answered with the line and the field to mend.

use crate::client::{Reply, Service, types};

fn answer(body: &str) -> Reply {
    let (service, ledger) = Service::in_memory();
    let headers = [("X-Actor", "p-1"), ("Idempotency-Key", "1")];
    let reply = service.client.send("/sessions", &headers, body);
    assert_eq!(types(ledger.store()).len(), 2, "nothing was recorded");
    reply
}

#[track_caller]
fn assert_bad(body: &str, field: Option<&str>, line: u64, word: &str) {
    let reply = answer(body);
    reply.assert_problem(400, "BadBody");
    let values = &reply.told["values"];
    assert_eq!((&values["field"], &values["line"]), (&field.into(), &line.into()), "{values}");
    let sentence = reply.sentence();
    assert!(sentence.contains(word) && sentence.contains(&format!("line {line} ")), "{sentence}");
}

#[test]
fn what_is_no_json_is_told_by_its_line() {
    assert_bad("{\n  \"session\": \"app:1\",\n  oops\n}", None, 3, "key must be a string");
}

#[test]
fn a_field_of_the_wrong_kind_is_told_by_its_name() {
    assert_bad("{\n  \"session\": \"app:1\",\n  \"card\": 7\n}", Some("card"), 3, "`card`");
}

#[test]
fn a_name_that_is_none_is_told_with_what_would_mend_it() {
    assert_bad(
        "{\n  \"session\": \"app\",\n  \"card\": \"c-1\"\n}",
        Some("session"),
        2,
        "SOURCE:source-id",
    );
}

#[test]
fn a_time_without_an_offset_is_told() {
    assert_bad("{\"at\": \"2022-02-27T19:00:00\"}", Some("at"), 1, "2022-02-27T19:00:00");
}

#[test]
fn a_missing_field_and_a_strange_one_are_told() {
    assert_bad("{\"session\": \"app:1\"}", None, 1, "`connector`");
    assert_bad(
        "{\"session\": \"app:1\",\n\"conector\": \"k0\"}",
        Some("conector"),
        2,
        "`connector`",
    );
}

#[test]
fn what_stands_behind_the_body_is_told() {
    let body = crate::client::start("app:1", "k0", "c-1").to_string();
    assert_bad(&format!("{body}\n{{}}"), None, 2, "trailing characters");
}

#[test]
fn a_large_body_is_not_read() {
    answer(&" ".repeat(17 * 1024)).assert_problem(413, "BodyTooLarge");
}

#[test]
fn a_path_that_names_no_session_is_told() {
    let (service, _) = Service::in_memory();
    let stop = serde_json::json!({"at": crate::client::AT, "zone": crate::client::ZONE});
    let reply = service.client.post("/sessions/app/stop", "1", &stop);
    reply.assert_problem(400, "BadPath");
    assert!(reply.sentence().contains("SOURCE:source-id"), "{}", reply.sentence());
}
