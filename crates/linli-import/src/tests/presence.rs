//! Hours and attendance: what is told once, what is told again, and what cannot be told.

use chrono_tz::Tz;
use linli::journal::{MemoryStore, Query, ReadOptions};
use linli::ledger::{Authority, Ledger, Request};
use linli::{Event, Flag, Scope, volunteering};
use proptest::prelude::*;

use super::super::{ImportError, ImportReport, Source, Steps, attendance, hours};
use super::flagged;

const STORY: &str = r#"[
    {"launch_project": {"project_id": "gate", "team_id": "reds", "kind": "order",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"open_shift": {"shift_id": "s-1", "project_id": "gate", "capacity_n": 4,
        "starts_at": "2022-02-20T09:00:00+08:00", "ends_at": "2022-02-20T11:00:00+08:00",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"register_volunteer": {"person_ref": "p-1", "volunteer_no": "v-1",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"register_volunteer": {"person_ref": "=p-2", "volunteer_no": "v-2",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"open_programme": {"programme_id": "chess", "grade_min": 1, "grade_max": 6, "capacity_n": 20,
        "children_per_adult_max": 10,
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}},
    {"schedule_class": {"class_id": "c-1", "programme_id": "chess", "place_id": "room-2",
        "starts_at": "2022-02-20T16:30:00+08:00", "ends_at": "2022-02-20T18:00:00+08:00",
        "at": "2022-02-01T09:00:00+08:00", "zone": "Asia/Shanghai"}}]"#;

/// A journal with a shift and a class.
struct Station {
    ledger: Ledger,
}

impl Station {
    fn new() -> Self {
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let story = Request::from_json(STORY).expect("commands");
        ledger.execute_blocking("tester", story).expect("a story");
        Self { ledger }
    }

    fn reads(
        &self,
        read: fn(&Source, Option<Tz>, &Scope) -> Result<Steps, ImportError>,
        text: &str,
        timezone: Option<Tz>,
    ) -> Result<ImportReport, ImportError> {
        let source = Source::of("rows.csv".to_owned(), text.as_bytes().to_vec())?;
        read(&source, timezone, &yujing())?.record(&self.ledger, "tester", &mut |_, _| {})
    }

    fn hours(&self, rows: &[&str]) -> ImportReport {
        let text = format!("person,shift,in,out\n{}\n", rows.join("\n"));
        self.reads(hours, &text, Some(Tz::Asia__Shanghai)).expect("the structure is right")
    }

    /// What was told of presence: who, whether in or out, and when.
    fn told(&self) -> Vec<(String, &'static str, String)> {
        let mut told = Vec::new();
        let take = |_, happened: linli::Happened<Event>| {
            use volunteering::Event as E;
            let (who, what) = match happened.event {
                Event::Volunteering(E::VolunteerCheckedIn { person_ref, .. }) => (person_ref, "in"),
                Event::Volunteering(E::VolunteerCheckedOut { person_ref, .. }) => {
                    (person_ref, "out")
                }
                _ => return,
            };
            assert_eq!(happened.scope, yujing());
            told.push((who.to_string(), what, happened.at.to_string()));
        };
        let all = self.ledger.each("tester", Query::all(), ReadOptions::forwards(), take);
        all.expect("the journal can be read");
        told
    }
}

fn yujing() -> Scope {
    Scope::new("xuzhuang/yujing").expect("a community")
}

const ONE: &str = "p-1,s-1,2022-02-20T09:00:00+08:00,2022-02-20T11:00:00+08:00";

#[test]
fn hours_come_in_once() {
    let station = Station::new();
    let first = station.hours(&[ONE]);
    assert_eq!((first.rows, first.imported, first.duplicates), (1, 1, 0));
    let told = |what, at: &str| ("p-1".to_owned(), what, at.to_owned());
    let both = [told("in", "2022-02-20T01:00:00Z"), told("out", "2022-02-20T03:00:00Z")];
    assert_eq!(station.told(), both);
    let again = station.hours(&[ONE]);
    assert_eq!((again.imported, again.duplicates, again.refused.len()), (0, 1, 0));
    assert_eq!(station.told(), both);
}

#[test]
fn a_time_without_an_offset_is_meant_in_the_zone() {
    let station = Station::new();
    assert_eq!(station.hours(&["p-1,s-1,2022-02-20 09:00,2022-02-20 11:00"]).imported, 1);
    assert_eq!(station.told()[0].2, "2022-02-20T01:00:00Z");
    let text = "person,shift,in,out\np-1,s-1,2022-02-20 09:00,\n";
    let report = station.reads(hours, text, None).expect("the structure is right");
    assert!(report.refused[0].reason.contains("--timezone"), "{}", report.refused[0].reason);
}

#[test]
fn a_row_that_is_filled_in_later_adds_its_other_end_alone() {
    let station = Station::new();
    assert_eq!(station.hours(&["p-1,s-1,2022-02-20T09:00:00+08:00,"]).imported, 1);
    assert_eq!(station.hours(&[ONE]).imported, 1);
    assert_eq!(station.told().len(), 2);
    let other = station.hours(&[&ONE.replace("T11", "T12")]);
    assert_eq!((other.imported, other.refused.len()), (0, 1));
    assert_eq!(other.refused[0].column, "out");
    assert_eq!(station.told().len(), 2);
}

#[test]
fn bad_rows_are_refused_with_their_line_and_the_rest_comes_in() {
    let station = Station::new();
    let report = station.hours(&[
        "p-1,s-9,2022-02-20T09:00:00+08:00,",
        "p-1,s-1,yesterday,",
        "p-1,s-1,,",
        ",s-1,2022-02-20T09:00:00+08:00,",
        "p-1,s-1,2022-02-20T11:00:00+08:00,2022-02-20T09:00:00+08:00",
        "p-1,s-1",
        ONE,
    ]);
    assert_eq!((report.rows, report.imported), (7, 1));
    let refused: Vec<(u64, &str)> =
        report.refused.iter().map(|refused| (refused.line, refused.column.as_str())).collect();
    assert_eq!(refused, [(2, "in"), (3, "in"), (4, "in"), (5, "person"), (6, "out"), (7, "")]);
}

#[test]
fn a_time_that_a_clock_change_leaves_open_is_not_guessed() {
    let station = Station::new();
    let text = "person,shift,in,out\np-1,s-1,2022-10-30 02:30,\n";
    let report = station.reads(hours, text, Some(Tz::Europe__Oslo)).expect("a table");
    assert!(report.refused[0].reason.contains("twice or never"));
    assert_eq!(station.told().len(), 0);
}

#[test]
fn what_keeps_a_cell_from_being_a_formula_is_taken_off() {
    let station = Station::new();
    let report = station.hours(&["'=p-2,s-1,2022-02-20T09:00:00+08:00,"]);
    assert_eq!(report.imported, 1);
    assert_eq!(station.told()[0].0, "=p-2");
}

#[test]
fn a_row_outside_its_shift_is_flagged() {
    let report = Station::new().hours(&["p-1,s-1,2022-02-20T20:00:00+08:00,"]);
    assert_eq!(flagged(&report, Flag::OutsideShift), 1);
}

#[test]
fn children_come_and_go_and_the_same_file_adds_nothing() {
    let station = Station::new();
    let text = "class;child;in;out;to\n\
                c-1;k-1;2022-02-20T16:30:00+08:00;2022-02-20T18:00:00+08:00;p-9\n\
                c-1;k-2;2022-02-20T16:40:00+08:00;;\n";
    let first = station.reads(attendance, text, None).expect("a table");
    assert_eq!((first.rows, first.imported, first.refused.len()), (2, 2, 0));
    assert_eq!(flagged(&first, Flag::NotEnrolled), 2);
    assert_eq!(flagged(&first, Flag::UnauthorisedAdult), 1);
    let again = station.reads(attendance, text, None).expect("a table");
    assert_eq!((again.imported, again.duplicates), (0, 2));
}

#[test]
fn a_header_is_required_and_knows_its_columns() {
    let station = Station::new();
    for (text, says) in [
        ("", "the file is empty"),
        ("p-1,s-1,a,b\n", "column `person` is missing in the header"),
        ("person,shift,in,out,out\n", "stands there twice"),
        ("person,shift,in,out,wage\n", "column `wage` is none of hours"),
    ] {
        let error = station.reads(hours, text, None).expect_err(text).to_string();
        assert!(error.contains(says), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// No text makes the reader panic, and what came in once comes in no second time.
    #[test]
    fn any_text_is_read_or_refused_and_adds_nothing_twice(
        rows in "([ps]-[19]|[,;\"'=\t\r\n@]|2022-02-20T1[0-3]:00:00\\+08:00|.){0,60}",
        start in 0..3_usize,
    ) {
        let station = Station::new();
        let header = ["", "person,shift,in,out\n", "person;shift;in;out\n"][start];
        let text = format!("{header}{rows}\n{ONE}\n");
        let read = || station.reads(hours, &text, Some(Tz::Asia__Shanghai));
        if let Ok(first) = read() {
            let told = station.told();
            let again = read().expect("it was of the format");
            prop_assert_eq!(again.imported, 0);
            prop_assert_eq!(again.duplicates, first.imported + first.duplicates);
            prop_assert_eq!(station.told(), told);
        }
    }
}
