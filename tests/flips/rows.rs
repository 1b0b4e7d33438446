//! A journal in the tables of a PostgreSQL server. Its pages are the server's to guard; here a bit
//! is flipped in the value of a row, as whoever may write there could.

use linli_postgres::PostgresStore;
use linli_postgres::trial::Fresh;
use postgres::{Client, NoTls, SimpleQueryMessage};

use super::story::{Answer, ask, tell_all};
use super::{Counts, Fate, Kept, is_found, judge, within};

/// Every column but two: the number that the server gives to a journal and lets nobody change, and
/// the journal's name, by which it is asked for.
const COLUMNS: [(&str, &str, Kind); 14] = [
    ("append", "journal", Kind::Int4),
    ("append", "last", Kind::Int8),
    ("append", "record", Kind::Bytes),
    ("tag", "journal", Kind::Int4),
    ("tag", "tag", Kind::Bytes),
    ("tag", "last", Kind::Int8),
    ("key", "journal", Kind::Int4),
    ("key", "key", Kind::Uuid),
    ("key", "last", Kind::Int8),
    ("checkpoint", "journal", Kind::Int4),
    ("checkpoint", "source", Kind::Bytes),
    ("checkpoint", "position", Kind::Int8),
    ("journal", "head", Kind::Int8),
    ("schema_version", "version", Kind::Int4),
];

/// What a column holds.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Int4,
    Int8,
    Uuid,
    Bytes,
}

impl Kind {
    /// How many bits a value has, in SQL.
    fn bits(self, column: &str) -> String {
        match self {
            Self::Int4 => "32".into(),
            Self::Int8 => "64".into(),
            Self::Uuid => "128".into(),
            Self::Bytes => format!("8 * octet_length({column})"),
        }
    }

    /// The value with a bit turned, in SQL.
    fn turned(self, column: &str, bit: u64) -> String {
        let set = |bytes: &str| format!("set_bit({bytes}, {bit}, 1 - get_bit({bytes}, {bit}))");
        match self {
            Self::Int4 => format!("{column} # (1 << {bit})"),
            Self::Int8 => format!("{column} # (1::int8 << {bit})"),
            Self::Uuid => format!("encode({}, 'hex')::uuid", set(&format!("uuid_send({column})"))),
            Self::Bytes => set(column),
        }
    }
}

/// A value in a row.
struct Cell {
    table: &'static str,
    column: &'static str,
    kind: Kind,
    /// The row's number in [`Rows::places`].
    row: usize,
    bits: u64,
}

/// A journal of the story, in a database of its own.
pub(super) struct Rows {
    address: String,
    client: Client,
    cells: Vec<Cell>,
    /// Where each row lies now: what is changed moves.
    places: Vec<String>,
    answers: Vec<Option<Answer>>,
}

impl Rows {
    /// Nothing, after saying so, where there is no server.
    pub(super) fn new(name: &str) -> Option<Self> {
        let address = database(&format!("flips_{name}"))?;
        let store = PostgresStore::open(&address).expect("a journal");
        tell_all(&store);
        assert!(!is_found(&store), "unflipped rows verify");
        let answers = ask(&store);
        assert!(answers.iter().all(Option::is_some), "every question has an answer");
        let client = client(&address);
        let mut rows = Self { address, client, cells: Vec::new(), places: Vec::new(), answers };
        // Seen by everybody at once, and nobody waits for a disk.
        rows.client.batch_execute("SET synchronous_commit = off").expect("a setting");
        for column in COLUMNS {
            rows.list(column);
        }
        Some(rows)
    }

    fn list(&mut self, (table, column, kind): (&'static str, &'static str, Kind)) {
        let bits = kind.bits(column);
        let sql = format!("SELECT ctid::text, ({bits})::int8 FROM linli.{table} ORDER BY ctid");
        for listed in self.client.query(&sql, &[]).expect("a table") {
            let (place, bits): (String, i64) = (listed.get(0), listed.get(1));
            let own = |cell: &&Cell| cell.table == table && self.places[cell.row] == place;
            let known = self.cells.iter().find(own).map(|cell| cell.row);
            let row = known.unwrap_or_else(|| {
                self.places.push(place);
                self.places.len() - 1
            });
            self.cells.push(Cell { table, column, kind, row, bits: bits.cast_unsigned() });
        }
    }

    /// Turns a bit of a value; `false` where the server takes no such row: there is one already.
    fn turn(&mut self, (cell, bit): (usize, u64)) -> bool {
        let Cell { table, column, kind, row, .. } = self.cells[cell];
        let (turned, place) = (kind.turned(column, bit), &self.places[row]);
        let sql = format!(
            "UPDATE linli.{table} SET {column} = {turned} WHERE ctid = '{place}' \
             RETURNING ctid::text"
        );
        let Ok(said) = self.client.simple_query(&sql) else { return false };
        let moved = said.iter().find_map(|said| match said {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        moved.expect("the row is where it was left").clone_into(&mut self.places[row]);
        true
    }

    /// The value and its bit that a number stands for.
    fn at(&self, bit: u64) -> (usize, u64) {
        within(self.cells.iter().map(|cell| cell.bits), bit)
    }
}

impl Kept for Rows {
    fn name(&self) -> &'static str {
        "rows"
    }

    fn bits(&self) -> u64 {
        self.cells.iter().map(|cell| cell.bits).sum()
    }

    fn flip(&mut self, mut bit: u64) -> Fate {
        while !self.turn(self.at(bit)) {
            bit = (bit + 1) % self.bits();
        }
        let fate = match PostgresStore::open_read_only(&self.address) {
            Ok(store) => judge(&ask(&store), &self.answers, || is_found(&store)),
            Err(_) => Fate::Refused,
        };
        assert!(self.turn(self.at(bit)), "it is turned back");
        fate
    }
}

/// The address of a journal in a new database of this name.
fn database(name: &str) -> Option<String> {
    let Fresh { address } = Fresh::journal()?;
    let mut client = client(&address);
    for sql in ["DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"] {
        client.batch_execute(&sql.replace("{}", name)).expect("a database");
    }
    let (server, _) = address.split_once('?')?;
    let (server, _) = server.rsplit_once('/')?;
    Some(format!("{server}/{name}?journal=j"))
}

fn client(address: &str) -> Client {
    let server = address.split('?').next().unwrap_or(address);
    Client::connect(server, NoTls).expect("a connection for a test")
}

/// A short run; `cargo xtask faults --soak flips` goes on.
const FLIPS: u64 = 100;

#[test]
fn no_flipped_bit_of_a_row_is_silent() {
    let Some(mut rows) = Rows::new("short") else { return };
    let mut counts = Counts::default();
    (0..FLIPS).for_each(|number| rows.flip_by_chance(number, &mut counts));
    println!(
        "\nfault A6 PostgreSQL, rows: {} flips; {} change no answer, {} are noticed, {} are found \
         by verify, {} silent",
        counts.flips,
        counts.unchanged,
        counts.refused + counts.noticed,
        counts.found_by_verify,
        counts.silent
    );
    assert_eq!(counts.silent, 0, "{counts:?}");
    assert!(counts.noticed > FLIPS / 10 && counts.found_by_verify > 0, "{counts:?}");
}
