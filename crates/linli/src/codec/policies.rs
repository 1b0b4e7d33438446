//! The wire table of `policies`.

use super::cbor::{Cbor, Taken, Wrong};
use super::field::{Field, Fields, FromField, Out, Written, put_fields, words};
use super::wire::wire;
use crate::domain::policies::{Event, Notice, Policy};

wire! {
    PolicyWaiting 1 { policy, correlation, step, due_at };
    PolicyTimedOut 1 { policy, correlation, step };
    PolicyActed 1 { policy, correlation, step };
    NoticeGiven 1 { policy, correlation, step, notice, to_ref };
    PolicyRefused 1 { policy, correlation, step, refusal };
}

words! {
    Policy: FlyingWireToPiles = 0, TemporaryFixFollowUp = 1, ScratchToFulfilment = 2, DoseDue = 3,
        HotlineCallback = 4, VolunteerCrediting = 5, ConsentWithdrawal = 6, IdeaToProject = 7,
        VaccineRecall = 8;
    Notice: Task = 0, Reminder = 1, Escalation = 2, Offer = 3, Report = 4;
}
