//! One event of a programme of every type, with every field set.

use serde_json::{Value, json};

use crate::domain::programmes::Event;

/// In the order of the wire table.
pub(super) fn samples() -> Vec<Event> {
    let told = [of_troupes(), of_programmes(), of_classes(), of_visits(), of_ideas(), of_rooms()];
    let read = |event| serde_json::from_value(event).expect("an event");
    told.into_iter().flat_map(|told| told.as_array().cloned().expect("a list")).map(read).collect()
}

const FROM: &str = "2022-02-28T16:30:00+08:00";
const UNTIL: &str = "2022-02-28T18:00:00+08:00";

fn of_troupes() -> Value {
    json!([
        {"TroupeFounded": {"troupe_id": "canal"}},
        {"GroupFormed": {"group_id": "dance", "kind": "opera", "troupe_id": "canal"}},
        {"GroupJoined": {"group_id": "dance", "person_ref": "p-7"}},
        {"GroupLeft": {"group_id": "dance", "person_ref": "p-7"}},
        {"GroupDissolved": {"group_id": "dance"}},
        {"ActivityScheduled": {
            "activity_id": "a-17", "kind": "show_for_elders", "group_ids": ["dance", "opera"],
            "starts_at": FROM, "ends_at": UNTIL, "place_id": "hall", "member_refs": ["p-7", "p-8"],
        }},
        {"ActivityHeld": {"activity_id": "a-17", "audience_n": 120}},
        {"ActivityCancelled": {
            "activity_id": "a-17", "reason": "absence", "starts_at": FROM, "ends_at": UNTIL,
            "place_id": "hall", "member_refs": ["p-7", "p-8"],
        }},
    ])
}

fn of_programmes() -> Value {
    json!([
        {"ProgrammeOpened": {
            "programme_id": "half-past-four", "grade_min": 1, "grade_max": 5, "capacity_n": 40,
            "children_per_adult_max": 8,
        }},
        {"PlaceOffered": {"programme_id": "half-past-four", "child_ref": "c-1"}},
        {"PlaceAccepted": {
            "programme_id": "half-past-four", "child_ref": "c-1", "guardian_ref": "p-9",
        }},
        {"ChildEnrolled": {
            "programme_id": "half-past-four", "child_ref": "c-1", "grade_n": 3,
            "school_year": 2021, "guardian_ref": "p-9", "consent_id": "consent-1",
        }},
        {"ChildWithdrawn": {
            "programme_id": "half-past-four", "child_ref": "c-1", "reason": "moved",
        }},
        {"EnrolmentCompleted": {"programme_id": "half-past-four", "child_ref": "c-1"}},
        {"GradeChanged": {"child_ref": "c-1", "grade_n": 4, "valid_from": "2022-09-01"}},
    ])
}

fn of_classes() -> Value {
    json!([
        {"ClassScheduled": {
            "class_id": "k-1", "programme_id": "half-past-four", "starts_at": FROM,
            "ends_at": UNTIL, "place_id": "room-3", "capacity_n": 40, "children_per_adult_max": 8,
        }},
        {"ClassCancelled": {
            "class_id": "k-1", "reason": "place", "starts_at": FROM, "ends_at": UNTIL,
            "place_id": "room-3",
        }},
        {"AdultRostered": {
            "class_id": "k-1", "person_ref": "p-9", "starts_at": FROM, "ends_at": UNTIL,
        }},
        {"AdultUnrostered": {
            "class_id": "k-1", "person_ref": "p-9", "starts_at": FROM, "ends_at": UNTIL,
        }},
        {"ClassHeld": {"class_id": "k-1"}},
        {"ChildSignedIn": {"class_id": "k-1", "child_ref": "c-1"}},
        {"ChildSignedOut": {"class_id": "k-1", "child_ref": "c-1", "to_ref": "p-9"}},
        {"AbsenceRecorded": {"class_id": "k-1", "child_ref": "c-1", "is_excused": true}},
        {"AttendanceCorrected": {
            "class_id": "k-1", "child_ref": "c-1", "supersedes_n": 2, "standing": "partial",
        }},
        {"IncidentRecorded": {"class_id": "k-1", "child_ref": "c-1", "text": null}},
        {"ItemsMade": {
            "programme_id": "workshop", "item_kind": "lantern", "items_n": 30, "donated_n": 20,
        }},
    ])
}

fn of_visits() -> Value {
    json!([
        {"VisitPlanned": {"visit_id": "v-1", "from_body": "district", "headcount_n": 12}},
        {"VisitStopPlanned": {
            "visit_id": "v-1", "place_id": "room-3", "starts_at": FROM, "ends_at": UNTIL,
        }},
        {"VisitStopDropped": {
            "visit_id": "v-1", "place_id": "room-3", "starts_at": FROM, "ends_at": UNTIL,
        }},
        {"VisitReceived": {"visit_id": "v-1", "headcount_n": 13}},
        {"VisitStopMade": {
            "visit_id": "v-1", "place_id": "room-3", "shown": "activity_room", "floor_n": 3,
        }},
        {"BriefingGiven": {"visit_id": "v-1", "topic": "volunteers"}},
        {"VisitClosed": {"visit_id": "v-1"}},
    ])
}

fn of_ideas() -> Value {
    json!([
        {"IdeaSubmitted": {"idea_id": "i-1", "person_ref": "p-7", "text": null}},
        {"IdeaEndorsed": {"idea_id": "i-1", "person_ref": "p-8"}},
        {"IdeaScreened": {"idea_id": "i-1"}},
        {"IdeaAssessed": {"idea_id": "i-1"}},
        {"IdeaAdopted": {"idea_id": "i-1", "work_ref": {"case": "case-9"}}},
        {"IdeaDeclined": {"idea_id": "i-1", "reason": "there is one"}},
        {"IdeaMerged": {"idea_id": "i-1", "into": "i-2"}},
        {"IdeaWithdrawn": {"idea_id": "i-1"}},
        {"IdeaImplemented": {"idea_id": "i-1"}},
        {"IdeaEnded": {"idea_id": "i-1"}},
        {"HomeTalkHeld": {"place_id": "home-7", "topics": ["charging", "noise"]}},
    ])
}

fn of_rooms() -> Value {
    json!([
        {"SurveyOpened": {"survey_id": "s-1", "invited_n": 85, "unit": "person"}},
        {"SurveyAnswered": {
            "survey_id": "s-1", "by": {"person": "p-7"},
            "answers": {"nearest_charger_m": 1_500, "wanted": "yes"},
        }},
        {"SurveyClosed": {"survey_id": "s-1", "responded_n": 61}},
        {"RoomBooked": {
            "booking_id": "b-1", "place_id": "room-3", "starts_at": FROM, "ends_at": UNTIL,
            "for_ref": "p-7",
        }},
        {"RoomUsed": {"booking_id": "b-1"}},
        {"RoomFreed": {
            "booking_id": "b-1", "place_id": "room-3", "starts_at": FROM, "ends_at": UNTIL,
        }},
    ])
}
