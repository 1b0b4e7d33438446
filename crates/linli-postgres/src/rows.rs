//! The rows of a group, written by one statement.

use std::collections::BTreeMap;

use linli::journal::{IdempotencyKey, Position};
use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::reader::Journal;
use crate::session::{Parameter, Session};

/// Moves the counter from `$2` to `$3` and puts down everything that makes it true.
const WRITE: &str = "WITH appended AS (INSERT INTO linli.append(journal, last, record) \
        SELECT $1, * FROM unnest($4::int8[], $5::bytea[])), \
    tagged AS (INSERT INTO linli.tag(journal, tag, last) \
        SELECT $1, * FROM unnest($6::bytea[], $7::int8[])), \
    keyed AS (INSERT INTO linli.key(journal, key, last) \
        SELECT $1, * FROM unnest($8::uuid[], $9::int8[])), \
    taken_in AS (INSERT INTO linli.checkpoint(journal, source, position) \
        SELECT $1, * FROM unnest($10::bytea[], $11::int8[]) \
        ON CONFLICT (journal, source) DO UPDATE SET position = excluded.position) \
    UPDATE linli.journal SET head = $3 WHERE id = $1 AND head = $2";

/// Columns side by side: a group is sent as arrays.
#[derive(Debug, Default)]
pub(crate) struct Rows<'a> {
    lasts: Vec<i64>,
    records: Vec<Vec<u8>>,
    tags: Vec<&'a [u8]>,
    tag_lasts: Vec<i64>,
    keys: Vec<IdempotencyKey>,
    key_lasts: Vec<i64>,
    /// By the name of the source: of several in a group the last one counts.
    checkpoints: BTreeMap<&'a [u8], i64>,
}

impl<'a> Rows<'a> {
    pub(crate) fn append(&mut self, last: Position, record: Vec<u8>) {
        self.lasts.push(last.0.cast_signed());
        self.records.push(record);
    }

    pub(crate) fn tag(&mut self, tag: &'a str, last: Position) {
        self.tags.push(tag.as_bytes());
        self.tag_lasts.push(last.0.cast_signed());
    }

    pub(crate) fn key(&mut self, key: IdempotencyKey, last: Position) {
        self.keys.push(key);
        self.key_lasts.push(last.0.cast_signed());
    }

    pub(crate) fn checkpoint(&mut self, source: &'a str, position: Position) {
        self.checkpoints.insert(source.as_bytes(), position.0.cast_signed());
    }

    pub(crate) async fn write(
        self,
        journal: &Journal,
        session: &Session,
        base: Option<Position>,
        head: Option<Position>,
    ) -> Result<(), Trouble> {
        let counter = |position: Option<Position>| position.map_or(0, |at| at.0.cast_signed());
        let (base, head) = (counter(base), counter(head));
        let keys: Vec<_> = self.keys.iter().map(|key| key.0).collect();
        let (sources, positions): (Vec<&[u8]>, Vec<i64>) = self.checkpoints.into_iter().unzip();
        let parameters: [Parameter<'_>; 11] = [
            (&journal.id, Type::INT4),
            (&base, Type::INT8),
            (&head, Type::INT8),
            (&self.lasts, Type::INT8_ARRAY),
            (&self.records, Type::BYTEA_ARRAY),
            (&self.tags, Type::BYTEA_ARRAY),
            (&self.tag_lasts, Type::INT8_ARRAY),
            (&keys, Type::UUID_ARRAY),
            (&self.key_lasts, Type::INT8_ARRAY),
            (&sources, Type::BYTEA_ARRAY),
            (&positions, Type::INT8_ARRAY),
        ];
        let moved = session.client.execute_typed(WRITE, &parameters).await?;
        // The lock is held: nobody else can have moved it.
        if moved == 1 { Ok(()) } else { Err(journal.gone()) }
    }
}
