//! What happened in the two communities beside the charging points, as requests to the ledger.
//!
//! What the article tells is a story each, written as commands in `stories/`; what it only counts
//! (classes, activities, volunteers) is made here, so that the counts come out.

mod classes;
mod clinic;
mod told;
mod troupe;
mod volunteers;

use linli::ledger::Request;
use linli::{Command, Timestamp};
use serde_json::json;

use crate::failure::Failure;
pub(super) use told::YUJING;
use told::{JINGJIA, XUZHUANG, request, story, told};

/// Under which name its keys stand.
const SOURCE: &str = "demo/community";

/// The requests in groups, in their order. Those of a group do not need each other.
pub(super) fn groups(opening: Timestamp) -> Result<Vec<Vec<Request>>, Failure> {
    let mut groups = vec![
        vec![told_story(XUZHUANG, "founding", include_str!("stories/founding.json"))?],
        vec![told_story(XUZHUANG, "rules", include_str!("stories/rules.json"))?],
        vec![
            told_story(YUJING, "scrape", include_str!("stories/scrape.json"))?,
            told_story(YUJING, "pigeons", include_str!("stories/pigeons.json"))?,
            told_story(YUJING, "snow", include_str!("stories/snow.json"))?,
            told_story(YUJING, "flying-wires", include_str!("stories/flying-wires.json"))?,
            request(YUJING, "survey", survey(opening)?)?,
            told_story(JINGJIA, "visit", include_str!("stories/visit.json"))?,
            told_story(JINGJIA, "idea", include_str!("stories/idea.json"))?,
        ],
    ];
    groups.extend(clinic::groups()?);
    groups.extend(troupe::groups()?);
    groups.extend(classes::groups()?);
    groups.extend(volunteers::groups()?);
    Ok(groups)
}

fn told_story(scope: &str, name: &str, text: &str) -> Result<Request, Failure> {
    request(scope, name, story(text)?)
}

/// The survey of needs before the first charging point: how far the next charger is, in metres.
fn survey(opening: Timestamp) -> Result<Vec<Command>, Failure> {
    const DAY_US: i64 = 86_400_000_000;
    const NEAREST_M: [i64; 6] = [1_000, 1_200, 1_400, 1_500, 1_800, 2_000];
    let day = |before: i64| Timestamp(opening.0.saturating_sub(before.saturating_mul(DAY_US)));
    let own = json!({"survey_id": "charging-needs", "at": day(30), "invited_n": 40,
        "unit": "household"});
    let mut commands = vec![told("open_survey", own)?];
    for (household, nearest_m) in (1..).zip(NEAREST_M) {
        commands.push(told(
            "record_answer",
            json!({"survey_id": "charging-needs", "at": day(25),
                "by": {"household": format!("yujing-1-{household}01")},
                "answers": {"nearest_charger_m": nearest_m}}),
        )?);
    }
    commands.push(told("close_survey", json!({"survey_id": "charging-needs", "at": day(20)}))?);
    Ok(commands)
}
