//! A session in which nothing is remarkable, as its registers tell it.

use super::super::super::{Reading, Rising, Shown};
use super::super::Installed;
use super::Session;
use crate::domain::{Flags, WattHours};

/// Samples side by side, in memory that one session after the other is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct SampleColumns {
    at: Vec<i64>,
    register: Vec<i64>,
}

impl Session {
    /// The session, if registers alone tell all of it and no bill for it is held. Its samples are
    /// put into the columns.
    pub(crate) fn rising<'c>(
        &self,
        installed: &Installed,
        columns: &'c mut SampleColumns,
    ) -> Option<Rising<'c>> {
        let (start, end) = (self.start.as_ref()?, self.end.as_ref()?);
        let is_as_told = self.flags == Flags::default()
            && self.corrected_start.is_none()
            && self.corrected_end.is_none()
            && self.corrected_readings.is_empty()
            && self.states.is_empty()
            && self.decisions.is_empty()
            && !self.is_voided;
        if !is_as_told || end.is_by_rule {
            return None;
        }
        let Some(Reading::Register(WattHours(last))) = end.reading else { return None };
        let first = Shown { at: start.at, register: start.register?.0 };
        let last = Shown { at: end.at, register: last };
        columns.fill(self)?;
        Rising::new((first, last), (&columns.at, &columns.register), start.zone, installed)
    }
}

impl SampleColumns {
    /// `None` where a sample tells anything but a register.
    fn fill(&mut self, session: &Session) -> Option<()> {
        self.at.clear();
        self.register.clear();
        for sample in &session.samples {
            let Reading::Register(WattHours(register)) = sample.reading else { return None };
            self.at.push(sample.at.0);
            self.register.push(register);
        }
        Some(())
    }
}
