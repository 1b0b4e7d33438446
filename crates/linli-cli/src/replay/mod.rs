//! `linli replay`: every bill computed again from its meter events.

mod bills;
mod sentence;
mod table;

use std::ops::ControlFlow;
use std::path::PathBuf;

use linli::charging::tariff::Tariff;
use linli::journal::Position;
use linli::replay::{GroupBy, Replay, ReplayError, Report, Resumed};

pub(crate) use table::table;

use crate::args::{By, Global, ReplayArgs};
use crate::failure::Failure;
use crate::{out, progress, read_file};
use bills::BillsFile;

pub(crate) fn run(global: &Global, args: &ReplayArgs) -> Result<u8, Failure> {
    let tariffs = read_file::tariffs(&args.tariff)?;
    let bills = args.out.as_deref().map(BillsFile::begin).transpose()?;
    let ledger = global.address()?.open_with_archive(args.archive.as_ref())?;
    progress::listen_for_interrupt();
    let mut replay = chosen(args, &tariffs).actor(global.actor.as_str());
    if bills.is_some() {
        replay = replay.keep_bills();
    }
    let Resumed { report, after, unkept, .. } =
        watched(global, replay, |replay| match &args.snapshot {
            None => Ok(Resumed::whole(replay.run_blocking(&ledger)?)),
            Some(path) => replay.resume_in_file(&ledger, path),
        })?;
    let files = files(&args.tariff);
    if let Some(bills) = bills {
        bills.write(&report, &files)?;
    }
    if global.json {
        let mut document = report.document(&files);
        if let (Some(fields), Some(_)) = (document.as_object_mut(), &args.snapshot) {
            fields.insert("resumed_after".to_owned(), after.map(|after| after.0).into());
        }
        out::json(&document)?;
    } else {
        out::text(&table(&report, &files))?;
        if let Some(after) = after {
            out::text(&format!("\nwhat came before position {after} was not read again"))?;
        }
    }
    match unkept {
        Some(why) => Err(Failure::input(format!("the snapshot is not kept: {why}"))),
        None => Ok(u8::from(!agrees(&report))),
    }
}

/// Runs a replay with a progress bar, and stops it at Ctrl-C.
pub(crate) fn watched<R>(
    global: &Global,
    replay: Replay,
    run: impl FnOnce(&Replay) -> Result<R, ReplayError>,
) -> Result<R, Failure> {
    let bar = progress::bar(global, "replaying", 0);
    let own = bar.clone();
    let replay = replay.on_progress(move |come| {
        own.set_length(come.until.0);
        own.set_position(come.position.0);
        match progress::is_interrupted() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    let found = run(&replay);
    bar.finish_and_clear();
    Ok(found?)
}

/// The tariff files as they are named in a report; one without a file where none was given.
fn files(paths: &[PathBuf]) -> Vec<Option<String>> {
    if paths.is_empty() {
        return vec![None];
    }
    paths.iter().map(|path| Some(path.display().to_string())).collect()
}

fn chosen(args: &ReplayArgs, tariffs: &[Tariff]) -> Replay {
    let mut replay = Replay::as_assigned().threads(args.threads.into());
    for tariff in tariffs {
        replay = replay.and(tariff);
    }
    if args.against.is_some() {
        replay = replay.against_issued();
    }
    if let Some(by) = args.by {
        replay = replay.by(match by {
            By::Session => GroupBy::Session,
            By::CardMonth => GroupBy::CardMonth,
            By::Day => GroupBy::Day,
        });
    }
    if let Some(position) = args.as_known_at {
        replay = replay.as_known_at(Position(position));
    }
    if let Some(day) = args.as_of {
        replay = replay.as_of(day);
    }
    replay
}

/// Whether nothing differs, is missing or is there for nothing.
fn agrees(report: &Report) -> bool {
    let mut compared = report.tariffs.iter().filter_map(|tariff| tariff.against_issued.as_ref());
    compared.all(|comparison| comparison.differences.is_empty())
}
