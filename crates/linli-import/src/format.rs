//! Whose files can be read.

use super::shape::Shape;
use super::{dundee, linli_csv, norway12, trondheim, workplace};

/// Whose files can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Sessions at workplaces, with issued dollars (Asensio and others 2021).
    Workplace,
    /// Residents' garages in Trondheim (Sørensen and others 2021).
    Trondheim,
    /// Twelve housing sites in Norway (Sørensen 2024).
    Norway12,
    /// Public charging points of Dundee City Council.
    Dundee,
    /// OCPI charge detail records, one or a list of them.
    OcpiCdr,
    /// Linli's own columns.
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Workplace, Self::Trondheim, Self::Norway12, Self::Dundee, Self::OcpiCdr, Self::Csv];

    /// Its name, as people type it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Workplace => "workplace",
            Self::Trondheim => "trondheim",
            Self::Norway12 => "norway12",
            Self::Dundee => "dundee",
            Self::OcpiCdr => "ocpi-cdr",
            Self::Csv => "csv",
        }
    }

    /// What such a file holds, in a few words.
    #[must_use]
    pub fn holds(self) -> &'static str {
        match self {
            Self::Workplace => {
                "Sessions at workplaces, with issued dollars (Asensio and others 2021)"
            }
            Self::Trondheim => "Residents' garages in Trondheim (Sørensen and others 2021)",
            Self::Norway12 => "Twelve housing sites in Norway (Sørensen 2024)",
            Self::Dundee => "Public charging points of Dundee City Council",
            Self::OcpiCdr => "OCPI charge detail records, one or a list of them",
            Self::Csv => "Linli's own columns",
        }
    }

    /// The shape of a table; `None` for what is no table.
    pub(super) fn shape(self) -> Option<&'static Shape> {
        match self {
            Self::Workplace => Some(&workplace::SHAPE),
            Self::Trondheim => Some(&trondheim::SHAPE),
            Self::Norway12 => Some(&norway12::SHAPE),
            Self::Csv => Some(&linli_csv::SHAPE),
            Self::Dundee => Some(&dundee::SHAPE),
            Self::OcpiCdr => None,
        }
    }
}
