//! What `linli prove` writes is checked by whoever has no journal: by the command, and by a second
//! verifier that is made of the written format alone.
//!
//! Keeps away: a proof that holds although it was altered, two verifiers that do not agree, one
//! that needs more than the file and the public key.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use linli::ledger::Receipt;
use linli::proof::{Checkpoint, Consistency, Inclusion, Quorum, VerifierKey, WitnessVerifier};
use serde_json::Value;

use crate::program::{demo, demo_of, json, refusal};

/// Mutations that both verifiers judge; `LINLI_MUTATIONS` says another number.
const MUTATIONS: u64 = 1_000;

fn made(home: &Path) {
    demo(home);
    json(home, 0, &["keygen", "signing", "--out", "key", "--origin", "example.org/yujing"]);
    json(home, 0, &["checkpoint", "--signing-key", "key", "--out", "earlier"]);
    let lines = r#"{"register_person": {"person_ref": "p-new", "at": "2022-03-01T09:00:00+08:00",
        "zone": "Asia/Shanghai"}}"#;
    fs::write(home.join("commands.json"), lines).expect("written");
    json(home, 0, &["execute", "commands.json"]);
    json(home, 0, &["checkpoint", "--signing-key", "key", "--out", "later"]);
    json(home, 0, &["prove", "7", "--checkpoint", "later", "--out", "seven.tlog-proof"]);
    json(home, 0, &["prove", "--from", "earlier", "--to", "later", "--out", "consistency"]);
    json(home, 0, &["keygen", "witness", "--out", "neighbour", "--origin", "example.org/next"]);
    let asked = ["witness", "later", "--key", "key.pub", "--witness-key", "neighbour"];
    json(home, 0, &[&asked[..], &["--out", "cosigned"]].concat());
    let receipt = ["receipt", "demo:000001", "--checkpoint", "later", "--out", "receipt.json"];
    json(home, 0, &receipt);
}

/// A folder with what is handed out, and no journal.
fn handed_out(home: &Path, to: &Path) {
    for file in ["key.pub", "earlier", "later", "seven.tlog-proof", "consistency"] {
        fs::copy(home.join(file), to.join(file)).expect("copied");
    }
}

const SEVEN: [&str; 5] = ["verify", "--proof", "seven.tlog-proof", "--key", "key.pub"];
const CONTINUED: [&str; 7] =
    ["verify", "--proof", "consistency", "--key", "key.pub", "--checkpoint", "earlier"];

#[test]
fn a_proof_is_checked_without_the_journal() {
    let (folder, elsewhere) = (tempfile::tempdir(), tempfile::tempdir());
    let (folder, elsewhere) = (folder.expect("a folder"), elsewhere.expect("a folder"));
    let (home, away) = (folder.path(), elsewhere.path());
    made(home);
    handed_out(home, away);
    let proven = json(away, 0, &SEVEN);
    let shown = crate::program::run(home, &["events", "--after", "6", "--limit", "1", "--json"]);
    let seventh: Value = serde_json::from_slice(&shown.stdout).expect("a line");
    for (key, same) in [("position", "position"), ("id", "id"), ("type", "type"), ("tags", "tags")]
    {
        assert_eq!(proven[key], seventh[same], "{key}");
    }
    let events = json(home, 0, &["verify"])["events"].clone();
    assert_eq!(proven["events"], events);
    let continued = json(away, 0, &CONTINUED);
    assert_eq!(continued["events"], events);
    assert_eq!(continued["from"], events.as_u64().expect("a number") - 1);
    let length = fs::metadata(away.join("seven.tlog-proof")).expect("a file").len();
    assert!(length < 4_096, "{length} bytes");

    let text = fs::read_to_string(away.join("seven.tlog-proof")).expect("a proof");
    fs::write(away.join("seven.tlog-proof"), text.replace("index 6", "index 5")).expect("written");
    assert!(refusal(away, 1, &SEVEN).contains("does not lead to the root"));
    fs::write(away.join("seven.tlog-proof"), "Dear neighbours").expect("written");
    assert!(refusal(away, 2, &SEVEN).contains("seven.tlog-proof: this is no proof"));
    let other = [&CONTINUED[..6], &["later"]].concat();
    assert!(refusal(away, 2, &other).contains("starts from"));
}

#[test]
fn what_is_not_so_is_not_proven() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    made(home);
    let beyond = refusal(home, 2, &["prove", "1000000", "--checkpoint", "later"]);
    assert!(beyond.contains("position 1000000 is not among them"), "{beyond}");
    let backwards = refusal(home, 2, &["prove", "--from", "later", "--to", "earlier"]);
    assert!(backwards.contains("is later than"), "{backwards}");
    demo_of(home, 2, "other.db");
    let other = ["prove", "7", "--checkpoint", "later", "--journal", "other.db"];
    let said = refusal(home, 1, &other);
    assert!(said.contains("is not what was signed") || said.contains("are left"), "{said}");
    for words in [&["prove"][..], &["prove", "7"], &["prove", "--from", "earlier"]] {
        assert_eq!(crate::program::run(home, words).status.code(), Some(2), "{words:?}");
    }
}

/// Reads a file a line, judges each by the second verifier, and prints what it found.
const JUDGE: &str = r"
import sys
import linli_receipt
import linli_verify as v
key = v.Key.read(open('key.pub').read())
held = v.Checkpoint.read(open('earlier', 'rb').read(), key)
neighbour = v.Key.read(open('neighbour.pub').read(), 4)
for line in sys.stdin:
    kind, text = line.split(' ')
    text = bytes.fromhex(text)
    try:
        if kind == 'i':
            checkpoint, record = v.inclusion(text, key)
            print('holds', checkpoint.size, record.position)
        elif kind == 'c':
            print('holds', v.consistency(text, held, key).size)
        elif kind == 'r':
            print('holds', len(linli_receipt.receipt(text, key)))
        elif kind == 'w' and not v.cosigners(text, [neighbour]):
            print('no')
        else:
            print('holds', v.Checkpoint.read(text, key).size)
    except ValueError:
        print('no')
";

fn verifier() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/python/python")
}

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        // A step of Knuth's linear congruential generator (MMIX).
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).expect("below")
    }

    fn mutated(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let (at, to) = (self.below(bytes.len()), self.below(bytes.len()));
        match self.below(7) {
            0 | 1 => bytes[at] ^= 1 << (to % 8),
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, bytes[to]),
            4 => bytes.truncate(at),
            5 => bytes.swap(at, to),
            _ => {
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let (at, to) = (at % lines.len(), to % lines.len());
                lines.swap(at, to);
                bytes = lines.concat();
            }
        }
        bytes
    }
}

/// What the first verifier says, in the words of the second.
fn judged(
    kind: char,
    bytes: &[u8],
    key: &VerifierKey,
    held: &Checkpoint,
    quorum: &Quorum,
) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else { return "no".to_owned() };
    let holds = match kind {
        'i' => Inclusion::read(text)
            .and_then(|proof| proof.check(key))
            .ok()
            .map(|proven| format!("holds {} {}", proven.checkpoint.size, proven.record.position)),
        'c' => {
            let later = Consistency::read(text).and_then(|proof| proof.check(held, key));
            later.ok().map(|later| format!("holds {}", later.size))
        }
        'r' => {
            let proven = Receipt::read(text).and_then(|receipt| receipt.check(key));
            proven.ok().map(|proven| format!("holds {}", proven.len()))
        }
        'w' if quorum.check(text).is_err() => None,
        _ => Checkpoint::read(text, key).ok().map(|held| format!("holds {}", held.size)),
    };
    holds.unwrap_or_else(|| "no".to_owned())
}

#[test]
fn two_verifiers_agree_on_every_mutation() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    made(home);
    let mutations = std::env::var("LINLI_MUTATIONS").ok().and_then(|number| number.parse().ok());
    let mutations = mutations.unwrap_or(MUTATIONS);
    let files = [
        ('i', "seven.tlog-proof"),
        ('c', "consistency"),
        ('k', "later"),
        ('w', "cosigned"),
        ('r', "receipt.json"),
    ];
    let whole = files.map(|(kind, file)| (kind, fs::read(home.join(file)).expect("a file")));
    let key = fs::read_to_string(home.join("key.pub")).expect("a key");
    let key = VerifierKey::read(&key).expect("a key");
    let held = fs::read_to_string(home.join("earlier")).expect("a checkpoint");
    let held = Checkpoint::read(&held, &key).expect("it holds");
    let neighbour = fs::read_to_string(home.join("neighbour.pub")).expect("a key");
    let neighbour = WitnessVerifier::read(&neighbour).expect("a key");
    let quorum = Quorum::of([neighbour], 1).expect("one");
    let mut chance = Chance(mutations);
    let (mut asked, mut wanted) = (Vec::new(), Vec::new());
    for number in 0..mutations {
        let (kind, bytes) = &whole[usize::try_from(number % 5).expect("few")];
        // The files themselves first.
        let bytes = if number < 5 { bytes.clone() } else { chance.mutated(bytes) };
        asked.push(format!("{kind} {}\n", hex(&bytes)));
        wanted.push(judged(*kind, &bytes, &key, &held, &quorum));
    }
    let python = Command::new("python3")
        .args(["-c", JUDGE])
        .current_dir(home)
        .env("PYTHONPATH", verifier())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        println!("not run: there is no python3");
        return;
    };
    let mut pipe = python.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || pipe.write_all(asked.concat().as_bytes()));
    let output = python.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it reads all");
    let found = String::from_utf8(output.stdout).expect("a text");
    let found: Vec<&str> = found.lines().collect();
    assert_eq!(found, wanted);
    assert!(found.iter().take(5).all(|line| line.starts_with("holds")), "the files hold");
    let hold = found.iter().filter(|line| line.starts_with("holds")).count();
    println!("{mutations} judged alike by both, {hold} of them unchanged and holding");
    // Swapped with itself nothing is changed; else nothing holds.
    assert!(hold < found.len() / 10);
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).expect("below 16");
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}
