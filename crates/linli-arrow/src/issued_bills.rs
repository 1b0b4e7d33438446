//! The bills that the journal holds, a row an event.

use arrow_array::builder::{
    Decimal128Builder, StringBuilder, TimestampMicrosecondBuilder, UInt32Builder, UInt64Builder,
};
use linli::charging::Event as Charging;
use linli::journal::Position;
use linli::{Currency, Event, Happened, Money, SessionKey, TariffId};

use crate::column::{Column, Words, always, amount, amounts, instants, maybe};
use crate::table::{Columns, Filling};
use crate::{Table, TableError};

/// The events that are bills.
pub(crate) const TYPES: [&str; 3] = ["BillRecorded", "BillIssued", "BillCredited"];

pub(crate) struct IssuedRows(Filling<IssuedColumns>);

struct IssuedColumns {
    position: UInt64Builder,
    session: StringBuilder,
    at: TimestampMicrosecondBuilder,
    zone: Words,
    kind: Words,
    bill: StringBuilder,
    source: Words,
    tariff: Words,
    version: UInt32Builder,
    currency: Words,
    amount: Decimal128Builder,
    written: StringBuilder,
    replaces: StringBuilder,
}

/// What one event says of a bill.
#[derive(Default)]
struct Issued<'a> {
    kind: &'static str,
    bill: Option<&'a str>,
    source: Option<&'a str>,
    tariff: Option<(&'a TariffId, u32)>,
    money: Option<(&'a str, Currency)>,
    replaces: Option<&'a str>,
}

impl<'a> Issued<'a> {
    fn of(event: &'a Charging) -> Option<(&'a SessionKey, Self)> {
        match event {
            Charging::BillRecorded { session, source, amount, currency } => {
                let (source, money) = (Some(source.as_str()), Some((amount.as_str(), *currency)));
                Some((session, Self { kind: "recorded", source, money, ..Self::default() }))
            }
            Charging::BillIssued {
                bill,
                session,
                tariff,
                version,
                currency,
                amount,
                replaces,
                ..
            } => {
                let (bill, replaces) = (Some(bill.as_str()), replaces.as_deref());
                let tariff = Some((tariff, *version));
                let money = Some((amount.as_str(), *currency));
                let kind = "issued";
                Some((session, Self { kind, bill, tariff, money, replaces, source: None }))
            }
            Charging::BillCredited { bill, credits, session, .. } => {
                let (bill, replaces) = (Some(bill.as_str()), Some(credits.as_str()));
                Some((session, Self { kind: "credited", bill, replaces, ..Self::default() }))
            }
            _ => None,
        }
    }
}

impl IssuedRows {
    pub(crate) fn new() -> Self {
        Self(Filling::new(IssuedColumns {
            position: UInt64Builder::new(),
            session: StringBuilder::new(),
            at: instants(),
            zone: Words::new(),
            kind: Words::new(),
            bill: StringBuilder::new(),
            source: Words::new(),
            tariff: Words::new(),
            version: UInt32Builder::new(),
            currency: Words::new(),
            amount: amounts(),
            written: StringBuilder::new(),
            replaces: StringBuilder::new(),
        }))
    }

    /// Takes a bill in; other events are passed over.
    pub(crate) fn push(
        &mut self,
        position: Position,
        happened: &Happened<Event>,
    ) -> Result<(), TableError> {
        let Event::Charging(event) = &happened.event else { return Ok(()) };
        let Some((session, issued)) = Issued::of(event) else { return Ok(()) };
        self.0.push(|columns| {
            columns.position.append_value(position.0);
            columns.session.append_value(session.as_str());
            columns.at.append_value(happened.at.0);
            columns.zone.append_value(happened.zone.name());
            columns.kind.append_value(issued.kind);
            columns.bill.append_option(issued.bill);
            columns.source.append_option(issued.source);
            columns.tariff.append_option(issued.tariff.map(|(tariff, _)| tariff.as_str()));
            columns.version.append_option(issued.tariff.map(|(_, version)| version));
            columns.currency.append_option(issued.money.map(|(_, currency)| currency.code()));
            let money = issued.money.and_then(|(text, _)| Money::written(text));
            columns.amount.append_option(money.map(amount).transpose()?);
            columns.written.append_option(issued.money.map(|(text, _)| text));
            columns.replaces.append_option(issued.replaces);
            Ok(())
        })
    }

    pub(crate) fn finish(self) -> Result<Table, TableError> {
        self.0.finish()
    }
}

impl Columns for IssuedColumns {
    fn take(&mut self) -> Vec<Column> {
        vec![
            always("position", "of its event in the journal", &mut self.position),
            always("session", "its session's key", &mut self.session),
            always("at", "when it was issued", &mut self.at),
            always("zone", "whose wall clock is meant", &mut self.zone),
            always("kind", "recorded (somebody else's), issued or credited", &mut self.kind),
            maybe("bill", "its number; null where recorded", &mut self.bill),
            maybe("source", "who issued a recorded one", &mut self.source),
            maybe("tariff", "what an issued one was priced under", &mut self.tariff),
            maybe("version", "of that tariff", &mut self.version),
            maybe("currency", "of the amount; null for a credit", &mut self.currency),
            maybe(
                "amount",
                "what it asks for; null for a credit, which takes all of the other bill back",
                &mut self.amount,
            ),
            maybe("written", "the amount with the digits that the issuer wrote", &mut self.written),
            maybe("replaces", "the bill that it replaces or credits", &mut self.replaces),
        ]
    }
}
