//! What no single crate can test. One binary, so that it is linked once; a scenario is a file.

mod tidy;
