//! Service requests of Open311 GeoReport v2, in JSON.
//!
//! Out: [`ServiceRequests`], the answer to `GET requests.json`. In: [`read`], one request of such a
//! document as the command that opens a case.
//!
//! # Choices
//! The standard knows `open` and `closed` and nothing between, nor a way back: what is finer stands
//! in `status_notes`, and a case that was opened again is `open` again. `updated_datetime` is the
//! last change, not the closing. Cases that were merged are one request, that of the case they live
//! by, asked for when the first of them was reported: whoever counts requests counts each matter
//! once. The others have no field to stand in.
//!
//! `service_code` is `KIND/CATEGORY`, such as `hazard/wires`, so that a Linli that reads it knows
//! the kind again. A place is Linli's own name for it and so an `address_id`; there are no
//! coordinates. Pictures are kept by hash and have no URL. A `description` was told under a key:
//! where that key is not at hand the field is left out, where nothing was told it is null.
//!
//! A request comes in only while it is open. No command says that a case was closed elsewhere, and
//! none of the steps before a closing may be made up, so that a closed one is refused with that
//! reason.
//!
//! # Source
//! Open311 GeoReport v2, *GET Service Requests*, and *Date/Time format*.

mod incoming;
mod outgoing;
#[cfg(test)]
mod tests;

pub use incoming::{Reported, Unfit, read};
pub use outgoing::{Description, ServiceRequest, ServiceRequests, Status};
