//! What happened is recorded, and flagged where it looks wrong.

use super::*;

#[test]
fn rows_are_recorded_in_the_order_of_their_starts() {
    let journal = file_of(Format::Trondheim);
    let lines = [
        "1;a;Private;NA;21.12.2018 12:00;21.12.2018 13:00;1;1",
        "2;a;Private;NA;21.12.2018 10:00;21.12.2018 12:30;1;2,5",
        "3;b;Private;NA;21.12.2018 11:00;21.12.2018 12:00;1;1",
        "4;b;Private;NA;21.12.2018 12:00;21.12.2018 14:00;1;2",
    ];
    let report = journal.takes(TRONDHEIM, &lines);
    assert_eq!((report.imported, report.refused.len()), (4, 0));
    assert_eq!(flagged(&report, Flag::OverlapCard), 1, "an end is no overlap with the next start");
    assert_eq!(flagged(&report, Flag::OverlapConnector), 1);
    assert_eq!(flagged(&report, Flag::StartTimeRegression), 0);
    assert_eq!(flagged(&report, Flag::SingleInterval), 4);
}

#[test]
fn the_stated_duration_decides_the_hour_that_comes_twice() {
    let twice = |stated: &str| {
        let journal = file_of(Format::Norway12);
        let row = format!("L;u;1;2019-10-27 02:39:00;2019-10-27 12:29:00;{stated};1");
        let report = journal.takes(NORWAY, &[&row]);
        assert_eq!(flagged(&report, Flag::RepeatedHour), 1);
        (journal.instants().first().cloned().unwrap_or_default(), report)
    };
    assert_eq!(twice("9,833333").0, "2019-10-27T01:39:00Z");
    assert_eq!(twice("10,83333").0, "2019-10-27T00:39:00Z");
    assert_eq!(twice("NA").0, "2019-10-27T00:39:00Z");
    let (start, report) = twice("3");
    assert_eq!(start, "2019-10-27T00:39:00Z");
    assert_eq!(flagged(&report, Flag::DurationMismatch), 1);
}

#[test]
fn a_session_within_the_hour_that_comes_twice_does_not_run_backwards() {
    let journal = file_of(Format::Norway12);
    journal.takes(NORWAY, &["L;u;1;2019-10-27 02:50:00;2019-10-27 02:10:00;NA;1"]);
    assert_eq!(journal.instants(), ["2019-10-27T00:50:00Z", "2019-10-27T01:10:00Z"]);
}

#[test]
fn the_hour_that_is_left_out_keeps_the_offset_from_before() {
    let journal = file_of(Format::Norway12);
    let report = journal.takes(NORWAY, &["L;u;1;2019-03-31 02:30:00;2019-03-31 04:00:00;NA;1"]);
    assert_eq!(journal.instants(), ["2019-03-31T01:30:00Z", "2019-03-31T02:00:00Z"]);
    assert_eq!(flagged(&report, Flag::RepeatedHour), 1);
}

#[test]
fn the_same_start_and_energy_under_another_id_is_a_probable_duplicate() {
    let journal = file_of(Format::Trondheim);
    let lines = [
        "1;a;Private;NA;21.12.2018 12:00;21.12.2018 13:00;1;1",
        "2;a;Private;NA;21.12.2018 12:00;21.12.2018 13:30;1;1,5",
        "3;b;Private;NA;21.12.2018 12:00;21.12.2018 13:00;1;1",
        "4;b;Private;NA;21.12.2018 12:01;21.12.2018 13:00;1;1",
    ];
    let report = journal.takes(TRONDHEIM, &lines);
    assert_eq!(flagged(&report, Flag::ProbableDuplicate), 1);
    let duplicate = journal.events().into_iter().find_map(|happened| {
        let is_flagged = happened.flags.contains(&Flag::ProbableDuplicate);
        happened.event.session().filter(|_| is_flagged).map(ToString::to_string)
    });
    assert_eq!(duplicate.as_deref(), Some("trondheim:2"));
}

#[test]
fn exchanged_dates_are_flagged_suggested_and_mended_only_when_asked() {
    let line = "1;a;Private;NA;11.03.2018 12:00;12.02.2018 13:00;1;NA";
    let mut journal = file_of(Format::Trondheim);
    let report = journal.takes(TRONDHEIM, &[line]);
    assert_eq!(flagged(&report, Flag::DateSuspect), 1);
    assert_eq!(flagged(&report, Flag::EndBeforeStart), 1);
    assert_eq!(flagged(&report, Flag::ZeroDuration), 0, "it does not end when it starts");
    let suggestion = report.suggestions.first().map(String::as_str).unwrap_or_default();
    assert!(suggestion.starts_with("1 sessions end before they start"), "{suggestion}");
    assert_eq!(journal.instants(), ["2018-03-11T11:00:00Z", "2018-02-12T12:00:00Z"]);

    journal = file_of(Format::Trondheim);
    journal.options.dates = Dates::Exchanged;
    let report = journal.takes(TRONDHEIM, &[line]);
    assert_eq!(flagged(&report, Flag::DateSuspect), 0);
    assert_eq!(report.suggestions, Vec::<String>::new());
    assert_eq!(journal.instants(), ["2018-11-03T11:00:00Z", "2018-12-02T12:00:00Z"]);
    let options = journal.events().into_iter().find_map(|happened| match happened.event {
        Event::FileImported { options, .. } => Some(options),
        _ => None,
    });
    assert_eq!(
        options.as_deref(),
        Some("zone: Europe/Oslo; dates: day and month exchanged"),
        "the repair is on record"
    );
}

#[test]
fn a_stamp_with_an_offset_has_a_zone_of_that_offset() {
    let journal = file_of(Format::Csv);
    journal
        .reads("session_id,started_at\na,2022-02-27T01:00:00+08:00\nb,2022-02-27T01:00:00+05:30\n")
        .expect("of the format");
    let zones: Vec<&str> = journal
        .events()
        .iter()
        .filter(|happened| matches!(happened.event, Event::SessionStarted { .. }))
        .map(|happened| happened.zone.name())
        .collect();
    assert_eq!(zones, ["Etc/GMT-8", "UTC"]);
    assert!(journal.events().iter().any(|happened| happened.at == instant("2022-02-26T17:00:00Z")));
}
