//! The published files, with the numbers of their READMEs.
//!
//! They lie beside the repository or in the folder named by `LINLI_DATA`; where they are not there
//! the tests say so and pass.

use std::path::PathBuf;

use super::*;

fn lines_of(path: &str) -> Option<String> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("LINLI_DATA").map_or(beside, PathBuf::from);
    let file = folder.join("charging").join(path);
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        println!("{} is absent: nothing is tested", file.display());
    }
    text
}

fn counts<const N: usize>(report: &ImportReport, flags: [Flag; N]) -> [u64; N] {
    flags.map(|flag| flagged(report, flag))
}

#[test]
fn workplace_sessions_all_go_in() {
    let Some(text) = lines_of("workplace/station_data_dataverse.csv") else { return };
    let report = file_of(Format::Workplace).at(Tz::UTC).reads(&text).expect("workplace");
    println!("{}", report.to_text());
    assert_eq!((report.rows, report.imported, report.refused.len()), (3_395, 3_395, 0));
    let flags = [Flag::OverlapConnector, Flag::OverlapCard, Flag::ZeroEnergy, Flag::NoEnd];
    assert_eq!(counts(&report, flags), [19, 15, 55, 0]);
}

#[test]
fn trondheim_sessions_all_go_in() {
    let Some(text) = lines_of("trondheim/Dataset1_EV_charging_reports.csv") else { return };
    let report = file_of(Format::Trondheim).reads(&text).expect("trondheim");
    println!("{}", report.to_text());
    assert_eq!((report.rows, report.imported, report.refused.len()), (6_878, 6_878, 0));
    let flags = [
        Flag::NoEnd,
        Flag::ZeroDuration,
        Flag::OverlapCard,
        Flag::OverlapConnector,
        Flag::ProbableDuplicate,
        Flag::DurationMismatch,
        Flag::StartOnBusyConnector,
    ];
    assert_eq!(counts(&report, flags), [34, 17, 23, 3, 1, 11, 34]);
}

#[test]
fn norway12_sessions_all_go_in() {
    let Some(text) = lines_of("norway12/Dataset1_charging_reports.csv") else { return };
    let report = file_of(Format::Norway12).reads(&text).expect("norway12");
    println!("{}", report.to_text());
    assert_eq!((report.rows, report.imported, report.refused.len()), (35_377, 35_377, 0));
    let flags = [Flag::NoEnd, Flag::OverlapCard, Flag::RepeatedHour, Flag::DurationMismatch];
    assert_eq!(counts(&report, flags), [38, 89, 3, 111]);
}

#[test]
fn dundee_sessions_end_after_they_start_once_the_dates_are_exchanged() {
    let Some(text) = lines_of("dundee/Charging_Sessions_Dundee_021217-020318.csv") else { return };
    let flags =
        [Flag::EndBeforeStart, Flag::ZeroDuration, Flag::OverlapConnector, Flag::NegativeEnergy];
    let as_found = file_of(Format::Dundee).reads(&text).expect("dundee");
    println!("{}", as_found.to_text());
    assert_eq!((as_found.rows, as_found.imported), (1_250, 1_250));
    let [backwards, zero, _, negative] = counts(&as_found, flags);
    assert_eq!([backwards, zero, negative], [26, 17, 2]);
    assert_eq!(flagged(&as_found, Flag::DateSuspect), 26);
    assert_eq!(as_found.suggestions.len(), 1);
    let mut journal = file_of(Format::Dundee);
    journal.args.swap_day_month = true;
    // The overlap is the one pair of sessions that start together.
    assert_eq!(counts(&journal.reads(&text).expect("dundee"), flags), [0, 17, 1, 2]);
}
