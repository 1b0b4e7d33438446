//! The art troupe: four groups, and what they did from 2018 on.

use chrono::{Days, NaiveDate};
use linli::Command;
use serde_json::json;

use super::of;
use crate::Unmade;
use crate::story::{JINGJIA, Story, told};

const GROUPS: [&str; 4] = ["dance", "catwalk", "instruments", "opera"];
const MEMBERS_A_GROUP: usize = 5;
const KINDS: [&str; 6] = [
    "charity_tour",
    "festival_show",
    "opening_ceremony",
    "show_for_elders",
    "culture_class",
    "contest",
];
/// What the article calls over 500, and the count that stands on its edge.
const ACTIVITIES: usize = 501;
/// Every so many days the troupe performs; the 501st time is in February 2022.
const DAYS_APART: u64 = 3;
/// Every tenth time two groups perform together; every fifth a group rehearses two days before.
const JOINT_EVERY: usize = 10;
const REHEARSAL_EVERY: usize = 5;
const A_REQUEST: usize = 20;

/// The troupe, and what it did from one of its activities on: 0 is all.
pub(super) fn groups(first: usize) -> Result<Vec<Vec<Story>>, Unmade> {
    let mut founding = vec![told(
        "found_troupe",
        json!({"troupe_id": "canal-art", "at": "2018-01-01T00:00:00+08:00", "precision": "year"}),
    )?];
    for group in GROUPS {
        founding.push(told(
            "form_group",
            json!({"group_id": group, "at": "2018-01-08T09:00:00+08:00", "kind": group,
                "troupe_id": "canal-art"}),
        )?);
        for person in members(&[group]) {
            founding.push(told(
                "join_group",
                json!({"group_id": group, "at": "2018-01-08T09:10:00+08:00", "person_ref": person}),
            )?);
        }
    }
    let mut commands = Vec::new();
    for number in first..ACTIVITIES {
        commands.push(performed(number)?);
    }
    let mut groups = vec![vec![of(JINGJIA, "troupe", founding)]];
    for (number, some) in commands.chunks(A_REQUEST).enumerate() {
        let id = format!("activities-{number:02}");
        groups.push(vec![of(JINGJIA, &id, some.concat())]);
    }
    Ok(groups)
}

/// One activity, and the rehearsal before it where there is one.
fn performed(number: usize) -> Result<Vec<Command>, Unmade> {
    let first = NaiveDate::from_ymd_opt(2018, 1, 13).unwrap_or_default();
    let days = DAYS_APART.saturating_mul(number as u64);
    let on = first.checked_add_days(Days::new(days)).unwrap_or(first);
    let own = at(&GROUPS, number);
    let with = at(&GROUPS, number.saturating_add(1));
    let is_joint = number.is_multiple_of(JOINT_EVERY);
    let group_ids = if is_joint { vec![own, with] } else { vec![own] };
    let mut commands = Vec::new();
    if number.is_multiple_of(REHEARSAL_EVERY) {
        let before = on.checked_sub_days(Days::new(1)).unwrap_or(on);
        commands.extend(held(&format!("rehearsal-{number:03}"), "rehearsal", &[own], before)?);
    }
    let kind = at(&KINDS, number);
    commands.extend(held(&format!("activity-{number:03}"), kind, &group_ids, on)?);
    Ok(commands)
}

fn held(id: &str, kind: &str, groups: &[&str], on: NaiveDate) -> Result<Vec<Command>, Unmade> {
    let time = |hour: &str| format!("{on}T{hour}:00+08:00");
    let scheduled = json!({
        "activity_id": id, "at": time("08:00"), "kind": kind, "group_ids": groups,
        "starts_at": time("19:00"), "ends_at": time("20:30"), "place_id": "jingjia-dance-room",
    });
    let told_of = json!({"activity_id": id, "at": time("20:30")});
    Ok(vec![told("schedule_activity", scheduled)?, told("record_activity", told_of)?])
}

fn members(groups: &[&str]) -> Vec<String> {
    let of = |group: &&str| {
        let group = (*group).to_owned();
        (1..=MEMBERS_A_GROUP).map(move |number| format!("p-{group}-{number}"))
    };
    groups.iter().flat_map(of).collect()
}

/// The names in turn.
fn at(names: &[&'static str], number: usize) -> &'static str {
    names.iter().cycle().nth(number % names.len().max(1)).copied().unwrap_or_default()
}
