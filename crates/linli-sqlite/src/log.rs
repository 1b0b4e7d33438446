//! The write-ahead log as it lies there, looked at before SQLite cuts it off.
//!
//! SQLite believes a log up to the first frame that fails its checksum and forgets the rest. That
//! is right for a group that was being written when the power went, and wrong for bits that rotted
//! in what was answered. Two signs tell them apart: a second commit behind the bad frame, for a
//! group is begun only when the one before it was flushed; and a frame that is whole but for one
//! bit. What shows neither is cut off as unfinished.
//!
//! A bit is turned back where its place is certain; SQLite's checksum does not tell the high bits
//! of a word from those of words further on. A log that is begun anew is written over what stood
//! in it, so that a torn write may leave a sector of an older page that differs from the new one in
//! a single bit. There a bit without a certain place is no sign: the group is cut off as
//! unfinished.
//!
//! The form is SQLite's, <https://www.sqlite.org/fileformat2.html#walformat>.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write as _};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::OpenError;
use crate::open::Purpose;
use crate::settings::wal;

/// So many bits are turned back, one after the other.
const MOST_BITS: u32 = 8;

/// Refuses a journal whose log holds appends that SQLite would forget, unless it is opened to write
/// and a single bit is what is wrong: that is mended.
///
/// The log is no file that SQLite locks, so that closing it drops no lock.
pub(crate) fn check(path: &Path, purpose: Purpose) -> Result<(), OpenError> {
    let unreadable =
        |error: io::Error| OpenError::NotReadable { path: path.to_owned(), why: error.to_string() };
    if purpose != Purpose::Read {
        flush(&wal(path)).map_err(unreadable)?;
    }
    for _ in 0..MOST_BITS {
        match rot(&wal(path)).map_err(unreadable)? {
            None => return Ok(()),
            Some(Rot::Bit { .. }) if purpose == Purpose::Read => {
                return Err(OpenError::OneBitOff { path: path.to_owned() });
            }
            Some(Rot::Bit { offset, byte }) if mend(path, offset, byte).is_ok() => {}
            Some(_) => break,
        }
    }
    let what = "its -wal is not as it was written".into();
    Err(OpenError::Damaged { path: path.to_owned(), what })
}

/// Flushes what a process that was killed had written and not flushed: from now on it is read, and
/// its keys are answered for. A log that may not be written is left to SQLite to refuse.
fn flush(wal: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(wal).map_or(Ok(()), |log| log.sync_data())
}

/// What is wrong with a log.
#[derive(Clone, Copy, Debug)]
enum Rot {
    /// One bit: the byte at this place should be this one.
    Bit { offset: u64, byte: u8 },
    /// More than that.
    More,
}

fn rot(wal: &Path) -> io::Result<Option<Rot>> {
    let file = match File::open(wal) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut log = BufReader::with_capacity(1 << 16, file);
    let mut header = [0; HEADER];
    if !filled(&mut log, &mut header)? {
        return Ok(None);
    }
    let Some(start) = Start::of(&header) else {
        return Ok(is_one_bit_off(&header).then_some(Rot::More));
    };
    let Some((offset, frame, rot)) = start.rotten_frame(&mut log)? else { return Ok(None) };
    // What somebody wrote meanwhile looks otherwise by now: the frame, or a log begun anew.
    let (mut log, mut again) = (File::open(wal)?, [0; HEADER]);
    let is_same_log = filled(&mut log, &mut again)? && again == header;
    let mut again = vec![0; frame.len()];
    log.seek(SeekFrom::Start(offset))?;
    Ok((is_same_log && filled(&mut log, &mut again)? && again == frame).then_some(rot))
}

/// Puts a byte right, while this connection alone has the journal: nobody writes to the log
/// meanwhile, and it is read anew by whoever comes next.
fn mend(path: &Path, offset: u64, byte: u8) -> Result<(), Box<dyn std::error::Error>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let alone = Connection::open_with_flags(path, flags)?;
    // It does not believe the group that is being mended, and would remove the log.
    alone.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    alone.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK")?;
    let mut log = OpenOptions::new().write(true).open(wal(path))?;
    log.seek(SeekFrom::Start(offset))?;
    log.write_all(&[byte])?;
    log.sync_data()?;
    Ok(())
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
    /// Whether older frames may lie behind what was written.
    is_begun_anew: bool,
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
        let is_begun_anew = big(header, 12)? > 0;
        is_whole.then_some(Self { order, page: page.min(1 << 16), salts, sum, is_begun_anew })
    }

    /// The first bad frame and where it stands, if it shows one of the signs of rot.
    fn rotten_frame(mut self, log: &mut impl Read) -> io::Result<Option<(u64, Vec<u8>, Rot)>> {
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
        let first_bad = frame.clone();
        let rot = match self.bits_off(&frame)[..] {
            [(place, byte)] => Some(Rot::Bit { offset: offset.saturating_add(place as u64), byte }),
            [_, _, ..] if !self.is_begun_anew => Some(Rot::More),
            _ => None,
        };
        if let Some(rot) = rot {
            return Ok(Some((offset, first_bad, rot)));
        }
        let mut commits = 0;
        loop {
            let is_ours = frame.get(8..16) == Some(&self.salts);
            commits += u32::from(is_ours && big(&frame, 4).is_some_and(|pages| pages > 0));
            if commits == 2 {
                return Ok(Some((offset, first_bad, Rot::More)));
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

    /// The bits of which each, turned, makes the frame whole: where its byte stands, and what that
    /// is then.
    fn bits_off(&self, frame: &[u8]) -> Vec<(usize, u8)> {
        let of_page = self.bits_of_page_off(frame).unwrap_or_default();
        let bits = of_page.into_iter().chain(64..8 * FRAME_HEADER);
        let makes_whole = |bit: usize| {
            let (place, mut mended) = (bit / 8, frame.to_vec());
            let byte = mended.get_mut(place)?;
            *byte ^= 1 << (bit % 8);
            let byte = *byte;
            self.next(&mended).map(|_| (place, byte))
        };
        bits.filter_map(makes_whole).collect()
    }

    fn bits_of_page_off(&self, frame: &[u8]) -> Option<Vec<usize>> {
        let summed = [frame.get(..8)?, frame.get(FRAME_HEADER..)?].concat();
        let bits = self.added(frame)?.bits_from(frame.get(16..24)?, self.order, &summed)?;
        let behind_header = |bit| if bit < 64 { bit } else { bit + 8 * (FRAME_HEADER - 8) };
        Some(bits.into_iter().map(behind_header).collect())
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

    /// The bits of what was added of which each, turned, lets the stored sum come out, counted from
    /// the first byte on. A word counts in both halves by factors that depend only on how many
    /// words follow it.
    fn bits_from(self, stored: &[u8], order: Order, summed: &[u8]) -> Option<Vec<usize>> {
        let (first, second) = (big(stored, 0)?, big(stored, 4)?);
        let missing = (first.wrapping_sub(self.first), second.wrapping_sub(self.second));
        let (mut of_one, mut of_two) = ((1_u32, 1_u32), (0_u32, 1_u32));
        let (pairs, mut bits) = (words(order, summed).collect::<Vec<_>>(), Vec::new());
        for (pair, [one, two]) in pairs.into_iter().enumerate().rev() {
            for (word, value, factors) in [(2 * pair, one, of_one), (2 * pair + 1, two, of_two)] {
                // In big-endian order the lowest bits stand in the last byte.
                let place = |bit| if matches!(order, Order::Big) { bit ^ 0b1_1000 } else { bit };
                bits.extend(turned(value, factors, missing).map(|bit| 32 * word + place(bit)));
            }
            for factors in [&mut of_one, &mut of_two] {
                let first = factors.0.wrapping_add(factors.1);
                *factors = (first, factors.1.wrapping_add(first));
            }
        }
        Some(bits)
    }
}

/// The bit of the word that changes the sum by what is missing, once it is turned.
fn turned(word: u32, factors: (u32, u32), missing: (u32, u32)) -> Option<usize> {
    (0..32).find(|bit| {
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

/// Fills the bytes; `false` if the file ends first.
fn filled(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
