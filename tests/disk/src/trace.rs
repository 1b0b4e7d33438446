//! What was written and flushed, and what of it may be there after the power was cut.
//!
//! Until a file is flushed, each write to it may be lost, may be there whole, or in any of its
//! sectors, whatever came before or after it. What was flushed is there.

use std::collections::BTreeMap;

/// A sector is written whole or not at all.
const SECTOR: usize = 512;

/// Something that was done to a file, or a mark among such steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Bytes were written.
    Written {
        /// The file's name in its folder.
        file: String,
        /// Where.
        offset: usize,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// It was cut off, or made longer.
    Truncated {
        /// The file's name in its folder.
        file: String,
        /// How long it is since.
        bytes: usize,
    },
    /// It was flushed.
    Synced {
        /// The file's name in its folder.
        file: String,
    },
    /// It was removed.
    Deleted {
        /// The file's name in its folder.
        file: String,
        /// Whether the folder was flushed behind that.
        is_synced: bool,
    },
    /// Something was answered.
    Marked(u64),
}

/// Files by their names.
pub type Image = BTreeMap<String, Vec<u8>>;

/// Steps in the order in which they were done.
#[derive(Clone, Debug)]
pub struct Trace {
    pub(crate) steps: Vec<Step>,
}

/// A file as it is known to be on the disk, and what was done to it since.
#[derive(Debug, Default)]
struct File<'t> {
    durable: Option<Vec<u8>>,
    pending: Vec<&'t Step>,
}

impl Trace {
    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing was done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The highest mark among the first `steps` steps.
    #[must_use]
    pub fn marked(&self, steps: usize) -> Option<u64> {
        let mark = |step: &Step| match step {
            Step::Marked(number) => Some(*number),
            _ => None,
        };
        self.steps.iter().take(steps).filter_map(mark).max()
    }

    /// What may be on the disk if the power is cut after so many steps. `chance` gives a number
    /// below the one that it is given.
    pub fn image(&self, steps: usize, chance: &mut impl FnMut(u64) -> u64) -> Image {
        let mut files: BTreeMap<&str, File<'_>> = BTreeMap::new();
        for step in self.steps.iter().take(steps) {
            let Some(name) = step.file() else { continue };
            let file = files.entry(name).or_default();
            file.pending.push(step);
            match step {
                Step::Synced { .. } => {
                    // SQLite flushes the folder with the first flush of a log: whatever was removed
                    // there is gone.
                    let is_new_log = file.durable.is_none()
                        && ["-wal", "-journal"].iter().any(|end| name.ends_with(end));
                    file.flush();
                    if is_new_log {
                        files.values_mut().filter(|file| file.is_removed()).for_each(File::flush);
                    }
                }
                Step::Deleted { is_synced: true, .. } => file.flush(),
                _ => {}
            }
        }
        let left = files
            .into_iter()
            .filter_map(|(name, file)| Some((name.to_owned(), file.after_power_loss(chance)?)));
        left.collect()
    }
}

impl Step {
    fn file(&self) -> Option<&str> {
        match self {
            Self::Written { file, .. }
            | Self::Truncated { file, .. }
            | Self::Synced { file }
            | Self::Deleted { file, .. } => Some(file),
            Self::Marked(_) => None,
        }
    }

    /// Does it to the file, in those of its sectors that are kept.
    fn apply(&self, content: &mut Option<Vec<u8>>, mut is_kept: impl FnMut() -> bool) {
        match self {
            Self::Written { offset, bytes, .. } => {
                let content = content.get_or_insert_default();
                let mut at = *offset;
                for part in parts(*offset, bytes) {
                    if is_kept() {
                        put(content, at, part);
                    }
                    at += part.len();
                }
            }
            Self::Truncated { bytes, .. } if is_kept() => {
                content.get_or_insert_default().resize(*bytes, 0);
            }
            Self::Deleted { .. } => *content = None,
            // What is flushed is there, even where nothing was written to it.
            Self::Synced { .. } => drop(content.get_or_insert_default()),
            Self::Truncated { .. } | Self::Marked(_) => {}
        }
    }
}

impl File<'_> {
    fn is_removed(&self) -> bool {
        matches!(self.pending.last(), Some(Step::Deleted { .. }))
    }

    fn flush(&mut self) {
        for step in self.pending.drain(..) {
            step.apply(&mut self.durable, || true);
        }
    }

    fn after_power_loss(self, chance: &mut impl FnMut(u64) -> u64) -> Option<Vec<u8>> {
        let mut content = self.durable;
        for step in self.pending {
            let fate = chance(4);
            if matches!(step, Step::Deleted { .. }) && fate < 2 {
                // It is still there, and what came later was done to another file.
                return content;
            }
            match fate {
                0 => step.apply(&mut content, || false),
                1 => step.apply(&mut content, || chance(2) == 0),
                _ => step.apply(&mut content, || true),
            }
        }
        content
    }
}

/// The bytes, cut where a sector of the file ends.
fn parts(offset: usize, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let first = (SECTOR - offset % SECTOR).min(bytes.len());
    let (first, rest) = bytes.split_at(first);
    std::iter::once(first).chain(rest.chunks(SECTOR))
}

fn put(content: &mut Vec<u8>, at: usize, part: &[u8]) {
    let end = at + part.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    if let Some(place) = content.get_mut(at..end) {
        place.copy_from_slice(part);
    }
}
