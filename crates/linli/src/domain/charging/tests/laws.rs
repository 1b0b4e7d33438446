//! Laws over whole histories.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::charging::Event;
use crate::domain::{Back, BoundaryItem, Happened};

#[derive(Clone, Debug)]
enum Move {
    Start { connector: u8, card: u8 },
    End { session: usize },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let start = (0_u8..4, 0_u8..4).prop_map(|(connector, card)| Move::Start { connector, card });
    let end = (0_usize..40).prop_map(|session| Move::End { session });
    prop::collection::vec(prop_oneof![3 => start, 2 => end], 0..40)
}

/// What may be asked and told, among few sessions, connectors, cards and bills.
fn asked() -> impl Strategy<Value = Command> {
    let names = (0_u8..6, 0_u8..3, 0_u8..3, 0_u8..4, 0_i64..600);
    (names, 0_u8..13).prop_map(|((session, connector, card, bill, at), kind)| {
        let session = format!("s:{session}");
        let (connector, card, bill) =
            (format!("k{connector}"), format!("c{card}"), format!("b{bill}"));
        let (zone, moment) = (ZONE, minute(at));
        match kind {
            0 => commission(&connector),
            1 => Command::RetireConnector { connector: name(&connector), at: moment, zone },
            2 | 3 => start(&session, &connector, &card, at),
            4 => start_at(&session, &connector, &card, (at, at * 10)),
            5 | 6 => end(&session, at, Some(register(at * 10))),
            7 => {
                let (reason, by) = ("a mistake".into(), name("p1"));
                Command::VoidSession { session: name(&session), at: moment, zone, reason, by }
            }
            8 => publish(FLAT),
            9 => Command::IssueBill {
                bill,
                session: name(&session),
                at: moment,
                zone,
                tariff: name("flat"),
                version: 1,
            },
            10 => Command::CreditBill {
                bill: format!("{bill}-credit"),
                credits: bill,
                session: name(&session),
                at: moment,
                zone,
                reason: "a late reading".into(),
            },
            11 => Command::RecordMeterReplacement {
                connector: name(&connector),
                at: moment,
                zone,
                last: WattHours(at * 10),
                first: WattHours(3),
            },
            _ => Command::IssueStatement {
                statement: format!("statement of {bill}"),
                card: name(&card),
                month: "1970-01".into(),
                currency: "CNY".parse().expect("a currency"),
                at: moment,
                zone,
            },
        }
    })
}

/// What the events of a boundary add up to.
fn read(story: &[Happened<Event>], items: &[BoundaryItem]) -> State {
    let mut places = BTreeSet::new();
    for item in items {
        let names = |happened: &Happened<Event>| {
            let kind = variant(&happened.event);
            let is_of_type = item.types.is_empty() || item.types.contains(&kind.as_str());
            is_of_type && happened.event.tags(happened.zone).contains(&item.tag)
        };
        for (place, happened) in story.iter().enumerate().rev().filter(|(_, it)| names(it)) {
            places.insert(place);
            if item.back == Back::ToADecisiveOne && happened.event.is_decisive() {
                break;
            }
        }
    }
    let mut state = State::default();
    for place in places {
        state.evolve(&story[place]);
    }
    state
}

/// What is decided where only the boundary is read, and what that shows to be needed beyond it.
fn decided_within(given: &Given<State>, asked: &Command) -> Result<Vec<Happened<Event>>, Refusal> {
    let mut items = asked.boundary().items;
    loop {
        let state = read(&given.story, &items);
        let mut beyond = state.beyond(asked);
        beyond.retain(|item| !items.contains(item));
        if beyond.is_empty() {
            return state.decide(asked.clone(), &given.registered);
        }
        items.append(&mut beyond);
    }
}

/// A session may have been over or void before its start was told, which nothing at its connector
/// shows: what is doubtful about the next start is told by its own events.
#[test]
fn doubts_about_a_start_rest_on_what_was_told_of_the_session_before() {
    let start = |session, at| reported_start(session, "k1", "c1", at);
    let void = || {
        let (session, by, reason) = (name("s:1"), name("p1"), "a mistake".to_owned());
        Command::VoidSession { session, at: minute(0), zone: ZONE, reason, by }
    };
    let ended_twice = vec![end("s:1", 1, None), start("s:1", 0), end("s:1", 90, None)];
    let void_and_ended = vec![void(), start("s:1", 0), end("s:1", 90, None)];
    let void_behind_another = vec![start("s:0", 0), void(), start("s:1", 1), end("s:1", 1, None)];
    let stories = [
        (ended_twice, vec![]),
        (void_and_ended, vec![]),
        (void_behind_another, vec![Flag::StartOnBusyConnector]),
    ];
    for (story, flags) in stories {
        let told = format!("{story:?}");
        let (given, asked) = (given(story), start("s:2", 2));
        let decided = decided_within(&given, &asked).expect("it has happened");
        assert_eq!(decided[0].flags, flags, "{told}");
        assert_eq!(Ok(decided), given.when(asked), "{told}");
    }
}

proptest! {
    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        commands in prop::collection::vec(asked(), 0..40), asked in asked(),
    ) {
        let mut given = given([]);
        for command in commands {
            let _ = given.then(command);
        }
        let decided = decided_within(&given, &asked);
        prop_assert_eq!(decided, given.when(asked));
    }

    /// B1: however requests and ends mix, no connector and no card has two sessions at once, and a
    /// free connector with a free card is never refused.
    #[test]
    fn one_active_session_a_connector_and_a_card(moves in moves()) {
        let mut state = given((0..4).map(|n| commission(&format!("k{n}")))).state;
        let mut active: Vec<(String, u8, u8)> = Vec::new();
        for (number, wanted) in moves.into_iter().enumerate() {
            let at = i64::try_from(number).expect("few moves");
            let command = match &wanted {
                Move::Start { connector, card } => {
                    let (connector, card) = (format!("k{connector}"), format!("c{card}"));
                    start(&format!("s:{number}"), &connector, &card, at)
                }
                Move::End { session } => match active.get(*session) {
                    Some((session, ..)) => end(session, at, None),
                    None => continue,
                },
            };
            let decided = state.decide(command, &Registered::default());
            match wanted {
                Move::Start { connector, card } => {
                    let busy = active.iter().any(|(_, k, c)| *k == connector || *c == card);
                    prop_assert_eq!(decided.is_err(), busy);
                    if !busy {
                        active.push((format!("s:{number}"), connector, card));
                    }
                }
                Move::End { session } => {
                    active.remove(session);
                }
            }
            for happened in decided.into_iter().flatten() {
                state.evolve(&happened);
            }
        }
    }

    /// Intervals are contiguous, span the session, and their energy is the session's.
    #[test]
    fn energy_is_conserved(
        steps in prop::collection::vec((1_i64..60, 0_i64..3_000), 1..20),
        paused in prop::option::of((0_i64..200, 1_i64..40)),
    ) {
        let mut story = vec![reported_start("s:1", "k1", "c1", 0)];
        let (mut at, mut wh) = (0, 0);
        for (minutes, gained) in &steps {
            (at, wh) = (at + minutes, wh + gained);
            story.push(sample("s:1", at, Reading::Energy(WattHours(wh))));
        }
        // Charging on both sides of a pause, so that one interval is cut into several.
        if let Some((paused_at, minutes)) = paused.filter(|(paused_at, _)| *paused_at < at) {
            let (at, by) = (minute(paused_at), SuspendedBy::Station);
            story.push(Command::RecordSuspension { session: name("s:1"), at, zone: ZONE, by });
            let at = minute(paused_at + minutes);
            story.push(Command::RecordResumption { session: name("s:1"), at, zone: ZONE });
        }
        story.push(end("s:1", at, Some(Reading::Energy(WattHours(wh)))));
        let (billable, intervals) = given(story).session();
        prop_assert_eq!(billable.energy, Some(WattHours(wh)));
        prop_assert_eq!(intervals.iter().map(|i| i.energy).sum::<i128>(), i128::from(wh));
        prop_assert_eq!(intervals.first().map(|i| i.from), Some(minute(0)));
        prop_assert_eq!(intervals.last().map(|i| i.until), Some(minute(at)));
        let contiguous = intervals.windows(2).all(|pair| pair[0].until == pair[1].from);
        prop_assert!(contiguous);
    }

    /// Readings, and what corrects some of them or the end's, may come in any order before the end
    /// is priced: the result is that of the right readings in theirs.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        order in Just((1_i64..18).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let reading = |n: i64| sample("s:1", n * 15, register(n * 100));
        let correction = |at: i64, wh: i64| Command::CorrectReading {
            session: name("s:1"),
            at: minute(at),
            zone: ZONE,
            reading: register(wh),
            reason: "a digit was exchanged".into(),
            by: name("p1"),
        };
        let told = |readings: Vec<Command>, last: i64| {
            let mut story = vec![reported_start("s:1", "k1", "c1", 0)];
            story.push(end("s:1", 200, Some(register(last))));
            given([story, readings].concat()).session()
        };
        let shuffled = order.iter().map(|n| match *n {
            n @ 1..12 => reading(n),
            n @ 12..16 => correction((n - 10) * 15, n * 25),
            16 => correction(5, 20),
            _ => correction(200, 2_300),
        });
        let mut right: Vec<Command> = (1_i64..12).map(reading).collect();
        right.insert(0, sample("s:1", 5, register(20)));
        for n in 12_usize..16 {
            let at = i64::try_from(n).expect("few readings");
            right[n - 10] = sample("s:1", (at - 10) * 15, register(at * 25));
        }
        prop_assert_eq!(told(shuffled.collect(), 2_400), told(right, 2_300));
    }

    /// B2: a version of a tariff has the content with which it was published first, whoever
    /// publishes what after it; and of what is assigned, the nearest counts: card class, connector,
    /// site, community, and of those the newest that has begun.
    #[test]
    fn one_tariff_is_in_force(
        published in prop::collection::vec((1_u32..4, 1_u32..4), 1..12),
        assigned in prop::collection::vec((0_usize..4, 0_i64..60), 0..8),
        asked in 0_i64..60,
    ) {
        let issued = Command::IssueCard {
            card: name("c1"),
            at: minute(0),
            zone: ZONE,
            subject_ref: name("p-1"),
            class: Some("resident".into()),
        };
        let mut told = given([commission("k1"), issued]);
        let mut first: BTreeMap<u32, u32> = BTreeMap::new();
        for (version, price) in published {
            let is_the_first = *first.entry(version).or_insert(price) == price;
            let published = told.then(publish(&versioned("t", version, price)));
            prop_assert_eq!(published.is_ok(), is_the_first);
        }
        let kept: Vec<&str> = told.state.tariffs.contents().map(|(_, _, own)| own).collect();
        let first = first.into_iter().map(|(version, price)| versioned("t", version, price));
        prop_assert_eq!(kept, first.collect::<Vec<_>>());
        for (number, (rank, from)) in assigned.iter().enumerate() {
            let tariff = format!("t-{number}");
            let scopes = [
                TariffScope::Community,
                TariffScope::Site("east gate".into()),
                TariffScope::Connector(name("k1")),
                TariffScope::CardClass("resident".into()),
            ];
            let (at, scope) = (minute(*from), scopes[*rank].clone());
            told.then(publish(&versioned(&tariff, 1, 1))).expect("a new tariff");
            let assign = Command::AssignTariff { tariff: name(&tariff), at, zone: ZONE, scope };
            told.then(assign).expect("it was published");
        }
        let begun = assigned.iter().enumerate().filter(|(_, (_, from))| *from <= asked);
        let nearest = begun.max_by_key(|(number, (rank, from))| (*rank, *from, *number));
        let (card, connector) = (name("c1"), name("k1"));
        let in_force = told.state.tariffs.assigned(Some(&card), Some(&connector), minute(asked));
        prop_assert_eq!(
            in_force.map(ToString::to_string),
            nearest.map(|(number, _)| format!("t-{number}"))
        );
    }

    /// B3: an end ends the session that it names and no other, however many there are on the same
    /// connector and card.
    #[test]
    fn an_end_names_its_session(ends in prop::collection::vec(0_usize..5, 0..6)) {
        let starts = (0..5).map(|n| reported_start(&format!("s:{n}"), "k1", "c1", n));
        let mut told = given(starts);
        for n in &ends {
            told.then(end(&format!("s:{n}"), 30, None)).expect("a report");
        }
        for n in 0..5_usize {
            let session = &told.state.points.sessions[&name::<SessionKey>(&format!("s:{n}"))];
            prop_assert_eq!(session.is_over, ends.contains(&n), "s:{}", n);
        }
    }

    /// B4: a report is never refused, whatever came before it.
    #[test]
    fn reality_is_never_refused(reports in prop::collection::vec((0_u8..5, 0_i64..99), 0..30)) {
        let mut state = State::default();
        for (kind, at) in reports {
            let report = match kind {
                0 => reported_start("s:1", "k1", "c1", at),
                1 => reported_start("s:2", "k1", "c2", at),
                2 => end("s:1", at, Some(register(-5))),
                3 => sample("s:9", at, Reading::Unknown),
                _ => end("s:2", at, None),
            };
            let decided = state.decide(report, &Registered::default());
            for happened in decided.expect("a report is recorded") {
                state.evolve(&happened);
            }
        }
    }
}

/// A start is held to the meter that is there: its exchange is read back with starts and ends.
#[test]
fn an_exchanged_meter_is_read_back_before_a_start() {
    let replaced = Command::RecordMeterReplacement {
        connector: name("k1"),
        at: minute(90),
        zone: ZONE,
        last: WattHours(52_000),
        first: WattHours(10),
    };
    let began = start_at("s:1", "k1", "c1", (0, 50_000));
    let given = given([began, end("s:1", 60, Some(register(52_000))), replaced]);
    let asked = start_at("s:2", "k1", "c2", (120, 10));
    let decided = read(&given.story, &asked.boundary().items).decide(asked, &given.registered);
    assert_eq!(decided.expect("recorded")[0].flags, []);
}
