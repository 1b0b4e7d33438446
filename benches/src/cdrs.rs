//! CDRs priced a second beside `ocpi-tariffs`, which does not resolve in this workspace: `peers/`
//! takes the measure in one process of its own and hands the figures over.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Failed;
use crate::row::{Goal, Row};

/// The least ratio for one period, and for fifty-eight.
const GOALS: [f64; 2] = [10.0, 6.0];

/// A row for each number of periods.
pub(crate) fn measure() -> Result<Vec<Row>, Failed> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/Cargo.toml");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut peers = Command::new(cargo);
    peers.args(["run", "--quiet", "--release", "--manifest-path"]).arg(manifest);
    let output = peers.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("benches/peers ended with {}", output.status).into());
    }
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    let row = |(told, goal): (Value, f64)| -> Result<Row, Failed> {
        let figure =
            |key: &str| told.get(key).and_then(Value::as_f64).ok_or(format!("{told} has no {key}"));
        Ok(Row {
            measure: told.get("measure").and_then(Value::as_str).unwrap_or_default().to_owned(),
            ours: figure("ours")?,
            unit: "CDR/s",
            peer: Some(("ocpi-tariffs 0.48.0", figure("theirs")?)),
            goal: Some(Goal::Ratio(goal)),
        })
    };
    rows.into_iter().zip(GOALS).map(row).collect()
}
