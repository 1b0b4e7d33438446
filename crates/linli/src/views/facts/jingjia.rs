//! Jinghang Jiayuan (京杭佳苑): volunteers, the troupe, the classes, a visit.

use chrono::{Datelike, NaiveDate, NaiveTime};
use serde_json::{Value, json};

use super::{Fact, REPORT_DAY};
use crate::domain::charging::tariff::{Method, round};
use crate::domain::programmes::ActivityKind;
use crate::domain::{
    Event, Evolve, Exact, GroupId, Happened, PlaceKind, ProgrammeId, Registered, SchoolCalendar,
    TroupeId, Window,
};
use crate::views::programmes::{Period, PersonTimes};
use crate::views::volunteering::{
    ProjectGrowth, ServicesRendered, VolunteerHours, VolunteersActive,
};
use crate::views::{AnnualReport, Programmes, Sources, published_form};

/// What happened in Jinghang Jiayuan.
#[derive(Clone, Debug)]
pub(super) struct Jingjia {
    programmes: Programmes,
    volunteers: VolunteersActive,
    growth: ProjectGrowth,
    hours: VolunteerHours,
    services: ServicesRendered,
}

impl Default for Jingjia {
    fn default() -> Self {
        Self {
            programmes: Programmes::default(),
            volunteers: VolunteersActive::as_of(REPORT_DAY),
            growth: ProjectGrowth::default(),
            hours: VolunteerHours::as_of(REPORT_DAY),
            services: ServicesRendered::as_of(REPORT_DAY),
        }
    }
}

/// A year before the day of the report.
const YEAR_BEFORE: NaiveDate = match NaiveDate::from_ymd_opt(2021, 2, 28) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

impl Jingjia {
    /// Its facts.
    pub(super) fn facts(&self, registered: &Registered) -> Vec<Fact> {
        let mut facts = vec![
            self.visitors(),
            self.floor(registered),
            self.volunteers(registered),
            self.projects(),
            self.founding(),
            self.groups(),
            self.activities(),
            self.annual_report(registered),
            self.half_past_four(registered),
            self.parents(registered),
        ];
        facts.extend(self.children(registered));
        facts
    }

    /// The day of the last visit that came.
    pub(super) fn visit_day(&self) -> Option<NaiveDate> {
        self.programmes.visits().filter_map(|(_, visit)| visit.received_on).max()
    }

    /// F09.
    fn visitors(&self) -> Fact {
        let visits = self.programmes.visits_received_on(visit_day());
        let headcounts: Vec<u32> = visits.filter_map(|(_, visit)| visit.headcount_n).collect();
        let question = "How many visitors came on 23 February 2022?";
        Fact::equal("F09", question, headcounts.iter().sum::<u32>(), 13)
    }

    /// F10.
    fn floor(&self, registered: &Registered) -> Fact {
        let stops = self.programmes.visits_received_on(visit_day());
        let stops = stops.flat_map(|(_, visit)| &visit.stops);
        let floor_of = |place_id| {
            let place = registered.places.get(place_id)?;
            Some(place).filter(|place| place.kind == PlaceKind::Room)?.floor_n
        };
        let at_rooms = stops.map(|stop| stop.floor_n.or_else(|| floor_of(&stop.place_id)));
        let mut floors: Vec<Option<i64>> = at_rooms.collect();
        floors.sort_unstable();
        floors.dedup();
        let question = "On which floor are the activity rooms that this visit saw?";
        Fact::equal("F10", question, json!(floors), json!([3]))
    }

    /// F11.
    fn volunteers(&self, registered: &Registered) -> Fact {
        let question = "How many people are in a team of volunteers, each once?";
        Fact::equal("F11", question, self.volunteers.count(registered), 42)
    }

    /// F12: to 12 is what they grew to.
    fn projects(&self) -> Fact {
        let (now, before) = (self.growth.count_on(REPORT_DAY), self.growth.count_on(YEAR_BEFORE));
        Fact::such(
            "F12",
            "How many projects are there, and how many were there a year before?",
            json!({"now": now, "a_year_before": before}),
            "12, and fewer before",
            now == 12 && before < 12,
        )
    }

    /// F13.
    fn founding(&self) -> Fact {
        let troupe = troupe().and_then(|troupe| self.programmes.troupe(&troupe));
        let year = troupe.and_then(|troupe| troupe.founded_on).map(|day| day.year());
        Fact::equal("F13", "In which year was the art troupe founded?", json!(year), 2018)
    }

    /// F14.
    fn groups(&self) -> Fact {
        let groups = troupe().map_or(0, |troupe| self.programmes.active_groups(&troupe).count());
        Fact::equal("F14", "How many groups has the troupe?", groups, 4)
    }

    /// F15.
    fn activities(&self) -> Fact {
        let held = self.programmes.activities();
        let (count, kinds) = (held.count(), held.by_kind());
        let is_each = ActivityKind::COUNTED
            .iter()
            .all(|kind| kinds.get(kind).is_some_and(|count| *count > 0));
        let form = published_form(count);
        let holds = count > 500 && form == "500余" && is_each;
        Fact::such(
            "F15",
            "How many activities did the troupe hold since 2018? Rehearsals are none.",
            json!({"held": count, "published": form, "kinds": kinds.values().collect::<Vec<_>>()}),
            "over 500, published as 500余, of six kinds",
            holds,
        )
    }

    /// F16.
    fn annual_report(&self, registered: &Registered) -> Fact {
        let report = AnnualReport::of(
            2021,
            Sources {
                programmes: &self.programmes,
                projects: &self.growth,
                hours: &self.hours,
                services: &self.services,
                registered,
            },
        );
        let rows: serde_json::Map<String, Value> =
            report.rows.iter().map(|row| (row.what.to_owned(), row.count_n.into())).collect();
        Fact::such(
            "F16",
            "What does the report on the year 2021 count?",
            rows,
            "something in each row, nothing outside the year",
            report.is_full(),
        )
    }

    /// F17.
    fn half_past_four(&self, registered: &Registered) -> Fact {
        let programme = ProgrammeId::new("half-past-four").ok();
        let starts = programme
            .map_or_else(Vec::new, |programme| self.programmes.class_starts(&programme, registered))
            .into_iter()
            .filter(|start| start.window == Some(Window::Weekday));
        let mut times: Vec<NaiveTime> = starts.map(|start| start.starts).collect();
        times.sort_unstable();
        times.dedup();
        let shown: Vec<String> =
            times.iter().map(|time| time.format("%H:%M").to_string()).collect();
        let question = "When do the weekday classes of the half-past-four programme begin?";
        Fact::equal("F17", question, json!(shown), json!(["16:30"]))
    }

    /// F18.
    fn parents(&self, registered: &Registered) -> Fact {
        let parents = GroupId::new("parents").ok();
        let count = parents
            .map_or(0, |parents| self.programmes.group_members(&parents, registered).len() as u64);
        let form = published_form(count);
        Fact::such(
            "F18",
            "How many parents are in the parents' group?",
            json!({"members": count, "published": form}),
            "over 30, published as 30余",
            count > 30 && form == "30余",
        )
    }

    /// F19 to F23, and F26, which follows from them.
    fn children(&self, registered: &Registered) -> Vec<Fact> {
        let calendar = registered.rule(SchoolCalendar::of, REPORT_DAY);
        let (from_on, until_on) = calendar.map(|(_, calendar)| calendar.year).unwrap_or_default();
        let year = Period { from_on, until_on };
        let children = self.programmes.children_distinct(year, registered);
        let times = self.programmes.person_times(year, registered);
        let holidays = times.in_windows(&[Window::Summer, Window::Weekend]);
        let winter = times.in_windows(&[Window::Winter]);
        let grades = children.grades.map(|(least, greatest)| [least, greatest]);
        let bounds =
            [children.period, times.period].map(|period| [period.from_on, period.until_on]);
        vec![
            Fact::equal(
                "F19",
                "Which are the least and the greatest grade at attendance?",
                json!(grades),
                json!([1, 5]),
            ),
            Fact::equal("F20", "How many children came at least once?", children.count(), 158),
            Fact::equal("F21", "How many person-times in summer and at weekends?", holidays, 4_630),
            Fact::equal("F22", "How many person-times in the winter holidays?", winter, 800),
            Fact::equal(
                "F23",
                "Between which days was that counted?",
                json!(bounds),
                json!([["2021-03-01", "2022-03-01"], ["2021-03-01", "2022-03-01"]]),
            ),
            visits_per_child(&times, children.count()),
        ]
    }
}

/// F26: to two places, half up.
fn visits_per_child(times: &PersonTimes<'_>, children: u64) -> Fact {
    let visits = times.in_windows(&[Window::Summer, Window::Weekend, Window::Winter]);
    let each = Exact::fraction(visits.into(), children.into()).ok();
    let each = each.and_then(|each| round(each, Method::HalfUp, 2).ok());
    let question = "How often did a child come, on average, in those windows?";
    Fact::equal("F26", question, each.map(|each| each.to_string()), "34.37")
}

fn visit_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2022, 2, 23).unwrap_or_default()
}

fn troupe() -> Option<TroupeId> {
    TroupeId::new("canal-art").ok()
}

impl Evolve for Jingjia {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.programmes.evolve(happened);
        self.volunteers.evolve(happened);
        self.growth.evolve(happened);
        self.hours.evolve(happened);
        self.services.evolve(happened);
    }
}
