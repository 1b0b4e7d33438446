//! One law over all views: a view is a fold. Thrown away and folded again it is the same, whatever
//! was told, in whatever order, and however often it was asked on the way.

use std::sync::LazyLock;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::Value;

use super::{AllViews, Questions};
use crate::codec::tests::samples;
use crate::domain::{CaseHandling, Event, Evolve, Happened, Scope, Timestamp, Zone};
use crate::views::tests::{course, story};

const ZONE: Zone = Zone::Asia__Shanghai;
const DAY_US: i64 = 86_400_000_000;
/// Noon of 1 February 2022.
const NOON: i64 = 1_643_688_000_000_000;
const SCOPES: [&str; 3] = ["xuzhuang", "xuzhuang/yujing", "xuzhuang/jingjia"];

/// One event of every type, told of three neighbourhoods whose names differ.
static TOLD: LazyLock<Vec<[Event; 3]>> = LazyLock::new(|| {
    let of_three = |one: Event| ["", "-2", "-3"].map(|other| renamed(&one, other));
    samples().into_iter().map(of_three).collect()
});
/// Types that stand side by side belong together; a journal is of so many of them.
const TYPES: usize = 30;

/// The event with another name of each thing that it names.
fn renamed(event: &Event, other: &str) -> Event {
    let mut told = serde_json::to_value(event).expect("an event as JSON");
    rename(&mut told, other);
    serde_json::from_value(told).expect("an event from JSON")
}

fn rename(told: &mut Value, other: &str) {
    match told {
        Value::Array(list) => list.iter_mut().for_each(|one| rename(one, other)),
        Value::Object(fields) => {
            for (field, value) in fields {
                let names = field.ends_with("_id") || field.ends_with("_ref");
                match value {
                    Value::String(name) if names || field == "session" => name.push_str(other),
                    deeper => rename(deeper, other),
                }
            }
        }
        _ => {}
    }
}

/// A journal that no desk would write: events of some types in any order and at any time, and
/// disputes as they go.
fn journal() -> impl Strategy<Value = Vec<Happened<Event>>> {
    let one = (0..TYPES, 0_usize..3, 0_i64..60 * 24, 0..SCOPES.len());
    let any = (0..TOLD.len(), prop::collection::vec(one, 0..120));
    (any, prop::collection::vec(course(), 0..4)).prop_map(|((first, told), courses)| {
        let told = told.into_iter().map(|(number, of, hours, scope)| {
            let at = Timestamp(NOON + hours * DAY_US / 24);
            let scope: Scope = SCOPES[scope].parse().expect("a scope");
            let event = TOLD[(first + number) % TOLD.len()][of].clone();
            Happened { scope, ..Happened::at(at, ZONE, event) }
        });
        told.chain(story(&courses)).collect()
    })
}

/// The views at the end of a day of that February or March.
fn views(days: i64) -> AllViews {
    let at = Timestamp(NOON + days * DAY_US);
    AllViews::of(&Questions {
        day: at.local_date(ZONE).expect("a day"),
        at: (at, ZONE),
        card: "c-0042".parse().expect("a card"),
        handling: ("2022-1".into(), CaseHandling::default()),
    })
}

fn folded(mut views: AllViews, journal: &[Happened<Event>]) -> AllViews {
    for happened in journal {
        views.evolve(happened);
    }
    views
}

/// The views that say something else, by name.
fn differing(one: &AllViews, other: &AllViews) -> Vec<&'static str> {
    let both = one.by_name().into_iter().zip(other.by_name());
    let differs = both.filter(|((_, one), (_, other))| format!("{one:?}") != format!("{other:?}"));
    differs.map(|((name, _), _)| name).collect()
}

/// The views that know of no day: what is handed in is what they answer by.
const BY_WHAT_IS_HANDED_IN: &[&str] = &[
    "card_bills",
    "corrections",
    "double_presence",
    "sessions",
    "programmes",
    "services",
    "project_growth",
    "projects_active",
];
/// A membership holds from the day that it names, whenever it was told.
const BY_THE_DAY_THAT_IS_NAMED: &[&str] = &["party_member_share", "volunteers_active"];
/// These have a day of their own: the report's.
const BY_THEIR_OWN_DAY: &[&str] = &["facts", "tariff_in_force"];

proptest! {
    /// Rebuilt is incremental: whoever keeps a view, asks it, and goes on later with what came
    /// since, is told what the whole journal tells.
    #[test]
    fn rebuilt_is_incremental(
        journal in journal(), days in 0_i64..60, cuts in prop::collection::vec(0_usize..160, 0..4),
    ) {
        let mut kept = views(days);
        for (number, happened) in journal.iter().enumerate() {
            if cuts.contains(&number) {
                let _ = format!("{kept:?}");
                kept = kept.clone();
            }
            kept.evolve(happened);
        }
        let rebuilt = folded(views(days), &journal);
        prop_assert_eq!(differing(&kept, &rebuilt), Vec::<&str>::new());
    }

    /// No later event changes an answer known earlier: what was kept at a position is what the
    /// journal up to that position tells.
    #[test]
    fn what_was_known_stays_known(journal in journal(), days in 0_i64..60, cut in 0_usize..160) {
        let (before, after) = journal.split_at(cut.min(journal.len()));
        let known = folded(views(days), before);
        let _ = folded(known.clone(), after);
        prop_assert_eq!(differing(&known, &folded(views(days), before)), Vec::<&str>::new());
    }

    /// As of a day is as if no more had been handed in than had happened by its end.
    #[test]
    fn as_of_a_day_is_what_had_happened_by_then(journal in journal(), days in 0_i64..60) {
        let day: Option<NaiveDate> = Timestamp(NOON + days * DAY_US).local_date(ZONE);
        let mut by_then = journal.clone();
        by_then.retain(|happened| happened.had_happened_by(day));
        let (asked, filtered) = (folded(views(days), &journal), folded(views(days), &by_then));
        let mut differing = differing(&asked, &filtered);
        let may = [BY_WHAT_IS_HANDED_IN, BY_THE_DAY_THAT_IS_NAMED, BY_THEIR_OWN_DAY].concat();
        differing.retain(|name| !may.contains(name));
        prop_assert_eq!(differing, Vec::<&str>::new());
    }
}
