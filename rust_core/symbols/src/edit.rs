//! Edits of one file: parts that can each be applied or left out.

use std::sync::Arc;

use pyagent_source::with_module;
use rustc_hash::FxHashMap;

use crate::SymbolsError;

/// The bytes from `start` to `end` of a text are to be `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replace {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) text: String,
}

/// A piece of a text that goes to another place of it.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    /// What is taken out, with the blank lines that would be left over.
    pub(crate) cut: (usize, usize),
    /// What of it goes to the other place.
    pub(crate) body: (usize, usize),
    pub(crate) to: usize,
    /// What follows it there.
    pub(crate) after: String,
    /// What is left in its place.
    pub(crate) left: String,
    /// What is left in the place of the first of all statements of a suite that go.
    pub(crate) filler: String,
    /// The suite, by the offset of its head, and how many statements it has.
    pub(crate) suite: (usize, usize),
}

/// Edits of one file that belong together.
#[derive(Debug, Clone)]
pub struct Part {
    /// What kind of edit it is.
    pub kind: &'static str,
    /// First line that it touches, from 1.
    pub line: u32,
    /// Last line that it touches.
    pub end_line: u32,
    /// The names that it is about.
    pub names: Vec<String>,
    /// Why, in a sentence.
    pub why: String,
    pub(crate) replaces: Vec<Replace>,
    pub(crate) moves: Vec<Move>,
}

/// The edits of one file.
#[derive(Debug, Clone)]
pub struct FileEdit {
    /// The file, below the root.
    pub path: String,
    /// Its bytes when it was read.
    pub original: Arc<[u8]>,
    /// Its edits.
    pub parts: Vec<Part>,
    pub(crate) text: Arc<str>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl FileEdit {
    /// The contents of the file with the parts of these indices applied, or all for `None`. The
    /// result is parsed before it is returned; what no edit touches keeps its bytes.
    pub fn apply(&self, parts: Option<&[usize]>) -> Result<Vec<u8>, SymbolsError> {
        let count = self.parts.len();
        if let Some(&index) = parts.into_iter().flatten().find(|&&index| index >= count) {
            return Err(SymbolsError::Group { index, count });
        }
        let chosen: Vec<&Part> = self
            .parts
            .iter()
            .enumerate()
            .filter(|(index, _)| parts.is_none_or(|parts| parts.contains(index)))
            .map(|(_, part)| part)
            .collect();
        let edited = self.edited(&chosen)?;
        with_module(&edited, |_| ())
            .map_err(|error| self.error(format!("the result does not parse: {error}")))?;
        self.encode(&edited)
    }

    fn error(&self, reason: String) -> SymbolsError {
        SymbolsError::Edit { path: self.path.clone(), reason }
    }

    fn edited(&self, chosen: &[&Part]) -> Result<String, SymbolsError> {
        let moves: Vec<&Move> = chosen.iter().flat_map(|part| &part.moves).collect();
        let mut outside: Vec<Replace> = Vec::new();
        let mut inside: Vec<Vec<Replace>> = vec![Vec::new(); moves.len()];
        for replace in chosen.iter().flat_map(|part| &part.replaces) {
            let within = |one: &&Move| one.body.0 <= replace.start && replace.end <= one.body.1;
            let list = match moves.iter().position(within) {
                Some(at) => &mut inside[at],
                None => &mut outside,
            };
            // Two uses may need the same import.
            if !list.contains(replace) {
                list.push(replace.clone());
            }
        }
        outside.extend(cuts(&moves));
        for (one, inside) in moves.iter().zip(inside) {
            let text = self.spliced(one.body, inside)? + &one.after;
            outside.push(Replace { start: one.to, end: one.to, text });
        }
        self.spliced((0, self.text.len()), outside)
    }

    /// A piece of the text with replacements made. Those at one place keep their order.
    fn spliced(
        &self,
        (start, end): (usize, usize),
        mut parts: Vec<Replace>,
    ) -> Result<String, SymbolsError> {
        parts.sort_by_key(|part| (part.start, part.end));
        let mut out = String::with_capacity(end - start);
        let mut at = start;
        for part in &parts {
            let Some(kept) = self.text.get(at..part.start).filter(|_| part.start >= at) else {
                return Err(self.error("two edits overlap".to_owned()));
            };
            out.push_str(kept);
            out.push_str(&part.text);
            at = part.end;
        }
        out.push_str(self.text.get(at..end).unwrap_or_default());
        Ok(out)
    }

    fn encode(&self, text: &str) -> Result<Vec<u8>, SymbolsError> {
        encode(&self.original, &self.text, text)
            .map_err(|reason| SymbolsError::File { path: self.path.clone(), reason })
    }
}

/// The bytes of `edited`, in the encoding in which `text` is `original`, with its byte order mark.
fn encode(original: &[u8], text: &str, edited: &str) -> Result<Vec<u8>, String> {
    let (mark, body) = match original.strip_prefix(BOM) {
        Some(rest) => (BOM, rest),
        None => (&[][..], original),
    };
    if body == text.as_bytes() {
        return Ok([mark, edited.as_bytes()].concat());
    }
    let table = single_bytes(text, body).ok_or("is in an encoding that cannot be kept")?;
    let byte = |c: char| {
        let ascii = u8::try_from(c).ok().filter(u8::is_ascii);
        let byte = table.get(&c).copied().or(ascii);
        byte.ok_or_else(|| format!("is in an encoding in which {c:?} may have no place"))
    };
    let bytes: Vec<u8> = edited.chars().map(byte).collect::<Result<_, _>>()?;
    Ok([mark, &bytes].concat())
}

/// Why a file cannot hold `added` beside what it has, if so.
pub(crate) fn objection(original: &[u8], text: &str, added: &str) -> Option<String> {
    encode(original, text, added).err()
}

/// Which byte each character of a text is, if every character is one byte and ASCII is itself.
///
/// No encoding takes less than a byte for a character, so that as many bytes as characters are one
/// each.
fn single_bytes(text: &str, bytes: &[u8]) -> Option<FxHashMap<char, u8>> {
    let mut table = FxHashMap::default();
    let mut left = bytes.iter();
    for c in text.chars() {
        let &byte = left.next()?;
        if (c.is_ascii() && u32::from(byte) != u32::from(c))
            || *table.entry(c).or_insert(byte) != byte
        {
            return None;
        }
    }
    left.next().is_none().then_some(table)
}

/// What the cuts leave. Neighbours may both claim the blank lines between them.
fn cuts(moves: &[&Move]) -> Vec<Replace> {
    let mut sorted = moves.to_vec();
    sorted.sort_by_key(|one| one.cut);
    let mut found: Vec<Replace> = Vec::new();
    for (index, one) in sorted.iter().enumerate() {
        let gone =
            sorted.iter().filter(|other| other.suite.0 == one.suite.0 && other.left.is_empty());
        let first = !sorted[..index].iter().any(|other| other.suite.0 == one.suite.0);
        let emptied = first && gone.count() == one.suite.1;
        let start = found.last().map_or(one.cut.0, |last| one.cut.0.max(last.end));
        let text = if emptied { &one.filler } else { &one.left };
        found.push(Replace { start, end: one.cut.1.max(start), text: text.clone() });
    }
    found
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
