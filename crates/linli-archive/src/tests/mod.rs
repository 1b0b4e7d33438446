//! What an archive promises, in objects in memory and in folders.

mod buckets;
mod compacting;
mod folders;
mod laws;
mod reading;
mod story;
mod tables;
mod verifying;

use std::ops::ControlFlow;

use crate::{Archive, Manifest};

/// Goes on to the end.
pub(crate) fn on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// What is listed, whoever claimed it last: names without their claims.
pub(crate) fn unclaimed(archive: &Archive) -> Manifest {
    let mut manifest = archive.manifest().expect("a manifest");
    manifest.claim = None;
    let segments = manifest.segments.iter_mut().map(|segment| &mut segment.file);
    let tables = manifest.tables.iter_mut();
    let tables = tables.flat_map(|table| [&mut table.sessions.file, &mut table.others.file]);
    for name in segments.chain(tables) {
        let range = name.split_once('.').expect("a name with its kind").0;
        *name = format!("{range}.parquet");
    }
    manifest
}
