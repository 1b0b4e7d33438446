//! Bills, credits and statements: laws over whole histories, then the chain by example.

use proptest::prelude::*;

use super::*;
use crate::charging::{Event, StatementLine};
use crate::domain::{Currency, Money};

/// Half up to the cent by session; the price in hundredths.
fn tariff(version: u32, hundredths: u32, stage: &str) -> Command {
    let content = format!(
        r#"{{"id": "flat", "currency": "CNY",
            "linli": {{"version": {version},
                "rounding": [{{"stage": "{stage}", "method": "half_up", "digits": 2}}]}},
            "elements": [{{"price_components": [
                {{"type": "ENERGY", "price": 0.{hundredths:02}, "step_size": 1}}]}}]}}"#
    );
    Command::PublishTariff { at: minute(0), zone: ZONE, content }
}

fn issue(bill: &str, session: &str) -> Command {
    Command::IssueBill {
        bill: bill.into(),
        session: name(session),
        at: minute(0),
        zone: ZONE,
        tariff: name("flat"),
        version: 1,
    }
}

fn credit(bill: &str, credits: &str, session: &str) -> Command {
    Command::CreditBill {
        bill: bill.into(),
        credits: credits.into(),
        session: name(session),
        at: minute(0),
        zone: ZONE,
        reason: "a late reading".into(),
    }
}

fn correct(bill: &str, replaces: &str, session: &str, version: u32) -> Command {
    Command::CorrectBill {
        bill: bill.into(),
        replaces: replaces.into(),
        credit: format!("{bill}-credit"),
        session: name(session),
        at: minute(0),
        zone: ZONE,
        tariff: name("flat"),
        version,
        reason: "a late reading".into(),
    }
}

fn state_month(statement: &str, month: &str) -> Command {
    Command::IssueStatement {
        statement: statement.into(),
        card: name("c1"),
        month: month.into(),
        currency: currency(),
        at: minute(0),
        zone: ZONE,
    }
}

fn currency() -> Currency {
    "CNY".parse().expect("a currency")
}

/// A session of card `c1` in the month that lies so many before or behind February 2022.
fn charged(session: &str, months: i64, wh: i64) -> [Command; 2] {
    let at = months * 30 * 24 * 60;
    let reading = Some(Reading::Energy(WattHours(wh)));
    [reported_start(session, &format!("k-{session}"), "c1", at), end(session, at + 30, reading)]
}

fn net(given: &Given<State>, session: &str) -> i128 {
    let key: crate::domain::SessionKey = name(session);
    let known = &given.state.billing.sessions[&key];
    known.issued().iter().map(|issued| issued.amount.0).sum()
}

fn lines(given: &Given<State>) -> Vec<(String, Vec<StatementLine>, Money)> {
    let statement = |happened: &crate::domain::Happened<Event>| match &happened.event {
        Event::StatementIssued { month, lines, amount, .. } => {
            Some((month.clone(), lines.clone(), Money::written(amount).expect("an amount")))
        }
        _ => None,
    };
    given.story.iter().filter_map(statement).collect()
}

#[derive(Clone, Debug)]
enum Step {
    Session { months: i64, wh: i64 },
    Correct { bill: usize, wh: i64 },
    Credit { bill: usize },
    State,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let session = (-1_i64..2, 1_i64..9_000).prop_map(|(months, wh)| Step::Session { months, wh });
    let correct = (0_usize..12, 1_i64..9_000).prop_map(|(bill, wh)| Step::Correct { bill, wh });
    let credit = (0_usize..12).prop_map(|bill| Step::Credit { bill });
    let step = prop_oneof![4 => session, 3 => correct, 1 => credit, 2 => Just(Step::State)];
    prop::collection::vec(step, 1..24)
}

/// Carries the steps out: bills, corrections after a corrected reading, credits, and statements of
/// the last month that there is a session for, each month once.
fn history(steps: Vec<Step>, stage: &str) -> Given<State> {
    let mut told = given([tariff(1, 66, stage)]);
    let mut live: Vec<(String, String, i64)> = Vec::new();
    for (number, step) in steps.into_iter().enumerate() {
        let (bill, session) = (format!("b{number}"), format!("s:{number}"));
        match step {
            Step::Session { months, wh } => {
                for command in charged(&session, months, wh) {
                    told.then(command).expect("a report");
                }
                told.then(issue(&bill, &session)).expect("a first bill");
                live.push((bill, session, months * 30 * 24 * 60 + 30));
            }
            Step::Correct { bill: place, wh } => {
                let Some((old, session, ended)) = live.get_mut(place) else { continue };
                let reading = Command::CorrectReading {
                    session: name(session),
                    at: minute(*ended),
                    zone: ZONE,
                    reading: Reading::Energy(WattHours(wh)),
                    reason: "read again".into(),
                    by: name("p-1"),
                };
                told.then(reading).expect("a report");
                let events = told.then(correct(&bill, old, session, 1)).expect("a correction");
                if events == 2 {
                    *old = bill;
                }
            }
            Step::Credit { bill: place } => {
                if place < live.len() {
                    let (old, session, _) = live.remove(place);
                    told.then(credit(&bill, &old, &session)).expect("a credit");
                }
            }
            Step::State => {
                // Refused where nothing is new, or the month is closed.
                let month = format!("2022-{:02}", 1 + number / 4);
                let _ = told.then(state_month(&format!("st{number}"), &month));
            }
        }
    }
    told
}

proptest! {
    /// Bills, credits and replacements stand on statements once each, and the lines of a statement
    /// are its amount; what was stated in all, but for what rounding left, is what was billed.
    #[test]
    fn bills_are_statement(steps in steps(), is_by_month in any::<bool>()) {
        let mut told = history(steps, if is_by_month { "card_month" } else { "session" });
        let _ = told.then(state_month("the last", "2023-01"));
        let statements = lines(&told);
        let mut stated: Vec<String> = Vec::new();
        let (mut of_bills, mut of_months) = (0, 0);
        for (month, lines, amount) in &statements {
            let amounts = lines.iter().map(|line| Money::written(&line.amount).expect("written").0);
            prop_assert_eq!(amount.0, amounts.sum::<i128>());
            prop_assert!(lines.iter().all(|line| line.month <= *month));
            stated.extend(lines.iter().filter_map(|line| line.bill.clone()));
            let bills = lines.iter().filter(|line| line.bill.is_some());
            let amounts = bills.map(|line| Money::written(&line.amount).expect("written").0);
            of_bills += amounts.sum::<i128>();
            of_months += amount.0;
        }
        let mut issued: Vec<String> =
            told.state.billing.bills.iter().map(|own| own.bill.clone()).collect();
        issued.sort();
        stated.sort();
        prop_assert_eq!(stated, issued);
        let all: i128 = told.state.billing.bills.iter().map(|own| own.amount.0).sum();
        prop_assert_eq!(of_bills, all);
        if is_by_month {
            prop_assert_eq!(of_months % 10_000_000, 0, "months are whole cents");
        } else {
            prop_assert_eq!(of_months, of_bills);
        }
    }

    /// However often a bill was corrected, the session's net is that of a log right from the start.
    #[test]
    fn a_corrected_log_is_one_right_from_the_start(
        wh in prop::collection::vec(1_i64..9_000, 1..6),
    ) {
        let first = Step::Session { months: 0, wh: wh[0] };
        let steps = std::iter::once(first)
            .chain(wh[1..].iter().map(|wh| Step::Correct { bill: 0, wh: *wh }))
            .collect();
        let right = vec![Step::Session { months: 0, wh: wh[wh.len() - 1] }];
        let (mended, right) = (history(steps, "session"), history(right, "session"));
        prop_assert_eq!(net(&mended, "s:0"), net(&right, "s:0"));
    }
}

#[test]
fn what_comes_later_stands_on_the_next_statement_with_its_month() {
    let mut story: Vec<Command> = vec![tariff(1, 66, "session"), tariff(2, 71, "session")];
    story.extend(charged("s:1", 0, 1_000));
    story.push(issue("b1", "s:1"));
    story.push(state_month("st1", "2022-02"));
    let mut told = given(story);
    assert_eq!(told.then(correct("b2", "b1", "s:1", 2)), Ok(2));
    told.then(state_month("st2", "2022-03")).expect("there is something to state");
    let stated = lines(&told);
    let line = |bill: &str, amount: &str| StatementLine {
        bill: Some(bill.into()),
        month: "2022-02".into(),
        amount: amount.into(),
    };
    assert_eq!(stated[0].1, [line("b1", "0.66")]);
    assert_eq!(stated[1].1, [line("b2-credit", "-0.66"), line("b2", "0.71")]);
    assert_eq!(told.then(correct("b3", "b2", "s:1", 2)), Ok(1), "it is right as it stands");
    assert!(matches!(told.story.last().map(|own| &own.event), Some(Event::BillConfirmed { .. })));
}

/// Three sessions of 0.0066 are 0.0198: the month rounds to 0.02, and the residue is a line.
#[test]
fn rounding_a_month_leaves_a_line() {
    let mut story: Vec<Command> = vec![tariff(1, 66, "card_month")];
    for session in ["s:1", "s:2", "s:3"] {
        story.extend(charged(session, 0, 10));
        story.push(issue(&format!("b-{session}"), session));
    }
    story.push(state_month("st1", "2022-02"));
    let told = given(story);
    let (_, lines, amount) = &lines(&told)[0];
    let residue = lines.last().expect("a line");
    assert_eq!((residue.bill.as_deref(), residue.amount.as_str()), (None, "0.0002"));
    assert_eq!(amount.to_string(), "0.02");
}

#[test]
fn a_credit_and_the_bill_after_it_have_two_names() {
    let mut story: Vec<Command> = vec![tariff(1, 66, "session"), tariff(2, 70, "session")];
    story.extend(charged("s:1", 0, 1_000));
    story.push(issue("b1", "s:1"));
    let mut one_name = correct("b2", "b1", "s:1", 2);
    if let Command::CorrectBill { credit, .. } = &mut one_name {
        *credit = "b2".into();
    }
    let refused = given(story.clone()).when(one_name);
    assert!(matches!(refused, Err(Refusal::AlreadyExists { kind: "bill", .. })), "{refused:?}");
    assert!(given(story).when(correct("b2", "b1", "s:1", 2)).is_ok());
}

/// What asks for money and is turned down, each with the story before it.
pub(super) fn refused() -> Vec<(Vec<Command>, Command)> {
    let billed = || {
        let mut story: Vec<Command> = vec![tariff(1, 66, "session")];
        story.extend(charged("s:1", 0, 1_000));
        story.extend(charged("s:2", 0, 1_000));
        story.push(issue("b1", "s:1"));
        story
    };
    let credited = || [billed(), vec![credit("c1", "b1", "s:1")]].concat();
    let stated = || [billed(), vec![state_month("st1", "2022-03")]].concat();
    let mut unstated = vec![super::publish(super::FLAT)];
    unstated.extend(charged("s:1", 0, 1_000));
    let mut held: Vec<Command> = vec![tariff(1, 66, "session")];
    held.extend(charged("s:1", 0, -1_000));
    let going_on = vec![tariff(1, 66, "session"), reported_start("s:1", "k1", "c1", 0)];
    vec![
        (unstated, issue("b1", "s:1")),
        (billed(), issue("b2", "s:1")),
        (held, issue("b1", "s:1")),
        (going_on, issue("b1", "s:1")),
        (billed(), correct("b2", "b1", "s:2", 1)),
        (credited(), credit("c2", "b1", "s:1")),
        (credited(), credit("c2", "c1", "s:1")),
        (billed(), state_month("st1", "2022")),
        (stated(), state_month("st2", "2022-02")),
        (stated(), state_month("st2", "2022-04")),
    ]
}

/// A session that outlasts a change of a tariff that applies by instant is billed in two parts.
#[test]
fn a_session_is_billed_by_the_versions_whose_turn_it_was() {
    let version = |number: u32, cents: u32, validity: &str| {
        let content = format!(
            r#"{{"id": "flat", "currency": "CNY", {validity}
                "linli": {{"version": {number}, "applies": "instant",
                    "rounding": [{{"stage": "session", "method": "half_up", "digits": 2}}]}},
                "elements": [{{"price_components": [
                    {{"type": "ENERGY", "price": 0.{cents:02}, "step_size": 1}}]}}]}}"#
        );
        Command::PublishTariff { at: minute(0), zone: ZONE, content }
    };
    let change = minute(15);
    let mut told = given([
        version(1, 60, &format!(r#""end_date_time": "{change}","#)),
        version(2, 80, &format!(r#""start_date_time": "{change}","#)),
    ]);
    for command in charged("s:1", 0, 2_000) {
        told.then(command).expect("a report");
    }
    told.then(issue("b1", "s:1")).expect("a first bill");
    assert_eq!(net(&told, "s:1"), 1_400_000_000);
}
