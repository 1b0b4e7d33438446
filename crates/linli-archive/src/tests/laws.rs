//! What was sealed is what was told, however it was cut, and however often it was sealed.

use std::sync::Arc;

use linli::journal::{Blocking, MemoryStore, Position, Whole, copy};
use linli::proof::{self, Leaf, Tree};
use object_store::memory::InMemory;
use proptest::prelude::*;

use super::story::{appends, journal, stories};
use super::{on, unclaimed};
use crate::{Archive, Seal};

pub(super) fn in_memory() -> Archive {
    Archive::in_objects(Arc::new(InMemory::new()))
}

pub(super) fn archived(archive: &Archive) -> Vec<Whole> {
    let manifest = archive.manifest().expect("a manifest");
    let read = |segment| archive.appends(segment).expect("sound");
    manifest.segments.iter().flat_map(read).collect()
}

/// The root over what these appends begin with.
fn root(appends: &[Whole], events: u64) -> String {
    let mut tree = Tree::default();
    for leaf in appends.iter().flat_map(Leaf::of).filter(|leaf| leaf.position.0 <= events) {
        tree.push(leaf.hash());
    }
    tree.root().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_archive_gives_the_journal_back(
        story in stories(),
        cuts in prop::collection::vec((0_u64..80, 1_u64..40), 0..4),
    ) {
        let (store, archive) = (journal(&story), in_memory());
        let all = appends(&store);
        let (mut reached, mut listed) = (0, 0);
        for (up_to, rows) in cuts.into_iter().chain([(u64::MAX, 7)]) {
            let seal = Seal::all().rows(rows).up_to(Some(Position(up_to)));
            let sealed = archive.seal(Blocking(&store), seal, on).expect("sealed");
            let fitting = all.iter().map(|whole| whole.last().0).filter(|last| *last <= up_to);
            let expected = fitting.max().unwrap_or(0).max(reached);
            prop_assert_eq!((sealed.events, sealed.rows), (expected, expected - reached));
            prop_assert_eq!(sealed.root.to_string(), root(&all, expected));
            reached = expected;
            let segments = archive.manifest().expect("a manifest").segments;
            for segment in segments.iter().skip(listed) {
                let appends = all.iter().filter(|whole| whole.first >= segment.first);
                let appends = appends.filter(|whole| whole.last() <= segment.last).count();
                prop_assert!(segment.rows <= rows || appends == 1, "an append is never cut");
                prop_assert_eq!(&segment.root, &root(&all, segment.last.0));
            }
            listed = segments.len();
        }
        prop_assert_eq!(&archived(&archive), &all);
    }

    #[test]
    fn what_is_put_into_an_empty_journal_has_its_root(story in stories(), rows in 1_u64..40) {
        let (store, archive, again) = (journal(&story), in_memory(), MemoryStore::new());
        let seal = Seal::all().rows(rows);
        let sealed = archive.seal(Blocking(&store), seal, on).expect("sealed");
        for whole in archived(&archive) {
            let appended = Blocking(&again).append(whole.append).expect("an empty journal");
            prop_assert_eq!(appended.first, whole.first);
        }
        prop_assert_eq!(proof::tree(Blocking(&again)).expect("readable").root(), sealed.root);
        // And all that stands beside the leaves: keys, contents, checkpoints.
        let copied = copy(Blocking(&store), Blocking(&again), on).expect("its own beginning");
        prop_assert_eq!(copied.written, 0);
    }

    #[test]
    fn the_same_seal_is_the_same_bytes(story in stories(), rows in 1_u64..40) {
        let store = journal(&story);
        let files = [in_memory(), in_memory()].map(|archive| {
            archive.seal(Blocking(&store), Seal::all().rows(rows), on).expect("sealed");
            unclaimed(&archive)
        });
        prop_assert_eq!(&files[0], &files[1]);
    }
}
