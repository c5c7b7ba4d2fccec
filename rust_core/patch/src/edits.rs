//! What placed hunks do to a text, byte by byte.

use std::ops::Range;

use crate::indent::Reindent;
use crate::keys::trim_end;
use crate::model::Line;
use crate::text::Text;

/// How added lines are fitted to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Byte for byte as in the patch: everything around them was.
    AsIs,
    /// With the line ending that the text has there.
    Ending,
    /// With its line ending and its indentation.
    Indent(Reindent),
}

/// Lines of the text that go, and lines that come in their place.
#[derive(Clone, Debug)]
pub(crate) struct Edit<'p> {
    pub(crate) lines: Range<usize>,
    pub(crate) added: Vec<&'p Line>,
    pub(crate) style: Style,
}

/// The text after the edits, which are in order and do not overlap. What no edit touches is kept
/// byte for byte.
pub(crate) fn apply(text: &Text<'_>, edits: &[Edit<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.bytes.len() + 256);
    let mut at = 0;
    for edit in edits {
        push(&mut out, &text.bytes[at..text.start(edit.lines.start)], text);
        for line in &edit.added {
            let content = fitted(line, edit, text);
            push(&mut out, &content, text);
        }
        at = text.start(edit.lines.end);
    }
    push(&mut out, &text.bytes[at..], text);
    out
}

/// Append whole lines; a line without an ending that is no longer the last one gets one.
fn push(out: &mut Vec<u8>, bytes: &[u8], text: &Text<'_>) {
    if bytes.is_empty() {
        return;
    }
    if out.last().is_some_and(|byte| *byte != b'\n') {
        out.extend(ending(text, text.len()));
    }
    out.extend(bytes);
}

/// The bytes of an added line as they go into the text.
fn fitted(line: &Line, edit: &Edit<'_>, text: &Text<'_>) -> Vec<u8> {
    let content = match &edit.style {
        Style::AsIs => line.content.clone(),
        Style::Ending => chomped(&line.content).to_vec(),
        Style::Indent(rule) => rule.apply(chomped(&line.content)),
    };
    let mut bytes = content;
    if line.newline {
        match edit.style {
            Style::AsIs => bytes.push(b'\n'),
            Style::Ending | Style::Indent(_) => bytes.extend(ending(text, edit.lines.end)),
        }
    }
    bytes
}

/// A line without the carriage returns at its end; other white space there is the author's.
fn chomped(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |at| at + 1);
    debug_assert!(end >= trim_end(line).len());
    &line[..end]
}

/// The line ending in force at a place of the text: that of the nearest line above that has one,
/// else of the first below.
fn ending(text: &Text<'_>, line: usize) -> &'static [u8] {
    let above = (0..line.min(text.len())).rev();
    let below = line.min(text.len())..text.len();
    let model = above.chain(below).find(|line| text.newline(*line));
    if model.is_some_and(|line| text.content(line).ends_with(b"\r")) { b"\r\n" } else { b"\n" }
}
