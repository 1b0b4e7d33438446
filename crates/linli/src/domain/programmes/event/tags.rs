//! What an event is about, as tags.

use super::Event;
use crate::domain::programmes::Respondent;
use crate::domain::{PersonRef, PlaceId, Span, Zone};

use Event as E;

impl Event {
    /// What it is about, as tags: the thing (`group:`, `class:`, `idea:`, ...), `person:` for each
    /// person named, and `busy:` for each day in `zone` on which it takes or frees somebody's time
    /// or a room. The members of an activity have no tag but that: a large group has more of them
    /// than an event has tags.
    #[must_use]
    pub fn tags(&self, zone: Zone) -> Vec<String> {
        let mut tags = self.of_troupe().or_else(|| self.of_classes()).unwrap_or_default();
        tags.extend(self.of_others());
        tags.extend(self.persons().into_iter().flatten().map(|person| format!("person:{person}")));
        if let Some((persons, place, span)) = self.busy() {
            let persons = persons.iter().map(PersonRef::as_str);
            let resources = persons.chain(place.map(PlaceId::as_str));
            tags.extend(resources.flat_map(|resource| span.busy_tags(resource, zone)));
        }
        tags
    }

    fn of_troupe(&self) -> Option<Vec<String>> {
        Some(match self {
            E::TroupeFounded { troupe_id } => vec![format!("troupe:{troupe_id}")],
            E::GroupFormed { group_id, troupe_id, .. } => {
                let troupe = troupe_id.iter().map(|troupe_id| format!("troupe:{troupe_id}"));
                [format!("group:{group_id}")].into_iter().chain(troupe).collect()
            }
            E::GroupJoined { group_id, .. }
            | E::GroupLeft { group_id, .. }
            | E::GroupDissolved { group_id } => vec![format!("group:{group_id}")],
            E::ActivityScheduled { activity_id, group_ids, .. } => {
                let groups = group_ids.iter().map(|group_id| format!("group:{group_id}"));
                [format!("activity:{activity_id}")].into_iter().chain(groups).collect()
            }
            E::ActivityHeld { activity_id, .. } | E::ActivityCancelled { activity_id, .. } => {
                vec![format!("activity:{activity_id}")]
            }
            _ => return None,
        })
    }

    fn of_classes(&self) -> Option<Vec<String>> {
        Some(match self {
            E::ProgrammeOpened { programme_id, .. }
            | E::PlaceOffered { programme_id, .. }
            | E::PlaceAccepted { programme_id, .. }
            | E::ChildEnrolled { programme_id, .. }
            | E::ChildWithdrawn { programme_id, .. }
            | E::EnrolmentCompleted { programme_id, .. }
            | E::ItemsMade { programme_id, .. } => vec![format!("programme:{programme_id}")],
            E::ClassScheduled { class_id, programme_id, .. } => {
                vec![format!("class:{class_id}"), format!("programme:{programme_id}")]
            }
            E::ClassCancelled { class_id, .. }
            | E::AdultRostered { class_id, .. }
            | E::AdultUnrostered { class_id, .. }
            | E::ClassHeld { class_id }
            | E::ChildSignedIn { class_id, .. }
            | E::ChildSignedOut { class_id, .. }
            | E::AbsenceRecorded { class_id, .. }
            | E::AttendanceCorrected { class_id, .. }
            | E::IncidentRecorded { class_id, .. } => vec![format!("class:{class_id}")],
            _ => return None,
        })
    }

    fn of_others(&self) -> Vec<String> {
        match self {
            E::VisitPlanned { visit_id, .. }
            | E::VisitStopPlanned { visit_id, .. }
            | E::VisitStopDropped { visit_id, .. }
            | E::VisitReceived { visit_id, .. }
            | E::BriefingGiven { visit_id, .. }
            | E::VisitClosed { visit_id } => vec![format!("visit:{visit_id}")],
            E::VisitStopMade { visit_id, place_id, .. } => {
                vec![format!("visit:{visit_id}"), format!("place:{place_id}")]
            }
            E::IdeaMerged { idea_id, into } => {
                vec![format!("idea:{idea_id}"), format!("idea:{into}")]
            }
            E::IdeaSubmitted { idea_id, .. }
            | E::IdeaEndorsed { idea_id, .. }
            | E::IdeaScreened { idea_id }
            | E::IdeaAssessed { idea_id }
            | E::IdeaAdopted { idea_id, .. }
            | E::IdeaDeclined { idea_id, .. }
            | E::IdeaWithdrawn { idea_id }
            | E::IdeaImplemented { idea_id }
            | E::IdeaEnded { idea_id } => vec![format!("idea:{idea_id}")],
            E::HomeTalkHeld { place_id, .. } => vec![format!("place:{place_id}")],
            E::SurveyAnswered { survey_id, by: Respondent::Household(place_id), .. } => {
                vec![format!("survey:{survey_id}"), format!("place:{place_id}")]
            }
            E::SurveyOpened { survey_id, .. }
            | E::SurveyAnswered { survey_id, .. }
            | E::SurveyClosed { survey_id, .. } => vec![format!("survey:{survey_id}")],
            E::RoomBooked { booking_id, .. }
            | E::RoomUsed { booking_id }
            | E::RoomFreed { booking_id, .. } => vec![format!("booking:{booking_id}")],
            _ => Vec::new(),
        }
    }

    fn persons(&self) -> [Option<&PersonRef>; 2] {
        match self {
            E::GroupJoined { person_ref, .. }
            | E::GroupLeft { person_ref, .. }
            | E::PlaceOffered { child_ref: person_ref, .. }
            | E::ChildWithdrawn { child_ref: person_ref, .. }
            | E::EnrolmentCompleted { child_ref: person_ref, .. }
            | E::GradeChanged { child_ref: person_ref, .. }
            | E::AdultRostered { person_ref, .. }
            | E::AdultUnrostered { person_ref, .. }
            | E::ChildSignedIn { child_ref: person_ref, .. }
            | E::AbsenceRecorded { child_ref: person_ref, .. }
            | E::AttendanceCorrected { child_ref: person_ref, .. }
            | E::IdeaEndorsed { person_ref, .. }
            | E::SurveyAnswered { by: Respondent::Person(person_ref), .. } => {
                [Some(person_ref), None]
            }
            E::PlaceAccepted { child_ref, guardian_ref, .. }
            | E::ChildEnrolled { child_ref, guardian_ref, .. } => {
                [Some(child_ref), Some(guardian_ref)]
            }
            E::ChildSignedOut { child_ref, to_ref, .. } => [Some(child_ref), to_ref.as_ref()],
            E::IncidentRecorded { child_ref: person_ref, .. }
            | E::IdeaSubmitted { person_ref, .. }
            | E::RoomBooked { for_ref: person_ref, .. } => [person_ref.as_ref(), None],
            _ => [None, None],
        }
    }

    /// Whose time and which room it takes or frees, and when.
    fn busy(&self) -> Option<(&[PersonRef], Option<&PlaceId>, Span)> {
        let (persons, place, from, until) = match self {
            E::ActivityScheduled { member_refs, place_id, starts_at, ends_at, .. }
            | E::ActivityCancelled { member_refs, place_id, starts_at, ends_at, .. } => {
                (&member_refs[..], Some(place_id), starts_at, ends_at)
            }
            E::AdultRostered { person_ref, starts_at, ends_at, .. }
            | E::AdultUnrostered { person_ref, starts_at, ends_at, .. } => {
                (std::slice::from_ref(person_ref), None, starts_at, ends_at)
            }
            E::ClassScheduled { place_id, starts_at, ends_at, .. }
            | E::ClassCancelled { place_id, starts_at, ends_at, .. }
            | E::VisitStopPlanned { place_id, starts_at, ends_at, .. }
            | E::VisitStopDropped { place_id, starts_at, ends_at, .. }
            | E::RoomBooked { place_id, starts_at, ends_at, .. }
            | E::RoomFreed { place_id, starts_at, ends_at, .. } => {
                (&[][..], Some(place_id), starts_at, ends_at)
            }
            _ => return None,
        };
        Some((persons, place, Span { from: *from, until: *until }))
    }
}
