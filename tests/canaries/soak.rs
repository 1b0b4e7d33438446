//! The same with other persons, again and again.

use super::told::Persons;
use super::{file, servers};
use crate::soaking::Soak;

#[test]
#[ignore = "a soak: cargo xtask faults --soak canaries"]
fn canaries() {
    let mut soak = Soak::asked();
    while soak.goes_on("canaries") {
        let persons = Persons { run: 1 + soak.count("canaries"), number: 200 };
        file::told_and_erased(persons);
        servers::in_postgres(persons);
        servers::in_nats(persons);
        // Each was found nowhere, read before the erasure and not after it, else this had ended.
        let words = 2 * persons.number as u64;
        soak.add(&[("canaries", words), ("found", 0), ("read_before", words), ("read_after", 0)]);
    }
}
