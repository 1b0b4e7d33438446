//! The wire table of `programmes`.

use super::cbor::{Cbor, Taken, Wrong, major};
use super::field::{Field, Fields, FromField, Out, Written, put_fields, words};
use super::wire::wire;
use crate::domain::programmes::{
    ActivityKind, Answer, Answers, CancelReason, Event, GroupKind, Respondent, Standing, Unit, Work,
};

wire! {
    TroupeFounded 1 { troupe_id };
    GroupFormed 1 { group_id, kind, troupe_id };
    GroupJoined 1 { group_id, person_ref };
    GroupLeft 1 { group_id, person_ref };
    GroupDissolved 1 { group_id };
    ActivityScheduled 1 {
        activity_id, kind, group_ids, starts_at, ends_at, place_id, member_refs
    };
    ActivityHeld 1 { activity_id, audience_n };
    ActivityCancelled 1 { activity_id, reason, starts_at, ends_at, place_id, member_refs };
    ProgrammeOpened 1 { programme_id, grade_min, grade_max, capacity_n, children_per_adult_max };
    PlaceOffered 1 { programme_id, child_ref };
    PlaceAccepted 1 { programme_id, child_ref, guardian_ref };
    ChildEnrolled 1 { programme_id, child_ref, grade_n, school_year, guardian_ref, consent_id };
    ChildWithdrawn 1 { programme_id, child_ref, reason };
    EnrolmentCompleted 1 { programme_id, child_ref };
    GradeChanged 1 { child_ref, grade_n, valid_from };
    ClassScheduled 1 {
        class_id, programme_id, starts_at, ends_at, place_id, capacity_n, children_per_adult_max
    };
    ClassCancelled 1 { class_id, reason, starts_at, ends_at, place_id };
    AdultRostered 1 { class_id, person_ref, starts_at, ends_at };
    AdultUnrostered 1 { class_id, person_ref, starts_at, ends_at };
    ClassHeld 1 { class_id };
    ChildSignedIn 1 { class_id, child_ref };
    ChildSignedOut 1 { class_id, child_ref, to_ref };
    AbsenceRecorded 1 { class_id, child_ref, is_excused };
    AttendanceCorrected 1 { class_id, child_ref, supersedes_n, standing };
    IncidentRecorded 1 { class_id, child_ref, text };
    ItemsMade 1 { programme_id, item_kind, items_n, donated_n };
    VisitPlanned 1 { visit_id, from_body, headcount_n };
    VisitStopPlanned 1 { visit_id, place_id, starts_at, ends_at };
    VisitStopDropped 1 { visit_id, place_id, starts_at, ends_at };
    VisitReceived 1 { visit_id, headcount_n };
    VisitStopMade 1 { visit_id, place_id, shown, floor_n };
    BriefingGiven 1 { visit_id, topic };
    VisitClosed 1 { visit_id };
    IdeaSubmitted 1 { idea_id, person_ref, text };
    IdeaEndorsed 1 { idea_id, person_ref };
    IdeaScreened 1 { idea_id };
    IdeaAssessed 1 { idea_id };
    IdeaAdopted 1 { idea_id, work_ref };
    IdeaDeclined 1 { idea_id, reason };
    IdeaMerged 1 { idea_id, into };
    IdeaWithdrawn 1 { idea_id };
    IdeaImplemented 1 { idea_id };
    IdeaEnded 1 { idea_id };
    HomeTalkHeld 1 { place_id, topics };
    SurveyOpened 1 { survey_id, invited_n, unit };
    SurveyAnswered 1 { survey_id, by, answers };
    SurveyClosed 1 { survey_id, responded_n };
    RoomBooked 1 { booking_id, place_id, starts_at, ends_at, for_ref };
    RoomUsed 1 { booking_id };
    RoomFreed 1 { booking_id, place_id, starts_at, ends_at };
}

words! {
    GroupKind: Dance = 0, Catwalk = 1, Instruments = 2, Opera = 3, Parents = 4;
    ActivityKind: CharityTour = 0, FestivalShow = 1, OpeningCeremony = 2, ShowForElders = 3,
        CultureClass = 4, Contest = 5, Rehearsal = 6;
    CancelReason: Weather = 0, Absence = 1, Place = 2, Other = 3;
    Standing: Expected = 0, Present = 1, Late = 2, Partial = 3, AbsentExcused = 4,
        AbsentUnexcused = 5;
    Unit: Household = 0, Person = 1;
}

/// A household stands as 0 and its name, a person as 1 and theirs.
impl Field for Respondent {
    fn put(&self, out: &mut Out) {
        match self {
            Self::Household(place) => put_fields(&[&0_u32, place], out),
            Self::Person(person) => put_fields(&[&1_u32, person], out),
        }
    }
}

impl FromField for Respondent {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let by = match fields.next::<u32>()? {
            0 => Self::Household(fields.next()?),
            1 => Self::Person(fields.next()?),
            _ => return Err(Wrong("a word is not known")),
        };
        fields.close()?;
        Ok(by)
    }
}

/// A project stands as 0 and its name, a case as 1 and its name, anything else as 2 and a text.
impl Field for Work {
    fn put(&self, out: &mut Out) {
        match self {
            Self::Project(project) => put_fields(&[&0_u32, project], out),
            Self::Case(case) => put_fields(&[&1_u32, case], out),
            Self::Other(text) => put_fields(&[&2_u32, text], out),
        }
    }
}

impl FromField for Work {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let work = match fields.next::<u32>()? {
            0 => Self::Project(fields.next()?),
            1 => Self::Case(fields.next()?),
            2 => Self::Other(fields.next()?),
            _ => return Err(Wrong("a word is not known")),
        };
        fields.close()?;
        Ok(work)
    }
}

/// Answers stand as an array of question and answer in turn.
impl Field for Answers {
    fn put(&self, out: &mut Out) {
        let fields = self.iter().flat_map(|(question, answer)| [question as &dyn Field, answer]);
        put_fields(&fields.collect::<Vec<_>>(), out);
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl FromField for Answers {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let texts: Vec<Answer> = Vec::take(bytes)?;
        let mut answers = Self::new();
        let mut told = texts.into_iter();
        loop {
            match (told.next(), told.next()) {
                (None, _) => return Ok(answers),
                (Some(Answer::Word(question)), Some(answer)) => answers.insert(question, answer),
                _ => return Err(Wrong("a question has no answer")),
            };
        }
    }

    fn left_out() -> Taken<Self> {
        Ok(Self::new())
    }
}

/// A number stands as itself, a word as its text.
impl Field for Answer {
    fn put(&self, out: &mut Out) {
        match self {
            Self::Number(number) => number.put(out),
            Self::Word(word) => word.put(out),
        }
    }
}

impl FromField for Answer {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        match bytes.next_major()? {
            major::TEXT => String::take(bytes).map(Self::Word),
            _ => i64::take(bytes).map(Self::Number),
        }
    }
}
