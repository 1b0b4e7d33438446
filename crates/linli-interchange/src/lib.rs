//! What other houses read and write: Open311 service requests, FHIR resources, calendars.
//!
//! Each standard is a fold over events that becomes a document, and, where something comes in, a
//! function from a document to commands. It knows no ledger, no file, no clock: a document says
//! what the events say, and the same events give the same bytes.
//!
//! ```
//! use linli::{Evolve, Event, Happened, Timestamp};
//! use linli::volunteering::Event as Told;
//! use linli_interchange::Calendar;
//!
//! let at = |text: &str| Timestamp::try_from(text.to_owned());
//! let opened = Told::ShiftOpened {
//!     shift_id: "gate-1".parse()?,
//!     project_id: "gate".parse()?,
//!     starts_at: at("2022-02-20T09:00:00+08:00")?,
//!     ends_at: at("2022-02-20T11:00:00+08:00")?,
//!     capacity_n: 4,
//!     skills: Vec::new(),
//!     min_age_years: 0,
//!     is_dangerous: false,
//! };
//! let mut calendar = Calendar::default();
//! let (told, told_at) = (Event::Volunteering(opened), at("2022-02-01T09:00:00+08:00")?);
//! calendar.evolve(&Happened::at(told_at, "Asia/Shanghai".parse()?, told));
//! assert!(calendar.to_ics().contains("DTSTART:20220220T010000Z"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What crosses and what does not
//! | document | told | kept |
//! | --- | --- | --- |
//! | Open311 | matter, place, state, times, body; words where their key is at hand | reporters |
//! | Immunization, Appointment | pseudonyms, dose, lot, times | findings, reasons of visits |
//! | iCalendar | project, programme, place, times | who has a place, who was there |

mod calendar;
pub mod cell;
#[cfg(test)]
mod community;
pub mod fhir;
mod moment;
pub mod open311;

pub use calendar::Calendar;
pub use moment::zone_at;
