//! An archive in a bucket: the same files, sealed by one at a time without a lock.

use std::cell::RefCell;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use linli::journal::{Blocking, MemoryStore, Position};
use linli_bucket::Server;
use object_store::aws::AmazonS3Builder;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tempfile::TempDir;

use super::on;
use super::story::counted;
use crate::bucket::Bucket;
use crate::manifest::{MANIFEST, SEGMENTS};
use crate::place::Place;
use crate::{Archive, ArchiveError, Manifest, Seal, Sealed};

const URL: &str = "s3://community/yujing/2026";

fn served() -> (TempDir, Server) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), "community").expect("a server");
    (folder, server)
}

/// The archive as a process finds it that has the environment of the server.
fn archive(server: &Server, url: &str) -> Archive {
    with(server, url, None).expect("a bucket")
}

/// The same, with one variable that says something else.
fn with(server: &Server, url: &str, other: Option<(&str, &str)>) -> Result<Archive, ArchiveError> {
    let environment = server.environment();
    let said = environment.iter().map(|(name, value)| (*name, &**value)).chain(other);
    let server = said.fold(AmazonS3Builder::new(), |server, (name, value)| {
        let name = name.to_ascii_lowercase().parse().expect("a setting");
        server.with_config(name, value)
    });
    let (bucket, objects) = Bucket::over(url, server)?;
    Ok(Archive { place: Place::in_bucket(bucket, objects) })
}

fn seal(archive: &Archive, journal: &MemoryStore) -> Result<Sealed, ArchiveError> {
    archive.seal(Blocking(journal), Seal::all().rows(4), on)
}

/// The files of an archive, each by its range.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for within in ["segments", "sessions", "others"] {
        for file in fs::read_dir(folder.join(within)).into_iter().flatten() {
            let file = file.expect("a file").path();
            let name = file.strip_prefix(folder).expect("within").display().to_string();
            let range = name.split_once('.').expect("a name with its kind").0.to_owned();
            files.push((range, fs::read(&file).expect("readable")));
        }
    }
    files.sort_unstable();
    files
}

#[test]
fn a_bucket_holds_what_a_folder_holds() {
    let (buckets, server) = served();
    let folder = tempfile::tempdir().expect("a folder");
    let (in_bucket, in_folder) =
        (archive(&server, URL), Archive::create(folder.path()).expect("a folder"));
    for events in [0, 10, 10, 13] {
        let journal = counted(events);
        let sealed = seal(&in_bucket, &journal).expect("sealed");
        assert_eq!(sealed, seal(&in_folder, &journal).expect("sealed"));
        let found = in_bucket.verify(Some(Blocking(&journal)), on).expect("readable");
        assert_eq!((found.root, found.damages), (Some(sealed.root), Vec::new()));
    }
    let bucket = files(&buckets.path().join("community/yujing/2026"));
    assert_eq!(bucket.len(), 4);
    assert_eq!(bucket, files(folder.path()));
}

#[test]
fn a_file_of_a_bucket_is_named_by_its_url() {
    let (buckets, server) = served();
    let archive = archive(&server, URL);
    seal(&archive, &counted(10)).expect("sealed");
    let segment = archive.manifest().expect("a manifest").segments[1].file.clone();
    let file = buckets.path().join("community/yujing/2026").join(&segment);
    let mut bytes = fs::read(&file).expect("a segment");
    bytes[20] ^= 1;
    fs::write(&file, bytes).expect("written");
    let found = archive.verify(None, on).expect("readable");
    let named: Vec<_> =
        found.damages.iter().map(|damage| (&*damage.file, damage.first_bad.0)).collect();
    assert_eq!(named, [(&*format!("{URL}/{segment}"), 5)]);
}

/// A seal that another one overtook lists nothing, and takes nothing away.
fn overtaken(archive: &Archive, sealed: u64, at: u64) {
    let journal = counted(11);
    seal(archive, &counted(sealed)).expect("sealed");
    let other = RefCell::new(None);
    let overtaken = archive.seal(Blocking(&journal), Seal::all().rows(4), |events| {
        if events == at {
            *other.borrow_mut() = Some(seal(archive, &journal));
        }
        ControlFlow::Continue(())
    });
    let other = other.into_inner().expect("it was overtaken").expect("sealed");
    assert_eq!(other.events, 11);
    assert!(matches!(overtaken, Err(ArchiveError::InUse { .. })), "{overtaken:?}");
    let found = archive.verify(Some(Blocking(&journal)), on).expect("readable");
    assert_eq!((found.root, found.damages), (Some(other.root), Vec::new()));
    let again = seal(archive, &journal).expect("sealed");
    assert_eq!((again.segments, again.root), (0, other.root));
}

#[test]
fn of_two_seals_without_a_lock_one_is_told() {
    let (_buckets, server) = served();
    for (sealed, at) in [0, 6].into_iter().flat_map(|sealed| (1..=11).map(move |at| (sealed, at))) {
        println!("{sealed} sealed, overtaken at {at}");
        overtaken(&Archive::in_objects(Arc::new(InMemory::new())), sealed, at);
    }
    for (sealed, at) in [(0, 1), (0, 8), (6, 3), (6, 9)] {
        println!("{sealed} sealed in a bucket, overtaken at {at}");
        overtaken(&archive(&server, &format!("s3://community/{sealed}-{at}")), sealed, at);
    }
}

/// What a stop has left is looked for, another seal comes in between, and then it is set aside:
/// nothing that the other one lists is taken away.
#[test]
fn what_is_set_aside_late_is_what_was_left() {
    let (_buckets, server) = served();
    for archive in [Archive::in_objects(Arc::new(InMemory::new())), archive(&server, URL)] {
        let journal = counted(11);
        seal(&archive, &counted(3)).expect("sealed");
        // It has put a segment, and is killed before it lists it.
        let mut killed = archive.hold().expect("held");
        killed.begin().expect("claimed");
        let name = killed.manifest.file_name(SEGMENTS, (Position(4), Position(7)));
        pollster::block_on(archive.place.put(&name, "half a segment".into())).expect("put");

        let mut late = archive.hold().expect("held");
        let left = archive.left_over(&late.manifest).expect("it can be told");
        assert_eq!(left, [name]);
        late.claim().expect("claimed");
        let other = seal(&archive, &journal).expect("sealed");
        late.set_aside(&left).expect("what the other one has moved, too");
        assert!(matches!(late.list(), Err(ArchiveError::InUse { .. })));
        let found = archive.verify(Some(Blocking(&journal)), on).expect("readable");
        assert_eq!((found.root, found.damages), (Some(other.root), Vec::new()));
    }
}

/// Seals that were overtaken may have put several files from one position on: those are left
/// over. Files behind one another are an archive without its manifest, and none is made for it.
#[test]
fn a_manifest_that_was_lost_is_told_from_what_seals_left() {
    let objects = Arc::new(InMemory::new());
    let archive = Archive::in_objects(Arc::clone(&objects) as Arc<dyn ObjectStore>);
    let first = |last: u64| (Position(1), Position(last));
    let put = |range| {
        let name = Manifest::default().file_name(SEGMENTS, range);
        pollster::block_on(archive.place.put(&name, "half a segment".into())).expect("put");
    };
    put(first(2));
    put(first(4));
    assert_eq!(seal(&archive, &counted(11)).expect("sealed").events, 11);

    pollster::block_on(objects.delete(&MANIFEST.into())).expect("lost");
    let lost = seal(&archive, &counted(11));
    assert!(matches!(lost, Err(ArchiveError::Unlisted { files: 3, .. })), "{lost:?}");
    assert_eq!(pollster::block_on(archive.place.seen(MANIFEST)).expect("asked"), None);
}

/// Otherwise the one that came later would set aside what the other one lists next.
#[test]
fn who_claims_a_manifest_is_the_only_one_who_writes_it() {
    let (_buckets, server) = served();
    for archive in [Archive::in_objects(Arc::new(InMemory::new())), archive(&server, URL)] {
        seal(&archive, &counted(3)).expect("sealed");
        let mut first = archive.hold().expect("held");
        first.begin().expect("claimed");
        let mut second = archive.hold().expect("held");
        second.begin().expect("claimed");
        assert!(matches!(first.list(), Err(ArchiveError::InUse { .. })));
        second.list().expect("its own");
    }
}

#[test]
fn a_bucket_out_of_reach_says_what_to_look_at() {
    let (_buckets, server) = served();
    let refused = |archive: Result<Archive, ArchiveError>| {
        let sealed = archive.and_then(|archive| seal(&archive, &counted(3)));
        sealed.expect_err("nothing to seal into").to_string()
    };
    let secret = with(&server, URL, Some(("AWS_SECRET_ACCESS_KEY", "another")));
    assert_eq!(
        refused(secret),
        "s3://community/yujing/2026/manifest.json cannot be reached: the server does not let you \
         in; look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do"
    );
    let openly = with(&server, URL, Some(("AWS_ALLOW_HTTP", "false")));
    assert_eq!(
        refused(openly),
        "s3://community/yujing/2026 cannot be reached: AWS_ENDPOINT_URL begins with http:, and \
         nothing would be encrypted; set AWS_ALLOW_HTTP=true if that is meant"
    );
    let gone = archive(&server, URL);
    drop(server);
    assert_eq!(
        refused(Ok(gone)),
        "s3://community/yujing/2026/manifest.json cannot be reached: Connection refused (os error \
         111); look at AWS_ENDPOINT_URL and AWS_REGION"
    );
}
