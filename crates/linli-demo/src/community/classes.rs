//! The classes: half past four on weekdays, and the holiday class; 158 children of grades 1 to 5.
//!
//! 20 winter classes of 40 children are 800 person-times; 40 summer classes of 80 and 26 Saturdays
//! of 55 are 4,630. Weekday classes are in neither figure.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use linli::Command;
use serde_json::json;

use super::of;
use crate::Unmade;
use crate::story::{JINGJIA, Story, XUZHUANG, told};

const CHILDREN: usize = 158;
const PARENTS: usize = 31;
/// Whose the programme of weekdays is, and of the holidays.
const WEEKDAYS: &str = "half-past-four";
const HOLIDAYS: &str = "young-eagles";
const A_REQUEST: usize = 40;

/// A run of classes: from which day, which days, how many, and how many children in each.
struct Run {
    programme: &'static str,
    from: (i32, u32, u32),
    holds: fn(NaiveDate) -> bool,
    classes_n: usize,
    children_n: usize,
}

const RUNS: [Run; 5] = [
    Run {
        programme: HOLIDAYS,
        from: (2021, 3, 6),
        holds: is_free_saturday,
        classes_n: 17,
        children_n: 55,
    },
    Run {
        programme: WEEKDAYS,
        from: (2021, 4, 1),
        holds: is_weekday,
        classes_n: 12,
        children_n: 10,
    },
    Run { programme: HOLIDAYS, from: (2021, 7, 12), holds: is_any, classes_n: 40, children_n: 80 },
    Run {
        programme: HOLIDAYS,
        from: (2021, 9, 4),
        holds: is_free_saturday,
        classes_n: 9,
        children_n: 55,
    },
    Run {
        programme: HOLIDAYS,
        from: (2022, 1, 17),
        holds: is_weekday,
        classes_n: 20,
        children_n: 40,
    },
];

fn is_any(_: NaiveDate) -> bool {
    true
}

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// A Saturday on which there is no school; the make-up days are those of the calendar.
fn is_free_saturday(day: NaiveDate) -> bool {
    let make_up = [(2021, 5, 8), (2021, 9, 18), (2021, 10, 9)];
    let is_make_up = make_up.contains(&(day.year(), day.month(), day.day()));
    day.weekday() == Weekday::Sat && !is_make_up
}

pub(super) fn groups() -> Result<Vec<Vec<Story>>, Unmade> {
    let mut groups = vec![vec![of(JINGJIA, "programmes", opened()?)]];
    let numbers: Vec<usize> = (0..CHILDREN).collect();
    for (number, some) in numbers.chunks(A_REQUEST).enumerate() {
        let registered = some.iter().map(|child| family(*child)).collect::<Result<Vec<_>, _>>()?;
        let enrolled = some.iter().map(|child| enrolled(*child)).collect::<Result<Vec<_>, _>>()?;
        let id = |what: &str| format!("{what}-{number}");
        groups.push(vec![of(XUZHUANG, id("families"), registered.concat())]);
        groups.push(vec![of(JINGJIA, id("enrolments"), enrolled.concat())]);
    }
    groups.push(vec![of(JINGJIA, "parents", parents()?)]);
    let mut first = 0_usize;
    for run in &RUNS {
        let mut classes = Vec::new();
        for on in days(run) {
            let id = format!("{}-{on}", run.programme);
            classes.push(of(JINGJIA, &id, class(run, on, first)?));
            first = first.saturating_add(run.children_n);
        }
        groups.push(classes);
    }
    // One class of the weekdays lies on a Saturday on which there is school.
    let make_up = NaiveDate::from_ymd_opt(2021, 5, 8).unwrap_or_default();
    let run = Run {
        programme: WEEKDAYS,
        from: (2021, 5, 8),
        holds: is_any,
        classes_n: 1,
        children_n: 10,
    };
    let id = format!("{WEEKDAYS}-{make_up}");
    groups.push(vec![of(JINGJIA, &id, class(&run, make_up, first)?)]);
    Ok(groups)
}

fn days(run: &Run) -> impl Iterator<Item = NaiveDate> {
    let (year, month, day) = run.from;
    let first = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    first.iter_days().filter(|day| (run.holds)(*day)).take(run.classes_n)
}

fn opened() -> Result<Vec<Command>, Unmade> {
    let open = |programme: &str| {
        let fields = json!({"programme_id": programme, "at": "2020-09-01T08:00:00+08:00",
            "grade_min": 1, "grade_max": 5, "capacity_n": 200, "children_per_adult_max": 40});
        told("open_programme", fields)
    };
    Ok(vec![open(WEEKDAYS)?, open(HOLIDAYS)?])
}

fn child(number: usize) -> String {
    format!("p-child-{:03}", number.saturating_add(1))
}

fn guardian(number: usize) -> String {
    format!("p-guardian-{:03}", number.saturating_add(1))
}

/// The first child alone is in grade 5, the others in grades 1 to 4.
fn grade(number: usize) -> usize {
    if number == 0 { 5 } else { number.rem_euclid(4).saturating_add(1) }
}

/// A child, its guardian, and the consent.
fn family(number: usize) -> Result<Vec<Command>, Unmade> {
    let (child, guardian, at) = (child(number), guardian(number), "2020-09-01T08:30:00+08:00");
    let consent = json!({
        "consent_id": format!("consent-{child}"), "at": at, "subject_ref": child,
        "given_by_ref": guardian, "capacity": "guardian", "purposes": ["programme"],
        "is_separate": true, "valid_from": "2020-09-01",
    });
    let relation = json!({"a_ref": guardian, "b_ref": child, "kind": "guardian", "at": at,
        "valid_from": "2015-01-01"});
    Ok(vec![
        told("register_person", json!({"person_ref": child, "at": at}))?,
        told("register_person", json!({"person_ref": guardian, "at": at}))?,
        told("record_relation", relation)?,
        told("give_consent", consent)?,
    ])
}

fn enrolled(number: usize) -> Result<Vec<Command>, Unmade> {
    let enrol = |programme: &str| {
        let child = child(number);
        let fields = json!({
            "programme_id": programme, "at": "2020-09-01T09:00:00+08:00", "child_ref": child,
            "grade_n": grade(number), "school_year": 2020, "guardian_ref": guardian(number),
            "consent_id": format!("consent-{child}"),
        });
        told("enrol_child", fields)
    };
    Ok(vec![enrol(HOLIDAYS)?, enrol(WEEKDAYS)?])
}

fn parents() -> Result<Vec<Command>, Unmade> {
    let at = "2020-09-02T09:00:00+08:00";
    let formed = json!({"group_id": "parents", "at": at, "kind": "parents"});
    let mut commands = vec![told("form_group", formed)?];
    for number in 0..PARENTS {
        let joined = json!({"group_id": "parents", "at": at, "person_ref": guardian(number)});
        commands.push(told("join_group", joined)?);
    }
    Ok(commands)
}

/// A class with the next children in turn, so that everybody comes at least once.
fn class(run: &Run, on: NaiveDate, first: usize) -> Result<Vec<Command>, Unmade> {
    let hours = if run.programme == WEEKDAYS { ["16:30", "18:00"] } else { ["09:00", "11:00"] };
    let [starts_at, ends_at] = hours.map(|hour| format!("{on}T{hour}:00+08:00"));
    let class_id = format!("{}-{on}", run.programme);
    let day_before = on.checked_sub_days(Days::new(1)).unwrap_or(on);
    let scheduled = json!({
        "class_id": class_id, "at": format!("{day_before}T09:00:00+08:00"),
        "programme_id": run.programme, "starts_at": starts_at, "ends_at": ends_at,
        "place_id": "jingjia-classroom",
    });
    let rostered = |parent: usize| {
        let person = guardian(parent.rem_euclid(PARENTS));
        json!({"class_id": class_id, "at": starts_at, "person_ref": person,
            "starts_at": starts_at, "ends_at": ends_at})
    };
    let mut commands = vec![told("schedule_class", scheduled)?];
    for parent in [first, first.saturating_add(1)] {
        commands.push(told("roster_adult", rostered(parent))?);
    }
    for number in first..first.saturating_add(run.children_n) {
        let child = child(number.rem_euclid(CHILDREN));
        let signed = json!({"class_id": class_id, "at": starts_at, "child_ref": child});
        commands.push(told("record_sign_in", signed)?);
    }
    commands.push(told("record_class", json!({"class_id": class_id, "at": ends_at}))?);
    Ok(commands)
}
