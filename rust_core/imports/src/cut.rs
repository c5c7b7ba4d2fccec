//! Taking statements and members out of a text, tidily.

use ruff_text_size::TextRange;

use crate::source::{line_end, line_start, next_line};

/// A statement with members to take out.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    pub(crate) range: TextRange,
    /// The ranges of all members, and whether each goes.
    pub(crate) members: Vec<(TextRange, bool)>,
    pub(crate) suite: u32,
    /// How many statements the suite has; 0 for the module's own, which may become empty.
    pub(crate) suite_len: usize,
}

impl Cut {
    fn whole(&self) -> bool {
        self.members.iter().all(|&(_, goes)| goes)
    }
}

/// A replacement of part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replace {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) text: String,
}

/// The replacements that make the cuts, in order and apart from each other.
pub(crate) fn replacements(text: &str, cuts: &[Cut]) -> Vec<Replace> {
    let mut lines: Vec<Replace> = Vec::new();
    let mut found: Vec<Replace> = Vec::new();
    for (index, cut) in cuts.iter().enumerate() {
        if !cut.whole() {
            members(text, cut, &mut found);
            continue;
        }
        let start = line_start(text, cut.range.start().to_usize());
        let end = next_line(text, cut.range.end().to_usize());
        let same = |other: &&Cut| other.suite == cut.suite && other.whole();
        let emptied = cut.suite_len > 0 && cuts.iter().filter(same).count() == cut.suite_len;
        if emptied && !cuts[..index].iter().any(|other| same(&other)) {
            let (start, end) = (cut.range.start().to_usize(), cut.range.end().to_usize());
            found.push(Replace { start, end, text: "pass".to_owned() });
        } else {
            lines.push(Replace { start, end, text: String::new() });
        }
    }
    found.extend(tidy(text, lines));
    join(found)
}

/// Widen cuts of whole lines so that no more blank lines are left than stood on one side.
fn tidy(text: &str, lines: Vec<Replace>) -> Vec<Replace> {
    let mut lines = join(lines);
    for cut in &mut lines {
        let before = blank_before(text, cut.start);
        let after = blank_after(text, cut.end);
        let opens = line_above(text, cut.start).is_none_or(|line| {
            line.split('#').next().is_some_and(|code| code.trim_end().ends_with(':'))
        });
        if after.last().copied().unwrap_or(cut.end) == text.len() && !before.is_empty() {
            cut.start = before.last().copied().unwrap_or(cut.start);
            continue;
        }
        let drop = if opens { after.len() } else { after.len().min(before.len()) };
        if drop > 0 {
            cut.end = after[drop - 1];
        }
    }
    lines
}

/// Merge replacements that touch; those of whole lines hold no text.
fn join(mut parts: Vec<Replace>) -> Vec<Replace> {
    parts.sort_by_key(|part| (part.start, part.end));
    let mut joined: Vec<Replace> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            Some(last)
                if part.start < last.end
                    || (part.start == last.end && last.text.is_empty() && part.text.is_empty()) =>
            {
                last.end = last.end.max(part.end);
                last.text.push_str(&part.text);
            }
            _ => joined.push(part),
        }
    }
    joined
}

/// The starts of the blank lines right before `at`, the nearest first.
fn blank_before(text: &str, at: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut end = at;
    while end > 0 {
        let start = above(text, end);
        if !is_blank(&text[start..end]) {
            break;
        }
        found.push(start);
        end = start;
    }
    found
}

/// The ends of the blank lines from `at` on.
fn blank_after(text: &str, at: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = at;
    while start < text.len() {
        let end = next_line(text, start);
        if !is_blank(&text[start..end]) {
            break;
        }
        found.push(end);
        start = end;
    }
    found
}

/// A form feed is not blank: it was put there on purpose.
fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// The start of the line that ends at `end`, which is the start of a line.
fn above(text: &str, end: usize) -> usize {
    let stop = if text[..end].ends_with("\r\n") { end - 2 } else { end - 1 };
    line_start(text, stop)
}

fn line_above(text: &str, at: usize) -> Option<&str> {
    (at > 0).then(|| text[above(text, at)..at].trim_end())
}

/// Take members out of a statement that keeps others.
fn members(text: &str, cut: &Cut, found: &mut Vec<Replace>) {
    let stop = cut.range.end().to_usize();
    let line_of = |range: TextRange| line_start(text, range.start().to_usize());
    for (index, &(range, goes)) in cut.members.iter().enumerate() {
        if !goes {
            continue;
        }
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        let after = comma_end(text, end, stop);
        let line = line_of(range);
        let mates = || cut.members.iter().filter(|&&(other, _)| line_of(other) == line);
        let line_stop = line_end(text, end);
        let rest = &text[after.min(line_stop)..line_stop];
        let only_members = is_blank(&text[line..line.max(first_start(mates()))])
            && !(line..line_stop).contains(&(stop.saturating_sub(1)))
            && line_of(range) == line_start(text, end);
        if only_members && mates().all(|&(_, goes)| goes) {
            found.push(remove(line, next_line(text, end)));
            continue;
        }
        let next = cut.members.get(index + 1).filter(|&&(other, _)| line_of(other) == line);
        let kept = cut.members[..index].iter().rev().find(|&&(_, goes)| !goes);
        if let Some(&(next, _)) = next {
            found.push(remove(start, next.start().to_usize()));
        } else if let Some(&(kept, _)) = kept.filter(|&&(kept, _)| {
            !text[kept.end().to_usize()..start].contains('#')
                && (line_of(kept) == line || !rest.trim_start().starts_with('#'))
        }) {
            // The comma after the last kept member goes too, unless one followed this member.
            let from = kept.end().to_usize();
            let with_comma = after > end;
            let from = if with_comma { comma_end(text, from, stop) } else { from };
            found.push(remove(from, after));
        } else {
            found.push(remove(start, after));
        }
    }
}

fn first_start<'m>(members: impl Iterator<Item = &'m (TextRange, bool)>) -> usize {
    members.map(|(range, _)| range.start().to_usize()).min().unwrap_or(0)
}

fn remove(start: usize, end: usize) -> Replace {
    Replace { start, end, text: String::new() }
}

/// The end of the comma that follows `at` on the same line, or `at` if there is none.
fn comma_end(text: &str, at: usize, stop: usize) -> usize {
    let rest = &text[at..line_end(text, at).min(stop)];
    let skipped = rest.len() - rest.trim_start().len();
    if rest[skipped..].starts_with(',') { at + skipped + 1 } else { at }
}

/// Make the replacements, which are in order and apart.
pub(crate) fn replace(text: &str, parts: &[Replace]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for part in parts {
        out.push_str(&text[at..part.start]);
        out.push_str(&part.text);
        at = part.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Where an offset that no replacement covers ends up.
pub(crate) fn moved(offset: usize, parts: &[Replace]) -> usize {
    let before = parts.iter().filter(|part| part.end <= offset);
    let (removed, added) = before.fold((0, 0), |(removed, added), part| {
        (removed + part.end - part.start, added + part.text.len())
    });
    offset - removed + added
}

#[cfg(test)]
#[path = "cut_tests.rs"]
mod tests;
