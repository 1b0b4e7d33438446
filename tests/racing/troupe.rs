//! P1: a room is booked once. P2: nobody performs twice at once, and an activity takes the time of
//! who is in its groups. P9: a room that a visit is shown is free.

use serde_json::json;

use super::book::{Step, Told};
use super::{Command, Places, Race, WRITERS, Wanted, at, nothing_fresh, races, tell};

/// Among how many groups the activities of a round are.
const GROUPS: usize = 8;

races! {
    /// Sixty-four bookings of one room, told from zones of two days.
    a_room_is_booked_once = Race {
        rule: "P1",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, writer| {
            let zone = if writer % 2 == 1 { "Pacific/Kiritimati" } else { "Asia/Shanghai" };
            let later = writer % 4 * 7;
            Wanted::Place(vec![tell("book_room", json!({
                "booking_id": format!("b-{round}-{writer}"), "place_id": "room", "zone": zone,
                "starts_at": at(round, 600 + later), "ends_at": at(round, 660 + later),
            }))])
        },
        places: Places::Exactly(1),
        refused: &["RoomBusy"],
        given_back: Some(|round, writer| {
            let booking = format!("b-{round}-{writer}");
            vec![tell("cancel_booking", json!({"booking_id": booking}))]
        }),
        law: |told| match told.name.as_str() {
            "RoomBooked" => told.occupies("place_id", "booking_id"),
            "RoomFreed" => told.leaves("place_id", "booking_id"),
            _ => Vec::new(),
        },
    };
    /// Activities of eight groups, and somebody is in all of them.
    a_member_performs_once = Race {
        rule: "P2 member",
        set_up: || (0..GROUPS).flat_map(|group| formed(&format!("g-{group}"), &["b"])).collect(),
        fresh: nothing_fresh,
        wants: |round, writer| schedule(round, writer, &format!("g-{}", writer % GROUPS), 600),
        places: Places::Exactly(1),
        refused: &["MemberBusy"],
        given_back: Some(|round, writer| {
            let activity = format!("x-{round}-{writer}");
            let fields = json!({"activity_id": activity, "reason": "weather"});
            vec![tell("cancel_activity", fields)]
        }),
        law: |told| match told.name.as_str() {
            "ActivityScheduled" => of_members(told, |member| {
                told.occupies("activity_id", "activity_id").into_iter().map(move |step| {
                    match step {
                        Step::Occupies { by, from, until, .. } => {
                            Step::Occupies { of: member.clone(), by, from, until }
                        }
                        other => other,
                    }
                }).collect()
            }),
            "ActivityCancelled" => of_members(told, |of| {
                vec![Step::Leaves { of, by: told.text("activity_id") }]
            }),
            _ => Vec::new(),
        },
    };
    /// People join a group while it is scheduled: the activity takes the time of all who are in it.
    who_joins_meanwhile_is_counted = Race {
        rule: "P2 joining",
        set_up: Vec::new,
        fresh: |round| {
            (0..GROUPS).flat_map(|group| formed(&format!("g-{round}-{group}"), &[])).collect()
        },
        wants: |round, writer| {
            let group = format!("g-{round}-{}", writer % GROUPS);
            match (writer / GROUPS).is_multiple_of(2) {
                true => Wanted::Aside(vec![joins(&group, &format!("p-{writer}"))]),
                false => schedule(round, writer, &group, 60 * (writer / GROUPS)),
            }
        },
        places: Places::AtMost(WRITERS / 2),
        refused: &[],
        given_back: None,
        law: |told| match told.name.as_str() {
            "GroupJoined" => told.takes("group_id", "person_ref", WRITERS),
            "ActivityScheduled" => {
                let taken = told.list("member_refs").len();
                let groups = told.list("group_ids").into_iter();
                let of = groups.filter_map(|group| group.as_str().map(str::to_owned));
                of.map(|of| Step::Counts { of, taken }).collect()
            }
            _ => Vec::new(),
        },
    };
    /// Visits will be shown a room while it is booked.
    a_room_is_booked_while_shown = Race {
        rule: "P9",
        set_up: || (0..WRITERS / 2).map(|visit| tell("plan_visit", json!({
            "visit_id": format!("v-{visit}"), "from_body": "district", "headcount_n": 13,
        }))).collect(),
        fresh: nothing_fresh,
        wants: |round, writer| {
            let time = json!({
                "place_id": format!("room-{round}"), "starts_at": at(round, 600),
                "ends_at": at(round, 660),
            });
            let with = |field: &str, name: String| {
                let mut fields = time.clone();
                fields[field] = json!(name);
                fields
            };
            if writer % 2 == 1 {
                let stop = with("visit_id", format!("v-{}", writer / 2));
                return Wanted::Aside(vec![tell("plan_stop", stop)]);
            }
            let booking = with("booking_id", format!("b-{round}-{writer}"));
            Wanted::Place(vec![tell("book_room", booking)])
        },
        places: Places::AtMost(1),
        refused: &["RoomBusy"],
        given_back: None,
        // Many visits may be shown a room together; a booking has it alone.
        law: |told| {
            let (shown, booked) =
                (format!("{} shown", told.text("place_id")), told.text("place_id"));
            match told.name.as_str() {
                "RoomBooked" => {
                    vec![Step::Before(shown), Step::Before(booked.clone()), Step::Ends(booked)]
                }
                "VisitStopPlanned" => vec![Step::Before(booked), Step::Ends(shown)],
                _ => Vec::new(),
            }
        },
    };
}

fn formed(group: &str, members: &[&str]) -> Vec<Command> {
    let formed = tell("form_group", json!({"group_id": group, "kind": "dance"}));
    [formed].into_iter().chain(members.iter().map(|member| joins(group, member))).collect()
}

fn joins(group: &str, person: &str) -> Command {
    tell("join_group", json!({"group_id": group, "person_ref": person}))
}

/// An activity of an hour, from a minute of the day of the round on.
fn schedule(round: usize, writer: usize, group: &str, minute: usize) -> Wanted {
    Wanted::Place(vec![tell(
        "schedule_activity",
        json!({
            "activity_id": format!("x-{round}-{writer}"), "kind": "contest", "group_ids": [group],
            "starts_at": at(round, minute), "ends_at": at(round, minute + 60), "place_id": "hall",
        }),
    )])
}

fn of_members(told: &Told, steps: impl Fn(String) -> Vec<Step>) -> Vec<Step> {
    let members = told.list("member_refs").into_iter();
    let named = members.filter_map(|member| member.as_str().map(str::to_owned));
    named.flat_map(steps).collect()
}
