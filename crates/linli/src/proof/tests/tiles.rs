//! Tiles: proofs out of them are those of the walk, and nothing in them is believed.

use std::fs;
use std::future::ready;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::super::*;
use crate::journal::{
    Append, AppendError, Appended, Blocking, EventStore, IdempotencyKey, Page, PageBuilder,
    Pending, Position, Query, ReadOptions, Receipt, Row,
};

/// A journal of any size that takes no room: its events are made up when they are read, three an
/// append. Each story is another one behind its `fork`.
#[derive(Clone, Copy)]
pub(super) struct MadeUp {
    pub(super) size: u64,
    pub(super) fork: u64,
    pub(super) story: u8,
}

impl EventStore for MadeUp {
    fn append(&self, _: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        unreachable!("nothing is appended to it")
    }

    fn read<'a>(
        &'a self,
        _: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        let head = Some(Position(self.size)).filter(|head| head.0 > 0);
        let mut page = PageBuilder::new(head, &options);
        let kind = page.event_type("Counted");
        let until = options.until.map_or(self.size, |until| until.0.min(self.size));
        let mut at = options.after.map_or(0, |after| after.0);
        while at < until && !page.is_full() {
            at += 1;
            let (append, position, id) = (at / 3, Position(at), Uuid::from_u128(at.into()));
            let story = if at > self.fork { self.story } else { 0 };
            let payload = [&at.to_le_bytes()[..], &[story]].concat();
            let tags = [page.tag("n:1")];
            let row = Row {
                position,
                id,
                event_type: kind,
                tags: &tags,
                metadata: b"",
                payload: &payload,
            };
            page.push(append, b"shared", &row);
            if page.wants_origins() {
                let (first, last) = (append * 3, append * 3 + 2);
                let (first, last) = (Position(first.max(1)), Position(last.min(self.size)));
                let origin = crate::journal::Origin { first, last, key: None, checkpoint: None };
                page.comes_from(append, origin);
            }
        }
        Box::pin(ready(Ok(if at < until { page.more() } else { page.last() })))
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        Box::pin(ready(Ok(Some(Position(self.size)).filter(|head| head.0 > 0))))
    }

    fn receipt(&self, _: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        Box::pin(ready(Ok(None)))
    }

    fn checkpoint<'a>(&'a self, _: &'a str) -> Pending<'a, Result<Option<Position>, ReadError>> {
        Box::pin(ready(Ok(None)))
    }

    fn past(&self, _: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        unreachable!("nobody waits for it")
    }
}

const STORY: MadeUp = MadeUp { size: 2_000, fork: 0, story: 0 };
/// Beyond the second level of tiles.
const LONG: MadeUp = MadeUp { size: 66_000, fork: 0, story: 0 };

fn key() -> SigningKey {
    SigningKey::of("example.org/yujing", &[7; 32]).expect("a name")
}

/// The signed checkpoint of the first events of the story.
fn note(size: u64) -> String {
    let mut tree = Tree::default();
    leaf::each_record(Blocking(&LONG), 0, size, |record| tree.push(leaf::hash_of(record)))
        .expect("it is sound");
    Checkpoint::of(&tree).signed(&key()).expect("it is small")
}

fn walked(position: u64, note: &str) -> Inclusion {
    Inclusion::prove(Blocking(&STORY), Position(position), note).expect("it is there")
}

fn tiled(tiles: &Tiles, position: u64, note: &str) -> Result<Inclusion, ProveError> {
    Inclusion::prove_by(tiles, Blocking(&STORY), Position(position), note)
}

/// The files of tiles below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// Where a third level of tiles begins, and another tile of the second one.
#[test]
fn the_second_level_is_tiled_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let tiles = Tiles::of(folder.path());
    let (journal, notes) = (Blocking(&LONG), [65_535, 65_537, LONG.size].map(note));
    for note in &notes {
        tiles.extend(journal, note).expect("it goes on");
    }
    assert_eq!(fs::read(folder.path().join("tile/2/000.p/1")).expect("a tile").len(), 32);
    assert_eq!(fs::read(folder.path().join("tile/1/001.p/1")).expect("a tile").len(), 32);
    // What was unfinished once and is full now is there in one form.
    assert!(!folder.path().join("tile/1/000.p").exists());
    for (note, position) in [(&notes[1], 65_537), (&notes[2], 1), (&notes[2], 65_536)] {
        let position = Position(position);
        let walked = Inclusion::prove(journal, position, note);
        let quick = Inclusion::prove_by(&tiles, journal, position, note).expect("it is there");
        assert_eq!(quick, walked.expect("it is there"));
    }
    let quick = Consistency::prove_by(&tiles, &notes[0], &notes[2]).expect("it goes on");
    assert_eq!(quick, Consistency::prove(journal, &notes[0], &notes[2]).expect("it goes on"));
}

/// A journal that is not the signed one is named, down to the event, and leaves no tiles.
#[test]
fn another_journal_is_not_tiled_and_an_altered_event_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let tiles = Tiles::of(folder.path());
    let note = note(300);
    let other = MadeUp { size: 300, fork: 0, story: 1 };
    for wrong in [other, MadeUp { size: 299, fork: 0, story: 0 }] {
        let found = tiles.extend(Blocking(&wrong), &note);
        assert!(matches!(found, Err(ProveError::Contradiction(_))), "{found:?}");
        assert!(!tiles.checkpoint().exists());
    }
    tiles.extend(Blocking(&STORY), &note).expect("it is the journal");
    let found = Inclusion::prove_by(&tiles, Blocking(&other), Position(7), &note);
    let (first, last) = (Position(7), Position(7));
    let Err(ProveError::Contradiction(found)) = found else { panic!("{found:?}") };
    assert_eq!(found, Contradiction::Differs { first, last });
}

/// Tiles end somewhere, are of one journal, and only grow.
#[test]
fn tiles_say_why_they_do_not_serve() {
    let folder = tempfile::tempdir().expect("a folder");
    let tiles = Tiles::of(folder.path());
    let (earlier, later) = (note(100), note(101));
    let behind = tiled(&tiles, 1, &earlier);
    assert!(matches!(
        behind,
        Err(ProveError::Tiles(TilesError::Behind { tiles: 0, size: 100, .. }))
    ));
    tiles.extend(Blocking(&STORY), &later).expect("it is the journal");
    assert_eq!(tiled(&tiles, 1, &earlier).expect("it is there"), walked(1, &earlier));
    let back = tiles.extend(Blocking(&STORY), &earlier);
    assert!(matches!(back, Err(ProveError::Backwards { from: 101, to: 100 })), "{back:?}");
    let stranger = SigningKey::of("example.org/other", &[8; 32]).expect("a name");
    let of_another = Checkpoint { size: 101, ..Checkpoint::unchecked(&later).expect("one").1 };
    let of_another = of_another.signed(&stranger).expect("it is small");
    let found = tiles.extend(Blocking(&STORY), &of_another);
    assert!(matches!(found, Err(ProveError::Tiles(TilesError::OfAnother { .. }))), "{found:?}");
    let foreign = Tree::default();
    let forged = Checkpoint { size: 101, root: foreign.root() }.signed(&key()).expect("small");
    assert!(matches!(tiled(&tiles, 1, &forged), Err(ProveError::Tiles(TilesError::Wrong { .. }))));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 32, ..ProptestConfig::default()
    })]

    /// In whatever steps tiles are extended, with stops before a checkpoint was put there, a proof
    /// out of them is the one that a walk through the journal makes.
    #[test]
    fn a_proof_by_tiles_is_the_one_by_the_walk(
        steps in vec((1_u64..400, any::<bool>()), 1..6),
        at in any::<prop::sample::Index>(), of in any::<prop::sample::Index>(),
    ) {
        let [folder, older] = [0, 1].map(|_| tempfile::tempdir().expect("a folder"));
        let (tiles, mut size, mut notes) = (Tiles::of(folder.path()), 0, vec![note(0)]);
        tiles.extend(Blocking(&STORY), &notes[0]).expect("nothing is there");
        for (step, stops) in steps {
            size += step;
            notes.push(note(size));
            let before = files(folder.path());
            let copies = before.iter().enumerate().map(|(number, path)| {
                let copy = older.path().join(number.to_string());
                fs::copy(path, &copy).expect("copied");
                copy
            });
            let copies: Vec<PathBuf> = copies.collect();
            tiles.extend(Blocking(&STORY), &notes[notes.len() - 1]).expect("it goes on");
            if stops {
                // All that was there is there still, the older checkpoint too.
                for (path, copy) in before.iter().zip(copies) {
                    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                    fs::copy(copy, path).expect("put back");
                }
                notes.pop();
                size -= step;
            }
        }
        let held = &notes[of.index(notes.len())];
        let signed = Checkpoint::unchecked(held).expect("one").1.size;
        if signed > 0 {
            let position = at.index(usize::try_from(signed).expect("small")) as u64 + 1;
            let quick = tiled(&tiles, position, held).expect("it is there");
            prop_assert_eq!(quick, walked(position, held));
        }
        for from in notes.iter().take_while(|from| *from != held) {
            let quick = Consistency::prove_by(&tiles, from, held).expect("it goes on");
            let walked = Consistency::prove(Blocking(&STORY), from, held).expect("it goes on");
            prop_assert_eq!(quick, walked);
        }
    }

    /// A tile that was altered, cut, lengthened or lost gives the right proof or none; and where
    /// they are extended all the same, all that is new is right.
    #[test]
    fn a_wrong_tile_is_never_believed(
        size in 1_u64..900, which in any::<prop::sample::Index>(), how in 0_u8..4,
        place in any::<prop::sample::Index>(), bit in 0_u8..8,
        at in vec(any::<prop::sample::Index>(), 8), from in any::<prop::sample::Index>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let (tiles, held) = (Tiles::of(folder.path()), note(size));
        tiles.extend(Blocking(&STORY), &held).expect("nothing is there");
        let all = files(&folder.path().join("tile"));
        let path = &all[which.index(all.len())];
        let mut bytes = fs::read(path).expect("a tile");
        let cut = place.index(bytes.len());
        match how {
            0 => bytes[cut] ^= 1 << bit,
            1 => bytes.truncate(cut),
            2 => bytes.push(0),
            _ => fs::remove_file(path).expect("removed"),
        }
        if how < 3 {
            fs::write(path, bytes).expect("written");
        }
        for at in at {
            let position = at.index(usize::try_from(size).expect("small")) as u64 + 1;
            match tiled(&tiles, position, &held) {
                Ok(proof) => prop_assert_eq!(proof, walked(position, &held)),
                Err(ProveError::Tiles(TilesError::Wrong { .. })) => {}
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
        let earlier = note(from.index(usize::try_from(size).expect("small")) as u64);
        match Consistency::prove_by(&tiles, &earlier, &held) {
            Ok(proof) => prop_assert_eq!(
                proof, Consistency::prove(Blocking(&STORY), &earlier, &held).expect("it goes on")),
            Err(ProveError::Tiles(TilesError::Wrong { .. })) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
        let later = note(size + 300);
        match tiles.extend(Blocking(&STORY), &later) {
            Ok(()) => {
                let quick = tiled(&tiles, size + 300, &later).expect("what is new is right");
                prop_assert_eq!(quick, walked(size + 300, &later));
            }
            // The journal is not blamed for it.
            Err(ProveError::Tiles(TilesError::Wrong { .. })) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
        // And where the tiles are deleted, they are made anew.
        fs::remove_dir_all(folder.path().join("tile")).expect("removed");
        tiles.extend(Blocking(&STORY), &later).expect("made anew");
        prop_assert_eq!(tiled(&tiles, 1, &later).expect("it is there"), walked(1, &later));
    }
}
