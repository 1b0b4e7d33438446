//! The result as a picture: how fast everybody replays, and how far each figure is from its goal,
//! the losing rows too.

use std::fmt::Write as _;

use crate::Row;
use crate::row::Goal;

const WIDTH: f64 = 960.0;
/// Where the bars begin and end, in pixels from the left.
const BARS: (f64, f64) = (470.0, 800.0);
const LINE: f64 = 22.0;
const REPLAY: &str = "billing replay of ";
/// Where the bars of rates begin.
const LEAST_RATE: f64 = 1_000.0;
const MET: &str = "#2a7f62";
const MISSED: &str = "#c0582b";
const OF_A_PEER: &str = "#8a94a0";

/// The chart of a run's rows.
pub(crate) fn draw(rows: &[Row]) -> String {
    let mut drawn = Drawn::default();
    drawn.title("Billing replay, events a second on one thread (logarithmic)");
    let rates = rates(rows);
    let most = rates.iter().map(|bar| bar.1).fold(1.0, f64::max);
    for (name, rate, colour) in rates {
        let share = (rate / LEAST_RATE).max(1.0).log10() / (most / LEAST_RATE).log10();
        drawn.bar(&name, (0.0, share), colour, &format!("{:.2} M", rate / 1_000_000.0));
    }
    drawn.title("Figures by their goals (logarithmic; right of the line a goal is reached)");
    for row in rows {
        let Some((times, told)) = by_its_goal(row) else { continue };
        let colour = if row.holds() == Some(true) { MET } else { MISSED };
        let share = f64::midpoint(1.0, times.log10()).clamp(0.0, 1.0);
        drawn.bar(&row.measure, (0.5, share), colour, &told);
    }
    drawn.finished()
}

/// Who replays a journal of batches, or the same events from elsewhere, how many events a second,
/// and in which colour.
fn rates(rows: &[Row]) -> Vec<(String, f64, &'static str)> {
    let mut bars: Vec<(String, f64, &str)> = Vec::new();
    for Row { measure, ours, unit, peer, .. } in rows {
        let Some((peer, theirs)) = peer else { continue };
        let form = measure.split_once(", ").map(|(_, form)| form);
        let is_singles = form == Some("1 an append");
        if !measure.starts_with(REPLAY) || *unit != "events/s" || is_singles {
            continue;
        }
        let server = measure.split_once(" from ").map(|(_, server)| server);
        let own = format!("Linli from {}", server.unwrap_or("its SQLite file"));
        if bars.iter().all(|(name, ..)| *name != own) {
            bars.push((own, *ours, MET));
        }
        let peer = match (form, server) {
            (Some(form), _) if form.starts_with("Parquet") => format!("{peer}, {form}"),
            (_, Some(server)) => format!("{peer}, {server}"),
            _ => (*peer).to_owned(),
        };
        bars.push((peer, *theirs, OF_A_PEER));
    }
    bars.sort_by(|one, other| other.1.total_cmp(&one.1));
    bars
}

/// How many times better than its goal a row is, and that in words.
fn by_its_goal(row: &Row) -> Option<(f64, String)> {
    let (goal, ratio) = (row.goal?, row.ratio());
    let (figure, ours) = (goal.figure(), row.ours);
    let by_peer = || row.peer.map_or(String::new(), |(peer, _)| format!("{peer}, "));
    Some(match goal {
        Goal::Ratio(least) => (ratio? / least, format!("{:.2} × {}≥ {least}", ratio?, by_peer())),
        Goal::RatioBelow(most) => (most / ratio?, format!("{:.2} × {}< {most}", ratio?, by_peer())),
        Goal::Least(_) => (ours / figure, format!("{ours:.0} {}, ≥ {figure:.0}", row.unit)),
        Goal::Below(_) => (figure / ours, format!("{ours:.1} {}, < {figure:.0}", row.unit)),
    })
}

/// The picture so far, and how far down it goes.
#[derive(Default)]
struct Drawn {
    svg: String,
    down: f64,
}

impl Drawn {
    fn title(&mut self, title: &str) {
        self.down += 1.6 * LINE;
        self.text(16.0, ("start", r#"font-weight="bold""#), title);
        self.down += 0.4 * LINE;
    }

    /// A bar from one share of the width to another, its name before it and its figure behind it.
    fn bar(&mut self, name: &str, (from, to): (f64, f64), colour: &str, figure: &str) {
        let at = |share: f64| (BARS.1 - BARS.0).mul_add(share, BARS.0);
        self.down += LINE;
        self.text(BARS.0 - 10.0, ("end", ""), name);
        let (left, right) = (at(from.min(to)), at(from.max(to)));
        let (top, width) = (self.down - 12.0, (right - left).max(1.0));
        let _ = writeln!(
            self.svg,
            r#"<rect x="{left:.1}" y="{top:.1}" width="{width:.1}" height="14" fill="{colour}"/>"#
        );
        if from > 0.0 {
            let (x, y) = (at(from), self.down + 6.0);
            let top = self.down - 16.0;
            let _ = writeln!(
                self.svg,
                r##"<line x1="{x:.1}" y1="{top:.1}" x2="{x:.1}" y2="{y:.1}" stroke="#222"/>"##
            );
        }
        self.text(right.max(at(from)) + 6.0, ("start", ""), figure);
    }

    fn text(&mut self, x: f64, (anchor, weight): (&str, &str), text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let y = self.down;
        let _ = writeln!(
            self.svg,
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" {weight}>{text}</text>"#
        );
    }

    fn finished(self) -> String {
        let (height, drawn) = (self.down + LINE, self.svg);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {WIDTH} {height:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{drawn}</svg>\n"
        )
    }
}
