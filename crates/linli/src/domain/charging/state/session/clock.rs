//! A session by the instants that its station meant, where its clock was wrong.

use super::super::Installed;
use super::Session;

impl Session {
    /// The session with each stamp as its station meant it; `None` where all of them stand as they
    /// were sent. A start or an end that a person corrected is right as it is.
    pub(super) fn as_meant(&self, installed: &Installed) -> Option<Self> {
        if installed.offsets.is_empty() {
            return None;
        }
        let mut meant = self.clone();
        let starts = meant.start.iter_mut().map(|start| &mut start.at);
        let ends = meant.end.iter_mut().map(|end| &mut end.at);
        let samples = meant.samples.iter_mut().map(|sample| &mut sample.at);
        let states = meant.states.iter_mut().map(|(at, _)| at);
        let mut is_shifted = false;
        for stamp in starts.chain(ends).chain(samples).chain(states) {
            let instant = installed.meant(*stamp);
            is_shifted |= instant != *stamp;
            *stamp = instant;
        }
        meant.samples.sort_by_key(|sample| sample.at);
        is_shifted.then_some(meant)
    }
}
