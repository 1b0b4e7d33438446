//! What a resident is handed: keys, checkpoints, proofs.

use linli::proof::{Checkpoint, Consistency, Inclusion, Record, SigningKey, VerifierKey};

/// The key of the corpus.
fn verifier() -> VerifierKey {
    let key = SigningKey::of("linli.example/fuzz", &[7; 32]).expect("a key");
    key.verifier().clone()
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|fault| fault.to_string())
}

/// Reads a signed note.
pub fn checkpoint(bytes: &[u8]) -> Option<String> {
    let read = |note| {
        drop(Checkpoint::unchecked(note));
        Checkpoint::read(note, &verifier()).map_err(|fault| fault.to_string())
    };
    text(bytes).and_then(read).err()
}

/// Reads and checks a proof that an event is in a journal; what is read is written as it was.
pub fn inclusion(bytes: &[u8]) -> Option<String> {
    drop(Record::read(bytes));
    let read = |text| {
        let proof = Inclusion::read(text).map_err(|fault| fault.to_string())?;
        let again = Inclusion::read(&proof.to_string()).expect("what was written is read");
        assert_eq!(again.to_string(), proof.to_string());
        proof.check(&verifier()).map_err(|fault| fault.to_string())
    };
    text(bytes).and_then(read).err()
}

/// Reads and checks a proof that one journal goes on from another: the held note, an empty line
/// twice, the proof.
pub fn consistency(bytes: &[u8]) -> Option<String> {
    let read = |text: &str| {
        let (held, proof) = text.split_once("\n\n\n").unwrap_or(("", text));
        let proof = Consistency::read(proof).map_err(|fault| fault.to_string())?;
        let again = Consistency::read(&proof.to_string()).expect("what was written is read");
        assert_eq!(again.to_string(), proof.to_string());
        let held = Checkpoint::read(&format!("{held}\n"), &verifier());
        let held = held.map_err(|fault| fault.to_string())?;
        proof.check(&held, &verifier()).map_err(|fault| fault.to_string())
    };
    text(bytes).and_then(read).err()
}

/// Reads a key, of either kind.
pub fn key(bytes: &[u8]) -> Option<String> {
    let read = |text: &str| {
        if let Ok(key) = VerifierKey::read(text) {
            assert!(VerifierKey::read(key.as_text()).is_ok(), "what was written is read");
            return Ok(());
        }
        let key = SigningKey::read(text).map_err(|fault| fault.to_string())?;
        assert!(SigningKey::read(key.as_text()).is_ok(), "what was written is read");
        Ok(())
    };
    text(bytes).and_then(read).err()
}
