//! What has to be known to decide a command.

use super::Command;
use crate::domain::{
    Boundary, BoundaryItem, ClassId, GroupId, PersonRef, PlaceId, ProgrammeId, Registered, Span,
    VisitId,
};

use Command as C;

/// Who belongs to a group.
const MEMBERSHIP: &[&str] = &["GroupFormed", "GroupJoined", "GroupLeft", "GroupDissolved"];
/// What takes and frees somebody's time.
const BUSY: &[&str] =
    &["ActivityScheduled", "ActivityCancelled", "AdultRostered", "AdultUnrostered"];
/// What takes and frees a room, and what is held in it.
const ROOM: &[&str] = &[
    "RoomBooked",
    "RoomFreed",
    "VisitStopPlanned",
    "VisitStopDropped",
    "ActivityScheduled",
    "ActivityCancelled",
    "ClassScheduled",
    "ClassCancelled",
];
/// That a programme is there, and how large it is.
const OPENING: &[&str] = &["ProgrammeOpened"];
/// What takes and frees a place in a programme.
const ENROLMENT: &[&str] = &[
    "ProgrammeOpened",
    "PlaceOffered",
    "PlaceAccepted",
    "ChildEnrolled",
    "ChildWithdrawn",
    "EnrolmentCompleted",
];
/// How a class stands, and who looks after it.
const ROSTER: &[&str] =
    &["ClassScheduled", "ClassCancelled", "ClassHeld", "AdultRostered", "AdultUnrostered"];
/// Who was in a class.
const ATTENDANCE: &[&str] = &[
    "ClassScheduled",
    "ChildSignedIn",
    "ChildSignedOut",
    "AbsenceRecorded",
    "AttendanceCorrected",
];
/// How a survey stands. Other people's answers are not needed to take one.
const SURVEY: &[&str] = &["SurveyOpened", "SurveyClosed"];

impl Command {
    /// The most tags of an event: what the journal allows.
    pub(in crate::domain::programmes) const MOST_TAGS: usize = 256;

    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let mut items = self.of_troupe().or_else(|| self.of_classes()).unwrap_or_default();
        items.extend(self.of_others());
        Boundary { items }
    }

    /// What has to be known besides, once the groups tell who is in them: whose time is taken on
    /// the days around an activity.
    pub(in crate::domain::programmes) fn of_members<'a>(
        &self,
        members: impl IntoIterator<Item = &'a PersonRef>,
    ) -> Vec<BoundaryItem> {
        let C::ScheduleActivity { starts_at, ends_at, .. } = self else { return Vec::new() };
        let span = Span { from: *starts_at, until: *ends_at };
        members.into_iter().flat_map(|member| busy(member, span)).collect()
    }

    fn of_troupe(&self) -> Option<Vec<BoundaryItem>> {
        Some(match self {
            C::FoundTroupe { troupe_id, .. } => {
                vec![BoundaryItem::all(&["TroupeFounded"], format!("troupe:{troupe_id}"))]
            }
            C::FormGroup { group_id, troupe_id, .. } => {
                let troupe = troupe_id.as_ref().map(|troupe_id| {
                    BoundaryItem::all(&["TroupeFounded"], format!("troupe:{troupe_id}"))
                });
                [group(group_id)].into_iter().chain(troupe).collect()
            }
            C::JoinGroup { group_id, .. }
            | C::LeaveGroup { group_id, .. }
            | C::DissolveGroup { group_id, .. } => vec![group(group_id)],
            C::ScheduleActivity { activity_id, group_ids, .. } => {
                let own = BoundaryItem::all(&[], format!("activity:{activity_id}"));
                [own].into_iter().chain(group_ids.iter().map(group)).collect()
            }
            C::RecordActivity { activity_id, .. } | C::CancelActivity { activity_id, .. } => {
                vec![BoundaryItem::all(&[], format!("activity:{activity_id}"))]
            }
            _ => return None,
        })
    }

    fn of_classes(&self) -> Option<Vec<BoundaryItem>> {
        Some(match self {
            C::OpenProgramme { programme_id, .. } | C::RecordItems { programme_id, .. } => {
                vec![programme(OPENING, programme_id)]
            }
            C::OfferPlace { programme_id, .. }
            | C::AcceptPlace { programme_id, .. }
            | C::WithdrawChild { programme_id, .. }
            | C::FinishEnrolment { programme_id, .. } => {
                vec![programme(ENROLMENT, programme_id)]
            }
            C::EnrolChild { programme_id, child_ref, consent_id, .. } => vec![
                programme(ENROLMENT, programme_id),
                Registered::of_person(child_ref),
                Registered::of_consent(consent_id),
            ],
            C::PromoteGrade { child_ref, .. } => vec![child(child_ref)],
            C::ScheduleClass { class_id, programme_id, .. } => {
                vec![class(&["ClassScheduled"], class_id), programme(OPENING, programme_id)]
            }
            C::CancelClass { class_id, .. } | C::UnrosterAdult { class_id, .. } => {
                vec![class(ROSTER, class_id)]
            }
            C::RosterAdult { class_id, person_ref, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                [class(ROSTER, class_id)].into_iter().chain(busy(person_ref, span)).collect()
            }
            C::RecordClass { class_id, .. } => vec![class(&[], class_id)],
            C::RecordSignIn { class_id, child_ref, .. } => {
                let own = class(ATTENDANCE, class_id);
                vec![own, child(child_ref), Registered::of_person(child_ref)]
            }
            C::ReleaseChild { class_id, child_ref, .. }
            | C::RecordSignOut { class_id, child_ref, .. } => {
                vec![class(ATTENDANCE, class_id), Registered::of_person(child_ref)]
            }
            C::RecordAbsence { class_id, .. } | C::CorrectAttendance { class_id, .. } => {
                vec![class(ATTENDANCE, class_id)]
            }
            C::RecordIncident { class_id, .. } => vec![class(&["ClassScheduled"], class_id)],
            _ => return None,
        })
    }

    fn of_others(&self) -> Vec<BoundaryItem> {
        match self {
            C::PlanVisit { visit_id, .. }
            | C::DropStop { visit_id, .. }
            | C::ReceiveVisit { visit_id, .. }
            | C::RecordBriefing { visit_id, .. }
            | C::CloseVisit { visit_id, .. } => vec![visit(visit_id)],
            C::PlanStop { visit_id, place_id, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                [visit(visit_id)].into_iter().chain(room(place_id, span)).collect()
            }
            C::RecordStop { visit_id, place_id, at, .. } => {
                let days = room(place_id, Span { from: *at, until: *at });
                let fixed = [visit(visit_id), Registered::of_place(place_id)];
                fixed.into_iter().chain(days).collect()
            }
            C::SubmitIdea { idea_id, .. }
            | C::EndorseIdea { idea_id, .. }
            | C::ScreenIdea { idea_id, .. }
            | C::AssessIdea { idea_id, .. }
            | C::AdoptIdea { idea_id, .. }
            | C::DeclineIdea { idea_id, .. }
            | C::WithdrawIdea { idea_id, .. }
            | C::RecordImplementation { idea_id, .. }
            | C::EndIdea { idea_id, .. } => {
                vec![BoundaryItem::all(&[], format!("idea:{idea_id}"))]
            }
            C::MergeIdea { idea_id, into, .. } => {
                [idea_id, into].map(|idea| BoundaryItem::all(&[], format!("idea:{idea}"))).into()
            }
            C::RecordTalk { place_id, .. } => vec![Registered::of_place(place_id)],
            C::OpenSurvey { survey_id, .. } | C::RecordAnswer { survey_id, .. } => {
                vec![BoundaryItem::all(SURVEY, format!("survey:{survey_id}"))]
            }
            C::CloseSurvey { survey_id, .. } => {
                vec![BoundaryItem::all(&[], format!("survey:{survey_id}"))]
            }
            C::BookRoom { booking_id, place_id, starts_at, ends_at, .. } => {
                let own = BoundaryItem::all(&[], format!("booking:{booking_id}"));
                let span = Span { from: *starts_at, until: *ends_at };
                [own].into_iter().chain(room(place_id, span)).collect()
            }
            C::CancelBooking { booking_id, .. } | C::RecordRoomUse { booking_id, .. } => {
                vec![BoundaryItem::all(&[], format!("booking:{booking_id}"))]
            }
            _ => Vec::new(),
        }
    }
}

fn group(group_id: &GroupId) -> BoundaryItem {
    BoundaryItem::all(MEMBERSHIP, format!("group:{group_id}"))
}

fn programme(types: &'static [&'static str], programme_id: &ProgrammeId) -> BoundaryItem {
    BoundaryItem::all(types, format!("programme:{programme_id}"))
}

/// In which programmes a child is.
fn child(child_ref: &PersonRef) -> BoundaryItem {
    BoundaryItem::all(ENROLMENT, format!("person:{child_ref}"))
}

fn class(types: &'static [&'static str], class_id: &ClassId) -> BoundaryItem {
    BoundaryItem::all(types, format!("class:{class_id}"))
}

fn visit(visit_id: &VisitId) -> BoundaryItem {
    BoundaryItem::all(&[], format!("visit:{visit_id}"))
}

fn busy(person: &PersonRef, span: Span) -> impl Iterator<Item = BoundaryItem> {
    span.busy_tags_around(person.as_str()).map(|day| BoundaryItem::all(BUSY, day))
}

fn room(place: &PlaceId, span: Span) -> impl Iterator<Item = BoundaryItem> {
    span.busy_tags_around(place.as_str()).map(|day| BoundaryItem::all(ROOM, day))
}
