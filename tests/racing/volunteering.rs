//! V1: accepted shifts of a person do not overlap. V2: no minute is credited twice. And a shift has
//! so many places.

use linli::Timestamp;
use serde_json::json;

use super::book::{Step, Told};
use super::{Command, HANDS, Places, Race, Wanted, at, nothing_fresh, races, tell};

/// The projects of the team.
const PROJECTS: [&str; 2] = ["knives", "scissors"];
/// How many shifts somebody was at in one hour.
const AT_ONCE: usize = 8;
/// The places of a shift that many want.
const CAPACITY: usize = 3;

races! {
    /// Sixty-four shifts at one time want one volunteer.
    a_volunteer_is_at_one_shift = Race {
        rule: "V1",
        set_up: || {
            let mut story = vec![project(PROJECTS[0])];
            story.extend(volunteer("p"));
            story.extend((0..HANDS).map(|shift| open(&format!("s-{shift}"), PROJECTS[0], 1, 1)));
            story
        },
        fresh: nothing_fresh,
        wants: |_, writer| Wanted::Place(vec![place("sign_up", &format!("s-{writer}"), "p")]),
        places: Places::Exactly(1),
        refused: &["Overlap"],
        given_back: Some(|_, writer| vec![place("withdraw", &format!("s-{writer}"), "p")]),
        law: |told| match told.name.as_str() {
            "VolunteerSignedUp" => told.occupies("person_ref", "shift_id"),
            "VolunteerWithdrawn" => told.leaves("person_ref", "shift_id"),
            _ => Vec::new(),
        },
    };
    /// Sixty-four volunteers want the three places of a shift.
    a_shift_has_so_many_places = Race {
        rule: "shift capacity",
        set_up: || {
            let mut story = vec![project(PROJECTS[0])];
            story.extend((0..HANDS).flat_map(|hand| volunteer(&format!("p-{hand}"))));
            story
        },
        fresh: |round| vec![open(&format!("s-{round}"), PROJECTS[0], round, CAPACITY)],
        wants: |round, writer| {
            let (shift, person) = (format!("s-{round}"), format!("p-{writer}"));
            Wanted::Place(vec![place("sign_up", &shift, &person)])
        },
        places: Places::Exactly(CAPACITY),
        refused: &["ShiftFull"],
        given_back: Some(|round, writer| {
            vec![place("withdraw", &format!("s-{round}"), &format!("p-{writer}"))]
        }),
        law: |told| match told.name.as_str() {
            "VolunteerSignedUp" => told.takes("shift_id", "person_ref", CAPACITY),
            "VolunteerWithdrawn" => told.frees("shift_id", "person_ref"),
            _ => Vec::new(),
        },
    };
    /// Somebody was at eight shifts of two projects in one hour, and eight approve each of them.
    a_minute_is_credited_once = Race {
        rule: "V2",
        set_up: || {
            let shifts = (0..AT_ONCE).zip(PROJECTS.into_iter().cycle());
            let shifts = shifts.map(|(shift, of)| open(&format!("s-{shift}"), of, 1, 1));
            PROJECTS.map(project).into_iter().chain(shifts).collect()
        },
        fresh: |round| {
            let person = format!("p-{round}");
            let mut story: Vec<Command> = volunteer(&person).into();
            for shift in 0..AT_ONCE {
                let came = |name: &str, minute| tell(name, json!({
                    "shift_id": format!("s-{shift}"), "person_ref": person,
                    "at": at(1, minute),
                }));
                story.push(came("record_volunteer_check_in", 600));
                story.push(came("record_volunteer_check_out", 660));
            }
            story
        },
        wants: |round, writer| Wanted::Place(vec![tell("approve_hours", json!({
            "shift_id": format!("s-{}", writer % AT_ONCE), "person_ref": format!("p-{round}"),
            "body_id": "station", "approved_by_ref": "host",
        }))]),
        places: Places::Exactly(AT_ONCE),
        refused: &["WrongState"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "HoursCredited" => credited(told),
            _ => Vec::new(),
        },
    };
    /// One volunteer number for sixty-four people.
    a_number_is_of_one_person = Race {
        rule: "one volunteer of a number",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, writer| Wanted::Place(vec![tell("register_volunteer", json!({
            "person_ref": format!("p-{round}-{writer}"), "volunteer_no": format!("no-{round}"),
        }))]),
        places: Places::Exactly(1),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "VolunteerRegistered" => told.takes("volunteer_no", "person_ref", 1),
            _ => Vec::new(),
        },
    };
}

fn project(name: &str) -> Command {
    let fields = json!({"project_id": name, "team_id": "canal-love", "kind": "repair"});
    tell("launch_project", fields)
}

fn volunteer(person: &str) -> [Command; 2] {
    let number = json!({"person_ref": person, "volunteer_no": format!("no-{person}")});
    let joins = json!({"person_ref": person, "team_id": "canal-love", "valid_from": "2022-01-01"});
    [tell("register_volunteer", number), tell("join_team", joins)]
}

/// A shift of an hour on the day of a round.
fn open(shift: &str, project: &str, round: usize, places: usize) -> Command {
    tell(
        "open_shift",
        json!({
            "shift_id": shift, "project_id": project, "capacity_n": places,
            "starts_at": at(round, 600), "ends_at": at(round, 660),
        }),
    )
}

fn place(name: &str, shift: &str, person: &str) -> Command {
    tell(name, json!({"shift_id": shift, "person_ref": person}))
}

/// Each stretch that is credited is time of the person that nobody else credits.
fn credited(told: &Told) -> Vec<Step> {
    let mut steps = told.takes("person_ref", "shift_id", AT_ONCE);
    steps.extend(told.list("stretches").iter().map(|stretch| {
        let instant = |field: &str| {
            let text = stretch[field].as_str().expect("an instant").to_owned();
            Timestamp::try_from(text).expect("an instant")
        };
        Step::Occupies {
            of: format!("{}'s minutes", told.text("person_ref")),
            by: format!("{}/{}", told.text("shift_id"), stretch["from"]),
            from: instant("from"),
            until: instant("until"),
        }
    }));
    steps
}
