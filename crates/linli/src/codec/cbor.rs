//! Reading CBOR (RFC 8949) as `codec` writes it: definite lengths, no floats, no tags of CBOR.
//!
//! A replay reads tens of millions of events; this reader borrows from the page, says what is
//! wrong in one word, and is compiled into its callers. A law holds it to `minicbor`, which writes.

/// What is wrong with the bytes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) &'static str);

pub(super) type Taken<T> = Result<T, Wrong>;

const ENDS: Wrong = Wrong("it ends too early");
const OTHER: Wrong = Wrong("a field is of another kind");

/// How deep what is passed over may be nested.
const DEPTH: usize = 16;

/// The kinds of values, as the upper three bits of a value's first byte give them.
pub(super) mod major {
    pub(in crate::codec) const NUMBER: u8 = 0;
    pub(in crate::codec) const NEGATIVE: u8 = 1;
    pub(in crate::codec) const BYTES: u8 = 2;
    pub(in crate::codec) const TEXT: u8 = 3;
    pub(in crate::codec) const ARRAY: u8 = 4;
    pub(in crate::codec) const SIMPLE: u8 = 7;
}

const FALSE: (u8, u64) = (major::SIMPLE, 20);
const TRUE: (u8, u64) = (major::SIMPLE, 21);
const NULL: u8 = 0xf6;

/// What has not been read yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cbor<'a>(pub(super) &'a [u8]);

impl<'a> Cbor<'a> {
    /// The kind of the next value, which is left where it is.
    #[inline(always)]
    pub(super) fn next_major(&self) -> Taken<u8> {
        self.0.first().map(|byte| byte >> 5).ok_or(ENDS)
    }

    /// Whether the next value is null; then it is passed over.
    #[inline(always)]
    pub(super) fn null(&mut self) -> Taken<bool> {
        let (first, rest) = self.0.split_first().ok_or(ENDS)?;
        let is_null = *first == NULL;
        if is_null {
            self.0 = rest;
        }
        Ok(is_null)
    }

    /// The length of an array, whose values follow.
    #[inline(always)]
    pub(super) fn array(&mut self) -> Taken<u64> {
        self.of(major::ARRAY)
    }

    /// A number within 64 bits and a sign.
    #[inline(always)]
    pub(super) fn i64(&mut self) -> Taken<i64> {
        let (major, value) = self.head()?;
        let value = i64::try_from(value).map_err(|_| Wrong("a number is out of range"))?;
        match major {
            major::NUMBER => Ok(value),
            major::NEGATIVE => Ok(-1 - value),
            _ => Err(OTHER),
        }
    }

    /// A truth value.
    pub(super) fn bool(&mut self) -> Taken<bool> {
        match self.head()? {
            FALSE => Ok(false),
            TRUE => Ok(true),
            _ => Err(OTHER),
        }
    }

    /// The bytes of a text, not checked.
    #[inline(always)]
    pub(super) fn text(&mut self) -> Taken<&'a [u8]> {
        self.run(major::TEXT)
    }

    /// A text.
    #[inline(always)]
    pub(super) fn str(&mut self) -> Taken<&'a str> {
        std::str::from_utf8(self.text()?).map_err(|_| Wrong("a text is not UTF-8"))
    }

    /// A run of bytes.
    pub(super) fn bytes(&mut self) -> Taken<&'a [u8]> {
        self.run(major::BYTES)
    }

    /// Passes over one value, whatever it is.
    #[inline]
    pub(super) fn skip(&mut self) -> Taken<()> {
        match self.next_major()? {
            major::ARRAY => self.skip_nested(),
            _ => self.skip_plain().map(drop),
        }
    }

    /// Passes over a value's head and its bytes; the values of an array follow.
    #[inline(always)]
    fn skip_plain(&mut self) -> Taken<(u8, u64)> {
        let (major, value) = self.head()?;
        match major {
            major::BYTES | major::TEXT => drop(self.take(value)?),
            major::ARRAY | major::NUMBER | major::NEGATIVE | major::SIMPLE => {}
            _ => return Err(OTHER),
        }
        Ok((major, value))
    }

    fn skip_nested(&mut self) -> Taken<()> {
        // How many values are left at each depth.
        let mut left = [0_u64; DEPTH];
        let mut depth = 0;
        loop {
            if let (major::ARRAY, values @ 1..) = self.skip_plain()? {
                depth += 1;
                *left.get_mut(depth).ok_or(Wrong("it is nested too deeply"))? = values;
                continue;
            }
            loop {
                let Some(own) = left.get_mut(depth).filter(|_| depth > 0) else { return Ok(()) };
                *own -= 1;
                if *own > 0 {
                    break;
                }
                depth -= 1;
            }
        }
    }

    #[inline(always)]
    fn of(&mut self, wanted: u8) -> Taken<u64> {
        let (major, value) = self.head()?;
        if major == wanted { Ok(value) } else { Err(OTHER) }
    }

    #[inline(always)]
    fn run(&mut self, wanted: u8) -> Taken<&'a [u8]> {
        let length = self.of(wanted)?;
        self.take(length)
    }

    #[inline(always)]
    fn take(&mut self, length: u64) -> Taken<&'a [u8]> {
        let length = usize::try_from(length).map_err(|_| ENDS)?;
        let (run, rest) = self.0.split_at_checked(length).ok_or(ENDS)?;
        self.0 = rest;
        Ok(run)
    }

    /// A value's kind, and its number or length.
    #[inline(always)]
    fn head(&mut self) -> Taken<(u8, u64)> {
        let (first, rest) = self.0.split_first().ok_or(ENDS)?;
        self.0 = rest;
        let value = match first & 0x1f {
            small @ 0..24 => small.into(),
            24 => self.big_endian::<1>()?,
            25 => self.big_endian::<2>()?,
            26 => self.big_endian::<4>()?,
            27 => self.big_endian::<8>()?,
            _ => return Err(Wrong("a length is not stated")),
        };
        Ok((first >> 5, value))
    }

    #[inline(always)]
    fn big_endian<const N: usize>(&mut self) -> Taken<u64> {
        let (bytes, rest) = self.0.split_first_chunk::<N>().ok_or(ENDS)?;
        self.0 = rest;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
