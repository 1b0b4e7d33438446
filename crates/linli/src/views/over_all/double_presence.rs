//! Who is on record in two places at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::disputes::Event as Disputes;
use crate::domain::programmes::ClassPhase;
use crate::domain::{
    ClassId, DisputeId, Event, Evolve, Happened, HomeVisitId, PartyId, PersonRef, Registered,
    ShiftId, Span, State,
};
use crate::views::Rate;

/// One person recorded in two places at once, over all contexts.
///
/// What happened is never refused, so that such records come in; one of them is wrong, or two
/// records of one person were merged that should not have been. Stretches of which only one end
/// was told are left out, and so is what was only planned.
#[derive(Clone, Debug, Default)]
pub struct DoublePresence {
    state: State,
    /// Who was at which mediation, by party, and when.
    mediations: Vec<(DisputeId, Vec<PartyId>, Span)>,
}

/// Where somebody is on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where<'a> {
    /// At a mediation, as mediator or party.
    Mediation(&'a DisputeId),
    /// At home with a vaccinator, or as one.
    HomeVisit(&'a HomeVisitId),
    /// At a shift of volunteers.
    Shift(&'a ShiftId),
    /// In a class, as a child or as an adult who looks after it.
    Class(&'a ClassId),
}

/// A person in two places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoPlaces<'a> {
    /// The person, by the pseudonym that all the others were merged into.
    pub person_ref: &'a PersonRef,
    /// The two places.
    pub places: [Where<'a>; 2],
    /// The time that they share.
    pub both: Span,
}

impl DoublePresence {
    /// Who is in two places at once, person by person in the order of time.
    #[must_use]
    pub fn list<'a>(&'a self, registered: &'a Registered) -> Vec<TwoPlaces<'a>> {
        let mut found = Vec::new();
        for (person_ref, stays) in self.by_person(registered) {
            for (number, (span, place)) in stays.iter().enumerate() {
                let later = stays.iter().skip(number.saturating_add(1));
                let meanwhile = later.take_while(|(other, _)| other.from < span.until);
                for (other, elsewhere) in meanwhile.filter(|(_, elsewhere)| elsewhere != place) {
                    let both = Span { from: other.from, until: span.until.min(other.until) };
                    let places = [*place, *elsewhere];
                    found.push(TwoPlaces { person_ref, places, both });
                }
            }
        }
        found
    }

    /// People who are in two places at once, of all who are on record anywhere.
    #[must_use]
    pub fn rate(&self, registered: &Registered) -> Rate {
        let found = self.list(registered);
        let twice: BTreeSet<_> = found.iter().map(|found| found.person_ref).collect();
        let people = self.by_person(registered);
        Rate::of(people.keys().map(|person_ref| twice.contains(person_ref)))
    }

    /// Where each person was, in the order of time.
    fn by_person<'a>(
        &'a self,
        registered: &'a Registered,
    ) -> BTreeMap<&'a PersonRef, Vec<(Span, Where<'a>)>> {
        let told =
            self.mediations().chain(self.visits()).chain(self.shifts()).chain(self.classes());
        let lasting = told.filter(|(_, (span, _))| span.from < span.until);
        let people = registered.by_person(lasting).into_iter();
        people.map(|(person, stays)| (person, stays.into_iter().collect())).collect()
    }

    fn mediations(&self) -> impl Iterator<Item = Stay<'_>> {
        let disputes = &self.state.disputes.disputes;
        let mediators = disputes.iter().flat_map(|(dispute_id, dispute)| {
            let held = dispute.sessions.values().filter(|session| session.is_held);
            held.filter_map(move |session| {
                let mediator = session.mediator_ref.as_ref()?;
                Some((mediator, (session.span, Where::Mediation(dispute_id))))
            })
        });
        let parties = self.mediations.iter().flat_map(|(dispute_id, attended, span)| {
            let dispute = disputes.get(dispute_id);
            attended.iter().filter_map(move |party| {
                let person = dispute?.parties.get(party)?.person_ref.as_ref()?;
                Some((person, (*span, Where::Mediation(dispute_id))))
            })
        });
        mediators.chain(parties)
    }

    fn visits(&self) -> impl Iterator<Item = Stay<'_>> {
        self.state.services.visits.iter().flat_map(|(visit_id, visit)| {
            let vaccinator = visit.scheduled.as_ref().map(|(vaccinator, _)| vaccinator);
            let people = [visit.recipient_ref.as_ref(), vaccinator].into_iter().flatten();
            let stay = visit.made.map(|made| (made, Where::HomeVisit(visit_id)));
            people.filter_map(move |person| Some((person, stay?)))
        })
    }

    fn shifts(&self) -> impl Iterator<Item = Stay<'_>> {
        self.state.volunteering.presences.iter().flat_map(|(person, shifts)| {
            shifts.iter().flat_map(move |(shift_id, presence)| {
                presence.reported().into_iter().map(move |stretch| {
                    let span = Span { from: stretch.from, until: stretch.until };
                    (person, (span, Where::Shift(shift_id)))
                })
            })
        })
    }

    fn classes(&self) -> impl Iterator<Item = Stay<'_>> {
        let classes = self.state.programmes.classes.iter();
        let held = classes.filter(|(_, class)| class.phase == ClassPhase::Held);
        held.flat_map(|(class_id, class)| {
            let place = Where::Class(class_id);
            let adults = class.adults.iter().map(move |(adult, span)| (adult, (*span, place)));
            let span = class.plan.as_ref().map(|plan| plan.span).unwrap_or_default();
            let children = class.records.iter().flat_map(move |(child, record)| {
                record.stays(span).into_iter().map(move |stay| (child, (stay, place)))
            });
            adults.chain(children)
        })
    }
}

/// Somebody, when, and where.
type Stay<'a> = (&'a PersonRef, (Span, Where<'a>));

impl Evolve for DoublePresence {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::Disputes(Disputes::MediationHeld {
                dispute_id,
                starts_at,
                ends_at,
                attended,
                ..
            }) => {
                let span = Span { from: *starts_at, until: *ends_at };
                self.mediations.push((dispute_id.clone(), attended.clone(), span));
            }
            Event::Disputes(_)
            | Event::Services(_)
            | Event::Programmes(_)
            | Event::Volunteering(_) => {}
            _ => return,
        }
        self.state.evolve(happened);
    }
}
