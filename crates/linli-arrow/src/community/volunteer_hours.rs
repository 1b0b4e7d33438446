//! The time that volunteers gave, a row a person and shift.

use std::collections::BTreeMap;

use linli::ledger::Ledger;
use linli::views::VolunteerHours;
use linli::volunteering::{Credit, Event as OfVolunteers, Stretch};
use linli::{Event, Evolve, Happened, Minutes, PersonRef, Scope, ShiftId};

use super::{WithRegistry, of_contexts};
use crate::said::{Said, count, counted, day, known, table, text, whole, word};
use crate::{Scan, Table, TableError};

impl Scan {
    /// Every shift for which somebody was credited, in the order of people and shifts. These are
    /// minutes: hours are rounded on a certificate only.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn volunteer_hours(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let view = Credited { hours: VolunteerHours::as_of(self.day()), scopes: BTreeMap::new() };
        let mut found = WithRegistry::beside(view);
        self.fold(ledger, &of_contexts(&["volunteering", "registry"]), &mut found)?;
        let registered = found.registered();
        let rows = found.view.hours.credits().map(|(volunteer, shift_id, credit)| Row {
            person: registered.root(volunteer),
            volunteer,
            shift_id,
            credit,
            scope: found.view.scopes.get(shift_id),
        });
        table(columns(), rows)
    }
}

/// The hours, and in which community each shift was credited.
struct Credited {
    hours: VolunteerHours,
    scopes: BTreeMap<ShiftId, Scope>,
}

impl Evolve for Credited {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if let Event::Volunteering(OfVolunteers::HoursCredited { shift_id, .. }) = &happened.event {
            self.scopes.entry(shift_id.clone()).or_insert_with(|| happened.scope.clone());
        }
        self.hours.evolve(happened);
    }
}

struct Row<'a> {
    person: &'a PersonRef,
    volunteer: &'a PersonRef,
    shift_id: &'a ShiftId,
    credit: &'a Credit,
    scope: Option<&'a Scope>,
}

fn columns<'a>() -> [Said<Row<'a>>; 10] {
    [
        known(text("person", "who: the pseudonym that all others were merged into", |row| {
            Some(row.person.as_str())
        })),
        known(text("volunteer", "the pseudonym under which it was told", |row| {
            Some(row.volunteer.as_str())
        })),
        known(text("shift", "in which shift", |row| Some(row.shift_id.as_str()))),
        word("scope", "in which community", |row| row.scope.map(|scope| scope.as_str().into())),
        known(word("project", "of which project", |row| {
            row.credit.of.as_ref().map(|(_, project, _)| project.as_str().into())
        })),
        known(word("body", "who recorded it", |row| {
            row.credit.of.as_ref().map(|(body, ..)| body.as_str().into())
        })),
        known(day("served_on", "the local day on which the shift begins", |row| {
            row.credit.of.as_ref().map(|(.., on)| *on)
        })),
        known(count("stretches_n", "in how many unbroken stretches", |row| {
            Some(counted(row.credit.stretches.len()))
        })),
        known(whole("credited_min", "what stands to the person's credit", |row| {
            Some(row.credit.minutes().0.into())
        })),
        known(whole("adjusted_min", "what of it adjustments made more or less", |row| {
            let served: Minutes =
                row.credit.stretches.iter().map(|one| Stretch::minutes(*one)).sum();
            Some(i64::from(row.credit.minutes().0).saturating_sub(served.0.into()))
        })),
    ]
}
