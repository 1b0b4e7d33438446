//! What is asked of the mediation room: how disputes stand, how they end, what is kept of it.

mod acceptance_rate;
mod agreement_form;
mod confirmation_window;
mod days_to_agreement;
mod fulfilment_rate;
mod mediation_success;
mod mediator_load;
mod overdue_obligations;
mod register;
mod repeat_parties;

#[cfg(test)]
mod tests;

pub use acceptance_rate::AcceptanceRate;
pub use agreement_form::AgreementForm;
pub use confirmation_window::{ConfirmationWindow, Window};
pub use days_to_agreement::DaysToAgreement;
pub use fulfilment_rate::FulfilmentRate;
pub use mediation_success::MediationSuccess;
pub use mediator_load::{Load, MediatorLoad};
pub use overdue_obligations::{Overdue, OverdueObligations};
pub use register::{Disputes, Told};
pub use repeat_parties::RepeatParties;

/// A view of the disputes is the disputes, and a question to them.
macro_rules! asks_the_disputes {
    ($view:ident) => {
        impl $view {
            /// The view at the end of this day, which is local to the zone of each event.
            #[must_use]
            pub fn as_of(day: chrono::NaiveDate) -> Self {
                Self(super::Disputes::as_of(day))
            }
        }

        impl crate::domain::Evolve for $view {
            type Event = crate::domain::Happened<crate::domain::Event>;

            fn evolve(&mut self, happened: &Self::Event) {
                self.0.evolve(happened);
            }
        }
    };
}

use asks_the_disputes;
