//! A fingerprint of bills that does not depend on their order, so that one can be taken back.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::charging::tariff::{Due, Price};
use crate::domain::{Currency, Money, SessionKey};

/// The sum modulo 2^256 of SHA-256 over each bill in its canonical form of 55 bytes: one block.
///
/// The form: the session's key in 20 bytes ([`SessionDigest`]), 3 of the currency, then exact
/// amount, amount, electricity fee and service fee in billionths, half up, 8 bytes each, signed,
/// big-endian. No event id, position or path is in it. Two runs compare it; it proves nothing
/// against a forger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillDigest {
    low: u128,
    high: u128,
}

/// A session's key in the canonical form of its bills, the same under every tariff: its length and
/// its bytes, filled up with zeros, if it has at most 19; else 255 and the first 19 bytes of its
/// SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionDigest([u8; 20]);

impl SessionDigest {
    /// That of a key.
    #[must_use]
    pub fn of(key: &SessionKey) -> Self {
        Self::of_name(key.as_str())
    }

    /// That of a key's text.
    pub(super) fn of_name(key: &str) -> Self {
        let key = key.as_bytes();
        let mut form = [0; 20];
        let (length, bytes) = form.split_at_mut(1);
        if let (Some(place), Ok(own)) = (bytes.get_mut(..key.len()), u8::try_from(key.len())) {
            length.fill(own);
            place.copy_from_slice(key);
        } else {
            length.fill(u8::MAX);
            bytes.iter_mut().zip(Sha256::digest(key)).for_each(|(place, byte)| *place = byte);
        }
        Self(form)
    }
}

/// An amount does not fit the canonical form of a bill: nine billion currency units at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount is beyond nine billion; look for a wrong unit or a damaged reading")]
pub struct TooLarge;

impl BillDigest {
    /// Takes a bill in.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn add(
        &mut self,
        session: SessionDigest,
        currency: Currency,
        price: &Price,
    ) -> Result<(), TooLarge> {
        *self = self.joined(CanonicalBill::of(session, currency, &due(price)?)?.digest());
        Ok(())
    }

    /// Takes a bill back.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn remove(
        &mut self,
        session: SessionDigest,
        currency: Currency,
        price: &Price,
    ) -> Result<(), TooLarge> {
        let own = CanonicalBill::of(session, currency, &due(price)?)?.digest();
        let (rest, borrow) = self.low.overflowing_sub(own.low);
        self.low = rest;
        self.high = self.high.wrapping_sub(own.high).wrapping_sub(u128::from(borrow));
        Ok(())
    }

    /// The digest of both sets of bills together.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self.high.wrapping_add(other.high).wrapping_add(u128::from(carry));
        Self { low, high }
    }
}

impl fmt::Display for BillDigest {
    /// 64 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}{:032x}", self.high, self.low)
    }
}

fn due(price: &Price) -> Result<Due, TooLarge> {
    price.due().map_err(|_| TooLarge)
}

/// A bill in its canonical form.
#[derive(Clone, Copy, Debug)]
pub(super) struct CanonicalBill([u8; 55]);

impl CanonicalBill {
    pub(super) fn of(
        session: SessionDigest,
        currency: Currency,
        due: &Due,
    ) -> Result<Self, TooLarge> {
        let mut form = [0_u8; 55];
        let (names, amounts) = form.split_at_mut(23);
        let (key_part, currency_part) = names.split_at_mut(20);
        key_part.copy_from_slice(&session.0);
        currency_part.copy_from_slice(currency.code().as_bytes().get(..3).ok_or(TooLarge)?);
        let figures = [due.exact, due.amount, due.electricity, due.service];
        for (place, Money(figure)) in amounts.chunks_exact_mut(8).zip(figures) {
            place.copy_from_slice(&i64::try_from(figure).map_err(|_| TooLarge)?.to_be_bytes());
        }
        Ok(Self(form))
    }

    pub(super) fn digest(&self) -> BillDigest {
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        let (halves, _) = hash.as_chunks();
        match halves {
            [high, low] => {
                BillDigest { low: u128::from_be_bytes(*low), high: u128::from_be_bytes(*high) }
            }
            _ => BillDigest::default(),
        }
    }
}
