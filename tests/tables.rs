//! The tables of a whole community's year say what the views say of the same events, on any day.
//!
//! Keeps away: a table that counts what no rate counts, or forgets the day that is asked; a column
//! of which nobody says what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use linli::journal::{MemoryStore, Query};
use linli::ledger::{Authority, Ledger};
use linli::privacy::MemoryKeyring;
use linli::registry::State as Registry;
use linli::services::Validity;
use linli::views::programmes::Period;
use linli::views::{AllViews, Asked, Questions};
use linli::{CaseHandling, Dosing, Evolve, Fen, Happened, Zone};
use linli_arrow::{MEANING, Scan, Table, UNIT};
use linli_demo::Year;

static LEDGER: LazyLock<Ledger> = LazyLock::new(|| {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let told = ledger.clone().with_keyring(Arc::new(MemoryKeyring::for_tests()));
    for group in Year::of_size(1).groups().expect("a year") {
        let group = group.expect("requests");
        for answer in told.execute_group_blocking("operator", group).expect("executed") {
            answer.expect("no rule is against it");
        }
    }
    ledger
});

/// In the middle of the year, and when it is over.
fn days() -> [NaiveDate; 2] {
    ["2021-08-15", "2022-02-28"].map(|day| day.parse().expect("a day"))
}

/// What the views say on a day, and the registry beside them.
fn views(day: NaiveDate) -> (AllViews, Registry) {
    let mut registry = Registry::default();
    let mut views = AllViews::of(&Questions {
        day,
        at: (linli::Timestamp(0), Zone::Asia__Shanghai),
        card: "card-002".parse().expect("a card"),
        handling: ("2018-1".into(), CaseHandling::default()),
    });
    let asked = Asked { as_of: Some(day), ..Asked::default() };
    let take = |_, happened: Happened<linli::Event>| {
        views.evolve(&happened);
        happened.registry().iter().for_each(|told| registry.evolve(told));
    };
    LEDGER.ask("analyst", &asked, Query::all(), take).expect("the journal is read");
    (views, registry)
}

/// The rows of a table by the names of its columns.
struct Rows(Vec<BTreeMap<String, Option<String>>>);

fn rows(table: &Table) -> Rows {
    let names: Vec<_> = table.schema().fields().iter().map(|field| field.name().clone()).collect();
    let named = |row: Vec<Option<String>>| names.iter().cloned().zip(row).collect();
    Rows(table.head(usize::MAX).into_iter().map(named).collect())
}

impl Rows {
    fn that(&self, column: &str, is: impl Fn(&str) -> bool) -> Self {
        let cell = |row: &BTreeMap<_, Option<String>>| row[column].clone().unwrap_or_default();
        Self(self.0.iter().filter(|row| is(&cell(row))).cloned().collect())
    }

    fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The sum of a column of whole numbers; what is null counts nothing.
    fn sum(&self, column: &str) -> u64 {
        let cells = self.0.iter().filter_map(|row| row[column].as_ref());
        cells.map(|cell| cell.parse::<u64>().expect("a number")).sum()
    }
}

#[test]
fn the_rates_of_cases_come_out_of_their_rows() {
    for day in days() {
        let (views, _) = views(day);
        let all = rows(&Scan::by("analyst").as_of(day).cases(&LEDGER).expect("a table"));
        assert_eq!(all.count(), views.cases.iter().count() as u64);
        let roots =
            Rows(all.0.iter().filter(|row| row["case"] == row["counts_as"]).cloned().collect());
        assert_eq!(roots.count(), views.cases.groups().count() as u64);
        let rated = roots.that("closed_how", |how| !["referred", "withdrawn"].contains(&how));
        assert_eq!(rated.count(), views.cases.rated().count() as u64);
        let solved = views.solution_rate.rate();
        let (yes, no) = (rated.sum("solved_n"), rated.sum("unsolved_n"));
        assert_eq!((yes, yes + no), (solved.counted_n, solved.of_n));
        let satisfied = views.satisfaction_rate.rate();
        let (yes, no) = (rated.sum("satisfied_n"), rated.sum("unsatisfied_n"));
        assert_eq!((yes, yes + no), (satisfied.counted_n, satisfied.of_n));
        let answered = views.callback_coverage.rate();
        let calls = (rated.sum("calls_answered_n"), rated.sum("calls_n"));
        assert_eq!(calls, (answered.counted_n, answered.of_n));
        assert!(answered.of_n > 0);
    }
}

#[test]
fn the_rates_of_disputes_come_out_of_their_rows() {
    for day in days() {
        let (views, _) = views(day);
        let all = rows(&Scan::by("analyst").as_of(day).disputes(&LEDGER).expect("a table"));
        let accepted = views.acceptance_rate.rate();
        assert_eq!(all.count(), accepted.of_n);
        assert_eq!(all.that("accepted", |cell| cell == "yes").count(), accepted.counted_n);
        let in_effect = views.disputes.in_effect().count() as u64;
        assert_eq!(all.that("effect_on", |on| !on.is_empty()).count(), in_effect);
        let obligations = views.fulfilment_rate.obligations();
        assert_eq!(all.sum("obligations_n"), obligations.of_n);
        assert_eq!(all.sum("obligations_done_n"), obligations.counted_n);
        let agreements = views.disputes.in_effect().map(|(_, told, _)| &told.dispute.agreement);
        let owed: Fen = agreements
            .flat_map(linli::disputes::Agreement::obligations)
            .fold(Fen::default(), |sum, owed| sum.plus(owed.duty.amount_fen()));
        let yuan = all.0.iter().filter_map(|row| row["owed"].as_ref());
        let fen: i64 = yuan.map(|yuan| yuan.replace('.', "").parse::<i64>().expect("fen")).sum();
        assert_eq!(fen, owed.get());
        assert!(obligations.of_n > 0);
    }
}

#[test]
fn the_clinic_comes_out_of_its_rows() {
    for day in days() {
        let (views, registry) = views(day);
        let registered = &registry.registered;
        let scan = Scan::by("analyst").as_of(day);
        let doses = rows(&scan.doses(&LEDGER).expect("a table"));
        assert_eq!(doses.count(), views.services.doses().len() as u64);
        let judged = registered.rule(Dosing::of, day);
        let evaluated = judged.map(|(_, rule)| views.services.dose_evaluations(rule, registered));
        let evaluated = evaluated.unwrap_or_default();
        let valid = evaluated.iter().filter(|dose| dose.validity == Validity::Valid);
        assert_eq!(doses.that("validity", |cell| cell == "valid").count(), valid.count() as u64);
        let version = judged.map_or("", |(version, _)| version);
        assert_eq!(doses.that("rule", |cell| cell == version).count(), doses.count());
        let people: BTreeSet<_> = doses.0.iter().map(|row| row["person"].clone()).collect();
        let told = views.services.doses();
        let told = registered.distinct(told.iter().map(|listed| &listed.dose.recipient_ref));
        assert_eq!(people.len(), told.len());
        let appointments = rows(&scan.appointments(&LEDGER).expect("a table"));
        assert_eq!(appointments.count(), views.services.appointments().count() as u64);
        let absent = appointments.that("status", |cell| cell == "no_show").count();
        assert_eq!(absent, views.services.appointment_no_show_rate(day).counted_n);
    }
}

#[test]
fn hours_and_person_times_come_out_of_their_rows() {
    let [from_on, until_on] = ["2021-03-01", "2022-03-01"].map(|day| day.parse().expect("a day"));
    for day in days() {
        let (views, registry) = views(day);
        let scan = Scan::by("analyst").as_of(day);
        let hours = rows(&scan.volunteer_hours(&LEDGER).expect("a table"));
        let minutes: u64 =
            views.volunteer_hours.rows().values().map(|minutes| u64::from(minutes.0)).sum();
        assert_eq!(hours.sum("credited_min"), minutes);
        assert_eq!(hours.count(), views.volunteer_hours.served().count() as u64);
        let attendance = rows(&scan.attendance(&LEDGER).expect("a table"));
        let attended = attendance.that("attended", |cell| cell == "yes");
        let period = Period { from_on, until_on };
        let times = views.programmes.person_times(period, &registry.registered);
        let within = attended.that("class_on", |on| period.holds(on.parse().expect("a day")));
        assert_eq!(within.count(), times.count());
        let activities = rows(&scan.activities(&LEDGER).expect("a table"));
        let counted = activities.that("counts", |cell| cell == "yes").count();
        assert_eq!(counted, views.programmes.activities().count());
        assert!(minutes > 0 && times.count() > 0 && counted > 0);
    }
}

#[test]
fn every_column_says_what_it_holds() {
    let scan = Scan::by("analyst");
    let tables = [
        scan.sessions(&LEDGER),
        scan.meter_samples(&LEDGER),
        scan.issued_bills(&LEDGER),
        scan.events(&LEDGER, &Query::of_types(["TariffPublished"])),
        scan.disputes(&LEDGER),
        scan.cases(&LEDGER),
        scan.appointments(&LEDGER),
        scan.doses(&LEDGER),
        scan.volunteer_hours(&LEDGER),
        scan.attendance(&LEDGER),
        scan.activities(&LEDGER),
    ];
    for table in tables {
        let schema = table.expect("a table").schema();
        for field in schema.fields() {
            let (name, metadata) = (field.name(), field.metadata());
            assert!(metadata.get(MEANING).is_some_and(|meaning| meaning.len() > 3), "{name}");
            let is_quantity = ["_wh", "_w", "_us", "_min", "_at", "_on"].iter();
            let has_tail = is_quantity.clone().any(|tail| name.ends_with(tail));
            assert!(!has_tail || metadata.contains_key(UNIT), "{name} has no unit");
            // A day and an instant have their type from the tail of their name, and back.
            assert_eq!(name.ends_with("_on"), field.data_type().to_string() == "Date32", "{name}");
            if name.ends_with("_at") {
                assert!(schema.index_of("zone").is_ok(), "no zone stands beside {name}");
            }
        }
    }
}
