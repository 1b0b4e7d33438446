//! The list of an archive's segments: what is in it, and what each file has to be.

use linli::journal::{Digest, Position};
use linli::proof::Root;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What an archive holds. As a file it is JSON, `manifest.json`.
///
/// A journal has no name of its own. It is known by its events: the root of the first segment is
/// that of no other journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: Format,
    /// The segments in order, without a gap.
    pub segments: Vec<Segment>,
    /// The tables of the sessions in them, in order, without a gap; an archive need not have any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Who wrote it last where no lock keeps others away: each seal claims it under a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<Uuid>,
}

/// How a manifest and its segments are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Format {
    /// The one of this version.
    #[default]
    #[serde(rename = "linli/archive/v1")]
    First,
}

/// One file of whole appends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Its name within the archive: the range that it holds.
    pub file: String,
    /// Position of its first event.
    pub first: Position,
    /// Position of its last event.
    pub last: Position,
    /// How many events it has, a row each.
    pub rows: u64,
    /// How long the file is, in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Root of the tree over all events of the journal up to `last`, in hexadecimal.
    pub root: String,
}

/// What some segments tell of charging, in two files that are derived from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Position of the first event that it stands for.
    pub first: Position,
    /// Position of the last one.
    pub last: Position,
    /// The sessions that ended within it with nothing remarkable about them.
    pub sessions: File,
    /// All other events of charging.
    pub others: File,
}

/// A file of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name within the archive: the range that it is of.
    pub file: String,
    /// How many rows it has.
    pub rows: u64,
    /// How long the file is, in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// The folder of the plain sessions.
pub(crate) const SESSIONS: &str = "sessions";
/// The folder of the other events of charging.
pub(crate) const OTHERS: &str = "others";
/// The folder of the segments.
pub(crate) const SEGMENTS: &str = "segments";
/// The name of the manifest.
pub(crate) const MANIFEST: &str = "manifest.json";
/// How long a manifest may be: that of some hundred thousand segments.
pub(crate) const MANIFEST_BYTES: u64 = 64 * 1024 * 1024;

impl Manifest {
    /// Position of the last event that is archived.
    #[must_use]
    pub fn end(&self) -> Option<Position> {
        self.segments.last().map(|segment| segment.last)
    }

    /// How many events are archived.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.end().map_or(0, |end| end.0)
    }

    /// Reads what [`Manifest::written`] wrote; `None` for anything else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        let mut next = 1;
        for segment in &manifest.segments {
            let Position(last) = segment.last;
            let rows = last.checked_sub(next)?.checked_add(1)?;
            let is_named = is_file_name(&segment.file, SEGMENTS, segment.first, segment.last);
            if segment.first.0 != next || segment.rows != rows || !is_named {
                return None;
            }
            next = last.checked_add(1)?;
        }
        manifest.tables_are_of_segments().then_some(manifest)
    }

    fn tables_are_of_segments(&self) -> bool {
        let mut next = Some(1);
        self.tables.iter().all(|table| {
            let Table { first, last, sessions, others } = table;
            let follows = next == Some(first.0) && first <= last;
            next = last.0.checked_add(1);
            let ends = self.segments.binary_search_by_key(last, |segment| segment.last).is_ok();
            let is_named = |file: &File, folder| is_file_name(&file.file, folder, *first, *last);
            follows && ends && is_named(sessions, SESSIONS) && is_named(others, OTHERS)
        })
    }

    /// The last event that a table stands for; 0 before the first.
    pub(crate) fn tabled(&self) -> u64 {
        self.tables.last().map_or(0, |table| table.last.0)
    }

    /// The segments that a table is of.
    pub(crate) fn segments_of(&self, table: &Table) -> &[Segment] {
        let begin = self.segments.partition_point(|segment| segment.last < table.first);
        let end = self.segments.partition_point(|segment| segment.last <= table.last);
        self.segments.get(begin..end).unwrap_or_default()
    }

    /// The segments that hold these positions; `None` where some of them are not archived.
    pub(crate) fn segments_within(&self, (first, last): (u64, u64)) -> Option<&[Segment]> {
        let begin = self.segments.partition_point(|segment| segment.last.0 < first);
        let end = self.segments.partition_point(|segment| segment.first.0 <= last);
        let is_archived = 0 < first && first <= last && last <= self.events();
        self.segments.get(begin..end).filter(|_| is_archived)
    }

    /// The names of all files that it lists.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.listed().map(|(file, _)| file)
    }

    /// Whether it lists a file of this name and SHA-256.
    pub(crate) fn lists(&self, file: &str, sha256: &str) -> bool {
        self.listed().any(|listed| listed == (file, sha256))
    }

    /// The names of all files, and the SHA-256 of each.
    fn listed(&self) -> impl Iterator<Item = (&str, &str)> {
        let tables = self.tables.iter().flat_map(|table| [&table.sessions, &table.others]);
        let tables = tables.map(|File { file, sha256, .. }| (&**file, &**sha256));
        let segments = self.segments.iter();
        segments.map(|Segment { file, sha256, .. }| (&**file, &**sha256)).chain(tables)
    }

    /// The name of a file that is about to be put. Where no lock keeps others away it bears the
    /// claim, so that no name is used twice: who takes away what a stop has left takes away nothing
    /// that is put later.
    pub(crate) fn file_name(&self, folder: &str, (first, last): (Position, Position)) -> String {
        let claim = self.claim.map(|claim| format!(".{claim}")).unwrap_or_default();
        format!("{}{claim}.parquet", range_name(folder, first, last))
    }

    pub(crate) fn written(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }
}

impl Segment {
    /// What is said of a file that was just made.
    pub(crate) fn of(
        name: String,
        file: &[u8],
        (first, last): (Position, Position),
        root: String,
    ) -> Self {
        Self {
            file: name,
            first,
            last,
            rows: last.0.saturating_sub(first.0).saturating_add(1),
            bytes: file.len() as u64,
            sha256: hexadecimal(Sha256::digest(file).into()),
            root,
        }
    }
}

impl File {
    /// What is said of a file that was just made.
    pub(crate) fn of(name: String, bytes: &[u8], rows: u64) -> Self {
        Self {
            file: name,
            rows,
            bytes: bytes.len() as u64,
            sha256: hexadecimal(Sha256::digest(bytes).into()),
        }
    }
}

/// Whether a file has the SHA-256 that is written in hexadecimal.
pub(crate) fn has_digest(file: &[u8], sha256: &str) -> bool {
    sha256 == hexadecimal(Sha256::digest(file).into())
}

/// Sorted by name they stand in the order of positions.
fn range_name(folder: &str, first: Position, last: Position) -> String {
    format!("{folder}/{:020}-{:020}", first.0, last.0)
}

/// Whether it is the name of a file of this range, under whichever claim.
fn is_file_name(name: &str, folder: &str, first: Position, last: Position) -> bool {
    let behind = name.strip_prefix(&*range_name(folder, first, last));
    let claim = behind.and_then(|behind| behind.strip_suffix(".parquet"));
    claim.is_some_and(|claim| {
        claim.is_empty() || claim.strip_prefix('.').is_some_and(|id| Uuid::try_parse(id).is_ok())
    })
}

/// A digest as a root is written.
fn hexadecimal(digest: Digest) -> String {
    Root(digest).to_string()
}
