//! Laws of a replay: the same bills on every way to them.

mod causes;
mod closed;
mod examples;
mod kept;
mod months;
mod points;
mod remarked;
mod resumed;

use proptest::prelude::*;

use super::{GroupBy, Replay, Report};
use crate::domain::charging::tariff::Tariff;
use crate::domain::charging::{Command, Reading};
use crate::domain::{Money, Timestamp, WattHours, Zone};
use crate::journal::{Blocking, MemoryStore};
use crate::ledger::{Authority, Ledger, Request};

const ZONE: Zone = Zone::Europe__Oslo;
const MINUTE: i64 = 60_000_000;

fn tariff(name: &str) -> Tariff {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/tariffs/");
    let text = std::fs::read_to_string(format!("{folder}{name}.json")).expect("a tariff file");
    Tariff::from_json(&text).expect("a tariff")
}

/// A session as a test tells it.
#[derive(Clone, Debug)]
struct Told {
    number: usize,
    start_min: i64,
    steps: Vec<(i64, i64)>,
    /// An amount in yuan, or a currency and an amount.
    issued: Option<&'static str>,
    is_voided: bool,
}

fn told(number: usize) -> impl Strategy<Value = Told> {
    let steps = prop::collection::vec((1_i64..90, 0_i64..2_000), 1..6);
    let issued = prop::option::of(prop::sample::select(vec!["1.00", "0.66", "EUR 3.00"]));
    let is_voided = prop::bool::weighted(0.2);
    let told = (0_i64..20_000, steps, issued, is_voided);
    told.prop_map(move |(start_min, steps, issued, is_voided)| Told {
        number,
        start_min,
        steps,
        issued,
        is_voided,
    })
}

fn stories() -> impl Strategy<Value = Vec<Told>> {
    (1_usize..8).prop_flat_map(|sessions| (0..sessions).map(told).collect::<Vec<_>>())
}

impl Told {
    /// Its commands, one by one, in the order in which they happen.
    fn commands(&self) -> Vec<Command> {
        let session = || format!("test:{}", self.number).parse().expect("a session key");
        let at = |minutes: i64| Timestamp(1_600_000_000_000_000 + minutes * MINUTE);
        let name = format!("c{}", self.number % 3);
        let mut commands = vec![Command::RecordSessionStart {
            session: session(),
            connector: Some(name.parse().expect("a connector")),
            card: Some(name.parse().expect("a card")),
            at: at(self.start_min),
            zone: ZONE,
            register: Some(WattHours(1_000)),
            flags: Vec::new(),
        }];
        let (mut minutes, mut wh) = (self.start_min, 1_000);
        for (length, gained) in &self.steps {
            (minutes, wh) = (minutes + length, wh + gained);
            let reading = Reading::Register(WattHours(wh));
            let (at, power) = (at(minutes), None);
            commands.push(Command::RecordMeterSample {
                session: session(),
                at,
                zone: ZONE,
                reading,
                power,
            });
        }
        commands.push(Command::RecordSessionEnd {
            session: session(),
            at: at(minutes),
            zone: ZONE,
            reading: Some(Reading::Register(WattHours(wh))),
            stated_seconds: None,
            charging_seconds: None,
            reason: None,
            flags: Vec::new(),
        });
        let issued = self.issued.map(|bill| bill.split_once(' ').unwrap_or(("CNY", bill)));
        commands.extend(issued.map(|(currency, amount)| Command::RecordBill {
            session: session(),
            at: at(minutes),
            zone: ZONE,
            source: "test".into(),
            amount: amount.into(),
            currency: currency.parse().expect("a currency"),
        }));
        commands.extend(self.is_voided.then(|| void(self.number)));
        commands
    }
}

/// A journal with one append a session.
fn journal(stories: &[Told]) -> Ledger {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    for told in stories {
        let request = Request::all(told.commands());
        ledger.execute_blocking("test", request).expect("recorded");
    }
    ledger
}

/// A journal with one append an event, the sessions woven into each other.
fn woven(stories: &[Told], order: &[prop::sample::Index]) -> Ledger {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let mut left: Vec<std::vec::IntoIter<Command>> =
        stories.iter().map(|told| told.commands().into_iter()).collect();
    let mut order = order.iter().cycle();
    while !left.is_empty() {
        let at = order.next().map_or(0, |index| index.index(left.len()));
        match left[at].next() {
            Some(command) => drop(ledger.execute_blocking("test", command).expect("recorded")),
            None => drop(left.remove(at)),
        }
    }
    ledger
}

fn replay() -> Replay {
    Replay::under(&tariff("hubei")).and(&tariff("flat-0.66")).against_issued().by(GroupBy::Day)
}

fn bills(ledger: &Ledger) -> String {
    shown(&replay().keep_bills().run_blocking(ledger).expect("replayed"))
}

/// Everything of a report but what depends on which event carried a flag.
fn shown(report: &Report) -> String {
    let tariff = |tariff: &super::TariffReport| {
        let bills: Vec<String> = tariff
            .bills
            .iter()
            .map(|bill| format!("{} {:?} {:?}", bill.session, bill.price, bill.issued))
            .collect();
        format!(
            "{} {} {:?} {:?} {:?} {:?}",
            tariff.total,
            tariff.digest,
            tariff.groups,
            tariff.against_issued,
            tariff.warnings,
            bills
        )
    };
    let tariffs: Vec<String> = report.tariffs.iter().map(tariff).collect();
    format!("{} {} {tariffs:?}", report.sessions, report.energy_wh)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// The result is the same for any number of threads.
    #[test]
    fn threads_change_nothing(stories in stories(), threads in 2_usize..9) {
        let ledger = journal(&stories);
        let alone = replay().keep_bills().run_blocking(&ledger).expect("replayed");
        let together =
            replay().keep_bills().threads(threads).run_blocking(&ledger).expect("replayed");
        prop_assert_eq!(shown(&alone), shown(&together));
    }

    /// Events of unrelated sessions may stand in any order between each other.
    #[test]
    fn unrelated_events_may_be_woven(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
    ) {
        prop_assert_eq!(bills(&journal(&stories)), bills(&woven(&stories, &order)));
    }

    /// The lines of the groups are the total, and the sessions' energy is the journal's.
    #[test]
    fn groups_add_up_to_the_total(stories in stories()) {
        let report = replay().run_blocking(&journal(&stories)).expect("replayed");
        for tariff in &report.tariffs {
            let groups: i128 = tariff.groups.values().map(|sum| sum.amount.0).sum();
            prop_assert_eq!(Money(groups), tariff.total);
            let energy: i128 = tariff.groups.values().map(|sum| sum.energy_wh).sum();
            prop_assert_eq!(energy, report.energy_wh);
        }
        let counted = stories.iter().filter(|told| !told.is_voided);
        let told: i64 = counted.flat_map(|told| &told.steps).map(|step| step.1).sum();
        prop_assert_eq!(report.energy_wh, i128::from(told));
    }

    /// A late reading retracts the bill and gives it anew: the result is that of a log in time.
    #[test]
    fn a_late_reading_is_as_good_as_one_in_time(stories in stories(), late in 0_usize..6) {
        let in_time = journal(&stories);
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let mut kept_back = Vec::new();
        for told in &stories {
            let mut commands = told.commands();
            let readings = told.steps.len();
            kept_back.push(commands.remove(1 + late % readings));
            ledger.execute_blocking("test", Request::all(commands)).expect("recorded");
        }
        for command in kept_back {
            ledger.execute_blocking("test", command).expect("recorded");
        }
        prop_assert_eq!(bills(&in_time), bills(&ledger));
    }

    /// Plain events go a short way; asked for a day, all go the whole way, to the same bills.
    #[test]
    fn the_short_way_leads_to_the_same_bills(stories in stories()) {
        let ledger = journal(&stories);
        let last_day = chrono::NaiveDate::from_ymd_opt(2100, 1, 1).expect("a day");
        let whole = replay().keep_bills().as_of(last_day).run_blocking(&ledger);
        prop_assert_eq!(shown(&whole.expect("replayed")), bills(&ledger));
    }

    /// Many tariffs in one pass are each alone, in whatever is asked for together, and what one
    /// changes for a group is the difference of the two alone.
    #[test]
    fn many_tariffs_in_one_pass_are_each_alone(
        stories in stories(),
        known in 1_u64..60,
        day in 0_u64..16,
    ) {
        let ledger = journal(&stories);
        let first_day = chrono::NaiveDate::from_ymd_opt(2020, 9, 13).expect("a day");
        let asked = |replay: Replay| {
            let replay = replay.by(GroupBy::CardMonth).keep_bills().against_issued();
            let replay = replay.as_known_at(crate::journal::Position(known));
            replay.as_of(first_day + chrono::Days::new(day))
        };
        let files = ["flat-0.66", "flat-0.66-floor", "hubei", "chengdu", "month-steps"].map(tariff);
        let together = files.iter().fold(Replay::as_assigned(), Replay::and);
        let together = asked(together).run_blocking(&ledger).expect("replayed");
        for (index, file) in files.iter().enumerate() {
            let alone = asked(Replay::under(file)).run_blocking(&ledger).expect("replayed");
            let (own, alone) = (&together.tariffs[index], &alone.tariffs[0]);
            prop_assert_eq!(&own.groups, &alone.groups);
            prop_assert_eq!(&own.bills, &alone.bills);
            prop_assert_eq!((own.total, own.digest), (alone.total, alone.digest));
            let first = &together.tariffs[0];
            let Some(what_if) = together.what_if(index) else { continue };
            prop_assert_eq!(what_if.total.0, alone.total.0 - first.total.0);
            for (name, more) in &what_if.groups {
                prop_assert_eq!(more.0, alone.groups[name].amount.0 - first.groups[name].amount.0);
            }
            prop_assert_eq!(what_if.groups.values().map(|more| more.0).sum::<i128>(),
                what_if.total.0);
            let of = what_if.gain() + what_if.lose() + what_if.same();
            prop_assert_eq!(of, first.groups.len());
        }
    }

    /// As of a day, as known at a position: the log cut at the position, as of that day.
    #[test]
    fn as_of_and_as_known_combine(stories in stories(), known in 1_u64..60, day in 0_u64..16) {
        let (whole, cut) = (journal(&stories), Ledger::new(MemoryStore::new(),
            Authority::local_operator()));
        let mut left = known;
        for told in &stories {
            for command in told.commands() {
                if left > 0 {
                    cut.execute_blocking("test", command).expect("recorded");
                    left -= 1;
                }
            }
        }
        let first_day = chrono::NaiveDate::from_ymd_opt(2020, 9, 13).expect("a day");
        let day = first_day + chrono::Days::new(day);
        let both = replay().as_of(day).as_known_at(crate::journal::Position(known));
        let both = both.run_blocking(&whole).expect("replayed");
        let alone = replay().as_of(day).run_blocking(&cut).expect("replayed");
        prop_assert_eq!(both.sessions, alone.sessions);
        prop_assert_eq!(both.tariffs[0].digest, alone.tariffs[0].digest);
    }

    /// What was known at a position is what a replay gave when the journal ended there.
    #[test]
    fn as_known_is_as_it_was(stories in stories()) {
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let mut then = Vec::new();
        for told in &stories {
            let done = ledger.execute_blocking("test", Request::all(told.commands()));
            let last = done.expect("recorded").expect("something new").last;
            then.push((last, bills(&ledger)));
        }
        for (position, known) in then {
            let report = replay().keep_bills().as_known_at(position).run_blocking(&ledger);
            prop_assert_eq!(shown(&report.expect("replayed")), known);
        }
    }

    /// A bill is explained as it was known: its lines add up to it, and nothing later counts.
    #[test]
    fn a_bill_is_explained_as_it_was_known(stories in stories()) {
        let ledger = journal(&stories);
        let head = Blocking(ledger.store()).head().expect("a head").expect("events");
        for told in &stories {
            ledger.execute_blocking("test", void(told.number)).expect("recorded");
        }
        let now = Replay::under(&tariff("hubei"));
        let known = now.clone().as_known_at(head).keep_bills();
        let report = known.run_blocking(&ledger).expect("replayed");
        let counted = stories.iter().filter(|told| !told.is_voided);
        prop_assert_eq!(report.tariffs[0].bills.len(), counted.count());
        for bill in report.tariffs[0].bills.iter() {
            let explained = known.explain(&ledger, &bill.session).expect("explained");
            prop_assert_eq!(explained.price, bill.price);
            let lines: i128 = explained.lines.iter().map(|line| line.amount.0).sum();
            prop_assert_eq!(Money(lines), bill.price.amount);
            prop_assert!(now.explain(&ledger, &bill.session).is_err(), "it was voided since");
        }
    }

    /// Replayed while the events arrive, the bills are those of a replay of the whole log.
    #[test]
    fn recording_twice_changes_nothing(stories in stories()) {
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let record = |told: &Told| {
            let request = Request::all(told.commands());
            ledger.execute_blocking("test", request.from_source("test", &told.number.to_string()))
        };
        for told in &stories {
            record(told).expect("recorded");
        }
        let once = bills(&ledger);
        for told in &stories {
            record(told).expect("recorded before");
        }
        prop_assert_eq!(once, bills(&ledger));
    }
}

fn void(number: usize) -> Command {
    Command::VoidSession {
        session: format!("test:{number}").parse().expect("a session key"),
        at: Timestamp(1_600_000_000_000_000),
        zone: ZONE,
        reason: "a test".into(),
        by: "p-1".parse().expect("a pseudonym"),
    }
}

/// A dispute of the neighbourhood between its sessions: told in the same journal, it moves no bill.
#[test]
fn other_contexts_move_no_bill() {
    let one = Told {
        number: 1,
        start_min: 0,
        steps: vec![(60, 1_000)],
        issued: Some("0.66"),
        is_voided: false,
    };
    let ledger = journal(std::slice::from_ref(&one));
    let before = bills(&ledger);
    let told = r#"{"register_dispute": {"dispute_id": "test:1", "kind": "damage",
        "origin": "application", "place_id": "c1", "at": "2020-09-13T12:30:00Z", "zone": "UTC"}}"#;
    let request = Request::from_json(told).expect("a command");
    ledger.execute_blocking("test", request).expect("recorded");
    assert_eq!(bills(&ledger), before);
    let key = "test:1".parse().expect("a session key");
    assert!(replay().explain(&ledger, &key).is_ok());
}
