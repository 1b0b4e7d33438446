//! Stages: one after the other, each with its time beside its budget, until one fails.

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How a stage ended, if it did not fail.
pub(crate) enum Outcome {
    /// It did what its name says.
    Done,
    /// There was nothing to do yet, and why.
    Absent(String),
}

/// A stage to come.
pub(crate) struct Stage {
    /// What the table calls it.
    pub(crate) name: &'static str,
    /// Seconds that it may take on two slow cores.
    pub(crate) budget_s: u64,
    /// What to do when it fails.
    pub(crate) mend: &'static str,
}

struct Row {
    name: &'static str,
    budget: Duration,
    took: Duration,
    ended: String,
}

/// The stages so far.
pub(crate) struct Stages {
    began: Instant,
    rows: Vec<Row>,
    failed: bool,
}

impl Stages {
    pub(crate) fn new() -> Self {
        Self { began: now(), rows: Vec::new(), failed: false }
    }

    /// Runs a stage, unless one before it failed.
    pub(crate) fn run(&mut self, stage: &Stage, work: impl FnOnce() -> Result<Outcome, String>) {
        if self.failed {
            return;
        }
        println!("\n== {} (budget {})", stage.name, shown(Duration::from_secs(stage.budget_s)));
        let began = now();
        let result = work();
        let took = began.elapsed();
        let budget = Duration::from_secs(stage.budget_s);
        let ended = match result {
            Ok(Outcome::Done) => "done".to_owned(),
            Ok(Outcome::Absent(why)) => format!("absent: {why}"),
            Err(why) => {
                self.failed = true;
                println!("\n{}: {why}\nWhat to do: {}", stage.name, stage.mend);
                "FAILED".to_owned()
            }
        };
        println!("== {}: {} of {}, {ended}", stage.name, shown(took), shown(budget));
        self.rows.push(Row { name: stage.name, budget, took, ended });
    }

    /// Prints the table and gives the exit status.
    ///
    /// A stage over its budget is marked and does not fail: a slow machine is no defect.
    pub(crate) fn end(self) -> ExitCode {
        let budget = self.rows.iter().map(|row| row.budget).sum();
        let took = self.began.elapsed();
        println!("\n{:<22} {:>9} {:>9}", "stage", "time", "budget");
        for row in &self.rows {
            print_row(row);
        }
        let ended = if self.failed { "FAILED" } else { "done" }.to_owned();
        print_row(&Row { name: "in all", budget, took, ended });
        ExitCode::from(u8::from(self.failed))
    }
}

fn print_row(row: &Row) {
    let over = if row.took > row.budget { "  OVER BUDGET" } else { "" };
    let (took, budget) = (shown(row.took), shown(row.budget));
    println!("{:<22} {took:>9} {budget:>9}  {}{over}", row.name, row.ended);
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds}.{} s", time.subsec_millis() / 100),
        _ => format!("{} min {:02}", seconds / 60, seconds % 60),
    }
}

#[expect(clippy::disallowed_methods, reason = "a stage's time is what is asked for")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
