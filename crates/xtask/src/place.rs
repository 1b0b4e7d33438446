//! Where things lie: the repository, what is built, the data.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the repository that this program was built from.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_path_buf()
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The charging data, which is not part of the repository: `LINLI_DATA`, or beside the repository.
pub(crate) fn data() -> PathBuf {
    env::var_os("LINLI_DATA").map_or_else(|| root().join("../shared/data"), |dir| root().join(dir))
}

/// What was found of the data, in one line.
pub(crate) fn say_data() -> String {
    let data = data();
    match data.canonicalize() {
        Ok(found) => format!("data: {}", found.display()),
        Err(_) => format!(
            "data: none at {} (set LINLI_DATA); the tests that need it say so and pass over it",
            data.display()
        ),
    }
}
