//! Every case, as its events tell it: how it stands, of what kind it is, and how many there are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::cases::{
    CallOutcome, Case, Event as CaseEvent, How, Kind, Phase, Satisfied, Solved, State,
};
use crate::domain::{CaseId, Event, Evolve, Happened, PersonRef, Timestamp, Zone};

/// The cases of a community at the end of a day, in the order of their names.
///
/// ```
/// use linli::cases::{Event as CaseEvent, Kind, Phase};
/// use linli::views::cases::Cases;
/// use linli::{Event, Evolve, Happened, Timestamp};
///
/// let at = Timestamp::try_from("2022-02-20T09:00:00+08:00".to_owned())?;
/// let opened = CaseEvent::CaseOpened {
///     case_id: "pigeons".parse()?,
///     kind: Kind::Nuisance,
///     category: "pigeons".into(),
///     severity_n: 2.try_into()?,
///     place_id: "flat-501".parse()?,
///     reporter_ref: None,
///     handle: None,
///     text: None,
///     media: Vec::new(),
///     observed_at: at,
/// };
/// let mut cases = Cases::as_of("2022-02-28".parse()?);
/// cases.evolve(&Happened::at(at, "Asia/Shanghai".parse()?, Event::Cases(opened)));
/// let phases: Vec<Phase> = cases.iter().map(|(_, case, _)| case.phase()).collect();
/// assert_eq!(phases, [Phase::Open]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cases {
    day: NaiveDate,
    state: State,
    past: BTreeMap<CaseId, Past>,
}

/// What a view asks of the past of a case.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The zone in which it was opened.
    pub zone: Zone,
    /// When its reporter was answered first.
    pub responded_at: Option<Timestamp>,
    /// When and how it was closed, each time.
    pub closings: Vec<(Timestamp, How)>,
    /// The call-backs, in the order in which they were told.
    pub calls: Vec<Call>,
    /// How often the same was reported again without a new fact.
    pub repeats_n: u64,
}

/// One call-back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// After how many reopenings.
    pub reopened_n: u32,
    /// Its number since then.
    pub attempt_no: u32,
    /// What came of it.
    pub outcome: CallOutcome,
    /// What the reporter said in it; the newest word counts.
    pub rating: Option<(Solved, Satisfied)>,
}

/// A case with its name and its past.
pub type Member<'a> = (&'a CaseId, &'a Case, &'a Past);

/// A case and the cases that live by it.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// The case that counts.
    pub root: Member<'a>,
    /// All of them, the root among them, in the order of their names.
    pub members: Vec<Member<'a>>,
}

/// Who reported a matter, and has to be answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporters<'a> {
    /// Those who are known by pseudonym, each once.
    pub known: BTreeSet<&'a PersonRef>,
    /// How many reports came from nobody known. How many people that were nobody knows.
    pub unknown_n: u64,
}

impl Default for Cases {
    /// The cases at the end of all days.
    fn default() -> Self {
        Self::as_of(NaiveDate::MAX)
    }
}

impl Cases {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, state: State::default(), past: BTreeMap::new() }
    }

    /// The day.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The cases that were opened by then, merged ones among them.
    pub fn iter(&self) -> impl Iterator<Item = Member<'_>> {
        let opened = self.state.cases.iter().filter(|(_, case)| case.opened.is_some());
        opened.filter_map(|(case_id, case)| Some((case_id, case, self.past.get(case_id)?)))
    }

    /// The cases that count, each with those that live by it.
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let mut members: BTreeMap<&CaseId, Vec<Member<'_>>> = BTreeMap::new();
        for member in self.iter() {
            members.entry(self.state.root(member.0)).or_default().push(member);
        }
        members.into_iter().filter_map(|(root, members)| {
            let root = *members.iter().find(|(case_id, ..)| *case_id == root)?;
            Some(Group { root, members })
        })
    }

    /// The groups that rates are made of: referred and withdrawn ones are left out.
    pub fn rated(&self) -> impl Iterator<Item = Group<'_>> {
        self.groups().filter(|group| {
            let (_, case, _) = group.root;
            !matches!(case.closed, Some(How::Referred | How::Withdrawn))
        })
    }

    /// What was said in the call-backs that were answered, of the groups that rates are made of.
    pub(super) fn ratings(&self) -> Vec<(Solved, Satisfied)> {
        let groups: Vec<_> = self.rated().collect();
        let answered = groups.iter().flat_map(Group::calls);
        let answered = answered.filter(|call| call.outcome == CallOutcome::Answered);
        answered.filter_map(|call| call.rating).collect()
    }

    /// How many cases of a kind stand how. Merged ones stand as `merged`.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<(Kind, Phase), u64> {
        let mut counts = BTreeMap::new();
        for (_, case, _) in self.iter() {
            if let Some(opened) = &case.opened {
                let count: &mut u64 = counts.entry((opened.kind, case.phase())).or_default();
                *count = count.saturating_add(1);
            }
        }
        counts
    }
}

impl<'a> Group<'a> {
    /// When it was first reported by anybody.
    #[must_use]
    pub fn first_reported_at(&self) -> Option<Timestamp> {
        let opened = self.members.iter().filter_map(|(_, case, _)| case.opened.as_ref());
        opened.map(|opened| opened.at).min()
    }

    /// When any of its reporters was answered first.
    #[must_use]
    pub fn responded_at(&self) -> Option<Timestamp> {
        self.members.iter().filter_map(|(.., past)| past.responded_at).min()
    }

    /// Who has to be answered: when it is opened again, each of them is told.
    #[must_use]
    pub fn reporters(&self) -> Reporters<'a> {
        let mut reporters = Reporters::default();
        for opened in self.members.iter().filter_map(|(_, case, _)| case.opened.as_ref()) {
            match &opened.reporter_ref {
                Some(person) => {
                    reporters.known.insert(person);
                }
                None => reporters.unknown_n = reporters.unknown_n.saturating_add(1),
            }
        }
        reporters
    }

    /// The call-backs that count: the root's. Those to the reporters of merged cases are courtesy.
    pub fn calls(&self) -> impl Iterator<Item = &'a Call> {
        self.root.2.calls.iter()
    }
}

impl Past {
    fn take(&mut self, happened: &Happened<CaseEvent>, reopened_n: u32) {
        let at = happened.at;
        match &happened.event {
            CaseEvent::CaseOpened { .. } => self.zone = happened.zone,
            CaseEvent::FirstResponseRecorded { .. } => {
                self.responded_at = Some(self.responded_at.map_or(at, |first| first.min(at)));
            }
            CaseEvent::CaseClosed { how, .. } => self.closings.push((at, how.clone())),
            CaseEvent::CaseReferred { .. } => self.closings.push((at, How::Referred)),
            CaseEvent::CaseWithdrawn { .. } => self.closings.push((at, How::Withdrawn)),
            CaseEvent::CallbackAttempted { attempt_no, outcome, .. } => {
                let (attempt_no, outcome, rating) = (*attempt_no, *outcome, None);
                self.calls.push(Call { reopened_n, attempt_no, outcome, rating });
            }
            CaseEvent::HandlingRated { attempt_no, solved, satisfied, .. } => {
                let of = (reopened_n, *attempt_no);
                let mut newest_first = self.calls.iter_mut().rev();
                if let Some(call) =
                    newest_first.find(|call| (call.reopened_n, call.attempt_no) == of)
                {
                    call.rating = Some((*solved, *satisfied));
                }
            }
            CaseEvent::RepeatContactRecorded { .. } => {
                self.repeats_n = self.repeats_n.saturating_add(1);
            }
            _ => {}
        }
    }
}

impl Evolve for Cases {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().cases() else { return };
        if !happened.had_happened_by(Some(self.day)) {
            return;
        }
        self.state.evolve(&happened);
        let case_id = happened.event.case();
        let reopened_n = self.state.cases.get(case_id).map_or(0, |case| case.reopened_n);
        self.past.entry(case_id.clone()).or_default().take(&happened, reopened_n);
    }
}
