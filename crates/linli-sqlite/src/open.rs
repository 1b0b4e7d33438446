//! Opening: looks before it touches, so that a file which is not ours stays as it is.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::OpenError;
use crate::identity::Hold;
use crate::log;
use crate::schema::{self, Kind};
use crate::settings::{Access, Frozen, Place, connect_immutable, wal_bytes};

/// The first SQLite whose write-ahead log does not damage what several connections write.
const OLDEST_SQLITE: i32 = 3_051_003;

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To write, into a new file if there is none.
    Create,
    /// To write.
    Write,
    /// To read.
    Read,
}

/// A journal that passed every check.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) place: Place,
    pub(crate) hold: Hold,
    /// The connection to write with, where the journal was opened to write.
    pub(crate) writer: Option<Connection>,
}

pub(crate) fn open(path: &Path, purpose: Purpose, wait: Duration) -> Result<Opened, OpenError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(OpenError::SqliteTooOld { found: rusqlite::version() });
    }
    let path = locate(path, purpose)?;
    let hold = Hold::on(&path, purpose)?;
    let look = look(&path, purpose)?;
    log::check(&path, purpose)?;
    let access = if purpose == Purpose::Read { Access::ReadOnly } else { Access::ReadWrite };
    let place = Place { path, file: hold.file(), access, wait, frozen: None };
    let path = place.path.clone();
    let opened = if purpose == Purpose::Read { to_read(place) } else { to_write(place, purpose) };
    let (place, writer) = opened.map_err(|error| match error {
        OpenError::Damaged { .. } if look == Look::Short => {
            let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
            OpenError::Truncated { path, bytes }
        }
        other => other,
    })?;
    place.must_be_unchanged().map_err(|_| OpenError::Replaced { path: place.path.clone() })?;
    Ok(Opened { place, hold, writer })
}

/// Opens once more what was open before, after a failure.
pub(crate) fn reopen(place: &Place) -> Result<Connection, OpenError> {
    write_connection(place, Purpose::Write)
}

/// The file's path from the root on, so that it stays the same file wherever the process goes.
fn locate(path: &Path, purpose: Purpose) -> Result<PathBuf, OpenError> {
    let asked = || path.to_owned();
    let unreadable =
        |error: std::io::Error| OpenError::NotReadable { path: asked(), why: error.to_string() };
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => path.canonicalize().map_err(unreadable),
        Ok(_) => Err(OpenError::NotAFile { path: asked() }),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(unreadable(error)),
        Err(_) if purpose != Purpose::Create => Err(OpenError::Missing { path: asked() }),
        Err(_) => {
            let name = path.file_name().ok_or_else(|| OpenError::NotAFile { path: asked() })?;
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            let folder = folder.canonicalize().ok().filter(|folder| folder.is_dir());
            Ok(folder.ok_or_else(|| OpenError::NoFolder { path: asked() })?.join(name))
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// It is a journal, or nothing yet.
    Fine,
    /// It is shorter than its first page says. The rest may wait in the `-wal`.
    Short,
}

/// Refuses a file that is not ours before any connection could change it.
///
/// Not by reading the file: closing a file drops all locks that this process holds on it, those of
/// another open store among them. SQLite's own connections know of each other.
fn look(path: &Path, purpose: Purpose) -> Result<Look, OpenError> {
    if !path.exists() {
        return Ok(Look::Fine);
    }
    match connect_immutable(path).and_then(|connection| Kind::of(&connection)) {
        Ok(Kind::Empty) if wal_bytes(path) > 0 => {
            let what = "it is empty, and there is a -wal beside it".into();
            Err(OpenError::Damaged { path: path.to_owned(), what })
        }
        Ok(Kind::Empty) if purpose == Purpose::Create => Ok(Look::Fine),
        Ok(kind) => kind.must_be_journal(path).map(|()| Look::Fine),
        Err(error) => match OpenError::of(path, &error) {
            OpenError::Damaged { .. } => Ok(Look::Short),
            other => Err(other),
        },
    }
}

fn to_write(place: Place, purpose: Purpose) -> Result<(Place, Option<Connection>), OpenError> {
    let writer = write_connection(&place, purpose)?;
    Ok((place, Some(writer)))
}

fn write_connection(place: &Place, purpose: Purpose) -> Result<Connection, OpenError> {
    let path = &place.path;
    let refused = |error: rusqlite::Error| match OpenError::of(path, &error) {
        OpenError::NotReadable { path, why } => OpenError::NotWritable { path, why },
        other => other,
    };
    let connection = place.connect_to_write().map_err(refused)?;
    if connection.is_readonly(rusqlite::MAIN_DB).map_err(refused)? {
        let why = "the file is read-only".into();
        return Err(OpenError::NotWritable { path: path.clone(), why });
    }
    if purpose == Purpose::Create && Kind::of(&connection).map_err(refused)? == Kind::Empty {
        schema::create(&connection).map_err(refused)?;
    }
    schema::check(&connection, path)?;
    place.use_wal(&connection)?;
    place.check(&connection)?;
    Ok(connection)
}

fn to_read(mut place: Place) -> Result<(Place, Option<Connection>), OpenError> {
    match check_to_read(&place) {
        // SQLite wants to make a `-shm` beside the file and cannot.
        Err(OpenError::NotReadable { .. } | OpenError::NotWritable { .. }) => {
            let path = &place.path;
            if wal_bytes(path) > 0 {
                return Err(OpenError::UnfinishedInReadOnlyFolder { path: path.clone() });
            }
            let frozen = Frozen::now(path).map_err(|error| OpenError::NotReadable {
                path: path.clone(),
                why: error.to_string(),
            })?;
            place.frozen = Some(frozen);
            place.access = Access::ReadOnlyFolder;
            check_to_read(&place)?;
        }
        other => other?,
    }
    Ok((place, None))
}

fn check_to_read(place: &Place) -> Result<(), OpenError> {
    let refused = |error: rusqlite::Error| OpenError::of(&place.path, &error);
    let connection = place.connect_to_read().map_err(refused)?;
    schema::check(&connection, &place.path)?;
    place.check(&connection)
}
