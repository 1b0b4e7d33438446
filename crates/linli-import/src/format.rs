//! Whose files can be read.

use super::shape::Shape;
use super::{dundee, linli_csv, norway12, trondheim, workplace};

/// A line a format: its name as people type it, what such a file holds, and the shape of its table,
/// where it is one.
macro_rules! formats {
    ($($format:ident $name:literal $holds:literal $shape:expr;)*) => {
        /// Whose files can be read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Format {
            $(#[doc = concat!($holds, ".")] $format,)*
        }

        impl Format {
            /// All of them.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$format),*];

            /// Its name, as people type it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$format => $name,)* }
            }

            /// What such a file holds, in a few words.
            #[must_use]
            pub fn holds(self) -> &'static str {
                match self { $(Self::$format => $holds,)* }
            }

            /// The shape of a table; `None` for what is no table.
            pub(super) fn shape(self) -> Option<&'static Shape> {
                match self { $(Self::$format => $shape,)* }
            }
        }
    };
}

formats! {
    Workplace "workplace" "Sessions at workplaces, with issued dollars (Asensio and others 2021)"
        Some(&workplace::SHAPE);
    Trondheim "trondheim" "Residents' garages in Trondheim (Sørensen and others 2021)"
        Some(&trondheim::SHAPE);
    Norway12 "norway12" "Twelve housing sites in Norway (Sørensen 2024)" Some(&norway12::SHAPE);
    Dundee "dundee" "Public charging points of Dundee City Council" Some(&dundee::SHAPE);
    OcpiCdr "ocpi-cdr" "OCPI charge detail records, one or a list of them" None;
    Csv "csv" "Linli's own columns" Some(&linli_csv::SHAPE);
}
