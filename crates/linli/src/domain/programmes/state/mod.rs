//! What the events add up to: groups and activities, children and classes, visits, ideas, surveys,
//! and whose time and which room is taken.

mod classes;
mod ideas;
mod programmes;
mod rooms;
mod surveys;
mod troupe;
mod visits;

pub use classes::{Class, ClassPhase, ClassPlan, Record};
pub use ideas::{Idea, IdeaPhase};
pub use programmes::{Enrolment, Grades, Opened, Programme};
pub use rooms::{Booking, BookingPhase, Rooms};
pub use surveys::Survey;
pub use troupe::{Activity, ActivityPhase, ActivityPlan, Group, Troupe};
pub use visits::{Stop, Visit, VisitPhase};

use std::collections::BTreeMap;

use super::Event;
use crate::domain::{
    ActivityId, BookingId, ClassId, Diary, Evolve, GroupId, Happened, IdeaId, PersonRef,
    ProgrammeId, Span, SurveyId, TroupeId, VisitId,
};

/// Everything a decision in the station's programmes has to know.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The troupes that were founded.
    pub troupes: BTreeMap<TroupeId, Troupe>,
    /// The groups, of troupes and on their own.
    pub groups: BTreeMap<GroupId, Group>,
    /// What groups do together.
    pub activities: BTreeMap<ActivityId, Activity>,
    /// The programmes with the children in them.
    pub programmes: BTreeMap<ProgrammeId, Programme>,
    /// In which grade each child is.
    pub grades: BTreeMap<PersonRef, Grades>,
    /// The classes with who was in them.
    pub classes: BTreeMap<ClassId, Class>,
    /// The delegations.
    pub visits: BTreeMap<VisitId, Visit>,
    /// The ideas.
    pub ideas: BTreeMap<IdeaId, Idea>,
    /// The surveys.
    pub surveys: BTreeMap<SurveyId, Survey>,
    /// The bookings of rooms.
    pub bookings: BTreeMap<BookingId, Booking>,
    /// Whose time is taken.
    pub people: Diary<PersonRef, Claim>,
    /// Which room is taken, and what is held in it.
    pub rooms: Rooms,
}

/// What takes somebody's time, or is held in a room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// An activity.
    Activity(ActivityId),
    /// A class.
    Class(ClassId),
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.of_people(&happened.event);
        self.rooms.evolve(happened);
        match &happened.event {
            Event::TroupeFounded { troupe_id } => {
                self.troupes.entry(troupe_id.clone()).or_default().evolve(happened);
            }
            Event::GroupFormed { group_id, .. }
            | Event::GroupJoined { group_id, .. }
            | Event::GroupLeft { group_id, .. }
            | Event::GroupDissolved { group_id } => {
                self.groups.entry(group_id.clone()).or_default().evolve(happened);
            }
            Event::ActivityScheduled { activity_id, .. }
            | Event::ActivityHeld { activity_id, .. }
            | Event::ActivityCancelled { activity_id, .. } => {
                self.activities.entry(activity_id.clone()).or_default().evolve(happened);
            }
            Event::ProgrammeOpened { programme_id, .. }
            | Event::PlaceOffered { programme_id, .. }
            | Event::PlaceAccepted { programme_id, .. }
            | Event::ChildWithdrawn { programme_id, .. }
            | Event::EnrolmentCompleted { programme_id, .. } => {
                self.programmes.entry(programme_id.clone()).or_default().evolve(happened);
            }
            Event::ChildEnrolled { programme_id, child_ref, .. } => {
                self.programmes.entry(programme_id.clone()).or_default().evolve(happened);
                self.grades.entry(child_ref.clone()).or_default().evolve(happened);
            }
            Event::GradeChanged { child_ref, .. } => {
                self.grades.entry(child_ref.clone()).or_default().evolve(happened);
            }
            _ => self.of_others(happened),
        }
    }
}

impl State {
    fn of_others(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::ClassScheduled { class_id, .. }
            | Event::ClassCancelled { class_id, .. }
            | Event::AdultRostered { class_id, .. }
            | Event::AdultUnrostered { class_id, .. }
            | Event::ClassHeld { class_id }
            | Event::ChildSignedIn { class_id, .. }
            | Event::ChildSignedOut { class_id, .. }
            | Event::AbsenceRecorded { class_id, .. }
            | Event::AttendanceCorrected { class_id, .. } => {
                self.classes.entry(class_id.clone()).or_default().evolve(happened);
            }
            Event::VisitPlanned { visit_id, .. }
            | Event::VisitStopPlanned { visit_id, .. }
            | Event::VisitStopDropped { visit_id, .. }
            | Event::VisitReceived { visit_id, .. }
            | Event::VisitStopMade { visit_id, .. }
            | Event::BriefingGiven { visit_id, .. }
            | Event::VisitClosed { visit_id } => {
                self.visits.entry(visit_id.clone()).or_default().evolve(happened);
            }
            Event::IdeaSubmitted { idea_id, .. }
            | Event::IdeaEndorsed { idea_id, .. }
            | Event::IdeaScreened { idea_id }
            | Event::IdeaAssessed { idea_id }
            | Event::IdeaAdopted { idea_id, .. }
            | Event::IdeaDeclined { idea_id, .. }
            | Event::IdeaMerged { idea_id, .. }
            | Event::IdeaWithdrawn { idea_id }
            | Event::IdeaImplemented { idea_id }
            | Event::IdeaEnded { idea_id } => {
                self.ideas.entry(idea_id.clone()).or_default().evolve(happened);
            }
            Event::SurveyOpened { survey_id, .. }
            | Event::SurveyAnswered { survey_id, .. }
            | Event::SurveyClosed { survey_id, .. } => {
                self.surveys.entry(survey_id.clone()).or_default().evolve(happened);
            }
            Event::RoomBooked { booking_id, .. }
            | Event::RoomUsed { booking_id }
            | Event::RoomFreed { booking_id, .. } => {
                self.bookings.entry(booking_id.clone()).or_default().evolve(happened);
            }
            _ => {}
        }
    }

    /// Whose time an event takes or frees.
    fn of_people(&mut self, event: &Event) {
        match event {
            Event::ActivityScheduled { activity_id, member_refs, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                for member in member_refs {
                    self.people.take(member, &Claim::Activity(activity_id.clone()), span);
                }
            }
            Event::ActivityCancelled { activity_id, member_refs, .. } => {
                for member in member_refs {
                    self.people.free(member, &Claim::Activity(activity_id.clone()));
                }
            }
            Event::AdultRostered { class_id, person_ref, starts_at, ends_at } => {
                let span = Span { from: *starts_at, until: *ends_at };
                self.people.take(person_ref, &Claim::Class(class_id.clone()), span);
            }
            Event::AdultUnrostered { class_id, person_ref, .. } => {
                self.people.free(person_ref, &Claim::Class(class_id.clone()));
            }
            _ => {}
        }
    }
}
