//! Sessions whose issued bill is not what the replay says, a row a tariff and session.

use arrow_array::builder::{Decimal128Builder, StringBuilder};
use linli::Currency;
use linli::replay::{Difference, Report};

use crate::column::{Column, Lists, Words, always, amount, amounts, maybe, push_list};
use crate::table::{Columns, Filling};
use crate::{Table, TableError};

/// What differs, is missing or is extra under every tariff, in the order of the tariffs and of the
/// sessions' keys. `names` are the tariffs' in their order. Without
/// [`linli::replay::Replay::against_issued`] there is no row.
///
/// # Errors
/// [`TableError::TooLarge`] for an amount that no column holds.
pub fn differences(report: &Report, names: &[Option<String>]) -> Result<Table, TableError> {
    let mut table = Filling::new(DifferenceColumns::new());
    for (index, tariff) in report.tariffs.iter().enumerate() {
        let name = names.get(index).and_then(Option::as_deref);
        let found = tariff.against_issued.iter().flat_map(|against| &against.differences);
        for difference in found {
            table.push(|columns| columns.push(name, tariff.currency, difference))?;
        }
    }
    table.finish()
}

struct DifferenceColumns {
    tariff: Words,
    session: StringBuilder,
    kind: Words,
    currency: Words,
    issued: Decimal128Builder,
    replayed: Decimal128Builder,
    difference: Decimal128Builder,
    cause: Words,
    causes: Lists,
}

impl DifferenceColumns {
    fn new() -> Self {
        Self {
            tariff: Words::new(),
            session: StringBuilder::new(),
            kind: Words::new(),
            currency: Words::new(),
            issued: amounts(),
            replayed: amounts(),
            difference: amounts(),
            cause: Words::new(),
            causes: Lists::new(StringBuilder::new()),
        }
    }

    fn push(
        &mut self,
        tariff: Option<&str>,
        currency: Option<Currency>,
        found: &Difference,
    ) -> Result<(), TableError> {
        self.tariff.append_option(tariff);
        self.session.append_value(found.session.as_str());
        self.kind.append_value(found.kind.name());
        self.currency.append_option(currency.map(Currency::code));
        self.issued.append_value(amount(found.issued)?);
        self.replayed.append_value(amount(found.replayed)?);
        self.difference.append_value(amount(found.amount())?);
        self.cause.append_value(found.cause().name());
        push_list(&mut self.causes, found.causes.iter().map(|cause| cause.name()));
        Ok(())
    }
}

impl Columns for DifferenceColumns {
    fn take(&mut self) -> Vec<Column> {
        vec![
            maybe(
                "tariff",
                "its file; null where the journal's own assignments decide",
                &mut self.tariff,
            ),
            always("session", "its session's key", &mut self.session),
            always("kind", "differ, missing or extra", &mut self.kind),
            maybe(
                "currency",
                "of all amounts in the row; null where nothing was priced",
                &mut self.currency,
            ),
            always("issued", "what was issued, net of credits", &mut self.issued),
            always("replayed", "what the replay says", &mut self.replayed),
            always("difference", "issued less replayed", &mut self.difference),
            always("cause", "the likely cause that counts", &mut self.cause),
            always("causes", "all that reproduce the issued amount", &mut self.causes),
        ]
    }
}
