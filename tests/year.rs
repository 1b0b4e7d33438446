//! A year of a whole community, as large as that of the seed, folds into every view in one pass,
//! and what the views say of the same agrees.
//!
//! Keeps away: a view that counts twice, leaves out, or looks elsewhere than its neighbour; one
//! that says something else when it is kept and goes on.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use linli::journal::{Query, ReadOptions};
use linli::ledger::{Authority, Ledger};
use linli::privacy::MemoryKeyring;
use linli::programmes::Event as Programme;
use linli::registry::State as Registry;
use linli::services::Event as Clinic;
use linli::views::programmes::Period;
use linli::views::{AllViews, Questions};
use linli::{CaseHandling, Event, Evolve, Happened, Minutes, Timestamp, Window, Zone};
use linli_demo::{POINTS, Year};
use linli_sqlite::SqliteStore;

/// Noon of 28 February 2022, when the year is over.
const REPORT: Timestamp = Timestamp(1_646_020_800_000_000);

/// Every event of the year: each has passed the rules.
static EVENTS: LazyLock<Vec<Happened<Event>>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(folder.path().join("year.db")).expect("a journal");
    let keyring = Arc::new(MemoryKeyring::for_tests());
    let ledger = Ledger::new(store, Authority::local_operator()).with_keyring(keyring);
    for group in Year::of_size(1).groups().expect("a year") {
        let group = group.expect("requests");
        for answer in ledger.execute_group_blocking("operator", group).expect("executed") {
            answer.expect("no rule is against it");
        }
    }
    let mut events = Vec::new();
    ledger
        .each("operator", Query::all(), ReadOptions::forwards(), |_, told| events.push(told))
        .expect("the journal is read");
    events
});

static VIEWS: LazyLock<AllViews> = LazyLock::new(|| {
    let mut views = asked();
    for happened in EVENTS.iter() {
        views.evolve(happened);
    }
    views
});

/// All views at the end of the year, before any event.
fn asked() -> AllViews {
    AllViews::of(&Questions {
        day: "2022-02-28".parse().expect("a day"),
        at: (REPORT, Zone::Asia__Shanghai),
        card: "card-002".parse().expect("a card"),
        handling: ("2018-1".into(), CaseHandling::default()),
    })
}

fn year() -> Period {
    let [from_on, until_on] = ["2021-03-01", "2022-03-01"].map(|day| day.parse().expect("a day"));
    Period { from_on, until_on }
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    for happened in EVENTS.iter().cloned().filter_map(Happened::registry) {
        registry.evolve(&happened);
    }
    registry
}

#[test]
fn the_year_is_as_large_as_the_seed_tells() {
    let (views, registry) = (&*VIEWS, registry());
    let times = views.programmes.person_times(year(), &registry.registered);
    let children = views.programmes.children_distinct(year(), &registry.registered);
    assert_eq!(views.points.count(), POINTS as usize);
    assert_eq!(views.volunteers_active.count(&registry.registered), 42);
    assert_eq!(views.projects_active.count(), 12);
    assert_eq!(children.count(), 158);
    assert_eq!(times.in_windows(&[Window::Summer, Window::Weekend]), 4_630);
    assert_eq!(times.in_windows(&[Window::Winter]), 800);
    assert_eq!(views.sessions.iter().count(), 12 * POINTS as usize);
    assert!(views.disputes.iter().count() > 20 && views.cases.iter().count() > 100);
    assert!(views.services.home_visits().completed_n > 0);
    assert!(views.services.clinic_sessions().len() > 100);
}

#[test]
fn every_context_tells_and_every_view_has_something_to_say() {
    let contexts: BTreeSet<String> = EVENTS
        .iter()
        .map(|happened| format!("{:?}", happened.event))
        .map(|event| event.split('(').next().unwrap_or_default().to_owned())
        .collect();
    // What the policies do is no part of the year: nobody ran them.
    let expected =
        ["Cases", "Charging", "Disputes", "Programmes", "Registry", "Services", "Volunteering"];
    assert_eq!(contexts, expected.map(str::to_owned).into());
    let before = asked();
    for ((name, before), (_, after)) in before.by_name().into_iter().zip(VIEWS.by_name()) {
        // Nobody was awarded a star in the year, and no certificate was issued.
        let is_quiet = ["star_levels", "certificate_check"].contains(&name);
        assert!(is_quiet || format!("{before:?}") != format!("{after:?}"), "{name}");
    }
}

#[test]
fn attendances_add_up_however_they_are_parted() {
    let registry = registry();
    let times = VIEWS.programmes.person_times(year(), &registry.registered);
    let signed_in = EVENTS.iter().filter(|happened| {
        matches!(happened.event, Event::Programmes(Programme::ChildSignedIn { .. }))
    });
    assert_eq!(times.count(), signed_in.count() as u64);
    assert_eq!(times.by_window().values().sum::<u64>(), times.count());
    assert_eq!(times.by_grade().values().sum::<u64>(), times.count());
    assert_eq!(times.by_programme().values().sum::<u64>(), times.count());
    let children = VIEWS.programmes.children_distinct(year(), &registry.registered);
    assert!(children.count() <= times.count());
    let held = VIEWS.programmes.activities();
    assert_eq!(held.by_kind().values().sum::<u64>(), held.count());
    assert_eq!(held.by_year().values().sum::<u64>(), held.count());
}

#[test]
fn hours_and_services_add_up_however_they_are_parted() {
    let views = &*VIEWS;
    let rows = views.volunteer_hours.rows();
    let people: BTreeSet<_> = rows.keys().map(|(person, ..)| *person).collect();
    let by_month: Minutes = rows.values().copied().sum();
    let by_person: Minutes = people.iter().map(|person| views.volunteer_hours.of(person)).sum();
    assert!(by_month > Minutes::default());
    assert_eq!(by_month, by_person);
    let turnout = views.shift_no_show_rate.turnout();
    // Two hours for each who came, and nobody adjusted any.
    assert_eq!(u64::from(by_month.0), 120 * turnout.came_n);
    let rate = views.shift_no_show_rate.rate();
    assert_eq!((rate.counted_n, rate.of_n), (turnout.absent_n, turnout.came_n + turnout.absent_n));
    let served: u64 = views.services_rendered.by_project().into_values().sum();
    assert_eq!(served, views.services_rendered.count());
    assert_eq!(served, views.beneficiaries.unnamed_n());
    assert_eq!(views.project_growth.count_on(year().until_on), views.projects_active.count());
    let (share, registered) = (&views.party_member_share, &registry().registered);
    let (unknown, active) =
        (share.unknown_n(registered), views.volunteers_active.count(registered));
    assert_eq!(share.rate(registered).of_n + unknown as u64, active as u64);
}

#[test]
fn rates_are_of_the_same_cases_disputes_and_doses() {
    let views = &*VIEWS;
    let disputes = views.disputes.iter().count() as u64;
    assert_eq!(views.acceptance_rate.rate().of_n, disputes);
    assert_eq!(views.days_to_agreement.agreed().of_n, disputes);
    let agreed = views.days_to_agreement.agreed().counted_n;
    assert!(agreed > 0 && agreed <= views.acceptance_rate.rate().counted_n);
    let cases = views.cases.iter().count() as u64;
    assert_eq!(views.cases.counts().values().sum::<u64>(), cases);
    let members: usize = views.cases.groups().map(|group| group.members.len()).sum();
    assert_eq!(members as u64, cases);
    let (groups, rated) = (views.cases.groups().count(), views.cases.rated().count());
    assert_eq!(views.time_to_first_response.answered().of_n, groups as u64);
    assert_eq!(views.time_to_resolution.closed().of_n, rated as u64);
    // Without a rule no case has a limit.
    assert_eq!(views.response_rate.without_limit_n(), rated);
    assert!(views.solution_rate.rate().of_n <= views.callback_coverage.rate().counted_n);
    let doses = views.services.doses().len() as u64;
    let by_day: u64 =
        views.services.doses_by_day().values().flat_map(|numbers| numbers.values()).sum();
    assert_eq!(by_day, doses);
    let given = EVENTS.iter().filter(|happened| {
        matches!(happened.event, Event::Services(Clinic::DoseAdministered { .. }))
    });
    assert_eq!(doses, given.count() as u64);
}

#[test]
fn who_kept_the_views_and_went_on_is_told_what_the_whole_year_tells() {
    let mut kept = asked();
    for part in EVENTS.chunks(EVENTS.len().div_ceil(5)) {
        for happened in part {
            kept.evolve(happened);
        }
        kept = kept.clone();
    }
    for ((name, kept), (_, whole)) in kept.by_name().into_iter().zip(VIEWS.by_name()) {
        assert!(format!("{kept:?}") == format!("{whole:?}"), "{name}");
    }
}
