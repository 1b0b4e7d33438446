//! `tests/soak/planted.txt`: which planted bugs were caught, and at which commit. A line a bug, by
//! name: `01-after-inclusive a7ac914`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::planted::said;
use crate::{place, tool};

/// The bugs that were caught.
pub(crate) struct Caught {
    file: PathBuf,
    /// The commit of now.
    commit: String,
    /// The commit at which each was caught, by the name of its patch.
    commits: BTreeMap<String, String>,
}

impl Caught {
    /// Reads what stands there, but for bugs whose patch is another one now.
    pub(crate) fn read() -> Result<Self, String> {
        let file = place::root().join("tests/soak/planted.txt");
        let text = if file.exists() {
            fs::read_to_string(&file).map_err(|error| said(&file, &error))?
        } else {
            String::new()
        };
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        let mut commits: BTreeMap<String, String> =
            lines.map(|(name, commit)| (name.to_owned(), commit.to_owned())).collect();
        let of_any: BTreeSet<String> = commits.values().cloned().collect();
        for commit in of_any {
            let changed = ["diff", "--name-only", &commit, "--", "tests/planted"];
            let changed = tool::answer(tool::program("git").args(changed))?;
            let changed: BTreeSet<&str> = changed.lines().filter_map(name).collect();
            commits.retain(|name, own| *own != commit || !changed.contains(name.as_str()));
        }
        Ok(Self { file, commit: tool::commit()?, commits })
    }

    /// Whether a bug was caught, by the name of its patch.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.commits.contains_key(name)
    }

    /// Writes down that a bug was caught now. A new file takes the place of the old one, so that
    /// whoever stops us leaves a whole one.
    pub(crate) fn add(&mut self, name: &str) -> Result<(), String> {
        self.commits.insert(name.to_owned(), self.commit.clone());
        let lines = self.commits.iter().map(|(name, commit)| format!("{name} {commit}\n"));
        let new = self.file.with_extension("new");
        let text: String = lines.collect();
        fs::write(&new, text).map_err(|error| said(&new, &error))?;
        fs::rename(&new, &self.file).map_err(|error| said(&self.file, &error))
    }
}

/// The name of a patch, from its path.
fn name(path: &str) -> Option<&str> {
    path.strip_prefix("tests/planted/")?.strip_suffix(".patch")
}
