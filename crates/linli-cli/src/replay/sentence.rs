//! A difference in one sentence that its resident understands.

use linli::Money;
use linli::replay::{Cause, Difference, DifferenceKind};

/// What is wrong with a session's bill, and why it may be.
pub(super) fn sentence(difference: &Difference, currency: &str) -> String {
    let Difference { session, issued, replayed, .. } = difference;
    match difference.kind {
        DifferenceKind::Missing => {
            format!("{session}: no bill was issued, and {replayed} {currency} are due.")
        }
        DifferenceKind::Extra => {
            format!("{session}: {issued} {currency} were billed, and nothing was to be paid.")
        }
        DifferenceKind::Differ => {
            let amount = difference.amount();
            let way = if amount < Money::ZERO { "too little" } else { "too much" };
            let off = Money(amount.0.saturating_abs());
            let why = why(difference.cause());
            format!(
                "{session}: {issued} {currency} were billed and {replayed} are right, {off} {way}: \
                 {why}."
            )
        }
    }
}

fn why(cause: Cause) -> &'static str {
    match cause {
        Cause::Step => "one block of time or energy more or less was counted",
        Cause::RoundingMethod => "the amount was rounded in another way",
        Cause::RoundingStage => "its parts were rounded before they were added up",
        Cause::Truncation => "digits were cut off where the tariff rounds",
        Cause::Rate => "all of it was billed at one of the tariff's prices",
        Cause::Boundary => "its hours were read by another clock, or as it began or ended",
        Cause::Limit => "the least or greatest price, or what is free, was taken otherwise",
        Cause::Duplicate => "it is twice the amount, so it was probably billed twice",
        _ => "nothing that was tried explains it, so ask the issuer how it was computed",
    }
}
