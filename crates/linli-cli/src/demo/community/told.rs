//! Commands of the community as they are written: a name and its fields.

use linli::codec::Channel;
use linli::ledger::Request;
use linli::{Command, Scope};
use serde_json::{Value, json};

use crate::failure::Failure;

/// The zone in which everything is told.
const ZONE: &str = "Asia/Shanghai";
/// The sub-district.
pub(super) const XUZHUANG: &str = "xuzhuang";
/// Yujing Garden (御景花园).
pub(in crate::demo) const YUJING: &str = "xuzhuang/yujing";
/// Jinghang Jiayuan (京杭佳苑).
pub(super) const JINGJIA: &str = "xuzhuang/jingjia";

/// A command of this name, told in the zone of the community.
pub(super) fn told(name: &str, mut fields: Value) -> Result<Command, Failure> {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("zone".to_owned(), json!(ZONE));
    }
    serde_json::from_value(json!({ name: fields })).map_err(Failure::input)
}

/// The commands of a story, which is written as they are.
pub(super) fn story(text: &str) -> Result<Vec<Command>, Failure> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let written: Vec<serde_json::Map<String, Value>> =
        serde_json::from_str(&text).map_err(Failure::input)?;
    let commands = written.into_iter().flatten();
    commands.map(|(name, fields)| told(&name, fields)).collect()
}

/// A request under its own key: delivered twice, it happens once.
pub(super) fn request(scope: &str, id: &str, commands: Vec<Command>) -> Result<Request, Failure> {
    let scope: Scope = scope.parse().map_err(Failure::input)?;
    let request = Request::all(commands).from_source(super::SOURCE, id);
    Ok(request.through(Channel::Import).within(scope))
}
