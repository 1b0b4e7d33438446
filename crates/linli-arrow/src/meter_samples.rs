//! Meter readings, a row each.

use arrow_array::builder::{
    Int64Builder, StringBuilder, TimestampMicrosecondBuilder, UInt64Builder,
};
use linli::charging::{self, Reading};
use linli::journal::Position;
use linli::{Event, Happened};

use crate::TableError;
use crate::column::{Column, Words, always, instants, maybe};
use crate::table::{Columns, Filling};

/// The event that is a reading.
pub(crate) const TYPE: &str = "MeterSampled";

pub(crate) struct SampleRows(pub(crate) Filling<SampleColumns>);

pub(crate) struct SampleColumns {
    position: UInt64Builder,
    session: StringBuilder,
    at: TimestampMicrosecondBuilder,
    zone: Words,
    register_wh: Int64Builder,
    energy_wh: Int64Builder,
    power_w: Int64Builder,
}

impl SampleRows {
    pub(crate) fn new() -> Self {
        Self(Filling::new(SampleColumns {
            position: UInt64Builder::new(),
            session: StringBuilder::new(),
            at: instants(),
            zone: Words::new(),
            register_wh: Int64Builder::new(),
            energy_wh: Int64Builder::new(),
            power_w: Int64Builder::new(),
        }))
    }

    /// Takes a reading in; other events are passed over.
    pub(crate) fn push(
        &mut self,
        position: Position,
        happened: &Happened<Event>,
    ) -> Result<(), TableError> {
        let Event::Charging(charging::Event::MeterSampled { session, reading, power }) =
            &happened.event
        else {
            return Ok(());
        };
        let (register, energy) = match reading {
            Reading::Register(register) => (Some(register.0), None),
            Reading::Energy(energy) => (None, Some(energy.0)),
            Reading::Unknown => (None, None),
        };
        self.0.push(|columns| {
            columns.position.append_value(position.0);
            columns.session.append_value(session.as_str());
            columns.at.append_value(happened.at.0);
            columns.zone.append_value(happened.zone.name());
            columns.register_wh.append_option(register);
            columns.energy_wh.append_option(energy);
            columns.power_w.append_option(power.map(|power| power.0));
            Ok(())
        })
    }
}

impl Columns for SampleColumns {
    fn take(&mut self) -> Vec<Column> {
        vec![
            always("position", "of its event in the journal", &mut self.position),
            always("session", "its session's key", &mut self.session),
            always("at", "when it was taken", &mut self.at),
            always("zone", "whose wall clock is meant", &mut self.zone),
            maybe(
                "register_wh",
                "what the register showed; null with energy_wh: a reading that failed",
                &mut self.register_wh,
            ),
            maybe("energy_wh", "the session's own energy so far", &mut self.energy_wh),
            maybe("power_w", "the power at that moment; null where not given", &mut self.power_w),
        ]
    }
}
