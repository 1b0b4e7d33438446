//! P7: a person supports an idea once, and no withdrawn one. P8: what is answered after a survey
//! was closed does not count.

use linli::Flag;
use serde_json::json;

use super::book::Step;
use super::{Command, Places, Race, WRITERS, Wanted, nothing_fresh, races, tell};

/// How many ideas or surveys a round has, several writers each.
const EACH: usize = 4;
/// How many people support an idea, eight times each.
const PEOPLE: usize = 8;

races! {
    /// Eight people support an idea, eight times each.
    an_idea_is_supported_once = Race {
        rule: "P7 once",
        set_up: Vec::new,
        fresh: |round| vec![submit(&format!("i-{round}"))],
        wants: |round, writer| {
            let person = format!("p-{}", writer % PEOPLE);
            Wanted::Place(vec![endorse(&format!("i-{round}"), &person)])
        },
        places: Places::Exactly(PEOPLE),
        refused: &["AlreadyEndorsed"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "IdeaEndorsed" => told.takes("idea_id", "person_ref", PEOPLE),
            _ => Vec::new(),
        },
    };
    /// Ideas are withdrawn while people support them.
    an_idea_is_withdrawn_while_supported = Race {
        rule: "P7 withdrawn",
        set_up: Vec::new,
        fresh: |round| (0..EACH).map(|idea| submit(&format!("i-{round}-{idea}"))).collect(),
        wants: |round, writer| {
            let idea = format!("i-{round}-{}", writer % EACH);
            match (writer / EACH).is_multiple_of(2) && writer < WRITERS {
                true => Wanted::Aside(vec![endorse(&idea, &format!("p-{writer}"))]),
                false => Wanted::Place(vec![tell("withdraw_idea", json!({"idea_id": idea}))]),
            }
        },
        places: Places::Exactly(EACH),
        refused: &["WrongState"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "IdeaEndorsed" => vec![Step::Before(told.text("idea_id"))],
            "IdeaWithdrawn" => vec![Step::Ends(told.text("idea_id"))],
            _ => Vec::new(),
        },
    };
    /// Surveys are closed while households answer: what was counted is what came before.
    a_survey_is_closed_while_answered = Race {
        rule: "P8",
        set_up: Vec::new,
        fresh: |round| (0..EACH).map(|survey| tell("open_survey", json!({
            "survey_id": format!("q-{round}-{survey}"), "invited_n": 100, "unit": "household",
        }))).collect(),
        wants: |round, writer| {
            let survey = format!("q-{round}-{}", writer % EACH);
            match (writer / EACH) % 4 == 3 || writer >= WRITERS {
                true => Wanted::Place(vec![tell("close_survey", json!({"survey_id": survey}))]),
                false => Wanted::Aside(vec![tell("record_answer", json!({
                    "survey_id": survey, "by": {"household": format!("h-{writer}")},
                    "answers": {"nearest_charger_m": 1_000},
                }))]),
            }
        },
        places: Places::Exactly(EACH),
        refused: &["WrongState"],
        given_back: None,
        law: |told| {
            let survey = told.text("survey_id");
            match told.name.as_str() {
                "SurveyAnswered" if told.has(Flag::Late) => vec![Step::After(survey)],
                "SurveyAnswered" => {
                    let mut steps = told.takes("survey_id", "by", WRITERS);
                    steps.push(Step::Before(survey));
                    steps
                }
                "SurveyClosed" => {
                    let taken = told.text("responded_n").parse().expect("a number");
                    vec![Step::Counts { of: survey.clone(), taken }, Step::Ends(survey)]
                }
                _ => Vec::new(),
            }
        },
    };
    /// One name for sixty-four ideas.
    one_idea_of_a_name = Race {
        rule: "one idea of a name",
        set_up: Vec::new,
        fresh: nothing_fresh,
        wants: |round, _| Wanted::Place(vec![submit(&format!("i-{round}"))]),
        places: Places::Exactly(1),
        refused: &["AlreadyExists"],
        given_back: None,
        law: |told| match told.name.as_str() {
            "IdeaSubmitted" => told.takes("idea_id", "idea_id", 1),
            _ => Vec::new(),
        },
    };
}

fn submit(idea: &str) -> Command {
    tell("submit_idea", json!({"idea_id": idea}))
}

fn endorse(idea: &str, person: &str) -> Command {
    tell("endorse_idea", json!({"idea_id": idea, "person_ref": person}))
}
