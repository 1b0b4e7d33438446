//! A calendar is what RFC 5545 asks for, and says nothing of people.

use proptest::prelude::*;
use serde_json::json;

use super::Calendar;
use crate::community::Community;

/// A community with a shift on 21 February 2022 and a class on the 22nd.
fn planned(shift: &str) -> Community {
    let community = Community::new();
    let project = json!({"project_id": "gate", "team_id": "reds", "kind": "order"});
    community.tell("08:00", "launch_project", project);
    community.tell(
        "09:00",
        "open_shift",
        json!({
            "shift_id": shift, "project_id": "gate", "capacity_n": 4,
            "starts_at": "2022-02-21T09:00:00+08:00", "ends_at": "2022-02-21T11:00:00+08:00",
        }),
    );
    community.tell(
        "08:00",
        "open_programme",
        json!({
            "programme_id": "half-past-four", "grade_min": 1, "grade_max": 6, "capacity_n": 20,
            "children_per_adult_max": 10,
        }),
    );
    community.tell(
        "10:00",
        "schedule_class",
        json!({
            "class_id": "chess, beginners", "programme_id": "half-past-four", "place_id": "room-2",
            "starts_at": "2022-02-22T16:30:00+08:00", "ends_at": "2022-02-22T18:00:00+08:00",
        }),
    );
    community
}

fn document(community: &Community) -> String {
    community.seen_locked::<Calendar>().to_ics()
}

/// Its lines, folded ones put together.
fn lines(document: &str) -> Vec<String> {
    document.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

fn uids(document: &str) -> Vec<String> {
    lines(document).into_iter().filter(|line| line.starts_with("UID:")).collect()
}

#[test]
fn a_calendar_says_when_and_where() {
    let document = document(&planned("gate-1"));
    let own: Vec<String> =
        lines(&document).into_iter().filter(|line| !line.starts_with("UID:")).collect();
    assert_eq!(
        own,
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Linli//Linli//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "BEGIN:VEVENT",
            "CATEGORIES:SHIFT",
            "DTEND:20220221T030000Z",
            "DTSTAMP:20220220T010000Z",
            "DTSTART:20220221T010000Z",
            "LAST-MODIFIED:20220220T010000Z",
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
            "SUMMARY:gate: gate-1",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "CATEGORIES:CLASS",
            "DTEND:20220222T100000Z",
            "DTSTAMP:20220220T020000Z",
            "DTSTART:20220222T083000Z",
            "LAST-MODIFIED:20220220T020000Z",
            "LOCATION:room-2",
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
            r"SUMMARY:half-past-four: chess\, beginners",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    );
}

#[test]
fn a_cancelled_entry_stays_under_its_name() {
    let community = planned("gate-1");
    let before = uids(&document(&community));
    community.tell("12:00", "cancel_shift", json!({"shift_id": "gate-1", "reason": "snow"}));
    community.tell(
        "12:00",
        "cancel_class",
        json!({"class_id": "chess, beginners", "reason": "weather"}),
    );
    let after = document(&community);
    assert_eq!(uids(&after), before);
    let count = |line: &str| lines(&after).iter().filter(|own| *own == line).count();
    assert_eq!(count("STATUS:CANCELLED"), 2);
    assert_eq!(count("SEQUENCE:1"), 2);
    assert_eq!(count("DTSTAMP:20220220T040000Z"), 2);
    assert!(!after.contains("snow"));
}

#[test]
fn the_same_events_give_the_same_bytes() {
    let community = planned("gate-1");
    assert_eq!(document(&community), document(&community));
    assert_eq!(document(&community), document(&planned("gate-1")));
    assert_ne!(uids(&document(&community)).first(), uids(&document(&community)).last());
}

#[test]
fn who_has_a_place_is_in_no_calendar() {
    let community = planned("gate-1");
    community.tell(
        "09:30",
        "register_volunteer",
        json!({"person_ref": "p-secret", "volunteer_no": "v-1"}),
    );
    let joins = json!({"person_ref": "p-secret", "team_id": "reds", "valid_from": "2022-02-20"});
    community.tell("09:40", "join_team", joins);
    community.tell(
        "10:00",
        "sign_up",
        json!({
            "shift_id": "gate-1", "person_ref": "p-secret",
        }),
    );
    assert!(!document(&community).contains("secret"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a shift is called, no line is longer than 75 octets, none begins another one, and
    /// each entry has what it must have, once.
    #[test]
    fn any_name_makes_a_calendar(name in "[a-z ,;:\\\\\"'邻里=\u{e9}]{1,30}") {
        let document = document(&planned(&format!("x{name}")));
        for line in document.split("\r\n") {
            prop_assert!(line.len() <= 75, "{line}");
            prop_assert!(!line.contains(['\r', '\n']), "{line}");
        }
        let lines = lines(&document);
        let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
        for required in ["BEGIN:VEVENT", "UID:", "DTSTAMP:", "DTSTART:", "SUMMARY:", "STATUS:"] {
            prop_assert_eq!(count(required), 2, "{}", required);
        }
        let text = |line: &str| {
            let marked = line.replace(r"\\", "\u{0}").replace('\\', "");
            marked.replace('\u{0}', r"\")
        };
        let summary = format!("SUMMARY:gate: x{name}");
        prop_assert!(lines.iter().any(|line| text(line) == summary), "{}", document);
    }
}
