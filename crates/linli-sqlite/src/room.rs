//! Whether a failure comes of a full disk, which SQLite often calls an I/O error.

use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

/// What SQLite needs to open a journal: the index of the log, `-shm`, has 32 KiB.
#[cfg(unix)]
const NEEDED: u64 = 64 * 1024;

/// Whether SQLite failed for want of room beside `path`.
pub(crate) fn is_lacking(path: &Path, error: &Error) -> bool {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => true,
        // The file that it names cannot be made as large as it has to be: no room, or a quota.
        Some(ErrorCode::SystemIoFailure)
            if error.sqlite_error().map(|error| error.extended_code)
                == Some(ffi::SQLITE_IOERR_SHMSIZE) =>
        {
            true
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => is_full(path),
        _ => false,
    }
}

/// Whether the file system has no room left for bytes, or for files.
#[cfg(unix)]
fn is_full(path: &Path) -> bool {
    let folder = path.parent().unwrap_or(path);
    rustix::fs::statvfs(folder).is_ok_and(|system| {
        let has_bytes = system.f_bavail.saturating_mul(system.f_frsize) >= NEEDED;
        // Where files are not counted, there are 0 of 0 left.
        let has_files = system.f_files == 0 || system.f_favail > 0;
        // A file system that cannot be written has other troubles.
        let is_writable = !system.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY);
        is_writable && !(has_bytes && has_files)
    })
}

#[cfg(not(unix))]
fn is_full(_path: &Path) -> bool {
    false
}
