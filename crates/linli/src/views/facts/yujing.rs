//! Yujing Garden (御景花园): the clinic, the charging points, the scrape, the pigeons.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeZone};
use serde_json::{Value, json};

use super::{Fact, REPORT_DAY};
use crate::domain::cases::{Kind, Phase, Standing};
use crate::domain::charging::Event as ChargingEvent;
use crate::domain::charging::tariff::{Method, round};
use crate::domain::disputes::{Event as DisputeEvent, Manner};
use crate::domain::programmes::Event::SurveyAnswered;
use crate::domain::programmes::{Answer, Respondent};
use crate::domain::services::{ClinicSession, Plan, State as Clinic};
use crate::domain::{
    CardId, CaseId, Event, Evolve, Exact, Happened, Registered, SurveyId, Timestamp, WattHours,
    Zone,
};
use crate::views::cases::{Cases, Interventions, WindowsMeasuredAndNetted};
use crate::views::charging::priced;
use crate::views::{CardBills, PointsInService, TariffInForce};

/// The last second of the day in Yujing Garden: 1 March is no longer of it.
const END_OF_REPORT_DAY: Timestamp = Timestamp(1_646_063_999_000_000);
/// The card whose bills are added up.
const CARD: &str = "card-002";

/// What happened in Yujing Garden.
#[derive(Clone, Debug)]
pub(super) struct Yujing {
    clinic: Clinic,
    points: PointsInService,
    tariff: TariffInForce,
    bills: Option<CardBills>,
    first_point_at: Option<Timestamp>,
    /// How far the nearest charger was for whom, as they said last, and when they said so.
    nearest_m: BTreeMap<(SurveyId, Respondent), (Timestamp, i64)>,
    cases: Cases,
    interventions: Interventions,
    windows: WindowsMeasuredAndNetted,
    note_left_on: Option<NaiveDate>,
    sought_on: Option<NaiveDate>,
}

impl Default for Yujing {
    fn default() -> Self {
        Self {
            clinic: Clinic::default(),
            points: PointsInService::as_of(REPORT_DAY),
            tariff: TariffInForce::at(END_OF_REPORT_DAY, Zone::Asia__Shanghai),
            bills: CardId::new(CARD).ok().map(CardBills::of),
            first_point_at: None,
            nearest_m: BTreeMap::new(),
            cases: Cases::as_of(REPORT_DAY),
            interventions: Interventions::as_of(REPORT_DAY),
            windows: WindowsMeasuredAndNetted::as_of(REPORT_DAY),
            note_left_on: None,
            sought_on: None,
        }
    }
}

impl Yujing {
    /// Its facts.
    pub(super) fn facts(&self, registered: &Registered) -> Vec<Fact> {
        vec![
            self.third_dose(),
            self.dose_numbers(),
            self.gaps(),
            self.hours(),
            self.home_visits(),
            self.charging_points(),
            self.energy_price(),
            self.nearest_charger(),
            self.next_day(),
            self.price_and_bills(),
            self.measured_windows(registered),
            self.pigeons(),
        ]
    }

    /// The day of the last clinic session that was held.
    pub(super) fn clinic_day(&self) -> Option<NaiveDate> {
        self.sessions().map(|(_, plan)| plan.span.from.local_date(plan.zone)).max().flatten()
    }

    /// The clinic sessions that were held.
    fn sessions(&self) -> impl Iterator<Item = (&ClinicSession, &Plan)> {
        let held = self.clinic.sessions.values().filter(|session| session.is_held());
        held.filter_map(|session| Some((session, session.plan.as_ref()?)))
    }

    /// The doses that stand, each with its number and local day.
    fn doses(&self) -> impl Iterator<Item = (u32, Option<NaiveDate>)> {
        let standing = self.clinic.doses.values().filter(|dose| !dose.is_voided);
        standing
            .map(|dose| (dose.record.dose_no, dose.record.administered_at.local_date(dose.zone)))
    }

    /// F01.
    fn third_dose(&self) -> Fact {
        let on = NaiveDate::from_ymd_opt(2022, 2, 27);
        let count = self.doses().filter(|dose| *dose == (3, on)).count();
        let question = "How many third doses were given on 27 February 2022?";
        Fact::such("F01", question, count, "at least 1", count >= 1)
    }

    /// F02.
    fn dose_numbers(&self) -> Fact {
        let first = self.sessions().min_by_key(|(_, plan)| plan.span.from);
        let offered = first.map(|(_, plan)| plan.dose_nos.clone()).unwrap_or_default();
        let first_doses = self.doses().filter(|(dose_no, _)| *dose_no == 1).count();
        Fact::such(
            "F02",
            "Which doses did the first clinic session give, and how many first doses were there?",
            json!({"first_session": offered, "first_doses": first_doses}),
            "2 among them; none",
            offered.contains(&2) && first_doses == 0,
        )
    }

    /// F03.
    fn gaps(&self) -> Fact {
        let days = self.sessions().filter_map(|(_, plan)| plan.span.from.local_date(plan.zone));
        let mut days: Vec<NaiveDate> = days.collect();
        days.sort_unstable();
        let pairs = days.iter().zip(days.iter().skip(1));
        let mut gaps: Vec<i64> =
            pairs.map(|(first, second)| second.signed_duration_since(*first).num_days()).collect();
        gaps.sort_unstable();
        gaps.dedup();
        let question = "How many days lie between one clinic session and the next?";
        Fact::equal("F03", question, json!(gaps), json!([3]))
    }

    /// F04.
    fn hours(&self) -> Fact {
        let hours = self.sessions().map(|(_, plan)| {
            let local = |at: Timestamp| {
                let at = plan.zone.from_utc_datetime(&at.utc()?.naive_utc());
                Some(at.format("%H:%M").to_string())
            };
            let minutes = plan.span.until.since(plan.span.from) / 60_000_000;
            json!([local(plan.span.from), local(plan.span.until), minutes])
        });
        let mut hours: Vec<Value> = hours.collect();
        hours.dedup();
        Fact::equal(
            "F04",
            "From when until when is the clinic open, and for how many minutes?",
            json!(hours),
            json!([["09:00", "17:00", 480]]),
        )
    }

    /// F05.
    fn home_visits(&self) -> Fact {
        let made = self.clinic.visits.values().filter(|visit| visit.made.is_some()).count();
        let question = "How many people were vaccinated at home?";
        Fact::such("F05", question, made, "at least 1; no number is given", made >= 1)
    }

    /// F06.
    fn charging_points(&self) -> Fact {
        let question = "How many charging points are in service (commissioned less retired)?";
        Fact::equal("F06", question, self.points.count(), 85)
    }

    /// F07.
    fn energy_price(&self) -> Fact {
        let price = self.tariff.energy_price();
        let holds = price.as_ref().is_some_and(|price| {
            price.currency.code() == "CNY" && Ok(price.per_kwh) == Exact::fraction(66, 100)
        });
        let yuan =
            |price: Exact| round(price, Method::HalfUp, 9).map(|price| price.to_string()).ok();
        Fact {
            id: "F07",
            question: "What does a kilowatt-hour cost under the tariff in force, in yuan?",
            value: price.and_then(|price| yuan(price.per_kwh)).into(),
            expected: "0.66".into(),
            holds,
        }
    }

    /// F08: of what was answered before there was a point.
    fn nearest_charger(&self) -> Fact {
        let before = self.nearest_m.values().filter(|(at, _)| Some(*at) < self.first_point_at);
        let metres: Vec<i64> = before.map(|(_, metres)| *metres).collect();
        let bounds = metres.iter().min().zip(metres.iter().max());
        Fact::equal(
            "F08",
            "Before the first point: how far was the nearest charger, in metres?",
            json!(bounds),
            json!([1_000, 2_000]),
        )
    }

    /// F25.
    fn next_day(&self) -> Fact {
        let days = self.note_left_on.zip(self.sought_on);
        let holds =
            days.is_some_and(|(left, sought)| left.checked_add_days(Days::new(1)) == Some(sought));
        Fact::such(
            "F25",
            "On which days was the note left, and was the owner looked for?",
            json!(days),
            "one day after the other",
            holds,
        )
    }

    /// F27.
    fn price_and_bills(&self) -> Fact {
        let price = self.tariff.energy_price();
        let kwh = price.as_ref().and_then(|price| priced(WattHours(1_000), price.per_kwh));
        let bills = price.as_ref().zip(self.bills.as_ref());
        let billed = bills.map(|(price, bills)| bills.billed(price)).unwrap_or_default();
        let holds =
            kwh.is_some_and(|kwh| kwh.to_string() == "0.66") && billed.issued == billed.priced;
        Fact::such(
            "F27",
            "What does 1 kWh cost, in yuan, and do a card's bills add up to that?",
            json!({
                "per_kwh": kwh.map(|kwh| kwh.to_string()),
                "card": CARD,
                "bills": billed.bills_n,
                "billed": billed.issued.to_string(),
                "priced": billed.priced.to_string(),
            }),
            "0.66; billed as priced",
            holds,
        )
    }

    /// The nuisance case about pigeons.
    fn pigeon_case(&self) -> Option<(&CaseId, Phase)> {
        let mut cases = self.cases.iter();
        let found = cases.find(|(_, case, _)| {
            let kind = case.opened.as_ref().map(|opened| opened.kind);
            kind == Some(Kind::Nuisance) && case.category == "pigeons"
        });
        found.map(|(case_id, case, _)| (case_id, case.phase()))
    }

    /// F28.
    fn measured_windows(&self, registered: &Registered) -> Fact {
        let case = self.pigeon_case().map(|(case_id, _)| case_id);
        let rooms = case.map(|case| self.windows.rooms(case)).unwrap_or_default();
        let left = case.map(|case| self.windows.not_measured(case, registered)).unwrap_or_default();
        Fact::equal(
            "F28",
            "Windows of which rooms were measured for the net, and which were not?",
            json!({"measured": rooms, "not_measured": left}),
            json!({"measured": ["kitchen", "bedroom", "study"], "not_measured": []}),
        )
    }

    /// F29.
    fn pigeons(&self) -> Fact {
        let case = self.pigeon_case();
        let standings = case.map(|(case_id, _)| self.interventions.by_standing(case_id));
        let standings = standings.unwrap_or_default();
        let count = |standing: Standing| standings.get(&standing).copied().unwrap_or(0);
        let tried: u64 = standings.values().sum();
        let value = json!({
            "tried": tried,
            "ineffective": count(Standing::Ineffective),
            "measured": count(Standing::Measured),
            "case": case.map(|(_, phase)| phase.name()),
        });
        let expected: Value =
            json!({"tried": 4, "ineffective": 3, "measured": 1, "case": "in_progress"});
        Fact::equal(
            "F29",
            "What was tried against the pigeons, and how does it stand?",
            value,
            expected,
        )
    }
}

impl Evolve for Yujing {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.points.evolve(happened);
        self.tariff.evolve(happened);
        self.bills.iter_mut().for_each(|bills| bills.evolve(happened));
        let on = happened.at.local_date(happened.zone);
        match &happened.event {
            Event::Charging(ChargingEvent::ConnectorCommissioned { .. }) => {
                let first = self.first_point_at.get_or_insert(happened.at);
                *first = happened.at.min(*first);
            }
            Event::Programmes(SurveyAnswered { survey_id, by, answers }) => {
                if let Some(Answer::Number(metres)) = answers.get("nearest_charger_m") {
                    let who = (survey_id.clone(), by.clone());
                    self.nearest_m.insert(who, (happened.at, *metres));
                }
            }
            Event::Services(event) => {
                let (told, _) = happened.clone().parted();
                self.clinic.evolve(&told.map(|()| event.clone()));
            }
            Event::Cases(_) => {
                self.cases.evolve(happened);
                self.interventions.evolve(happened);
                self.windows.evolve(happened);
            }
            Event::Disputes(DisputeEvent::ContactAttempted {
                manner: Manner::NoteLeft, ..
            }) => {
                self.note_left_on = self.note_left_on.or(on);
            }
            Event::Disputes(DisputeEvent::PartySought { .. }) => {
                self.sought_on = self.sought_on.or(on);
            }
            _ => {}
        }
    }
}
