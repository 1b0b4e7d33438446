//! The doses that were given, a row each.

use std::collections::BTreeMap;

use linli::ledger::Ledger;
use linli::views::Services;
use linli::views::services::ListedDose;
use linli::{AppointmentId, ClinicSessionId, Dosing, HomeVisitId, PersonRef};

use super::{WithRegistry, of_contexts};
use crate::said::{Said, Word, count, day, instant, known, table, text, word, written};
use crate::{Scan, Table, TableError};

impl Scan {
    /// Every dose that was not voided, in the order in which they were given.
    ///
    /// Whether a dose counts is judged by the version of the dosing rule that holds on the day
    /// asked, or else on that of the last dose; null where none is published.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn doses(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut found = WithRegistry::<Services>::default();
        self.fold(ledger, &of_contexts(&["services", "registry"]), &mut found)?;
        let (registered, doses) = (found.registered(), found.view.doses());
        let last_on = doses.iter().map(|dose| dose.on).max().unwrap_or_default();
        let rule = registered.rule(Dosing::of, self.day().min(last_on));
        let evaluated = rule.map(|(_, rule)| found.view.dose_evaluations(rule, registered));
        let evaluated = evaluated.iter().flatten();
        let validity: BTreeMap<_, _> =
            evaluated.map(|dose| (dose.dose_id, dose.validity.name())).collect();
        let rows = doses.into_iter().map(|listed| Row {
            person: registered.root(&listed.dose.recipient_ref),
            age_band: listed.dose.record.age_band.and_then(|band| written(&band)),
            validity: validity.get(listed.dose_id).copied(),
            rule: rule.map(|(version, _)| version),
            listed,
        });
        table(columns(), rows)
    }
}

struct Row<'a> {
    listed: ListedDose<'a>,
    person: &'a PersonRef,
    age_band: Word,
    validity: Option<&'static str>,
    rule: Option<&'a str>,
}

fn columns<'a>() -> [Said<Row<'a>>; 20] {
    [
        known(text("dose", "its name", |row| Some(row.listed.dose_id.as_str()))),
        known(word("scope", "in which community", |row| {
            Some(row.listed.dose.scope.as_str().into())
        })),
        known(text(
            "person",
            "whose it is: the pseudonym that all others were merged into",
            |row| Some(row.person.as_str()),
        )),
        known(text("recipient", "the pseudonym under which it was told", |row| {
            Some(row.listed.dose.recipient_ref.as_str())
        })),
        known(word("series", "of which series", |row| {
            Some(row.listed.dose.series_id.as_str().into())
        })),
        known(count("dose_no", "which dose of it", |row| Some(row.listed.dose_no))),
        known(word("product", "its code", |row| {
            Some(row.listed.dose.record.product_code.as_str().into())
        })),
        known(word("holder", "who holds the marketing authorisation", |row| {
            Some((&*row.listed.dose.record.holder).into())
        })),
        known(text("lot", "its number", |row| Some(row.listed.dose.record.lot_no.as_str()))),
        known(day("expires_on", "the last day on which the lot may be used", |row| {
            Some(row.listed.dose.record.expires_on)
        })),
        known(instant("given_at", "when it was given, as corrected", |row| {
            Some(row.listed.dose.record.administered_at)
        })),
        known(day("given_on", "on which local day", |row| Some(row.listed.on))),
        known(word("zone", "whose wall clock is meant", |row| {
            Some(row.listed.dose.zone.name().into())
        })),
        text("appointment", "at which appointment", |row| {
            row.listed.dose.appointment_id.as_ref().map(AppointmentId::as_str)
        }),
        text("session", "in which session of the clinic", |row| {
            row.listed.dose.session_id.as_ref().map(ClinicSessionId::as_str)
        }),
        text("home_visit", "in which visit at home", |row| {
            row.listed.dose.visit_id.as_ref().map(HomeVisitId::as_str)
        }),
        word("age_band", "how old the recipient was, in years", |row| row.age_band.clone()),
        known(count("version_n", "how often the record was corrected", |row| {
            Some(row.listed.dose.version_n)
        })),
        word("validity", "valid, or why it does not count", |row| row.validity.map(Into::into)),
        word("rule", "the version of the rule that says so", |row| row.rule.map(Into::into)),
    ]
}
