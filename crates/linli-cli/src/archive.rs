//! `linli seal` and `linli verify --archive`: what was told, in files, and whether it stands there.

use std::ops::ControlFlow;
use std::path::Path;

use linli::journal::{ArchivePlace, Blocking, Position, Query, ReadOptions};
use linli::ledger::Ledger;
use linli_archive::{Archive, Compacted, Damage, Seal, Sealed, Verified};
use serde_json::json;

use crate::args::{DEFAULT_JOURNAL, Global, SealArgs};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{out, progress};

pub(crate) fn seal(global: &Global, args: &SealArgs) -> Result<u8, Failure> {
    let ledger = readable_whole(global)?;
    let nowhere = || Failure::input("there is no place beside this journal; name one with --to");
    let beside = || global.address().map(|address| address.archive())?.ok_or_else(nowhere);
    let place = args.to.clone().map_or_else(beside, Ok)?;
    let archive = Archive::create(place.clone())?;
    progress::listen_for_interrupt();
    let journal = Blocking(ledger.store());
    let bar = progress::bar(global, "sealing", journal.head()?.map_or(0, |head| head.0));
    let seal = Seal::all().up_to(args.up_to.map(Position)).rows(args.rows);
    let sealed = archive.seal(journal, seal, |events| {
        bar.set_position(events);
        go_on()
    });
    bar.finish_and_clear();
    let sealed = sealed?;
    let compacted = args.compact.then(|| compacted(global, &archive, args.rows, sealed.events));
    let compacted = compacted.transpose()?;
    match global.json {
        true => out::json(&sealed_document(&sealed, compacted))?,
        false => out::text(&sealed_sentences(&sealed, compacted, &place))?,
    }
    Ok(0)
}

fn compacted(
    global: &Global,
    archive: &Archive,
    rows: u64,
    events: u64,
) -> Result<Compacted, Failure> {
    let bar = progress::bar(global, "compacting", events);
    let compacted = archive.compact(rows, |events| {
        bar.set_position(events);
        go_on()
    });
    bar.finish_and_clear();
    Ok(compacted?)
}

fn sealed_document(sealed: &Sealed, compacted: Option<Compacted>) -> serde_json::Value {
    let files = |compacted: Compacted| {
        let Compacted { before, after } = compacted;
        json!({ "before": before, "after": after })
    };
    json!({
        "segments": sealed.segments,
        "rows": sealed.rows,
        "events": sealed.events,
        "root": sealed.root.to_string(),
        "compacted": compacted.map(files),
    })
}

fn sealed_sentences(sealed: &Sealed, compacted: Option<Compacted>, place: &ArchivePlace) -> String {
    let [rows, events] = [sealed.rows, sealed.events].map(|number| grouped(number.into()));
    let files = counted_files(sealed.segments.into());
    let compacted = match compacted {
        None => String::new(),
        Some(Compacted { before, after }) if before == after => {
            format!("\n{}, as few as may be", counted_files(after.into()))
        }
        Some(Compacted { before, after }) => {
            let [before, after] = [before, after].map(|files| counted_files(files.into()));
            let replaced = format!("those that were replaced lie in {place}/unlisted");
            format!("\n{before} became {after}; {replaced}, and may be deleted")
        }
    };
    let root = sealed.root;
    format!("{rows} events sealed into {files}; {place} holds {events}{compacted}\nroot {root}")
}

pub(crate) fn verify(global: &Global, place: &ArchivePlace) -> Result<u8, Failure> {
    let archive = Archive::open(place.clone())?;
    let ledger = beside(global)?;
    progress::listen_for_interrupt();
    let length = archive.manifest().map_or(0, |manifest| manifest.events());
    let bar = progress::bar(global, "verifying", length);
    let journal = ledger.as_ref().map(|ledger| Blocking(ledger.store()));
    let verified = archive.verify(journal, |events| {
        bar.set_position(events);
        go_on()
    });
    bar.finish_and_clear();
    let verified = verified?;
    let journal = ledger.map(|_| global.journal.as_str());
    match global.json {
        true => out::json(&document(&verified, journal))?,
        false => out::text(&sentences(&verified, journal))?,
    }
    Ok(u8::from(!verified.damages.is_empty()))
}

/// The journal of the command, for whoever may read all of it: sealed fields are among it.
fn readable_whole(global: &Global) -> Result<Ledger, Failure> {
    let ledger = global.address()?.open_to_read()?;
    ledger.read(global.actor.as_str(), &Query::all(), ReadOptions::forwards().limit(0))?;
    Ok(ledger)
}

/// The journal that the archive is held against. One that nobody named and that is not there is
/// not asked for: an archive may lie alone.
fn beside(global: &Global) -> Result<Option<Ledger>, Failure> {
    match global.journal == DEFAULT_JOURNAL && !Path::new(DEFAULT_JOURNAL).exists() {
        true => Ok(None),
        false => readable_whole(global).map(Some),
    }
}

fn counted_files(files: u128) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{} files", grouped(files)) }
}

fn go_on() -> ControlFlow<()> {
    match progress::is_interrupted() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

fn document(verified: &Verified, journal: Option<&str>) -> serde_json::Value {
    let damages = &verified.damages;
    json!({
        "events": verified.events,
        "segments": verified.segments,
        "root": verified.root.map(|root| root.to_string()),
        "ok": damages.is_empty(),
        "first_bad": damages.first().map(|damage| damage.first_bad.0),
        "damaged": damages.iter().map(damaged).collect::<Vec<_>>(),
        "superseded": verified.superseded,
        "journal": journal,
    })
}

fn damaged(damage: &Damage) -> serde_json::Value {
    let Damage { file, first_bad, what } = damage;
    json!({ "file": file, "first_bad": first_bad.0, "what": what })
}

fn sentences(verified: &Verified, journal: Option<&str>) -> String {
    let events = grouped(verified.events.into());
    let Some(root) = verified.root else {
        let damages = verified.damages.iter().map(|damage| format!("{damage}\n"));
        let damages: String = damages.collect();
        let mend = "restore what is damaged from a copy, then seal again";
        return format!("{damages}{events} events before it are sound; {mend}");
    };
    let files = counted_files(verified.segments.into());
    let against = match journal {
        Some(journal) => format!("\nthey are the beginning of {journal}"),
        None => "\nheld against no journal; name one with --journal".to_owned(),
    };
    let superseded = match verified.superseded {
        0 => String::new(),
        left => {
            let files = counted_files(left.into());
            format!("\n{files} left by a compaction that was stopped; seal again to set them aside")
        }
    };
    format!("{events} events in {files}, as they were sealed{against}{superseded}\nroot {root}")
}
