//! Files that no manifest lists: what a stop has left, and what nobody can account for.

use std::collections::HashSet;

use pollster::block_on;

use crate::manifest::{OTHERS, SEGMENTS, SESSIONS};
use crate::{Archive, ArchiveError, Manifest};

/// Files beside the segments and tables that no manifest lists.
#[derive(Debug)]
pub(crate) struct Strangers {
    /// Their events stand in segments that are listed and there, as those of a compaction that was
    /// stopped.
    pub(crate) superseded: Vec<String>,
    /// All others.
    pub(crate) unaccounted: Vec<String>,
}

impl Archive {
    pub(crate) fn strangers(&self, manifest: &Manifest) -> Result<Strangers, ArchiveError> {
        let mut found = Vec::new();
        for folder in [SEGMENTS, SESSIONS, OTHERS] {
            found.extend(block_on(self.place.names(folder))?);
        }
        let there: HashSet<&str> = found.iter().map(|name| &**name).collect();
        let listed: HashSet<&str> = manifest.files().collect();
        let is_told_by_others = |name: &str| {
            let segments = range_of(name).and_then(|range| manifest.segments_within(range));
            segments.is_some_and(|own| own.iter().all(|own| there.contains(&*own.file)))
        };
        let strangers = found.iter().filter(|name| !listed.contains(&***name)).cloned();
        let (superseded, unaccounted) = strangers.partition(|name| is_told_by_others(name));
        Ok(Strangers { superseded, unaccounted })
    }

    /// What stops have left, to be set aside.
    ///
    /// # Errors
    /// [`ArchiveError::Unlisted`] where the manifest was lost, as far as can be told.
    pub(crate) fn left_over(&self, manifest: &Manifest) -> Result<Vec<String>, ArchiveError> {
        let Strangers { mut superseded, unaccounted } = self.strangers(manifest)?;
        let left: Vec<String> =
            unaccounted.into_iter().filter(|name| range_of(name).is_some()).collect();
        // A seal that is stopped leaves one; several that were overtaken begin at one position.
        // More are an archive that lost its manifest; as one may be that too, it is moved and not
        // removed.
        let segments = left.iter().filter(|name| name.starts_with(SEGMENTS));
        let segments = segments.filter(|name| name.ends_with(".parquet"));
        let begins: Vec<_> =
            segments.filter_map(|name| range_of(name)).map(|(first, _)| first).collect();
        if begins.iter().any(|first| Some(first) != begins.first()) {
            return Err(ArchiveError::Unlisted { place: self.place.name(), files: begins.len() });
        }
        superseded.extend(left);
        Ok(superseded)
    }
}

/// The positions in the name of a segment or a table, whole or unfinished: no other file is
/// touched.
fn range_of(name: &str) -> Option<(u64, u64)> {
    let (_, name) = name.split_once('/')?;
    let (range, _) = name.split_once('.').filter(|(_, behind)| behind.contains("parquet"))?;
    let (first, last) = range.split_once('-')?;
    let position = |text: &str| {
        let is_one = text.len() == 20 && text.bytes().all(|b| b.is_ascii_digit());
        if is_one { text.parse().ok() } else { None }
    };
    Some((position(first)?, position(last)?))
}
