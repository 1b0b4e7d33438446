//! A disk under SQLite that fails when it is told to, and remembers what was written and flushed.
//!
//! SQLite asks a layer of its own for every call on a file, and that layer asks the system. This is
//! a layer between the two. It stands before every file in a folder that is watched ([`Disk`]), and
//! leaves all others alone, so that other tests of the process never meet it. The index of the log,
//! `-shm`, is memory that SQLite shares: that it is mapped may fail, what is put into it may not.
//!
//! What it cannot do: fail the calls that Linli itself makes past SQLite (it reads the log before
//! SQLite does, and asks which file a path names).

mod disk;
mod layer;
mod trace;

pub use disk::{Call, Disk, Error, Fault};
pub use trace::{Image, Step, Trace};
