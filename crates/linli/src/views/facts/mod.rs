//! Every number of the seed story, each as a query over events.

mod fact;
mod jingjia;
mod yujing;

pub use fact::Fact;

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use crate::domain::registry::State as Registry;
use crate::domain::{Event, Evolve, Happened, Scope};
use crate::views::Asked;
use jingjia::Jingjia;
use yujing::Yujing;

/// The facts of the seed communities as of 28 February 2022, the day of the report.
///
/// A fact is asked of one community: what another one does changes nothing. The rules and the
/// people of the sub-district hold in both.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What each of the three is asked of.
    asked: [Asked; 3],
    registry: Registry,
    yujing: Yujing,
    jingjia: Jingjia,
}

impl Default for Facts {
    fn default() -> Self {
        let asked = [XUZHUANG, YUJING, JINGJIA].map(|community| Asked {
            scope: Scope::new(community).unwrap_or_default(),
            as_of: Some(REPORT_DAY),
            ..Asked::default()
        });
        let (registry, yujing) = (Registry::default(), Yujing::default());
        Self { asked, registry, yujing, jingjia: Jingjia::default() }
    }
}

/// 28 February 2022.
const REPORT_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2022, 2, 28) {
    Some(day) => day,
    None => NaiveDate::MAX,
};
/// The sub-district.
const XUZHUANG: &str = "xuzhuang";
/// Yujing Garden (御景花园).
const YUJING: &str = "xuzhuang/yujing";
/// Jinghang Jiayuan (京杭佳苑).
const JINGJIA: &str = "xuzhuang/jingjia";

impl Facts {
    /// Every fact, in the order of their numbers, as far as events were handed in.
    #[must_use]
    pub fn list(&self) -> Vec<Fact> {
        let registered = &self.registry.registered;
        let mut facts = self.yujing.facts(registered);
        facts.extend(self.jingjia.facts(registered));
        facts.push(self.days());
        facts.sort_by_key(|fact| fact.id);
        facts
    }

    /// The facts as one JSON document.
    #[must_use]
    pub fn document(&self) -> Value {
        self.list().iter().map(Fact::document).collect()
    }

    /// F24: a day in each community, and the day of the report.
    fn days(&self) -> Fact {
        let days = [self.yujing.clinic_day(), self.jingjia.visit_day(), Some(REPORT_DAY)];
        let holds = days.iter().all(|day| day.is_some_and(|day| day.year() == 2022));
        let value = json!(days);
        let fact = Fact::equal(
            "F24",
            "On which days were the last clinic, the last visit and the report?",
            value,
            json!(["2022-02-27", "2022-02-23", "2022-02-28"]),
        );
        Fact { holds: fact.holds && holds, ..fact }
    }
}

impl Evolve for Facts {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let [sub_district, yujing, jingjia] = &self.asked;
        if let Event::Registry(event) = &happened.event
            && sub_district.takes(happened)
        {
            let (told, _) = happened.clone().parted();
            self.registry.evolve(&told.map(|()| event.clone()));
        }
        if yujing.takes(happened) {
            self.yujing.evolve(happened);
        }
        if jingjia.takes(happened) {
            self.jingjia.evolve(happened);
        }
    }
}
