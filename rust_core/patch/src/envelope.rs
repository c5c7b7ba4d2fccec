//! The envelope that coding models emit, `*** Begin Patch` to `*** End Patch`, known as V4A.
//!
//! It names no lines: a hunk is found by its content, below the hunks before it and below the
//! lines that its `@@` name. Where such a line is given, the first fitting place below it is the
//! one that is meant; where none is given, two fitting places are an error.

use std::ops::Range;

use crate::error::PatchError;
use crate::find;
use crate::keys::{Keys, Tolerance, collapsed};
use crate::model::{FilePatch, Format, Hunk, Kind, Line, Operation};
use crate::place::Found;
use crate::scan::{Scan, chomp};
use crate::search;
use crate::sides::Sides;

const BEGIN: &[u8] = b"*** Begin Patch";
const END: &[u8] = b"*** End Patch";
const END_OF_FILE: &[u8] = b"*** End of File";

/// Whether a line begins an envelope.
pub(crate) fn begins(line: &[u8]) -> bool {
    line.trim_ascii() == BEGIN
}

/// Read the files of an envelope. What stands around it, such as the shell's `<<'EOF'`, is not
/// looked at.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<FilePatch>, PatchError> {
    let mut scan = Scan::new(text);
    while scan.peek().is_some_and(|line| !begins(line)) {
        scan.advance();
    }
    let Some(line) = scan.next() else {
        return Err(PatchError::Syntax { line: 1, reason: "`*** Begin Patch` is missing".into() });
    };
    let crlf = line.ends_with(b"\r");
    let mut files = Vec::new();
    loop {
        let Some(line) = scan.peek() else {
            return Err(scan.error_before("`*** End Patch` is missing"));
        };
        match line.trim_ascii() {
            END => return Ok(files),
            b"" => scan.advance(),
            line => {
                let file = file(&mut scan, line, crlf)?;
                files.push(file);
            }
        }
    }
}

/// Read one file; `line` is the marker under the cursor.
fn file(scan: &mut Scan<'_>, line: &[u8], crlf: bool) -> Result<FilePatch, PatchError> {
    let mut file = FilePatch::new(Format::Envelope, scan.number());
    let marked = |mark: &[u8]| line.strip_prefix(mark).map(|name| name.trim_ascii().to_vec());
    if let Some(name) = marked(b"*** Add File:") {
        file.operation = Operation::Create;
        file.new_path = Some(name);
        scan.advance();
        file.hunks = added(scan, crlf)?;
    } else if let Some(name) = marked(b"*** Delete File:") {
        file.operation = Operation::Delete;
        file.old_path = Some(name);
        scan.advance();
    } else if let Some(name) = marked(b"*** Update File:") {
        file.old_path = Some(name.clone());
        file.new_path = Some(name);
        scan.advance();
        update(scan, &mut file, crlf)?;
    } else {
        return Err(scan.error(
            "`*** Add File:`, `*** Update File:`, `*** Delete File:` or `*** End Patch` is expected",
        ));
    }
    file.raw_paths = (file.old_path.clone(), file.new_path.clone());
    if file.path().is_empty() {
        return Err(PatchError::Syntax {
            line: file.line,
            reason: "a file name is missing".into(),
        });
    }
    Ok(file)
}

/// The content of a new file as one hunk; an empty file has none.
fn added(scan: &mut Scan<'_>, crlf: bool) -> Result<Vec<Hunk>, PatchError> {
    let mut hunk = empty(scan);
    while let Some(line) = scan.peek().filter(|line| !marker(line)) {
        match line {
            [b'+', content @ ..] => hunk.lines.push(body(Kind::Added, content, crlf)),
            _ if line.trim_ascii().is_empty() => {}
            _ => return Err(scan.error("each line of a new file begins with `+`")),
        }
        scan.advance();
    }
    (hunk.old_start, hunk.new_start) = (Some(0), Some(1));
    Ok(if hunk.lines.is_empty() { Vec::new() } else { vec![hunk] })
}

fn update(scan: &mut Scan<'_>, file: &mut FilePatch, crlf: bool) -> Result<(), PatchError> {
    if let Some(name) = scan.peek().and_then(|line| line.trim_ascii().strip_prefix(b"*** Move to:"))
    {
        file.operation = Operation::Rename;
        file.new_path = Some(name.trim_ascii().to_vec());
        scan.advance();
    }
    while let Some(line) = scan.peek().filter(|line| !marker(line)) {
        if line.trim_ascii().is_empty() && !line.starts_with(b" ") {
            scan.advance();
            continue;
        }
        file.hunks.push(hunk(scan, crlf)?);
    }
    if file.hunks.is_empty() && file.operation == Operation::Modify {
        return Err(PatchError::Syntax { line: file.line, reason: "a file without hunks".into() });
    }
    Ok(())
}

/// A line that ends the hunks of a file.
fn marker(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"*** ") && line != END_OF_FILE
}

fn empty(scan: &Scan<'_>) -> Hunk {
    Hunk {
        old_start: None,
        new_start: None,
        heading: Vec::new(),
        anchors: Vec::new(),
        lines: Vec::new(),
        at_end: false,
        line: scan.number(),
    }
}

fn hunk(scan: &mut Scan<'_>, crlf: bool) -> Result<Hunk, PatchError> {
    let mut hunk = empty(scan);
    while let Some(line) = scan.peek().filter(|line| line.starts_with(b"@@")) {
        hunk.anchors.extend(anchor(line));
        scan.advance();
    }
    let mut blank = 0;
    while let Some(line) = scan.peek() {
        let (kind, content) = match line {
            [b' ', content @ ..] => (Kind::Context, content),
            [b'+', content @ ..] => (Kind::Added, content),
            [b'-', content @ ..] => (Kind::Removed, content),
            [] | [b'\r'] => (Kind::Context, line),
            _ if line.trim_ascii() == END_OF_FILE => {
                hunk.at_end = true;
                scan.advance();
                break;
            }
            _ if line.starts_with(b"@@") || marker(line) => break,
            _ => return Err(scan.error("a line of a hunk begins with a space, `+` or `-`")),
        };
        blank = if chomp(line).is_empty() { blank + 1 } else { 0 };
        hunk.lines.push(body(kind, content, crlf));
        scan.advance();
    }
    // Empty lines at the end stand between hunks or files more often than they are context.
    hunk.lines.truncate(hunk.lines.len() - blank);
    if hunk.lines.is_empty() {
        return Err(PatchError::Syntax { line: hunk.line, reason: "a hunk without lines".into() });
    }
    Ok(hunk)
}

/// The line that an `@@` names. Models that mix formats put line numbers there, which say nothing
/// that can be relied upon, with a heading behind them, which does.
fn anchor(line: &[u8]) -> Option<Vec<u8>> {
    let rest = line[2..].trim_ascii();
    let rest = match rest.strip_prefix(b"-") {
        Some(_) => rest[memchr::memmem::find(rest, b"@@")? + 2..].trim_ascii(),
        None => rest.strip_suffix(b"@@").unwrap_or(rest).trim_ascii(),
    };
    (!rest.is_empty()).then(|| rest.to_vec())
}

fn body(kind: Kind, content: &[u8], crlf: bool) -> Line {
    let content = if crlf { chomp(content) } else { content };
    Line { kind, content: content.to_vec(), newline: true }
}

/// Find the place of a hunk within `bounds`.
pub(crate) fn find<'p>(side: &Sides<'p>, keys: &Keys<'_>, bounds: &Range<usize>) -> Found<'p> {
    if side.hunk.at_end
        && let Some(found) = at_end(side, keys, bounds)
    {
        return found;
    }
    if side.hunk.anchors.is_empty() {
        // Lines that are to be added and no line to add them at: the end of the file is meant.
        let end = side.old.is_empty().then_some(bounds.end);
        return find::find(side, keys, bounds, end);
    }
    let mut places = Vec::new();
    for region in regions(&side.hunk.anchors, keys, bounds) {
        match first(side, keys, &region) {
            Found::Here(place) => places.push(place),
            Found::Nowhere => {}
            several @ Found::Several(_) => return several,
        }
    }
    match places.len() {
        0 => Found::Nowhere,
        1 => places.pop().map_or(Found::Nowhere, Found::Here),
        _ => Found::Several(places.iter().map(|place| place.span.start).collect()),
    }
}

/// The place at the end of the text, of which blank lines below are no part.
fn at_end<'p>(side: &Sides<'p>, keys: &Keys<'_>, bounds: &Range<usize>) -> Option<Found<'p>> {
    let blank = |line: &usize| keys.text.content(*line).trim_ascii().is_empty();
    let below = bounds.clone().rev().take_while(blank).count();
    let ends = (bounds.end - below..=bounds.end).rev();
    let start = ends
        .filter_map(|end| end.checked_sub(side.old.len()))
        .filter(|start| *start >= bounds.start)
        .find(|start| search::stands(keys, &side.old, *start, Tolerance::Amount))?;
    let window = start..start + side.old.len();
    Some(find::find(side, keys, &window, Some(start)))
}

/// Parts of the text below a line that the anchors name, each up to the next such line.
fn regions(anchors: &[Vec<u8>], keys: &Keys<'_>, bounds: &Range<usize>) -> Vec<Range<usize>> {
    let Some((outer, inner)) = anchors.split_first() else { return vec![bounds.clone()] };
    let text = keys.text;
    let equal = |line: &usize| collapsed(text.content(*line)).eq(collapsed(outer));
    let begins = |line: &usize| {
        let anchor: Vec<u8> = collapsed(outer).collect();
        collapsed(text.content(*line)).take(anchor.len()).eq(anchor.iter().copied())
    };
    let mut hits: Vec<usize> = bounds.clone().filter(equal).collect();
    if hits.is_empty() {
        hits = bounds.clone().filter(begins).collect();
    }
    let ends = hits.iter().skip(1).copied().chain([bounds.end]);
    let parts = hits.iter().zip(ends).map(|(start, end)| start + 1..end);
    parts.filter_map(|part| innermost(inner, keys, part)).collect()
}

/// The part below the first line that the inner anchors name, one after the other.
fn innermost(anchors: &[Vec<u8>], keys: &Keys<'_>, part: Range<usize>) -> Option<Range<usize>> {
    let Some((next, rest)) = anchors.split_first() else { return Some(part) };
    let found = regions(std::slice::from_ref(next), keys, &part).into_iter().next()?;
    innermost(rest, keys, found.start..part.end)
}

/// The first place in a part of the text.
fn first<'p>(side: &Sides<'p>, keys: &Keys<'_>, part: &Range<usize>) -> Found<'p> {
    if side.old.is_empty() {
        return find::find(side, keys, part, Some(part.start));
    }
    // The anchor may be repeated as the first line of context.
    let wide = part.start.saturating_sub(1)..part.end;
    for tolerance in [Tolerance::Exact, Tolerance::AtEnd, Tolerance::Amount] {
        let places = search::places(keys, &side.old, &wide, Some(wide.start), tolerance);
        if let Some(start) = places.first() {
            return find::find(side, keys, &(*start..start + side.old.len()), Some(*start));
        }
    }
    find::find(side, keys, &wide, None)
}
