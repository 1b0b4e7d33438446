//! C1, C2, C6: what resolves a case, and how it closes.

use proptest::prelude::*;
use serde_json::json;

use super::super::{Basis, Command, Event, How, Kind, Refusal, Solution, Verdict};
use super::{
    DAY, apply, assess, call, close, command, day, dispute, events_of, given, handled, minute,
    mitigate, photo, propose, reopen, resolve, respond, with, withdraw,
};
use crate::domain::Happened;

/// A picture: what it shows, when it was taken, and whether the solution names it.
type Picture = (&'static str, Option<i64>, bool);

fn pictures() -> impl Strategy<Value = Vec<Picture>> {
    let shows = prop::sample::select(vec!["before", "during", "after"]);
    let picture = (shows, prop::option::of(-50_i64..150), any::<bool>());
    prop::collection::vec(picture, 0..4)
}

/// The household says that it helped, before there was a case.
fn hearsay(id: &str) -> Command {
    let fields = json!({
        "intervention_id": id, "kind": "net", "tried_by": "household", "verdict": "effective",
    });
    command("record_past_intervention", fields)
}

/// What is done about a nuisance, sensible or not.
fn attempts() -> impl Strategy<Value = Command> {
    let which = || prop::sample::select(vec!["net", "talk", "grille"]);
    let verdict = prop::sample::select(vec!["effective", "effective", "partly", "ineffective"]);
    prop_oneof![
        2 => which().prop_map(|id| propose(id, "net")),
        1 => which().prop_map(hearsay),
        3 => (which(), 0_i64..8).prop_map(|(id, on)| apply(id, on)),
        6 => (which(), verdict, 0_i64..20, 0_i64..12, 0_i64..20)
            .prop_map(|(id, verdict, on, from, until)| assess(id, verdict, on, from, until)),
        1 => Just(mitigate(false)),
        2 => Just(resolve("c-1", &["now"])),
        1 => Just(close("c-1")),
        1 => Just(reopen("c-1")),
        1 => Just(dispute(20 * DAY)),
        1 => Just(withdraw("c-1")),
        1 => Just(respond("c-1")),
    ]
}

/// Whether something was seen to help since the case was reported last, and for how many days at
/// least, as the story tells it.
fn helped_for(story: &[Happened<Event>]) -> Option<i64> {
    let mut applied = std::collections::BTreeMap::new();
    let mut helped = None;
    for happened in story {
        match &happened.event {
            Event::InterventionApplied { intervention_id, applied_at, .. } => {
                applied.insert(intervention_id.clone(), applied_at.local_date(happened.zone));
            }
            Event::OutcomeAssessed {
                intervention_id,
                verdict: Verdict::Effective,
                basis: Basis::Observed,
                observed_from,
                observed_until,
                ..
            } => {
                let in_place = applied.get(intervention_id).copied().flatten();
                let from = in_place.map_or(*observed_until, |on| on.max(*observed_from));
                let until = happened.at.local_date(happened.zone).expect("a day");
                let days = until.min(*observed_until).signed_duration_since(from).num_days();
                helped = Some(helped.map_or(days, |least: i64| least.min(days)));
            }
            Event::ReporterDisputed { .. } | Event::CaseReopened { .. } => helped = None,
            _ => {}
        }
    }
    helped
}

proptest! {
    /// C1: where the rule asks for it, what is called mended is shown by a photo of how it is now
    /// that was taken after the newest report; where it does not, or nothing was mended, it is not
    /// asked for.
    #[test]
    fn a_fix_is_shown_where_the_rule_asks(
        pictures in pictures(),
        strict in any::<bool>(),
        mended in any::<bool>(),
        disputed_at in prop::option::of(1_i64..100),
    ) {
        let sla_rule = if strict { "strict" } else { "plain" };
        let mut story = handled("c-1", "request", sla_rule);
        if let Some(at) = disputed_at {
            let nothing = json!({"manner": "not_responsible"});
            story.extend([command("resolve_case", nothing), dispute(at), respond("c-1")]);
        }
        let hashes: Vec<String> = (0..pictures.len()).map(|number| number.to_string()).collect();
        for ((shows, taken, _), hash) in pictures.iter().zip(&hashes) {
            story.push(photo(hash, shows, *taken));
        }
        let told = hashes.iter().zip(&pictures);
        let named: Vec<&String> =
            told.filter(|(_, (.., named))| *named).map(|(hash, _)| hash).collect();
        let reported = disputed_at.unwrap_or(0);
        let is_shown = pictures.iter().any(|(shows, taken, named)| {
            *named && *shows == "after" && taken.is_some_and(|taken| taken > reported)
        });
        let manner = if mended {
            json!("fixed_by_reporter")
        } else {
            json!({"no_action": {"reason": "gone by itself"}})
        };
        let asked = command("resolve_case", json!({"manner": manner, "evidence": named}));
        let refused = (strict && mended && !is_shown).then_some(Refusal::AfterPhotoMissing);
        prop_assert_eq!(given(story).when(asked).err(), refused);
    }

    /// C2: a hazard is not resolved while the newest thing done about it is for the time being,
    /// whatever else is done and in whatever manner.
    #[test]
    fn a_temporary_mitigation_resolves_no_hazard(
        done in prop::collection::vec(prop::option::of(any::<bool>()), 0..6),
        hazard in any::<bool>(),
    ) {
        let kind = if hazard { "hazard" } else { "request" };
        let mut story = handled("c-1", kind, "plain");
        for (number, is_temporary) in done.iter().enumerate() {
            let proposed = || propose(&number.to_string(), "cleaning");
            story.push(is_temporary.map_or_else(proposed, mitigate));
        }
        let is_temporary = done.iter().rev().find_map(|done| *done) == Some(true);
        for manner in [json!("fixed"), json!("not_responsible")] {
            let asked = command("resolve_case", json!({ "manner": manner }));
            let refused = given(story.clone()).when(asked).err();
            let is_refused = refused == Some(Refusal::OnlyTemporary);
            prop_assert_eq!(is_refused, hazard && is_temporary);
            let still_mitigated = done.last() == Some(&Some(true));
            prop_assert_eq!(refused.is_some(), is_refused || still_mitigated);
        }
    }

    /// C6: a nuisance is resolved only by what was put in place, observed for as long as the rule
    /// says, and seen to help since the newest report; what is closed was resolved, withdrawn or
    /// referred. And what was seen to help is enough.
    #[test]
    fn a_nuisance_is_resolved_only_by_what_was_seen_to_help(
        asked in prop::collection::vec(attempts(), 0..50),
    ) {
        const DAYS: i64 = 7;
        let story = handled("c-1", "nuisance", "strict");
        let mut given = given(with(story, vec![photo("now", "after", Some(30 * DAY))]));
        for command in asked {
            let helped = helped_for(&given.story);
            prop_assert!(helped.is_none_or(|days| days >= DAYS), "seen for {helped:?} days");
            let resolves = matches!(command, Command::ResolveCase { .. });
            match given.then(command) {
                Ok(_) if resolves => prop_assert!(helped.is_some()),
                Err(Refusal::NoEffectiveIntervention) => prop_assert!(helped.is_none()),
                _ => {}
            }
        }
        let mut is_resolved = false;
        for happened in events_of(&given.story, "c-1") {
            match &happened.event {
                Event::CaseResolved { .. } => is_resolved = true,
                Event::ReporterDisputed { .. } | Event::CaseReopened { .. } => is_resolved = false,
                Event::CaseClosed { .. } => prop_assert!(is_resolved),
                _ => {}
            }
        }
    }

    /// That something helps is said after the observation period, in place and not ahead; that it
    /// does not help, at any time.
    #[test]
    fn help_is_observed_first(
        applied in 0_i64..5, from in 0_i64..12, until in 0_i64..20, on in 5_i64..20,
        verdict in prop::sample::select(vec!["effective", "partly", "ineffective", "abandoned"]),
    ) {
        let mut story = handled("c-1", "nuisance", "strict");
        story.extend([propose("net", "net"), apply("net", applied)]);
        let observed = until.min(on) - from.max(applied);
        let helps = verdict == "effective" || verdict == "partly";
        let refused = (helps && observed < 7).then_some(Refusal::ObservedTooShort { days_n: 7 });
        prop_assert_eq!(given(story).when(assess("net", verdict, on, from, until)).err(), refused);
    }

    /// One thing is on trial at a time: of two nobody could tell which one helped.
    #[test]
    fn one_thing_is_on_trial_at_a_time(asked in prop::collection::vec(attempts(), 0..50)) {
        let mut given = given(handled("c-1", "nuisance", "plain"));
        for command in asked {
            let _ = given.then(command);
            let tried = &super::case(&given, "c-1").interventions;
            prop_assert!(tried.values().filter(|tried| tried.is_on_trial()).count() <= 1);
        }
    }

    /// Whoever is called in vain as often as the rule says is unreachable, never satisfied; who was
    /// reached, or cannot be called, closes a case as it was resolved.
    #[test]
    fn a_reporter_is_called_before_a_case_closes(
        calls in prop::collection::vec(0_usize..4, 0..4), confirmed in any::<bool>(),
        known in any::<bool>(),
    ) {
        let outcomes = ["answered", "no_answer", "refused", "wrong_number"];
        let mut story = handled("c-1", "request", "strict");
        if !known {
            story[0] = super::open("c-1", "request", None);
        }
        story.push(photo("now", "after", Some(5)));
        // Before it is resolved a call says nothing of the solution.
        story.extend([call("answered"), call("no_answer"), resolve("c-1", &["now"])]);
        story.extend(calls.iter().map(|outcome| call(outcomes[*outcome])));
        if confirmed {
            story.push(command("confirm_resolution", json!({})));
        }
        let was_reached = confirmed || calls.iter().any(|outcome| [0, 2].contains(outcome));
        let given = given(story);
        let expected = match u32::try_from(calls.len()).expect("few") {
            _ if !known || was_reached => Ok(How::Fixed),
            attempts_n if attempts_n < 2 => {
                Err(Refusal::CallbacksMissing { attempts_n, of_n: 2 })
            }
            _ => Ok(How::Unreachable),
        };
        let closed = given.when(close("c-1")).map(|mut events| match events.remove(0).event {
            Event::CaseClosed { how, .. } => how,
            other => panic!("{other:?}"),
        });
        prop_assert_eq!(closed, expected);
    }

    /// The clock of a case pauses only for the causes that its rule names.
    #[test]
    fn a_clock_pauses_only_for_what_its_rule_names(
        strict in any::<bool>(), cause in prop::sample::select(vec!["waits_for_maker", "holiday"]),
        published in any::<bool>(),
    ) {
        let sla_rule = if strict { "strict" } else { "plain" };
        let mut given = given(handled("c-1", "request", sla_rule));
        if !published {
            given.registered.rules.clear();
        }
        let is_named = published && strict && cause == "waits_for_maker";
        let refused = Refusal::PauseNotInRule { sla_rule: sla_rule.to_owned() };
        let paused = given.when(super::pause(cause));
        prop_assert_eq!(paused.err(), (!is_named).then_some(refused));
    }
}

/// What helped before it came back does not help any more.
#[test]
fn what_came_back_has_to_be_helped_anew() {
    let mut given = given(with(handled("c-1", "nuisance", "plain"), vec![propose("net", "net")]));
    for told in [apply("net", 1), assess("net", "effective", 9, 1, 9), resolve("c-1", &[])] {
        given.then(told).expect("allowed");
    }
    assert_eq!(super::case(&given, "c-1").solution, Some(Solution::Fixed));
    for told in [close("c-1"), reopen("c-1"), super::assign("c-1", "plain"), respond("c-1")] {
        given.then(told).expect("allowed");
    }
    assert_eq!(given.when(resolve("c-1", &[])), Err(Refusal::NoEffectiveIntervention));
    let opened = super::case(&given, "c-1").opened.as_ref().expect("opened");
    assert_eq!((opened.kind, opened.at), (Kind::Nuisance, minute(0)));
    assert!(day(9) > day(1));
}
