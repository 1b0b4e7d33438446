//! The volunteers of the station: 42 of them, 12 projects that grew from 7, and their shifts.

use linli::Command;
use serde_json::json;

use super::of;
use crate::Unmade;
use crate::story::{JINGJIA, Story, told};

pub(crate) const VOLUNTEERS: usize = 42;
/// The projects of the station, and since when: the last five are from 2021 on.
pub(crate) const PROJECTS: [(&str, &str, Option<&str>); 12] = [
    ("knife-grinding", "2019-03-05", None),
    ("tailoring", "2019-03-05", None),
    ("shoe-repair", "2019-05-06", None),
    ("hair-cutting", "2019-09-02", None),
    ("reading-to-elders", "2020-03-05", None),
    ("half-past-four", "2020-09-01", None),
    ("neighbourhood-watch", "2020-10-12", None),
    ("bicycle-repair", "2021-06-01", Some("mend-bicycles")),
    ("appliance-repair", "2021-06-15", None),
    ("legal-advice", "2021-09-01", None),
    ("health-talks", "2021-10-18", None),
    ("craft-workshop", "2021-12-01", None),
];
/// How many volunteers serve at each of the open days.
pub(crate) const AT_A_SHIFT: usize = 6;
const OPEN_DAYS: [&str; 4] = ["2021-03-05", "2021-10-14", "2022-01-28", "2022-02-25"];

pub(super) fn groups() -> Result<Vec<Vec<Story>>, Unmade> {
    let mut founding = Vec::new();
    for number in 1..=VOLUNTEERS {
        founding.extend(joined(number)?);
    }
    for (project, since, idea) in PROJECTS {
        let fields = json!({"project_id": project, "at": format!("{since}T09:00:00+08:00"),
            "team_id": "jingjia-team", "kind": "convenience", "idea_id": idea});
        founding.push(told("launch_project", fields)?);
    }
    let mut groups = vec![vec![of(JINGJIA, "volunteers", founding)]];
    for (number, day) in OPEN_DAYS.into_iter().enumerate() {
        let id = format!("open-day-{day}");
        groups.push(vec![of(JINGJIA, &id, open_day("knife-grinding", number, day)?)]);
    }
    Ok(groups)
}

pub(crate) fn volunteer(number: usize) -> String {
    format!("p-v-{number:02}")
}

fn joined(number: usize) -> Result<[Command; 2], Unmade> {
    let (person, at) = (volunteer(number), "2019-03-01T09:00:00+08:00");
    let registered = json!({"person_ref": person, "at": at,
        "volunteer_no": format!("JJ{number:04}"), "is_party_member": number.is_multiple_of(3)});
    let member = json!({"person_ref": person, "at": at, "team_id": "jingjia-team",
        "valid_from": "2019-03-01"});
    Ok([told("register_volunteer", registered)?, told("join_team", member)?])
}

/// An open day: knives are ground for two hours, and the hours are approved the day after.
pub(crate) fn open_day(project: &str, number: usize, day: &str) -> Result<Vec<Command>, Unmade> {
    let time = |hour: &str| format!("{day}T{hour}:00+08:00");
    let shift = format!("{project}-{day}");
    let (starts_at, ends_at) = (time("09:00"), time("11:00"));
    let opened = json!({"shift_id": shift, "at": time("08:00"), "project_id": project,
        "starts_at": starts_at, "ends_at": ends_at, "capacity_n": 10});
    let mut commands = vec![told("open_shift", opened)?];
    let first = number.saturating_mul(AT_A_SHIFT).saturating_add(1);
    for person in (first..first.saturating_add(AT_A_SHIFT)).map(volunteer) {
        let at_shift = |at: &str| json!({"shift_id": shift, "person_ref": person, "at": at});
        commands.push(told("sign_up", at_shift(&time("08:30")))?);
        commands.push(told("record_volunteer_check_in", at_shift(&starts_at))?);
        commands.push(told("record_volunteer_check_out", at_shift(&ends_at))?);
        let approved = json!({"shift_id": shift, "person_ref": person, "at": time("18:00"),
            "body_id": "jingjia-station", "approved_by_ref": "p-station-head"});
        commands.push(told("approve_hours", approved)?);
    }
    let served = json!({"project_id": project, "at": ends_at, "services_n": 25});
    commands.push(told("record_service", served)?);
    Ok(commands)
}
