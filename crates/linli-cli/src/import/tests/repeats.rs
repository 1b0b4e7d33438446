//! The same again adds nothing; something else under the same id overwrites nothing.

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
    let sessions = Sessions::read(&source, &journal.args).expect("the structure is right");
    sessions.record(&journal.ledger, "tester", &mut progress).expect("recorded");
    assert_eq!(told, [(2, 3), (3, 3)]);
}
