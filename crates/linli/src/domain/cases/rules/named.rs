//! Whatever a command names has to be there, even where it reports; what it makes must not be.

use super::super::{Command, State};
use super::{Refusal, exists, unknown};
use crate::domain::InterventionId;

use Command as C;

impl State {
    pub(super) fn knows_what_is_named(&self, command: &Command) -> Result<(), Refusal> {
        let (case_id, ..) = command.head();
        let case = match (command, self.opened(case_id)) {
            (C::OpenCase { .. }, None) => return Ok(()),
            (C::OpenCase { .. }, Some(_)) => return Err(exists("case", case_id)),
            (_, None) => return Err(unknown("case", case_id)),
            (_, Some(case)) => case,
        };
        let is_tried = |id: &InterventionId| case.interventions.contains_key(id);
        match command {
            C::MergeCase { into, .. } if self.opened(into).is_none() => Err(unknown("case", into)),
            C::ProposeIntervention { intervention_id, .. }
            | C::RecordPastIntervention { intervention_id, .. }
                if is_tried(intervention_id) =>
            {
                Err(exists("intervention", intervention_id))
            }
            C::ResolveCase { evidence, .. } => {
                let is_attached = |hash: &String| {
                    case.evidence.iter().any(|(media, _)| media.media_hash == *hash)
                };
                match evidence.iter().find(|hash| !is_attached(hash)) {
                    Some(hash) => Err(unknown("evidence", hash)),
                    None => Ok(()),
                }
            }
            _ => match command.intervention().filter(|id| !is_tried(id)) {
                Some(id) => Err(unknown("intervention", id)),
                None => Ok(()),
            },
        }
    }
}
