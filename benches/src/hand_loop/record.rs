//! The stored form of an append, taken apart without a look at its checksum.

use super::bytes::Bytes;

/// The events that a session is billed by.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Started,
    Sampled,
    Ended,
    Other,
}

const HAS_KEY: u8 = 1;
const SEALED_KEYED: u8 = 2;
/// The key and the digest of the content.
const KEY_BYTES: usize = 16 + 32;
const SEALED_BYTES: usize = 32;
const ID_BYTES: usize = 16;
/// More types than an append of this journal has.
const KINDS: usize = 8;

/// Hands every event's kind, envelope and payload to `take`, in their order.
#[inline]
pub(super) fn each_event<'a>(
    record: &'a [u8],
    mut take: impl FnMut(Kind, &'a [u8], &'a [u8]) -> Option<()>,
) -> Option<()> {
    let mut bytes = Bytes(record);
    let _format = bytes.byte()?;
    let flags = bytes.byte()?;
    let events = bytes.varint()?;
    if flags & HAS_KEY != 0 {
        bytes.take(KEY_BYTES)?;
    }
    if flags & SEALED_KEYED != 0 {
        bytes.take(SEALED_BYTES)?;
    }
    let _metadata = bytes.run()?;
    let mut kinds = [Kind::Other; KINDS];
    for number in 0..bytes.varint()? {
        *kinds.get_mut(number)? = Kind::of(bytes.run()?);
    }
    for _tag in 0..bytes.varint()? {
        bytes.run()?;
    }
    for _event in 0..events {
        let kind = *kinds.get(bytes.varint()?)?;
        for _tag in 0..bytes.varint()? {
            bytes.varint()?;
        }
        if bytes.byte()? != 0 {
            bytes.take(ID_BYTES)?;
        }
        let (envelope, payload) = (bytes.run()?, bytes.run()?);
        take(kind, envelope, payload)?;
    }
    Some(())
}

impl Kind {
    fn of(name: &[u8]) -> Self {
        match name {
            b"SessionStarted" => Self::Started,
            b"MeterSampled" => Self::Sampled,
            b"SessionEnded" => Self::Ended,
            _ => Self::Other,
        }
    }
}
