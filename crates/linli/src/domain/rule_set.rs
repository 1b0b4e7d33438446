//! Rules that change by publication, not by a release: each a version with its jurisdiction and
//! the day from which it holds.
//!
//! What a law or a standard says stands in the rules of a context; how many minutes, months, years
//! it says stands here, in the journal, as somebody published it.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{Minutes, PolicyLimits};

/// A rule set as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// What it rules.
    pub rule: RuleSet,
    /// Its version, as the publisher names it.
    pub version: String,
    /// Where it holds: `CN`, `CN-SD`, the name of a community.
    pub jurisdiction: String,
    /// The first local day on which it holds.
    pub valid_from: NaiveDate,
    /// The first local day on which it holds no more; none: until another comes.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
}

/// The rules that are published, a line each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleSet {
    /// When which dose may be given.
    Dosing(Dosing),
    /// Until when a case is answered and solved, and what its solution needs.
    CaseHandling(CaseHandling),
    /// What of a volunteer's presence is credited, and the stars for it.
    Crediting(Crediting),
    /// What counts as attended.
    Attendance(Attendance),
    /// What bars a mediator by policy.
    Mediation(Mediation),
    /// The school year: in which window a class falls.
    SchoolCalendar(SchoolCalendar),
    /// How many, and how long, the policies of the ledger wait and ask.
    PolicyLimits(PolicyLimits),
}

impl RuleSet {
    /// The name of what it rules, as it stands in the tag `rule:NAME`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dosing(_) => Dosing::NAME,
            Self::CaseHandling(_) => CaseHandling::NAME,
            Self::Crediting(_) => Crediting::NAME,
            Self::Attendance(_) => Attendance::NAME,
            Self::Mediation(_) => Mediation::NAME,
            Self::SchoolCalendar(_) => SchoolCalendar::NAME,
            Self::PolicyLimits(_) => PolicyLimits::NAME,
        }
    }
}

macro_rules! rules {
    ($($rule:ident $name:literal;)*) => {$(
        impl $rule {
            /// The name of this rule in tags and reports.
            pub const NAME: &str = $name;

            /// The rule, if the set is of this kind.
            #[must_use]
            pub fn of(set: &RuleSet) -> Option<&Self> {
                match set {
                    RuleSet::$rule(rule) => Some(rule),
                    _ => None,
                }
            }
        }
    )*};
}

rules! {
    Dosing "dosing";
    CaseHandling "case_handling";
    Crediting "crediting";
    Attendance "attendance";
    Mediation "mediation";
    SchoolCalendar "school_calendar";
    PolicyLimits "policies";
}

/// When which dose may be given, a row a step of a course.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dosing {
    /// The steps.
    pub rows: Vec<DosingRow>,
}

/// One step: from a dose to the next. The first dose comes from dose 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DosingRow {
    /// The products that it is said of, by their codes; none named: all.
    #[serde(default)]
    pub products: Vec<String>,
    /// The dose before.
    pub from_dose: u32,
    /// The dose that is to come.
    pub to_dose: u32,
    /// The least time between the two; none for a first dose.
    #[serde(default)]
    pub min_interval: Option<Interval>,
    /// The least age in completed years.
    pub min_age_years: u32,
    /// By how many days a dose that was given may have come early and is valid all the same. It
    /// never schedules one.
    #[serde(default)]
    pub grace_days: u32,
}

/// A least time, in days or in calendar months, which are clamped to the end of the month:
/// six months after 31 August is 28 February.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// How many.
    pub value: u32,
    /// Of what.
    pub unit: IntervalUnit,
}

/// The unit of a least time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalUnit {
    /// A local day.
    Day,
    /// A calendar month.
    CalendarMonth,
}

impl Interval {
    /// The first day that is this much after `day`; `None` beyond the calendar.
    #[must_use]
    pub fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        match self.unit {
            IntervalUnit::Day => day.checked_add_days(chrono::Days::new(self.value.into())),
            IntervalUnit::CalendarMonth => day.checked_add_months(chrono::Months::new(self.value)),
        }
    }
}

/// Until when cases are answered and solved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseHandling {
    /// A row a kind of handling; a case is assigned under the name of one.
    pub rows: Vec<CaseRule>,
}

/// One kind of handling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRule {
    /// Its name: `ordinary`, `emergency`.
    pub sla_rule: String,
    /// Within how many minutes of the first report somebody answers.
    pub respond_within_min: u32,
    /// Within how many minutes of the assignment it is solved.
    pub resolve_within_min: u32,
    /// Why the clock may pause.
    #[serde(default)]
    pub pauses: Vec<String>,
    /// Whether a solution needs a photo taken after the report.
    #[serde(default)]
    pub needs_after_photo: bool,
    /// For how many days an intervention is observed before it counts as effective.
    #[serde(default)]
    pub observe_days: u32,
    /// How often the reporter is called back before nobody was reached.
    #[serde(default)]
    pub callbacks_n: u32,
}

/// What of a volunteer's presence is credited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crediting {
    /// How many minutes before and after the shift count.
    pub tolerance_min: u32,
    /// From how many hours on there is one star more.
    #[serde(default)]
    pub stars_h: Vec<u32>,
    /// Who withdraws with less notice than this cancels late.
    #[serde(default)]
    pub notice_min: u32,
    /// How minutes may be rounded on a certificate, by name.
    #[serde(default)]
    pub roundings: Vec<HourRounding>,
}

/// One way to round the minutes of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HourRounding {
    /// Its name, as it stands on the certificate: `whole_hours`.
    pub name: String,
    /// To whole multiples of so many minutes: 60, 30; 0 rounds nothing.
    pub step_min: u32,
    /// Which way.
    pub rounded: Rounded,
}

/// Which way something is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounded {
    /// To the step below.
    Down,
    /// To the nearer step, and from the middle to the one above.
    HalfUp,
    /// To the step above.
    Up,
}

impl HourRounding {
    /// The minutes that a certificate states for so many.
    #[must_use]
    pub fn of(&self, minutes: Minutes) -> Minutes {
        let raised = match self.rounded {
            Rounded::Down => 0,
            Rounded::HalfUp => self.step_min / 2,
            Rounded::Up => self.step_min.saturating_sub(1),
        };
        // A step of none has no multiples.
        let steps = minutes.0.saturating_add(raised).checked_div(self.step_min);
        steps.map_or(minutes, |steps| Minutes(steps.saturating_mul(self.step_min)))
    }
}

/// What counts as attended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// The least minutes between signing in and out; 0: any sign-in counts.
    pub attended_min: u32,
    /// From how many minutes after the start on it is late.
    pub late_after_min: u32,
}

/// What bars a mediator by policy, beside the law.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mediation {
    /// Whether who mediated for a party before is barred.
    pub earlier_mediator_bars: bool,
}

/// The school year. A day falls in exactly one window: winter before summer before weekend before
/// weekday; a make-up school day on a weekend is a weekday.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolCalendar {
    /// The winter holidays: first day, first day after.
    pub winter: Vec<(NaiveDate, NaiveDate)>,
    /// The summer holidays: first day, first day after.
    pub summer: Vec<(NaiveDate, NaiveDate)>,
    /// School days on a weekend (调休).
    #[serde(default)]
    pub make_up: Vec<NaiveDate>,
    /// The year that reports speak of: first day, first day after.
    pub year: (NaiveDate, NaiveDate),
}

/// In which part of the school year a day falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The winter holidays (寒假).
    Winter,
    /// The summer holidays (暑假).
    Summer,
    /// A Saturday or a Sunday without school.
    Weekend,
    /// A school day.
    Weekday,
}

impl SchoolCalendar {
    /// The one window in which a local day falls.
    #[must_use]
    pub fn window(&self, on: NaiveDate) -> Window {
        let lies_in = |holidays: &[(NaiveDate, NaiveDate)]| {
            holidays.iter().any(|(first, after)| (*first..*after).contains(&on))
        };
        let is_weekend = matches!(on.weekday(), Weekday::Sat | Weekday::Sun);
        match () {
            () if lies_in(&self.winter) => Window::Winter,
            () if lies_in(&self.summer) => Window::Summer,
            () if is_weekend && !self.make_up.contains(&on) => Window::Weekend,
            () => Window::Weekday,
        }
    }
}
