//! Shifts and classes as an iCalendar: when and where, and nothing of who.
//!
//! An entry is a `VEVENT` with `UID`, `DTSTAMP` and `DTSTART`, which the standard asks for. Times
//! are in UTC, so that no `VTIMEZONE` has to come along. `DTSTAMP` is the moment of the last change
//! and no clock's, so that the same events give the same bytes; a cancelled entry stays, with
//! `STATUS:CANCELLED` and the next `SEQUENCE`, because a calendar that has it forgets it no other
//! way.
//!
//! # Source
//! RFC 5545, sections 3.4, 3.6.1, 3.8.1.11, 3.8.4.7, 3.8.7.2 and 3.8.7.4.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use icalendar::{Component as _, Event as Entry, EventLike as _, EventStatus, Property};
use linli::programmes::Event as OfProgramme;
use linli::volunteering::Event as OfVolunteer;
use linli::{Event, Evolve, Happened, Scope, Timestamp};
use uuid::Uuid;

/// What stands for shifts and classes of a community in a calendar.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    entries: BTreeMap<Named, Planned>,
}

/// What an entry is about: a shift or a class, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    kind: Kind,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Shift,
    Class,
}

#[derive(Clone, Debug)]
struct Planned {
    scope: Scope,
    told_at: Timestamp,
    changed_at: Timestamp,
    starts_at: Timestamp,
    ends_at: Timestamp,
    summary: String,
    place: Option<String>,
    is_cancelled: bool,
}

impl Calendar {
    /// How many entries there are.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// The document, a `VCALENDAR` with lines that end in CR LF. An entry outside the years that a
    /// calendar holds is left out.
    #[must_use]
    pub fn to_ics(&self) -> String {
        let mut calendar = icalendar::Calendar::empty();
        for (key, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//Linli//Linli//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", "PUBLISH"),
        ] {
            calendar.append_property(Property::new(key, value));
        }
        for entry in self.entries.iter().filter_map(|(named, planned)| planned.entry(named)) {
            calendar.push(entry);
        }
        calendar.to_string()
    }

    fn of_volunteer(&mut self, happened: &Happened<Event>, event: &OfVolunteer) {
        match event {
            OfVolunteer::ShiftOpened { shift_id, project_id, starts_at, ends_at, .. } => {
                let planned = Planned {
                    summary: format!("{project_id}: {shift_id}"),
                    ..Planned::of(happened, (*starts_at, *ends_at))
                };
                self.plan(Named { kind: Kind::Shift, name: shift_id.to_string() }, planned);
            }
            OfVolunteer::ShiftCancelled { shift_id, .. } => {
                self.cancel(&Named { kind: Kind::Shift, name: shift_id.to_string() }, happened.at);
            }
            _ => {}
        }
    }

    fn of_programme(&mut self, happened: &Happened<Event>, event: &OfProgramme) {
        match event {
            OfProgramme::ClassScheduled {
                class_id,
                programme_id,
                starts_at,
                ends_at,
                place_id,
                ..
            } => {
                let planned = Planned {
                    summary: format!("{programme_id}: {class_id}"),
                    place: Some(place_id.to_string()),
                    ..Planned::of(happened, (*starts_at, *ends_at))
                };
                self.plan(Named { kind: Kind::Class, name: class_id.to_string() }, planned);
            }
            OfProgramme::ClassCancelled { class_id, .. } => {
                self.cancel(&Named { kind: Kind::Class, name: class_id.to_string() }, happened.at);
            }
            _ => {}
        }
    }

    fn plan(&mut self, named: Named, planned: Planned) {
        self.entries.entry(named).or_insert(planned);
    }

    fn cancel(&mut self, named: &Named, at: Timestamp) {
        if let Some(planned) = self.entries.get_mut(named) {
            planned.is_cancelled = true;
            planned.changed_at = planned.changed_at.max(at);
        }
    }
}

impl Evolve for Calendar {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::Volunteering(event) => self.of_volunteer(happened, event),
            Event::Programmes(event) => self.of_programme(happened, event),
            _ => {}
        }
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Shift => "shift",
            Self::Class => "class",
        }
    }
}

impl Planned {
    fn of(happened: &Happened<Event>, (starts_at, ends_at): (Timestamp, Timestamp)) -> Self {
        Self {
            scope: happened.scope.clone(),
            told_at: happened.at,
            changed_at: happened.at,
            starts_at,
            ends_at,
            summary: String::new(),
            place: None,
            is_cancelled: false,
        }
    }

    fn entry(&self, named: &Named) -> Option<Entry> {
        let mut entry = Entry::with_uid(&self.uid(named));
        entry
            .timestamp(self.changed_at.utc()?)
            .last_modified(self.changed_at.utc()?)
            .starts(self.starts_at.utc()?)
            .ends(self.ends_at.utc()?)
            .summary(&self.summary)
            .add_property("CATEGORIES", named.kind.name().to_uppercase())
            .sequence(u32::from(self.is_cancelled))
            .status(match self.is_cancelled {
                true => EventStatus::Cancelled,
                false => EventStatus::Confirmed,
            });
        if let Some(place) = &self.place {
            entry.location(place);
        }
        Some(entry.done())
    }

    /// One name over all calendars, and the same one for ever: made of what never changes of the
    /// entry. When it was planned tells apart two communities that name their shifts alike.
    fn uid(&self, named: &Named) -> String {
        let told =
            serde_json::json!(
                [self.scope.as_str(), named.kind.name(), named.name, self.told_at.0,]
            );
        Uuid::new_v5(&Uuid::NAMESPACE_OID, told.to_string().as_bytes()).to_string()
    }
}
