//! Diffs as a web page: one file, no script, no request to anywhere.
//!
//! Rows are table rows with line numbers; what was removed and added is told by a sign before the
//! line and by `del` and `ins` within it, never by colour alone. Light or dark is the reader's.

use std::fmt::Write;
use std::ops::Range;

use crate::headings::{Finder, Headings};
use crate::hunks::{Hunk, Part, hunks};
use crate::lines::Lines;
use crate::refine::{Row, rows};
use crate::stats::Stat;
use crate::visible::{Shown, shown};
use crate::{Change, Options, lines};

/// How a page is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Html {
    /// The two sides beside each other, not below each other.
    pub split: bool,
    /// How many unchanged lines stand around each change; `usize::MAX` for all.
    pub context: usize,
    /// How the differences are found.
    pub options: Options,
}

impl Default for Html {
    fn default() -> Self {
        Self { split: true, context: 3, options: Options::default() }
    }
}

/// What is shown of a file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its name.
    pub name: &'a str,
    /// What happened to it: `renamed from x`, say; may be empty.
    pub note: &'a str,
    /// Both contents, or `None` where they are not shown, as of binary files.
    pub texts: Option<[&'a [u8]; 2]>,
    /// Which lines serve as headings of hunks.
    pub headings: Headings,
}

impl Html {
    /// A whole page on some files.
    pub fn page(&self, title: &str, files: &[File<'_>]) -> String {
        let compared: Vec<Compared<'_>> =
            files.iter().map(|file| Compared::new(file, self.options)).collect();
        let mut out = String::with_capacity(1 << 14);
        out.push_str(concat!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ",
            "style-src 'unsafe-inline'; img-src data:\">\n",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
            "<link rel=\"icon\" href=\"data:,\">\n<title>"
        ));
        push_escaped(&mut out, title);
        let style = include_str!("html.css");
        let _ = write!(out, "</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n<h1>");
        push_escaped(&mut out, title);
        out.push_str("</h1>\n");
        contents(&compared, &mut out);
        for (number, file) in compared.iter().enumerate() {
            self.section(number, file, &mut out);
        }
        out.push_str("</main>\n</body>\n</html>\n");
        out
    }

    fn section(&self, number: usize, file: &Compared<'_>, out: &mut String) {
        let _ = write!(out, "<section id=\"file-{number}\">\n<header><h2>");
        push_escaped(out, file.file.name);
        out.push_str("</h2>");
        if !file.file.note.is_empty() {
            out.push_str("<span class=\"soft\">");
            push_escaped(out, file.file.note);
            out.push_str("</span>");
        }
        out.push_str("<span class=\"count\">");
        push_counts(out, file.counts());
        out.push_str("</span></header>\n");
        match &file.sides {
            None => out.push_str("<p class=\"soft\">Binary contents are not shown.</p>\n"),
            Some(sides) if sides.changes.is_empty() => {
                out.push_str("<p class=\"soft\">No line differs.</p>\n");
            }
            Some(sides) => self.table(file.file, sides, out),
        }
        out.push_str("</section>\n");
    }

    fn table(&self, file: &File<'_>, sides: &Sides<'_>, out: &mut String) {
        let class = if self.split { "split" } else { "one" };
        let _ = write!(
            out,
            "<div class=\"scroll\"><table class=\"{class}\">\n<caption class=\"hidden\">"
        );
        out.push_str("Changes of ");
        push_escaped(out, file.name);
        out.push_str("</caption>\n");
        let columns: &[&str] = if self.split {
            out.push_str("<colgroup><col class=\"n\"><col><col class=\"n\"><col></colgroup>\n");
            &["Old line", "Before", "New line", "After"]
        } else {
            &["Old line", "New line", "Text"]
        };
        out.push_str("<thead><tr>");
        for name in columns {
            let _ = write!(out, "<th scope=\"col\"><span class=\"hidden\">{name}</span></th>");
        }
        out.push_str("</tr></thead>\n");
        let mut headings = Finder::new(file.headings, sides.before.text());
        let counts = (sides.before.len(), sides.after.len());
        for hunk in hunks(&sides.changes, counts.0, counts.1, self.context) {
            self.hunk(&hunk, headings.above(sides.before.offset(hunk.before.start)), sides, out);
        }
        out.push_str("</table></div>\n");
    }

    fn hunk(&self, hunk: &Hunk<'_>, heading: &[u8], sides: &Sides<'_>, out: &mut String) {
        let columns = if self.split { 4 } else { 3 };
        let _ = write!(
            out,
            "<tbody>\n<tr class=\"hunk\"><th scope=\"rowgroup\" colspan=\"{columns}\">"
        );
        let mut header = Vec::new();
        crate::unified::push_hunk_header(hunk, heading, &mut header);
        push_escaped(out, String::from_utf8_lossy(&header).trim_end());
        out.push_str("</th></tr>\n");
        for part in hunk.parts() {
            match part {
                Part::Same(old, new) => {
                    for (one, two) in old.zip(new) {
                        self.same(one, two, sides, out);
                    }
                }
                Part::Changed(change) => self.changed(change, sides, out),
            }
        }
        out.push_str("</tbody>\n");
    }

    fn same(&self, old: u32, new: u32, sides: &Sides<'_>, out: &mut String) {
        out.push_str("<tr>");
        push_number(out, Some(old), "");
        if self.split {
            push_cell(out, "", ' ', sides.before.get(old as usize), None);
        }
        push_number(out, Some(new), "");
        push_cell(out, "", ' ', sides.after.get(new as usize), None);
        out.push_str("</tr>\n");
    }

    fn changed(&self, change: &Change, sides: &Sides<'_>, out: &mut String) {
        let rows = rows(change, &sides.before, &sides.after);
        if self.split {
            for row in &rows {
                out.push_str("<tr>");
                push_half(out, OLD, row, sides);
                push_half(out, NEW, row, sides);
                out.push_str("</tr>\n");
            }
            return;
        }
        for side in [OLD, NEW] {
            for row in rows.iter().filter(|row| side.line(row).is_some()) {
                out.push_str("<tr>");
                push_number(out, row.before.filter(|_| side == OLD), side.class());
                push_number(out, row.after.filter(|_| side == NEW), side.class());
                push_text(out, side, row, sides);
                out.push_str("</tr>\n");
            }
        }
    }
}

/// A file and its changes.
struct Compared<'a> {
    file: &'a File<'a>,
    sides: Option<Sides<'a>>,
}

struct Sides<'a> {
    before: Lines<'a>,
    after: Lines<'a>,
    changes: Vec<Change>,
}

impl<'a> Compared<'a> {
    fn new(file: &'a File<'a>, options: Options) -> Self {
        let sides = file.texts.map(|[before, after]| Sides {
            before: Lines::new(before),
            after: Lines::new(after),
            changes: lines(before, after, &options),
        });
        Self { file, sides }
    }

    fn counts(&self) -> Option<Stat> {
        let sides = self.sides.as_ref()?;
        Some(Stat::new(&sides.changes, sides.before.len()))
    }
}

/// A side of a change.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Side(usize);

const OLD: Side = Side(0);
const NEW: Side = Side(1);

impl Side {
    fn line(self, row: &Row) -> Option<u32> {
        if self == OLD { row.before } else { row.after }
    }

    fn class(self) -> &'static str {
        if self == OLD { "d" } else { "a" }
    }
}

/// What changed in all, and where the files are on the page.
fn contents(files: &[Compared<'_>], out: &mut String) {
    let stats: Vec<Stat> = files.iter().filter_map(Compared::counts).collect();
    let all = Stat {
        insertions: stats.iter().map(|stat| stat.insertions).sum(),
        deletions: stats.iter().map(|stat| stat.deletions).sum(),
        lines: (0, 0),
    };
    let plural = if files.len() == 1 { "" } else { "s" };
    let _ = write!(out, "<p class=\"soft\">{} file{plural}, ", files.len());
    push_counts(out, Some(all));
    out.push_str("</p>\n");
    if files.len() < 2 {
        return;
    }
    out.push_str("<nav aria-label=\"Files\"><ul class=\"files\">\n");
    for (number, file) in files.iter().enumerate() {
        let _ = write!(out, "<li><a href=\"#file-{number}\">");
        push_escaped(out, file.file.name);
        out.push_str("</a> <span class=\"soft count\">");
        push_counts(out, file.counts());
        out.push_str("</span></li>\n");
    }
    out.push_str("</ul></nav>\n");
}

fn push_counts(out: &mut String, stat: Option<Stat>) {
    match stat {
        // The sign is a minus, which screen readers read out.
        Some(Stat { insertions, deletions, .. }) => {
            let _ = write!(out, "+{insertions} \u{2212}{deletions}");
        }
        None => out.push_str("binary"),
    }
}

fn push_half(out: &mut String, side: Side, row: &Row, sides: &Sides<'_>) {
    if side.line(row).is_none() {
        out.push_str("<td class=\"n void\"></td><td class=\"void\"></td>");
        return;
    }
    push_number(out, side.line(row), side.class());
    push_text(out, side, row, sides);
}

fn push_text(out: &mut String, side: Side, row: &Row, sides: &Sides<'_>) {
    let (lines, sign) = if side == OLD { (&sides.before, '-') } else { (&sides.after, '+') };
    let line = side.line(row).map_or(b"".as_slice(), |at| lines.get(at as usize));
    let tag = if side == OLD { "del" } else { "ins" };
    let marks = row.marks.as_ref().map(|marks| (tag, marks[side.0].as_slice()));
    push_cell(out, side.class(), sign, line, marks);
}

fn push_number(out: &mut String, line: Option<u32>, class: &str) {
    let _ = match line {
        Some(line) => write!(out, "<td class=\"n {class}\">{}</td>", line + 1),
        None => write!(out, "<td class=\"n {class}\"></td>"),
    };
}

/// A cell with the text of a line, in which the given ranges of bytes stand in an element.
fn push_cell(
    out: &mut String,
    class: &str,
    sign: char,
    line: &[u8],
    marks: Option<(&str, &[Range<usize>])>,
) {
    let _ = write!(out, "<td class=\"t {class}\" data-s=\"{sign}\">");
    let (tag, mut marks) = marks.map_or(("", [].iter()), |(tag, marks)| (tag, marks.iter()));
    let mut mark = marks.next();
    let mut open = false;
    for (at, piece) in shown(line) {
        if open && mark.is_some_and(|range| at >= range.end) {
            let _ = write!(out, "</{tag}>");
            (open, mark) = (false, marks.next());
        }
        if !open && mark.is_some_and(|range| range.contains(&at)) {
            let _ = write!(out, "<{tag}>");
            open = true;
        }
        match piece {
            Shown::Itself(text) => push_escaped(out, text),
            Shown::Tab => out.push('\t'),
            Shown::Instead(name) => {
                out.push_str("<span class=\"odd\">");
                push_escaped(out, &name);
                out.push_str("</span>");
            }
        }
    }
    if open {
        let _ = write!(out, "</{tag}>");
    }
    if !line.ends_with(b"\n") {
        out.push_str("<span class=\"end\"> \u{2205} no newline at end of file</span>");
    }
    out.push_str("</td>");
}

fn push_escaped(out: &mut String, text: &str) {
    for each in text.chars() {
        match each {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(each),
        }
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
