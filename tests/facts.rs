//! The numbers of the seed story come out of its events: for each fact one edited event flips it,
//! and what depends on it, and nothing else.
//!
//! Keeps away: a fact that is a constant, and one that looks at another community or another year.

use std::collections::BTreeSet;

use linli::cases::{Event as Case, Room, Verdict};
use linli::charging::Event as Charging;
use linli::disputes::Event as Dispute;
use linli::journal::{Query, ReadOptions};
use linli::ledger::{Authority, Ledger};
use linli::programmes::{Answer, Event as Programme};
use linli::registry::Event as Registry;
use linli::services::Event as Clinic;
use linli::views::Facts;
use linli::volunteering::Event as Volunteering;
use linli::{Event, Evolve, Happened, RuleSet, Timestamp};
use linli_sqlite::SqliteStore;

use crate::program::json;

const DAY: i64 = 86_400_000_000;
const HALF_AN_HOUR: i64 = 1_800_000_000;
/// Noon of 5 March 2022, when the report was over.
const AFTERWARDS: Timestamp = Timestamp(1_646_452_800_000_000);

/// Changes an event, if it is the one that is meant.
type Edit = fn(&mut Happened<Event>) -> bool;

/// The fact that an edit is made for, the facts that it flips, the edit.
const EDITS: &[(&str, &[&str], Edit)] = &[
    ("F01", &["F01"], a_third_dose_was_a_second),
    ("F02", &["F02"], the_first_session_gave_third_doses),
    ("F03", &["F03"], a_session_was_a_day_later),
    ("F04", &["F04"], a_session_closed_later),
    ("F05", &["F05"], the_home_visit_came_later),
    ("F06", &["F06"], a_point_came_later),
    ("F07", &["F07", "F27"], the_tariff_was_dearer),
    ("F08", &["F08"], a_charger_was_farther),
    ("F09", &["F09"], one_visitor_more_came),
    ("F10", &["F10"], a_room_was_on_another_floor),
    ("F11", &["F11"], a_volunteer_came_later),
    ("F12", &["F12"], a_project_came_later),
    ("F13", &["F13"], the_troupe_is_older),
    ("F14", &["F14"], a_group_is_of_no_troupe),
    ("F15", &["F15"], an_activity_was_held_later),
    ("F16", &["F16"], the_idea_is_of_another_year),
    ("F17", &["F17"], a_class_began_later),
    ("F18", &["F18"], a_parent_joined_later),
    ("F19", &["F19"], the_fifth_grader_was_in_the_fourth),
    ("F20", &["F20", "F26"], another_child_signed_in),
    ("F21", &["F21", "F26"], a_summer_child_came_on_a_weekday),
    ("F22", &["F22", "F26"], a_winter_child_came_on_a_weekday),
    ("F23", &["F23"], the_year_is_longer),
    ("F24", &["F09", "F10", "F24"], the_visit_came_a_day_earlier),
    ("F25", &["F25"], the_owner_was_sought_later),
    ("F27", &["F27"], a_bill_is_higher),
    ("F28", &["F28"], another_room_was_measured),
    ("F29", &["F29"], the_plants_helped_in_part),
];

fn a_third_dose_was_a_second(happened: &mut Happened<Event>) -> bool {
    let day = happened.at.to_string().starts_with("2022-02-27");
    match &mut happened.event {
        Event::Services(Clinic::DoseAdministered { dose_no, .. }) if day && *dose_no == 3 => {
            *dose_no = 2;
            true
        }
        _ => false,
    }
}

fn the_first_session_gave_third_doses(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Services(Clinic::ClinicSessionPlanned { opens_at, dose_nos, .. })
            if opens_at.to_string().starts_with("2022-02-15") =>
        {
            *dose_nos = vec![3];
            true
        }
        _ => false,
    }
}

/// The opening and closing of the session of 18 February.
fn hours(happened: &mut Happened<Event>) -> Option<[&mut Timestamp; 2]> {
    match &mut happened.event {
        Event::Services(Clinic::ClinicSessionPlanned { opens_at, closes_at, .. })
            if opens_at.to_string().starts_with("2022-02-18") =>
        {
            Some([opens_at, closes_at])
        }
        _ => None,
    }
}

fn a_session_was_a_day_later(happened: &mut Happened<Event>) -> bool {
    let Some(hours) = hours(happened) else { return false };
    for at in hours {
        at.0 += DAY;
    }
    true
}

fn a_session_closed_later(happened: &mut Happened<Event>) -> bool {
    let Some([_, closes_at]) = hours(happened) else { return false };
    closes_at.0 += HALF_AN_HOUR;
    true
}

/// Dates an event after the report, where it is the one that is meant.
fn later(happened: &mut Happened<Event>, is_meant: fn(&Event) -> bool) -> bool {
    let is_meant = is_meant(&happened.event);
    if is_meant {
        happened.at = AFTERWARDS;
    }
    is_meant
}

fn the_home_visit_came_later(happened: &mut Happened<Event>) -> bool {
    later(happened, |event| matches!(event, Event::Services(Clinic::HomeVisitCompleted { .. })))
}

fn a_point_came_later(happened: &mut Happened<Event>) -> bool {
    later(happened, |event| {
        matches!(event, Event::Charging(Charging::ConnectorCommissioned { .. }))
    })
}

fn the_tariff_was_dearer(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Charging(Charging::TariffPublished { content, .. }) => {
            let dearer = content.replace("0.66", "0.67");
            let is_meant = dearer != *content;
            *content = dearer;
            is_meant
        }
        _ => false,
    }
}

fn a_charger_was_farther(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Programmes(Programme::SurveyAnswered { answers, .. }) => {
            let farther = Answer::Number(2_500);
            answers.insert("nearest_charger_m".to_owned(), farther).is_some()
        }
        _ => false,
    }
}

fn one_visitor_more_came(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Programmes(Programme::VisitReceived { headcount_n, .. }) => {
            *headcount_n += 1;
            true
        }
        _ => false,
    }
}

fn a_room_was_on_another_floor(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Programmes(Programme::VisitStopMade { floor_n, .. }) => {
            *floor_n = Some(4);
            true
        }
        _ => false,
    }
}

fn a_volunteer_came_later(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Volunteering(Volunteering::MembershipStarted { valid_from, .. }) => {
            *valid_from = "2022-03-05".parse().expect("a day");
            true
        }
        _ => false,
    }
}

fn a_project_came_later(happened: &mut Happened<Event>) -> bool {
    later(happened, |event| {
        matches!(event, Event::Volunteering(Volunteering::ProjectLaunched { .. }))
    })
}

fn the_troupe_is_older(happened: &mut Happened<Event>) -> bool {
    let is_meant = matches!(happened.event, Event::Programmes(Programme::TroupeFounded { .. }));
    if is_meant {
        happened.at.0 -= 400 * DAY;
    }
    is_meant
}

fn a_group_is_of_no_troupe(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Programmes(Programme::GroupFormed { troupe_id, .. }) => troupe_id.take().is_some(),
        _ => false,
    }
}

fn an_activity_was_held_later(happened: &mut Happened<Event>) -> bool {
    later(happened, |event| match event {
        Event::Programmes(Programme::ActivityHeld { activity_id, .. }) => {
            activity_id.as_str() == "activity-003"
        }
        _ => false,
    })
}

fn the_idea_is_of_another_year(happened: &mut Happened<Event>) -> bool {
    let is_meant = matches!(happened.event, Event::Programmes(Programme::IdeaSubmitted { .. }));
    if is_meant {
        happened.at.0 -= 365 * DAY;
    }
    is_meant
}

fn a_class_began_later(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Programmes(Programme::ClassScheduled { class_id, starts_at, .. })
            if class_id.as_str() == WEEKDAY =>
        {
            starts_at.0 += HALF_AN_HOUR;
            true
        }
        _ => false,
    }
}

fn a_parent_joined_later(happened: &mut Happened<Event>) -> bool {
    later(happened, |event| match event {
        Event::Programmes(Programme::GroupJoined { group_id, .. }) => {
            group_id.as_str() == "parents"
        }
        _ => false,
    })
}

fn the_fifth_grader_was_in_the_fourth(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Programmes(Programme::ChildEnrolled { programme_id, grade_n, .. })
            if *grade_n == 5 && programme_id.as_str() == "half-past-four" =>
        {
            *grade_n = 4;
            true
        }
        _ => false,
    }
}

const WEEKDAY: &str = "half-past-four-2021-04-01";

/// Whose sign-in to which class it is, where the class begins so.
fn sign_in<'a>(
    happened: &'a mut Happened<Event>,
    class: &str,
) -> Option<(&'a mut linli::ClassId, &'a mut linli::PersonRef)> {
    match &mut happened.event {
        Event::Programmes(Programme::ChildSignedIn { class_id, child_ref, .. })
            if class_id.as_str().starts_with(class) =>
        {
            Some((class_id, child_ref))
        }
        _ => None,
    }
}

fn another_child_signed_in(happened: &mut Happened<Event>) -> bool {
    let Some((_, child)) = sign_in(happened, WEEKDAY) else { return false };
    *child = "p-child-999".parse().expect("a child");
    true
}

fn comes_on_a_weekday(happened: &mut Happened<Event>, class: &str) -> bool {
    let Some((class, _)) = sign_in(happened, class) else { return false };
    *class = WEEKDAY.parse().expect("a class");
    true
}

fn a_summer_child_came_on_a_weekday(happened: &mut Happened<Event>) -> bool {
    comes_on_a_weekday(happened, "young-eagles-2021-07-20")
}

fn a_winter_child_came_on_a_weekday(happened: &mut Happened<Event>) -> bool {
    comes_on_a_weekday(happened, "young-eagles-2022-01-20")
}

fn the_year_is_longer(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Registry(Registry::CalendarPublished { published }) => {
            let RuleSet::SchoolCalendar(calendar) = &mut published.rule else { return false };
            calendar.year.1 = "2022-03-02".parse().expect("a day");
            true
        }
        _ => false,
    }
}

fn the_visit_came_a_day_earlier(happened: &mut Happened<Event>) -> bool {
    let is_meant = matches!(happened.event, Event::Programmes(Programme::VisitReceived { .. }));
    if is_meant {
        happened.at.0 -= DAY;
    }
    is_meant
}

fn the_owner_was_sought_later(happened: &mut Happened<Event>) -> bool {
    let is_meant = matches!(happened.event, Event::Disputes(Dispute::PartySought { .. }));
    if is_meant {
        happened.at.0 += DAY;
    }
    is_meant
}

fn a_bill_is_higher(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Charging(Charging::BillRecorded { session, amount, .. })
            if session.as_str() == of_the_card() =>
        {
            "99.00".clone_into(amount);
            true
        }
        _ => false,
    }
}

/// A session of the card whose bills are added up, in the demo of 300 sessions.
fn of_the_card() -> &'static str {
    SESSION.get().expect("it was looked up")
}

static SESSION: std::sync::OnceLock<String> = std::sync::OnceLock::new();

fn another_room_was_measured(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Cases(Case::SiteMeasured { room, .. }) => {
            *room = Room::LivingRoom;
            true
        }
        _ => false,
    }
}

fn the_plants_helped_in_part(happened: &mut Happened<Event>) -> bool {
    match &mut happened.event {
        Event::Cases(Case::PastInterventionRecorded { verdict, .. }) => {
            *verdict = Verdict::Partly;
            true
        }
        _ => false,
    }
}

/// The facts that do not hold.
fn missed(events: &[Happened<Event>]) -> BTreeSet<&'static str> {
    let mut facts = Facts::default();
    for happened in events {
        facts.evolve(happened);
    }
    assert_eq!(facts.list().len(), 29);
    facts.list().into_iter().filter(|fact| !fact.holds).map(|fact| fact.id).collect()
}

fn told() -> Vec<Happened<Event>> {
    let folder = tempfile::tempdir().expect("a folder");
    json(folder.path(), 0, &["demo", "--sessions", "300", "--quiet"]);
    let store = SqliteStore::open(folder.path().join("linli.db")).expect("the journal opens");
    let ledger = Ledger::new(store, Authority::read_only());
    let mut events = Vec::new();
    ledger
        .each("analyst", Query::all(), ReadOptions::forwards(), |_, told| events.push(told))
        .expect("the journal is read");
    events
}

#[test]
fn one_edited_event_flips_a_fact_and_what_depends_on_it() {
    let events = told();
    assert_eq!(missed(&events), BTreeSet::new());
    let card = events.iter().find_map(|happened| match &happened.event {
        Event::Charging(Charging::SessionStarted { session, card: Some(card), .. }) => {
            (card.as_str() == "card-002").then(|| session.to_string())
        }
        _ => None,
    });
    SESSION.set(card.expect("the card was used")).expect("once");
    for (fact, flipped, edit) in EDITS {
        let mut edited = events.clone();
        assert!(edited.iter_mut().rev().any(edit), "{fact}: no event is meant");
        assert_eq!(missed(&edited), flipped.iter().copied().collect(), "{fact}");
    }
}
