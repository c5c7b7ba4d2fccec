//! From a method to the text of a function, byte by byte.

use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;

use super::anatomy::Anatomy;
use super::candidates::Method;
use crate::edit::{Move, Replace};
use crate::tree::File;

/// The move of a method to the place before its class, and the edits within it.
pub(super) fn moved(
    known: &File,
    method: &Method,
    anatomy: &Anatomy,
    name: &Name,
    alias: bool,
) -> (Move, Vec<Replace>) {
    let text = known.text.as_str();
    let first = line_start(text, anatomy.range.start().to_usize());
    let indent = &text[first..anatomy.range.start().to_usize()];
    let start = comments_above(text, first, indent);
    let end = comments_below(text, next_line(text, anatomy.range.end().to_usize()), indent);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let left = if alias {
        format!("{indent}{} = staticmethod({name}){newline}", method.name)
    } else {
        String::new()
    };
    let cut = match (alias, anatomy.is_last) {
        (true, _) => (start, end),
        (false, true) => (blank_above(text, start), end),
        (false, false) => (start, blank_below(text, end)),
    };
    let unended = if text[..end].ends_with(['\n', '\r']) { "" } else { newline };
    let to = line_start(text, anatomy.top.to_usize());
    let one = Move {
        cut,
        body: (start, end),
        to: comments_above(text, to, ""),
        after: format!("{unended}{newline}{newline}"),
        left,
        filler: format!("{indent}pass{newline}"),
        suite: (method.class_range.start().to_usize(), anatomy.statements),
    };
    (one, edits(known, method, anatomy, name, indent, (start, end)))
}

/// What changes within the method: its decorator and its instance go, and its indentation.
fn edits(
    known: &File,
    method: &Method,
    anatomy: &Anatomy,
    name: &Name,
    indent: &str,
    (start, end): (usize, usize),
) -> Vec<Replace> {
    let text = known.text.as_str();
    let mut edits: Vec<Replace> = Vec::new();
    let mut remove = |start: usize, end: usize| {
        edits.push(Replace { start, end, text: String::new() });
    };
    if let Some(decorator) = anatomy.decorator {
        let from = line_start(text, decorator.start().to_usize());
        remove(from, next_line(text, decorator.end().to_usize()));
    }
    if let Some(receiver) = anatomy.receiver {
        remove(receiver.start().to_usize(), receiver.end().to_usize());
    }
    let gone: Vec<(usize, usize)> = edits.iter().map(|one| (one.start, one.end)).collect();
    let within =
        |at: usize, range: &TextRange| range.start().to_usize() < at && at < range.end().to_usize();
    let mut line = start;
    while line < end {
        let fixed = anatomy.strings.iter().any(|string| within(line, string))
            || gone.iter().any(|&(from, to)| from < line + indent.len() && line < to);
        if !fixed && text[line..end].starts_with(indent) {
            edits.push(Replace { start: line, end: line + indent.len(), text: String::new() });
        }
        line = next_line(text, line);
    }
    if *name != method.name {
        let range = method.name_range;
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        edits.push(Replace { start, end, text: name.to_string() });
    }
    edits
}

/// The start of the comments right above a line, at the same indentation. Those at the head of a
/// file speak of the file.
fn comments_above(text: &str, start: usize, indent: &str) -> usize {
    let mut line = start;
    while line > 0 {
        let above = line_start(text, previous_end(text, line));
        let comment = text[above..line].strip_prefix(indent);
        if !comment.is_some_and(|rest| rest.starts_with('#')) {
            return line;
        }
        line = above;
    }
    start
}

/// The end of the comments below a method that are indented as its body is.
fn comments_below(text: &str, end: usize, indent: &str) -> usize {
    let mut found = end;
    let mut line = end;
    while line < text.len() {
        let next = next_line(text, line);
        let content = text[line..next].trim();
        if let Some(rest) = text[line..next].strip_prefix(indent)
            && content.starts_with('#')
            && rest.starts_with([' ', '\t'])
        {
            found = next;
        } else if !content.is_empty() {
            break;
        }
        line = next;
    }
    found
}

fn blank_above(text: &str, mut line: usize) -> usize {
    while line > 0 {
        let above = line_start(text, previous_end(text, line));
        if !text[above..line].trim().is_empty() {
            break;
        }
        line = above;
    }
    line
}

fn blank_below(text: &str, mut line: usize) -> usize {
    while line < text.len() {
        let next = next_line(text, line);
        if !text[line..next].trim().is_empty() {
            break;
        }
        line = next;
    }
    line
}

/// The end of the line above, before its line end.
fn previous_end(text: &str, line: usize) -> usize {
    if text[..line].ends_with("\r\n") { line - 2 } else { line - 1 }
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// The start of the line after the one that holds `at`.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    match text[at..].find(['\n', '\r']) {
        Some(end) if text[at + end..].starts_with("\r\n") => at + end + 2,
        Some(end) => at + end + 1,
        None => text.len(),
    }
}
