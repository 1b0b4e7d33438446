//! Each format's columns become what they mean.

use linli::charging::{Event, Reading};
use linli::{CardId, ConnectorId, Currency, WattHours};

use super::*;

#[test]
fn a_workplace_row_keeps_its_dollars_as_written() {
    let journal = file_of(Format::Workplace).at(Tz::UTC);
    let row = "4228788,6.76,0.580,0014-11-21 12:05:46,0014-11-21 16:46:04,4.671666667,358,129";
    let report = journal.takes(WORKPLACE, &[row]);
    assert_eq!((report.rows, report.imported, report.refused.len()), (1, 1, 0));
    let events: Vec<Event> = journal.events().into_iter().map(|happened| happened.event).collect();
    let [Event::FileImported { format, .. }, start, end, bill] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(format, "workplace");
    let Event::SessionStarted { session, connector, card, .. } = start else { panic!("{start:?}") };
    assert_eq!(session.as_str(), "workplace:4228788");
    assert_eq!(connector.as_ref().map(ConnectorId::as_str), Some("129"));
    assert_eq!(card.as_ref().map(CardId::as_str), Some("358"));
    let Event::SessionEnded { reading, stated_seconds, .. } = end else { panic!("{end:?}") };
    assert_eq!(*reading, Some(Reading::Energy(WattHours(6_760))));
    assert_eq!(*stated_seconds, Some(16_818));
    let Event::BillRecorded { amount, currency, source, .. } = bill else { panic!("{bill:?}") };
    let usd: Currency = "USD".parse().expect("a currency");
    assert_eq!((amount.as_str(), *currency, source.as_str()), ("0.580", usd, "workplace"));
    assert_eq!(journal.instants(), ["2014-11-21T12:05:46Z", "2014-11-21T16:46:04Z"]);
}

#[test]
fn a_missing_amount_is_no_bill() {
    let journal = file_of(Format::Workplace).at(Tz::UTC);
    let row = "1,6.76,NA,0014-11-21 12:00:00,0014-11-21 16:00:00,4,358,129";
    journal.takes(WORKPLACE, &[row]);
    let is_bill = |happened: &Happened<Event>| matches!(happened.event, Event::BillRecorded { .. });
    assert!(!journal.events().iter().any(is_bill));
}

#[test]
fn private_and_shared_points_are_told_apart() {
    let journal = file_of(Format::Trondheim);
    let lines = [
        "1;AdO3-4;Private;NA;21.12.2018 10:20;21.12.2018 10:23;0,3;0,05",
        "2;AdO3-5;Shared;Shared-12;21.12.2018 10:21;NA;0,87;NA",
    ];
    let report = journal.takes(TRONDHEIM, &lines);
    assert_eq!((report.imported, flagged(&report, Flag::NoEnd)), (2, 1));
    assert_eq!(flagged(&report, Flag::ZeroDuration), 0, "no end was reported");
    let points: Vec<String> = journal
        .events()
        .iter()
        .filter_map(|happened| match &happened.event {
            Event::SessionStarted { connector, .. } => connector.as_ref().map(ToString::to_string),
            _ => None,
        })
        .collect();
    assert_eq!(points, ["private/AdO3-4", "Shared-12"]);
    assert_eq!(journal.instants().first().map(String::as_str), Some("2018-12-21T09:20:00Z"));
}

#[test]
fn quotes_and_decimal_commas_are_read() {
    let journal = file_of(Format::Norway12);
    let header = NORWAY.split(';').map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(";");
    let row = r#""A";"A_Plass15";"A_18266";2019-11-28 19:08:00;2019-11-29 08:20:00;13,2;19,96"#;
    let report = journal.reads(&format!("{header}\r\n{row}\r\n")).expect("the structure is right");
    assert_eq!((report.imported, report.refused), (1, Vec::new()));
    let ends = journal.events().into_iter().find_map(|happened| match happened.event {
        Event::SessionEnded { reading, stated_seconds, .. } => Some((reading, stated_seconds)),
        _ => None,
    });
    assert_eq!(ends, Some((Some(Reading::Energy(WattHours(19_960))), Some(47_520))));
}

#[test]
fn own_columns_come_in_any_order_and_with_either_mark() {
    let journal = file_of(Format::Csv);
    let comma = "started_at,session_id,ended_at,energy_kwh,issued_amount,currency\n\
                 2022-02-27T01:00:00+08:00,a,2022-02-27 02:30:00.5+0800,1.5,3.30,CNY\n";
    let semicolon = "session_id;started_at;ended_at;energy_kwh;start_register_wh;end_register_wh\n\
                     b;2022-02-27T01:00Z;2022-02-27T02:00Z;1,25;;\n\
                     c;2022-02-27T01:00Z;2022-02-27T02:00Z;;1000;-1\n\
                     d;2022-02-27T01:00Z;2022-02-27T02:00Z;;1000;3500\n";
    for text in [comma, semicolon] {
        assert_eq!(journal.reads(text).expect("of the format").refused, Vec::new());
    }
    let first: Vec<String> = journal.instants().into_iter().take(2).collect();
    assert_eq!(first, ["2022-02-26T17:00:00Z", "2022-02-26T18:30:00.500Z"]);
    let readings: Vec<Reading> = journal
        .events()
        .into_iter()
        .filter_map(|happened| match happened.event {
            Event::SessionEnded { reading, .. } => reading,
            _ => None,
        })
        .collect();
    let energy = |wh| Reading::Energy(WattHours(wh));
    let register = |wh| Reading::Register(WattHours(wh));
    assert_eq!(readings, [energy(1_500), energy(1_250), register(-1), register(3_500)]);
}

#[test]
fn a_public_point_and_its_connector_are_one_name_and_the_card_is_unknown() {
    let journal = file_of(Format::Dundee);
    let header = "_id,Charging event,CP ID,Connector,Start Date,Start Time,End Date,End Time,\
                  Total kWh,Cost,Site";
    let lines = [
        r#"1,4256786,51356,1,2018-07-03T00:00:00,23:50,2018-07-04T00:00:00,14:16,-19.99,0,"A, B""#,
        r#"2,7312556,50230,2,2018-05-06T00:00:00,11:11,,"",,,"Marchbanks, Dundee""#,
    ];
    let report = journal.takes(header, &lines);
    assert_eq!((report.imported, report.refused.len()), (2, 0));
    assert_eq!(flagged(&report, Flag::NoEnd), 1);
    assert_eq!(flagged(&report, Flag::NoEnergy), 1);
    assert_eq!(flagged(&report, Flag::NegativeEnergy), 1);
    let starts: Vec<_> = journal
        .events()
        .into_iter()
        .filter_map(|happened| match happened.event {
            Event::SessionStarted { connector, card, .. } => {
                Some((happened.at.to_string(), connector.map(String::from), card))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        starts,
        [
            ("2018-05-06T10:11:00Z".to_owned(), Some("50230-2".to_owned()), None),
            ("2018-07-03T22:50:00Z".to_owned(), Some("51356-1".to_owned()), None),
        ]
    );
}
