//! A fingerprint of bills that does not depend on their order, so that one can be taken back.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::domain::charging::tariff::Price;
use crate::domain::{Currency, Exact, Money, SessionKey};

/// The sum modulo 2^256 of SHA-256 over each bill in its canonical form of 51 bytes.
///
/// The form: the first 16 bytes of SHA-256 of the session's key, 3 of the currency, then exact
/// amount, amount, electricity fee and service fee in billionths, half up, 8 bytes each, signed,
/// big-endian. No event id, position or path is in it. Two runs compare it; it proves nothing
/// against a forger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillDigest {
    low: u128,
    high: u128,
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
        session: &SessionKey,
        currency: Currency,
        price: &Price,
    ) -> Result<(), TooLarge> {
        let (low, high) = halves(session, currency, price)?;
        let (sum, carry) = self.low.overflowing_add(low);
        self.low = sum;
        self.high = self.high.wrapping_add(high).wrapping_add(u128::from(carry));
        Ok(())
    }

    /// Takes a bill back.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn remove(
        &mut self,
        session: &SessionKey,
        currency: Currency,
        price: &Price,
    ) -> Result<(), TooLarge> {
        let (low, high) = halves(session, currency, price)?;
        let (rest, borrow) = self.low.overflowing_sub(low);
        self.low = rest;
        self.high = self.high.wrapping_sub(high).wrapping_sub(u128::from(borrow));
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

fn halves(
    session: &SessionKey,
    currency: Currency,
    price: &Price,
) -> Result<(u128, u128), TooLarge> {
    let key = Sha256::digest(session.as_str().as_bytes());
    let mut canonical = [0_u8; 51];
    let (names, amounts) = canonical.split_at_mut(19);
    let (key_part, currency_part) = names.split_at_mut(16);
    key_part.copy_from_slice(key.get(..16).ok_or(TooLarge)?);
    currency_part.copy_from_slice(currency.code().as_bytes().get(..3).ok_or(TooLarge)?);
    let figures = [billionths(price.exact)?, price.amount, price.electricity, price.service];
    for (place, Money(figure)) in amounts.chunks_exact_mut(8).zip(figures) {
        place.copy_from_slice(&i64::try_from(figure).map_err(|_| TooLarge)?.to_be_bytes());
    }
    let hash: [u8; 32] = Sha256::digest(canonical).into();
    let (high, low) = hash.split_at(16);
    let half = |bytes: &[u8]| bytes.try_into().map(u128::from_be_bytes).map_err(|_| TooLarge);
    Ok((half(low)?, half(high)?))
}

/// An exact amount in billionths, half away from zero.
fn billionths(exact: Exact) -> Result<Money, TooLarge> {
    let scaled = exact.numerator().checked_mul(Money::UNIT).ok_or(TooLarge)?;
    let whole = scaled.checked_div(exact.denominator()).ok_or(TooLarge)?;
    let rest = scaled.checked_rem(exact.denominator()).ok_or(TooLarge)?.unsigned_abs();
    let rounds = rest.saturating_mul(2) >= exact.denominator().unsigned_abs();
    let step = if rounds { scaled.signum() } else { 0 };
    whole.checked_add(step).map(Money).ok_or(TooLarge)
}
