//! How the rooms are used.

use std::collections::BTreeMap;

use super::Programmes;
use crate::domain::programmes::BookingPhase;
use crate::domain::{PlaceId, Timestamp};
use crate::views::Rate;

/// The bookings of a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomUse {
    /// Used, of all that were booked and not cancelled.
    pub used: Rate,
    /// Cancelled, of all that were booked.
    pub cancelled: Rate,
    /// For how many whole minutes in all it was booked and not cancelled.
    pub booked_min: u64,
}

impl Programmes {
    /// The bookings that begin within two instants, room by room.
    #[must_use]
    pub fn room_use(&self, from: Timestamp, until: Timestamp) -> BTreeMap<&PlaceId, RoomUse> {
        let mut rooms: BTreeMap<&PlaceId, RoomUse> = BTreeMap::new();
        for booking in self.0.bookings.values() {
            let Some(place_id) = &booking.place_id else { continue };
            if !(from..until).contains(&booking.span.from) {
                continue;
            }
            let room = rooms.entry(place_id).or_default();
            let one_if = |is: bool| u64::from(is);
            let is_cancelled = booking.phase == BookingPhase::Cancelled;
            room.cancelled = plus(room.cancelled, one_if(is_cancelled), 1);
            let is_used = booking.phase == BookingPhase::Used;
            room.used = plus(room.used, one_if(is_used), one_if(!is_cancelled));
            if !is_cancelled {
                let booked_us = booking.span.until.since(booking.span.from);
                let booked_min = u64::try_from(booked_us / 60_000_000).unwrap_or(0);
                room.booked_min = room.booked_min.saturating_add(booked_min);
            }
        }
        rooms
    }
}

fn plus(rate: Rate, counted_n: u64, of_n: u64) -> Rate {
    Rate {
        counted_n: rate.counted_n.saturating_add(counted_n),
        of_n: rate.of_n.saturating_add(of_n),
    }
}
