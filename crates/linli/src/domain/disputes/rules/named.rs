//! Whatever a command names has to be there, even where it reports; what it makes must not be.

use super::super::{Command, Obligation, State};
use super::{Refusal, exists, unknown};
use crate::domain::PartyId;

use Command as C;

impl State {
    pub(super) fn knows_what_is_named(&self, command: &Command) -> Result<(), Refusal> {
        let (dispute_id, ..) = command.head();
        let dispute = self.disputes.get(dispute_id).filter(|dispute| dispute.is_registered());
        let dispute = match (command, dispute) {
            (C::RegisterDispute { .. }, None) => return Ok(()),
            (C::RegisterDispute { .. }, Some(_)) => return Err(exists("dispute", dispute_id)),
            (_, None) => return Err(unknown("dispute", dispute_id)),
            (_, Some(dispute)) => dispute,
        };
        let of_terms = |terms: &'_ [Obligation]| -> Vec<PartyId> {
            terms.iter().flat_map(|owed| [owed.debtor.clone(), owed.creditor.clone()]).collect()
        };
        let parties: Vec<PartyId> = match command {
            C::ProposeTerms { obligations, .. } | C::VaryAgreement { obligations, .. } => {
                of_terms(obligations)
            }
            C::RecordSession { attended, .. } => attended.clone(),
            _ => command.party().into_iter().cloned().collect(),
        };
        if let Some(party) = parties.iter().find(|party| !dispute.parties.contains_key(*party)) {
            return Err(unknown("party", party));
        }
        match command {
            C::RecordPerformance { id, .. } | C::RecordBreach { id, .. }
                if dispute.agreement.obligation(id).is_none() =>
            {
                Err(unknown("obligation", id))
            }
            C::RecordSignature { version_n, .. }
                if !dispute.agreement.versions.contains_key(version_n) =>
            {
                Err(unknown("version", version_n))
            }
            _ => Ok(()),
        }
    }
}
