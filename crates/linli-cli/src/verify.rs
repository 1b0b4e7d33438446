//! `linli verify`: is the journal what was written, event by event and as a whole, and does it
//! still hold what a checkpoint says?

use std::ops::ControlFlow;

use linli::journal::{Blocking, Position};
use linli::proof::{Checkpoint, Contradiction, Verified};
use serde_json::json;

use crate::address::ToVerify;
use crate::args::{Global, VerifyArgs};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{archive, out, progress, prove, read_file, signing, witness};

pub(crate) fn run(global: &Global, args: &VerifyArgs) -> Result<u8, Failure> {
    let quorum = witness::quorum(args)?;
    if let (Some(proof), Some(key)) = (&args.proof, &args.key) {
        return prove::check(global, proof, key, &args.checkpoint, quorum.as_ref());
    }
    if let Some(place) = &args.archive {
        return archive::verify(global, place);
    }
    let mut held = Vec::with_capacity(args.checkpoint.len());
    if args.checkpoint.is_empty() && args.key.is_some() {
        let sentence = "--key checks a checkpoint or a proof; name one by --checkpoint or --proof";
        return Err(Failure::input(sentence));
    }
    if let Some(key) = &args.key {
        let key = signing::verifier_key(key)?;
        for file in &args.checkpoint {
            held.push(signing::checkpoint(file, &key)?);
            witness::check(quorum.as_ref(), file, &read_file::exactly(file)?)?;
        }
    }
    let found = Found::of(global, &held)?;
    match global.json {
        true => out::json(&found.document())?,
        false => out::text(&found.sentences(&held))?,
    }
    Ok(u8::from(found.sound().is_none()))
}

/// What was found, and what speaks against it.
pub(crate) struct Found {
    verified: Verified,
    /// Where a journal does not even open.
    unopened: Option<String>,
}

impl Found {
    /// Verifies the journal of the command against checkpoints.
    pub(crate) fn of(global: &Global, held: &[Checkpoint]) -> Result<Self, Failure> {
        let ledger = match global.address()?.open_to_verify()? {
            ToVerify::Ledger(ledger) => ledger,
            ToVerify::Damaged(sentence) => {
                let verified =
                    Verified { events: 0, root: None, first_bad: None, contradiction: None };
                return Ok(Self { verified, unopened: Some(sentence) });
            }
        };
        progress::listen_for_interrupt();
        let head = Blocking(ledger.store()).head().ok().flatten();
        let bar = progress::bar(global, "verifying", head.map_or(0, |head| head.0));
        let verified = ledger.verify(global.actor.as_str(), held, |events| {
            bar.set_position(events);
            match progress::is_interrupted() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        bar.finish_and_clear();
        let stopped = || Failure::interrupted("stopped; the journal is untouched");
        Ok(Self { verified: verified?.ok_or_else(stopped)?, unopened: None })
    }

    /// What the journal is now, if nothing speaks against it.
    pub(crate) fn sound(&self) -> Option<Checkpoint> {
        let root = self.verified.root.filter(|_| self.verified.contradiction.is_none())?;
        Some(Checkpoint { size: self.verified.events, root })
    }

    /// Why something is not done with it: it is another journal, or it is damaged.
    pub(crate) fn refusal(&self, what: &str) -> Failure {
        let sentence = format!("{what}: {}", self.against().join("; "));
        match self.verified.contradiction {
            Some(_) => Failure::broken(sentence),
            None => Failure::store(sentence),
        }
    }

    /// What speaks against it, a sentence each.
    fn against(&self) -> Vec<String> {
        let contradiction = self.verified.contradiction.map(|found| found.to_string());
        let damage = self.verified.first_bad.as_ref().map(ToString::to_string);
        [contradiction, damage, self.unopened.clone()].into_iter().flatten().collect()
    }

    /// What a checkpoint contradicts stands before any damage: behind it nothing was compared.
    fn first_bad(&self) -> Option<Position> {
        match &self.verified.contradiction {
            Some(contradiction) => contradiction.first_bad(),
            None => self.verified.first_bad.as_ref().map(|damage| damage.position),
        }
        .or(self.unopened.as_ref().map(|_| Position(1)))
    }

    fn document(&self) -> serde_json::Value {
        let within = match self.verified.contradiction {
            Some(Contradiction::Differs { first, last }) => Some([first.0, last.0]),
            _ => None,
        };
        let against = self.against();
        json!({
            "events": self.verified.events,
            "root": self.verified.root.map(|root| root.to_string()),
            "ok": against.is_empty(),
            "first_bad": self.first_bad().map(|position| position.0),
            "within": within,
            "what": (!against.is_empty()).then(|| against.join("; ")),
        })
    }

    fn sentences(&self, held: &[Checkpoint]) -> String {
        let events = grouped(self.verified.events.into());
        let against = self.against();
        if self.verified.contradiction.is_some() {
            return against.join("\n");
        }
        if !against.is_empty() {
            let is_derived = self.verified.first_bad.as_ref().is_some_and(|bad| bad.is_derived);
            let sound = if is_derived { "events are sound" } else { "events before it are sound" };
            return format!("{}\n{events} {sound}", against.join("\n"));
        }
        let root = self.verified.root.map(|root| format!("\nroot {root}")).unwrap_or_default();
        let held = match held.iter().map(|checkpoint| checkpoint.size).max() {
            Some(size) => {
                format!("\nthe first {} are those that were signed", grouped(size.into()))
            }
            None => String::new(),
        };
        format!("{events} events, as they were written{held}{root}")
    }
}
