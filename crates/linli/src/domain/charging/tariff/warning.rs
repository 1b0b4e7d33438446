//! What a tariff says that was read but changes nothing, or is worth a second look.

use std::fmt;

/// A remark on a tariff; the price is right all the same.
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
    /// A price limit as a bare number; read as the limit without tax.
    BareLimit,
    /// A tax rate, or a limit with tax; amounts here are without tax.
    TaxBeside,
    /// An element for reservations; it prices nothing in a charging session.
    ReservationOnly,
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
            Self::BareLimit => "bare_limit",
            Self::TaxBeside => "tax_beside",
            Self::ReservationOnly => "reservation_only",
        }
    }
}

impl fmt::Display for Warning {
    /// The kind and the place: `unknown_dimension: $.elements[2].price_components[0].type`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.path)
    }
}
