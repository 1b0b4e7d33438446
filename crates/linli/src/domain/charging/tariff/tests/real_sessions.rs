//! Real sessions of residents and employees, read as totals: the sums that the data's READMEs
//! state.

use chrono::{NaiveDateTime, TimeZone};

use super::*;
use crate::domain::Money;

/// A row: start, end, energy in watt-hours.
struct Row {
    start: NaiveDateTime,
    end: NaiveDateTime,
    energy_wh: i128,
}

fn rows(path: &str, columns: [&str; 3], separator: char, format: &str) -> Option<Vec<Row>> {
    let (folder, file) = path.rsplit_once('/').unwrap();
    let text = std::fs::read_to_string(data(folder)?.join(file)).unwrap();
    let mut lines = text.lines();
    let split = |line: &str| -> Vec<String> {
        line.split(separator).map(|cell| cell.trim_matches('"').to_owned()).collect()
    };
    let header = split(lines.next().unwrap());
    let at = columns.map(|column| header.iter().position(|name| name == column).unwrap());
    let row = |line: &str| {
        let cells = split(line);
        let [start, end, energy] = at.map(|index| {
            cells[index].replacen("00", "20", usize::from(cells[index].starts_with("00")))
        });
        let instant = |text: &str| NaiveDateTime::parse_from_str(text, format).ok();
        let energy = decimal(&energy.replace(',', ".")).times(Exact::whole(1_000)).unwrap();
        assert_eq!(energy.denominator(), 1);
        Some(Row { start: instant(&start)?, end: instant(&end)?, energy_wh: energy.numerator() })
    };
    Some(lines.filter_map(row).collect())
}

fn trondheim() -> Option<Vec<Row>> {
    let columns = ["Start_plugin", "End_plugout", "El_kWh"];
    let path = "charging/trondheim/Dataset1_EV_charging_reports.csv";
    rows(path, columns, ';', "%d.%m.%Y %H:%M")
}

/// The row as one interval of charging, if its instants are certain and it has a length.
fn interval(row: &Row, zone: Zone) -> Option<Interval> {
    let instant = |local| zone.from_local_datetime(local).single().map(|at| at.to_utc().into());
    let (from, until): (Timestamp, Timestamp) = (instant(&row.start)?, instant(&row.end)?);
    let activity = Activity::Charging;
    (from < until).then_some(Interval { from, until, energy: row.energy_wh, activity, power: None })
}

/// A figure in parts of 10^15: a sum of thousands of fractions would leave 128 bits, and their
/// errors stay far below the sixth digit.
fn fine(figure: Exact) -> i128 {
    figure.numerator() * 1_000_000_000_000_000 / figure.denominator()
}

/// Energy by band, the exact total and the total of rounded sessions, as text.
fn hubei_totals(rows: &[Row]) -> (usize, Vec<String>, String, String) {
    let oslo = zone("Europe/Oslo");
    let hubei = tariff_file("hubei.json");
    let (mut count, mut exact, mut amount) = (0, 0_i128, Money::ZERO);
    let mut bands = [0_i128; 4];
    let prices = ["0.66", "0.76", "0.86", "0.51"].map(decimal);
    let mut pricer = Pricer::new(&hubei);
    for interval in rows.iter().filter_map(|row| interval(row, oslo)) {
        let intervals = [interval];
        let session = metered("Europe/Oslo", &intervals);
        let (price, lines) = pricer.explain(&session).unwrap();
        assert_eq!(pricer.price(&session), Ok(price));
        count += 1;
        exact += fine(price.exact);
        amount = amount.checked_add(price.amount).unwrap();
        for line in lines.iter().filter(|line| line.kind == LineKind::Service) {
            let electricity = line.price.minus(decimal("0.15")).unwrap();
            assert_eq!(electricity, Exact::ZERO);
            let band = hubei_band(&lines, line);
            let index = prices.iter().position(|price| *price == band).unwrap();
            bands[index] += fine(line.quantity);
        }
    }
    let six = |fine: i128| {
        let figure = Exact::fraction(fine, 1_000_000_000_000_000).unwrap();
        round(figure, Method::HalfUp, 6).unwrap()
    };
    let bands = bands.map(|band| format!("{:.6}", Six(six(band)))).to_vec();
    (count, bands, Six(six(exact)).to_string(), amount.to_string())
}

/// The whole price of the component that a line belongs to.
fn hubei_band(lines: &[Line], line: &Line) -> Exact {
    let parts = lines.iter().filter(|other| other.place == line.place);
    parts.map(|part| part.price).reduce(|sum, price| sum.plus(price).unwrap()).unwrap()
}

/// A figure with six decimals.
struct Six(Money);

impl std::fmt::Display for Six {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:06}", self.0.0 / Money::UNIT, self.0.0 % Money::UNIT / 1_000)
    }
}

#[test]
fn trondheim_by_the_clock() {
    let Some(rows) = trondheim() else { return };
    let (count, bands, exact, amount) = hubei_totals(&rows);
    assert_eq!(count, 6_827);
    assert_eq!(bands, ["24362.199589", "17806.936323", "9254.410189", "35683.753899"]);
    assert_eq!((exact.as_str(), amount.as_str()), ("55769.830585", "55769.51"));
}

#[test]
fn workplace_dollars() {
    let path = "charging/workplace/station_data_dataverse.csv";
    let columns = ["created", "ended", "kwhTotal"];
    let Some(rows) = rows(path, columns, ',', "%Y-%m-%d %H:%M:%S") else { return };
    let text = std::fs::read_to_string(
        data("charging/workplace").unwrap().join("station_data_dataverse.csv"),
    )
    .unwrap();
    let issued = text.lines().skip(1).map(|line| decimal(line.split(',').nth(2).unwrap()));
    let mut pricer = Pricer::new(&tariff_file("workplace.json"));
    let (mut agree, mut total) = (0, Money::ZERO);
    for (row, issued) in rows.iter().zip(issued) {
        let intervals = [interval(row, zone("UTC")).unwrap()];
        let amount = pricer.price(&metered("UTC", &intervals)).unwrap().amount;
        total = total.checked_add(amount).unwrap();
        agree += i32::from(Exact::fraction(amount.0, Money::UNIT) == Ok(issued));
    }
    assert_eq!((rows.len(), agree, total.to_string().as_str()), (3_395, 3_333, "442.24"));
}
