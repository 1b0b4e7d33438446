//! Every byte on a disk is looked at for what was told about persons: in a journal that was closed
//! and one that was not, its log, a backup of it, its archive, and the keyring; in the folders of a
//! PostgreSQL and of a NATS server with what they log, in all that is traced, and in what errors
//! say.
//!
//! Keeps away: a clear field that repeats a sealed one, a digest or tag that is made of it, an
//! error or a line of a log that shows it, an erasure that a restored backup takes back.

mod file;
mod servers;
mod soak;
mod told;
