//! Append to bytes.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{FORMAT, HAS_CHECKPOINT, HAS_KEY, SEALED_DESTROYED, SEALED_KEYED, checksum};
use crate::journal::{Append, Content, Event, Position, Sealed};

/// The distinct tags of an append, in byte order: what a tag index has to point to it.
#[must_use]
pub fn tags_of(append: &Append) -> BTreeSet<&str> {
    append.events.iter().flat_map(|event| event.tags.iter()).collect()
}

/// Gives an id of its own (a v7 UUID) to every event that has neither one nor a key to derive it
/// from. A store does this once, when the append is handed over.
#[must_use]
pub fn with_ids(mut append: Append) -> Append {
    if append.key.is_none() {
        for event in &mut append.events {
            event.id.get_or_insert_with(Uuid::now_v7);
        }
    }
    append
}

/// The stored form of an append whose first event stands at `first`.
#[must_use]
pub fn encode(append: &Append, content: &Content, first: Position) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.push(FORMAT);
    out.push(flags(append, content));
    varint(&mut out, append.events.len());
    if let Some(key) = append.key {
        out.extend_from_slice(key.0.as_bytes());
        out.extend_from_slice(&content.clear);
        if let Sealed::Keyed(digest) = &content.sealed {
            out.extend_from_slice(digest);
        }
    }
    if let Some(checkpoint) = &append.checkpoint {
        run(&mut out, checkpoint.source.as_bytes());
        out.extend_from_slice(&checkpoint.position.0.to_le_bytes());
    }
    run(&mut out, &append.metadata);
    let types: BTreeSet<&str> = append.events.iter().map(|e| e.event_type.as_str()).collect();
    let types: Vec<&str> = types.into_iter().collect();
    let tags: Vec<&str> = tags_of(append).into_iter().collect();
    table(&mut out, &types);
    table(&mut out, &tags);
    for event in &append.events {
        write_event(&mut out, event, &types, &tags);
    }
    let crc = checksum(first, &out);
    out.extend_from_slice(&crc.to_le_bytes());
    out
}

fn flags(append: &Append, content: &Content) -> u8 {
    let checkpoint = if append.checkpoint.is_some() { HAS_CHECKPOINT } else { 0 };
    let key = match content.sealed {
        _ if append.key.is_none() => 0,
        Sealed::Nothing => HAS_KEY,
        Sealed::Keyed(_) => HAS_KEY | SEALED_KEYED,
        Sealed::KeyDestroyed => HAS_KEY | SEALED_DESTROYED,
    };
    checkpoint | key
}

fn write_event(out: &mut Vec<u8>, event: &Event, types: &[&str], tags: &[&str]) {
    let number = |table: &[&str], text: &str| table.binary_search(&text).unwrap_or(table.len());
    varint(out, number(types, &event.event_type));
    varint(out, event.tags.len());
    for tag in event.tags.iter() {
        varint(out, number(tags, tag));
    }
    match event.id {
        None => out.push(0),
        Some(id) => {
            out.push(1);
            out.extend_from_slice(id.as_bytes());
        }
    }
    run(out, &event.metadata);
    run(out, &event.payload);
}

fn table(out: &mut Vec<u8>, texts: &[&str]) {
    varint(out, texts.len());
    for text in texts {
        run(out, text.as_bytes());
    }
}

fn run(out: &mut Vec<u8>, bytes: &[u8]) {
    varint(out, bytes.len());
    out.extend_from_slice(bytes);
}

#[expect(clippy::cast_possible_truncation, reason = "LEB128 keeps the low seven bits on purpose")]
fn varint(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
