//! What lies in a journal: events, and the stored appends around them.

use linli::codec::{self, Channel, PlainReader, Reason, Recorded};
use linli::journal::record::Record;
use linli::journal::{
    Append, Blocking, Event, EventView, MemoryStore, PageBuilder, Position, Query, ReadOptions,
};
use linli::{Scope, Timestamp, Zone};

/// What an append in Shanghai states.
fn stated() -> Vec<u8> {
    let recorded = Recorded {
        recorded_at: Timestamp(0),
        actor: "p-1".to_owned(),
        channel: Channel::App,
        zone: Zone::Asia__Shanghai,
        scope: Scope::default(),
        reason: Reason::default(),
    };
    recorded.encode()
}

/// Reads an event: the number of its type in two bytes, the length of its metadata in one, the
/// metadata, the payload. What is read is written and read again; a plain reader says the same.
pub fn event(bytes: &[u8]) -> Option<String> {
    let Some((&[high, low, length], rest)) = bytes.split_first_chunk() else {
        return Some("it is too short".into());
    };
    let kinds: Vec<&str> = codec::KINDS.concat().into_iter().map(|(kind, _)| kind).collect();
    let kind = kinds[usize::from(u16::from_be_bytes([high, low])) % kinds.len()];
    let (metadata, payload) = rest.split_at(usize::from(length).min(rest.len()));
    let (position, id, append_metadata) = (Position(1), uuid::Uuid::nil(), &stated()[..]);
    let view = EventView { position, id, event_type: kind, append_metadata, metadata, payload };
    drop(codec::version(&view));
    drop(Recorded::decode(payload));
    let happened = match codec::decode(&view) {
        Ok(happened) => happened,
        Err(fault) => return Some(fault.to_string()),
    };
    let again = codec::encode(&happened, happened.zone);
    let view = EventView { metadata: &again.metadata, payload: &again.payload, ..view };
    let read = codec::decode(&view).expect("what was written is read");
    assert_eq!(read, happened, "what was written is what was read");
    by_the_short_way(kind, metadata, payload);
    None
}

/// A page with the event in it, for the reader that does not decode.
fn by_the_short_way(kind: &str, metadata: &[u8], payload: &[u8]) {
    let event = Event::new(kind).metadata(metadata).payload(payload);
    let append = Append { events: vec![event], metadata: stated(), ..Append::default() };
    let store = MemoryStore::new();
    let store = Blocking(&store);
    if store.append(append).is_ok() {
        let page = store.read(&Query::all(), ReadOptions::default()).expect("memory is read");
        let _ = PlainReader::of(&page).event(0);
    }
}

/// Reads a stored append whose checksum holds: the position of its last event in eight bytes, and
/// the record without its checksum. Also the bytes as they are, whose checksum hardly holds.
pub fn record(bytes: &[u8]) -> Option<String> {
    let Some((last, body)) = bytes.split_first_chunk() else {
        return Some("it is too short".into());
    };
    let last = Position(u64::from_be_bytes(*last));
    drop(Record::open(last, body));
    // The events stand in one to five bytes behind format and flags: any first position is tried.
    let mut told = Some("no number of events fits".to_owned());
    for events in 1..=3 {
        let Some(first) = last.0.checked_sub(events - 1) else { continue };
        let place = u32::try_from((first >> 32) ^ (first & 0xffff_ffff)).unwrap_or_default();
        let mut crc = crc32fast::Hasher::new_with_initial(place);
        crc.update(body);
        let whole = [body, &crc.finalize().to_le_bytes()].concat();
        told = match Record::open(last, &whole) {
            Ok(record) => read(&record).err(),
            Err(fault) => Some(fault.what.to_owned()),
        };
        if told.is_none() {
            break;
        }
    }
    told
}

/// Every event of a record, in both directions.
fn read(record: &Record<'_>) -> Result<(), String> {
    let range = (record.first().0, record.last().0);
    let _ = (record.key(), record.checkpoint(), record.types().count(), record.tags().count());
    for options in [ReadOptions::forwards(), ReadOptions::backwards()] {
        let mut page = PageBuilder::new(Some(record.last()), &options);
        let filled = record.fill(&mut page, &Query::all(), range, options.direction);
        filled.map_err(|fault| fault.what.to_owned())?;
    }
    record.first_match(&Query::all(), range).map_err(|fault| fault.what.to_owned())?;
    Ok(())
}
