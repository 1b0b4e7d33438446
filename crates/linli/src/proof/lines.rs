//! The lines that proofs are written in, read strictly: what can be written in one way is read in
//! that way alone.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tlog_tiles::Hash;

/// More hashes lie beside no way to a root.
const MOST: usize = 63;

/// What is left of a text.
pub(super) struct Lines<'a>(pub(super) &'a str);

impl<'a> Lines<'a> {
    /// The next line, without its end.
    pub(super) fn next(&mut self) -> Option<&'a str> {
        let (line, rest) = self.0.split_once('\n')?;
        self.0 = rest;
        Some(line)
    }

    /// What stands in the next line behind its name.
    pub(super) fn after(&mut self, name: &str) -> Option<&'a str> {
        self.next()?.strip_prefix(name)
    }

    /// A hash a line, up to an empty one.
    pub(super) fn hashes(&mut self) -> Option<Vec<Hash>> {
        let mut hashes = Vec::new();
        loop {
            match self.next()? {
                "" => return Some(hashes),
                line if hashes.len() < MOST => hashes.push(Hash(bytes(line)?.try_into().ok()?)),
                _ => return None,
            }
        }
    }
}

/// A number in decimal digits, without zeros in front.
pub(super) fn number(digits: &str) -> Option<u64> {
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// The bytes that standard Base64 says, padded.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}

/// The bytes in standard Base64, padded.
pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
