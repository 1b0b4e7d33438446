//! What no single crate can test. One binary, so that it is linked once; a scenario is a file.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on says why and stops"
)]

mod bills;
mod cdrs;
mod detection;
mod disputes;
mod kills;
mod program;
mod racing_mediators;
mod racing_sessions;
mod refusals;
mod tidy;
mod two_processes;
