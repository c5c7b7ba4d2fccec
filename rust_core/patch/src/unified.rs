//! Hunks of unified diffs, as POSIX `diff -u` and git write them, and as they arrive after mail
//! programs, editors and language models.

use crate::error::PatchError;
use crate::model::{Hunk, Kind, Line};
use crate::scan::{Scan, chomp};

/// What a line `@@ -1,3 +1,4 @@ heading` says.
struct Header {
    /// Start and length of both sides; `None` where the line gives no numbers (`@@ ... @@`).
    ranges: Option<[(u32, usize); 2]>,
    heading: Vec<u8>,
}

/// Whether a line begins a hunk.
pub(crate) fn begins_hunk(line: &[u8]) -> bool {
    line.starts_with(b"@@ -") || matches!(chomp(line), b"@@" | b"@@ @@" | b"@@ ... @@")
}

/// Whether the lines under the cursor are the names of a file: `--- OLD` and `+++ NEW`, with a
/// hunk behind them.
pub(crate) fn begins_file(scan: &Scan<'_>) -> bool {
    let at = |ahead, start: &[u8]| scan.look(ahead).is_some_and(|line| line.starts_with(start));
    at(0, b"--- ") && at(1, b"+++ ") && scan.look(2).is_none_or(|line| line.starts_with(b"@@"))
}

/// Read the hunk under the cursor. `crlf` says that the patch as a whole was converted to CRLF, so
/// that the carriage returns at the end of its lines are not the file's.
///
/// The lengths in the header are believed where the lines agree with them; otherwise the lines
/// are counted anew, as `git apply --recount` does.
pub(crate) fn hunk(scan: &mut Scan<'_>, crlf: bool) -> Result<Hunk, PatchError> {
    let line = scan.number();
    let header = header(scan)?;
    scan.advance();
    let lines = match header.ranges {
        Some([(_, old), (_, new)]) => counted(scan, old, new, crlf),
        None => None,
    };
    let lines = match lines {
        Some(lines) => lines,
        None => recounted(scan, crlf)?,
    };
    if lines.is_empty() {
        return Err(PatchError::Syntax { line, reason: "a hunk without lines".into() });
    }
    Ok(Hunk {
        old_start: header.ranges.map(|[(start, _), _]| start),
        new_start: header.ranges.map(|[_, (start, _)]| start),
        heading: header.heading,
        anchors: Vec::new(),
        lines,
        at_end: false,
        line,
    })
}

fn header(scan: &Scan<'_>) -> Result<Header, PatchError> {
    let line = chomp(scan.peek().unwrap_or_default());
    if !line.starts_with(b"@@ -") {
        return Ok(Header { ranges: None, heading: Vec::new() });
    }
    let wrong = || scan.error("a hunk begins with `@@ -LINE,COUNT +LINE,COUNT @@`");
    let rest = &line[4..];
    let (old, rest) = range(rest).ok_or_else(wrong)?;
    let (new, rest) = rest.strip_prefix(b" +").and_then(range).ok_or_else(wrong)?;
    let heading = rest.strip_prefix(b" @@").ok_or_else(wrong)?;
    let heading = heading.strip_prefix(b" ").unwrap_or(heading).to_vec();
    Ok(Header { ranges: Some([old, new]), heading })
}

/// `LINE` or `LINE,COUNT` and what stands behind it.
fn range(text: &[u8]) -> Option<((u32, usize), &[u8])> {
    let (start, rest) = integer(text)?;
    let Some(rest) = rest.strip_prefix(b",") else { return Some(((start, 1), rest)) };
    let (count, rest) = integer(rest)?;
    Some(((start, usize::try_from(count).ok()?), rest))
}

fn integer(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let digits = std::str::from_utf8(&text[..end]).ok()?;
    Some((digits.parse().ok()?, &text[end..]))
}

/// The lines of a hunk by the lengths of its header; `None`, with the cursor as it was, where the
/// lines say otherwise.
fn counted(scan: &mut Scan<'_>, mut old: usize, mut new: usize, crlf: bool) -> Option<Vec<Line>> {
    let mut ahead = 0;
    let mut lines = Vec::new();
    while old > 0 || new > 0 {
        let text = scan.look(ahead)?;
        if text.starts_with(b"\\") {
            unterminated(&mut lines)?;
        } else {
            let line = body(text, crlf)?;
            if line.kind != Kind::Added {
                old = old.checked_sub(1)?;
            }
            if line.kind != Kind::Removed {
                new = new.checked_sub(1)?;
            }
            lines.push(line);
        }
        ahead += 1;
    }
    match scan.look(ahead) {
        Some(text) if text.starts_with(b"\\") => {
            unterminated(&mut lines)?;
            ahead += 1;
        }
        // More of the same: the header's count was too small. A mail's signature is not meant.
        Some(text @ [b' ' | b'+' | b'-', ..]) => {
            let header = text.starts_with(b"--- ") && scan.look(ahead + 1)?.starts_with(b"+++ ");
            if !header && !matches!(chomp(text), b"-- " | b"--") {
                return None;
            }
        }
        _ => {}
    }
    for _ in 0..ahead {
        scan.advance();
    }
    Some(lines)
}

/// The lines of a hunk up to the first that can be none of it.
fn recounted(scan: &mut Scan<'_>, crlf: bool) -> Result<Vec<Line>, PatchError> {
    let mut lines = Vec::new();
    let mut blank = 0;
    while let Some(text) = scan.peek() {
        if begins_hunk(text) || begins_file(scan) || ends_hunk(text) {
            break;
        }
        if text.starts_with(b"\\") {
            unterminated(&mut lines)
                .ok_or_else(|| scan.error("no line before `\\ No newline at end of file`"))?;
        } else if let Some(line) = body(text, crlf) {
            blank = if chomp(text).is_empty() { blank + 1 } else { 0 };
            lines.push(line);
        } else {
            return Err(scan.error(
                "a line of a hunk begins with a space, `+`, `-` or `\\`, and its header counts \
                 more lines",
            ));
        }
        scan.advance();
    }
    // Empty lines at the end stand between hunks or files more often than they are context.
    lines.truncate(lines.len() - blank);
    Ok(lines)
}

/// A line that ends a hunk whose length is not known.
fn ends_hunk(text: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [b"diff ", b"Index: ", b"=====", b"From ", b"```"];
    starts.iter().any(|start| text.starts_with(start)) || matches!(chomp(text), b"-- " | b"--")
}

/// A line of a hunk; an empty one is context that lost its space on the way.
fn body(text: &[u8], crlf: bool) -> Option<Line> {
    let (kind, content) = match text {
        [b' ', rest @ ..] => (Kind::Context, rest),
        [b'-', rest @ ..] => (Kind::Removed, rest),
        [b'+', rest @ ..] => (Kind::Added, rest),
        // Some mail programs eat a space that stands alone or before a tab.
        [] | [b'\r'] | [b'\t', ..] => (Kind::Context, text),
        _ => return None,
    };
    let content = if crlf { chomp(content) } else { content };
    Some(Line { kind, content: content.to_vec(), newline: true })
}

/// What `\ No newline at end of file` says of the line before it.
fn unterminated(lines: &mut [Line]) -> Option<()> {
    lines.last_mut()?.newline = false;
    Some(())
}
