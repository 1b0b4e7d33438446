//! The conditions of a group, looked up in the tag index all at once: most hold because it has
//! nothing for them. The rest is read append by append.

use std::collections::BTreeSet;
use std::ops::Range;

use linli::journal::{Append, Content, Position, Query};
use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::session::{Parameter, Session};

/// Tags that are looked up at once.
const TAGS: usize = 16_384;
/// Which of the tags `$3` has any append from `$4` on.
const HITS: &str = "SELECT wanted.number FROM unnest($2::int4[], $3::bytea[], $4::int8[]) \
    AS wanted(number, tag, low) CROSS JOIN LATERAL (SELECT FROM linli.tag \
    WHERE journal = $1 AND tag = wanted.tag AND last >= wanted.low LIMIT 1) AS hit";

/// A condition of a group: the number of its append, and its place in it.
pub(crate) type Condition = (usize, usize);

/// The conditions that no append up to `base` can break.
pub(crate) async fn unmatched(
    session: &Session,
    journal: i32,
    base: Option<Position>,
    group: &[(Append, Content)],
) -> Result<BTreeSet<Condition>, Trouble> {
    let mut probes = Probes::default();
    for (number, (append, _)) in group.iter().enumerate() {
        for (index, condition) in append.conditions.iter().enumerate() {
            let from = condition.after.map_or(1, |after| after.0.saturating_add(1));
            probes.add((number, index), &condition.fail_if_events_match, from, base);
        }
    }
    let mut hits = BTreeSet::new();
    let all: Vec<i32> = (0..).take(probes.tags.len()).collect();
    let parts = all.chunks(TAGS).zip(probes.tags.chunks(TAGS)).zip(probes.lows.chunks(TAGS));
    for ((numbers, tags), lows) in parts {
        let parameters: [Parameter<'_>; 4] = [
            (&journal, Type::INT4),
            (&numbers, Type::INT4_ARRAY),
            (&tags, Type::BYTEA_ARRAY),
            (&lows, Type::INT8_ARRAY),
        ];
        let rows = session.rows(HITS, &parameters).await?;
        hits.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
    }
    Ok(probes.unmatched(&hits))
}

/// A condition, and for each of its items the numbers of its tags.
#[derive(Debug)]
struct Probe {
    condition: Condition,
    items: Vec<Range<i32>>,
}

/// The tags of conditions, side by side, and whose they are.
#[derive(Debug, Default)]
struct Probes<'a> {
    tags: Vec<&'a [u8]>,
    lows: Vec<i64>,
    conditions: Vec<Probe>,
}

impl<'a> Probes<'a> {
    /// Takes a condition in, unless only the events themselves can tell.
    fn add(&mut self, condition: Condition, query: &'a Query, from: u64, base: Option<Position>) {
        let mut items = Vec::new();
        if base.is_none_or(|base| from > base.0) {
            // There is nothing that it speaks of.
            self.conditions.push(Probe { condition, items });
            return;
        }
        if query.items.is_empty() || query.items.iter().any(|item| item.tags.is_empty()) {
            return;
        }
        for item in &query.items {
            let start = self.end();
            self.tags.extend(item.tags.iter().map(String::as_bytes));
            self.lows.resize(self.tags.len(), from.cast_signed());
            items.push(start..self.end());
        }
        self.conditions.push(Probe { condition, items });
    }

    fn end(&self) -> i32 {
        i32::try_from(self.tags.len()).unwrap_or(i32::MAX)
    }

    /// The conditions of which every item has a tag that was not hit.
    fn unmatched(self, hits: &BTreeSet<i32>) -> BTreeSet<Condition> {
        let cannot_match = |item: &Range<i32>| item.clone().any(|tag| !hits.contains(&tag));
        let holds = |probe: &Probe| probe.items.iter().all(cannot_match);
        self.conditions.into_iter().filter(holds).map(|probe| probe.condition).collect()
    }
}
