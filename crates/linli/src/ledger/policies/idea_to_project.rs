//! From an adopted idea (金点子) to a project, and with the project to its end.

use std::collections::BTreeMap;

use super::steps::{Due, Known, Matter, days_after};
use super::{Follows, Told};
use crate::domain::policies::{Notice, Policy};
use crate::domain::programmes::{Command as Programmes, Event as OfProgrammes, IdeaPhase, Work};
use crate::domain::volunteering::{Command as Volunteering, Event as OfVolunteers};
use crate::domain::{Event, Evolve, IdeaId, ProjectId, Timestamp};

const LAUNCH: &str = "launch in time";

/// The ideas that were adopted as projects, and the projects that name an idea.
#[derive(Debug, Default)]
pub(super) struct IdeaToProject {
    adopted: BTreeMap<IdeaId, Adopted>,
    launched: BTreeMap<IdeaId, ProjectId>,
}

#[derive(Debug)]
struct Adopted {
    matter: Matter,
    at: Timestamp,
    project_id: ProjectId,
}

impl Evolve for IdeaToProject {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        match &told.happened.event {
            Event::Programmes(OfProgrammes::IdeaAdopted {
                idea_id,
                work_ref: Work::Project(project_id),
            }) => {
                let Some(matter) = told.matter(Policy::IdeaToProject, idea_id.as_str()) else {
                    return;
                };
                let (at, project_id) = (told.happened.at, project_id.clone());
                self.adopted.insert(idea_id.clone(), Adopted { matter, at, project_id });
            }
            Event::Volunteering(OfVolunteers::ProjectLaunched {
                project_id,
                idea_id: Some(idea_id),
                ..
            }) => {
                self.launched.insert(idea_id.clone(), project_id.clone());
            }
            _ => {}
        }
    }
}

impl Follows for IdeaToProject {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let follow = |(idea_id, adopted)| match self.launched.get(idea_id) {
            Some(project_id) => ends_with(known, idea_id, adopted, project_id),
            None => launches(known, idea_id, adopted),
        };
        self.adopted.iter().flat_map(follow).collect()
    }
}

/// The project is launched under the name that the adoption gave it; where it is not in time, the
/// idea is assessed again, and who had it hears of that.
fn launches(known: &Known<'_>, idea_id: &IdeaId, adopted: &Adopted) -> Vec<Due> {
    let Adopted { matter, at, project_id } = adopted;
    let limits = known.limits(matter.zone);
    let mut due = Vec::new();
    if let Some(team_id) = limits.idea_team_id.clone() {
        due.push(matter.step("launch").and(Volunteering::LaunchProject {
            project_id: project_id.clone(),
            at: known.now,
            zone: matter.zone,
            team_id,
            kind: "idea".to_owned(),
            idea_id: Some(idea_id.clone()),
        }));
    }
    let until = days_after(*at, limits.launch_days);
    due.push(known.deadline(matter, LAUNCH, until, |late| late.tells(Notice::Task, None)));
    if known.is_late(matter, LAUNCH) {
        let idea = known.state.programmes.ideas.get(idea_id);
        let who = idea.and_then(|idea| idea.submitted_by.as_ref());
        due.push(matter.step("tell the submitter").tells(Notice::Report, who));
    }
    due
}

/// What is launched is carried out; with the project the idea ends.
fn ends_with(
    known: &Known<'_>,
    idea_id: &IdeaId,
    adopted: &Adopted,
    project_id: &ProjectId,
) -> Vec<Due> {
    let (matter, idea_id) = (&adopted.matter, idea_id.clone());
    let (at, zone) = (known.now, matter.zone);
    let phase = known.state.programmes.ideas.get(&idea_id).and_then(|idea| idea.phase);
    let project = known.state.volunteering.projects.get(project_id);
    let is_retired = project.is_some_and(|project| project.is_retired);
    match phase {
        Some(IdeaPhase::Adopted) => {
            let carried_out = Programmes::RecordImplementation { idea_id, at, zone };
            vec![matter.step("carried out").and(carried_out)]
        }
        Some(IdeaPhase::Implemented) if is_retired => {
            vec![matter.step("end").and(Programmes::EndIdea { idea_id, at, zone })]
        }
        _ => Vec::new(),
    }
}
