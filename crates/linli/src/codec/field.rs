//! One field of an event: how each type of the domain stands in CBOR.

use minicbor::Encoder;

use super::cbor::{Cbor, Taken, Wrong, major};

use crate::domain::charging::{Decision, Flag, Reading, Register, SuspendedBy, TariffScope};
use crate::domain::{
    CardId, ConnectorId, Currency, PersonRef, Precision, SessionKey, TariffId, Timestamp,
    WattHours, Watts, Zone,
};

pub(super) type Out = Encoder<Vec<u8>>;

/// Writing into memory cannot fail.
pub(super) trait Written {
    fn written(self);
}

impl<T> Written for Result<T, minicbor::encode::Error<std::convert::Infallible>> {
    fn written(self) {
        debug_assert!(self.is_ok(), "memory took a field");
    }
}

/// A value that can stand in an event.
pub(super) trait Field {
    fn put(&self, out: &mut Out);

    /// Whether it may be left out at the end.
    fn is_empty(&self) -> bool {
        false
    }
}

/// A value that can be read from an event.
pub(super) trait FromField: Sized {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self>;

    /// What stands for a field that was left out.
    fn left_out() -> Taken<Self> {
        Err(Wrong("a field is missing"))
    }
}

/// The fields of an event as an array, without the empty ones at its end.
pub(super) fn put_fields(fields: &[&dyn Field], out: &mut Out) {
    let used = fields.iter().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1);
    out.array(used as u64).written();
    fields.iter().take(used).for_each(|field| field.put(out));
}

/// The fields of an event, one after the other.
pub(super) struct Fields<'a, 'b> {
    bytes: &'a mut Cbor<'b>,
    left: u64,
}

impl<'a, 'b> Fields<'a, 'b> {
    #[inline(always)]
    pub(super) fn open(bytes: &'a mut Cbor<'b>) -> Taken<Self> {
        let left = bytes.array()?;
        Ok(Self::of(bytes, left))
    }

    /// The rest of an array of which so many fields are left.
    #[inline(always)]
    pub(super) fn of(bytes: &'a mut Cbor<'b>, left: u64) -> Self {
        Self { bytes, left }
    }

    /// The bytes of a text that may be absent, not checked.
    #[inline(always)]
    pub(super) fn text(&mut self) -> Taken<Option<&'b [u8]>> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        if self.bytes.null()? { Ok(None) } else { self.bytes.text().map(Some) }
    }

    /// Passes over the next field, if there is one.
    fn pass_over(&mut self) -> Taken<()> {
        match self.left.checked_sub(1) {
            None => Ok(()),
            Some(left) => {
                self.left = left;
                self.bytes.skip()
            }
        }
    }

    #[inline(always)]
    pub(super) fn next<T: FromField>(&mut self) -> Taken<T> {
        match self.left.checked_sub(1) {
            None => T::left_out(),
            Some(left) => {
                self.left = left;
                T::take(self.bytes)
            }
        }
    }

    /// Passes over what a later writer added.
    #[inline(always)]
    pub(super) fn close(mut self) -> Taken<()> {
        while self.left > 0 {
            self.pass_over()?;
        }
        Ok(())
    }
}

impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Out) {
        match self {
            Some(value) => value.put(out),
            None => out.null().map(drop).written(),
        }
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl<T: FromField> FromField for Option<T> {
    #[inline(always)]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        if bytes.null()? {
            return Ok(None);
        }
        T::take(bytes).map(Some)
    }

    fn left_out() -> Taken<Self> {
        Ok(None)
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Out) {
        out.array(self.len() as u64).map(drop).written();
        for value in self {
            value.put(out);
        }
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<T: FromField> FromField for Vec<T> {
    #[inline(always)]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let mut values = Self::new();
        while fields.left > 0 {
            values.push(fields.next()?);
        }
        Ok(values)
    }

    fn left_out() -> Taken<Self> {
        Ok(Self::new())
    }
}

impl Field for bool {
    fn put(&self, out: &mut Out) {
        out.bool(*self).map(drop).written();
    }

    fn is_empty(&self) -> bool {
        !*self
    }
}

impl FromField for bool {
    #[inline(always)]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        bytes.bool()
    }

    fn left_out() -> Taken<Self> {
        Ok(false)
    }
}

macro_rules! numbers {
    ($($name:ty: $put:expr, $take:expr;)*) => {$(
        impl Field for $name {
            fn put(&self, out: &mut Out) {
                let put: fn(&Self) -> i64 = $put;
                out.i64(put(self)).map(drop).written();
            }
        }

        impl FromField for $name {
            #[inline(always)]
            fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
                let take: fn(i64) -> Option<Self> = $take;
                take(bytes.i64()?).ok_or(Wrong("a number is out of range"))
            }
        }
    )*};
}

numbers! {
    i64: |number| *number, Some;
    u32: |number| i64::from(*number), |number| Self::try_from(number).ok();
    Timestamp: |instant| instant.0, |number| Some(Self(number));
    WattHours: |energy| energy.0, |number| Some(Self(number));
    Watts: |power| power.0, |number| Some(Self(number));
}

macro_rules! texts {
    ($($name:ty: $put:expr, $take:expr;)*) => {$(
        impl Field for $name {
            fn put(&self, out: &mut Out) {
                let put: fn(&Self) -> &str = $put;
                out.str(put(self)).map(drop).written();
            }
        }

        impl FromField for $name {
            #[inline(always)]
            fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
                let take: fn(&str) -> Option<Self> = $take;
                take(bytes.str()?).ok_or(Wrong("a name is not valid"))
            }
        }
    )*};
}

texts! {
    String: |text| text, |text| Some(text.to_owned());
    SessionKey: SessionKey::as_str, |text| Self::new(text).ok();
    ConnectorId: ConnectorId::as_str, |text| Self::new(text).ok();
    CardId: CardId::as_str, |text| Self::new(text).ok();
    TariffId: TariffId::as_str, |text| Self::new(text).ok();
    PersonRef: PersonRef::as_str, |text| Self::new(text).ok();
    Currency: |currency| currency.code(), |text| text.parse().ok();
    Zone: |zone| zone.name(), |text| text.parse().ok();
    Flag: |flag| flag.name(), |text| Flag::ALL.iter().copied().find(|flag| flag.name() == text);
}

macro_rules! words {
    ($($name:ident: $($variant:ident = $number:literal),*;)*) => {$(
        impl Field for $name {
            fn put(&self, out: &mut Out) {
                out.u8(match self { $(Self::$variant => $number,)* }).map(drop).written();
            }
        }

        impl FromField for $name {
            #[inline(always)]
            fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
                match bytes.i64()? {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(Wrong("a word is not known")),
                }
            }
        }
    )*};
}

words! {
    Register: Lifetime = 0, PerSession = 1, Unknown = 2;
    SuspendedBy: Vehicle = 0, Station = 1, PowerCut = 2, Unknown = 3;
    Decision: Bill = 0, Estimate = 1, Exclude = 2;
    Precision: Exact = 0, Minute = 1, Day = 2, Month = 3, Year = 4;
}

/// A register stands as its number, a session's own energy as `[number]`, unknown as false.
impl Field for Reading {
    fn put(&self, out: &mut Out) {
        match self {
            Self::Register(WattHours(register)) => out.i64(*register).map(drop),
            Self::Energy(WattHours(energy)) => {
                out.array(1).and_then(|out| out.i64(*energy)).map(drop)
            }
            Self::Unknown => out.bool(false).map(drop),
        }
        .written();
    }
}

impl FromField for Reading {
    #[inline(always)]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        match bytes.next_major()? {
            major::SIMPLE => bytes.bool().map(|_| Self::Unknown),
            major::ARRAY => {
                let mut fields = Fields::open(bytes)?;
                let energy = fields.next()?;
                fields.close()?;
                Ok(Self::Energy(energy))
            }
            _ => bytes.i64().map(|register| Self::Register(WattHours(register))),
        }
    }
}

impl Field for TariffScope {
    fn put(&self, out: &mut Out) {
        let (word, name): (u32, Option<String>) = match self {
            Self::CardClass(class) => (0, Some(class.clone())),
            Self::Connector(connector) => (1, Some(connector.to_string())),
            Self::Site(site) => (2, Some(site.clone())),
            Self::Community => (3, None),
        };
        put_fields(&[&word, &name], out);
    }
}

impl FromField for TariffScope {
    #[inline(always)]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (word, name): (u32, Option<String>) = (fields.next()?, fields.next()?);
        fields.close()?;
        match (word, name) {
            (0, Some(class)) => Some(Self::CardClass(class)),
            (1, Some(connector)) => ConnectorId::new(&connector).ok().map(Self::Connector),
            (2, Some(site)) => Some(Self::Site(site)),
            (3, None) => Some(Self::Community),
            _ => None,
        }
        .ok_or(Wrong("a scope is not known"))
    }
}
