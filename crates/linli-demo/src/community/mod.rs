//! What happened in the two communities beside the charging points, as stories.
//!
//! What the article tells is a story each, written as commands in `stories/`; what it only counts
//! (classes, activities, volunteers) is made here, so that the counts come out.

mod classes;
pub(crate) mod clinic;
mod troupe;
pub(crate) mod volunteers;

use linli::{Command, Timestamp};
use serde_json::json;

use crate::Unmade;
use crate::story::{JINGJIA, Story, XUZHUANG, YUJING, told};

/// Under which name its keys stand.
const SOURCE: &str = "demo/community";

/// The stories in groups, in their order. Those of a group do not need each other. What the troupe
/// did is told from one of its activities on: 0 is all.
pub(super) fn groups(opening: Timestamp, first_activity: usize) -> Result<Vec<Vec<Story>>, Unmade> {
    let mut groups = vec![
        vec![written(XUZHUANG, "founding", include_str!("stories/founding.json"))?],
        vec![written(XUZHUANG, "rules", include_str!("stories/rules.json"))?],
        vec![
            written(YUJING, "scrape", include_str!("stories/scrape.json"))?,
            written(YUJING, "pigeons", include_str!("stories/pigeons.json"))?,
            written(YUJING, "snow", include_str!("stories/snow.json"))?,
            written(YUJING, "flying-wires", include_str!("stories/flying-wires.json"))?,
            of(YUJING, "survey", survey(opening)?),
            written(JINGJIA, "visit", include_str!("stories/visit.json"))?,
            written(JINGJIA, "idea", include_str!("stories/idea.json"))?,
        ],
    ];
    groups.extend(clinic::groups()?);
    groups.extend(troupe::groups(first_activity)?);
    groups.extend(classes::groups()?);
    groups.extend(volunteers::groups()?);
    Ok(groups)
}

fn written(scope: &str, id: &str, text: &str) -> Result<Story, Unmade> {
    Story::written(SOURCE, scope, id, text)
}

fn of(scope: &str, id: impl Into<String>, commands: Vec<Command>) -> Story {
    Story::of(SOURCE, scope, id, commands)
}

/// The survey of needs before the first charging point: how far the next charger is, in metres.
fn survey(opening: Timestamp) -> Result<Vec<Command>, Unmade> {
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
