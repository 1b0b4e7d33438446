//! Reading bytes one field after the other, never past their end.

use super::DamagedRecord;

pub(super) const TORN: DamagedRecord = DamagedRecord { what: "the stored append ends too early" };

/// What has not been read yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    #[inline(always)]
    pub(super) fn byte(&mut self) -> Result<u8, DamagedRecord> {
        let (byte, rest) = self.0.split_first().ok_or(TORN)?;
        self.0 = rest;
        Ok(*byte)
    }

    #[inline(always)]
    pub(super) fn take(&mut self, bytes: usize) -> Result<&'a [u8], DamagedRecord> {
        let (run, rest) = self.0.split_at_checked(bytes).ok_or(TORN)?;
        self.0 = rest;
        Ok(run)
    }

    #[inline(always)]
    pub(super) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], DamagedRecord> {
        let (array, rest) = self.0.split_first_chunk().ok_or(TORN)?;
        self.0 = rest;
        Ok(array)
    }

    #[inline(always)]
    pub(super) fn varint(&mut self) -> Result<usize, DamagedRecord> {
        match self.byte()? {
            small @ 0..0x80 => Ok(usize::from(small)),
            low => self.long_varint(low),
        }
    }

    #[inline(always)]
    pub(super) fn run(&mut self) -> Result<&'a [u8], DamagedRecord> {
        let bytes = self.varint()?;
        self.take(bytes)
    }

    /// Steps over a table of texts, which is taken apart only where it is asked for.
    pub(super) fn table(&mut self) -> Result<Table<'a>, DamagedRecord> {
        let entries = self.varint()?;
        let from = self.0;
        for _ in 0..entries {
            self.run()?;
        }
        let bytes = from.len().saturating_sub(self.0.len());
        Ok(Table(from.get(..bytes).ok_or(TORN)?))
    }

    fn long_varint(&mut self, low: u8) -> Result<usize, DamagedRecord> {
        let mut number = usize::from(low & 0x7f);
        for shift in [7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DamagedRecord { what: "a number in the stored append is too long" })
    }
}

/// The types or the tags of an append, as they lie there: sorted, each with its length before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a>(&'a [u8]);

impl<'a> Table<'a> {
    /// Its bytes: equal bytes are equal tables.
    pub(super) fn raw(self) -> &'a [u8] {
        self.0
    }

    /// Its texts in the order of their numbers.
    pub(super) fn texts(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = Bytes(self.0);
        std::iter::from_fn(move || rest.run().ok())
    }
}

/// The numbers of an event's tags, as they lie there.
#[derive(Clone, Copy, Debug)]
pub(super) struct TagRun<'a> {
    rest: Bytes<'a>,
    count: usize,
}

impl<'a> TagRun<'a> {
    /// Steps over the numbers.
    #[inline(always)]
    pub(super) fn read(bytes: &mut Bytes<'a>) -> Result<Self, DamagedRecord> {
        let count = bytes.varint()?;
        let run = Self { rest: *bytes, count };
        for _ in 0..count {
            bytes.varint()?;
        }
        Ok(run)
    }

    pub(super) fn numbers(self) -> impl Iterator<Item = usize> + use<'a> {
        let mut rest = self.rest;
        (0..self.count).map_while(move |_| rest.varint().ok())
    }
}
