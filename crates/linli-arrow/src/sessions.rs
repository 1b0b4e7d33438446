//! Every session whose start is known, a row each, in the order of their keys.

use arrow_array::builder::{
    BooleanBuilder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder, UInt32Builder,
};
use linli::charging::tariff::Interval;
use linli::charging::{Installed, Session};
use linli::views::Sessions;
use linli::{CardId, ConnectorId, Flag, SessionKey, Zone};

use crate::column::{Column, Lists, Words, always, instants, maybe, push_list};
use crate::table::{Columns, Filling};
use crate::{Table, TableError};

pub(crate) fn sessions(sessions: &Sessions) -> Result<Table, TableError> {
    let mut table = Filling::new(SessionColumns::new());
    let mut intervals = Vec::new();
    for row in sessions.iter() {
        table.push(|columns| {
            columns.push(row, &mut intervals);
            Ok(())
        })?;
    }
    table.finish()
}

struct SessionColumns {
    session: StringBuilder,
    card: StringBuilder,
    connector: StringBuilder,
    started_at: TimestampMicrosecondBuilder,
    ended_at: TimestampMicrosecondBuilder,
    zone: Words,
    energy_wh: Int64Builder,
    readings: UInt32Builder,
    state: Words,
    held: BooleanBuilder,
    flags: Lists,
}

impl SessionColumns {
    fn new() -> Self {
        Self {
            session: StringBuilder::new(),
            card: StringBuilder::new(),
            connector: StringBuilder::new(),
            started_at: instants(),
            ended_at: instants(),
            zone: Words::new(),
            energy_wh: Int64Builder::new(),
            readings: UInt32Builder::new(),
            state: Words::new(),
            held: BooleanBuilder::new(),
            flags: Lists::new(StringBuilder::new()),
        }
    }

    fn push(
        &mut self,
        (key, session, installed): (&SessionKey, &Session, &Installed),
        intervals: &mut Vec<Interval>,
    ) {
        let billable = session.billable(installed, intervals);
        let started_at = billable.map(|own| own.started_at).or(session.started_at());
        self.session.append_value(key.as_str());
        self.card.append_option(session.card().map(CardId::as_str));
        self.connector.append_option(session.connector().map(ConnectorId::as_str));
        self.started_at.append_option(started_at.map(|at| at.0));
        self.ended_at.append_option(billable.map(|own| own.ended_at.0));
        self.zone.append_option(session.zone().map(Zone::name));
        let energy = billable.and_then(|own| own.energy);
        self.energy_wh.append_option(energy.map(|energy| energy.0));
        self.readings.append_value(u32::try_from(session.samples_n()).unwrap_or(u32::MAX));
        self.state.append_value(session.state().name());
        self.held.append_value(billable.is_some_and(|own| own.is_held));
        let flags = billable.map_or(session.flags(), |own| own.flags);
        push_list(&mut self.flags, flags.iter().map(Flag::name));
    }
}

impl Columns for SessionColumns {
    fn take(&mut self) -> Vec<Column> {
        vec![
            always("session", "its key, SOURCE:source-id", &mut self.session),
            maybe("card", "the card that started it", &mut self.card),
            maybe("connector", "where it charged", &mut self.connector),
            always("started_at", "when it started, as corrected", &mut self.started_at),
            maybe(
                "ended_at",
                "when it ended, as corrected; null while it is open",
                &mut self.ended_at,
            ),
            always("zone", "whose wall clock decides", &mut self.zone),
            maybe(
                "energy_wh",
                "what was delivered; null while it is open, and without a usable reading",
                &mut self.energy_wh,
            ),
            always(
                "readings",
                "how many meter readings lie between start and end",
                &mut self.readings,
            ),
            always("state", "open, ended, closed_by_rule or voided", &mut self.state),
            always(
                "held",
                "whether a person has to settle a flag before it is billed",
                &mut self.held,
            ),
            always("flags", "what looks wrong", &mut self.flags),
        ]
    }
}
