//! What may be asked, and what is reported.

mod boundary;
mod head;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{ActivityKind, Answers, CancelReason, GroupKind, Respondent, Standing, Unit, Work};
use crate::domain::{
    ActivityId, BodyId, BookingId, ClassId, ConsentId, GroupId, IdeaId, PersonRef, PlaceId,
    Precision, ProgrammeId, Sealed, SurveyId, Timestamp, TroupeId, VisitId, Zone,
};

/// A command in a programme of the station. `at` is when it happens, in `zone`.
///
/// Those that begin with `Record` or `Correct` report reality and are refused only for naming
/// something that does not exist, for correcting what was corrected already, or for a field that
/// has to be sealed. The others ask and may be refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Asks to found a troupe. How exactly the day is known goes with it: "founded in 2018" is
    /// known to the year.
    FoundTroupe {
        troupe_id: TroupeId,
        at: Timestamp,
        zone: Zone,
        #[serde(default)]
        precision: Precision,
    },
    /// Asks to form a group, of a troupe or on its own.
    FormGroup {
        group_id: GroupId,
        at: Timestamp,
        zone: Zone,
        kind: GroupKind,
        troupe_id: Option<TroupeId>,
    },
    /// Asks to join a group.
    JoinGroup { group_id: GroupId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Asks to leave a group.
    LeaveGroup { group_id: GroupId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Asks to dissolve a group.
    DissolveGroup { group_id: GroupId, at: Timestamp, zone: Zone },
    /// Asks for an activity of one or several groups, for everybody who is in one of them.
    ScheduleActivity {
        activity_id: ActivityId,
        at: Timestamp,
        zone: Zone,
        kind: ActivityKind,
        group_ids: Vec<GroupId>,
        starts_at: Timestamp,
        ends_at: Timestamp,
        place_id: PlaceId,
    },
    /// Reports that an activity was held.
    RecordActivity { activity_id: ActivityId, at: Timestamp, zone: Zone, audience_n: Option<u32> },
    /// Asks to cancel an activity; what it took is free again.
    CancelActivity { activity_id: ActivityId, at: Timestamp, zone: Zone, reason: CancelReason },
    /// Asks to open a programme of classes.
    OpenProgramme {
        programme_id: ProgrammeId,
        at: Timestamp,
        zone: Zone,
        grade_min: u32,
        grade_max: u32,
        capacity_n: u32,
        children_per_adult_max: u32,
    },
    /// Asks to offer a child a place.
    OfferPlace { programme_id: ProgrammeId, at: Timestamp, zone: Zone, child_ref: PersonRef },
    /// Asks, for a child, to take the place that was offered; the consent is still to come.
    AcceptPlace {
        programme_id: ProgrammeId,
        at: Timestamp,
        zone: Zone,
        child_ref: PersonRef,
        guardian_ref: PersonRef,
    },
    /// Asks to enrol a child; refused without a guardian's consent, outside the grades of the
    /// programme, or without a free place.
    EnrolChild {
        programme_id: ProgrammeId,
        at: Timestamp,
        zone: Zone,
        child_ref: PersonRef,
        grade_n: u32,
        school_year: u32,
        guardian_ref: PersonRef,
        consent_id: ConsentId,
    },
    /// Asks to end a child's enrolment early.
    WithdrawChild {
        programme_id: ProgrammeId,
        at: Timestamp,
        zone: Zone,
        child_ref: PersonRef,
        reason: String,
    },
    /// Asks to end a child's enrolment because the course is over.
    FinishEnrolment { programme_id: ProgrammeId, at: Timestamp, zone: Zone, child_ref: PersonRef },
    /// Asks that a child is in another grade from a local day on.
    PromoteGrade {
        child_ref: PersonRef,
        at: Timestamp,
        zone: Zone,
        grade_n: u32,
        valid_from: NaiveDate,
    },
    /// Asks for a class of a programme.
    ScheduleClass {
        class_id: ClassId,
        at: Timestamp,
        zone: Zone,
        programme_id: ProgrammeId,
        starts_at: Timestamp,
        ends_at: Timestamp,
        place_id: PlaceId,
    },
    /// Asks to cancel a class; the adults rostered for it are free again.
    CancelClass { class_id: ClassId, at: Timestamp, zone: Zone, reason: CancelReason },
    /// Asks that an adult looks after a class, for all of it or a part; refused while the adult is
    /// busy.
    RosterAdult {
        class_id: ClassId,
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// Asks that an adult looks after a class no more.
    UnrosterAdult { class_id: ClassId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Reports that a class was held.
    RecordClass { class_id: ClassId, at: Timestamp, zone: Zone },
    /// Reports that a child came to a class.
    RecordSignIn { class_id: ClassId, at: Timestamp, zone: Zone, child_ref: PersonRef },
    /// Asks to hand a child to an adult; refused for one who may not fetch it.
    ReleaseChild {
        class_id: ClassId,
        at: Timestamp,
        zone: Zone,
        child_ref: PersonRef,
        to_ref: PersonRef,
    },
    /// Reports that a child left a class: with an adult, or, without `to_ref`, on its own.
    RecordSignOut {
        class_id: ClassId,
        at: Timestamp,
        zone: Zone,
        child_ref: PersonRef,
        to_ref: Option<PersonRef>,
    },
    /// Reports that a child did not come.
    RecordAbsence {
        class_id: ClassId,
        at: Timestamp,
        zone: Zone,
        child_ref: PersonRef,
        is_excused: bool,
    },
    /// Corrects how a child stands in a class. `supersedes_n` is the number of the version that was
    /// seen; 0 is what was recorded first.
    CorrectAttendance {
        class_id: ClassId,
        at: Timestamp,
        zone: Zone,
        child_ref: PersonRef,
        supersedes_n: u32,
        standing: Standing,
    },
    /// Reports an incident in a class. `text` is sealed.
    RecordIncident {
        class_id: ClassId,
        at: Timestamp,
        zone: Zone,
        child_ref: Option<PersonRef>,
        text: Option<Sealed>,
    },
    /// Reports what was made in a programme, and how much of it was given away.
    RecordItems {
        programme_id: ProgrammeId,
        at: Timestamp,
        zone: Zone,
        item_kind: String,
        items_n: u32,
        donated_n: u32,
    },
    /// Asks for a visit of a delegation.
    PlanVisit { visit_id: VisitId, at: Timestamp, zone: Zone, from_body: BodyId, headcount_n: u32 },
    /// Asks to show a visit a room; refused where the room is booked and nothing is held in it.
    PlanStop {
        visit_id: VisitId,
        at: Timestamp,
        zone: Zone,
        place_id: PlaceId,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// Asks not to show a visit a room after all.
    DropStop { visit_id: VisitId, at: Timestamp, zone: Zone, place_id: PlaceId },
    /// Asks that a delegation counts as received; `headcount_n` are those who came.
    ReceiveVisit { visit_id: VisitId, at: Timestamp, zone: Zone, headcount_n: u32 },
    /// Reports that a visit was shown something. Without `floor_n` the floor is the place's.
    RecordStop {
        visit_id: VisitId,
        at: Timestamp,
        zone: Zone,
        place_id: PlaceId,
        floor_n: Option<i64>,
        shown: String,
    },
    /// Reports that a visit was told of something.
    RecordBriefing { visit_id: VisitId, at: Timestamp, zone: Zone, topic: String },
    /// Asks to close a visit; what it would have been shown later is free again.
    CloseVisit { visit_id: VisitId, at: Timestamp, zone: Zone },
    /// Asks to take in an idea. `text` is sealed.
    SubmitIdea {
        idea_id: IdeaId,
        at: Timestamp,
        zone: Zone,
        person_ref: Option<PersonRef>,
        text: Option<Sealed>,
    },
    /// Asks to support an idea, once a person.
    EndorseIdea { idea_id: IdeaId, at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Asks that an idea counts as looked through.
    ScreenIdea { idea_id: IdeaId, at: Timestamp, zone: Zone },
    /// Asks that an idea counts as assessed.
    AssessIdea { idea_id: IdeaId, at: Timestamp, zone: Zone },
    /// Asks to adopt an idea, as the work that it becomes.
    AdoptIdea { idea_id: IdeaId, at: Timestamp, zone: Zone, work_ref: Work },
    /// Asks to decline an idea.
    DeclineIdea { idea_id: IdeaId, at: Timestamp, zone: Zone, reason: String },
    /// Asks to treat an idea as part of another one.
    MergeIdea { idea_id: IdeaId, at: Timestamp, zone: Zone, into: IdeaId },
    /// Asks to take an idea back.
    WithdrawIdea { idea_id: IdeaId, at: Timestamp, zone: Zone },
    /// Reports that an idea was carried out.
    RecordImplementation { idea_id: IdeaId, at: Timestamp, zone: Zone },
    /// Asks that an idea counts as over.
    EndIdea { idea_id: IdeaId, at: Timestamp, zone: Zone },
    /// Reports a talk at home (谈心).
    RecordTalk { place_id: PlaceId, at: Timestamp, zone: Zone, topics: Vec<String> },
    /// Asks to open a survey.
    OpenSurvey { survey_id: SurveyId, at: Timestamp, zone: Zone, invited_n: u32, unit: Unit },
    /// Reports the answers of one respondent; those given before are replaced.
    RecordAnswer {
        survey_id: SurveyId,
        at: Timestamp,
        zone: Zone,
        by: Respondent,
        answers: Answers,
    },
    /// Asks to close a survey.
    CloseSurvey { survey_id: SurveyId, at: Timestamp, zone: Zone },
    /// Asks for a room; refused while it is booked, or shown to a visit.
    BookRoom {
        booking_id: BookingId,
        at: Timestamp,
        zone: Zone,
        place_id: PlaceId,
        starts_at: Timestamp,
        ends_at: Timestamp,
        for_ref: Option<PersonRef>,
    },
    /// Asks to give a room back.
    CancelBooking { booking_id: BookingId, at: Timestamp, zone: Zone },
    /// Reports that a booked room was used.
    RecordRoomUse { booking_id: BookingId, at: Timestamp, zone: Zone },
}
