//! The hashes of a tree as static files, so that a proof is made of few of them.

use std::cell::RefCell;
use std::collections::hash_map::{Entry, HashMap};
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use tlog_tiles::{HASH_SIZE, Hash, Tile, sub_tree_index};

use super::leaf::{each_record, hash_of};
use super::{Checkpoint, Contradiction, ProveError, TilesError, Tree};
use crate::journal::{Blocking, Digest, Position};
use crate::whole_file;

/// Levels of the tree in a tile: a full one has 256 hashes of 32 bytes.
const HEIGHT: u8 = 8;
/// Hashes of a full tile, and their bytes.
const FULL: u32 = 1 << HEIGHT;
const FULL_BYTES: usize = HASH_SIZE << HEIGHT;
/// More levels of tiles has no tree.
const LEVELS: u8 = 8;
/// The name of the checkpoint in the folder.
const CHECKPOINT: &str = "checkpoint";

/// The hashes of a journal's tree in a folder: its checkpoint under `checkpoint`, and all hashes of
/// each eighth level under `tile/`, 256 a file, as
/// [C2SP tlog-tiles](https://c2sp.org/tlog-tiles) names and fills them. Any web server can serve
/// the folder. Nothing of an event is in it: the bundles of entries, which that page has beside the
/// hashes, are left out, because the record of a leaf names tags.
///
/// With it a proof is made of a handful of files and the one event, instead of the whole journal.
/// It is derived: where its `tile` folder is missing, all is made anew. So nothing in it is
/// believed: whatever is computed from a tile is held against a root that was signed.
///
/// ```
/// use linli::journal::{Append, Blocking, Event, MemoryStore, Position};
/// use linli::proof::{self, Checkpoint, Inclusion, SigningKey, Tiles};
///
/// let store = MemoryStore::new();
/// for number in 0..300 {
///     Blocking(&store).append(Append::of(Event::new("Counted").tag(&format!("n:{number}"))))?;
/// }
/// let key = SigningKey::random("example.org/yujing")?;
/// let note = Checkpoint::of(&proof::tree(Blocking(&store))?).signed(&key)?;
///
/// let folder = tempfile::tempdir()?;
/// let tiles = Tiles::of(folder.path());
/// tiles.extend(Blocking(&store), &note)?;
/// assert_eq!(std::fs::read(folder.path().join("tile/0/000"))?.len(), 256 * 32);
/// assert_eq!(std::fs::read(folder.path().join("tile/0/001.p/44"))?.len(), 44 * 32);
///
/// let quick = Inclusion::prove_by(&tiles, Blocking(&store), Position(4), &note)?;
/// assert_eq!(quick, Inclusion::prove(Blocking(&store), Position(4), &note)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    folder: PathBuf,
}

impl Tiles {
    /// Those in a folder, which may not be there yet.
    #[must_use]
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where the checkpoint lies that they end with.
    #[must_use]
    pub fn checkpoint(&self) -> PathBuf {
        self.folder.join(CHECKPOINT)
    }

    /// Takes in the events up to the checkpoint `note`, from where the tiles end, and puts it into
    /// the folder, last: what was begun and stopped is gone on with. Who signed it is not asked.
    ///
    /// Tiles are not flushed one by one. What a power cut tears is noticed by whoever makes a proof
    /// of it, and made anew once the folder `tile` was deleted.
    ///
    /// # Errors
    /// [`ProveError`]: the checkpoint in the folder is as it was.
    pub fn extend(&self, journal: Blocking<'_>, note: &str) -> Result<(), ProveError> {
        let (origin, signed) = Checkpoint::unchecked(note)?;
        fs::create_dir_all(&self.folder).map_err(|error| unusable(&self.folder, &error))?;
        let _alone = self.lock()?;
        let held = self.held()?;
        if let Some((found, _)) = held.as_ref().filter(|(found, _)| *found != origin) {
            let folder = self.folder.clone();
            return Err(TilesError::OfAnother { folder, found: found.clone(), origin }.into());
        }
        let has_tiles = self.folder.join("tile").exists();
        let from = held.filter(|_| has_tiles).map(|(_, held)| held);
        let mut growing = Growing::from(self, from.unwrap_or(Checkpoint::of(&Tree::default())))?;
        let begin = growing.tree.size();
        if begin > signed.size {
            return Err(ProveError::Backwards { from: begin, to: signed.size });
        }
        each_record(journal, begin, signed.size, |record| growing.take(hash_of(record)))?;
        growing.is(&signed)?;
        growing.end()?;
        let path = self.checkpoint();
        whole_file::keep(&path, note.as_bytes()).map_err(|error| unusable(&path, &error))?;
        self.sweep(begin, signed.size)
    }

    /// The checkpoint that the tiles end with, and the name in it.
    fn held(&self) -> Result<Option<(String, Checkpoint)>, TilesError> {
        let path = self.checkpoint();
        match fs::read_to_string(&path) {
            Ok(note) => match Checkpoint::unchecked(&note) {
                Ok(held) => Ok(Some(held)),
                Err(error) => Err(TilesError::File { path, reason: error.to_string() }),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&path, &error)),
        }
    }

    /// Reads hashes of a tree of `size` leaves, or of any earlier one.
    pub(super) fn hashes(&self, size: u64) -> Result<TileHashes<'_>, TilesError> {
        let held = self.held()?.map_or(0, |(_, held)| held.size);
        match held < size {
            true => Err(TilesError::Behind { folder: self.folder.clone(), tiles: held, size }),
            false => Ok(TileHashes { tiles: self, size: held, read: RefCell::default() }),
        }
    }

    /// Says that what was computed from them is not what was signed.
    pub(super) fn wrong(&self) -> TilesError {
        TilesError::Wrong { folder: self.folder.clone() }
    }

    fn path(&self, tile: &Tile) -> PathBuf {
        // The crate has the height in the path too, as the Go checksum database does.
        let path = tile.path();
        let tail = path.split('/').skip(2).collect::<Vec<_>>().join("/");
        self.folder.join("tile").join(tail)
    }

    fn read(&self, tile: &Tile) -> Result<Vec<u8>, TilesError> {
        let path = self.path(tile);
        let mut data = Vec::with_capacity(FULL_BYTES);
        let opened = File::open(&path);
        let read = opened.and_then(|file| file.take(2 * FULL_BYTES as u64).read_to_end(&mut data));
        match read {
            Ok(length) if length == tile.width() as usize * HASH_SIZE => Ok(data),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(unusable(&path, &error)),
            // It became full meanwhile, and this form of it was swept away.
            Err(_) if tile.width() < FULL => {
                let full = Tile::new(HEIGHT, tile.level(), tile.level_index(), FULL, false);
                let mut data = self.read(&full)?;
                data.truncate(tile.width() as usize * HASH_SIZE);
                Ok(data)
            }
            _ => Err(self.wrong()),
        }
    }

    fn write(&self, tile: &Tile, data: &[u8]) -> Result<(), TilesError> {
        let path = self.path(tile);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| whole_file::replace(&path, data))
            .map_err(|error| unusable(&path, &error))
    }

    /// Takes away the unfinished forms of tiles that are full now.
    fn sweep(&self, old: u64, new: u64) -> Result<(), ProveError> {
        for tile in partial_tiles(old) {
            let path = self.path(&tile);
            let is_full = tile.parent(0, new).is_some_and(|now| now.width() == FULL);
            if let Some(folder) = path.parent().filter(|folder| is_full && folder.exists()) {
                fs::remove_dir_all(folder).map_err(|error| unusable(folder, &error))?;
            }
        }
        Ok(())
    }

    /// One process at a time extends them; released when dropped, or when the process ends.
    fn lock(&self) -> Result<File, TilesError> {
        let path = self.folder.join(".lock");
        let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| unusable(&path, &error))
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> TilesError {
    TilesError::File { path: path.to_owned(), reason: error.to_string() }
}

/// The unfinished tiles of a tree, the lowest level first.
fn partial_tiles(size: u64) -> impl Iterator<Item = Tile> {
    (0..LEVELS).filter_map(move |level| {
        let hashes = size >> (level * HEIGHT);
        let width = u32::try_from(hashes % u64::from(FULL)).ok().filter(|width| *width > 0)?;
        Some(Tile::new(HEIGHT, level, hashes >> HEIGHT, width, false))
    })
}

/// Hashes out of tiles that are read once, as they are: what they lead to is for the caller to
/// hold against a signed root.
///
/// Not the `TileHashReader` of `tlog_tiles`, which means to check tiles against the root and leaves
/// some unchecked: of 1,023 leaves, version 0.2.0 gives out an altered hash of leaf 5.
#[derive(Debug)]
pub(super) struct TileHashes<'a> {
    tiles: &'a Tiles,
    /// With so many leaves they end.
    size: u64,
    read: RefCell<HashMap<Tile, Vec<u8>>>,
}

impl TileHashes<'_> {
    /// The hash that has this number with `tlog_tiles`.
    pub(super) fn hash(&self, index: u64) -> Result<Hash, TilesError> {
        let tile = Tile::from_index(HEIGHT, index).parent(0, self.size);
        let tile = tile.ok_or_else(|| self.tiles.wrong())?;
        let mut read = self.read.borrow_mut();
        let data = match read.entry(tile) {
            Entry::Occupied(data) => data.into_mut(),
            Entry::Vacant(place) => place.insert(self.tiles.read(&tile)?),
        };
        tile.hash_at_index(data, index).map_err(|_| self.tiles.wrong())
    }
}

/// A tree that grows, and its tiles with it.
struct Growing<'a> {
    tiles: &'a Tiles,
    tree: Tree,
    /// The hashes of the unfinished tile of each level.
    rows: [Vec<u8>; LEVELS as usize],
    failed: Option<TilesError>,
}

impl<'a> Growing<'a> {
    /// Goes on from where the tiles end, if they are those of their checkpoint.
    fn from(tiles: &'a Tiles, held: Checkpoint) -> Result<Self, TilesError> {
        let hashes = TileHashes { tiles, size: held.size, read: RefCell::default() };
        let full = sub_tree_index(0, held.size, Vec::new()).into_iter();
        let full =
            full.map(|index| Ok(hashes.hash(index)?.0)).collect::<Result<_, TilesError>>()?;
        let tree = Tree::of(held.size, full);
        // Each hash of an unfinished tile went into the root, so that it is checked with it.
        if tree.root() != held.root {
            return Err(tiles.wrong());
        }
        let mut rows: [Vec<u8>; LEVELS as usize] = Default::default();
        let mut read = hashes.read.into_inner();
        for tile in partial_tiles(held.size) {
            if let Some(row) = rows.get_mut(usize::from(tile.level())) {
                *row = read.remove(&tile).ok_or_else(|| tiles.wrong())?;
            }
        }
        Ok(Self { tiles, tree, rows, failed: None })
    }

    fn take(&mut self, leaf: Digest) {
        let Self { tiles, tree, rows, failed } = self;
        tree.grow(leaf, |level, index, hash| {
            let Some(row) = rows.get_mut(usize::from(level / HEIGHT)) else { return };
            if level % HEIGHT != 0 {
                return;
            }
            row.extend_from_slice(&hash);
            if row.len() == FULL_BYTES {
                let tile = Tile::new(HEIGHT, level / HEIGHT, index >> HEIGHT, FULL, false);
                if let Err(error) = tiles.write(&tile, row) {
                    failed.get_or_insert(error);
                }
                row.clear();
            }
        });
    }

    /// Whether the journal has led to the tree that was signed.
    fn is(&self, signed: &Checkpoint) -> Result<(), ProveError> {
        let (events, size) = (self.tree.size(), signed.size);
        match (events < size, self.tree.root() == signed.root) {
            (true, _) => Err(Contradiction::Shorter { events, signed: size }.into()),
            (false, true) => Ok(()),
            (false, false) => {
                let (first, last) = (Position(1), Position(size));
                Err(Contradiction::Differs { first, last }.into())
            }
        }
    }

    /// Writes the tiles that are not full.
    fn end(self) -> Result<(), TilesError> {
        self.failed.map_or(Ok(()), Err)?;
        for tile in partial_tiles(self.tree.size()) {
            let row = self.rows.get(usize::from(tile.level())).map_or(&[][..], Vec::as_slice);
            self.tiles.write(&tile, row)?;
        }
        Ok(())
    }
}
