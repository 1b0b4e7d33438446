//! A file, read whole and within bounds.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::ImportError;

/// The largest file, in bytes: some millions of sessions.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// A text file, and its hash.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    sha256: String,
}

impl Source {
    /// Reads a file, of 256 MiB at most.
    ///
    /// # Errors
    /// [`ImportError::Unreadable`] where the system does not give it, [`ImportError::NotOfFormat`]
    /// where it is too large or not UTF-8.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let name = path.display().to_string();
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| {
            // One byte more tells a file that is too large from one that just fits.
            file.take(MAX_BYTES.saturating_add(1)).read_to_end(&mut bytes)
        });
        match read {
            Ok(read) if read as u64 > MAX_BYTES => {
                let what = format!("the file is larger than {MAX_BYTES} bytes; split it");
                Err(ImportError::NotOfFormat { file: name, line: 1, what })
            }
            Ok(_) => Self::of(name, bytes),
            Err(error) => Err(ImportError::Unreadable { file: name, error }),
        }
    }

    /// Takes the bytes of a file that people call `name`.
    ///
    /// # Errors
    /// [`ImportError::NotOfFormat`] where they are not UTF-8.
    pub fn of(name: String, bytes: Vec<u8>) -> Result<Self, ImportError> {
        let sha256 = format!("{:x}", Sha256::digest(&bytes));
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let good = error.as_bytes().get(..valid).unwrap_or_default();
            let breaks = good.split(|byte| *byte == b'\n').count();
            let what = "the file is not UTF-8 here; save it as UTF-8".to_owned();
            ImportError::NotOfFormat { file: name.clone(), line: breaks as u64, what }
        })?;
        Ok(Self { name, text, sha256 })
    }

    /// What it says, without a byte order mark.
    pub(super) fn text(&self) -> &str {
        self.text.strip_prefix('\u{feff}').unwrap_or(&self.text)
    }

    /// The SHA-256 of all its bytes, in hexadecimal.
    pub(super) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The file can be read with an option that is not given; the line shows why.
    pub(super) fn wants_an_option(&self, line: u64, what: &str) -> ImportError {
        ImportError::Usage { what: format!("{}, line {line}: {what}", self.name) }
    }

    /// The file is not of the format, because of what stands in this line.
    pub(super) fn not_of_format(&self, line: u64, what: String) -> ImportError {
        ImportError::NotOfFormat { file: self.name.clone(), line, what }
    }
}
