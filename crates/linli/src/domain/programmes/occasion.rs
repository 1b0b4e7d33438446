//! What a troupe's groups and activities are, and why something is cancelled.

use serde::{Deserialize, Serialize};

/// What a group is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Dance (舞蹈组).
    Dance,
    /// Catwalk (走秀组).
    Catwalk,
    /// Instruments (乐器组).
    Instruments,
    /// Opera (戏曲组).
    Opera,
    /// Parents who look after classes (家长团). It belongs to no troupe.
    Parents,
}

/// What an activity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// A charity tour (创城公益巡演).
    CharityTour,
    /// A show on a festival (节庆文艺演出).
    FestivalShow,
    /// An opening in the district (辖区开业庆典).
    OpeningCeremony,
    /// A show for elders (敬老志愿演出).
    ShowForElders,
    /// A public class of culture (社区文化公益课堂).
    CultureClass,
    /// A contest (文艺比赛).
    Contest,
    /// A rehearsal (排练): it takes people's time and is never counted.
    Rehearsal,
}

impl ActivityKind {
    /// The kinds that count as activities.
    pub const COUNTED: [Self; 6] = [
        Self::CharityTour,
        Self::FestivalShow,
        Self::OpeningCeremony,
        Self::ShowForElders,
        Self::CultureClass,
        Self::Contest,
    ];

    /// Whether it counts as an activity.
    #[must_use]
    pub fn counts(self) -> bool {
        self != Self::Rehearsal
    }
}

/// Why an activity or a class will not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The weather: an activity is rained off.
    Weather,
    /// Somebody who is needed cannot come.
    Absence,
    /// The place cannot be used.
    Place,
    /// Anything else.
    Other,
}
