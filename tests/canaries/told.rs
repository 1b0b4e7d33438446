//! Persons, what is told about them, and where it is found.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use linli::Timestamp;
use linli::journal::{EventStore, Query, ReadOptions};
use linli::ledger::{Authority, Demand, Ledger, Request};
use linli_sqlite::SqliteKeyring;
use sha2::{Digest, Sha256};

/// As many letters as a word has: so much is looked for at once.
const LETTERS: usize = 16;

/// The persons of one run; another run has others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Persons {
    pub(crate) run: u64,
    pub(crate) number: usize,
}

impl Persons {
    /// The words that are told about them and sealed: of each a name and a phone number.
    pub(crate) fn canaries(self) -> Vec<String> {
        (0..2 * self.number).map(|number| self.word("canary", number)).collect()
    }

    /// The pseudonyms, which stand in clear.
    pub(crate) fn pseudonyms(self) -> Vec<String> {
        (0..self.number).map(|number| self.word("pseudonym", number)).collect()
    }

    /// A word that stands nowhere by chance.
    fn word(self, kind: &str, number: usize) -> String {
        let Self { run, .. } = self;
        format!("{:x}", Sha256::digest(format!("{kind} {run} {number}"))).split_off(64 - LETTERS)
    }

    /// One command a person.
    pub(crate) fn requests(self) -> Vec<Request> {
        let (words, pseudonyms) = (self.canaries(), self.pseudonyms());
        let told = words.chunks(2).zip(&pseudonyms).map(|(words, pseudonym)| {
            let text = registered(pseudonym, &words[0], &format!("{:?}", words[1]), "1990-02-28");
            Request::from_json(&text).expect("a command").from_source("desk", pseudonym)
        });
        told.collect()
    }

    /// A demand to be forgotten by each of them.
    pub(crate) fn demands(self) -> Vec<Demand> {
        let demand = |pseudonym: String| Demand {
            subject_ref: pseudonym.parse().expect("a name"),
            at: Timestamp(1_646_096_400_000_000),
            zone: "Asia/Shanghai".parse().expect("a zone"),
            scope: "".parse().expect("a scope"),
            answers: BTreeMap::new(),
        };
        self.pseudonyms().into_iter().map(demand).collect()
    }

    /// What is said of requests that tell of them and are wrong.
    pub(crate) fn refusals(self, ledger: &Ledger) -> Vec<String> {
        let (words, pseudonyms) = (self.canaries(), self.pseudonyms());
        let (word, known) = (&words[0], &pseudonyms[0]);
        let texts = [
            registered(known, word, &format!("{word:?}"), word),
            registered(known, word, &format!("[{word:?}]"), "1990-02-28"),
            registered(known, word, &format!("{word:?} {word:?}"), "1990-02-28"),
            // Another person's words for one who is known already.
            registered(known, &words[2], &format!("{:?}", words[3]), "1990-02-28"),
        ];
        let refusal = |text: String| match Request::from_json(&text) {
            Err(error) => format!("{error} {error:?}"),
            Ok(request) => {
                let request = request.from_source("desk", known);
                let refused = ledger.execute_blocking("test", request).expect_err("it is known");
                format!("{refused} {refused:?}")
            }
        };
        texts.map(refusal).to_vec()
    }

    /// How many of the words a reader of the journal sees, and how many events there are.
    pub(crate) fn read(self, store: Arc<dyn EventStore>, keyring: Option<&Path>) -> (usize, usize) {
        let mut ledger = Ledger::over(store, Authority::read_only());
        if let Some(path) = keyring {
            let keyring = SqliteKeyring::open(path).expect("a keyring");
            ledger = ledger.with_keyring(Arc::new(keyring));
        }
        let (mut seen, mut events) = (String::new(), 0);
        ledger
            .each("test", Query::all(), ReadOptions::forwards(), |_, happened| {
                seen.push_str(&happened.event.data().to_string());
                events += 1;
            })
            .expect("readable");
        (self.canaries().iter().filter(|word| seen.contains(*word)).count(), events)
    }
}

fn registered(pseudonym: &str, name: &str, phone: &str, born_on: &str) -> String {
    format!(
        r#"{{"register_person": {{"at": "2022-02-20T09:00:00+08:00", "zone": "Asia/Shanghai",
            "person_ref": "{pseudonym}", "name": "{name}", "phone": {phone},
            "born_on": "{born_on}"}}}}"#
    )
}

/// How many of the words stand in a file of the folder or of one in it: as they are, in hexadecimal
/// digits, or as their hash.
pub(crate) fn on_disk(folder: &Path, words: &[String]) -> usize {
    let forms = words.iter().flat_map(|word| {
        // Of half of it: a run of bytes is as many digits of it as a word has letters.
        let half = word.as_bytes().first_chunk().expect("a word");
        let digits = format!("{:016x}", u64::from_be_bytes(*half));
        [word.clone().into_bytes(), digits.into_bytes(), Sha256::digest(word).to_vec()]
    });
    let wanted = forms.filter_map(|form| form.first_chunk().copied()).collect();
    let mut found = HashSet::new();
    find(folder, &Wanted::new(wanted), &mut found);
    found.len()
}

/// Runs of bytes, and what they begin with: most bytes of a disk need no second look.
struct Wanted {
    runs: HashSet<[u8; LETTERS]>,
    begins: Vec<bool>,
}

impl Wanted {
    fn new(runs: HashSet<[u8; LETTERS]>) -> Self {
        let mut begins = vec![false; 1 << 16];
        for run in &runs {
            begins[usize::from(u16::from_be_bytes([run[0], run[1]]))] = true;
        }
        Self { runs, begins }
    }
}

fn find(folder: &Path, wanted: &Wanted, found: &mut HashSet<[u8; LETTERS]>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find(&path, wanted, found);
        } else if let Ok(bytes) = fs::read(&path) {
            // A server that runs may have removed it meanwhile.
            for run in bytes.array_windows::<LETTERS>() {
                let begin = usize::from(u16::from_be_bytes([run[0], run[1]]));
                if wanted.begins[begin] && wanted.runs.contains(run) {
                    found.insert(*run);
                }
            }
        }
    }
}
