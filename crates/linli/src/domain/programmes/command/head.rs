//! When a command happens, and which of its fields are sealed.

use super::Command;
use crate::domain::programmes::event::{of_class, of_idea};
use crate::domain::{SealedField, Timestamp, Zone};

impl Command {
    /// When and where it happens.
    #[must_use]
    pub fn head(&self) -> (Timestamp, Zone) {
        match self {
            Self::FoundTroupe { at, zone, .. }
            | Self::FormGroup { at, zone, .. }
            | Self::JoinGroup { at, zone, .. }
            | Self::LeaveGroup { at, zone, .. }
            | Self::DissolveGroup { at, zone, .. }
            | Self::ScheduleActivity { at, zone, .. }
            | Self::RecordActivity { at, zone, .. }
            | Self::CancelActivity { at, zone, .. }
            | Self::OpenProgramme { at, zone, .. }
            | Self::OfferPlace { at, zone, .. }
            | Self::AcceptPlace { at, zone, .. }
            | Self::EnrolChild { at, zone, .. }
            | Self::WithdrawChild { at, zone, .. }
            | Self::FinishEnrolment { at, zone, .. }
            | Self::PromoteGrade { at, zone, .. }
            | Self::ScheduleClass { at, zone, .. }
            | Self::CancelClass { at, zone, .. }
            | Self::RosterAdult { at, zone, .. }
            | Self::UnrosterAdult { at, zone, .. }
            | Self::RecordClass { at, zone, .. }
            | Self::RecordSignIn { at, zone, .. }
            | Self::ReleaseChild { at, zone, .. }
            | Self::RecordSignOut { at, zone, .. }
            | Self::RecordAbsence { at, zone, .. }
            | Self::CorrectAttendance { at, zone, .. }
            | Self::RecordIncident { at, zone, .. }
            | Self::RecordItems { at, zone, .. }
            | Self::PlanVisit { at, zone, .. }
            | Self::PlanStop { at, zone, .. }
            | Self::DropStop { at, zone, .. }
            | Self::ReceiveVisit { at, zone, .. }
            | Self::RecordStop { at, zone, .. }
            | Self::RecordBriefing { at, zone, .. }
            | Self::CloseVisit { at, zone, .. }
            | Self::SubmitIdea { at, zone, .. }
            | Self::EndorseIdea { at, zone, .. }
            | Self::ScreenIdea { at, zone, .. }
            | Self::AssessIdea { at, zone, .. }
            | Self::AdoptIdea { at, zone, .. }
            | Self::DeclineIdea { at, zone, .. }
            | Self::MergeIdea { at, zone, .. }
            | Self::WithdrawIdea { at, zone, .. }
            | Self::RecordImplementation { at, zone, .. }
            | Self::EndIdea { at, zone, .. }
            | Self::RecordTalk { at, zone, .. }
            | Self::OpenSurvey { at, zone, .. }
            | Self::RecordAnswer { at, zone, .. }
            | Self::CloseSurvey { at, zone, .. }
            | Self::BookRoom { at, zone, .. }
            | Self::CancelBooking { at, zone, .. }
            | Self::RecordRoomUse { at, zone, .. } => (*at, *zone),
        }
    }

    /// Its fields that may stand in the journal only under a key.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let field = match self {
            Self::RecordIncident { class_id, child_ref, text, .. } => {
                SealedField::of("text", || of_class(class_id, child_ref.as_ref()), text)
            }
            Self::SubmitIdea { idea_id, person_ref, text, .. } => {
                SealedField::of("text", || of_idea(idea_id, person_ref.as_ref()), text)
            }
            _ => None,
        };
        field.into_iter().collect()
    }
}
