//! D1 to D10, each a law over whatever may be asked and told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::json;

use super::super::{Command, Event, Form, Phase, Refusal, Relation, State};
use super::{
    accept, accepted, add, agree_orally, apply_as_of, appoint, breach, command, consent, day,
    disclose, given, hold, in_effect, locate, mediated, mediator_signs, minute, perform, propose,
    refuse, register, replace, represent, schedule, seal, sign, terminate,
};
use crate::domain::given::{Given, given_of, variant};
use crate::domain::{
    BoundaryItem, Decide, Evolve, Flag, Happened, Kinship, Mediation, PersonRef, Published,
    Related, RuleSet, Sealed, SealedField, Span, Timestamp, Zone,
};

const PERSONS: [&str; 5] = ["p-a", "p-b", "p-c", "m", "n"];
const PARTIES: [&str; 4] = ["a", "b", "c", "d"];
const RELATIONS: [&str; 4] = ["kin", "landlord", "neighbour", "earlier_mediator"];

fn one_of<const N: usize>(names: [&'static str; N]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names.to_vec())
}

/// What may be asked before there is an agreement, by anybody, sensible or not.
fn requests() -> impl Strategy<Value = Command> {
    let party = || one_of(PARTIES);
    let person = || one_of(PERSONS);
    let dispute = || one_of(["d-1", "d-2"]);
    prop_oneof![
        (dispute(), party(), prop::option::of(person())).prop_map(|(d, a, p)| add(d, a, p)),
        (dispute(), party()).prop_map(|(d, a)| consent(d, a)),
        (dispute(), person()).prop_map(|(d, p)| appoint(d, p)),
        (person(), person()).prop_map(|(from, to)| replace(from, to)),
        (dispute(), person(), party(), one_of(RELATIONS))
            .prop_map(|(d, p, a, relation)| disclose(d, p, a, relation)),
        (party(), person(), any::<bool>()).prop_map(|(a, p, settles)| represent(a, p, settles)),
        (dispute(), 1_u32..6, person(), 0_i64..20, 0_i64..8)
            .prop_map(|(d, no, m, from, long)| schedule(d, no, m, from, from + long)),
        (1_u32..6, 0_i64..20).prop_map(|(number, from)| hold(number, from, from + 3)),
        Just(propose()),
        (1_u32..4, party(), person()).prop_map(|(version, a, p)| accept(version, a, p)),
        (1_u32..4, party(), 0_u64..9).prop_map(|(version, a, on)| sign(version, a, day(on))),
        (0_u64..9).prop_map(|on| mediator_signs(day(on))),
        (0_u64..9).prop_map(|on| seal(day(on))),
    ]
}

/// Who comes in, who takes over, and what they are to each other.
fn of_interest() -> impl Strategy<Value = Command> {
    let dispute = || one_of(["d-1", "d-2"]);
    let mediator = || one_of(["m", "n"]);
    prop_oneof![
        3 => (dispute(), one_of(["c", "d"]), one_of(["p-c", "p-c", "n"]))
            .prop_map(|(d, a, p)| add(d, a, Some(p))),
        3 => (dispute(), mediator(), one_of(["c", "d"]), one_of(["kin", "neighbour"]))
            .prop_map(|(d, m, a, relation)| disclose(d, m, a, relation)),
        2 => (dispute(), one_of(["c", "d"]), one_of(["p-c", "m", "n"]))
            .prop_map(|(d, a, p)| locate(d, a, p)),
        1 => Just(propose()),
        1 => (1_u32..3, one_of(["a", "b"])).prop_map(|(version, a)| {
            accept(version, a, if a == "a" { "p-a" } else { "p-b" })
        }),
        1 => (mediator(), one_of(PERSONS)).prop_map(|(from, to)| replace(from, to)),
        1 => (0_i64..20).prop_map(|from| schedule("d-1", 1, "m", from, from + 1)),
        1 => requests(),
    ]
}

/// What the mediator of both is asked for.
fn of_time() -> impl Strategy<Value = Command> {
    (one_of(["d-1", "d-2"]), 1_u32..9, 0_i64..9)
        .prop_map(|(d, number, from)| schedule(d, number, "m", from, from + 3))
}

/// The two disputes, with everybody's consent and one mediator.
fn under_way() -> Vec<Command> {
    let mut story = begun();
    story.extend(["d-1", "d-2"].iter().flat_map(|d| ["a", "b"].map(|party| consent(d, party))));
    story.extend([appoint("d-1", "m"), appoint("d-2", "m")]);
    story
}

/// Two disputes with two parties each, of which nobody has agreed to anything.
fn begun() -> Vec<Command> {
    ["d-1", "d-2"]
        .into_iter()
        .flat_map(|d| [register(d, "damage"), add(d, "a", Some("p-a")), add(d, "b", Some("p-b"))])
        .collect()
}

/// The two disputes, and what was asked and allowed after that.
fn after(requests: &[Command]) -> Given<State> {
    let mut given = given(begun());
    for request in requests {
        let _ = given.then(request.clone());
    }
    given
}

fn in_dispute<'a>(
    story: &'a [Happened<Event>],
    dispute: &'a str,
) -> impl Iterator<Item = &'a Event> {
    story.iter().map(|happened| &happened.event).filter(move |e| e.dispute().as_str() == dispute)
}

/// Who mediates, as the story tells it.
fn mediator(story: &[Happened<Event>], dispute: &str) -> Option<String> {
    let mediators = in_dispute(story, dispute).filter_map(|event| match event {
        Event::MediatorAppointed { mediator_ref, .. } => Some(mediator_ref.to_string()),
        Event::MediatorReplaced { to_ref, .. } => Some(to_ref.to_string()),
        _ => None,
    });
    mediators.last()
}

/// Whether somebody may not mediate, as the story tells it: who is a party or acts for one, and
/// what was disclosed about a party here or about its person elsewhere.
fn is_barred(story: &[Happened<Event>], dispute: &str, person: &str) -> bool {
    let mut persons = BTreeMap::new();
    for event in in_dispute(story, dispute) {
        match event {
            Event::PartyAdded { party_id, person_ref, .. } => {
                persons.insert(party_id.to_string(), person_ref.as_ref().map(ToString::to_string));
            }
            Event::PartyLocated { party_id, person_ref, .. } => {
                persons.insert(party_id.to_string(), Some(person_ref.to_string()));
            }
            Event::RepresentativeAuthorised { representative_ref, .. }
                if representative_ref.as_str() == person =>
            {
                return true;
            }
            _ => {}
        }
    }
    let is_party = persons.values().flatten().any(|own| own == person);
    let disclosed = story.iter().any(|happened| match &happened.event {
        Event::InterestDisclosed { dispute_id, mediator_ref, party_id, person_ref, relation } => {
            let of_person = person_ref
                .as_ref()
                .is_some_and(|about| persons.values().flatten().any(|own| own == about.as_str()));
            let here = dispute_id.as_str() == dispute && persons.contains_key(party_id.as_str());
            let bars = !matches!(relation, Relation::Neighbour | Relation::EarlierMediator);
            mediator_ref.as_str() == person && (here || of_person) && bars
        }
        _ => false,
    });
    is_party || disclosed
}

proptest! {
    /// D1: whoever is appointed, takes over, holds a session or puts terms to the parties is no
    /// party, acts for none, and has disclosed no interest, here or elsewhere; and nobody else is
    /// turned down for an interest. Who is found to be a party is recorded, and flagged.
    #[test]
    fn no_mediator_has_an_interest(
        is_under_way in any::<bool>(), requests in prop::collection::vec(of_interest(), 0..40),
    ) {
        let mut given = given(if is_under_way { under_way() } else { begun() });
        for request in requests {
            let asked = match &request {
                Command::AppointMediator { dispute_id, mediator_ref, .. }
                | Command::ReplaceMediator { dispute_id, to_ref: mediator_ref, .. }
                | Command::ScheduleSession { dispute_id, mediator_ref, .. } => {
                    Some((dispute_id.to_string(), mediator_ref.to_string()))
                }
                Command::ProposeTerms { dispute_id, .. }
                | Command::AcceptTerms { dispute_id, .. } => {
                    let dispute = dispute_id.to_string();
                    mediator(&given.story, &dispute).map(|mediator| (dispute, mediator))
                }
                _ => None,
            };
            let finds = matches!(request, Command::RecordPartyLocated { .. });
            let joins = matches!(
                request, Command::AddParty { .. } | Command::AuthoriseRepresentative { .. }
            );
            let (dispute, ..) = request.head();
            let dispute = dispute.to_string();
            let was_barred = mediator(&given.story, &dispute)
                .is_some_and(|mediator| is_barred(&given.story, &dispute, &mediator));
            let barred = asked.map(|(dispute, who)| is_barred(&given.story, &dispute, &who));
            match given.then(request) {
                Ok(_) if joins && !was_barred => {
                    let mediator = mediator(&given.story, &dispute);
                    let is_barred =
                        mediator.is_some_and(|who| is_barred(&given.story, &dispute, &who));
                    prop_assert!(!is_barred, "a party came in to whom the mediator is close");
                }
                Ok(_) if finds && !was_barred => {
                    let is_barred = mediator(&given.story, &dispute)
                        .is_some_and(|who| is_barred(&given.story, &dispute, &who));
                    let flags = &given.story[given.story.len() - 1].flags;
                    prop_assert_eq!(flags.contains(&Flag::MediatorInterest), is_barred);
                }
                Ok(_) => prop_assert_ne!(barred, Some(true)),
                Err(Refusal::HasInterest { .. }) => prop_assert_ne!(barred, Some(false)),
                Err(_) => {}
            }
        }
    }

    /// D1: what the registry knows of a mediator and a party bars as well, from its day on; a
    /// neighbour in another household is not barred.
    #[test]
    fn what_the_registry_knows_bars(
        kind in prop::sample::select(vec![
            Kinship::Kin, Kinship::Guardian, Kinship::Employer, Kinship::Landlord,
            Kinship::Creditor,
        ]),
        turned in any::<bool>(), from in 0_u64..40, related in any::<bool>(),
        together in any::<bool>(),
    ) {
        let (m, b) = (person("m"), person("p-b"));
        let mut registered = super::mediators();
        if related {
            let (a, b) = if turned { (b.clone(), m.clone()) } else { (m.clone(), b.clone()) };
            let relation =
                Related { a_ref: a, kind, b_ref: b, valid_from: day(from), valid_until: None };
            registered.relations.push(relation);
        }
        let households = ["flat-1", if together { "flat-1" } else { "flat-2" }];
        for (who, household) in [&m, &b].into_iter().zip(households) {
            let flat = household.parse().expect("a place");
            let known = registered.persons.entry(who.clone()).or_default();
            known.residences.insert(day(from), flat);
        }
        let mut story = mediated("d-1");
        let asked = story.pop().expect("who mediates");
        let on = asked.head().1.local_date(Zone::Asia__Shanghai).expect("a day");
        let asked = given_of::<State>(registered, story).when(asked);
        let bars = (related || together) && day(from) <= on;
        prop_assert_eq!(asked.is_err(), bars);
        let is_interest = matches!(asked, Err(Refusal::HasInterest { .. }) | Ok(_));
        prop_assert!(is_interest);
    }

    /// D1: who mediated for a party before is barred where a published rule says so, and only then.
    #[test]
    fn an_earlier_mediator_is_barred_by_policy(
        bars in prop::option::of(any::<bool>()), same_party in any::<bool>(),
    ) {
        let mut registered = super::mediators();
        let policy = |earlier_mediator_bars| {
            published(RuleSet::Mediation(Mediation { earlier_mediator_bars }))
        };
        registered.rules.extend(bars.map(policy));
        let person = if same_party { "p-a" } else { "p-c" };
        let earlier = [
            register("d-2", "damage"), add("d-2", "x", Some(person)), add("d-2", "y", None),
            consent("d-2", "x"), consent("d-2", "y"), appoint("d-2", "m"),
        ];
        let mut story: Vec<Command> = earlier.into_iter().chain(mediated("d-1")).collect();
        let asked = story.pop().expect("who mediates");
        let asked = given_of::<State>(registered, story).when(asked);
        prop_assert_eq!(asked.is_err(), bars == Some(true) && same_party);
    }

    /// D1: people are judged by all of their records, once these turned out to be one person's.
    #[test]
    fn merged_records_are_one_person(
        tie in 0_usize..6, [of_old, about_old] in prop::array::uniform2(any::<bool>()),
        merged in any::<bool>(),
    ) {
        // What bars is known of these two records; `m` is asked to mediate for `p-b`.
        let (of, about) =
            (if of_old { "m-old" } else { "m" }, if about_old { "p-old" } else { "p-b" });
        let mut registered = super::mediators();
        for (record, root) in [("m-old", "m"), ("p-old", "p-b")] {
            let known = registered.persons.entry(person(record)).or_default();
            known.merged_into = merged.then(|| person(root));
        }
        let rule = RuleSet::Mediation(Mediation { earlier_mediator_bars: true });
        registered.rules.push(published(rule));
        let mut story = mediated("d-1");
        let mut elsewhere = vec![register("d-2", "damage"), add("d-2", "x", Some(about))];
        match tie {
            0 => registered.relations.push(Related {
                a_ref: person(of),
                kind: Kinship::Kin,
                b_ref: person(about),
                valid_from: day(0),
                valid_until: None,
            }),
            1 => for who in [of, about] {
                let known = registered.persons.entry(person(who)).or_default();
                known.residences.insert(day(0), "flat-1".parse().expect("a place"));
            },
            2 => elsewhere.push(disclose("d-2", of, "x", "kin")),
            3 => elsewhere.extend([
                add("d-2", "y", None), consent("d-2", "x"), consent("d-2", "y"), appoint("d-2", of),
            ]),
            4 => story.insert(3, represent("b", of, true)),
            _ => story[2] = add("d-1", "b", Some(of)),
        }
        let asked = story.pop().expect("who mediates");
        elsewhere.extend(story);
        let is_known_of_both = match tie {
            0..=3 => !of_old && !about_old,
            _ => !of_old,
        };
        let refused = given_of::<State>(registered, elsewhere).when(asked).err();
        prop_assert_eq!(refused.is_some(), merged || is_known_of_both);
        let is_interest = matches!(refused, Some(Refusal::HasInterest { .. }) | None);
        prop_assert!(is_interest);
    }

    /// D2: without everybody's consent nobody is appointed, nothing scheduled, nothing accepted.
    #[test]
    fn every_party_consents_first(
        consents in prop::collection::vec(any::<bool>(), 2..5),
        late in any::<bool>(),
    ) {
        let mut story = vec![register("d-1", "damage")];
        for (party, consents) in PARTIES.iter().zip(&consents) {
            story.push(add("d-1", party, Some(&format!("p-{party}"))));
            if *consents {
                story.push(consent("d-1", party));
            }
        }
        let all = consents.iter().all(|consents| *consents);
        prop_assert_eq!(given(story.clone()).when(appoint("d-1", "m")).is_ok(), all);
        if all {
            story.extend([appoint("d-1", "m"), propose()]);
            if late {
                story.push(add("d-1", "late", Some("p-late")));
            }
            let given = given(story);
            prop_assert_eq!(given.when(schedule("d-1", 1, "m", 0, 60)).is_ok(), !late);
            prop_assert_eq!(given.when(accept(1, "a", "p-a")).is_ok(), !late);
        }
    }

    /// D3: an agreement binds only if every party of that moment has accepted or marked its
    /// version, and nobody came in since.
    #[test]
    fn all_parties_accept_one_version(
        requests in prop::collection::vec(requests(), 0..40),
        late in any::<bool>(),
        again in prop::array::uniform2(any::<bool>()),
    ) {
        let mut story = begun();
        story.extend(["a", "b"].map(|party| consent("d-1", party)));
        story.extend([appoint("d-1", "x"), propose(), propose()]);
        let mut given = given(story);
        for request in requests {
            let _ = given.then(request);
        }
        // Everybody marks, perhaps somebody comes in late, and not everybody marks again: that
        // makes agreements likely, and some of them would be wrong.
        let mut end = vec![sign(2, "a", day(1)), sign(2, "b", day(1))];
        end.extend(late.then(|| add("d-1", "late", None)));
        end.extend(again[0].then(|| sign(2, "a", day(2))));
        end.extend(again[1].then(|| sign(2, "b", day(2))));
        end.extend([sign(2, "late", day(2)), mediator_signs(day(2)), seal(day(2))]);
        for told in end {
            let _ = given.then(told);
        }
        let (mut parties, mut accepted) = (BTreeSet::new(), BTreeSet::new());
        let mut newest = 0;
        for event in in_dispute(&given.story, "d-1") {
            match event {
                Event::PartyAdded { party_id, .. } => {
                    parties.insert(party_id.clone());
                    accepted.clear();
                }
                Event::TermsProposed { version_n, .. } => {
                    newest = *version_n;
                    accepted.clear();
                }
                Event::TermsAccepted { version_n, party_id, .. }
                | Event::AgreementSigned { version_n, party_id, .. }
                    if *version_n == newest =>
                {
                    accepted.insert(party_id.clone());
                }
                Event::AgreementInEffect { version_n, .. } => {
                    prop_assert_eq!(*version_n, Some(newest));
                    prop_assert_eq!(&accepted, &parties);
                }
                _ => {}
            }
        }
    }

    /// D4: an express refusal ends a mediation that is not in effect, and leaves nothing to ask;
    /// one that is in effect stays.
    #[test]
    fn a_refusal_ends_it(
        requests in prop::collection::vec(requests(), 0..40),
        asked in requests(),
        binds in any::<bool>(),
    ) {
        let mut given = after(&requests);
        if binds {
            given.then(agree_orally(day(1))).expect("recorded");
        }
        given.then(refuse("a")).expect("recorded");
        let phase = given.state.disputes[b"d-1".as_slice()].phase();
        let is_over = matches!(phase, Phase::Declined | Phase::Terminated);
        let was_in_effect = in_dispute(&given.story, "d-1")
            .any(|event| matches!(event, Event::AgreementInEffect { .. }));
        prop_assert_eq!(is_over, !was_in_effect);
        if is_over {
            let in_d_1 = asked.head().0.as_str() == "d-1";
            let name = variant(&asked);
            let reports = name.starts_with("Record") || name == "DiscloseInterest";
            prop_assert!(!in_d_1 || reports || given.when(asked).is_err());
            prop_assert!(given.when(terminate(true)).is_err());
        }
    }

    /// D6: a written agreement is in effect with its last mark, on the latest of their days, in
    /// whatever order they are put on and told.
    #[test]
    fn the_last_mark_brings_it_into_effect(
        days in prop::array::uniform4(0_u64..40),
        order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let mark = |which: usize| match which {
            0 => sign(1, "a", day(days[0])),
            1 => sign(1, "b", day(days[1])),
            2 => mediator_signs(day(days[2])),
            _ => seal(day(days[3])),
        };
        let mut given = given(accepted());
        for (told, which) in order.into_iter().enumerate() {
            let events = given.when(mark(which)).expect("recorded");
            let effect = events.iter().find_map(|happened| match &happened.event {
                Event::AgreementInEffect { form, effect_on, .. } => Some((*form, *effect_on)),
                _ => None,
            });
            let latest = day(days.into_iter().max().expect("four days"));
            prop_assert_eq!(effect, (told == 3).then_some((Form::Written, latest)));
            given.then(mark(which)).expect("recorded");
        }
    }

    /// D6: the signature of a mediator who was replaced counts no more: who takes over signs.
    #[test]
    fn who_takes_over_signs(
        order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(), replaced_after_n in 0_usize..4,
    ) {
        let marks = [sign(1, "a", day(1)), sign(1, "b", day(1)), seal(day(1))];
        let mut given = given(accepted());
        let mut signed_before = false;
        for (told_n, which) in order.into_iter().enumerate() {
            if told_n == replaced_after_n {
                given.then(replace("m", "n")).expect("allowed");
            }
            signed_before |= which == 3 && told_n < replaced_after_n;
            let mark = marks.get(which).cloned().unwrap_or_else(|| mediator_signs(day(1)));
            given.then(mark).expect("recorded");
        }
        let effect = |given: &Given<State>| super::dispute(given).agreement.effect;
        prop_assert_eq!(effect(&given).is_none(), signed_before);
        given.then(mediator_signs(day(2))).expect("recorded");
        let effect_on = if signed_before { day(2) } else { day(1) };
        prop_assert_eq!(effect(&given).map(|effect| effect.effect_on), Some(effect_on));
    }

    /// D7: confirmation is applied for jointly and within thirty days, not as of a day that is past
    /// or lies before the effect, and never in a matter of status; what was filed all the same is
    /// recorded and says what is wrong with it.
    #[test]
    fn confirmation_is_joint_and_in_time(
        effect in 10_u64..30, on in 0_u64..80, asked_on in 0_u64..80, jointly in any::<bool>(),
        status in any::<bool>(),
    ) {
        let mut story = in_effect(day(effect));
        if status {
            story[0] = register("d-1", "status");
        }
        let given = given(story);
        let is_in_time = asked_on <= on && (effect..=effect + 30).contains(&on);
        let asked = given.when(apply_as_of(day(on), day(asked_on), jointly));
        prop_assert_eq!(asked.is_ok(), jointly && is_in_time && !status);
        let fields = json!({"applied_on": day(on), "jointly": jointly});
        let told = given.when(command("record_confirmation_application", fields));
        let flags = told.expect("recorded").remove(0).flags;
        prop_assert_eq!(flags.contains(&Flag::BeforeEffect), on < effect);
        prop_assert_eq!(flags.contains(&Flag::Late), on > effect + 30);
        prop_assert_eq!(flags.contains(&Flag::NotJoint), !jointly);
    }

    /// D8: what is performed beyond what was agreed is flagged, and nothing else is.
    #[test]
    fn more_than_agreed_is_flagged(
        paid in prop::collection::vec((0_i64..6_000, 0_u64..20), 0..8),
    ) {
        let mut given = given(in_effect(day(10)));
        let mut sum = 0;
        for (fen, on) in paid {
            sum += fen;
            let told = given.when(perform("o1", Some(fen), day(on))).expect("recorded").remove(0);
            prop_assert_eq!(told.flags.contains(&Flag::Overpaid), sum > 10_000);
            prop_assert_eq!(told.flags.contains(&Flag::BeforeEffect), on < 10);
            given.then(perform("o1", Some(fen), day(on))).expect("recorded");
        }
    }

    /// D9: no mediator is scheduled twice at once, in whatever disputes; and whoever is free is
    /// not refused for being busy.
    #[test]
    fn no_mediator_is_in_two_places(
        wanted in prop::collection::vec((0_usize..4, 0_i64..100, 1_i64..20), 0..40),
    ) {
        let disputes = ["d-1", "d-2", "d-3", "d-4"];
        let mut given = given(disputes.into_iter().flat_map(mediated));
        let mut taken: Vec<(i64, i64)> = Vec::new();
        for (number, (dispute, from, long)) in (1..).zip(wanted) {
            let until = from + long;
            let asked = schedule(disputes[dispute], number, "m", from, until);
            let in_the_way = taken.iter().filter(|(f, u)| *f < until && from < *u);
            let busy_until = in_the_way.map(|(_, until)| minute(*until)).max();
            let refused = busy_until.map(|until| Refusal::MediatorBusy { until });
            prop_assert_eq!(given.then(asked).err(), refused.clone());
            if refused.is_none() {
                taken.push((from, until));
            }
        }
    }

    /// D10: what has to be sealed is known as such, in the command and in its event, and neither
    /// shows it where somebody prints them.
    #[test]
    fn nothing_sealed_is_taken_in_clear(secret in "[a-z]{12,20}", which in 0_usize..4) {
        let on = day(1);
        let (name, field, fields) = [
            ("add_party", "description", json!({
                "party_id": "c", "role": "third", "is_resident": false, "description": &secret,
            })),
            ("record_session", "minutes", json!({
                "session_no": 1, "starts_at": minute(0), "ends_at": minute(9), "attended": [],
                "minutes": &secret,
            })),
            ("propose_terms", "text", json!({"obligations": [], "text": &secret})),
            ("record_oral_agreement", "content", json!({"reached_on": on, "content": &secret})),
        ][which].clone();
        let mut asked = command(name, fields);
        let mut told = given(mediated("d-1")).when(asked.clone()).expect("allowed").remove(0).event;
        let shown = format!("{asked:?} {told:?}");
        prop_assert!(!shown.contains(&secret));
        for sealed in [asked.sealed(), told.sealed()] {
            let [SealedField { name, subject, value }] = &sealed[..] else {
                panic!("{name} has one sealed field, not {}", sealed.len());
            };
            prop_assert_eq!((*name, subject.as_str()), (field, "dispute:d-1"));
            prop_assert_eq!(value.text(), Some(&*secret));
        }
        told.sealed().into_iter().for_each(|field| *field.value = Sealed::Erased);
        prop_assert!(!told.data().to_string().contains(&secret));
    }

    /// A report is never refused, whatever came before it.
    #[test]
    fn reality_is_never_refused(
        requests in prop::collection::vec(requests(), 0..40),
        ended in any::<bool>(),
        on in 0_u64..60,
    ) {
        let mut given = after(&requests);
        if ended {
            given.then(refuse("b")).expect("recorded");
        }
        let decided = json!({"result": "revoked", "decided_on": day(on)});
        let filed = json!({"applied_on": day(on), "jointly": false});
        let nobody = json!({"party_id": "a"});
        for told in [
            hold(1, 0, 60), agree_orally(day(on)), mediator_signs(day(on)), seal(day(on)),
            consent("d-1", "a"), refuse("a"), command("record_court_decision", decided),
            command("record_confirmation_application", filed),
            command("record_follow_up", json!({})),
            command("record_risk_report", json!({"body_id": "police"})),
            command("record_party_located", nobody),
        ] {
            prop_assert!(given.then(told).is_ok());
        }
        let mut given = super::given(in_effect(day(1)));
        for told in [perform("o1", None, day(on)), breach("o1"), sign(1, "a", day(on))] {
            prop_assert!(given.then(told).is_ok());
        }
    }

    /// What the boundary of a command reads is all that its decision needs: with everything else
    /// left out it is the same.
    #[test]
    fn the_boundary_is_all_that_a_decision_needs(
        requests in prop::collection::vec(
            prop_oneof![3 => requests(), 1 => of_interest(), 1 => of_time()], 0..50,
        ),
        asked in prop_oneof![2 => requests(), 1 => of_interest(), 1 => of_time()],
    ) {
        let mut given = given(under_way());
        for request in requests {
            let _ = given.then(request);
        }
        let mut items = asked.boundary().items;
        let known = read(&given.story, &items);
        items.extend(known.beyond(&asked));
        let decided = read(&given.story, &items).decide(asked.clone(), &given.registered);
        prop_assert_eq!(decided, given.when(asked));
    }

    /// Two sessions that overlap are seen from each other, whatever zones their days are told in.
    #[test]
    fn a_days_tags_are_seen_from_every_zone(
        from in 0_i64..5_000, long in 1_i64..2_000, apart in -90_i64..90, lasts in 1_i64..90,
        zone in prop::sample::select(vec![
            Zone::Asia__Shanghai, Zone::Pacific__Kiritimati, Zone::Etc__GMTPlus12, Zone::UTC,
        ]),
    ) {
        let span = Span { from: minute(from), until: minute(from + long) };
        let taken = Span { from: minute(from + apart), until: minute(from + apart + lasts) };
        let seen: BTreeSet<String> = span.busy_tags_around("m").collect();
        let is_seen = taken.busy_tags("m", zone).any(|tag| seen.contains(&tag));
        prop_assert!(is_seen || !taken.overlaps(span));
    }
}

/// What the events of a boundary add up to.
fn read(story: &[Happened<Event>], items: &[BoundaryItem]) -> State {
    let mut state = State::default();
    story.iter().filter(|happened| is_read(items, happened)).for_each(|happened| {
        state.evolve(happened);
    });
    state
}

fn published(rule: RuleSet) -> Published {
    Published {
        rule,
        version: "1".to_owned(),
        jurisdiction: "CN".to_owned(),
        valid_from: NaiveDate::default(),
        valid_until: None,
    }
}

fn person(name: &str) -> PersonRef {
    name.parse().expect("a person")
}

fn is_read(items: &[BoundaryItem], happened: &Happened<Event>) -> bool {
    let (kind, tags) = (variant(&happened.event), happened.event.tags(happened.zone));
    items.iter().any(|item| {
        (item.types.is_empty() || item.types.contains(&kind.as_str())) && tags.contains(&item.tag)
    })
}

/// D5: mediation is free. No command has a field for a fee, and no event either.
#[test]
fn there_is_no_field_for_a_fee() {
    let mut story = in_effect(day(1));
    story.push(perform("o1", Some(1), day(2)));
    for command in &story {
        let mut told = serde_json::to_value(command).expect("a command is plain data");
        let fields = told.as_object_mut().and_then(|named| named.values_mut().next());
        let fields = fields.and_then(|fields| fields.as_object_mut()).expect("fields");
        fields.insert("fee_fen".to_owned(), json!(100));
        let read = serde_json::from_value::<Command>(told);
        assert!(read.is_err_and(|error| error.to_string().contains("fee_fen")));
    }
    for happened in given(story).story {
        let data = happened.event.data();
        let names = data.as_object().expect("fields").keys();
        assert_eq!(names.filter(|name| name.contains("fee")).count(), 0);
    }
}

/// Beyond the calendar there are no days, and an interval that ends there is too long.
#[test]
fn an_interval_without_end_is_too_long() {
    let span = Span { from: minute(0), until: Timestamp(i64::MAX) };
    assert!(span.is_too_long(Zone::UTC));
}
