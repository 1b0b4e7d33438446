//! Hazards, nuisances and requests, a row each.

use std::borrow::Cow;

use linli::cases::{CallOutcome, Case, Opened, Satisfied, Solved};
use linli::ledger::Ledger;
use linli::views::cases::{Call, Cases, Past};
use linli::{CaseId, PersonRef, Timestamp};

use super::of_contexts;
use crate::said::{Said, count, counted, instant, known, table, text, word, written};
use crate::{Scan, Table, TableError};

impl Scan {
    /// Every case that was opened, those that were merged behind the case that they live by, which
    /// is the one that counts.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn cases(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut cases = Cases::as_of(self.day());
        self.fold(ledger, &of_contexts(&["cases"]), &mut cases)?;
        let rows = cases.groups().flat_map(|group| {
            let root = group.root.0;
            group.members.into_iter().filter_map(move |(case_id, case, past)| {
                let opened = case.opened.as_ref()?;
                Some(Row { root, case_id, case, opened, past })
            })
        });
        table(columns(), rows)
    }
}

struct Row<'a> {
    root: &'a CaseId,
    case_id: &'a CaseId,
    case: &'a Case,
    opened: &'a Opened,
    past: &'a Past,
}

impl Row<'_> {
    fn calls_n(&self, is_counted: impl Fn(&Call) -> bool) -> u32 {
        counted(self.past.calls.iter().filter(|call| is_counted(call)).count())
    }

    /// How many of the calls that were answered say so.
    fn said_n(&self, says: impl Fn(Solved, Satisfied) -> bool) -> u32 {
        self.calls_n(|call| {
            let answered = call.rating.filter(|_| call.outcome == CallOutcome::Answered);
            answered.is_some_and(|(solved, satisfied)| says(solved, satisfied))
        })
    }

    fn closings(&self) -> impl Iterator<Item = Timestamp> {
        self.past.closings.iter().map(|(at, _)| *at)
    }

    fn body(&self) -> Option<Cow<'_, str>> {
        self.case.assigned.as_ref().map(|assigned| assigned.body_id.as_str().into())
    }
}

fn columns<'a>() -> [Said<Row<'a>>; 27] {
    [
        known(text("case", "its name", |row| Some(row.case_id.as_str()))),
        known(text(
            "counts_as",
            "the case that it lives by; itself where it was not merged",
            |row| Some(row.root.as_str()),
        )),
        known(word("scope", "in which community", |row| Some(row.opened.scope.as_str().into()))),
        known(word("kind", "hazard, nuisance or request", |row| {
            Some(row.opened.kind.name().into())
        })),
        known(word("category", "what it is, as judged last", |row| {
            Some((&*row.case.category).into())
        })),
        count("severity_n", "how grave it is, as judged last: from 1 to 4", |row| {
            row.case.severity_n.map(u32::from)
        }),
        known(text("place", "where", |row| Some(row.opened.place_id.as_str()))),
        text("reporter", "who reported it, by pseudonym; null where nobody is known", |row| {
            row.opened.reporter_ref.as_ref().map(PersonRef::as_str)
        }),
        known(instant("reported_at", "when it was reported first", |row| Some(row.opened.at))),
        known(word("zone", "whose wall clock is meant", |row| Some(row.past.zone.name().into()))),
        known(word("phase", "how it stands", |row| Some(row.case.phase().name().into()))),
        word("body", "who has to handle it", Row::body),
        word("sla_rule", "the row of the rule under which", |row| {
            row.case.assigned.as_ref().map(|assigned| (&*assigned.sla_rule).into())
        }),
        instant("due_at", "until when, pauses that are over included", |row| {
            row.case.clock.due_at()
        }),
        instant("responded_at", "when its reporter was answered first", |row| {
            row.past.responded_at
        }),
        instant("first_closed_at", "when it was closed for the first time", |row| {
            row.closings().min()
        }),
        instant("closed_at", "when it was closed last; null while it is open", |row| {
            row.closings().max().filter(|_| row.case.closed.is_some())
        }),
        word("closed_how", "how it was closed; null while it is open", |row| {
            written(row.case.closed.as_ref()?)
        }),
        known(count("reopened_n", "how often it was opened again", |row| {
            Some(row.case.reopened_n)
        })),
        known(count("repeats_n", "how often it was reported again without a new fact", |row| {
            Some(u32::try_from(row.past.repeats_n).unwrap_or(u32::MAX))
        })),
        known(count("interventions_n", "what was tried, and is", |row| {
            Some(counted(row.case.interventions.len()))
        })),
        known(count("calls_n", "call-backs", |row| Some(row.calls_n(|_| true)))),
        known(count("calls_answered_n", "call-backs that were answered", |row| {
            Some(row.calls_n(|call| call.outcome == CallOutcome::Answered))
        })),
        known(count("solved_n", "answered call-backs that call it solved", |row| {
            Some(row.said_n(|solved, _| solved == Solved::Yes))
        })),
        known(count("unsolved_n", "answered call-backs that do not", |row| {
            Some(row.said_n(|solved, _| solved == Solved::No))
        })),
        known(count("satisfied_n", "answered call-backs by somebody satisfied", |row| {
            Some(row.said_n(|_, satisfied| satisfied == Satisfied::Yes))
        })),
        known(count("unsatisfied_n", "answered call-backs by somebody who is not", |row| {
            Some(row.said_n(|_, satisfied| satisfied == Satisfied::No))
        })),
    ]
}
