//! What a decision has to know.

/// The events that a decision has to know: it reads these, and the append condition guards them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundary {
    /// The items, joined by *or*.
    pub items: Vec<BoundaryItem>,
}

/// Events of some types that have a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundaryItem {
    /// Any of these types; none named: of any type.
    pub types: &'static [&'static str],
    /// The tag.
    pub tag: String,
    /// How far back they are read.
    pub back: Back,
}

/// How far back the events of a boundary are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// To the first.
    ToTheFirst,
    /// To the newest one that is decisive ([`Event::is_decisive`](super::Event::is_decisive)).
    ToADecisiveOne,
    /// So many of the newest: for doubts, which refuse nothing.
    Newest(usize),
}

impl BoundaryItem {
    /// All events of these types that have the tag; no type named: of any type.
    #[must_use]
    pub fn all(types: &'static [&'static str], tag: String) -> Self {
        Self { types, tag, back: Back::ToTheFirst }
    }
}
