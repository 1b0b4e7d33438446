//! Which room is booked, what is held in it, and who is shown it.

use super::super::Event;
use super::Claim;
use crate::domain::{
    BookingId, Diary, Evolve, Happened, PersonRef, PlaceId, Span, Timestamp, VisitId,
};

/// The time of the rooms.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    /// What is booked.
    pub booked: Diary<PlaceId, BookingId>,
    /// Which activities and classes are scheduled there. They book nothing.
    pub held: Diary<PlaceId, Claim>,
    /// What visits will be shown.
    pub shown: Diary<PlaceId, VisitId>,
}

impl Evolve for Rooms {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::RoomBooked { booking_id, place_id, starts_at, ends_at, .. } => {
                self.booked.take(place_id, booking_id, span(*starts_at, *ends_at));
            }
            Event::RoomFreed { booking_id, place_id, .. } => self.booked.free(place_id, booking_id),
            Event::VisitStopPlanned { visit_id, place_id, starts_at, ends_at } => {
                self.shown.take(place_id, visit_id, span(*starts_at, *ends_at));
            }
            Event::VisitStopDropped { visit_id, place_id, .. } => {
                self.shown.free(place_id, visit_id)
            }
            Event::ActivityScheduled { activity_id, place_id, starts_at, ends_at, .. } => {
                let claim = Claim::Activity(activity_id.clone());
                self.held.take(place_id, &claim, span(*starts_at, *ends_at));
            }
            Event::ActivityCancelled { activity_id, place_id, .. } => {
                self.held.free(place_id, &Claim::Activity(activity_id.clone()));
            }
            Event::ClassScheduled { class_id, place_id, starts_at, ends_at, .. } => {
                let claim = Claim::Class(class_id.clone());
                self.held.take(place_id, &claim, span(*starts_at, *ends_at));
            }
            Event::ClassCancelled { class_id, place_id, .. } => {
                self.held.free(place_id, &Claim::Class(class_id.clone()));
            }
            _ => {}
        }
    }
}

fn span(from: Timestamp, until: Timestamp) -> Span {
    Span { from, until }
}

/// A booking of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booking {
    /// The room; `None` until it was booked.
    pub place_id: Option<PlaceId>,
    /// When.
    pub span: Span,
    /// For whom.
    pub for_ref: Option<PersonRef>,
    /// How it stands.
    pub phase: BookingPhase,
}

/// How a booking stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum BookingPhase {
    #[default]
    Booked,
    Used,
    Cancelled,
}

impl BookingPhase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Used => "used",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Evolve for Booking {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::RoomBooked { place_id, starts_at, ends_at, for_ref, .. } => {
                self.place_id = Some(place_id.clone());
                self.span = span(*starts_at, *ends_at);
                self.for_ref.clone_from(for_ref);
            }
            Event::RoomUsed { .. } => self.phase = BookingPhase::Used,
            Event::RoomFreed { .. } => self.phase = BookingPhase::Cancelled,
            _ => {}
        }
    }
}
