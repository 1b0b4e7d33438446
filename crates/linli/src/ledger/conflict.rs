//! The same id with other content: the first counts, and that a second came is an event.

use std::fmt::Write as _;

use super::{ExecuteError, Ledger, Request};
use crate::codec;
use crate::domain::charging::Event as ChargingEvent;
use crate::domain::{Event, Happened, SessionKey, Zone};
use crate::journal::{Append, AppendError, IdempotencyKey, Receipt};
use crate::ledger::Actor;

impl Ledger {
    /// Notes that a source told something else of a session under an id that it had used: both
    /// digests. Told once more, it is noted once. What asks for something is only turned down: it
    /// tells of nothing that has happened.
    pub(super) async fn note_conflict(
        &self,
        actor: &Actor,
        request: &Request,
        first: &Receipt,
    ) -> Result<(), ExecuteError> {
        let Some(session) = reported(request).cloned() else { return Ok(()) };
        let second = self.sealing.content(request)?;
        let (first, second) = (hexadecimal(&first.content.clear), hexadecimal(&second.clear));
        let key = IdempotencyKey::of("conflict", &format!("{}/{second}", request.key()));
        let (recorded_at, zone) = ((self.now)(), Zone::UTC);
        let event = ChargingEvent::PayloadConflictNoted { session, first, second };
        let mut happened = Happened::at(recorded_at, zone, Event::Charging(event));
        happened.scope = request.scope().clone();
        let stated = request.stated_by(actor, recorded_at, zone).encode();
        let append = Append::of(codec::encode(&happened, zone)).key(key).metadata(&stated);
        match self.store.append(vec![append]).await.pop() {
            // Noted before, at another time: the same two digests.
            Some(Ok(_) | Err(AppendError::KeyReused { .. })) => Ok(()),
            Some(Err(error)) => Err(error.into()),
            None => Err(super::no_answer(key)),
        }
    }
}

/// The session that a request reports of.
fn reported(request: &Request) -> Option<&SessionKey> {
    request.commands().iter().find_map(|command| match command {
        crate::domain::Command::Charging(command) if command.is_report() => command.session(),
        _ => None,
    })
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
