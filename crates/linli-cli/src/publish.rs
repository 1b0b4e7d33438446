//! `linli publish-tariff`: a version of a tariff into the journal, and into force.
//!
//! Who publishes a tariff expects that it applies: it is assigned to the whole community from the
//! start of its validity, or from now if it states none. A tariff that applies there already is
//! not assigned again: a new version of it counts from its own validity. The same file again
//! changes nothing.

use linli::charging::tariff::Tariff;
use linli::charging::{Command, TariffBook, TariffScope};
use linli::journal::{Query, ReadOptions};
use linli::ledger::{Ledger, Request};
use linli::{Evolve, TariffId, Zone};
use serde_json::json;

use crate::args::{FileArgs, Global};
use crate::clock::now;
use crate::failure::Failure;
use crate::{out, read_file};

pub(crate) fn run(global: &Global, args: &FileArgs) -> Result<u8, Failure> {
    let content = read_file::text(&args.file)?;
    let tariff =
        Tariff::from_json(&content).map_err(|error| Failure::in_file(&args.file, error))?;
    let id = TariffId::new(tariff.id())?;
    let ledger = global.address()?.open()?;
    let book = tariff_book(global, &ledger)?;
    let is_published = book.hash(&id, tariff.version()).is_some();
    let (now, zone) = (now(), tariff.zone().unwrap_or(Zone::UTC));
    let from = tariff.validity().from.unwrap_or(now);
    let mut commands = vec![Command::PublishTariff { at: now, zone, content }];
    let is_assigned = book.assigned(None, None, from) == Some(&id);
    if !is_assigned {
        let (tariff, scope) = (id.clone(), TariffScope::Community);
        commands.push(Command::AssignTariff { tariff, at: from, zone, scope });
    }
    ledger.execute_blocking(global.actor.as_str(), Request::all(commands))?;
    let version = tariff.version();
    let assigned_from = (!is_assigned).then(|| from.to_string());
    let published = book.contents().filter(|(other, _, _)| **other == id);
    let others: Vec<Tariff> =
        published.filter_map(|(_, _, content)| Tariff::from_json(content).ok()).collect();
    let found = [tariff.lint(), tariff.lint_beside(&others)].concat();
    let suspicious: Vec<String> = found.iter().map(ToString::to_string).collect();
    if global.json {
        out::json(&json!({
            "suspicious": suspicious,
            "tariff": id.as_str(),
            "version": version,
            "hash": tariff.hash(),
            "published": !is_published,
            "assigned_from": assigned_from,
        }))?;
        return Ok(0);
    }
    let mut lines = vec![match is_published {
        true => format!("Tariff {id}, version {version}, was published before"),
        false => format!("Published tariff {id}, version {version}"),
    }];
    lines.push(match assigned_from {
        Some(from) => format!("It applies to the community from {from}"),
        None => "The tariff applied to the community before, and still does".to_owned(),
    });
    if !is_published && is_assigned && tariff.validity().from.is_none() {
        lines.push("This version states no validity: earlier sessions count under it too".into());
    }
    let doubts = tariff.warnings().iter().filter(|warning| warning.kind.bears_on_amounts());
    lines.extend(doubts.map(|doubt| format!("It bears on amounts: {doubt}")));
    lines.extend(suspicious.iter().map(|found| format!("Worth a second look: {found}")));
    out::text(&lines.join("\n"))?;
    Ok(0)
}

/// Everything the journal says about tariffs.
fn tariff_book(global: &Global, ledger: &Ledger) -> Result<TariffBook, Failure> {
    let query = Query::of_types(["TariffPublished", "TariffAssigned"]);
    let mut book = TariffBook::default();
    ledger.each(global.actor.as_str(), query, ReadOptions::forwards(), |_, happened| {
        if let Some(happened) = happened.charging() {
            book.evolve(&happened);
        }
    })?;
    Ok(book)
}
