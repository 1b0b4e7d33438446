//! The same again adds nothing; something else under the same id overwrites nothing.

use linli::Evolve as _;
use linli::charging::Installed;

use super::*;

const ONE: &str = "1;a;Private;NA;21.12.2018 12:00;21.12.2018 13:00;1;1";
const TWO: &str = "2;b;Private;NA;21.12.2018 12:00;NA;1;NA";

#[test]
fn the_same_file_again_adds_nothing() {
    let journal = file_of(Format::Trondheim);
    let first = journal.takes(TRONDHEIM, &[ONE, TWO]);
    assert_eq!((first.imported, first.duplicates), (2, 0));
    let events = journal.events();
    let again = journal.takes(TRONDHEIM, &[ONE, TWO]);
    assert_eq!((again.rows, again.imported, again.duplicates), (2, 0, 2));
    assert!(again.flagged.is_empty(), "only what is new is counted");
    assert_eq!(journal.events(), events);
}

#[test]
fn a_run_that_was_cut_short_goes_on() {
    let journal = file_of(Format::Trondheim);
    journal.takes(TRONDHEIM, &[ONE]);
    let rest = journal.takes(TRONDHEIM, &[ONE, TWO]);
    assert_eq!((rest.imported, rest.duplicates), (1, 1));
}

#[test]
fn other_content_under_the_same_id_is_refused_and_names_the_first() {
    let journal = file_of(Format::Trondheim);
    journal.takes(TRONDHEIM, &[ONE, TWO]);
    let other = ONE.replace(";1;1", ";2;1");
    let report = journal.takes(TRONDHEIM, &[&other, TWO]);
    assert_eq!((report.imported, report.duplicates), (0, 1));
    let refused: Vec<String> = report.refused.iter().map(ToString::to_string).collect();
    assert_eq!(
        refused,
        ["line 2, session_ID: trondheim:1 was recorded with other content at position 2; that \
          counts, and nothing was overwritten"]
    );
}

#[test]
fn an_id_that_is_there_twice_in_one_file_counts_once() {
    let journal = file_of(Format::Trondheim);
    let other = ONE.replace(";1;1", ";2;1");
    let report = journal.takes(TRONDHEIM, &[ONE, ONE, &other]);
    assert_eq!((report.imported, report.duplicates, report.refused.len()), (1, 1, 1));
    assert_eq!(flagged(&report, Flag::ProbableDuplicate), 0);
}

#[test]
fn progress_is_told_after_each_row() {
    let journal = file_of(Format::Trondheim);
    let text = format!("{TRONDHEIM}\n{ONE}\n{TWO}\nnothing\n");
    let source = Source::of("rows.csv".to_owned(), text.into_bytes()).expect("UTF-8");
    let mut told = Vec::new();
    let mut progress = |done, rows| told.push((done, rows));
    let sessions =
        Sessions::read(&source, journal.format, journal.options).expect("the structure is right");
    sessions.record(&journal.ledger, "tester", now(), &mut progress).expect("recorded");
    assert_eq!(told, [(2, 3), (3, 3)]);
}

/// The damage that a store finds when it is read back is told with how far the import had come.
#[test]
fn what_cannot_be_read_back_says_how_far_it_came() {
    let mut report = ImportReport::default();
    let damage = linli::journal::Corruption::of_journal(linli::journal::Position(7), "it rotted");
    let unread = report.count_flags(Err(linli::journal::ReadError::from(damage).into()));
    let told = ImportError::NotReadBack { done: 128, rows: 300, error: unread.expect_err("bad") };
    let begins = "stopped after 128 of 300 rows, which are recorded and cannot be read back: ";
    assert!(told.to_string().starts_with(begins), "{told}");
    assert!(told.to_string().ends_with("the same command again goes on there"), "{told}");
}

/// Who may record need not be allowed to read: the rows are recorded, and the report says that
/// nobody counted their flags.
#[test]
fn flags_that_may_not_be_read_are_not_counted() {
    let ledger = Ledger::new(linli::journal::MemoryStore::new(), Authority::nobody());
    let mut report = ImportReport::default();
    for _ in 0..2 {
        let read = ledger.each("tester", Query::all(), ReadOptions::forwards(), |_, _| {});
        let read = read.map(|()| Vec::new());
        report.count_flags(read).expect("it is no reason to stop");
    }
    assert_eq!(report.suggestions.len(), 1, "it is said once: {:?}", report.suggestions);
    assert!(report.suggestions[0].contains("are not counted: tester may not read"));
}

/// What the journal tells of the only session.
fn session(journal: &Import) -> linli::charging::Billable {
    let mut session = linli::charging::Session::default();
    journal.events().iter().for_each(|happened| session.evolve(happened));
    session.billable(&Installed::default(), &mut Vec::new()).expect("it is over")
}

#[test]
fn other_options_correct_the_session_and_are_no_conflict() {
    let line = "1;a;Private;NA;11.03.2018 12:00;12.02.2018 13:00;1;NA";
    let mut journal = file_of(Format::Trondheim);
    let first = journal.takes(TRONDHEIM, &[line]);
    assert!(first.suggestions.iter().any(|own| own.contains("again with --swap-day-month")));
    journal.options.dates = Dates::Exchanged;
    for (corrected, events_n) in [(true, 5), (true, 5)] {
        let report = journal.takes(TRONDHEIM, &[line]);
        assert_eq!((report.imported, report.duplicates, report.refused.len()), (0, 1, 0));
        let told = report.suggestions.iter().any(|own| own.starts_with("1 sessions were read"));
        assert_eq!(told, corrected);
        assert_eq!(journal.events().len(), events_n, "once for each way of reading");
    }
    let reason = journal.events().into_iter().find_map(|happened| match happened.event {
        Event::SessionCorrected { reason, .. } => Some(reason),
        _ => None,
    });
    let reason = reason.expect("it is corrected");
    assert!(reason.contains("exchanged; the reading at position 2 was another"), "{reason}");
    let billable = session(&journal);
    assert_eq!(billable.started_at, instant("2018-11-03T11:00:00Z"));
    assert_eq!(billable.ended_at, instant("2018-12-02T12:00:00Z"));
    assert!(!billable.is_held && !billable.flags.has(Flag::PayloadConflict));
    journal.options.dates = Dates::AsWritten;
    journal.takes(TRONDHEIM, &[line]);
    assert_eq!(session(&journal), billable, "the first reading again adds nothing");
}

#[test]
fn another_zone_is_refused_without_a_hold() {
    let header = "session_id,started_at,ended_at,energy_kwh";
    let text = format!("{header}\na,2026-01-13T14:30:00,2026-01-13T15:30:00,1\n");
    let journal = file_of(Format::Csv).at(chrono_tz::Europe::Oslo);
    journal.reads(&text).expect("of the format");
    let journal = journal.at(chrono_tz::Europe::London);
    let report = journal.reads(&text).expect("of the format");
    assert_eq!((report.imported, report.duplicates, report.refused.len()), (0, 0, 1));
    let told = report.refused[0].to_string();
    assert!(told.contains("was read in Europe/Oslo at position 2, not in Europe/London"), "{told}");
    assert!(!session(&journal).is_held);
}
