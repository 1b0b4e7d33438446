//! One field of an event: how what all contexts share stands in CBOR. What a context has of its own
//! stands beside its table.

use chrono::NaiveDate;
use minicbor::Encoder;

use super::cbor::{Cbor, Taken, Wrong};

use crate::domain::{
    ActivityId, AppointmentId, BodyId, BookingId, CardId, CaseId, CertificateNo, ClassId,
    ClinicSessionId, CommunityId, ConnectorId, ConsentId, Correlation, Currency, DisputeId, DoseId,
    Fen, Flag, GroupId, HomeVisitId, IdeaId, InterventionId, LegalBasis, LotNo, Minutes,
    ObligationId, PartyId, PersonRef, PlaceId, Precision, ProductCode, ProgrammeId, ProjectId,
    Published, Purpose, Scope, Sealed, SeriesId, SessionKey, ShiftId, SurveyId, TariffId, TeamId,
    Timestamp, TroupeId, VisitId, VolunteerNo, WattHours, Watts, Zone,
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
    pub(super) fn pass_over(&mut self) -> Taken<()> {
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
    u64: |number| i64::try_from(*number).unwrap_or(i64::MAX), |number| Self::try_from(number).ok();
    Minutes: |time| i64::from(time.0), |number| u32::try_from(number).ok().map(Self);
    Timestamp: |instant| instant.0, |number| Some(Self(number));
    WattHours: |energy| energy.0, |number| Some(Self(number));
    Watts: |power| power.0, |number| Some(Self(number));
    Fen: |amount| amount.get(), |number| Self::try_from(number).ok();
    NaiveDate: |date| i64::from(date.to_epoch_days()),
        |days| Self::from_epoch_days(i32::try_from(days).ok()?);
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
    BodyId: BodyId::as_str, |text| Self::new(text).ok();
    CaseId: CaseId::as_str, |text| Self::new(text).ok();
    Correlation: Correlation::as_str, |text| Self::new(text).ok();
    DisputeId: DisputeId::as_str, |text| Self::new(text).ok();
    LegalBasis: LegalBasis::as_str, |text| Self::new(text).ok();
    ObligationId: ObligationId::as_str, |text| Self::new(text).ok();
    PartyId: PartyId::as_str, |text| Self::new(text).ok();
    PlaceId: PlaceId::as_str, |text| Self::new(text).ok();
    ActivityId: ActivityId::as_str, |text| Self::new(text).ok();
    AppointmentId: AppointmentId::as_str, |text| Self::new(text).ok();
    BookingId: BookingId::as_str, |text| Self::new(text).ok();
    CertificateNo: CertificateNo::as_str, |text| Self::new(text).ok();
    ClassId: ClassId::as_str, |text| Self::new(text).ok();
    ClinicSessionId: ClinicSessionId::as_str, |text| Self::new(text).ok();
    CommunityId: CommunityId::as_str, |text| Self::new(text).ok();
    ConsentId: ConsentId::as_str, |text| Self::new(text).ok();
    DoseId: DoseId::as_str, |text| Self::new(text).ok();
    GroupId: GroupId::as_str, |text| Self::new(text).ok();
    HomeVisitId: HomeVisitId::as_str, |text| Self::new(text).ok();
    IdeaId: IdeaId::as_str, |text| Self::new(text).ok();
    InterventionId: InterventionId::as_str, |text| Self::new(text).ok();
    LotNo: LotNo::as_str, |text| Self::new(text).ok();
    ProductCode: ProductCode::as_str, |text| Self::new(text).ok();
    ProgrammeId: ProgrammeId::as_str, |text| Self::new(text).ok();
    ProjectId: ProjectId::as_str, |text| Self::new(text).ok();
    Purpose: Purpose::as_str, |text| Self::new(text).ok();
    SeriesId: SeriesId::as_str, |text| Self::new(text).ok();
    ShiftId: ShiftId::as_str, |text| Self::new(text).ok();
    SurveyId: SurveyId::as_str, |text| Self::new(text).ok();
    TeamId: TeamId::as_str, |text| Self::new(text).ok();
    TroupeId: TroupeId::as_str, |text| Self::new(text).ok();
    VisitId: VisitId::as_str, |text| Self::new(text).ok();
    VolunteerNo: VolunteerNo::as_str, |text| Self::new(text).ok();
    Currency: |currency| currency.code(), |text| text.parse().ok();
    Zone: |zone| zone.name(), |text| text.parse().ok();
    Flag: |flag| flag.name(), |text| Flag::ALL.iter().copied().find(|flag| flag.name() == text);
}

/// No scope is an empty one, and may be left out.
impl Field for Scope {
    fn put(&self, out: &mut Out) {
        out.str(self.as_str()).map(drop).written();
    }

    fn is_empty(&self) -> bool {
        self.is_everything()
    }
}

impl FromField for Scope {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        Self::new(bytes.str()?).map_err(|_| Wrong("a scope is not valid"))
    }

    fn left_out() -> Taken<Self> {
        Ok(Self::default())
    }
}

/// Bytes under a key; none where the key was gone already. Nothing open is ever written: what
/// nobody has sealed stands as no bytes too.
impl Field for Sealed {
    fn put(&self, out: &mut Out) {
        debug_assert!(!matches!(self, Self::Open(_)), "the ledger seals before it encodes");
        let bytes = match self {
            Self::Locked(bytes) => bytes,
            _ => &[][..],
        };
        out.bytes(bytes).map(drop).written();
    }
}

impl FromField for Sealed {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        bytes.bytes().map(|bytes| match bytes {
            [] => Self::Erased,
            bytes => Self::Locked(bytes.into()),
        })
    }
}

/// A rule set stands as its JSON: it is published rarely, read by people, and grows.
impl Field for Published {
    fn put(&self, out: &mut Out) {
        // Plain data, so that writing it as JSON cannot fail.
        out.str(&serde_json::to_string(self).unwrap_or_default()).map(drop).written();
    }
}

impl FromField for Published {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        serde_json::from_str(bytes.str()?).map_err(|_| Wrong("a rule set is not valid"))
    }
}

/// Words of a small vocabulary stand as numbers.
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
    Precision: Exact = 0, Minute = 1, Day = 2, Month = 3, Year = 4;
}

pub(super) use words;
