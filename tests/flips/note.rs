//! A checkpoint in a file: what a journal was, signed.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use linli::journal::{Blocking, MemoryStore};
use linli::proof::{self, Checkpoint, SigningKey, Verified};
use tempfile::TempDir;

use super::story::tell_all;
use super::{Counts, Fate, Kept, turn};
use crate::faults::in_memory;

/// A checkpoint of the story.
pub(super) struct Noted {
    folder: TempDir,
    note: String,
    key: SigningKey,
    sound: Checkpoint,
    journal: MemoryStore,
}

impl Noted {
    pub(super) fn new() -> Self {
        let (folder, journal) = (in_memory(), MemoryStore::new());
        tell_all(&journal);
        let key = SigningKey::of("example.org/yujing", &[7; 32]).expect("a key");
        let sound = Checkpoint::of(&proof::tree(Blocking(&journal)).expect("readable"));
        let note = sound.signed(&key).expect("a note");
        let noted = Self { folder, note, key, sound, journal };
        fs::write(noted.path(), &noted.note).expect("written");
        assert_eq!(noted.held(), Some(sound), "an unflipped checkpoint is believed");
        assert!(!noted.contradicts(sound), "and holds");
        noted
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("checkpoint")
    }

    /// What the file says, if it is believed.
    fn held(&self) -> Option<Checkpoint> {
        let note = fs::read_to_string(self.path()).ok()?;
        Checkpoint::read(&note, self.key.verifier()).ok()
    }

    fn contradicts(&self, held: Checkpoint) -> bool {
        let on = |_| ControlFlow::Continue(());
        let found = proof::verify(Blocking(&self.journal), &[held], on);
        !matches!(found, Ok(Some(Verified { first_bad: None, contradiction: None, .. })))
    }
}

impl Kept for Noted {
    fn name(&self) -> &'static str {
        "checkpoint"
    }

    fn bits(&self) -> u64 {
        8 * self.note.len() as u64
    }

    fn flip(&mut self, bit: u64) -> Fate {
        turn(&self.path(), bit);
        let fate = match self.held() {
            None => Fate::Refused,
            Some(held) if held == self.sound => Fate::Unchanged,
            Some(held) if self.contradicts(held) => Fate::FoundByVerify,
            Some(_) => Fate::Silent,
        };
        turn(&self.path(), bit);
        fate
    }
}

#[test]
fn no_flipped_bit_of_a_checkpoint_is_believed() {
    let (mut noted, mut counts) = (Noted::new(), Counts::default());
    for bit in 0..noted.bits() {
        counts.add(noted.flip(bit));
    }
    println!(
        "\nfault A6 checkpoint: {} bits one by one; {} are refused",
        counts.flips, counts.refused
    );
    assert_eq!(counts.refused, counts.flips, "{counts:?}");
}
