//! `linli verify`: is the journal what was written, event by event and as a whole?

use std::ops::ControlFlow;

use linli::journal::{Blocking, Corruption, Position};
use linli::proof::Verified;
use serde_json::json;

use crate::address::ToVerify;
use crate::args::Global;
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{out, progress};

pub(crate) fn run(global: &Global) -> Result<u8, Failure> {
    let found = match global.address()?.open_to_verify()? {
        ToVerify::Ledger(ledger) => {
            progress::listen_for_interrupt();
            let head = Blocking(ledger.store()).head().ok().flatten();
            let bar = progress::bar(global, "verifying", head.map_or(0, |head| head.0));
            let found = ledger.verify(global.actor.as_str(), |events| {
                bar.set_position(events);
                match progress::is_interrupted() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
            bar.finish_and_clear();
            let stopped = || Failure::interrupted("stopped; the journal is untouched");
            Found::of(found?.ok_or_else(stopped)?)
        }
        ToVerify::Damaged(sentence) => Found {
            verified: Verified { events: 0, root: None, first_bad: None },
            damage: Some((Position(1), sentence)),
        },
    };
    match global.json {
        true => out::json(&found.document())?,
        false => out::text(&found.sentence())?,
    }
    Ok(u8::from(found.damage.is_some()))
}

/// What was found, and where and what the first damage is.
struct Found {
    verified: Verified,
    damage: Option<(Position, String)>,
}

impl Found {
    fn of(verified: Verified) -> Self {
        let told = |damage: &Corruption| (damage.position, damage.to_string());
        let damage = verified.first_bad.as_ref().map(told);
        Self { verified, damage }
    }

    fn document(&self) -> serde_json::Value {
        json!({
            "events": self.verified.events,
            "root": self.verified.root.map(|root| root.to_string()),
            "ok": self.damage.is_none(),
            "first_bad": self.damage.as_ref().map(|(position, _)| position.0),
            "what": self.damage.as_ref().map(|(_, what)| what),
        })
    }

    fn sentence(&self) -> String {
        let events = grouped(self.verified.events.into());
        match (&self.damage, self.verified.root) {
            (Some((_, what)), _) => format!("{what}\n{events} events before it are sound"),
            (None, Some(root)) => format!("{events} events, as they were written\nroot {root}"),
            (None, None) => format!("{events} events, as they were written"),
        }
    }
}
