//! Policies: what the neighbourhood does by itself when something happens, or does not.
//!
//! A policy takes events in and gives commands out; only here do contexts meet. Its state is a fold
//! of the journal, so that it is thrown away and read again at will. It runs at the head only, when
//! the host says what time it is, by [`advance`](super::Ledger::advance) or on the command line by
//! `linli advance`: never in a replay. Events that came by channel `import` start nothing unless
//! that is asked for ([`Policies::with_imports`]); what they tell is known all the same.
//!
//! Whatever a policy does is a *step* of a matter. The command id of a step is derived from policy,
//! matter and step, so that a second firing returns the first result; what a step did and the event
//! that it was taken are one append. A wait is a step with a time at which it is over, and leads to
//! another one. A step whose commands are refused becomes an event under the same id: it is not
//! asked again.
//!
//! | policy | starts with | matter |
//! | --- | --- | --- |
//! | [`Policy::FlyingWireToPiles`] | reports of wires at a place | the first one |
//! | [`Policy::TemporaryFixFollowUp`] | a temporary mitigation | the case |
//! | [`Policy::ScratchToFulfilment`] | a scrape, a party that is sought | the case, the dispute |
//! | [`Policy::DoseDue`] | a dose, a session, its cancellation | that |
//! | [`Policy::HotlineCallback`] | a resolved case, or its deadline | the case |
//! | [`Policy::VolunteerCrediting`] | a shift, a class held | that |
//! | [`Policy::ConsentWithdrawal`] | a withdrawal, a birthday, a demand | the consent, the person |
//! | [`Policy::IdeaToProject`] | an idea adopted as a project | the idea |
//! | [`Policy::VaccineRecall`] | a recalled lot | the lot |
//!
//! The numbers, how many reports and for how many days, are published as every rule
//! ([`PolicyLimits`](crate::PolicyLimits)). Where a context has no command for what comes next, or
//! only people can say it, the step is a notice.

mod consent_withdrawal;
mod dose_due;
mod flying_wire_to_piles;
mod hotline_callback;
mod idea_to_project;
mod runner;
mod scratch_to_fulfilment;
mod steps;
mod temporary_fix_follow_up;
mod vaccine_recall;
mod volunteer_crediting;

#[cfg(test)]
mod tests;

pub use runner::{Advanced, Policies};

use crate::domain::policies::Policy;
use crate::domain::{Correlation, Event, Evolve, Happened};
use consent_withdrawal::ConsentWithdrawal;
use dose_due::DoseDue;
use flying_wire_to_piles::FlyingWireToPiles;
use hotline_callback::HotlineCallback;
use idea_to_project::IdeaToProject;
use scratch_to_fulfilment::ScratchToFulfilment;
use steps::{Due, Known, Matter};
use temporary_fix_follow_up::TemporaryFixFollowUp;
use vaccine_recall::VaccineRecall;
use volunteer_crediting::VolunteerCrediting;

/// An event, and whether it may start something.
struct Told {
    happened: Happened<Event>,
    may_start: bool,
}

impl Told {
    /// The matter that an event starts, where it may start one.
    fn matter(&self, policy: Policy, name: &str) -> Option<Matter> {
        let Happened { zone, ref scope, .. } = self.happened;
        let correlation = Correlation::new(name).ok().filter(|_| self.may_start)?;
        Some(Matter { policy, correlation, zone, scope: scope.clone() })
    }
}

/// A policy: a fold of the journal that says which steps there are to take.
trait Follows: Evolve<Event = Told> + std::fmt::Debug + Send + Sync {
    /// The steps that follow from what is known: each waits for its time, and those that were
    /// taken are left out by whoever asks.
    fn due(&self, known: &Known<'_>) -> Vec<Due>;
}

/// The policies.
fn all() -> Vec<Box<dyn Follows>> {
    vec![
        Box::new(FlyingWireToPiles::default()),
        Box::new(TemporaryFixFollowUp::default()),
        Box::new(ScratchToFulfilment::default()),
        Box::new(DoseDue::default()),
        Box::new(HotlineCallback::default()),
        Box::new(VolunteerCrediting::default()),
        Box::new(ConsentWithdrawal::default()),
        Box::new(IdeaToProject::default()),
        Box::new(VaccineRecall::default()),
    ]
}
