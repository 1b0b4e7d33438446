//! Other event stores with the events that Linli is measured by: filled from lines of JSON, and
//! replayed into the same bills by the fold of the hand loop.
//!
//! `linli-stores fill STORE PLACE` takes the lines from its standard input; `linli-stores replay
//! STORE PLACE` prints what the replay took and what it came to, as JSON in its last line. The
//! stores are `umadb` (PLACE: a file), `disintegrate` and `postgres-es` (PLACE: a database), and
//! `jetstream` (PLACE: `SERVER/STREAM`).
//!
//! `linli-stores append umadb FILE EVENTS APPENDS GROUPS` appends events with three tags under
//! conditions, so many an append, so many appends a flush, and prints their rate.

mod disintegrate;
mod jetstream;
mod postgres_es;
mod umadb;

use std::io::BufRead;
use std::process::ExitCode;

use linli_hand_bills::Replayed;

/// Why there is no figure.
type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["fill", store, place] => fill(store, place),
        ["replay", store, place] => replay(store, place),
        ["append", "umadb", place, shape @ ..] => umadb::append(place, shape),
        _ => Err("fill|replay umadb|disintegrate|postgres-es|jetstream PLACE".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// What a journal of the community cannot have.
const NO_SESSION: &str = "an event is of no open session, or starts one without a card";

/// Events that are appended together.
const AN_APPEND: usize = 1_000;

fn fill(store: &str, place: &str) -> Result<(), Failed> {
    let lines = &mut std::io::stdin().lock();
    match store {
        "umadb" => umadb::fill(place, lines),
        "disintegrate" => runtime()?.block_on(disintegrate::fill(place, lines)),
        "postgres-es" => runtime()?.block_on(postgres_es::fill(place, lines)),
        "jetstream" => runtime()?.block_on(jetstream::fill(place, lines)),
        _ => Err(format!("there is no store {store}").into()),
    }
}

fn replay(store: &str, place: &str) -> Result<(), Failed> {
    let replayed: Replayed = match store {
        "umadb" => umadb::replay(place)?,
        "disintegrate" => runtime()?.block_on(disintegrate::replay(place))?,
        "postgres-es" => runtime()?.block_on(postgres_es::replay(place))?,
        "jetstream" => runtime()?.block_on(jetstream::replay(place))?,
        _ => return Err(format!("there is no store {store}").into()),
    };
    println!("{}", replayed.document());
    Ok(())
}

/// The next lines, at most as many as an append has.
fn lines(input: &mut impl BufRead) -> Result<Vec<String>, Failed> {
    Ok(input.lines().take(AN_APPEND).collect::<Result<_, _>>()?)
}

/// One thread runs what is asynchronous: what is measured is one thread of the client.
fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
