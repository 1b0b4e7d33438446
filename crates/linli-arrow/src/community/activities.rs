//! What the troupe's groups do, a row an activity.

use std::collections::BTreeMap;

use linli::ledger::Ledger;
use linli::programmes::{Activity, ActivityPhase, ActivityPlan, Event as OfStation, State};
use linli::{ActivityId, Event, Evolve, GroupId, Happened, Scope};

use super::of_contexts;
use crate::said::{
    Said, Word, count, counted, holds, instant, known, table, text, word, words, written,
};
use crate::{Scan, Table, TableError};

impl Scan {
    /// Every activity that was scheduled, a joint one once, in the order of their names; rehearsals
    /// among them.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn activities(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut found = Scheduled::default();
        self.fold(ledger, &of_contexts(&["programmes"]), &mut found)?;
        let rows = found.state.activities.iter().filter_map(|(activity_id, activity)| {
            let plan = activity.plan.as_ref()?;
            let (kind, scope) = (written(&plan.kind), found.scopes.get(activity_id));
            Some(Row { activity_id, activity, plan, kind, scope })
        });
        table(columns(), rows)
    }
}

/// The station's programmes, and in which community each activity was scheduled.
#[derive(Default)]
struct Scheduled {
    state: State,
    scopes: BTreeMap<ActivityId, Scope>,
}

impl Evolve for Scheduled {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(told) = happened.clone().programmes() else { return };
        if let OfStation::ActivityScheduled { activity_id, .. } = &told.event {
            self.scopes.entry(activity_id.clone()).or_insert_with(|| told.scope.clone());
        }
        self.state.evolve(&told);
    }
}

struct Row<'a> {
    activity_id: &'a ActivityId,
    activity: &'a Activity,
    plan: &'a ActivityPlan,
    kind: Word,
    scope: Option<&'a Scope>,
}

fn columns<'a>() -> [Said<Row<'a>>; 12] {
    [
        known(text("activity", "its name", |row| Some(row.activity_id.as_str()))),
        word("scope", "in which community", |row| row.scope.map(|scope| scope.as_str().into())),
        known(word("kind", "what it is", |row| row.kind.clone())),
        known(words("groups", "whose it is", |row| {
            row.plan.group_ids.iter().map(GroupId::as_str).collect()
        })),
        known(instant("starts_at", "when it begins", |row| Some(row.plan.span.from))),
        known(instant("ends_at", "when it ends", |row| Some(row.plan.span.until))),
        known(word("zone", "whose wall clock is meant", |row| Some(row.plan.zone.name().into()))),
        known(text("place", "where", |row| Some(row.plan.place_id.as_str()))),
        known(count("members_n", "whose time it takes", |row| {
            Some(counted(row.plan.member_refs.len()))
        })),
        known(word("phase", "how it stands", |row| Some(row.activity.phase.name().into()))),
        count("audience_n", "how many saw it, where somebody counted", |row| {
            row.activity.audience_n
        }),
        known(holds("counts", "whether it was held and is no rehearsal", |row| {
            Some(row.activity.phase == ActivityPhase::Held && row.plan.kind.counts())
        })),
    ]
}
