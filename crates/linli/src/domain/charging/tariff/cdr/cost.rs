//! An amount as a CDR states it: bare, with and without tax, or with its taxes beside it.

use super::super::document::{Fields, Node};
use super::super::error::DocumentError;
use super::super::ocpi::Remarks;
use super::super::warning::WarningKind;
use super::read::Version;
use crate::domain::{Exact, Overflow};

/// More taxes than any state has thought of.
const MOST_TAXES: usize = 32;

/// A cost that a CDR states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedCost {
    /// Without tax, in the currency's main unit.
    pub untaxed: Exact,
    /// With tax, if stated.
    pub taxed: Option<Exact>,
    /// The cost without tax, its digits as they were written: how many there are is evidence.
    pub written: String,
}

/// Takes a cost: a bare number as in 2.1.1, `{excl_vat, incl_vat}` as in 2.2.1, or
/// `{before_taxes, taxes}` as in 2.3.0.
pub(super) fn read_cost(
    fields: &mut Fields<'_>,
    key: &str,
    version: Version,
    remarks: &mut Remarks,
) -> Result<Option<StatedCost>, DocumentError> {
    let Some(node) = fields.take(key) else { return Ok(None) };
    if !node.is_object() {
        if version == Version::Later {
            remarks.note(WarningKind::BareCost, &node.path());
        }
        let (untaxed, written) = (node.decimal()?, node.written().into_owned());
        return Ok(Some(StatedCost { untaxed, taxed: None, written }));
    }
    let mut own = node.fields()?;
    let (untaxed, taxed) = if let Some(untaxed) = own.take("before_taxes") {
        let taxes = own.take("taxes").map(|taxes| read_taxes(&taxes)).transpose()?;
        let too_large = |Overflow| DocumentError::TooLarge { path: node.path() };
        let sum = |taxes| untaxed.decimal()?.plus(taxes).map_err(too_large);
        let taxed = taxes.map(sum).transpose()?;
        (untaxed, taxed)
    } else {
        let untaxed = own.need("excl_vat", "the cost without tax, a decimal")?;
        (untaxed, own.take("incl_vat").map(|node| node.decimal()).transpose()?)
    };
    remarks.note_rest(own);
    Ok(Some(StatedCost {
        untaxed: untaxed.decimal()?,
        taxed,
        written: untaxed.written().into_owned(),
    }))
}

/// The sum of the taxes.
fn read_taxes(node: &Node<'_>) -> Result<Exact, DocumentError> {
    let mut sum = Exact::ZERO;
    for item in node.items(MOST_TAXES)? {
        let amount = item.fields()?.need("amount", "the amount of the tax, a decimal")?;
        let more = sum.plus(amount.decimal()?);
        sum = more.map_err(|Overflow| DocumentError::TooLarge { path: amount.path() })?;
    }
    Ok(sum)
}
