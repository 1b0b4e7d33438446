//! Who served is credited once somebody approves; who did not come is not; a place that is given
//! back goes to who waits for it.

use std::collections::BTreeMap;

use super::steps::{Due, Known, Matter, days_after};
use super::{Follows, Told};
use crate::domain::policies::{Notice, Policy};
use crate::domain::programmes::Event as OfProgrammes;
use crate::domain::volunteering::{
    Claim, Command as Volunteering, Event as OfVolunteers, Place, Plan, Presence, Shift, Standing,
    Volunteer,
};
use crate::domain::{ClassId, Event, Evolve, PersonRef, ShiftId, Timestamp};

const GRACE: &str = "grace";
const MINUTE_US: i64 = 60_000_000;

/// The shifts, who waits for a place in the order of asking, and the classes that were held.
#[derive(Debug, Default)]
pub(super) struct VolunteerCrediting {
    shifts: BTreeMap<ShiftId, Matter>,
    waiting: BTreeMap<ShiftId, Vec<PersonRef>>,
    classes: BTreeMap<ClassId, Matter>,
}

impl Evolve for VolunteerCrediting {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        let matter = |name: &str| told.matter(Policy::VolunteerCrediting, name);
        match &told.happened.event {
            Event::Volunteering(OfVolunteers::ShiftOpened { shift_id, .. }) => {
                let matter = matter(shift_id.as_str());
                self.shifts.extend(matter.map(|matter| (shift_id.clone(), matter)));
            }
            Event::Volunteering(OfVolunteers::VolunteerWaitlisted { shift_id, person_ref }) => {
                self.waiting.entry(shift_id.clone()).or_default().push(person_ref.clone());
            }
            Event::Programmes(OfProgrammes::ClassHeld { class_id }) => {
                let matter = matter(class_id.as_str());
                self.classes.extend(matter.map(|matter| (class_id.clone(), matter)));
            }
            _ => {}
        }
    }
}

impl Follows for VolunteerCrediting {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let mut due = Vec::new();
        for (shift_id, matter) in &self.shifts {
            let Some(shift) = known.state.volunteering.shifts.get(shift_id) else { continue };
            let Some(plan) = shift.plan.as_ref().filter(|_| !shift.is_cancelled) else { continue };
            if known.now < plan.span.until {
                let waiting = self.waiting.get(shift_id).map_or(&[][..], Vec::as_slice);
                due.extend(replaces(known, matter, (shift_id, shift), waiting));
            }
            let minutes = i64::from(known.limits(matter.zone).grace_min);
            let until = plan.span.until.0.saturating_add(minutes.saturating_mul(MINUTE_US));
            due.push(known.deadline(matter, GRACE, Timestamp(until), |late| late));
            if known.is_late(matter, GRACE) {
                let places = shift.places.iter();
                due.extend(places.flat_map(|(person_ref, place)| {
                    settles(known, matter, (shift_id, plan, until), (person_ref, *place))
                }));
            }
        }
        due.extend(
            self.classes
                .iter()
                .flat_map(|(class_id, matter)| looked_after(known, class_id, matter)),
        );
        due
    }
}

/// The next who waits gets a place that was given back, one at a time.
fn replaces(
    known: &Known<'_>,
    matter: &Matter,
    (shift_id, shift): (&ShiftId, &Shift),
    waiting: &[PersonRef],
) -> Option<Due> {
    let step = |person_ref: &PersonRef| format!("replace by {person_ref}");
    let next = waiting.iter().find(|person_ref| {
        shift.standing(person_ref) == Some(Standing::Waitlisted)
            && !known.is_taken(matter, &step(person_ref))
    });
    let person_ref = next.filter(|_| !shift.is_full())?;
    Some(matter.step(&step(person_ref)).and(Volunteering::Assign {
        shift_id: shift_id.clone(),
        at: known.now,
        zone: matter.zone,
        person_ref: person_ref.clone(),
        override_reason: None,
    }))
}

/// After the grace: who never came was absent, a missing check-out is proposed, and hours that
/// nobody approves are rejected, with notice.
fn settles(
    known: &Known<'_>,
    matter: &Matter,
    (shift_id, plan, until): (&ShiftId, &Plan, i64),
    (person_ref, place): (&PersonRef, Place),
) -> Vec<Due> {
    let (at, zone) = (known.now, matter.zone);
    let (shift_id, person) = (|| shift_id.clone(), || person_ref.clone());
    if place.standing.is_some_and(Standing::is_accepted) {
        let (shift_id, person_ref) = (shift_id(), person());
        let absent = Volunteering::RecordVolunteerNoShow { shift_id, at, zone, person_ref };
        return vec![matter.step(&format!("absent {}", person())).and(absent)];
    }
    let presence = known.state.volunteering.presence(person_ref, &shift_id());
    let open = presence.into_iter().flat_map(Presence::open);
    let mut due: Vec<Due> = open
        .map(|from_at| {
            let inferred = Volunteering::ProposeAttendance {
                shift_id: shift_id(),
                at,
                zone,
                person_ref: person(),
                rule: "until the end of the shift".to_owned(),
                from_at,
                until_at: plan.span.until,
            };
            matter.step(&format!("propose {person_ref} {from_at}")).and(inferred)
        })
        .collect();
    if place.claim == Some(Claim::Claimed) {
        let by = days_after(Timestamp(until), known.limits(zone).hours_days);
        due.push(known.deadline(matter, &format!("approval {person_ref}"), by, |late| {
            let reason = "nobody approved them in time".to_owned();
            let (shift_id, person_ref) = (shift_id(), person());
            let notice = late.tells(Notice::Report, Some(&person_ref));
            notice.and(Volunteering::RejectHours { shift_id, at, zone, person_ref, reason })
        }));
    }
    due
}

/// An adult who looked after a class served: their time becomes a shift of its own, and is credited
/// as all time is, no minute twice, once somebody approves it.
fn looked_after(known: &Known<'_>, class_id: &ClassId, matter: &Matter) -> Vec<Due> {
    let class = known.state.programmes.classes.get(class_id);
    let Some((class, plan)) = class.and_then(|class| Some((class, class.plan.as_ref()?))) else {
        return Vec::new();
    };
    let project_id = known.limits(matter.zone).class_project_id;
    let shift_id = ShiftId::new(&format!("class {class_id}")).ok();
    let (Some(project_id), Some(shift_id)) = (project_id, shift_id) else { return Vec::new() };
    let volunteers = &known.state.volunteering.volunteers;
    let serves = |adult: &PersonRef| volunteers.get(adult).is_some_and(Volunteer::is_registered);
    let mut adults = class.adults.iter().filter(|(adult, _)| serves(adult)).peekable();
    if adults.peek().is_none() {
        return Vec::new();
    }
    let (at, zone) = (known.now, matter.zone);
    if !known.state.volunteering.shifts.contains_key(&shift_id) {
        return vec![matter.step("shift").and(Volunteering::OpenShift {
            shift_id,
            at,
            zone,
            project_id,
            starts_at: plan.span.from,
            ends_at: plan.span.until,
            capacity_n: u32::try_from(class.adults.len()).unwrap_or(u32::MAX),
            skills: Vec::new(),
            min_age_years: 0,
            is_dangerous: false,
        })];
    }
    let present = adults.map(|(adult, span)| {
        let shift_id = || shift_id.clone();
        let (came, went) = (adult.clone(), adult.clone());
        let (shift, at) = (shift_id(), span.from);
        let came =
            Volunteering::RecordVolunteerCheckIn { shift_id: shift, at, zone, person_ref: came };
        let (shift, at) = (shift_id(), span.until);
        let went =
            Volunteering::RecordVolunteerCheckOut { shift_id: shift, at, zone, person_ref: went };
        matter.step(&format!("present {adult}")).and(came).and(went)
    });
    present.collect()
}
