//! How much changed, in numbers and as the bars of `git diff --stat`.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::walk::count_lines;
use crate::{Change, Options, lines};

/// How much differs between two texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stat {
    /// Lines that are on the second side only.
    pub insertions: u64,
    /// Lines that are on the first side only.
    pub deletions: u64,
    /// Lines of the two texts.
    pub lines: (u64, u64),
}

impl Stat {
    /// Compare two texts by line and count.
    pub fn of(before: &[u8], after: &[u8], options: &Options) -> Self {
        Self::new(&lines(before, after, options), count_lines(before))
    }

    /// Count the lines of changes, the first text having so many lines.
    pub fn new(changes: &[Change], before: usize) -> Self {
        let sum = |count: fn(&Change) -> usize| changes.iter().map(|it| count(it) as u64).sum();
        let insertions: u64 = sum(|change| change.after.len());
        let deletions: u64 = sum(|change| change.before.len());
        let before = before as u64;
        Self { insertions, deletions, lines: (before, before + insertions - deletions) }
    }

    /// How many of the lines of both texts have a partner, from 0 to 1; 1 for two empty texts.
    pub fn ratio(&self) -> f64 {
        let all = self.lines.0 + self.lines.1;
        if all == 0 {
            return 1.0;
        }
        part(all - self.insertions - self.deletions, all)
    }
}

/// A part of a whole as a number from 0 to 1; counts are far below what a float holds exactly.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn part(of: u64, all: u64) -> f64 {
    of as f64 / all as f64
}

/// What changed in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many lines were added and removed.
    Lines {
        /// Lines added.
        insertions: u64,
        /// Lines removed.
        deletions: u64,
    },
    /// A file without lines went from so many bytes to so many.
    Binary {
        /// Bytes before.
        before: u64,
        /// Bytes after.
        after: u64,
    },
}

impl Amount {
    fn lines(self) -> (u64, u64) {
        match self {
            Self::Lines { insertions, deletions } => (insertions, deletions),
            Self::Binary { .. } => (0, 0),
        }
    }
}

/// The text of `git diff --stat`: a line with a bar for each file, and a summary.
///
/// `width` is that of the terminal in columns. Names are measured as they are displayed.
pub fn table(files: &[(&str, Amount)], width: usize) -> String {
    let layout = Layout::new(files, width);
    let mut out = String::new();
    for (name, amount) in files {
        layout.row(name, *amount, &mut out);
    }
    summary(files, &mut out);
    out
}

/// The line below the table.
fn summary(files: &[(&str, Amount)], out: &mut String) {
    let sum = |which: fn((u64, u64)) -> u64| -> u64 {
        files.iter().map(|(_, amount)| which(amount.lines())).sum()
    };
    let (insertions, deletions) = (sum(|lines| lines.0), sum(|lines| lines.1));
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let _ = write!(out, " {} file{} changed", files.len(), plural(files.len()));
    if insertions > 0 || deletions == 0 {
        let _ = write!(out, ", {insertions} insertion{}(+)", plural(insertions as usize));
    }
    if deletions > 0 || insertions == 0 {
        let _ = write!(out, ", {deletions} deletion{}(-)", plural(deletions as usize));
    }
    out.push('\n');
}

/// The widths of the columns, by git's rules: five eighths for the name, the rest for the bar.
struct Layout {
    name: usize,
    number: usize,
    graph: usize,
    most: u64,
}

impl Layout {
    fn new(files: &[(&str, Amount)], width: usize) -> Self {
        let longest = files.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        let most = files.iter().map(|(_, amount)| total(*amount)).max().unwrap_or(0);
        let binary = files.iter().filter_map(|(_, amount)| binary_width(*amount)).max();
        let number = digits(most).max(if binary.is_some() { 3 } else { 0 });
        let width = width.max(16 + 6 + number);
        let most_wide = usize::try_from(most).unwrap_or(usize::MAX);
        let mut graph = binary.map_or(most_wide, |binary| most_wide.max(binary.saturating_sub(4)));
        let mut name = longest;
        if name.saturating_add(number + 6).saturating_add(graph) > width {
            graph = graph.min((width * 3 / 8).saturating_sub(number + 6).max(6));
            if name > width - number - 6 - graph {
                name = width - number - 6 - graph;
            } else {
                graph = width - number - 6 - name;
            }
        }
        Self { name, number, graph, most }
    }

    fn row(&self, name: &str, amount: Amount, out: &mut String) {
        let (prefix, shown) = self.shortened(name);
        let room = self.name.saturating_sub(prefix.len() + shown.width());
        let _ = write!(out, " {prefix}{shown}{:room$} | ", "");
        match amount {
            Amount::Binary { before, after } => {
                let _ = write!(out, "{:>1$}", "Bin", self.number);
                if before + after > 0 {
                    let _ = write!(out, " {before} -> {after} bytes");
                }
            }
            Amount::Lines { insertions, deletions } => {
                let all = insertions + deletions;
                let _ = write!(out, "{all:>0$}", self.number);
                let (plus, minus) = self.bar(insertions, deletions);
                if all > 0 {
                    out.push(' ');
                }
                out.extend(std::iter::repeat_n('+', plus));
                out.extend(std::iter::repeat_n('-', minus));
            }
        }
        out.push('\n');
    }

    /// A name too long without its start, from a slash on if there is one, and what stands for it.
    fn shortened<'n>(&self, name: &'n str) -> (&'static str, &'n str) {
        let mut rest = name;
        if rest.width() <= self.name {
            return ("", rest);
        }
        while rest.width() + 3 > self.name {
            let mut characters = rest.chars();
            characters.next();
            rest = characters.as_str();
        }
        ("...", rest.find('/').map_or(rest, |slash| &rest[slash..]))
    }

    /// How many signs stand for the lines added and removed.
    fn bar(&self, added: u64, removed: u64) -> (usize, usize) {
        let graph = self.graph as u64;
        if graph > self.most {
            return (added as usize, removed as usize);
        }
        let scaled = |lines: u64| if lines == 0 { 0 } else { 1 + lines * (graph - 1) / self.most };
        let both = u64::from(added > 0) + u64::from(removed > 0);
        let all = scaled(added + removed).max(if both == 2 { 2 } else { 0 });
        let (plus, minus) = if added < removed {
            (scaled(added), all - scaled(added))
        } else {
            (all - scaled(removed), scaled(removed))
        };
        (plus as usize, minus as usize)
    }
}

fn total(amount: Amount) -> u64 {
    let (insertions, deletions) = amount.lines();
    insertions + deletions
}

/// The columns of `Bin 1 -> 2 bytes`.
fn binary_width(amount: Amount) -> Option<usize> {
    match amount {
        Amount::Binary { before, after } => Some(14 + digits(before) + digits(after)),
        Amount::Lines { .. } => None,
    }
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |power| power as usize + 1)
}

#[cfg(test)]
#[path = "stats_tests.rs"]
mod tests;
