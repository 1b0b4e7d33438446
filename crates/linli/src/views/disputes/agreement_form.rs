//! In which form the parties agreed.

use super::{Disputes, asks_the_disputes};
use crate::domain::disputes::Form;
use crate::views::Rate;

/// The agreements in effect at the end of a day, by their form.
#[derive(Clone, Debug)]
pub struct AgreementForm(Disputes);

asks_the_disputes!(AgreementForm);

impl AgreementForm {
    /// Those of a form, of all agreements in effect.
    #[must_use]
    pub fn rate(&self, form: Form) -> Rate {
        Rate::of(self.0.in_effect().map(|(.., effect)| effect.form == form))
    }

    /// Those whose terms nobody wrote down, of all agreements in effect.
    #[must_use]
    pub fn terms_unrecorded(&self) -> Rate {
        Rate::of(self.0.in_effect().map(|(.., effect)| effect.version_n.is_none()))
    }
}
