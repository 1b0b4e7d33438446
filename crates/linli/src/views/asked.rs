//! Of which community, as of which day and as known at which position a view is asked.

use chrono::NaiveDate;

use super::over_all::is_correction;
use crate::domain::{Event, Happened, Scope};
use crate::journal::Position;

/// What every view takes, said once for all of them: which events are handed in. By itself it takes
/// all of them.
///
/// Until when events had *happened* and until where they were *known* are two questions: what was
/// told late is true of an earlier day, and a figure that was published is known as it was then.
/// A view that judges by a day (what is overdue, how old a case is) is made for the same day.
///
/// ```
/// use linli::programmes::Event as Told;
/// use linli::views::Asked;
/// use linli::{Event, Happened, Scope, Timestamp};
///
/// let at = Timestamp::try_from("2022-03-01T00:30:00+08:00".to_owned())?;
/// let founded = Event::Programmes(Told::TroupeFounded { troupe_id: "canal".parse()? });
/// let mut founded = Happened::at(at, "Asia/Shanghai".parse()?, founded);
/// founded.scope = Scope::new("xuzhuang/jingjia")?;
/// let asked = Asked { scope: Scope::new("xuzhuang/jingjia")?, ..Asked::default() };
/// assert!(asked.takes(&founded));
/// assert!(!Asked { as_of: Some("2022-02-28".parse()?), ..asked }.takes(&founded));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In which community, with what lies in it; the empty scope is all of them.
    pub scope: Scope,
    /// What had happened by the end of this day, which is local to the zone of each event.
    pub as_of: Option<NaiveDate>,
    /// What was known when the journal ended at this position; whoever reads it stops there.
    pub as_known_at: Option<Position>,
    /// As if nothing had been corrected, voided or adjusted: a figure beside itself, with and
    /// without corrections.
    pub is_uncorrected: bool,
}

impl Asked {
    /// Whether an event is handed in, wherever it stands.
    ///
    /// Besides those of the community these are the registry's of the communities that it lies in:
    /// their rules, places and people are common to it.
    #[must_use]
    pub fn takes(&self, happened: &Happened<Event>) -> bool {
        let is_common =
            || matches!(happened.event, Event::Registry(_)) && happened.scope.holds(&self.scope);
        (self.scope.holds(&happened.scope) || is_common())
            && happened.had_happened_by(self.as_of)
            && !(self.is_uncorrected && is_correction(&happened.event))
    }
}
