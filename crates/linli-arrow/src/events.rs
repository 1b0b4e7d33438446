//! The journal as it was written, a row an event.

use arrow_array::builder::{
    StringBuilder, TimestampMicrosecondBuilder, UInt32Builder, UInt64Builder,
};
use linli::codec::{self, DecodeError, Recorded};
use linli::journal::EventView;
use linli::ledger::LedgerError;
use linli::{Event, Happened};

use crate::TableError;
use crate::column::{Column, Lists, Words, always, instants, push_list};
use crate::scan::Numbered;
use crate::table::{Columns, Filling};

pub(crate) struct EventRows(pub(crate) Filling<EventColumns>);

pub(crate) struct EventColumns {
    position: UInt64Builder,
    id: StringBuilder,
    kind: Words,
    version: UInt32Builder,
    tags: Lists,
    occurred_at: TimestampMicrosecondBuilder,
    zone: Words,
    recorded_at: TimestampMicrosecondBuilder,
    actor: Words,
    flags: Lists,
    data: StringBuilder,
}

impl EventRows {
    pub(crate) fn new() -> Self {
        Self(Filling::new(EventColumns {
            position: UInt64Builder::new(),
            id: StringBuilder::new(),
            kind: Words::new(),
            version: UInt32Builder::new(),
            tags: Lists::new(StringBuilder::new()),
            occurred_at: instants(),
            zone: Words::new(),
            recorded_at: instants(),
            actor: Words::new(),
            flags: Lists::new(StringBuilder::new()),
            data: StringBuilder::new(),
        }))
    }

    pub(crate) fn push(
        &mut self,
        of_page: &Numbered<'_>,
        view: &EventView<'_>,
        happened: &Happened<Event>,
    ) -> Result<(), TableError> {
        let position = view.position;
        let unreadable = |error: DecodeError| LedgerError::Unreadable { position, error };
        let version = codec::version(view).map_err(unreadable)?;
        let recorded = Recorded::decode(view.append_metadata).map_err(unreadable)?;
        self.0.push(|columns| {
            columns.position.append_value(position.0);
            columns.id.append_value(view.id.to_string());
            columns.kind.append_value(view.event_type);
            columns.version.append_value(version);
            push_list(&mut columns.tags, of_page.tags());
            columns.occurred_at.append_value(happened.at.0);
            columns.zone.append_value(happened.zone.name());
            columns.recorded_at.append_value(recorded.recorded_at.0);
            columns.actor.append_value(&recorded.actor);
            push_list(&mut columns.flags, happened.flags.iter().map(|flag| flag.name()));
            columns.data.append_value(happened.event.data().to_string());
            Ok(())
        })
    }
}

impl Columns for EventColumns {
    fn take(&mut self) -> Vec<Column> {
        vec![
            always("position", "dense from 1", &mut self.position),
            always("id", "a UUID as text", &mut self.id),
            always("type", "the bare type", &mut self.kind),
            always("version", "in which it was written", &mut self.version),
            always("tags", "what it is about", &mut self.tags),
            always("occurred_at", "when it happened", &mut self.occurred_at),
            always("zone", "whose wall clock is meant", &mut self.zone),
            always("recorded_at", "when it was recorded", &mut self.recorded_at),
            always("actor", "who recorded it", &mut self.actor),
            always("flags", "what looked wrong when it was recorded", &mut self.flags),
            always("data", "its fields as a JSON document", &mut self.data),
        ]
    }
}
