//! Rooms and their bookings.

use super::super::state::{Booking, BookingPhase};
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, span, unknown, wrong_state};
use crate::domain::{BookingId, PlaceId, Span, Timestamp};

use Command as C;

impl State {
    /// What a command about a room leads to.
    pub(super) fn in_rooms(&self, command: &Command) -> Answered {
        match command.clone() {
            C::BookRoom { booking_id, zone, place_id, starts_at, ends_at, for_ref, .. } => {
                if self.booking(&booking_id).is_ok() {
                    return Err(exists("booking", &booking_id));
                }
                match self.in_the_way_of_a_booking(&place_id, span(starts_at, ends_at, zone)?) {
                    Some(until) => Err(Refusal::RoomBusy { until }),
                    None => plain(Event::RoomBooked {
                        booking_id,
                        place_id,
                        starts_at,
                        ends_at,
                        for_ref,
                    }),
                }
            }
            C::CancelBooking { booking_id, .. } => {
                let (booking, place_id) = self.booking(&booking_id)?;
                if booking.phase != BookingPhase::Booked {
                    return Err(wrong_state(&booking_id, booking.phase.name(), "booked"));
                }
                let Span { from: starts_at, until: ends_at } = booking.span;
                let place_id = place_id.clone();
                plain(Event::RoomFreed { booking_id, place_id, starts_at, ends_at })
            }
            C::RecordRoomUse { booking_id, .. } => {
                self.booking(&booking_id)?;
                plain(Event::RoomUsed { booking_id })
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Whether an activity or a class is scheduled in a room at any instant of `span`.
    pub(super) fn is_something_held(&self, place_id: &PlaceId, span: Span) -> bool {
        self.rooms.held.taken_until(place_id, span).is_some()
    }

    /// Until when a room is booked, or shown to a visit although nothing is held in it.
    fn in_the_way_of_a_booking(&self, place_id: &PlaceId, span: Span) -> Option<Timestamp> {
        let booked = self.rooms.booked.taken_until(place_id, span);
        let shown = self.rooms.shown.taken_until(place_id, span);
        booked.or_else(|| shown.filter(|_| !self.is_something_held(place_id, span)))
    }

    fn booking(&self, booking_id: &BookingId) -> Result<(&Booking, &PlaceId), Refusal> {
        let booking = self.bookings.get(booking_id);
        let known = booking.and_then(|booking| Some((booking, booking.place_id.as_ref()?)));
        known.ok_or_else(|| unknown("booking", booking_id))
    }
}
