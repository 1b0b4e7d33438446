//! P2: an adult looks after one class at a time. P3: a guardian's consent is in force, at the
//! enrolment and in each class. A programme has so many places, and a record is corrected at its
//! newest version.

use linli::Flag;
use serde_json::json;

use super::book::Step;
use super::{Command, HANDS, Places, Race, WRITERS, Wanted, at, nothing_fresh, races, tell};

/// How many children are raced about, several writers each.
const CHILDREN: usize = 8;
/// How many programmes or classes want each of them.
const EACH: usize = WRITERS / 2 / CHILDREN;
/// The places of a programme that many want.
const CAPACITY: usize = 3;

races! {
    /// Sixty-four classes at one time want one adult.
    an_adult_is_in_one_class = Race {
        rule: "P2 adult",
        set_up: || {
            let classes = (0..HANDS).map(|hand| class(&format!("k-{hand}"), "p", 1));
            [open("p", 30)].into_iter().chain(classes).collect()
        },
        fresh: nothing_fresh,
        wants: |round, writer| Wanted::Place(vec![tell("roster_adult", json!({
            "class_id": format!("k-{writer}"), "person_ref": format!("a-{round}"),
            "starts_at": at(1, 600), "ends_at": at(1, 660),
        }))]),
        places: Places::Exactly(1),
        refused: &["AdultBusy"],
        given_back: Some(|round, writer| {
            let (class, adult) = (format!("k-{writer}"), format!("a-{round}"));
            vec![tell("unroster_adult", json!({"class_id": class, "person_ref": adult}))]
        }),
        law: |told| match told.name.as_str() {
            "AdultRostered" => told.occupies("person_ref", "class_id"),
            "AdultUnrostered" => told.leaves("person_ref", "class_id"),
            _ => Vec::new(),
        },
    };
    /// Consents are withdrawn while children are enrolled under them.
    a_consent_is_withdrawn_while_enrolling = Race {
        rule: "P3 enrolment",
        set_up: || children(CHILDREN),
        fresh: |round| {
            let mut story: Vec<Command> = (0..CHILDREN).map(|it| consent(round, it)).collect();
            story.extend((0..EACH).map(|programme| open(&format!("p-{round}-{programme}"), 30)));
            story
        },
        wants: |round, writer| {
            let child = writer % CHILDREN;
            match writer < WRITERS / 2 {
                true => enrol(&format!("p-{round}-{}", writer / CHILDREN), round, child),
                false => withdraw_consent(round, child),
            }
        },
        places: Places::AtMost(WRITERS / 2),
        refused: &["ConsentMissing"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "ConsentWithdrawn" => vec![Step::Ends(told.text("consent_id"))],
            "ChildEnrolled" => vec![Step::Before(told.text("consent_id"))],
            _ => Vec::new(),
        },
    };
    /// Consents are withdrawn while children come to class: the flag says what stood first.
    a_consent_is_withdrawn_while_signing_in = Race {
        rule: "P3 class",
        set_up: || [open("p", 30)].into_iter().chain(children(CHILDREN)).collect(),
        fresh: |round| {
            let mut story: Vec<Command> = (0..CHILDREN).map(|it| consent(round, it)).collect();
            story.extend((0..EACH).map(|number| class(&format!("k-{round}-{number}"), "p", round)));
            story
        },
        wants: |round, writer| {
            let child = writer % CHILDREN;
            if writer >= WRITERS / 2 {
                return withdraw_consent(round, child);
            }
            let class = format!("k-{round}-{}", writer / CHILDREN);
            let came = json!({"class_id": class, "child_ref": format!("c-{child}")});
            Wanted::Place(vec![tell("record_sign_in", came)])
        },
        places: Places::AtMost(WRITERS / 2),
        refused: &[],
        given_back: None,
        law: |told| match told.name.as_str() {
            "ConsentWithdrawn" => vec![Step::Ends(told.text("consent_id"))],
            "ChildSignedIn" => {
                let class = told.text("class_id");
                let round = class.split('-').nth(1).expect("the class of a round");
                let consent = format!("consent-{round}-{}", told.text("child_ref"));
                match told.has(Flag::NoConsentInForce) {
                    true => vec![Step::After(consent)],
                    false => vec![Step::Before(consent)],
                }
            }
            _ => Vec::new(),
        },
    };
    /// Sixty-four children want the three places of a programme.
    a_programme_has_so_many_places = Race {
        rule: "programme capacity",
        set_up: || {
            let consents = (0..HANDS).map(|child| consent(0, child));
            children(HANDS).into_iter().chain(consents).collect()
        },
        fresh: |round| vec![open(&format!("p-{round}"), CAPACITY)],
        wants: |round, writer| enrol(&format!("p-{round}"), 0, writer),
        places: Places::Exactly(CAPACITY),
        refused: &["ProgrammeFull"],
        given_back: Some(|round, writer| vec![tell("withdraw_child", json!({
            "programme_id": format!("p-{round}"), "child_ref": format!("c-{writer}"),
            "reason": "moved",
        }))]),
        law: |told| match told.name.as_str() {
            "ChildEnrolled" => told.takes("programme_id", "child_ref", CAPACITY),
            "ChildWithdrawn" => told.frees("programme_id", "child_ref"),
            _ => Vec::new(),
        },
    };
    /// Sixty-four correct one version of how a child stood.
    a_version_is_corrected_once = Race {
        rule: "corrected attendance",
        set_up: || vec![open("p", 30)],
        fresh: |round| {
            let name = format!("k-{round}");
            let missing = json!({"class_id": name, "child_ref": "c", "is_excused": false});
            vec![class(&name, "p", round), tell("record_absence", missing)]
        },
        wants: |round, _| Wanted::Place(vec![tell("correct_attendance", json!({
            "class_id": format!("k-{round}"), "child_ref": "c", "supersedes_n": 0,
            "standing": "absent_excused",
        }))]),
        places: Places::Exactly(1),
        refused: &["AlreadySuperseded"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "AttendanceCorrected" => told.takes("class_id", "supersedes_n", 1),
            _ => Vec::new(),
        },
    };
    /// One name for sixty-four programmes.
    one_programme_of_a_name = Race {
        rule: "one programme of a name",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, writer| Wanted::Place(vec![open(&format!("p-{round}"), writer)]),
        places: Places::Exactly(1),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "ProgrammeOpened" => told.takes("programme_id", "programme_id", 1),
            _ => Vec::new(),
        },
    };
}

fn open(programme: &str, places: usize) -> Command {
    tell(
        "open_programme",
        json!({
            "programme_id": programme, "grade_min": 1, "grade_max": 5, "capacity_n": places,
            "children_per_adult_max": 10,
        }),
    )
}

/// A class of an hour on the day of a round.
fn class(name: &str, programme: &str, round: usize) -> Command {
    tell(
        "schedule_class",
        json!({
            "class_id": name, "programme_id": programme, "starts_at": at(round, 600),
            "ends_at": at(round, 660), "place_id": "hall",
        }),
    )
}

/// Children, and the one who is guardian of all of them.
fn children(children: usize) -> Vec<Command> {
    let person = |name: &str| tell("register_person", json!({"person_ref": name}));
    let mut story = vec![person("guardian")];
    for child in 0..children {
        let child = format!("c-{child}");
        story.push(person(&child));
        story.push(tell(
            "record_relation",
            json!({
                "a_ref": "guardian", "b_ref": child, "kind": "guardian", "valid_from": "2020-01-01",
            }),
        ));
    }
    story
}

fn consent(round: usize, child: usize) -> Command {
    tell(
        "give_consent",
        json!({
            "consent_id": format!("consent-{round}-c-{child}"), "subject_ref": format!("c-{child}"),
            "given_by_ref": "guardian", "capacity": "guardian", "purposes": ["programme"],
            "is_separate": true, "valid_from": "2022-01-01",
        }),
    )
}

fn withdraw_consent(round: usize, child: usize) -> Wanted {
    Wanted::Aside(vec![tell(
        "withdraw_consent",
        json!({
            "consent_id": format!("consent-{round}-c-{child}"), "purposes": ["programme"],
        }),
    )])
}

fn enrol(programme: &str, consent_of_round: usize, child: usize) -> Wanted {
    Wanted::Place(vec![tell(
        "enrol_child",
        json!({
            "programme_id": programme, "child_ref": format!("c-{child}"), "grade_n": 3,
            "school_year": 2021, "guardian_ref": "guardian",
            "consent_id": format!("consent-{consent_of_round}-c-{child}"),
        }),
    )])
}
