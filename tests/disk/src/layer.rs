//! The layer between SQLite and its own layer for the system.
//!
//! The only `unsafe` of the house. What holds for all of it: SQLite keeps a file's memory until it
//! has called `close`, calls nothing of a file that was not opened, and hands over buffers as long
//! as it says. The layer beneath is SQLite's own and lives as long as the process.
#![expect(unsafe_code, reason = "SQLite's file layer is an interface of C")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rusqlite::ffi::{
    SQLITE_IOERR, SQLITE_OK, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
    sqlite3_vfs_find, sqlite3_vfs_register,
};

use crate::disk::{Call, Error, Watched};
use crate::trace::Step;

/// A file of a watched folder. The file of the layer beneath lies behind it, [`BENEATH`] bytes on.
#[repr(C)]
struct File {
    base: sqlite3_file,
    own: *mut Own,
}

/// What is known of a file.
struct Own {
    watched: Arc<Watched>,
    name: String,
}

const BENEATH: usize = size_of::<File>().next_multiple_of(16);

/// SQLite's own layer.
#[derive(Clone, Copy)]
struct Real(*mut sqlite3_vfs);

// SAFETY: SQLite calls its layers from any thread, and never changes what this points to.
unsafe impl Send for Real {}
// SAFETY: as above.
unsafe impl Sync for Real {}

static REAL: OnceLock<Real> = OnceLock::new();

/// Puts the layer before SQLite's own, once for the process.
pub(crate) fn install() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        // SAFETY: without a name the default layer is given, which there always is.
        let real = unsafe { sqlite3_vfs_find(std::ptr::null()) };
        assert!(!real.is_null(), "SQLite has a layer of its own");
        REAL.get_or_init(|| Real(real));
        // SAFETY: it is a plain structure of numbers and pointers, and outlives this call.
        let mut ours = unsafe { std::ptr::read(real) };
        ours.zName = c"linli-disk".as_ptr();
        ours.szOsFile += c_int::try_from(BENEATH).unwrap_or(c_int::MAX);
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        ours.xAccess = Some(access);
        // SAFETY: it is never freed, as SQLite asks for.
        let done = unsafe { sqlite3_vfs_register(Box::leak(Box::new(ours)), 1) };
        assert_eq!(done, SQLITE_OK, "SQLite takes a layer");
    });
}

fn real() -> *mut sqlite3_vfs {
    REAL.get().map_or(std::ptr::null_mut(), |real| real.0)
}

/// What watches the file of that name; temporary files have none.
fn watched(name: *const c_char) -> Option<Own> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite's names end with a zero.
    let name = unsafe { CStr::from_ptr(name) };
    let (watched, name) = Watched::of(Path::new(name.to_str().ok()?))?;
    Some(Own { watched, name })
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: the layer beneath is asked as SQLite asks us; the memory is long enough for both.
    let open_beneath = |file| unsafe {
        (*real()).xOpen.map_or(SQLITE_IOERR, |open| open(real(), name, file, flags, flags_out))
    };
    let Some(own) = watched(name) else { return open_beneath(file) };
    // SAFETY: SQLite gives memory for our file and the one beneath. Without methods it is closed.
    unsafe { (*file).pMethods = std::ptr::null() };
    if let Some(error) = own.watched.meets(Call::Open) {
        return Call::Open.code(error);
    }
    // SAFETY: the memory is that long.
    let done = open_beneath(unsafe { beneath(file) });
    if done == SQLITE_OK {
        // SAFETY: as above, and SQLite touches nothing behind the methods.
        unsafe {
            (*file.cast::<File>()).own = Box::into_raw(Box::new(own));
            (*file).pMethods = &raw const METHODS;
        }
    }
    done
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    let own = watched(name);
    if let Some(error) = own.as_ref().and_then(|own| own.watched.meets(Call::Delete)) {
        return Call::Delete.code(error);
    }
    // SAFETY: the layer beneath is asked as SQLite asks us.
    let done =
        unsafe { (*real()).xDelete.map_or(SQLITE_IOERR, |delete| delete(real(), name, sync)) };
    if let Some(Own { watched, name }) = own.filter(|_| done == SQLITE_OK) {
        watched.note(Step::Deleted { file: name, is_synced: sync != 0 });
    }
    done
}

unsafe extern "C" fn access(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    if let Some(error) = watched(name).and_then(|own| own.watched.meets(Call::Access)) {
        return Call::Access.code(error);
    }
    // SAFETY: the layer beneath is asked as SQLite asks us.
    unsafe { (*real()).xAccess.map_or(SQLITE_IOERR, |access| access(real(), name, flags, out)) }
}

/// The file of the layer beneath.
unsafe fn beneath(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: the caller's file has that much memory behind it.
    unsafe { file.byte_add(BENEATH) }
}

/// What is known of an open file.
unsafe fn own<'f>(file: *mut sqlite3_file) -> &'f Own {
    // SAFETY: `open` put it there, and `close` takes it away.
    unsafe { &*(*file.cast::<File>()).own }
}

/// Asks the layer beneath.
macro_rules! beneath {
    ($file:ident . $method:ident ( $($argument:expr),* )) => {{
        // SAFETY: the file beneath is open, and is asked as SQLite asks us.
        unsafe {
            let file = beneath($file);
            match (*(*file).pMethods).$method {
                Some(method) => method(file, $($argument),*),
                None => SQLITE_IOERR,
            }
        }
    }};
}

/// A method that passes its call on, unless the call is to fail.
macro_rules! passes {
    ($name:ident ( $($argument:ident : $kind:ty),* ) $method:ident $($call:ident)?) => {
        unsafe extern "C" fn $name(file: *mut sqlite3_file, $($argument: $kind),*) -> c_int {
            $(
                // SAFETY: SQLite calls methods of open files alone.
                if let Some(error) = unsafe { own(file) }.watched.meets(Call::$call) {
                    return Call::$call.code(error);
                }
            )?
            beneath!(file.$method($($argument),*))
        }
    };
}

passes!(read(to: *mut c_void, amount: c_int, offset: sqlite3_int64) xRead Read);
passes!(size(out: *mut sqlite3_int64) xFileSize Size);
passes!(lock(level: c_int) xLock Lock);
passes!(unlock(level: c_int) xUnlock);
passes!(is_reserved(out: *mut c_int) xCheckReservedLock);
passes!(control(asked: c_int, about: *mut c_void) xFileControl);
passes!(sector_size() xSectorSize);
passes!(characteristics() xDeviceCharacteristics);
passes!(map(page: c_int, bytes: c_int, extend: c_int, out: *mut *mut c_void) xShmMap Map);
passes!(lock_index(offset: c_int, count: c_int, flags: c_int) xShmLock);
passes!(unmap(is_removed: c_int) xShmUnmap);

unsafe extern "C" fn barrier(file: *mut sqlite3_file) {
    // SAFETY: the file beneath is open.
    unsafe {
        let file = beneath(file);
        if let Some(barrier) = (*(*file).pMethods).xShmBarrier {
            barrier(file);
        }
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let done = beneath!(file.xClose());
    // SAFETY: `open` made it, and SQLite closes a file once.
    drop(unsafe { Box::from_raw((*file.cast::<File>()).own) });
    done
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite calls methods of open files alone.
    let own = unsafe { own(file) };
    let error = own.watched.meets(Call::Write);
    let written = match error {
        None => amount,
        Some(Error::Short) => amount / 2,
        Some(error) => return Call::Write.code(error),
    };
    let done = beneath!(file.xWrite(from, written, offset));
    if done == SQLITE_OK {
        let length = usize::try_from(written).unwrap_or_default();
        // SAFETY: SQLite hands over that many bytes at least.
        let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), length) }.to_vec();
        let offset = usize::try_from(offset).unwrap_or_default();
        own.watched.note(Step::Written { file: own.name.clone(), offset, bytes });
    }
    error.filter(|_| done == SQLITE_OK).map_or(done, |error| Call::Write.code(error))
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, bytes: sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls methods of open files alone.
    let own = unsafe { own(file) };
    if let Some(error) = own.watched.meets(Call::Truncate) {
        return Call::Truncate.code(error);
    }
    let done = beneath!(file.xTruncate(bytes));
    if done == SQLITE_OK {
        let bytes = usize::try_from(bytes).unwrap_or_default();
        own.watched.note(Step::Truncated { file: own.name.clone(), bytes });
    }
    done
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite calls methods of open files alone.
    let own = unsafe { own(file) };
    if let Some(error) = own.watched.meets(Call::Sync) {
        return Call::Sync.code(error);
    }
    let done = beneath!(file.xSync(flags));
    if done == SQLITE_OK {
        own.watched.note(Step::Synced { file: own.name.clone() });
    }
    done
}

/// Version 2: with the index of the log, and without reading by mapped memory.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(is_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(map),
    xShmLock: Some(lock_index),
    xShmBarrier: Some(barrier),
    xShmUnmap: Some(unmap),
    xFetch: None,
    xUnfetch: None,
};
