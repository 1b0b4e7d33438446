//! `linli erase`: a demand to be forgotten, carried out as far as no context holds the record.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use linli::ledger::Demand;
use linli::registry::{CONTEXTS, Erasure, Outcome};
use serde_json::json;

use crate::args::{EraseArgs, Global, KeyringArgs};
use crate::failure::Failure;
use crate::{clock, out};

pub(crate) fn run(global: &Global, args: &EraseArgs) -> Result<u8, Failure> {
    let demand = Demand {
        subject_ref: args.subject.clone(),
        at: clock::now(),
        zone: args.timezone,
        scope: args.scope.clone(),
        answers: answers(args)?,
    };
    let keyring = KeyringArgs { keyring: Some(args.keyring.clone()) };
    let ledger = keyring.lent_to(global.address()?.open()?)?;
    let actor = global.actor.as_str();
    let mut erasure = ledger.erase_blocking(actor, &demand)?;
    if args.backups_expired {
        erasure = ledger.confirm_erasure_blocking(actor, &demand)?;
    }
    match global.json {
        true => out::json(&json!({
            "subject": args.subject.as_str(),
            "answers": erasure.answers,
            "released": erasure.is_released(),
            "destroyed": erasure.is_destroyed,
            "confirmed": erasure.is_confirmed,
        }))?,
        false => out::text(&sentences(args, &erasure))?,
    }
    Ok(0)
}

/// What contexts answer, by the options.
fn answers(args: &EraseArgs) -> Result<BTreeMap<String, Outcome>, Failure> {
    let mut answers = BTreeMap::new();
    for context in &args.release {
        answers.insert(known(context)?, Outcome::Erased);
    }
    for text in &args.refuse {
        let (context, reason) = text
            .split_once('=')
            .filter(|(_, reason)| !reason.is_empty())
            .ok_or_else(|| wrong("--refuse", text, "CONTEXT=REASON"))?;
        answers.insert(known(context)?, Outcome::Refused { reason: reason.to_owned() });
    }
    for text in &args.hold {
        let wrong = || wrong("--hold", text, "CONTEXT=DATE=LAW, with a date such as 2030-01-01");
        let (context, rest) = text.split_once('=').ok_or_else(wrong)?;
        let (date, law) =
            rest.split_once('=').filter(|(_, law)| !law.is_empty()).ok_or_else(wrong)?;
        let until_on: NaiveDate = date.parse().map_err(|_| wrong())?;
        let legal_basis = law.to_owned();
        answers.insert(known(context)?, Outcome::RestrictedUntil { until_on, legal_basis });
    }
    let given = args.release.len() + args.refuse.len() + args.hold.len();
    match answers.len() == given {
        true => Ok(answers),
        false => Err(Failure::input("a context gives one answer; name it once")),
    }
}

fn known(context: &str) -> Result<String, Failure> {
    match CONTEXTS.contains(&context) {
        true => Ok(context.to_owned()),
        false => Err(Failure::input(format!(
            "{context:?} is no context that answers; these do: {}",
            CONTEXTS.join(", ")
        ))),
    }
}

fn wrong(option: &str, text: &str, form: &str) -> Failure {
    Failure::input(format!("{option} {text:?} is not of the form {form}"))
}

fn sentences(args: &EraseArgs, erasure: &Erasure) -> String {
    let subject = &args.subject;
    let mut lines: Vec<String> = erasure
        .answers
        .iter()
        .map(|(context, outcome)| match outcome {
            Outcome::Erased => format!("{context}: erased"),
            Outcome::RestrictedUntil { until_on, legal_basis } => {
                format!("{context}: restricted until {until_on} ({legal_basis})")
            }
            Outcome::Refused { reason } => format!("{context}: refused ({reason})"),
        })
        .collect();
    lines.push(match erasure {
        Erasure { is_confirmed: true, .. } => {
            format!("The key of {subject} was destroyed, and no copy of it is left")
        }
        Erasure { is_destroyed: true, .. } => format!(
            "The key of {subject} was destroyed. Backups of the keyring may still hold it: when \
             the last of them is gone, say so by --backups-expired"
        ),
        _ => format!(
            "The key of {subject} stays: not every context has released the record. Nothing but \
             keeping it is allowed; ask again when a hold is over"
        ),
    });
    lines.join("\n")
}
