//! CDRs become sessions: what their periods state, and what their issuer billed.

use linli::charging::{Installed, Reading, SuspendedBy};
use linli::{Evolve as _, WattHours};

use super::*;

fn cdr(id: &str, rest: &str) -> String {
    format!(
        r#"{{"country_code": "NL", "party_id": "ENE", "id": "{id}",
  "start_date_time": "2026-01-13T14:30:00Z", "end_date_time": "2026-01-13T16:30:00Z",
  "cdr_token": {{"uid": "card-{id}"}}, "auth_method": "WHITELIST", "currency": "EUR",
  "cdr_location": {{"country": "NLD", "evse_id": "E{id}", "connector_id": "2"}},
  "charging_periods": [
    {{"start_date_time": "2026-01-13T14:30:00Z", "dimensions": [
      {{"type": "ENERGY", "volume": 7.0004}}, {{"type": "TIME", "volume": 1}}]}},
    {{"start_date_time": "2026-01-13T15:30:00Z", "dimensions": [
      {{"type": "ENERGY", "volume": 1.0004}}, {{"type": "TIME", "volume": 0.5}},
      {{"type": "PARKING_TIME", "volume": 0.5}}]}}],
  "total_cost": {{"excl_vat": 5.00, "incl_vat": 5.50}}, "total_energy": 8.0008, "total_time": 2,
  "last_updated": "2026-01-13T16:30:00Z"{rest}}}"#
    )
}

fn told(events: &[Happened<Event>]) -> Vec<String> {
    let told = events.iter().filter_map(|happened| {
        let at = happened.at.to_string();
        Some(match &happened.event {
            Event::SessionStarted { session, connector, card, .. } => {
                let (connector, card) = (connector.as_ref()?, card.as_ref()?);
                format!("{at} {session} started by {card} at {connector}")
            }
            Event::MeterSampled { reading: Reading::Energy(energy), .. } => {
                format!("{at} {energy} kWh")
            }
            Event::ChargingSuspended { by: SuspendedBy::Vehicle, .. } => format!("{at} idle"),
            Event::SessionEnded { reading: Some(Reading::Energy(energy)), .. } => {
                format!("{at} ended with {energy} kWh")
            }
            Event::BillRecorded { session, amount, currency, .. } => {
                format!("{at} {session} billed {amount} {currency}")
            }
            _ => return None,
        })
    });
    told.collect()
}

#[test]
fn a_cdr_is_a_session_with_its_readings_states_and_bill() {
    let journal = file_of(Format::OcpiCdr);
    let report = journal.reads(&cdr("7", "")).expect("of the format");
    assert_eq!((report.rows, report.imported, report.refused.len()), (1, 1, 0));
    assert_eq!(
        told(&journal.events()),
        [
            "2026-01-13T14:30:00Z ocpi-cdr:NL-ENE/7 started by card-7 at E7-2",
            "2026-01-13T15:30:00Z 7.000 kWh",
            "2026-01-13T16:00:00Z idle",
            // 8.0008 kWh: the sum is rounded, not its parts.
            "2026-01-13T16:30:00Z ended with 8.001 kWh",
            "2026-01-13T16:30:00Z ocpi-cdr:NL-ENE/7 billed 5.00 EUR",
        ]
    );
    let zones = journal.events().into_iter().map(|happened| happened.zone.name());
    assert!(zones.skip(1).all(|zone| zone == "Europe/Amsterdam"));
    assert!(report.suggestions.iter().any(|one| one.contains("finer than a watt-hour")));
}

#[test]
fn the_same_cdrs_again_add_nothing_in_whatever_order() {
    let journal = file_of(Format::OcpiCdr);
    let (one, two) = (cdr("1", ""), cdr("2", ""));
    let list = format!("// Of one week.\n[{one},\n{two}]");
    let first = journal.reads(&list).expect("of the format");
    assert_eq!((first.rows, first.imported, first.duplicates), (2, 2, 0));
    let events = journal.events();
    let again = journal.reads(&list).expect("of the format");
    assert_eq!((again.rows, again.imported, again.duplicates), (2, 0, 2));
    assert_eq!(journal.events(), events);
    let turned = journal.reads(&format!("[{two}, {one}]")).expect("of the format");
    assert_eq!((turned.imported, turned.duplicates), (0, 2));
}

#[test]
fn other_content_under_the_same_id_is_refused_and_names_the_first() {
    let journal = file_of(Format::OcpiCdr);
    journal.reads(&cdr("1", "")).expect("of the format");
    let report = journal.reads(&cdr("1", r#", "remark": "again""#)).expect("of the format");
    assert_eq!((report.imported, report.duplicates, report.refused.len()), (0, 0, 1));
    let told = report.refused[0].to_string();
    assert!(told.contains("recorded with other content at position 2"), "{told}");
}

#[test]
fn what_cannot_be_read_is_left_out_with_its_line_and_path() {
    let journal = file_of(Format::OcpiCdr);
    let broken = cdr("2", "").replace("\"volume\": 1}", "\"volume\": \"x\"}");
    let twice = cdr("3", r#", "id": "3""#);
    let list = format!("[{},\n{broken},\n\n{twice}, 5]", cdr("1", ""));
    let report = journal.reads(&list).expect("of the format");
    assert_eq!((report.rows, report.imported), (4, 1));
    let places: Vec<(u64, &str)> =
        report.refused.iter().map(|refused| (refused.line, refused.column.as_str())).collect();
    assert_eq!(
        places,
        [(13, "$.charging_periods[0].dimensions[1].volume"), (26, "$.id"), (37, "$")]
    );
}

#[test]
fn what_is_no_cdr_is_told_so() {
    let says = |text: &str| file_of(Format::OcpiCdr).complains(text);
    assert!(says("{\n\"id\": 1,\n}").contains("line 3: the file is no JSON"));
    assert!(says("a,b\n").contains("is no JSON"));
    assert!(says(r#"{"rows": []}"#).contains("$.start_date_time is missing"));
    let nowhere = cdr("1", "").replace("NLD", "ESP");
    assert!(says(&nowhere).contains("line 1: the location names no zone"));
    let mut exchanged = file_of(Format::OcpiCdr);
    exchanged.options.dates = Dates::Exchanged;
    assert!(exchanged.complains(&cdr("1", "")).contains("leave --swap-day-month out"));
}

#[test]
fn a_credit_is_a_bill_of_the_session_that_it_takes_back() {
    let journal = file_of(Format::OcpiCdr);
    let credit = cdr("2", r#", "credit": true, "credit_reference_id": "1""#);
    let credit = credit.replace("\"excl_vat\": 5.00", "\"excl_vat\": -5.00");
    let report = journal.reads(&format!("[{credit}, {}]", cdr("1", ""))).expect("of the format");
    assert_eq!((report.rows, report.refused.len()), (2, 0));
    let events = journal.events();
    let bills: Vec<String> =
        told(&events).into_iter().filter(|told| told.contains("billed")).collect();
    assert_eq!(
        bills,
        [
            "2026-01-13T16:30:00Z ocpi-cdr:NL-ENE/1 billed -5.00 EUR",
            "2026-01-13T16:30:00Z ocpi-cdr:NL-ENE/1 billed 5.00 EUR",
        ]
    );
    let starts = events.iter().filter(|one| matches!(one.event, Event::SessionStarted { .. }));
    assert_eq!(starts.count(), 1, "no energy is counted twice");
}

#[test]
fn what_names_no_id_goes_by_what_it_says() {
    let journal = file_of(Format::OcpiCdr);
    let nameless =
        |energy: &str| cdr("1", "").replace("\"id\": \"1\",", "").replace("8.0008", energy);
    let list = format!("[{}, {}, {}]", nameless("8.0"), nameless("8.1"), nameless("8.0"));
    let report = journal.reads(&list).expect("of the format");
    assert_eq!((report.rows, report.imported, report.duplicates), (3, 2, 1));
}

#[test]
fn a_reservation_before_the_session_is_no_part_of_it() {
    let reserved =
        cdr("1", "").replacen("2026-01-13T14:30:00Z", "2026-01-13T14:00:00Z", 1).replacen(
            "\"charging_periods\": [",
            r#""charging_periods": [{"start_date_time": "2026-01-13T14:00:00Z", "dimensions": [
                {"type": "RESERVATION_TIME", "volume": 0.5}]},"#,
            1,
        );
    let journal = file_of(Format::OcpiCdr);
    journal.reads(&reserved).expect("of the format");
    assert_eq!(journal.instants(), ["2026-01-13T14:30:00Z", "2026-01-13T16:30:00Z"]);
}

#[test]
fn flags_are_those_of_any_session() {
    let journal = file_of(Format::OcpiCdr);
    let total = cdr("1", "").replace("\"total_time\": 2", "\"total_time\": 3");
    let report = journal.reads(&total).expect("of the format");
    assert_eq!(flagged(&report, Flag::DurationMismatch), 1);
    let negative = cdr("2", "").replace("7.0004", "-7.0004");
    let report = journal.reads(&negative).expect("of the format");
    assert_eq!(flagged(&report, Flag::NegativeEnergy), 1);
    let mut session = linli::charging::Session::default();
    for happened in journal.events() {
        if happened.event.session().is_some_and(|key| key.to_string() == "ocpi-cdr:NL-ENE/1") {
            session.evolve(&happened);
        }
    }
    let billable = session.billable(&Installed::default(), &mut Vec::new()).expect("it is over");
    assert_eq!(billable.energy, Some(WattHours(8_001)));
}
