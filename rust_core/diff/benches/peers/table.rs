//! Tables in Markdown.

use std::fmt::Write;
use std::time::Duration;

use crate::contenders::Contender;

/// The figures of one contender; nothing where it did not finish in time.
pub(crate) struct Figure<'a> {
    pub(crate) contender: &'a Contender,
    pub(crate) measured: Option<Measured>,
}

/// Time for all pairs, and the lines changed.
pub(crate) struct Measured {
    pub(crate) time: Duration,
    pub(crate) changed: usize,
}

/// The figures for a set or a pair.
pub(crate) struct Table<'a> {
    pub(crate) title: String,
    pub(crate) figures: Vec<Figure<'a>>,
    pub(crate) fewest: Option<usize>,
}

impl Table<'_> {
    /// The least time of a peer.
    fn best_peer(&self) -> Option<(&str, Duration)> {
        let peers = self.figures.iter().filter(|figure| !figure.contender.is_ours());
        let times = peers.filter_map(|figure| {
            figure.measured.as_ref().map(|measured| (figure.contender.name, measured.time))
        });
        times.min_by_key(|(_, time)| *time)
    }

    /// One row for each contender: time, best peer's time over it, changed lines, and how many of
    /// them are beyond the fewest.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("### {}\n\n| | CPU ms | ratio | changed | over |\n", self.title);
        text += "|---|--:|--:|--:|--:|\n";
        for figure in &self.figures {
            let name = figure.contender.name;
            let cells = figure
                .measured
                .as_ref()
                .map_or_else(|| "more than 3 s | | |".to_owned(), |measured| self.cells(measured));
            writeln!(text, "| {name} | {cells} |").expect("a string takes all");
        }
        text
    }

    fn cells(&self, measured: &Measured) -> String {
        let time = milliseconds(measured.time);
        let changed = measured.changed;
        let ratio = self.ratio(measured).map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let over = self.fewest.map_or_else(
            || "?".to_owned(),
            |fewest| format!("{:.2} %", share(changed - fewest, fewest.max(1))),
        );
        format!("{time:.2} | {ratio} | {changed} | {over}")
    }

    fn ratio(&self, measured: &Measured) -> Option<f64> {
        self.best_peer().map(|(_, best)| best.as_secs_f64() / measured.time.as_secs_f64())
    }

    /// One line: ours, the best peer, and the ratio.
    pub(crate) fn summary(&self) -> String {
        let (peer, best) = self.best_peer().unwrap_or(("none", Duration::ZERO));
        let mut text = format!("{:28} {peer:22} {:9.2} ms", self.title, milliseconds(best));
        for figure in self.figures.iter().filter(|figure| figure.contender.is_ours()) {
            let cell = figure.measured.as_ref().map_or_else(
                || "more than 3 s".to_owned(),
                |measured| {
                    let ratio = self.ratio(measured).unwrap_or(0.0);
                    format!("{:.2} ms x{ratio:.2}", milliseconds(measured.time))
                },
            );
            write!(text, " | {} {cell}", figure.contender.name).expect("a string takes all");
        }
        text
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines, far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}
