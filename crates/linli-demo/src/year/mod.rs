//! A year of a whole community, from March 2021 to February 2022, at any size.
//!
//! The seed story is in it, and around it what a year has of everything: cases and disputes, the
//! clinic every three days, shifts, visits, charging. What the seed only counts is as much as
//! there. A community of size 10 is ten such neighbourhoods under one journal: more people and
//! places, never more years, and nothing in one that is larger than in the other.

mod clinic;

use std::iter;

use chrono::{Days, Months, NaiveDate};
use linli::Command;
use linli::ledger::Request;
use serde_json::json;

use crate::charging::Plan;
use crate::community::volunteers::{AT_A_SHIFT, PROJECTS, VOLUNTEERS, open_day, volunteer};
use crate::story::{JINGJIA, Story, XUZHUANG, YUJING, told};
use crate::{POINTS, Unmade, community};

/// Under which name its keys stand.
const SOURCE: &str = "demo/year";
/// How many people live in a neighbourhood, beside those of the seed story.
const RESIDENTS: usize = 120;
/// A year of windows of eight hours, and in how many of them all points are used: once a month.
const WINDOWS: i64 = 365 * 3;
const SESSIONS: u32 = POINTS * 12;
/// The troupe's first activity of March 2021.
const FIRST_ACTIVITY: usize = 384;
/// How many days lie between one case or dispute and the next, and how many there are.
const CASES: (u64, usize) = (3, 112);
const DISPUTES: (u64, usize) = (15, 22);
const WEEKS: usize = 50;
const MONTHS: u32 = 11;

/// A year of a community that has so many neighbourhoods like those of the seed story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Year {
    size: u32,
}

impl Year {
    /// A year at this size: 1 is that of the seed, with 85 charging points, 42 volunteers, 12
    /// projects and 158 children.
    #[must_use]
    pub fn of_size(size: u32) -> Self {
        Self { size }
    }

    /// The requests in groups, in their order. Those of a group do not need each other. People's
    /// days of birth are sealed in some of them: the ledger needs a keyring.
    ///
    /// # Errors
    /// [`Unmade`], which is a mistake of this crate.
    pub fn groups(self) -> Result<impl Iterator<Item = Result<Vec<Request>, Unmade>>, Unmade> {
        let neighbourhoods = (1..=self.size).map(neighbourhood);
        let mut neighbourhoods = neighbourhoods.collect::<Result<Vec<_>, _>>()?;
        Ok(iter::from_fn(move || {
            let side_by_side: Vec<_> =
                neighbourhoods.iter_mut().filter_map(Iterator::next).collect();
            let is_over = side_by_side.is_empty();
            let requests = side_by_side.into_iter().flatten().map(Story::request);
            (!is_over).then(|| requests.collect())
        }))
    }
}

/// The stories of one neighbourhood in groups. What holds for all is told in the first.
fn neighbourhood(number: u32) -> Result<impl Iterator<Item = Vec<Story>>, Unmade> {
    let plan = Plan { sessions: SESSIONS, number: number.into(), windows: WINDOWS };
    let charging = plan.begun()?;
    let mut groups = vec![charging.site()?];
    groups.extend(community::groups(plan.opening(), FIRST_ACTIVITY)?);
    groups.push(vec![Story::of(SOURCE, XUZHUANG, "residents", residents()?)]);
    groups.extend(clinic::groups()?);
    groups.push(cases()?);
    groups.push(disputes()?);
    groups.push(shifts()?);
    groups.push(months()?);
    groups.extend(charging.collect::<Result<Vec<_>, _>>()?);
    if number > 1 {
        for group in &mut groups {
            group.retain(|story| !story.is_for_all());
            let told = group.drain(..).map(|story| story.elsewhere(number));
            *group = told.collect::<Result<_, _>>()?;
        }
    }
    Ok(groups.into_iter())
}

/// The first day.
fn beginning() -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 3, 1).unwrap_or_default()
}

fn day(number: u64) -> NaiveDate {
    beginning().checked_add_days(Days::new(number)).unwrap_or_default()
}

fn resident(number: usize) -> String {
    format!("p-resident-{}", number.rem_euclid(RESIDENTS))
}

/// From 1940 on, one every half year.
fn born_on(number: usize) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(1940, 1, 15).unwrap_or_default();
    let months = u32::try_from(number).unwrap_or_default().saturating_mul(6);
    first.checked_add_months(Months::new(months)).unwrap_or_default()
}

/// Who lives there, and what they consent to; every tenth takes it back in summer.
fn residents() -> Result<Vec<Command>, Unmade> {
    let mut commands = Vec::new();
    for number in 0..RESIDENTS {
        let (person, at) = (resident(number), "2021-03-01T08:00:00+08:00");
        let consent_id = format!("consent-{person}");
        commands.push(told(
            "register_person",
            json!({"person_ref": person, "at": at, "born_on": born_on(number).to_string()}),
        )?);
        let consent = json!({
            "consent_id": consent_id, "at": at, "subject_ref": person, "given_by_ref": person,
            "capacity": "self", "purposes": ["vaccination", "home_visit", "photo"],
            "is_separate": true, "valid_from": "2021-03-01",
        });
        commands.push(told("give_consent", consent)?);
        if number.is_multiple_of(10) {
            let withdrawn = json!({"consent_id": consent_id, "at": "2021-07-01T08:00:00+08:00",
                "purposes": ["photo"]});
            commands.push(told("withdraw_consent", withdrawn)?);
        }
    }
    Ok(commands)
}

/// A story with its number, its day, and two people.
fn of(scope: &str, kind: &str, text: &str, number: usize, on: NaiveDate) -> Result<Story, Unmade> {
    const LONGEST: u64 = 22;
    let mut text = text
        .replace("{n}", &number.to_string())
        .replace("{a}", &number.saturating_mul(2).rem_euclid(RESIDENTS).to_string())
        .replace(
            "{b}",
            &number.saturating_mul(2).saturating_add(1).rem_euclid(RESIDENTS).to_string(),
        )
        .replace("{day}", &on.to_string());
    for later in 1..=LONGEST {
        let on = on.checked_add_days(Days::new(later)).unwrap_or(on);
        text = text.replace(&format!("{{day+{later}}}"), &on.to_string());
    }
    Story::written(SOURCE, scope, format!("{kind}-{number}"), &text)
}

/// So many of some stories in turn, so many days apart.
fn in_turn(kind: &str, texts: &[&str], (days, count): (u64, usize)) -> Result<Vec<Story>, Unmade> {
    let stories = texts.iter().cycle().take(count).enumerate();
    let on = |number: usize| day(days.saturating_mul(number as u64));
    stories.map(|(number, text)| of(YUJING, kind, text, number, on(number))).collect()
}

fn cases() -> Result<Vec<Story>, Unmade> {
    let texts = [
        include_str!("stories/hazard.json"),
        include_str!("stories/nuisance.json"),
        include_str!("stories/request.json"),
        include_str!("stories/twice.json"),
    ];
    in_turn("case", &texts, CASES)
}

fn disputes() -> Result<Vec<Story>, Unmade> {
    let texts = [
        include_str!("stories/oral.json"),
        include_str!("stories/paper.json"),
        include_str!("stories/refused.json"),
    ];
    in_turn("dispute", &texts, DISPUTES)
}

/// A project serves each week, with the next volunteers in turn.
fn shifts() -> Result<Vec<Story>, Unmade> {
    let long_there = PROJECTS.iter().filter(|(_, since, _)| *since < "2021-03-01");
    let projects = long_there.map(|(project, ..)| project).cycle();
    let shifts = projects.take(WEEKS).zip(0_usize..);
    shifts.map(|(project, week)| shift(project, week)).collect()
}

/// A shift that six volunteers serve, and to which a seventh does not come.
fn shift(project: &str, week: usize) -> Result<Story, Unmade> {
    let on = day(7 * week as u64 + 2).to_string();
    let shift_id = format!("{project}-{on}");
    let turns = VOLUNTEERS.div_euclid(AT_A_SHIFT);
    let turn = week.rem_euclid(turns);
    let mut commands = open_day(project, turn, &on)?;
    let absent = volunteer(week.saturating_add(1).rem_euclid(turns) * AT_A_SHIFT + 1);
    for (name, time) in [("sign_up", "08:30"), ("record_volunteer_no_show", "11:00")] {
        let at = format!("{on}T{time}:00+08:00");
        commands.push(told(name, json!({"shift_id": shift_id, "at": at, "person_ref": absent}))?);
    }
    Ok(Story::of(SOURCE, JINGJIA, shift_id, commands))
}

fn months() -> Result<Vec<Story>, Unmade> {
    let text = include_str!("stories/station.json");
    let months = (0..MONTHS).zip(0_usize..).map(|(month, number)| {
        let on = beginning().checked_add_months(Months::new(month)).unwrap_or_default();
        of(JINGJIA, "month", text, number, on)
    });
    months.collect()
}
