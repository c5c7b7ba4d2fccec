//! SEARCH/REPLACE blocks, as aider made them known.
//!
//! ```text
//! path/to/file.py
//! <<<<<<< SEARCH
//! lines as they are
//! =======
//! lines as they shall be
//! >>>>>>> REPLACE
//! ```
//!
//! A block names its file on one of the lines above it, beyond a code fence; without a name it is
//! for the file of the block before. An empty SEARCH part adds to the end of the file.

use crate::error::PatchError;
use crate::model::{FilePatch, Format, Hunk, Kind, Line};
use crate::scan::{Scan, chomp};

/// How many lines above a block its file may be named.
const ABOVE: usize = 3;

/// Whether a line is a mark: so many of one character, then a word.
fn mark(line: &[u8], sign: u8, word: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let signs = line.iter().take_while(|byte| **byte == sign).count();
    (5..=9).contains(&signs) && line[signs..].trim_ascii_start() == word
}

/// Whether a line begins a block.
pub(crate) fn begins(line: &[u8]) -> bool {
    mark(line, b'<', b"SEARCH")
}

/// Read every block of a text, by the file it is for, in the order of the first block of each.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<FilePatch>, PatchError> {
    let mut scan = Scan::new(text);
    let mut files: Vec<FilePatch> = Vec::new();
    let mut current: Option<usize> = None;
    while let Some(line) = scan.peek() {
        if !begins(line) {
            scan.advance();
            continue;
        }
        let name = name_above(&scan);
        let index = match (name, current) {
            (None, Some(index)) => index,
            (name, _) => of_name(&mut files, name, scan.number()),
        };
        current = Some(index);
        let hunk = block(&mut scan)?;
        files[index].hunks.push(hunk);
    }
    Ok(files)
}

/// The file of a name, a new one if it is the first of that name.
fn of_name(files: &mut Vec<FilePatch>, name: Option<Vec<u8>>, line: u32) -> usize {
    if let Some(index) = files.iter().position(|file| file.new_path == name) {
        return index;
    }
    let mut file = FilePatch::new(Format::Blocks, line);
    file.raw_paths = (name.clone(), name.clone());
    (file.old_path, file.new_path) = (name.clone(), name);
    files.push(file);
    files.len() - 1
}

/// The file name above a block, if one is there.
fn name_above(scan: &Scan<'_>) -> Option<Vec<u8>> {
    for line in scan.above(ABOVE) {
        let line = line.trim_ascii();
        if line.starts_with(b"```") || line.starts_with(b"~~~") {
            // Some put the name behind the opening fence: ```python path/to/file.py
            let info = line.trim_ascii_start().iter().position(|byte| *byte == b' ');
            match info.map(|at| line[at..].trim_ascii()) {
                Some(name) if !name.is_empty() => return Some(name.to_vec()),
                _ => continue,
            }
        }
        let name = undecorated(line);
        let plain = !name.is_empty() && !mark(name, b'>', b"REPLACE");
        // A sentence is no file name.
        let named = plain && !name.contains(&b' ') && !name.ends_with(b".");
        return named.then(|| name.to_vec());
    }
    None
}

/// A name without what Markdown puts around it.
fn undecorated(line: &[u8]) -> &[u8] {
    let decoration = |byte: &u8| matches!(byte, b'#' | b'*' | b'`' | b':' | b' ');
    let Some(start) = line.iter().position(|byte| !decoration(byte)) else { return b"" };
    let end = line.iter().rposition(|byte| !decoration(byte)).map_or(start, |at| at + 1);
    &line[start..end]
}

/// Read the block under the cursor.
fn block(scan: &mut Scan<'_>) -> Result<Hunk, PatchError> {
    let line = scan.number();
    let crlf = scan.peek().is_some_and(|line| line.ends_with(b"\r"));
    scan.advance();
    let missing = |what: &str| PatchError::Syntax { line, reason: format!("{what} is missing") };
    let search = until(scan, |line| mark(line, b'=', b"")).ok_or_else(|| missing("`=======`"))?;
    let replace = until(scan, |line| mark(line, b'>', b"REPLACE"))
        .ok_or_else(|| missing("`>>>>>>> REPLACE`"))?;
    Ok(Hunk {
        old_start: None,
        new_start: None,
        heading: Vec::new(),
        anchors: Vec::new(),
        lines: compare(&search, &replace, crlf),
        at_end: false,
        line,
    })
}

/// The lines up to the one that ends a part, which is left behind; `None` where the text or
/// another block comes first.
fn until<'a>(scan: &mut Scan<'a>, ends: impl Fn(&[u8]) -> bool) -> Option<Vec<&'a [u8]>> {
    let mut lines = Vec::new();
    loop {
        let line = scan.next()?;
        if ends(line) {
            return Some(lines);
        }
        if begins(line) {
            return None;
        }
        lines.push(line);
    }
}

/// Both parts as one hunk: what they have in common is context, and keeps the bytes it has.
fn compare(search: &[&[u8]], replace: &[&[u8]], crlf: bool) -> Vec<Line> {
    let options = pyagent_diff::Options::default();
    let changes = pyagent_diff::tokens(search, replace, &options);
    let line = |kind, content: &&[u8]| {
        let content = if crlf { chomp(content) } else { content };
        Line { kind, content: content.to_vec(), newline: true }
    };
    let mut lines = Vec::new();
    let mut at = 0;
    for change in changes {
        let (before, after) = (change.before, change.after);
        let (start, end) = (before.start as usize, before.end as usize);
        lines.extend(search[at..start].iter().map(|text| line(Kind::Context, text)));
        lines.extend(search[start..end].iter().map(|text| line(Kind::Removed, text)));
        let added = &replace[after.start as usize..after.end as usize];
        lines.extend(added.iter().map(|text| line(Kind::Added, text)));
        at = end;
    }
    lines.extend(search[at..].iter().map(|text| line(Kind::Context, text)));
    lines
}
