//! The same races for longer: `cargo xtask soak racing`. What was seen is added to what was seen
//! before, journal by journal, so that a run may end anywhere and the next one goes on.
