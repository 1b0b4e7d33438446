//! Commands as they are written, a name and its fields; and a story: those that are told at once.

use linli::codec::Channel;
use linli::ledger::Request;
use linli::{Command, Scope};
use serde_json::{Map, Value, json};

use crate::Unmade;

/// The zone in which everything is told.
const ZONE: &str = "Asia/Shanghai";
/// The sub-district.
pub(crate) const XUZHUANG: &str = "xuzhuang";
/// Yujing Garden (御景花园).
pub(crate) const YUJING: &str = "xuzhuang/yujing";
/// Jinghang Jiayuan (京杭佳苑).
pub(crate) const JINGJIA: &str = "xuzhuang/jingjia";

/// A command of this name, told in the zone of the community.
pub(crate) fn told(name: &str, mut fields: Value) -> Result<Command, Unmade> {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("zone".to_owned(), json!(ZONE));
    }
    Ok(serde_json::from_value(json!({ name: fields }))?)
}

/// What is told at once: a request under its own key, so that delivered twice it happens once.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    source: &'static str,
    scope: String,
    id: String,
    commands: Vec<Command>,
}

impl Story {
    /// Commands that are told of a community; `source` and `id` are the key.
    pub(crate) fn of(
        source: &'static str,
        scope: &str,
        id: impl Into<String>,
        commands: Vec<Command>,
    ) -> Self {
        Self { source, scope: scope.to_owned(), id: id.into(), commands }
    }

    /// A story that is written as a list of commands.
    pub(crate) fn written(
        source: &'static str,
        scope: &str,
        id: impl Into<String>,
        text: &str,
    ) -> Result<Self, Unmade> {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let text = lines.collect::<Vec<_>>().join("\n");
        let written: Vec<Map<String, Value>> = serde_json::from_str(&text)?;
        let commands = written.into_iter().flatten();
        let commands = commands.map(|(name, fields)| told(&name, fields));
        Ok(Self::of(source, scope, id, commands.collect::<Result<_, _>>()?))
    }

    /// As the ledger is asked for it.
    pub(crate) fn request(self) -> Result<Request, Unmade> {
        let scope: Scope = self.scope.parse()?;
        let request = Request::all(self.commands).from_source(self.source, &self.id);
        Ok(request.through(Channel::Import).within(scope))
    }

    /// Whether it holds wherever it is told: the rules and the tariff.
    pub(crate) fn is_for_all(&self) -> bool {
        matches!(self.id.as_str(), "rules" | "tariff")
    }

    /// The same story of another neighbourhood: who and what is named in it has another name there.
    pub(crate) fn elsewhere(mut self, neighbourhood: u32) -> Result<Self, Unmade> {
        let ending = format!("-{neighbourhood}");
        let mut commands = Vec::new();
        for command in &self.commands {
            let mut written = serde_json::to_value(command)?;
            rename(&mut written, &ending);
            commands.push(serde_json::from_value(written)?);
        }
        self.commands = commands;
        self.id.push_str(&ending);
        self.scope = self
            .scope
            .split('/')
            .map(|part| format!("{part}{ending}"))
            .collect::<Vec<_>>()
            .join("/");
        Ok(self)
    }
}

/// The fields that hold names beside those that end with `_id`, `_ids` and `_ref`.
const NAMES: [&str; 9] = [
    "card",
    "connector",
    "handle",
    "household",
    "into",
    "lot_no",
    "project",
    "session",
    "volunteer_no",
];
/// What is named the same everywhere: a series of doses; and what is named within its dispute.
const EVERYWHERE: [&str; 2] = ["series_id", "party_id"];

fn rename(written: &mut Value, ending: &str) {
    match written {
        Value::Object(fields) => {
            for (field, value) in fields {
                let ends = ["_id", "_ids", "_ref"].iter().any(|end| field.ends_with(end));
                let is_name = ends && !EVERYWHERE.contains(&field.as_str());
                match value {
                    Value::String(name) if is_name || NAMES.contains(&field.as_str()) => {
                        name.push_str(ending);
                    }
                    Value::Array(names) if is_name => names.iter_mut().for_each(|name| {
                        if let Value::String(name) = name {
                            name.push_str(ending);
                        }
                    }),
                    deeper => rename(deeper, ending),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|one| rename(one, ending)),
        _ => {}
    }
}
