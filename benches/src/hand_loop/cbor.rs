//! As much of CBOR (RFC 8949) as the events of a session are made of.

use super::bytes::Bytes;

/// The fields of one array, one after the other.
pub(super) struct Fields<'a>(Bytes<'a>);

const NEGATIVE: u8 = 1;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;

impl<'a> Fields<'a> {
    /// Steps into the array. How long it is does not matter: the fields wanted are at its start.
    #[inline]
    pub(super) fn of(array: &'a [u8]) -> Option<Self> {
        let mut fields = Self(Bytes(array));
        let (major, _) = fields.head()?;
        (major == ARRAY).then_some(fields)
    }

    #[inline]
    pub(super) fn integer(&mut self) -> Option<i64> {
        match self.head()? {
            (0, number) => Some(number.cast_signed()),
            (NEGATIVE, number) => Some(!number.cast_signed()),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        match self.head()? {
            (TEXT, bytes) => self.0.take(usize::try_from(bytes).ok()?),
            _ => None,
        }
    }

    /// The major type of what comes next, and its number.
    #[inline]
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = self.0.byte()?;
        let number: u64 = match first & 0x1f {
            small @ 0..24 => small.into(),
            24 => self.0.byte()?.into(),
            25 => u16::from_be_bytes(self.0.array()?).into(),
            26 => u32::from_be_bytes(self.0.array()?).into(),
            27 => u64::from_be_bytes(self.0.array()?),
            _ => return None,
        };
        Some((first >> 5, number))
    }
}
