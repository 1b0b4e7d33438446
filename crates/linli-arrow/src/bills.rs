//! The bills of a replay, a row a tariff and session.

use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use linli::replay::{Bill, Report, exactly};
use linli::{CardId, ConnectorId, Flag};

use crate::column::{Column, Lists, Words, always, amount, amounts, instants, maybe, push_list};
use crate::table::{Columns, Filling};
use crate::{Table, TableError};

/// The bills under every tariff, in the order of the tariffs and of the sessions' keys. `names`
/// are the tariffs' in their order. Without [`linli::replay::Replay::keep_bills`] there is no row.
///
/// # Errors
/// [`TableError::TooLarge`] for an amount that no column holds.
pub fn bills(report: &Report, names: &[Option<String>]) -> Result<Table, TableError> {
    let mut table = Filling::new(BillColumns::new());
    for (index, tariff) in report.tariffs.iter().enumerate() {
        let name = names.get(index).and_then(Option::as_deref);
        for bill in tariff.bills.iter() {
            table.push(|columns| columns.push(name, &bill))?;
        }
    }
    table.finish()
}

/// The same, and the report keeps no bill: each one's memory is given back on the way, so that rows
/// and columns are never there at once.
///
/// # Errors
/// [`TableError::TooLarge`], and then too the bills are gone.
pub fn take_bills(report: &mut Report, names: &[Option<String>]) -> Result<Table, TableError> {
    let mut table = Filling::new(BillColumns::new());
    for (index, tariff) in report.tariffs.iter_mut().enumerate() {
        let name = names.get(index).and_then(Option::as_deref);
        for bill in tariff.bills.take_each() {
            table.push(|columns| columns.push(name, &bill))?;
        }
    }
    table.finish()
}

struct BillColumns {
    tariff: Words,
    session: StringBuilder,
    card: StringBuilder,
    connector: StringBuilder,
    started_at: TimestampMicrosecondBuilder,
    ended_at: TimestampMicrosecondBuilder,
    zone: Words,
    energy_wh: Int64Builder,
    currency: Words,
    exact: StringBuilder,
    amount: Decimal128Builder,
    electricity: Decimal128Builder,
    service: Decimal128Builder,
    other: Decimal128Builder,
    mode: Words,
    charging_us: Int64Builder,
    idle_us: Int64Builder,
    issued: Decimal128Builder,
    difference: Decimal128Builder,
    held: BooleanBuilder,
    flags: Lists,
}

impl BillColumns {
    fn new() -> Self {
        Self {
            tariff: Words::new(),
            session: StringBuilder::new(),
            card: StringBuilder::new(),
            connector: StringBuilder::new(),
            started_at: instants(),
            ended_at: instants(),
            zone: Words::new(),
            energy_wh: Int64Builder::new(),
            currency: Words::new(),
            exact: StringBuilder::new(),
            amount: amounts(),
            electricity: amounts(),
            service: amounts(),
            other: amounts(),
            mode: Words::new(),
            charging_us: Int64Builder::new(),
            idle_us: Int64Builder::new(),
            issued: amounts(),
            difference: amounts(),
            held: BooleanBuilder::new(),
            flags: Lists::new(StringBuilder::new()),
        }
    }

    fn push(&mut self, tariff: Option<&str>, bill: &Bill) -> Result<(), TableError> {
        let price = &bill.price;
        self.tariff.append_option(tariff);
        self.session.append_value(bill.session.as_str());
        self.card.append_option(bill.card.as_ref().map(CardId::as_str));
        self.connector.append_option(bill.connector.as_ref().map(ConnectorId::as_str));
        self.started_at.append_value(bill.started_at.0);
        self.ended_at.append_value(bill.ended_at.0);
        self.zone.append_value(bill.zone.name());
        self.energy_wh.append_value(bill.energy.0);
        self.currency.append_value(bill.currency.code());
        self.exact.append_value(exactly(price.exact));
        self.amount.append_value(amount(price.amount)?);
        self.electricity.append_value(amount(price.electricity)?);
        self.service.append_value(amount(price.service)?);
        self.other.append_option(price.other().map(amount).transpose()?);
        self.mode.append_value(price.mode().as_str());
        self.charging_us.append_value(price.charging_us);
        self.idle_us.append_value(price.parking_us);
        self.issued.append_option(bill.issued.map(amount).transpose()?);
        let difference = bill.issued.and_then(|issued| issued.checked_sub(price.amount));
        self.difference.append_option(difference.map(amount).transpose()?);
        self.held.append_value(bill.is_held);
        push_list(&mut self.flags, bill.flags.iter().map(Flag::name));
        Ok(())
    }
}

impl Columns for BillColumns {
    fn take(&mut self) -> Vec<Column> {
        vec![
            maybe(
                "tariff",
                "its file; null where the journal's own assignments decide",
                &mut self.tariff,
            ),
            always("session", "its session's key", &mut self.session),
            maybe("card", "the card that started it", &mut self.card),
            maybe("connector", "where it charged", &mut self.connector),
            always("started_at", "when the session started", &mut self.started_at),
            always("ended_at", "when the session ended", &mut self.ended_at),
            always("zone", "whose wall clock decides", &mut self.zone),
            always("energy_wh", "what was delivered", &mut self.energy_wh),
            always("currency", "of all amounts in the row", &mut self.currency),
            always(
                "exact",
                "before rounding: a decimal, or a fraction such as 1/3",
                &mut self.exact,
            ),
            always("amount", "electricity, service and other together", &mut self.amount),
            always("electricity", "the part for electricity", &mut self.electricity),
            always("service", "the part for the service", &mut self.service),
            maybe("other", "what is neither", &mut self.other),
            always(
                "mode",
                "by what it was billed: energy, time, mixed, session or nothing",
                &mut self.mode,
            ),
            always("charging_us", "how long it charged", &mut self.charging_us),
            always("idle_us", "how long it stood idle", &mut self.idle_us),
            maybe(
                "issued",
                "what was issued, net of credits; null where not compared",
                &mut self.issued,
            ),
            maybe(
                "difference",
                "issued less amount; null where not compared",
                &mut self.difference,
            ),
            always("held", "whether a person has to settle a flag first", &mut self.held),
            always("flags", "what looks wrong", &mut self.flags),
        ]
    }
}
