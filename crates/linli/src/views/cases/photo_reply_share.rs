//! How many photos were answered with a photo.

use chrono::NaiveDate;

use super::{Cases, Group};
use crate::domain::cases::Shows;
use crate::domain::{Event, Evolve, Happened};
use crate::views::Rate;

/// Cases that were reported with a picture and answered with one of how it is now, of the cases
/// that were reported with a picture.
///
/// Merged cases count once: a picture of any of their reports will do. Referred and withdrawn ones
/// are left out.
#[derive(Clone, Debug)]
pub struct PhotoReplyShare(Cases);

impl PhotoReplyShare {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Cases::as_of(day))
    }

    /// Answered with a picture of reported with one.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.0.rated().filter(is_shown_before).map(|group| is_shown(&group, Shows::After)))
    }
}

fn is_shown_before(group: &Group<'_>) -> bool {
    let opened = group.members.iter().filter_map(|(_, case, _)| case.opened.as_ref());
    opened.into_iter().any(|opened| opened.media_n > 0) || is_shown(group, Shows::Before)
}

fn is_shown(group: &Group<'_>, what: Shows) -> bool {
    let pictures = group.members.iter().flat_map(|(_, case, _)| &case.evidence);
    pictures.into_iter().any(|(_, shows)| *shows == what)
}

impl Evolve for PhotoReplyShare {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
