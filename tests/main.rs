//! What no single crate can test. One binary, so that it is linked once; a scenario is a file.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on says why and stops"
)]

mod archives;
mod bills;
mod canaries;
mod cases;
mod cdrs;
mod checkpoints;
mod copies;
mod corpus;
mod detection;
mod disputes;
mod erasure;
mod exports;
mod facts;
mod faults;
mod flips;
mod interchange;
mod killed_keyrings;
mod kills;
mod nats;
mod packing;
mod policies;
mod postgres;
mod program;
mod proofs;
mod racing;
mod receipts;
mod refusals;
mod restores;
mod sealed_fields;
mod soaking;
mod tables;
mod tidy;
mod tiles;
mod two_processes;
mod verifying;
mod witnesses;
mod year;
