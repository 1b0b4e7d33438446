//! The write-ahead log as it lies there, looked at before SQLite cuts it off.
//!
//! SQLite believes a log up to the first frame that fails its checksum and forgets the rest. That
//! is right for a group that was being written when the power went, and wrong for bits that rotted
//! in what was answered. Two signs tell them apart: a second commit behind the bad frame, for a
//! group is begun only when the one before it was flushed; and a frame that is whole but for one
//! bit, for no write is torn so. What shows neither is cut off as unfinished.
//!
//! The form is SQLite's, <https://www.sqlite.org/fileformat2.html#walformat>.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::OpenError;
use crate::settings::wal;

/// Refuses a journal whose log holds appends that SQLite would forget.
///
/// The log is no file that SQLite locks, so that closing it drops no lock.
pub(crate) fn check(path: &Path) -> Result<(), OpenError> {
    match is_rotten(&wal(path)) {
        Ok(false) => Ok(()),
        Ok(true) => {
            let what = "its -wal is not as it was written".into();
            Err(OpenError::Damaged { path: path.to_owned(), what })
        }
        Err(error) => Err(OpenError::NotReadable { path: path.to_owned(), why: error.to_string() }),
    }
}

fn is_rotten(wal: &Path) -> io::Result<bool> {
    let file = match File::open(wal) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    let mut log = BufReader::with_capacity(1 << 16, file);
    let mut header = [0; HEADER];
    if !filled(&mut log, &mut header)? {
        return Ok(false);
    }
    let Some(start) = Start::of(&header) else { return Ok(is_one_bit_off(&header)) };
    let Some((offset, frame)) = start.rotten_frame(&mut log)? else { return Ok(false) };
    // What somebody wrote meanwhile looks otherwise by now: the frame, or a log begun anew.
    let (mut log, mut again) = (File::open(wal)?, [0; HEADER]);
    let is_same_log = filled(&mut log, &mut again)? && again == header;
    let mut again = vec![0; frame.len()];
    log.seek(SeekFrom::Start(offset))?;
    Ok(is_same_log && filled(&mut log, &mut again)? && again == frame)
}

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// What the log's header says.
#[derive(Clone, Copy, Debug)]
struct Start {
    order: Order,
    page: usize,
    salts: [u8; 8],
    sum: Sum,
}

/// The order of bytes in the words that are added up.
#[derive(Clone, Copy, Debug)]
enum Order {
    Little,
    Big,
}

impl Start {
    /// `None` if the header is not as it was written.
    fn of(header: &[u8; HEADER]) -> Option<Self> {
        let order = match big(header, 0)? {
            0x377f_0682 => Order::Little,
            0x377f_0683 => Order::Big,
            _ => return None,
        };
        let sum = Sum::default().and(order, header.get(..24)?);
        let is_whole = sum.bytes() == *header.get(24..)?;
        let page = usize::try_from(big(header, 8)?).ok()?;
        let salts = header.get(16..24)?.try_into().ok()?;
        is_whole.then_some(Self { order, page: page.min(1 << 16), salts, sum })
    }

    /// The first bad frame and where it stands, if it shows one of the signs of rot.
    fn rotten_frame(mut self, log: &mut impl Read) -> io::Result<Option<(u64, Vec<u8>)>> {
        let mut frame = vec![0; FRAME_HEADER.saturating_add(self.page)];
        let mut offset = HEADER as u64;
        loop {
            if !filled(log, &mut frame)? {
                return Ok(None);
            }
            match self.next(&frame) {
                Some(sum) => self.sum = sum,
                None => break,
            }
            offset = offset.saturating_add(frame.len() as u64);
        }
        let first_bad = (offset, frame.clone());
        if self.is_one_bit_off(&frame) {
            return Ok(Some(first_bad));
        }
        let mut commits = 0;
        loop {
            let is_ours = frame.get(8..16) == Some(&self.salts);
            commits += u32::from(is_ours && big(&frame, 4).is_some_and(|pages| pages > 0));
            if commits == 2 {
                return Ok(Some(first_bad));
            }
            if !filled(log, &mut frame)? {
                return Ok(None);
            }
        }
    }

    /// The sum behind a frame, if the frame is whole.
    fn next(&self, frame: &[u8]) -> Option<Sum> {
        let sum = self.added(frame)?;
        let is_whole = *frame.get(8..16)? == self.salts && *frame.get(16..24)? == sum.bytes();
        is_whole.then_some(sum)
    }

    fn added(&self, frame: &[u8]) -> Option<Sum> {
        let sum = self.sum.and(self.order, frame.get(..8)?);
        Some(sum.and(self.order, frame.get(FRAME_HEADER..)?))
    }

    /// Whether one bit of the frame makes it a bad one.
    fn is_one_bit_off(&self, frame: &[u8]) -> bool {
        let (Some(sum), Some(salts), Some(stored)) =
            (self.added(frame), frame.get(8..16), frame.get(16..24))
        else {
            return false;
        };
        let outside = bits_apart(salts, &self.salts) + bits_apart(stored, &sum.bytes());
        if outside == 1 {
            return true;
        }
        let (Some(own), Some(page)) = (frame.get(..8), frame.get(FRAME_HEADER..)) else {
            return false;
        };
        let summed = [own, page].concat();
        salts == self.salts && sum.is_a_bit_from(stored, self.order, &summed)
    }
}

/// Whether one bit makes the log's header a bad one.
fn is_one_bit_off(header: &[u8; HEADER]) -> bool {
    (0..HEADER * 8).any(|bit| {
        let mut other = *header;
        if let Some(byte) = other.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        Start::of(&other).is_some()
    })
}

/// SQLite's running checksum: `first += word + second; second += next_word + first`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    first: u32,
    second: u32,
}

impl Sum {
    fn and(mut self, order: Order, bytes: &[u8]) -> Self {
        for [one, two] in words(order, bytes) {
            self.first = self.first.wrapping_add(one).wrapping_add(self.second);
            self.second = self.second.wrapping_add(two).wrapping_add(self.first);
        }
        self
    }

    fn bytes(self) -> [u8; 8] {
        (u64::from(self.first) << 32 | u64::from(self.second)).to_be_bytes()
    }

    /// Whether the stored sum comes out once a single bit of what was added is turned. A word
    /// counts in both halves by factors that depend only on how many words follow it.
    fn is_a_bit_from(self, stored: &[u8], order: Order, summed: &[u8]) -> bool {
        let (Some(first), Some(second)) = (big(stored, 0), big(stored, 4)) else { return false };
        let missing = (first.wrapping_sub(self.first), second.wrapping_sub(self.second));
        let (mut of_one, mut of_two) = ((1_u32, 1_u32), (0_u32, 1_u32));
        let pairs: Vec<[u32; 2]> = words(order, summed).collect();
        pairs.iter().rev().any(|[one, two]| {
            let is_found = turns(*one, of_one, missing) || turns(*two, of_two, missing);
            for factors in [&mut of_one, &mut of_two] {
                let first = factors.0.wrapping_add(factors.1);
                *factors = (first, factors.1.wrapping_add(first));
            }
            is_found
        })
    }
}

/// Whether a bit of the word, turned, changes the sum by what is missing.
fn turns(word: u32, factors: (u32, u32), missing: (u32, u32)) -> bool {
    (0..32).any(|bit| {
        let by = (word ^ (1 << bit)).wrapping_sub(word);
        (factors.0.wrapping_mul(by), factors.1.wrapping_mul(by)) == missing
    })
}

fn words(order: Order, bytes: &[u8]) -> impl Iterator<Item = [u32; 2]> {
    bytes.chunks_exact(8).map(move |pair| {
        [0, 4].map(|at| match order {
            Order::Big => big(pair, at).unwrap_or_default(),
            Order::Little => big(pair, at).unwrap_or_default().swap_bytes(),
        })
    })
}

/// The number in big-endian order at a place.
fn big(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_be_bytes(*word))
}

fn bits_apart(one: &[u8], other: &[u8]) -> u32 {
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// Fills the bytes; `false` if the file ends first.
fn filled(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
