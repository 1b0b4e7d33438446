//! What no law of a store can see: groups as their writer gets them, and waiting itself.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Waker};

use proptest::prelude::*;

use super::*;

/// Says what it is given, and waits to be let go before it answers.
struct Told {
    given: Sender<(usize, usize)>,
    go_on: Receiver<()>,
}

impl GroupWriter for Told {
    fn write_group(&mut self, group: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let bytes = group.iter().flat_map(|append| &append.events).map(|event| {
            event.payload.len()
                + event.metadata.len()
                + event.tags.iter().map(str::len).sum::<usize>()
        });
        self.given.send((group.len(), bytes.sum())).expect("the test hears it");
        self.go_on.recv().expect("the test lets it go on");
        let at = Position(1);
        group.iter().map(|_| Ok(Appended { first: at, last: at, written: Written::Now })).collect()
    }
}

/// The groups, in appends and bytes, in which a writer gets what was handed over while it wrote.
fn groups_of(submissions: Vec<Vec<Append>>) -> Vec<(usize, usize)> {
    let ((given, gets), (let_go, go_on)) = (channel(), channel());
    let commit = GroupCommit::start(Told { given, go_on }).expect("a thread");
    let first = commit.submit(vec![Append::of(Event::new("First"))]);
    gets.recv().expect("the first group");
    let (sizes, answers): (Vec<_>, Vec<_>) =
        submissions.into_iter().map(|group| (group.len(), commit.submit(group))).unzip();
    let mut groups = Vec::new();
    let_go.send(()).expect("the writer waits");
    while groups.iter().map(|(appends, _)| appends).sum::<usize>() < sizes.iter().sum() {
        groups.push(gets.recv().expect("the next group"));
        let_go.send(()).expect("the writer waits");
    }
    assert_eq!(pollster::block_on(first).len(), 1);
    for (size, answer) in sizes.into_iter().zip(answers) {
        assert_eq!(pollster::block_on(answer).len(), size, "one answer an append");
    }
    groups
}

#[test]
fn what_is_gathered_is_never_more_than_a_group_may_be() {
    let many = |appends: usize| vec![Append::of(Event::new("Noted")); appends];
    let most = Limit::GROUP;
    let groups = groups_of(vec![many(most - 1), many(most), many(1), many(most - 2), many(3)]);
    let appends: Vec<usize> = groups.into_iter().map(|(appends, _)| appends).collect();
    assert_eq!(appends, [most - 1, most, most - 1, 3]);
}

#[test]
fn tags_and_metadata_fill_a_group_as_payloads_do() {
    let tags = |number: usize| (0..250).map(move |tag| format!("{number:063}:{tag:064}"));
    let event =
        |number: usize| tags(number).fold(Event::new("Tagged"), |event, tag| event.tag(&tag));
    let tagged = || vec![Append::all((0..25).map(event))];
    let noted = || vec![Append::of(Event::new("Noted").metadata(&vec![7; 900_000]))];
    for large in [&tagged as &dyn Fn() -> Vec<Append>, &noted] {
        let groups = groups_of((0..40).map(|_| large()).collect());
        assert!(groups.len() > 1, "40 appends of 800 KB and more are no one group");
        for (_, bytes) in groups {
            assert!(bytes < 17 * 1024 * 1024, "a group of {bytes} bytes");
        }
    }
}

/// Says which thread it is on.
struct Named(Sender<String>);

impl GroupWriter for Named {
    fn write_group(&mut self, group: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let thread = std::thread::current();
        self.0.send(thread.name().unwrap_or_default().to_owned()).expect("the test hears it");
        group.iter().map(|_| Err(AppendError::Empty)).collect()
    }
}

/// On which thread an append is written: of one that waits for it, and of one that may do something
/// else meanwhile.
fn written_by(start: fn(Named) -> std::io::Result<GroupCommit>) -> [String; 2] {
    let (named, names) = channel();
    let commit = start(Named(named)).expect("a thread");
    let append = || vec![Append::of(Event::new("Noted"))];
    let waits = || assert_eq!(wait_for(async { commit.submit(append()).await }).len(), 1);
    let goes_on = || assert_eq!(pollster::block_on(commit.submit(append())).len(), 1);
    let (waits, goes_on): (&(dyn Fn() + Sync), &(dyn Fn() + Sync)) = (&waits, &goes_on);
    let caller = |call: &(dyn Fn() + Sync)| {
        std::thread::scope(|scope| {
            let caller = std::thread::Builder::new().name("caller".into());
            caller.spawn_scoped(scope, call).expect("a thread").join().expect("it ends");
        });
        names.recv().expect("a name")
    };
    [caller(waits), caller(goes_on)]
}

#[test]
fn who_waits_writes_for_itself_where_the_writer_allows_it() {
    let (caller, writer) = ("caller".to_owned(), "linli-writer".to_owned());
    assert_eq!(written_by(GroupCommit::start_in_place), [caller, writer.clone()]);
    assert_eq!(written_by(GroupCommit::start), [writer.clone(), writer]);
}

/// Keeps how many appends each group had.
struct Counted(Sender<usize>);

impl GroupWriter for Counted {
    fn write_group(&mut self, group: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        self.0.send(group.len()).expect("the test hears it");
        group.iter().map(|_| Err(AppendError::Empty)).collect()
    }
}

/// What was handed over first is written first, whoever waits for what came later.
#[test]
fn nobody_who_waits_overtakes_what_is_queued() {
    let (counted, counts) = channel();
    let commit = GroupCommit::start_in_place(Counted(counted)).expect("a thread");
    let many = |appends| vec![Append::of(Event::new("Noted")); appends];
    for round in 0..2_000 {
        let queued = commit.submit(many(1));
        assert_eq!(wait_for(async { commit.submit(many(2)).await }).len(), 2);
        assert_eq!(pollster::block_on(queued).len(), 1);
        let groups: Vec<usize> = counts.try_iter().collect();
        assert!(matches!(groups[..], [1, 2] | [3]), "round {round}: {groups:?}");
    }
}

#[test]
fn a_failure_is_over_as_soon_as_the_journal_is_readable() {
    let watch = HeadWatch::default();
    watch.reached(Some(Position(1)));
    watch.failed(ReadError::Unavailable { reason: "the disk went away".into() });
    let failed = pollster::block_on(watch.past(Some(Position(1))));
    assert!(matches!(failed, Err(ReadError::Unavailable { .. })), "{failed:?}");
    watch.reached(Some(Position(1)));
    let mut wait = watch.past(Some(Position(1)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(wait.as_mut().poll(&mut context).is_pending(), "it waits for what comes");
    watch.reached(Some(Position(2)));
    assert_eq!(pollster::block_on(wait).expect("a head"), Position(2));
}

#[test]
fn who_stops_waiting_waits_no_longer() {
    let watch = HeadWatch::default();
    let mut context = Context::from_waker(Waker::noop());
    let [mut stays, mut goes] = [None, None].map(|after| watch.past(after));
    assert!(!watch.is_watched(), "nobody has asked yet");
    for _ in 0..2 {
        assert!(stays.as_mut().poll(&mut context).is_pending());
        assert!(goes.as_mut().poll(&mut context).is_pending());
    }
    drop(goes);
    assert!(watch.is_watched(), "the other one waits on");
    drop(stays);
    assert!(!watch.is_watched());
}

proptest! {
    /// Whatever a password is made of, the address shows none of it, wherever it stands.
    #[test]
    fn an_address_shows_no_password(
        signs in "[?&@/:=#%+]{0,3}",
        ends in "[?&@/:=#%+]{0,3}",
        is_setting in any::<bool>(),
    ) {
        // A setting ends at the next `&`, so that one in a password has to be escaped there.
        let secret = format!("Zhu{signs}Que{ends}Wei");
        let setting = secret.replace('&', "%26");
        let given = match is_setting {
            true => format!("postgres://li@host/db?password={setting}&journal=yujing"),
            false => format!("postgres://li:{secret}@host/db?journal=yujing"),
        };
        let Address::Postgres(address) = given.parse().expect("an address") else { panic!() };
        let shown = format!("{address} {address:?}");
        for part in ["Zhu", "Que", "Wei"] {
            prop_assert!(!shown.contains(part), "{} for {}", shown, given);
        }
        prop_assert!(shown.starts_with("postgres://li@host/db?journal=yujing"), "{}", shown);
    }
}
