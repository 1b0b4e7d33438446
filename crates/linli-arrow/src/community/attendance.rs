//! Who was in which class, a row a child and class.

use linli::ledger::Ledger;
use linli::views::Programmes;
use linli::views::programmes::Attended;

use super::{WithRegistry, of_contexts};
use crate::said::{Said, Word, count, day, holds, known, table, text, word, written};
use crate::{Scan, Table, TableError};

impl Scan {
    /// Every child that was told of in a class, or was enrolled and expected there, however many
    /// sign-ins: in the order of classes and children.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn attendance(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut found = WithRegistry::<Programmes>::default();
        self.fold(ledger, &of_contexts(&["programmes", "registry"]), &mut found)?;
        let attended = found.view.attendance(found.registered());
        let rows = attended.into_iter().map(|told| {
            let window = told.window.and_then(|window| written(&window));
            Row { told, window }
        });
        table(columns(), rows)
    }
}

struct Row<'a> {
    told: Attended<'a>,
    window: Word,
}

fn columns<'a>() -> [Said<Row<'a>>; 9] {
    [
        known(text("class", "its name", |row| Some(row.told.class_id.as_str()))),
        known(word("programme", "of which programme", |row| {
            Some(row.told.programme_id.as_str().into())
        })),
        known(text("child", "by the pseudonym that all others were merged into", |row| {
            Some(row.told.child_ref.as_str())
        })),
        known(day("class_on", "the local day on which the class begins", |row| Some(row.told.on))),
        word("window", "winter, summer, weekend or weekday by the school calendar", |row| {
            row.window.clone()
        }),
        count("grade_n", "the child's grade on that day", |row| row.told.grade_n),
        known(word("phase", "how the class stands", |row| Some(row.told.phase.name().into()))),
        known(word("standing", "how the child stands in it", |row| {
            Some(row.told.standing.name().into())
        })),
        known(holds("attended", "whether it is a person-time", |row| {
            Some(row.told.standing.is_attended())
        })),
    ]
}
