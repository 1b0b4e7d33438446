//! How full the sessions are.

use super::Services;
use crate::domain::ClinicSessionId;
use crate::domain::services::Plan;
use crate::views::Rate;

impl Services {
    /// Places that are taken, of the places that there are, session by session; a cancelled session
    /// has none.
    pub fn fill_rate(&self) -> impl Iterator<Item = (&ClinicSessionId, Rate)> {
        let sessions = self.0.sessions.iter().filter(|(_, session)| !session.is_cancelled());
        sessions.filter_map(|(name, session)| {
            let plan = session.plan.as_ref()?;
            let slots = self.0.slots.iter().filter(|((of, _), _)| of == name);
            let taken: usize = slots.map(|(_, slot)| slot.len()).sum();
            let of_n = slots_n(plan).saturating_mul(plan.slot_capacity_n.into());
            Some((name, Rate { counted_n: super::count(taken), of_n }))
        })
    }
}

/// How many whole slots a session has.
fn slots_n(plan: &Plan) -> u64 {
    let open_us = plan.span.until.since(plan.span.from);
    let slot_us = i64::from(plan.slot_min.0).saturating_mul(60_000_000);
    // A slot of no minutes is the whole session.
    u64::try_from(open_us.checked_div(slot_us).unwrap_or(1)).unwrap_or(0)
}
