//! An archive that lies where others write.

use std::fs;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use linli::Timestamp;
use linli::charging::tariff::Tariff;
use linli::journal::{Blocking, MemoryStore};
use linli::ledger::{Authority, Ledger, Request};
use linli::proof::Leaf;
use linli::replay::Replay;
use linli_archive::{Archive, ArchiveError, ArchiveStore, Seal, Verified};
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use object_store::path::Path;
use pollster::block_on;
use sha2::{Digest as _, Sha256};

use super::edited;

const MANIFEST: &str = "manifest.json";

/// An archive as it was sealed.
struct Sealed {
    /// The hash of each event in it. Keys, sources and the bounds of appends are in no root.
    events: Vec<[u8; 32]>,
    /// The digest of its bills.
    bills: String,
    /// Each file with its bytes; the manifest is the first.
    files: Vec<(String, Vec<u8>)>,
}

/// Reads an archive whose manifest is these bytes. What is sound is the archive, or its beginning.
pub fn manifest(bytes: &[u8]) -> Option<String> {
    let mut files = sealed().files.clone();
    files[0].1 = bytes.to_vec();
    read(&files)
}

/// Reads an archive of which a file was changed: which one in the first byte, and, where its upper
/// bit is set, its length and SHA-256 in the manifest with it, as who writes both can do; then
/// [`edited`].
pub fn archive(bytes: &[u8]) -> Option<String> {
    let Some((which, edits)) = bytes.split_first() else { return Some("it is too short".into()) };
    let mut files = sealed().files.clone();
    let others = files.len() - 1;
    let (name, old) = files[1 + usize::from(which & 0x7f) % others].clone();
    let new = edited(&old, edits);
    if which & 0x80 != 0 {
        files[0].1 = listing(&files[0].1, &old, &new);
    }
    let file = files.iter_mut().find(|file| file.0 == name).expect("it is one of them");
    file.1 = new;
    read(&files)
}

/// A manifest that lists other bytes of a file.
fn listing(manifest: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let manifest = std::str::from_utf8(manifest).expect("JSON");
    let sha256 = |bytes: &[u8]| format!("{:x}", Sha256::digest(bytes));
    let (before, after) = manifest.split_once(&sha256(old)).expect("it is listed");
    let (before, between) = before.rsplit_once("\"bytes\": ").expect("its length is before it");
    let between = between.trim_start_matches(|digit: char| digit.is_ascii_digit());
    format!("{before}\"bytes\": {}{between}{}{after}", new.len(), sha256(new)).into_bytes()
}

/// Verifies and replays an archive of these files.
fn read(files: &[(String, Vec<u8>)]) -> Option<String> {
    let archive = of_files(files);
    let go_on = |_| ControlFlow::Continue(());
    let found = archive.verify(None, go_on);
    let stood = events(&archive);
    let bills = bills(&archive);
    match found {
        Err(fault) => Some(fault.to_string()),
        Ok(Verified { root: None, damages, .. }) => damages.first().map(ToString::to_string),
        Ok(_) => {
            let stood = stood.expect("what is verified is read");
            assert!(sealed().events.starts_with(&stood), "what is sound is what was sealed");
            if stood.len() == sealed().events.len() {
                assert_eq!(bills.as_ref(), Ok(&sealed().bills), "and so are its bills");
            }
            None
        }
    }
}

fn of_files(files: &[(String, Vec<u8>)]) -> Archive {
    let objects = InMemory::new();
    for (name, bytes) in files {
        let path = Path::from(name.as_str());
        let put = objects.put(&path, bytes.clone().into());
        block_on(put).expect("memory takes it");
    }
    Archive::in_objects(Arc::new(objects))
}

fn events(archive: &Archive) -> Result<Vec<[u8; 32]>, ArchiveError> {
    let mut all = Vec::new();
    for segment in &archive.manifest()?.segments {
        for whole in archive.appends(segment)? {
            all.extend(Leaf::of(&whole).map(|leaf| leaf.hash()));
        }
    }
    Ok(all)
}

/// The digest of all bills, from tables and events as a replay takes them.
fn bills(archive: &Archive) -> Result<String, String> {
    let store = ArchiveStore::of(archive.clone()).map_err(|fault| fault.to_string())?;
    let closed = store.closed();
    let ledger = Ledger::new(store, Authority::local_operator()).with_closed(closed);
    let tariff = Tariff::from_json(TARIFF).expect("a tariff");
    let replay = Replay::under(&tariff);
    let report = replay.run_blocking(&ledger).map_err(|fault| fault.to_string())?;
    Ok(report.tariffs.iter().map(|tariff| tariff.digest.to_string()).collect())
}

const TARIFF: &str = r#"{"id": "flat", "currency": "CNY", "country_code": "CN", "party_id": "LIN",
    "last_updated": "2022-01-01T00:00:00Z",
    "elements": [{"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}]}"#;

fn sealed() -> &'static Sealed {
    static SEALED: OnceLock<Sealed> = OnceLock::new();
    SEALED.get_or_init(|| {
        let store = Arc::new(MemoryStore::new());
        let ledger = Ledger::over(store, Authority::local_operator())
            .with_clock(|| Timestamp(1_645_956_000_000_000));
        for number in 0..4 {
            let request = Request::from_json(&story(number)).expect("commands");
            let request = request.from_source("fuzz", &number.to_string());
            ledger.execute_blocking("fuzz", request).expect("nothing forbids it");
        }
        // In a folder, where names are the same each time.
        let folder = tempfile::tempdir().expect("a folder");
        let archive = Archive::create(folder.path()).expect("an archive");
        let go_on = |_| ControlFlow::Continue(());
        archive.seal(Blocking(ledger.store()), Seal::all().rows(8), go_on).expect("sealed");
        let listed = archive.manifest().expect("it was written");
        let segments = listed.segments.iter().map(|segment| &segment.file);
        let tables = listed.tables.iter();
        let tables = tables.flat_map(|table| [&table.sessions.file, &table.others.file]);
        let names = [MANIFEST.to_owned()].into_iter().chain(segments.chain(tables).cloned());
        let with_bytes = |name: String| {
            let bytes = fs::read(folder.path().join(&name)).expect("it is there");
            (name, bytes)
        };
        let files = names.map(with_bytes).collect();
        let events = events(&archive).expect("it was sealed");
        Sealed { events, bills: bills(&archive).expect("it was sealed"), files }
    })
}

/// A session with two samples.
fn story(number: u32) -> String {
    let at = |minutes: u32| format!("2022-02-2{}T19:{minutes:02}:00+08:00", number + 2);
    let begins = at(0);
    let mut commands = vec![format!(
        r#"{{"record_session_start": {{"session": "app:{number}", "connector": "east-1",
            "card": "c-0042", "register": 1000, "at": "{begins}", "zone": "Asia/Shanghai"}}}}"#
    )];
    for minutes in [15, 30] {
        let (at, register) = (at(minutes), 1_000 + minutes);
        commands.push(format!(
            r#"{{"record_meter_sample": {{"session": "app:{number}", "reading": {{"register":
                {register}}}, "at": "{at}", "zone": "Asia/Shanghai"}}}}"#
        ));
    }
    let ends = at(45);
    commands.push(format!(
        r#"{{"record_session_end": {{"session": "app:{number}", "reading": {{"register": 1045}},
            "at": "{ends}", "zone": "Asia/Shanghai"}}}}"#
    ));
    format!("[{}]", commands.join(","))
}
