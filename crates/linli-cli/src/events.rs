//! `linli events`: the journal as it was written; personal fields open with their keyring alone.

use linli::codec::{self, DecodeError, Recorded};
use linli::journal::{EventView, Page, Position, Query, ReadOptions};
use linli::ledger::Ledger;
use linli::{Event, Happened};
use serde_json::{Value, json};

use crate::args::{EventsArgs, Global};
use crate::failure::Failure;
use crate::figures::{self, local};
use crate::out::{self, Lines};

/// How many events a table shows where no limit was given.
const MOST_ROWS: usize = 100;

pub(crate) fn run(global: &Global, args: &EventsArgs) -> Result<u8, Failure> {
    let ledger = args.keyring.lent_to(global.address()?.open_to_read()?)?;
    let query = query(args);
    let options = ReadOptions::forwards().after(args.after.map(Position));
    let actor = || global.actor.as_str();
    if global.json {
        let mut lines = Lines::open();
        let mut left = args.limit.unwrap_or(usize::MAX);
        let mut options = options;
        while left > 0 {
            let page = ledger.read(actor(), &query, options.limit(left))?;
            for row in rows(&ledger, &page) {
                lines.write(&row?.line().to_string())?;
            }
            left = left.saturating_sub(page.len());
            match page.next() {
                Some(next) => options = options.after(next),
                None => break,
            }
        }
        lines.close()?;
        return Ok(0);
    }
    let page = ledger.read(actor(), &query, options.limit(args.limit.unwrap_or(MOST_ROWS)))?;
    let shown =
        rows(&ledger, &page).map(|row| Ok(row?.cells())).collect::<Result<Vec<_>, Failure>>()?;
    let header = ["position", "occurred", "type", "tags", "what it says"];
    out::text(&figures::table(&header, shown, &[0]))?;
    if let Some(next) = page.next() {
        out::text(&format!("There may be more: --after {next}, or --json for all of them"))?;
    }
    Ok(0)
}

fn query(args: &EventsArgs) -> Query {
    if args.types.is_empty() && args.tags.is_empty() {
        return Query::all();
    }
    let types = args.types.iter().map(String::as_str);
    Query::all().or(types, args.tags.iter().map(String::as_str))
}

/// One event with everything that is shown of it.
#[derive(Debug)]
struct Row {
    position: Position,
    id: String,
    kind: String,
    version: u32,
    tags: Vec<String>,
    recorded: Recorded,
    happened: Happened<Event>,
}

fn rows(ledger: &Ledger, page: &Page) -> impl Iterator<Item = Result<Row, Failure>> {
    page.events().enumerate().map(|(index, view)| {
        let tags = page.tags(index).map(str::to_owned).collect();
        Row::read(ledger, &view, tags)
    })
}

impl Row {
    fn read(ledger: &Ledger, view: &EventView<'_>, tags: Vec<String>) -> Result<Self, Failure> {
        let unread = |error: DecodeError| {
            Failure::store(format!("the event at position {}: {error}", view.position))
        };
        Ok(Self {
            position: view.position,
            id: view.id.to_string(),
            kind: view.event_type.to_owned(),
            version: codec::version(view).map_err(unread)?,
            tags,
            recorded: Recorded::decode(view.append_metadata).map_err(unread)?,
            happened: ledger.event(view)?,
        })
    }

    fn line(&self) -> Value {
        let flags: Vec<&str> = self.happened.flags.iter().map(|flag| flag.name()).collect();
        json!({
            "position": self.position.0,
            "id": self.id,
            "type": self.kind,
            "version": self.version,
            "tags": self.tags,
            "occurred_at": self.happened.at.to_string(),
            "recorded_at": self.recorded.recorded_at.to_string(),
            "zone": self.happened.zone.name(),
            "actor": self.recorded.actor,
            "scope": self.happened.scope.as_str(),
            "channel": self.recorded.channel,
            "reason": self.recorded.reason,
            "flags": flags,
            "data": self.data(),
        })
    }

    fn cells(&self) -> Vec<String> {
        let occurred = local(self.happened.at, self.happened.zone);
        let says = shortened(&self.data().to_string());
        let (kind, tags) = (self.kind.clone(), self.tags.join(" "));
        vec![self.position.to_string(), occurred, kind, tags, says]
    }

    fn data(&self) -> Value {
        self.happened.event.data()
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
