//! The clinic of the year: every three days until the sessions of the seed story, two people each.

use linli::Command;
use serde_json::json;

use super::{SOURCE, day, resident};
use crate::Unmade;
use crate::community::clinic::{closed, session, vaccinated};
use crate::story::{Story, YUJING, told};

/// The first session is on 4 March, the last three days before the first of the seed story.
const FIRST: u64 = 3;
const DAYS_APART: u64 = 3;
const SESSIONS: usize = 116;
const AT_A_SESSION: usize = 2;
/// After so many sessions, 186 days, the third dose follows the second.
const THIRD_AFTER: usize = 62;
/// Every so many sessions somebody books a place and does not come.
const NO_SHOW_EVERY: usize = 10;

/// The sessions, each with what was told in it.
pub(super) fn groups() -> Result<Vec<Vec<Story>>, Unmade> {
    let sessions = (0..SESSIONS).map(|number| {
        let on = day(DAYS_APART.saturating_mul(number as u64).saturating_add(FIRST));
        let id = format!("clinic-{on}");
        Ok(vec![Story::of(SOURCE, YUJING, id, held(number, &on.to_string())?)])
    });
    sessions.collect()
}

fn held(number: usize, on: &str) -> Result<Vec<Command>, Unmade> {
    let (planned_at, booked_at) = (format!("{on}T08:00:00+08:00"), format!("{on}T08:10:00+08:00"));
    let mut commands = session(on, &planned_at)?;
    let (before, dose_no) = match number.checked_sub(THIRD_AFTER) {
        Some(before) => (before, 3),
        None => (number, 2),
    };
    let first = before.saturating_mul(AT_A_SESSION);
    if dose_no == 3 || first.saturating_add(AT_A_SESSION) <= super::RESIDENTS {
        for person in first..first.saturating_add(AT_A_SESSION) {
            commands.extend(vaccinated(&resident(person), on, dose_no, &booked_at)?);
        }
    }
    if number.is_multiple_of(NO_SHOW_EVERY) {
        let appointment_id = format!("missed-{on}");
        let booked = json!({
            "appointment_id": appointment_id, "at": booked_at,
            "session_id": format!("clinic-{on}"), "slot_at": format!("{on}T16:00:00+08:00"),
            "recipient_ref": "p-r-2", "series_id": "influenza", "dose_no": 2,
        });
        commands.push(told("book_appointment", booked)?);
        let missed =
            json!({"appointment_id": appointment_id, "at": format!("{on}T16:30:00+08:00")});
        commands.push(told("record_no_show", missed)?);
    }
    commands.push(closed(on)?);
    Ok(commands)
}
