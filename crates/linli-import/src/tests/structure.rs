//! A file that is not of the format leaves no trace; a row that cannot be read is left out.

use super::*;

#[test]
fn a_missing_column_is_named() {
    let says = file_of(Format::Trondheim).complains("session_ID;User_ID;Shared_ID\n1;a;NA\n");
    assert_eq!(
        says,
        "rows.csv, line 1: column `Start_plugin` is missing in the header; is this the trondheim \
         format?"
    );
    let says = file_of(Format::Norway12).complains(&format!("{TRONDHEIM}\n"));
    assert!(says.contains("`session_id` is missing"), "{says}");
}

#[test]
fn what_is_no_table_is_told_so() {
    let journal = || file_of(Format::Csv);
    assert!(journal().complains("").contains("is empty"));
    let says = journal().complains("session_id,started_at,card\na,2022-01-01T00:00Z,b\n");
    assert!(says.contains("column `card` is none of csv: session_id"), "{says}");
    let says = journal().complains("session_id,session_id,started_at\n");
    assert!(says.contains("`session_id` stands there twice"), "{says}");
    let says = journal().complains("session_id,started_at,issued_amount\n");
    assert!(says.contains("needs the column `currency`"), "{says}");
    let text = "session_id,started_at\n\na,2022-01-01T00:00Z\nb,2022-01-01 1:00\n";
    let says = journal().complains(text);
    assert!(says.contains("line 4: a time has no offset; add --timezone"), "{says}");
    let bytes = b"session_id,started_at\n\xff,2022-01-01T00:00Z\n".to_vec();
    let says = Source::of("rows.csv".to_owned(), bytes).expect_err("no UTF-8").to_string();
    assert_eq!(says, "rows.csv, line 2: the file is not UTF-8 here; save it as UTF-8");
}

#[test]
fn zones_are_asked_for_or_known() {
    let says = file_of(Format::Workplace).complains(&format!("{WORKPLACE}\n"));
    assert!(says.contains("add --timezone UTC"), "{says}");
    let says = file_of(Format::Trondheim).at(Tz::UTC).complains(&format!("{TRONDHEIM}\n"));
    assert!(says.contains("are in Europe/Oslo"), "{says}");
}

#[test]
fn what_cannot_be_read_is_left_out_with_its_line_and_column() {
    let journal = file_of(Format::Workplace).at(Tz::UTC);
    let row = |id: &str, kwh: &str, dollars: &str, created: &str| {
        format!("{id},{kwh},{dollars},{created},0015-01-02 16:00:00,NA,358,129")
    };
    let day = "0015-01-02 12:00:00";
    let long = "9".repeat(200);
    let huge = "x".repeat(70_000);
    let lines = [
        row("1", "NaN", "0", day),
        row("2", "1e400", "0", day),
        row("3", "10000000000000000", "0", day),
        row("4", "1.2345", "0", day),
        row("5", "1", "a dollar", day),
        row("6", "1", "0", "0015-02-30 12:00:00"),
        row(&long, "1", "0", day),
        row("", "1", "0", day),
        row("9", "1", "0", ""),
        row("10", &huge, "0", day),
        "11,1,0".to_owned(),
        row("12", "1", "0", day),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let report = journal.takes(WORKPLACE, &lines);
    assert_eq!((report.rows, report.imported), (12, 1));
    let places: Vec<(u64, &str)> =
        report.refused.iter().map(|refused| (refused.line, refused.column.as_str())).collect();
    let kwh = "kwhTotal";
    assert_eq!(
        places,
        [
            (2, kwh),
            (3, kwh),
            (4, kwh),
            (5, kwh),
            (6, "dollars"),
            (7, "created"),
            (8, "sessionId"),
            (9, "sessionId"),
            (10, "created"),
            (11, kwh),
            (12, ""),
        ]
    );
    for refused in &report.refused {
        assert!(refused.reason.len() < 160, "{refused}");
    }
}

#[test]
fn the_report_has_the_keys_of_the_contract() {
    let journal = file_of(Format::Trondheim);
    let lines = [
        "1;a;Private;NA;21.12.2018 10:20;21.12.2018 10:20;0,3;0",
        "2;a;Private;NA;21.12.2018 10:20;soon;0,3;0",
    ];
    let report = journal.takes(TRONDHEIM, &lines);
    let json = report.to_json();
    assert_eq!(json["rows"], 2);
    assert_eq!(json["imported"], 1);
    assert_eq!(json["duplicates"], 0);
    assert_eq!(json["flagged"]["zero_duration"], 1);
    assert_eq!(json["refused"][0]["line"], 3);
    assert_eq!(json["refused"][0]["column"], "End_plugout");
    assert!(report.to_text().contains("line 3, End_plugout: `soon` is no date"));
}
