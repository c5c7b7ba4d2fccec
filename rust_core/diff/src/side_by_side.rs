//! Two texts beside each other, for a terminal of a given width.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::Change;
use crate::headings::{Finder, Headings};
use crate::hunks::{Part, hunks};
use crate::lines::Lines;
use crate::refine::{Row, rows};
use crate::terminal::{BOLD, CYAN, DIM, GREEN, RED, RESET};
use crate::visible::{Shown, shown};

/// Columns that a tab leads to the next multiple of.
const TAB: usize = 8;
/// No column of text is narrower.
const NARROWEST: usize = 8;

/// How two texts are put beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideBySide<'a> {
    /// What stands above the first text.
    pub from_name: &'a str,
    /// What stands above the second text.
    pub to_name: &'a str,
    /// The width of the terminal in columns.
    pub width: usize,
    /// How many unchanged lines stand around each change; `usize::MAX` for all.
    pub context: usize,
    /// Which lines serve as headings of hunks.
    pub headings: Headings,
    /// Whether there are colours, and changed words are marked.
    pub colours: bool,
}

impl SideBySide<'_> {
    /// The lines around each change in two columns, with their numbers.
    ///
    /// Between the columns stands `|` where a line became another, `<` where it is gone and `>`
    /// where it is new, as with `diff -y`. Long lines go on below; wide characters count as two
    /// columns.
    pub fn show(&self, before: &Lines<'_>, after: &Lines<'_>, changes: &[Change]) -> String {
        if changes.is_empty() {
            return String::new();
        }
        let page = Page::new(self, before, after);
        let mut out = String::new();
        page.names(&mut out);
        let mut headings = Finder::new(self.headings, before.text());
        for (number, hunk) in hunks(changes, before.len(), after.len(), self.context).enumerate() {
            let heading = headings.above(before.offset(hunk.before.start));
            if number > 0 || hunk.before.start > 0 || hunk.after.start > 0 {
                page.separator(heading, &mut out);
            }
            for part in hunk.parts() {
                match part {
                    Part::Same(old, new) => {
                        for (one, two) in old.zip(new) {
                            page.row(
                                &Row { before: Some(one), after: Some(two), marks: None },
                                ' ',
                                &mut out,
                            );
                        }
                    }
                    Part::Changed(change) => {
                        for row in rows(change, before, after) {
                            page.row(&row, sign(&row), &mut out);
                        }
                    }
                }
            }
        }
        out
    }
}

/// What stands between the columns.
fn sign(row: &Row) -> char {
    match (row.before, row.after) {
        (Some(_), Some(_)) => '|',
        (Some(_), None) => '<',
        _ => '>',
    }
}

struct Page<'a, 'o> {
    view: &'o SideBySide<'o>,
    before: &'o Lines<'a>,
    after: &'o Lines<'a>,
    /// The columns of a line number, and of a text.
    number: usize,
    text: usize,
}

impl<'a, 'o> Page<'a, 'o> {
    fn new(view: &'o SideBySide<'o>, before: &'o Lines<'a>, after: &'o Lines<'a>) -> Self {
        let most = before.len().max(after.len()).max(1);
        let number = most.ilog10() as usize + 1;
        // Two numbers with a blank after them, two texts, and a sign with blanks around it.
        let text = view.width.saturating_sub(2 * (number + 1) + 3) / 2;
        Self { view, before, after, number, text: text.max(NARROWEST) }
    }

    fn names(&self, out: &mut String) {
        let names = [self.view.from_name, self.view.to_name];
        let cells = names.map(|name| self.wrapped(name.as_bytes(), &[]));
        let half = |cells: &[Cell], at: usize| {
            cells.get(at).map(|cell| (cell.text.clone(), cell.width)).unwrap_or_default()
        };
        for at in 0..cells[0].len().max(cells[1].len()) {
            let (left, width) = half(&cells[0], at);
            let fill = (self.number + 1 + self.text).saturating_sub(width) + 3;
            let line = format!("{left}{:fill$}{}", "", half(&cells[1], at).0);
            self.styled(out, BOLD, line.trim_end());
            out.push('\n');
        }
    }

    fn separator(&self, heading: &[u8], out: &mut String) {
        let dots = "\u{22ef}";
        let heading = self.wrapped(heading, &[]);
        let text = heading.first().map_or("", |cell| &cell.text);
        self.styled(out, CYAN, format!("{dots} {text}").trim_end());
        out.push('\n');
    }

    /// A row of the table, over as many lines as it needs.
    fn row(&self, row: &Row, sign: char, out: &mut String) {
        let marks = |side: usize| row.marks.as_ref().map_or(&[][..], |marks| &marks[side][..]);
        let wrap = |lines: &Lines<'_>, line: Option<u32>, side: usize| {
            line.map(|at| self.wrapped(lines.get(at as usize), marks(side))).unwrap_or_default()
        };
        let old = wrap(self.before, row.before, 0);
        let new = wrap(self.after, row.after, 1);
        let changed = sign != ' ';
        for at in 0..old.len().max(new.len()) {
            let start = out.len();
            let first = |line: Option<u32>| line.filter(|_| at == 0);
            self.half(out, first(row.before), old.get(at), if changed { RED } else { "" }, true);
            out.push(' ');
            out.push(if at == 0 { sign } else { ' ' });
            out.push(' ');
            self.half(out, first(row.after), new.get(at), if changed { GREEN } else { "" }, false);
            let end = out[start..].trim_end_matches(' ').len() + start;
            out.truncate(end);
            out.push('\n');
        }
    }

    /// A number and a part of a line, filled up to the width of the column.
    fn half(
        &self,
        out: &mut String,
        line: Option<u32>,
        cell: Option<&Cell>,
        style: &str,
        fill: bool,
    ) {
        let width = self.number;
        let number = line.map_or_else(String::new, |line| (line + 1).to_string());
        self.styled(out, DIM, &format!("{number:>width$}"));
        out.push(' ');
        let used = cell.map_or(0, |cell| cell.width);
        if let Some(cell) = cell {
            self.styled(out, style, &cell.text);
        }
        if fill {
            out.extend(std::iter::repeat_n(' ', self.text.saturating_sub(used)));
        }
    }

    fn styled(&self, out: &mut String, style: &str, text: &str) {
        if self.view.colours && !style.is_empty() && !text.is_empty() {
            out.extend([style, text, RESET]);
        } else {
            out.push_str(text);
        }
    }

    /// A line in pieces that fit the column; at least one.
    fn wrapped(&self, line: &[u8], marks: &[Range<usize>]) -> Vec<Cell> {
        let mut wrap = Wrap { cells: vec![Cell::default()], width: self.text, marked: false };
        let mut marks = if self.view.colours { marks } else { &[] }.iter().peekable();
        for (at, piece) in shown(line) {
            while marks.next_if(|range| at >= range.end).is_some() {}
            wrap.mark(marks.peek().is_some_and(|range| range.contains(&at)));
            match piece {
                Shown::Itself(text) => wrap.push(text),
                Shown::Tab => wrap.tab(),
                // A name may be broken anywhere.
                Shown::Instead(name) => {
                    name.char_indices().for_each(|(at, each)| {
                        wrap.push(&name[at..at + each.len_utf8()]);
                    });
                }
            }
        }
        wrap.mark(false);
        wrap.cells
    }
}

/// A piece of a line, with the styles of its words, and how many columns it takes.
#[derive(Debug, Default)]
struct Cell {
    text: String,
    width: usize,
}

struct Wrap {
    cells: Vec<Cell>,
    width: usize,
    marked: bool,
}

impl Wrap {
    fn cell(&mut self) -> &mut Cell {
        let last = self.cells.len() - 1;
        &mut self.cells[last]
    }

    fn push(&mut self, text: &str) {
        let columns = text.width();
        if self.cell().width + columns > self.width && self.cell().width > 0 {
            let marked = self.marked;
            self.mark(false);
            self.cells.push(Cell::default());
            self.mark(marked);
        }
        let cell = self.cell();
        cell.text.push_str(text);
        cell.width += columns;
    }

    fn tab(&mut self) {
        let columns = TAB - self.cell().width % TAB;
        let room = self.width.saturating_sub(self.cell().width);
        (0..columns.min(room).max(1)).for_each(|_| self.push(" "));
    }

    fn mark(&mut self, wanted: bool) {
        if wanted != self.marked {
            self.marked = wanted;
            self.cell().text.push_str(if wanted { "\x1b[7m" } else { "\x1b[27m" });
        }
    }
}

#[cfg(test)]
#[path = "side_by_side_tests.rs"]
mod tests;
