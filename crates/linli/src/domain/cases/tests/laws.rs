//! C4, C5, C7 to C9, and what holds for every command.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::super::{Command, Event, Phase, Refusal, State};
use super::{
    DAY, apply, assess, assign, call, case, close, command, command_in, day, dispute, given,
    handled, measure, merge, minute, mitigate, name, open, pause, photo, propose, refer, reopen,
    resolve, respond, triage, tried, unmerge, with, withdraw,
};
use crate::domain::given::variant;
use crate::domain::{
    BoundaryItem, Decide, Evolve, Flag, Happened, Registered, Sealed, SealedField,
};

fn one_of<const N: usize>(names: [&'static str; N]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names.to_vec())
}

/// What may be asked and told of three cases, sensible or not.
fn requests() -> impl Strategy<Value = Command> {
    let which = || one_of(["c-1", "c-2", "c-3"]);
    let tried_id = || one_of(["net", "talk"]);
    prop_oneof![
        (which(), one_of(["hazard", "nuisance", "request"]), any::<bool>())
            .prop_map(|(case, kind, known)| open(case, kind, known.then_some("p-r"))),
        which().prop_map(triage),
        (which(), one_of(["strict", "plain"])).prop_map(|(case, rule)| assign(case, rule)),
        which().prop_map(respond),
        any::<bool>().prop_map(mitigate),
        (one_of(["before", "after"]), 0_i64..90).prop_map(|(shows, taken)| photo(
            "now",
            shows,
            Some(taken)
        )),
        (which(), any::<bool>())
            .prop_map(|(case, shown)| resolve(case, if shown { &["now"] } else { &[] })),
        (0_i64..90).prop_map(dispute),
        which().prop_map(close),
        which().prop_map(reopen),
        (which(), which()).prop_map(|(case, into)| merge(case, into)),
        which().prop_map(unmerge),
        which().prop_map(withdraw),
        which().prop_map(refer),
        one_of(["answered", "no_answer"]).prop_map(call),
        one_of(["waits_for_maker", "holiday"]).prop_map(pause),
        tried_id().prop_map(|id| propose(id, "net")),
        tried_id().prop_map(|id| tried(id, "net")),
        tried_id().prop_map(|id| measure(id, "study-window", "study")),
        (tried_id(), 0_i64..5).prop_map(|(id, on)| apply(id, on)),
        (tried_id(), one_of(["effective", "ineffective"]), 0_i64..20)
            .prop_map(|(id, verdict, on)| assess(id, verdict, on, 0, 20)),
    ]
}

/// Three cases that are handled, and what was asked and allowed after that.
fn after(requests: Vec<Command>) -> super::Given<State> {
    let kinds = [("c-1", "nuisance"), ("c-2", "hazard"), ("c-3", "request")];
    let mut given = given(kinds.into_iter().flat_map(|(case, kind)| handled(case, kind, "strict")));
    for request in requests {
        let _ = given.then(request);
    }
    given
}

proptest! {
    /// C4: the assignee belongs to the body on the day of the assignment.
    #[test]
    fn an_assignee_belongs_to_the_body(
        from in 0_i64..20, lasts in prop::option::of(0_i64..20), on in 0_i64..40,
        body in one_of(["committee", "police"]), person in one_of(["p-w", "p-r"]),
    ) {
        let mut given = given([open("c-1", "request", None), triage("c-1")]);
        let held = &mut given.registered.roles[0];
        held.valid_from = day(from);
        held.valid_until = lasts.map(|days| day(from + days));
        let asked = command("assign_case", json!({
            "body_id": body, "assignee_ref": person, "sla_rule": "plain", "at": minute(on * DAY),
        }));
        let is_in_time = from <= on && lasts.is_none_or(|days| on < from + days);
        let belongs = person == "p-w" && body == "committee" && is_in_time;
        let (assignee_ref, body_id) = (name(person), name(body));
        let refused =
            (!belongs).then_some(Refusal::AssigneeNotOfBody { assignee_ref, body_id });
        let read = asked.boundary().items;
        prop_assert!(read.contains(&Registered::of_person(&name(person))));
        prop_assert_eq!(given.when(asked).err(), refused);
    }

    /// C5: a measured window that is none of the household's is recorded and flagged, and no other.
    #[test]
    fn a_window_of_another_household_is_flagged(
        place in one_of(["flat", "next-door"]),
        opening in one_of([
            "kitchen-window", "study-window", "their-window", "stove", "flat", "nowhere",
        ]),
    ) {
        let mut story = handled("c-1", "nuisance", "plain");
        story[0] = command("open_case", json!({
            "kind": "nuisance", "category": "pigeons", "severity_n": 2, "place_id": place,
            "observed_at": minute(0),
        }));
        let asked = measure("net", opening, "study");
        prop_assert!(asked.boundary().items.contains(&Registered::of_place(&name(opening))));
        let told = given(with(story, vec![propose("net", "net")])).when(asked).expect("recorded");
        let is_theirs = match place {
            "flat" => ["kitchen-window", "study-window"].contains(&opening),
            _ => opening == "their-window",
        };
        let flags = if is_theirs { vec![] } else { vec![Flag::NotOfHousehold] };
        prop_assert_eq!(&told[0].flags, &flags);
    }

    /// C7: a reopened case is the same case, counted how often, from every way it was closed.
    #[test]
    fn reopening_keeps_the_case_and_counts(ends in prop::collection::vec(0_usize..3, 1..5)) {
        let mut given = given([open("c-1", "request", Some("p-r"))]);
        for (n, end) in (1..).zip(&ends) {
            let story = match end {
                0 => vec![withdraw("c-1")],
                1 => vec![refer("c-1")],
                _ => vec![
                    triage("c-1"), assign("c-1", "plain"), respond("c-1"), resolve("c-1", &[]),
                    close("c-1"),
                ],
            };
            for told in story {
                let is_triage = matches!(told, Command::TriageCase { .. });
                prop_assert!(given.then(told).is_ok() || is_triage);
            }
            let reopened = given.when(reopen("c-1")).expect("reopened").remove(0).event;
            let expected =
                Event::CaseReopened { case_id: name("c-1"), n, reason: "they are back".into() };
            prop_assert_eq!(reopened, expected);
            given.then(reopen("c-1")).expect("reopened");
            prop_assert_eq!(given.state.cases.len(), 1);
            let case = case(&given, "c-1");
            prop_assert_eq!((case.phase(), case.reopened_n), (Phase::Reopened, n));
            prop_assert!(case.opened.as_ref().is_some_and(|opened| opened.at == minute(0)));
        }
    }

    /// C8: nobody stands for an unknown reporter, neither in what is told nor in its tags nor as
    /// the subject of its text; a handle serves to call back, and names nobody.
    #[test]
    fn an_unknown_reporter_stays_unknown(handle in prop::option::of("h-[0-9]{4}")) {
        let fields = json!({
            "kind": "hazard", "category": "wire", "severity_n": 4, "place_id": "house",
            "handle": handle, "text": "a wire hangs from the window", "observed_at": minute(0),
        });
        let mut given = given([]);
        for which in ["c-1", "c-2"] {
            let asked = command_in(which, "open_case", fields.clone());
            let mut told = given.when(asked.clone()).expect("opened").remove(0);
            let tags = told.event.tags(told.zone);
            prop_assert!(!tags.iter().any(|tag| tag.starts_with("person:")), "{tags:?}");
            let subjects: Vec<String> =
                told.event.sealed().iter().map(|field| field.subject.to_string()).collect();
            prop_assert_eq!(subjects, [format!("case:{which}")]);
            given.then(asked).expect("opened");
            let opened = case(&given, which).opened.as_ref().expect("opened");
            prop_assert_eq!(&opened.reporter_ref, &None);
            prop_assert_eq!(opened.can_be_called(), handle.is_some());
        }
    }

    /// C9: a repeat without a new fact opens no case, however it stands, and changes nothing of it.
    #[test]
    fn a_repeat_opens_no_case(
        requests in prop::collection::vec(requests(), 0..30), known in any::<bool>(),
    ) {
        let mut given = after(requests);
        let before = format!("{:?}", given.state);
        let repeat = json!({"reporter_ref": known.then_some("p-r")});
        given.then(command("record_repeat_contact", repeat)).expect("recorded");
        prop_assert_eq!(format!("{:?}", given.state), before);
    }

    /// What has to be sealed is known as such, in the command and in its event, under the reporter
    /// where there is one; and neither shows it where somebody prints them.
    #[test]
    fn nothing_sealed_is_taken_in_clear(secret in "[a-z]{12,20}", known in any::<bool>()) {
        let who = known.then_some("p-q");
        let opening = json!({
            "kind": "hazard", "category": "wire", "severity_n": 4, "place_id": "house",
            "reporter_ref": who, "text": &secret, "observed_at": minute(0),
        });
        let story = with(handled("c-1", "request", "plain"), vec![resolve("c-1", &[])]);
        for (mut asked, name, case) in [
            (command_in("c-9", "open_case", opening), "text", "case:c-9"),
            (
                command("dispute_resolution", json!({"by_ref": who, "reason": &secret})),
                "reason", "case:c-1",
            ),
        ] {
            let mut told =
                given(story.clone()).when(asked.clone()).expect("allowed").remove(0).event;
            let shown = format!("{asked:?} {told:?}");
            prop_assert!(!shown.contains(&secret));
            let subject = if known { "person:p-q" } else { case };
            for sealed in [asked.sealed(), told.sealed()] {
                let [SealedField { name: field, subject: whose, value }] = &sealed[..] else {
                    panic!("{name} has one sealed field, not {}", sealed.len());
                };
                prop_assert_eq!((*field, whose.as_str()), (name, subject));
                prop_assert_eq!(value.text(), Some(&*secret));
            }
            told.sealed().into_iter().for_each(|field| *field.value = Sealed::Erased);
            prop_assert!(!told.data().to_string().contains(&secret));
        }
    }

    /// A report is never refused, whatever came before it.
    #[test]
    fn reality_is_never_refused(requests in prop::collection::vec(requests(), 0..40)) {
        let mut given = after(requests);
        let rated = json!({"solved": "no", "satisfied": "no_answer"});
        for told in [
            respond("c-1"), mitigate(true), mitigate(false), photo("p", "after", None),
            command("record_repeat_contact", json!({})), call("refused"),
            command("record_rating", rated), tried("plants", "plants"),
            measure("plants", "their-window", "other"),
        ] {
            let shown = format!("{told:?}");
            prop_assert!(given.then(told).is_ok(), "{shown}");
        }
    }

    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        requests in prop::collection::vec(requests(), 0..50), asked in requests(),
    ) {
        let given = after(requests);
        let items = asked.boundary().items;
        let mut read = State::default();
        given.story.iter().filter(|happened| is_read(&items, happened)).for_each(|happened| {
            read.evolve(happened);
        });
        let mut registered = given.registered.clone();
        let reads = |item: &BoundaryItem| items.contains(item);
        if !reads(&Registered::of_rule("case_handling")) {
            registered.rules.clear();
        }
        registered.roles.retain(|held| reads(&Registered::of_person(&held.person_ref)));
        registered.places.retain(|place, _| reads(&Registered::of_place(place)));
        prop_assert_eq!(read.decide(asked.clone(), &registered), given.when(asked));
    }
}

fn is_read(items: &[BoundaryItem], happened: &Happened<Event>) -> bool {
    let (kind, tags) = (variant(&happened.event), happened.event.tags(happened.zone));
    items.iter().any(|item| {
        (item.types.is_empty() || item.types.contains(&kind.as_str())) && tags.contains(&item.tag)
    })
}

/// Each call-back has a number of its own until the case is opened again.
#[test]
fn calls_are_numbered_anew_after_a_reopening() {
    let mut given = given(handled("c-1", "request", "plain"));
    let mut numbers = Vec::new();
    let story = [call("no_answer"), call("answered"), resolve("c-1", &[]), call("answered")];
    for told in with(story.to_vec(), vec![close("c-1"), reopen("c-1"), call("refused")]) {
        given.then(told).expect("allowed");
        if let Event::CallbackAttempted { attempt_no, .. } = given.story.last().expect("told").event
        {
            numbers.push(attempt_no);
        }
    }
    assert_eq!(numbers, [1, 2, 3, 1]);
    let unique: BTreeSet<Phase> = given.state.cases.values().map(super::Case::phase).collect();
    assert_eq!(unique, BTreeSet::from([Phase::Reopened]));
}
