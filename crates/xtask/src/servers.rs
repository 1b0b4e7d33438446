//! The servers of the tests, started once for all that follows, and what the tests are told.

use crate::python::Environment;
use crate::{nats, postgres};

/// Those that run; stopped when this is dropped.
#[derive(Default)]
pub(crate) struct Servers {
    postgres: Option<postgres::Server>,
    nats: Option<nats::Servers>,
}

impl Servers {
    pub(crate) fn start_postgres(&mut self, python: &Environment) -> Result<(), String> {
        self.postgres = Some(postgres::Server::start(python)?);
        Ok(())
    }

    pub(crate) fn start_nats(&mut self, python: &Environment) -> Result<(), String> {
        self.nats = Some(nats::Servers::start(python)?);
        Ok(())
    }

    /// The variables that the tests read.
    pub(crate) fn tells(&self) -> impl Iterator<Item = (&'static str, String)> {
        let postgres = self.postgres.iter().flat_map(postgres::Server::tells);
        postgres.chain(self.nats.iter().flat_map(nats::Servers::tells))
    }
}
