//! What a stream must be to keep what it acknowledged. Judged from the JSON that the server sends:
//! servers pass over settings that they do not know, and drivers do not show all.

use serde_json::{Value, json};

use crate::OpenError;
use crate::place::Place;

/// The name under which a stream says that it is a journal, and of which version.
const OURS: &str = "linli";
const VERSION: &str = "1";

/// What a setting has to be.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    /// This text.
    Text(&'static str),
    /// This text, or nothing.
    TextIfAny(&'static str),
    On,
    Off,
    /// No number, 0, or -1: no limit.
    Unlimited,
    /// Nothing.
    Absent,
}

/// Each of them, otherwise, loses, changes or hides what was acknowledged, or lets somebody do so.
const WANTED: [(&str, Wanted); 23] = [
    ("retention", Wanted::Text("limits")),
    ("storage", Wanted::Text("file")),
    ("max_age", Wanted::Unlimited),
    ("max_msgs", Wanted::Unlimited),
    ("max_bytes", Wanted::Unlimited),
    ("max_msgs_per_subject", Wanted::Unlimited),
    ("max_msg_size", Wanted::Unlimited),
    ("no_ack", Wanted::Off),
    ("sealed", Wanted::Off),
    ("allow_msg_counter", Wanted::Off),
    ("allow_msg_schedules", Wanted::Off),
    ("allow_msg_ttl", Wanted::Off),
    ("allow_rollup_hdrs", Wanted::Off),
    ("persist_mode", Wanted::TextIfAny("default")),
    ("deny_delete", Wanted::On),
    ("deny_purge", Wanted::On),
    ("mirror", Wanted::Absent),
    ("sources", Wanted::Absent),
    ("subject_transform", Wanted::Absent),
    ("first_seq", Wanted::Unlimited),
    ("allow_direct", Wanted::On),
    ("allow_atomic", Wanted::On),
    ("discard", Wanted::Text("new")),
];

impl Wanted {
    fn admits(self, found: &Value) -> bool {
        match self {
            Self::Text(text) => found == text,
            Self::TextIfAny(text) => found.is_null() || found == text,
            Self::On => found == true,
            Self::Off => found.is_null() || found == false,
            Self::Unlimited => found.is_null() || found == 0 || found == -1,
            Self::Absent => found.is_null() || found.as_array().is_some_and(Vec::is_empty),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Text(text) | Self::TextIfAny(text) => text,
            Self::On => "true",
            Self::Off => "false",
            Self::Unlimited => "unlimited",
            Self::Absent => "absent",
        }
    }
}

/// The stream of a new journal.
pub(crate) fn new(place: &Place) -> Value {
    json!({
        "name": place.stream.as_str(),
        "subjects": [place.stream.subject()],
        "storage": "file",
        "retention": "limits",
        "discard": "new",
        "num_replicas": place.replicas,
        "deny_delete": true,
        "deny_purge": true,
        "allow_direct": true,
        "allow_atomic": true,
        "metadata": { OURS: VERSION },
    })
}

/// Refuses a stream that is no journal, or that can lose what it acknowledged.
pub(crate) fn judge(place: &Place, config: &Value) -> Result<(), OpenError> {
    let at = || place.shown.clone();
    let version = config.pointer("/metadata/linli").and_then(Value::as_str);
    match version {
        Some(VERSION) => {}
        None => {
            let what = "its metadata does not say so".to_owned();
            return Err(OpenError::NotAJournal { place: at(), what });
        }
        Some(version) => {
            return Err(OpenError::Newer { place: at(), version: version.to_owned() });
        }
    }
    for (setting, wanted) in WANTED {
        let found = config.get(setting).unwrap_or(&Value::Null);
        if !wanted.admits(found) {
            let (found, wanted) = (found.to_string(), wanted.as_str());
            return Err(OpenError::UnsafeStream { place: at(), setting, found, wanted });
        }
    }
    let subjects = config.get("subjects").unwrap_or(&Value::Null);
    if *subjects != json!([place.stream.subject()]) {
        let what = format!("its subjects are {subjects}");
        return Err(OpenError::NotAJournal { place: at(), what });
    }
    let found = config.get("num_replicas").and_then(Value::as_u64).unwrap_or(1);
    match found < place.replicas {
        true => Err(OpenError::FewReplicas { place: at(), found, wanted: place.replicas }),
        false => Ok(()),
    }
}
