//! The tag index: which tag of an item to follow.

use std::collections::{BTreeMap, BTreeSet};

use linli::journal::Query;
use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::session::{Parameter, Session};

/// How many appends from `$4` on have each of the tags `$3`, counted to `$5` and no further.
const COUNT: &str = "SELECT wanted.number, (SELECT count(*) FROM (SELECT FROM linli.tag \
        WHERE journal = $1 AND tag = wanted.tag AND last >= $4 LIMIT $5) AS counted) \
    FROM unnest($2::int4[], $3::bytea[]) AS wanted(number, tag)";

/// Counts go so far, one step after the other, until one tag of each item is known for its rarest.
const STEPS: [i64; 4] = [64, 1_024, 16_384, 262_144];

/// The tags whose appends hold every match from `from` on; `None` if only a scan does.
pub(crate) async fn tags_to_follow<'q>(
    session: &Session,
    journal: i32,
    query: &'q Query,
    from: u64,
) -> Result<Option<Vec<&'q [u8]>>, Trouble> {
    if query.items.is_empty() || query.items.iter().any(|item| item.tags.is_empty()) {
        return Ok(None);
    }
    let mut chosen: BTreeSet<&[u8]> = BTreeSet::new();
    let mut open: Vec<Vec<&[u8]>> = Vec::new();
    for item in &query.items {
        let tags: Vec<&[u8]> = item.tags.iter().map(String::as_bytes).collect();
        match tags[..] {
            [only] => drop(chosen.insert(only)),
            _ => open.push(tags),
        }
    }
    for step in STEPS {
        if open.is_empty() {
            break;
        }
        let counts = counts(session, journal, &open, from, step).await?;
        let mut still_open = Vec::new();
        for (item, counts) in (0_i32..).zip(&counts) {
            let Some(tags) = usize::try_from(item).ok().and_then(|at| open.get(at)) else { break };
            match counts.iter().zip(tags).min() {
                // No append has this tag, so none has all of them.
                Some((0, _)) => {}
                Some((fewest, tag)) if *fewest < step => drop(chosen.insert(tag)),
                _ => still_open.push(tags.clone()),
            }
        }
        open = still_open;
    }
    chosen.extend(open.iter().filter_map(|tags| tags.first()));
    Ok(Some(chosen.into_iter().collect()))
}

/// For each item the counts of its tags, in their order.
async fn counts(
    session: &Session,
    journal: i32,
    items: &[Vec<&[u8]>],
    from: u64,
    step: i64,
) -> Result<Vec<Vec<i64>>, Trouble> {
    let tags: Vec<&[u8]> = items.iter().flatten().copied().collect();
    let numbers: Vec<i32> = (0..).take(tags.len()).collect();
    let from = from.cast_signed();
    let parameters: [Parameter<'_>; 5] = [
        (&journal, Type::INT4),
        (&numbers, Type::INT4_ARRAY),
        (&tags, Type::BYTEA_ARRAY),
        (&from, Type::INT8),
        (&step, Type::INT8),
    ];
    let rows = session.rows(COUNT, &parameters).await?;
    let counted: BTreeMap<i32, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut counted = counted.into_values();
    Ok(items.iter().map(|tags| counted.by_ref().take(tags.len()).collect()).collect())
}
