//! The wire table of a context: one line an event, its version, its fields in order.
//!
//! A released line changes in one way only: fields that may be absent are added at its end.
//! Anything else is a new version, and the old one moves to `codec/upcast.rs`.

macro_rules! wire {
    ($($kind:ident $version:literal { $($field:ident),* };)*) => {
        /// Every event type with the version that is written.
        pub(super) const KINDS: &[(&str, u32)] = &[$((stringify!($kind), $version),)*];

        /// The version of a type that is written, if the type is of this table.
        pub(super) fn version(kind: &str) -> Option<u32> {
            match kind {
                $(stringify!($kind) => Some($version),)*
                _ => None,
            }
        }

        /// The type of an event, and the version that is written.
        pub(super) fn kind(event: &Event) -> (&'static str, u32) {
            match event {
                $(Event::$kind { .. } => (stringify!($kind), $version),)*
            }
        }

        /// Writes an event's fields and gives its type and version.
        pub(super) fn put(event: &Event, out: &mut Out) -> (&'static str, u32) {
            match event {
                $(Event::$kind { $($field),* } => {
                    put_fields(&[$($field),*], out);
                    (stringify!($kind), $version)
                })*
            }
        }

        /// Reads the fields of an event of the version that is written.
        pub(super) fn take(kind: &str, bytes: &mut Cbor<'_>) -> Taken<Event> {
            let mut fields = Fields::open(bytes)?;
            let event = match kind {
                $(stringify!($kind) => {
                    $(let $field = fields.next()?;)*
                    Event::$kind { $($field),* }
                })*
                _ => return Err(Wrong("an unknown type")),
            };
            fields.close()?;
            Ok(event)
        }
    };
}

pub(super) use wire;
