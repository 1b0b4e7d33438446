//! From wires that hang from windows (飞线充电) to charging points (充电桩): so many reports at one
//! place ask for a survey, so much demand for points, and with the points the reports are resolved.
//!
//! No command proposes or approves an installation, so that the proposal is a task for people. Any
//! approval in the community since the survey was opened counts; so does a point that is put into
//! service, because nobody installs what nobody allowed.

use std::collections::BTreeMap;

use super::steps::{Due, Known, Matter, days_after};
use super::{Follows, Told};
use crate::domain::cases::{Case, Command as Cases, Event as OfCases, How, Kind, Phase, Solution};
use crate::domain::charging::Event as OfCharging;
use crate::domain::policies::{Notice, Policy};
use crate::domain::programmes::{Answer, Command as Programmes, Event as OfProgrammes, Unit};
use crate::domain::{
    CaseId, Event, Evolve, PlaceId, PlaceKind, PolicyLimits, Scope, SurveyId, Timestamp, Zone,
};

const SURVEY: &str = "survey";
const APPROVAL: &str = "approval";

/// The hazards of each place in the order of their recording, and what may answer them.
#[derive(Debug, Default)]
pub(super) struct FlyingWireToPiles {
    reports: BTreeMap<PlaceId, Vec<Report>>,
    /// When a survey was opened, and when it was closed.
    surveys: BTreeMap<SurveyId, (Timestamp, Option<Timestamp>)>,
    approved: Vec<(Scope, Timestamp)>,
    served: Vec<(Scope, Timestamp)>,
}

#[derive(Debug)]
struct Report {
    case_id: CaseId,
    at: Timestamp,
    zone: Zone,
    /// The matter that it starts, if it is the first; none of what was imported.
    matter: Option<Matter>,
}

impl Evolve for FlyingWireToPiles {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        let at = told.happened.at;
        let here = || (told.happened.scope.clone(), at);
        match &told.happened.event {
            Event::Cases(OfCases::CaseOpened { case_id, kind: Kind::Hazard, place_id, .. }) => {
                let matter = told.matter(Policy::FlyingWireToPiles, case_id.as_str());
                let (case_id, zone) = (case_id.clone(), told.happened.zone);
                let report = Report { case_id, at, zone, matter };
                self.reports.entry(place_id.clone()).or_default().push(report);
            }
            Event::Programmes(OfProgrammes::SurveyOpened { survey_id, .. }) => {
                self.surveys.insert(survey_id.clone(), (at, None));
            }
            Event::Programmes(OfProgrammes::SurveyClosed { survey_id, .. }) => {
                if let Some((_, closed)) = self.surveys.get_mut(survey_id) {
                    closed.get_or_insert(at);
                }
            }
            Event::Charging(OfCharging::InstallationApproved { .. }) => self.approved.push(here()),
            Event::Charging(OfCharging::ConnectorCommissioned { .. }) => self.served.push(here()),
            _ => {}
        }
    }
}

impl Follows for FlyingWireToPiles {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let places = self.reports.iter();
        places.flat_map(|(place_id, reports)| self.at_place(known, place_id, reports)).collect()
    }
}

/// A survey, from the report that it began with to the points that came of it.
struct Round<'a> {
    matter: &'a Matter,
    survey_id: SurveyId,
    limits: PolicyLimits,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    approved_at: Option<Timestamp>,
    served_at: Option<Timestamp>,
}

impl FlyingWireToPiles {
    /// The rounds that were begun at a place go on; when the last of them is over, the reports
    /// since then may begin another.
    fn at_place(&self, known: &Known<'_>, place_id: &PlaceId, reports: &[Report]) -> Vec<Due> {
        let mut due = Vec::new();
        let mut since = Some(Timestamp(i64::MIN));
        for matter in reports.iter().filter_map(|report| report.matter.as_ref()) {
            if !known.is_taken(matter, SURVEY) {
                continue;
            }
            let round = self.round(known, matter);
            since = match &round {
                Some(round) => round.ended(known),
                // The survey was refused, and people know why.
                None => since,
            };
            due.extend(round.into_iter().flat_map(|round| round.due(known, reports)));
        }
        due.extend(since.and_then(|since| begins(known, place_id, reports, since)));
        due
    }

    fn round<'a>(&self, known: &Known<'_>, matter: &'a Matter) -> Option<Round<'a>> {
        let survey_id = survey_of(matter)?;
        let (opened_at, closed_at) = *self.surveys.get(&survey_id)?;
        let first = |all: &[(Scope, Timestamp)]| {
            let here = all.iter().filter(|(scope, at)| *scope == matter.scope && *at >= opened_at);
            here.map(|(_, at)| *at).min()
        };
        let served_at = first(&self.served);
        let approved_at = first(&self.approved).into_iter().chain(served_at).min();
        let limits = known.limits(matter.zone);
        Some(Round { matter, survey_id, limits, opened_at, closed_at, approved_at, served_at })
    }
}

/// So many reports within so many days of the first of them, and a survey is opened.
fn begins(
    known: &Known<'_>,
    place_id: &PlaceId,
    reports: &[Report],
    since: Timestamp,
) -> Option<Due> {
    let counts = |report: &&Report| report.matter.is_some() && report.at > since;
    let is_wire = |report: &&Report| wire(known, report).is_some();
    let reports: Vec<_> = reports.iter().filter(counts).filter(is_wire).collect();
    let matter = reports.iter().find_map(|first| {
        let matter = first.matter.as_ref()?;
        let limits = known.limits(matter.zone);
        let until = days_after(first.at, limits.wire_within_days);
        let near = reports.iter().filter(|other| (first.at..=until).contains(&other.at)).count();
        let is_enough = u32::try_from(near).unwrap_or(u32::MAX) >= limits.wire_reports_n;
        is_enough.then_some(matter)
    })?;
    Some(matter.step(SURVEY).and(Programmes::OpenSurvey {
        survey_id: survey_of(matter)?,
        at: known.now,
        zone: matter.zone,
        invited_n: households_n(known, place_id),
        unit: Unit::Household,
    }))
}

/// How many households there are in the community of a place.
fn households_n(known: &Known<'_>, place_id: &PlaceId) -> u32 {
    let places = &known.state.registry.registered.places;
    let community = places.get(place_id).and_then(|place| place.community_id.as_ref());
    let households = places.values().filter(|place| {
        place.kind == PlaceKind::Household && place.community_id.as_ref() == community
    });
    u32::try_from(households.count()).unwrap_or(u32::MAX)
}

impl Round<'_> {
    fn due(&self, known: &Known<'_>, reports: &[Report]) -> Vec<Due> {
        let Self { matter, limits, .. } = self;
        let (at, zone) = (known.now, matter.zone);
        let Some(closed_at) = self.closed_at else {
            let until = days_after(self.opened_at, limits.survey_days);
            let survey_id = self.survey_id.clone();
            return vec![known.deadline(matter, "answers", until, |late| {
                late.and(Programmes::CloseSurvey { survey_id, at, zone })
            })];
        };
        if !self.is_wanted(known) {
            return vec![matter.step("no demand").tells(Notice::Report, None)];
        }
        let escalates = |late: Due| late.tells(Notice::Escalation, None);
        let mut due = vec![matter.step("propose").tells(Notice::Task, None)];
        match (self.approved_at, self.served_at) {
            (_, Some(served_at)) => due.extend(self.resolves(known, reports, served_at)),
            (Some(approved_at), None) => {
                let until = days_after(approved_at, limits.commissioning_days);
                due.push(known.deadline(matter, "commissioning", until, escalates));
            }
            (None, None) => {
                let until = days_after(closed_at, limits.approval_days);
                due.push(known.deadline(matter, APPROVAL, until, escalates));
            }
        }
        due
    }

    /// Whether so many households want points.
    fn is_wanted(&self, known: &Known<'_>) -> bool {
        let (question, wanted) = &self.limits.wire_question;
        let wanted = Answer::Word(wanted.clone());
        let survey = known.state.programmes.surveys.get(&self.survey_id);
        let answers = survey.into_iter().flat_map(|survey| survey.answers.values());
        let demand = answers.filter(|answers| answers.get(question) == Some(&wanted)).count();
        u32::try_from(demand).unwrap_or(u32::MAX) >= self.limits.wire_demand_n
    }

    /// Points are in service: every report of the place up to then, late ones too, is resolved once
    /// somebody handles it. One that comes soon after shows that the points do not suffice.
    fn resolves(&self, known: &Known<'_>, reports: &[Report], served_at: Timestamp) -> Vec<Due> {
        let (at, zone) = (known.now, self.matter.zone);
        let reopens_until = days_after(served_at, self.limits.wire_reopen_days);
        let step = |report: &Report| {
            let case = wire(known, report)?;
            let case_id = report.case_id.clone();
            if report.at > reopens_until {
                return None;
            }
            if report.at > served_at {
                let again = self.matter.step(&format!("reopened by {case_id}"));
                return Some(again.tells(Notice::Task, None));
            }
            let (manner, evidence) = (Solution::Fixed, Vec::new());
            let resolved = Cases::ResolveCase { case_id, at, zone, manner, evidence };
            let step = self.matter.step(&format!("resolve {}", report.case_id));
            (case.phase() == Phase::InProgress).then(|| step.and(resolved))
        };
        reports.iter().filter_map(step).collect()
    }

    /// When it was over: without demand, without an approval in time, or so long after the points
    /// came that new reports are of another matter.
    fn ended(&self, known: &Known<'_>) -> Option<Timestamp> {
        let closed_at = self.closed_at?;
        if !self.is_wanted(known) {
            return Some(closed_at);
        }
        if let Some(served_at) = self.served_at {
            return Some(days_after(served_at, self.limits.wire_reopen_days));
        }
        let is_late = known.is_late(self.matter, APPROVAL);
        (is_late && self.approved_at.is_none())
            .then(|| days_after(closed_at, self.limits.approval_days))
    }
}

/// The survey of a matter has its name: that of the first report.
fn survey_of(matter: &Matter) -> Option<SurveyId> {
    SurveyId::new(matter.correlation.as_str()).ok()
}

/// The case of a report, if it is about wires still, and ours.
fn wire<'a>(known: &Known<'a>, report: &Report) -> Option<&'a Case> {
    let case = known.state.cases.cases.get(&report.case_id)?;
    let is_elsewhere = matches!(case.closed, Some(How::Referred | How::Withdrawn));
    let is_wire = case.category == known.limits(report.zone).wire_category;
    (is_wire && !is_elsewhere).then_some(case)
}
