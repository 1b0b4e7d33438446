//! What a tariff or a CDR says that was read but changes nothing, or is worth a second look.

use std::fmt;

/// A remark on a tariff or a CDR; the price follows from it by the rules all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What kind of remark.
    pub kind: WarningKind,
    /// The JSON path it is about.
    pub path: String,
}

/// The kinds of remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// No rounding policy: replayed with four decimals, half up; no bill is issued under it.
    RoundingNotStated,
    /// A field that OCPI does not have; ignored.
    UnknownField,
    /// A dimension that OCPI does not have; it prices nothing.
    UnknownDimension,
    /// A restriction nobody knows, on an element that prices nothing anyway.
    UnknownRestriction,
    /// A field that OCPI requires is missing.
    MissingField,
    /// A time window whose ends are equal; it matches no instant.
    EmptyWindow,
    /// A step size of 0; read as no blocks.
    StepSizeZero,
    /// A restriction of current: met where a CDR states the current alone, for meters tell none.
    CurrentNotMetered,
    /// A price limit as a bare number; read as the limit without tax.
    BareLimit,
    /// A tax rate, or a limit with tax; amounts here are without tax.
    TaxBeside,
    /// An element for reservations; it prices nothing in a charging session.
    ReservationOnly,
    /// A cost as a bare number where the version has an object; read as the cost without tax.
    BareCost,
    /// A CDR whose location names no zone: that of its country counts.
    ZoneInferred,
    /// A CDR whose zone nobody knows: the tariff's own counts.
    ZoneOfTariff,
    /// A CDR whose zone nobody knows, under a tariff that does not look at the local clock.
    ZoneUnknown,
    /// Charging periods that are not in the order of their starts; read in that order.
    PeriodsOutOfOrder,
    /// A charging period that starts before its CDR starts or after it ends.
    PeriodOutsideSession,
    /// A period that states neither charging nor idle time: no time of it is priced.
    PeriodStatesNoTime,
    /// A price changes within a period, which its issuer should have cut there; what was in force
    /// when it started prices all of it.
    PeriodSpansPriceChange,
    /// Periods name more than one tariff; all of them are priced under one.
    SeveralTariffs,
    /// A total that the CDR states is not what its periods come to.
    TotalDiffers,
    /// The least or the greatest price of the tariff made the total.
    LimitApplied,
    /// The tariff is in another currency than the CDR.
    OtherCurrency,
    /// The tariff states a validity that the start of the session is outside of.
    TariffNotValid,
    /// The greatest price of the tariff is below its least; the greatest counts.
    LimitsCross,
    /// A restriction that no session can meet: its end is not behind its start.
    NeverApplies,
    /// A component that another one before it always replaces.
    NeverCounts,
    /// A price below zero: whoever charges is paid.
    NegativePrice,
    /// The last rounding is finer than the smallest unit of the currency.
    FinerThanCurrency,
    /// A calendar that no element looks at, a day in it that its weekday makes a workday anyway, or
    /// an allowance of what nothing prices.
    WithoutEffect,
    /// Valid at the same time as another version, and neither says that it replaces the other.
    OverlapsVersion,
    /// Between this version and another there is time in which none is valid.
    GapBetweenVersions,
    /// Energy is priced under restrictions alone: what is outside of them is free.
    NotAlwaysPriced,
}

impl WarningKind {
    /// Whether it bears on amounts, so that whoever replays bills should see it.
    #[must_use]
    pub fn bears_on_amounts(self) -> bool {
        !matches!(self, Self::UnknownField | Self::MissingField | Self::ReservationOnly)
    }

    /// Its name in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RoundingNotStated => "rounding_not_stated",
            Self::UnknownField => "unknown_field",
            Self::UnknownDimension => "unknown_dimension",
            Self::UnknownRestriction => "unknown_restriction",
            Self::MissingField => "missing_field",
            Self::EmptyWindow => "empty_window",
            Self::StepSizeZero => "step_size_zero",
            Self::CurrentNotMetered => "current_not_metered",
            Self::BareLimit => "bare_limit",
            Self::TaxBeside => "tax_beside",
            Self::ReservationOnly => "reservation_only",
            Self::BareCost => "bare_cost",
            Self::ZoneInferred => "zone_inferred",
            Self::ZoneOfTariff => "zone_of_tariff",
            Self::ZoneUnknown => "zone_unknown",
            Self::PeriodsOutOfOrder => "periods_out_of_order",
            Self::PeriodOutsideSession => "period_outside_session",
            Self::PeriodStatesNoTime => "period_states_no_time",
            Self::PeriodSpansPriceChange => "period_spans_price_change",
            Self::SeveralTariffs => "several_tariffs",
            Self::TotalDiffers => "total_differs",
            Self::LimitApplied => "limit_applied",
            Self::OtherCurrency => "other_currency",
            Self::TariffNotValid => "tariff_not_valid",
            Self::LimitsCross => "limits_cross",
            Self::NeverApplies => "never_applies",
            Self::NeverCounts => "never_counts",
            Self::NegativePrice => "negative_price",
            Self::FinerThanCurrency => "finer_than_currency",
            Self::WithoutEffect => "without_effect",
            Self::OverlapsVersion => "overlaps_version",
            Self::GapBetweenVersions => "gap_between_versions",
            Self::NotAlwaysPriced => "not_always_priced",
        }
    }
}

impl fmt::Display for Warning {
    /// The kind and the place: `unknown_dimension: $.elements[2].price_components[0].type`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.path)
    }
}
