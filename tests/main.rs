//! What no single crate can test. One binary, so that it is linked once; a scenario is a file.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on says why and stops"
)]

mod bills;
mod canaries;
mod cases;
mod cdrs;
mod corpus;
mod detection;
mod disputes;
mod facts;
mod interchange;
mod killed_keyrings;
mod kills;
mod program;
mod racing_mediators;
mod racing_merges;
mod racing_rooms;
mod racing_sessions;
mod racing_shifts;
mod refusals;
mod sealed_fields;
mod tidy;
mod two_processes;
