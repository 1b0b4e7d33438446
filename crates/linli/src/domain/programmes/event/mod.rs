//! What happens in the station's programmes, past tense, facts only.

mod tags;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ActivityKind, Answers, CancelReason, GroupKind, Respondent, Standing, Unit, Work};
use crate::domain::{
    ActivityId, BodyId, BookingId, ClassId, ConsentId, GroupId, IdeaId, PersonRef, PlaceId,
    ProgrammeId, Sealed, SealedField, Subject, SurveyId, Timestamp, TroupeId, VisitId,
};

/// A fact of a programme. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// A troupe was founded.
    TroupeFounded { troupe_id: TroupeId },
    /// A group was formed, of a troupe or on its own.
    GroupFormed { group_id: GroupId, kind: GroupKind, troupe_id: Option<TroupeId> },
    /// Somebody joined a group.
    GroupJoined { group_id: GroupId, person_ref: PersonRef },
    /// Somebody left a group.
    GroupLeft { group_id: GroupId, person_ref: PersonRef },
    /// A group is no more.
    GroupDissolved { group_id: GroupId },
    /// An activity was scheduled; the time of the members is taken.
    ActivityScheduled {
        activity_id: ActivityId,
        kind: ActivityKind,
        group_ids: Vec<GroupId>,
        starts_at: Timestamp,
        ends_at: Timestamp,
        place_id: PlaceId,
        member_refs: Vec<PersonRef>,
    },
    /// An activity was held, before so many people, where somebody counted them.
    ActivityHeld { activity_id: ActivityId, audience_n: Option<u32> },
    /// An activity will not be; what it took is free again.
    ActivityCancelled {
        activity_id: ActivityId,
        reason: CancelReason,
        starts_at: Timestamp,
        ends_at: Timestamp,
        place_id: PlaceId,
        member_refs: Vec<PersonRef>,
    },
    /// A programme was opened, for these grades and so many children.
    ProgrammeOpened {
        programme_id: ProgrammeId,
        grade_min: u32,
        grade_max: u32,
        capacity_n: u32,
        children_per_adult_max: u32,
    },
    /// A child was offered a place.
    PlaceOffered { programme_id: ProgrammeId, child_ref: PersonRef },
    /// The place was taken for the child; the consent is still to come.
    PlaceAccepted { programme_id: ProgrammeId, child_ref: PersonRef, guardian_ref: PersonRef },
    /// A child was enrolled. `school_year` is the year in which it starts, on 1 September.
    ChildEnrolled {
        programme_id: ProgrammeId,
        child_ref: PersonRef,
        grade_n: u32,
        school_year: u32,
        guardian_ref: PersonRef,
        consent_id: ConsentId,
    },
    /// A child left a programme early.
    ChildWithdrawn { programme_id: ProgrammeId, child_ref: PersonRef, reason: String },
    /// A child was in a programme to its end.
    EnrolmentCompleted { programme_id: ProgrammeId, child_ref: PersonRef },
    /// A child is in this grade from a local day on.
    GradeChanged { child_ref: PersonRef, grade_n: u32, valid_from: NaiveDate },
    /// A class was scheduled, with the places and the most children to an adult that its programme
    /// has.
    ClassScheduled {
        class_id: ClassId,
        programme_id: ProgrammeId,
        starts_at: Timestamp,
        ends_at: Timestamp,
        place_id: PlaceId,
        capacity_n: u32,
        children_per_adult_max: u32,
    },
    /// A class will not be.
    ClassCancelled {
        class_id: ClassId,
        reason: CancelReason,
        starts_at: Timestamp,
        ends_at: Timestamp,
        place_id: PlaceId,
    },
    /// An adult looks after a class; that time is taken.
    AdultRostered {
        class_id: ClassId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// An adult looks after a class no more; the time is free again.
    AdultUnrostered {
        class_id: ClassId,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// A class was held.
    ClassHeld { class_id: ClassId },
    /// A child came to a class.
    ChildSignedIn { class_id: ClassId, child_ref: PersonRef },
    /// A child left a class, with an adult or on its own.
    ChildSignedOut { class_id: ClassId, child_ref: PersonRef, to_ref: Option<PersonRef> },
    /// A child did not come to a class.
    AbsenceRecorded { class_id: ClassId, child_ref: PersonRef, is_excused: bool },
    /// How a child stood in a class was put right. It is the version after `supersedes_n`.
    AttendanceCorrected {
        class_id: ClassId,
        child_ref: PersonRef,
        supersedes_n: u32,
        standing: Standing,
    },
    /// Something happened in a class, to a child or to nobody in particular.
    IncidentRecorded { class_id: ClassId, child_ref: Option<PersonRef>, text: Option<Sealed> },
    /// So many things were made in a programme, so many of them given away.
    ItemsMade { programme_id: ProgrammeId, item_kind: String, items_n: u32, donated_n: u32 },
    /// A delegation is expected.
    VisitPlanned { visit_id: VisitId, from_body: BodyId, headcount_n: u32 },
    /// A visit will be shown a room.
    VisitStopPlanned {
        visit_id: VisitId,
        place_id: PlaceId,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// A visit will not be shown a room after all.
    VisitStopDropped {
        visit_id: VisitId,
        place_id: PlaceId,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// A delegation came, so many people.
    VisitReceived { visit_id: VisitId, headcount_n: u32 },
    /// A visit was shown something, on this floor.
    VisitStopMade { visit_id: VisitId, place_id: PlaceId, shown: String, floor_n: Option<i64> },
    /// A visit was told of something.
    BriefingGiven { visit_id: VisitId, topic: String },
    /// A visit is over.
    VisitClosed { visit_id: VisitId },
    /// Somebody had an idea (金点子).
    IdeaSubmitted { idea_id: IdeaId, person_ref: Option<PersonRef>, text: Option<Sealed> },
    /// Somebody supports an idea.
    IdeaEndorsed { idea_id: IdeaId, person_ref: PersonRef },
    /// An idea was looked through.
    IdeaScreened { idea_id: IdeaId },
    /// An idea was assessed.
    IdeaAssessed { idea_id: IdeaId },
    /// An idea was adopted, and this is what it becomes.
    IdeaAdopted { idea_id: IdeaId, work_ref: Work },
    /// An idea was declined.
    IdeaDeclined { idea_id: IdeaId, reason: String },
    /// An idea is part of another one now.
    IdeaMerged { idea_id: IdeaId, into: IdeaId },
    /// An idea was taken back.
    IdeaWithdrawn { idea_id: IdeaId },
    /// An idea was carried out.
    IdeaImplemented { idea_id: IdeaId },
    /// What came of an idea is over.
    IdeaEnded { idea_id: IdeaId },
    /// Somebody talked with people at their home, about this.
    HomeTalkHeld { place_id: PlaceId, topics: Vec<String> },
    /// A survey was opened, and so many were asked.
    SurveyOpened { survey_id: SurveyId, invited_n: u32, unit: Unit },
    /// A respondent answered, or answered again.
    SurveyAnswered { survey_id: SurveyId, by: Respondent, answers: Answers },
    /// A survey was closed, after so many had answered.
    SurveyClosed { survey_id: SurveyId, responded_n: u32 },
    /// A room was booked; its time is taken.
    RoomBooked {
        booking_id: BookingId,
        place_id: PlaceId,
        starts_at: Timestamp,
        ends_at: Timestamp,
        for_ref: Option<PersonRef>,
    },
    /// A booked room was used.
    RoomUsed { booking_id: BookingId },
    /// A booking was cancelled; the room's time is free again.
    RoomFreed {
        booking_id: BookingId,
        /// The room.
        place_id: PlaceId,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
}

impl Event {
    /// Its fields as JSON, without the name of its type around them.
    #[must_use]
    pub fn data(&self) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(named)) => {
                named.into_iter().next().map_or(Value::Null, |(_, fields)| fields)
            }
            _ => Value::Null,
        }
    }

    /// Its fields that stand in the journal only under a key: the child's or the submitter's,
    /// else that of the class or the idea.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let field = match self {
            Self::IncidentRecorded { class_id, child_ref, text } => {
                SealedField::of("text", || of_class(class_id, child_ref.as_ref()), text)
            }
            Self::IdeaSubmitted { idea_id, person_ref, text } => {
                SealedField::of("text", || of_idea(idea_id, person_ref.as_ref()), text)
            }
            _ => None,
        };
        field.into_iter().collect()
    }
}

/// Whom an incident concerns.
pub(super) fn of_class(class_id: &ClassId, child_ref: Option<&PersonRef>) -> Subject {
    child_ref.map_or_else(
        || Subject::of("class", class_id),
        |child_ref| Subject::of("person", child_ref),
    )
}

/// Whom the words of an idea concern.
pub(super) fn of_idea(idea_id: &IdeaId, person_ref: Option<&PersonRef>) -> Subject {
    person_ref.map_or_else(
        || Subject::of("idea", idea_id),
        |person_ref| Subject::of("person", person_ref),
    )
}
