//! Bytes taken from the front of what is left, and runs of bytes and texts as columns.

use std::collections::HashMap;
use std::ops::Range;

use super::{DamagedBlock, numbers};

/// So many bytes; `None` where fewer are left.
pub(super) fn run<'a>(from: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (run, rest) = from.split_at_checked(count)?;
    *from = rest;
    Some(run)
}

/// As many bytes as the array has.
pub(super) fn array<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    run(from, N)?.try_into().ok()
}

/// How many of something follow.
pub(super) fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u64).to_le_bytes());
}

/// The same, back; `None` where it is more than there may be.
pub(super) fn take_count(from: &mut &[u8], most: usize) -> Option<usize> {
    let count = usize::try_from(u64::from_le_bytes(array(from)?)).ok()?;
    (count <= most).then_some(count)
}

/// Where each of some runs ends that lie one behind the other.
#[derive(Debug, Default)]
struct Ends(Vec<usize>);

impl Ends {
    fn place(&self, index: usize) -> Option<Range<usize>> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.0.get(before)?,
            None => 0,
        };
        Some(start..*self.0.get(index)?)
    }

    fn put(&self, out: &mut Vec<u8>) {
        let starts = std::iter::once(&0).chain(&self.0);
        let lengths = starts.zip(&self.0).map(|(start, end)| number(end.saturating_sub(*start)));
        numbers::put(out, &lengths.collect::<Vec<i64>>());
    }

    /// Reads so many in place of those that stood there, and says where the last one ends.
    fn take(&mut self, from: &mut &[u8], count: usize) -> Option<usize> {
        let mut lengths = Vec::new();
        numbers::take(from, count, &mut lengths)?;
        self.0.clear();
        let mut end = 0_usize;
        for length in lengths {
            end = end.checked_add(usize::try_from(length).ok()?)?;
            self.0.push(end);
        }
        Some(end)
    }
}

/// A count as a number of a column.
pub(super) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A column of runs of bytes.
#[derive(Debug, Default)]
pub(super) struct Runs {
    bytes: Vec<u8>,
    ends: Ends,
}

impl Runs {
    pub(super) fn push(&mut self, run: &[u8]) {
        self.bytes.extend_from_slice(run);
        self.ends.0.push(self.bytes.len());
    }

    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        self.bytes.get(self.ends.place(index)?)
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        self.ends.put(out);
        out.extend_from_slice(&self.bytes);
    }

    /// Reads so many runs.
    pub(super) fn taken(from: &mut &[u8], count: usize) -> Option<Self> {
        let mut ends = Ends::default();
        let bytes = ends.take(from, count)?;
        Some(Self { bytes: run(from, bytes)?.to_vec(), ends })
    }
}

/// A column of texts.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    ends: Ends,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.0.push(self.text.len());
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        self.text.get(self.ends.place(index)?)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.0.len()
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        self.ends.put(out);
        out.extend_from_slice(self.text.as_bytes());
    }

    /// Reads so many texts in place of those that stood there.
    pub(super) fn take(&mut self, from: &mut &[u8], count: usize) -> Option<()> {
        let bytes = self.ends.take(from, count)?;
        self.text.clear();
        self.text.push_str(std::str::from_utf8(run(from, bytes)?).ok()?);
        Some(())
    }
}

/// A column of names, each of which is written once: some rows have none.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Texts,
    /// The number of a row's name, from 1 on; 0 where it has none.
    of: Vec<i64>,
}

impl Names {
    pub(super) fn of<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> Self {
        let (mut own, mut numbers) = (Self::default(), HashMap::<&str, i64>::new());
        for name in rows {
            let next = number(numbers.len()).saturating_add(1);
            own.of.push(name.map_or(0, |name| {
                *numbers.entry(name).or_insert_with(|| {
                    own.names.push(name);
                    next
                })
            }));
        }
        own
    }

    /// The name of a row, if it has one.
    pub(super) fn get(&self, row: usize) -> Result<Option<&str>, DamagedBlock> {
        match self.number(row)? {
            Some(number) => self.names.get(number).map(Some).ok_or(DamagedBlock),
            None => Ok(None),
        }
    }

    /// Which of all names a row has, from 0 on.
    pub(super) fn number(&self, row: usize) -> Result<Option<usize>, DamagedBlock> {
        let number = *self.of.get(row).ok_or(DamagedBlock)?;
        Ok(usize::try_from(number).map_err(|_| DamagedBlock)?.checked_sub(1))
    }

    /// All names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        (0..self.names.len()).filter_map(|number| self.names.get(number))
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_count(out, self.names.len());
        self.names.put(out);
        numbers::put(out, &self.of);
    }

    /// Reads a column of so many rows in place of what stood there.
    pub(super) fn take(&mut self, from: &mut &[u8], rows: usize) -> Option<()> {
        let names = take_count(from, rows)?;
        self.names.take(from, names)?;
        numbers::take(from, rows, &mut self.of)
    }
}
