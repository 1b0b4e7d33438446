//! One line of the result: a figure of ours, the peer's beside it, and the goal.

use serde_json::{Value, json};

use crate::Failed;

/// A measure's result.
pub(crate) struct Row {
    pub(crate) measure: String,
    pub(crate) ours: f64,
    pub(crate) unit: &'static str,
    /// The peer's name and its figure.
    pub(crate) peer: Option<(&'static str, f64)>,
    pub(crate) goal: Option<Goal>,
}

/// What a measure is to reach.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// The least ratio of ours to the peer's.
    Ratio(f64),
    /// The ratio that ours to the peer's stays below.
    RatioBelow(f64),
    /// The figure that ours reaches.
    Least(f64),
    /// The figure that ours stays below.
    Below(f64),
}

impl Goal {
    pub(crate) fn figure(self) -> f64 {
        let (Self::Ratio(figure)
        | Self::RatioBelow(figure)
        | Self::Least(figure)
        | Self::Below(figure)) = self;
        figure
    }
}

impl Row {
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.peer.map(|(_, theirs)| self.ours / theirs)
    }

    pub(crate) fn holds(&self) -> Option<bool> {
        match self.goal? {
            Goal::Ratio(least) => self.ratio().map(|ratio| ratio >= least),
            Goal::RatioBelow(limit) => self.ratio().map(|ratio| ratio < limit),
            Goal::Least(least) => Some(self.ours >= least),
            Goal::Below(limit) => Some(self.ours < limit),
        }
    }

    fn document(&self) -> Value {
        json!({
            "measure": self.measure,
            "ours": self.ours,
            "unit": self.unit,
            "peer": self.peer.map(|(name, _)| name),
            "theirs": self.peer.map(|(_, theirs)| theirs),
            "ratio": self.ratio(),
            "goal": self.goal.map(Goal::figure),
            "holds": self.holds(),
        })
    }
}

/// The rows as the list that `cargo xtask bench --json` promises.
pub(crate) fn json(rows: &[Row]) -> Result<String, Failed> {
    let rows: Vec<Value> = rows.iter().map(Row::document).collect();
    Ok(serde_json::to_string_pretty(&rows)? + "\n")
}

/// The rows as a table.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "\n{:<58} {:>12} {:<9} {:>12} {:>6}  {:<9} peer",
        "measure", "ours", "", "theirs", "ratio", "goal"
    );
    for row in rows {
        let (peer, theirs) = row.peer.map_or(("", None), |(name, theirs)| (name, Some(theirs)));
        let goal = row.goal.map(|goal| match goal {
            Goal::Ratio(least) | Goal::Least(least) => format!(">= {least}"),
            Goal::RatioBelow(limit) | Goal::Below(limit) => format!("< {limit}"),
        });
        let missed = if row.holds() == Some(false) { "  MISSED" } else { "" };
        println!(
            "{:<58} {:>12} {:<9} {:>12} {:>6}  {:<9} {peer}{missed}",
            row.measure,
            figure(row.ours),
            row.unit,
            theirs.map(figure).unwrap_or_default(),
            row.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            goal.unwrap_or_default(),
        );
    }
}

fn figure(figure: f64) -> String {
    if figure < 1_000.0 { format!("{figure:.1}") } else { format!("{figure:.0}") }
}
