//! Which line a hunk is said to lie in: the nearest one above it that opens a function or section.
//!
//! The rules are those of git's built-in drivers (gitattributes, "Defining a custom hunk-header"),
//! so that our hunk headers are git's, byte for byte.

/// git's room for the text after `@@`.
const LONGEST: usize = 80;

/// Which lines open a function or a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Headings {
    /// None: hunks have no heading.
    Off,
    /// A line that starts with a letter, `_` or `$`: git's default, and `diff -p`.
    Generic,
    /// `class`, `def` and `async def` at any indentation.
    #[default]
    Python,
    /// Functions, types, traits, implementations, modules and macros.
    Rust,
    /// Functions, and types that are structs or interfaces.
    Go,
    /// Headings with number signs.
    Markdown,
}

impl Headings {
    /// Every rule with the name that callers give it.
    pub const NAMED: [(&'static str, Self); 6] = [
        ("off", Self::Off),
        ("generic", Self::Generic),
        ("python", Self::Python),
        ("rust", Self::Rust),
        ("go", Self::Go),
        ("markdown", Self::Markdown),
    ];

    /// The rule for a file, told by the end of its name.
    pub fn of_path(path: &[u8]) -> Self {
        let name = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(path);
        match name.iter().rposition(|byte| *byte == b'.').map(|dot| &name[dot + 1..]) {
            Some(b"py" | b"pyi" | b"pyx" | b"pyw") => Self::Python,
            Some(b"rs") => Self::Rust,
            Some(b"go") => Self::Go,
            Some(b"md" | b"markdown") => Self::Markdown,
            _ => Self::Generic,
        }
    }

    /// The text that a line contributes as a heading, if it is one.
    pub fn text(self, line: &[u8]) -> Option<&[u8]> {
        let line = without_end(line);
        let text = match self {
            Self::Off => None,
            Self::Generic => generic(line),
            Self::Python => python(line),
            Self::Rust => rust(line),
            Self::Go => go(line),
            Self::Markdown => markdown(line),
        };
        text.map(shown)
    }
}

/// Looks headings up for one hunk after the other, each line once.
pub(crate) struct Finder<'a> {
    rule: Headings,
    text: &'a [u8],
    searched: usize,
    found: &'a [u8],
}

impl<'a> Finder<'a> {
    pub(crate) fn new(rule: Headings, text: &'a [u8]) -> Self {
        Self { rule, text, searched: 0, found: b"" }
    }

    /// The nearest heading above the line that starts at `offset`, which must not lie above that of
    /// the last call.
    pub(crate) fn above(&mut self, offset: usize) -> &'a [u8] {
        if self.rule != Headings::Off {
            let text = &self.text[self.searched..offset];
            let found = lines_upwards(text).find_map(|line| self.rule.text(line));
            self.found = found.unwrap_or(self.found);
            self.searched = offset;
        }
        self.found
    }
}

/// The lines of a text that ends with a line feed, the last one first.
fn lines_upwards(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let above = &rest[..rest.len().checked_sub(1)?];
        let (before, line) = rest.split_at(memchr::memrchr(b'\n', above).map_or(0, |at| at + 1));
        rest = before;
        Some(line)
    })
}

/// As much of a heading as git shows: 80 bytes, no blanks at the end, and nothing from the first
/// byte on that is not UTF-8.
fn shown(text: &[u8]) -> &[u8] {
    let text = trim_end(&text[..text.len().min(LONGEST)]);
    match std::str::from_utf8(text) {
        Ok(_) => text,
        Err(error) => &text[..error.valid_up_to()],
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn trim_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    &text[..end.map_or(0, |at| at + 1)]
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn skip_blanks(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|byte| !is_blank(*byte));
    &line[start.unwrap_or(line.len())..]
}

/// What follows `word` and at least one blank.
fn after_word<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(word)?;
    rest.first().is_some_and(|byte| is_blank(*byte)).then(|| skip_blanks(rest))
}

fn generic(line: &[u8]) -> Option<&[u8]> {
    let first = *line.first()?;
    (first.is_ascii_alphabetic() || matches!(first, b'_' | b'$')).then_some(line)
}

fn python(line: &[u8]) -> Option<&[u8]> {
    let text = skip_blanks(line);
    // Most lines are neither: their first letter says so.
    if !matches!(text.first(), Some(b'a' | b'c' | b'd')) {
        return None;
    }
    let inner = after_word(text, b"async").unwrap_or(text);
    let class = after_word(text, b"class");
    class.or_else(|| after_word(inner, b"def")).map(|_| text)
}

fn rust(line: &[u8]) -> Option<&[u8]> {
    const OPENERS: [&[u8]; 8] =
        [b"struct", b"enum", b"union", b"mod", b"trait", b"fn", b"impl", b"macro_rules!"];
    const QUALIFIERS: [&[u8]; 3] = [b"async", b"const", b"unsafe"];
    let text = skip_blanks(line);
    if text.contains(&b';') {
        return None;
    }
    let item = visibility(text).unwrap_or(text);
    let qualified = QUALIFIERS.iter().find_map(|word| after_word(item, word));
    let item = qualified.or_else(|| foreign(item)).unwrap_or(item);
    let opener = OPENERS.iter().find_map(|word| item.strip_prefix(*word))?;
    matches!(opener.first(), Some(b'<' | b' ' | b'\t')).then_some(text)
}

/// What follows `pub` or `pub(...)` and blanks.
fn visibility(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"pub")?;
    let rest = match rest.strip_prefix(b"(") {
        Some(scope) => &scope[scope.iter().position(|byte| *byte == b')')? + 1..],
        None => rest,
    };
    rest.first().is_some_and(|byte| is_blank(*byte)).then(|| skip_blanks(rest))
}

/// What follows `extern "..."` and blanks.
fn foreign(item: &[u8]) -> Option<&[u8]> {
    let name = after_word(item, b"extern")?.strip_prefix(b"\"")?;
    let rest = &name[name.iter().position(|byte| *byte == b'"')? + 1..];
    rest.first().is_some_and(|byte| is_blank(*byte)).then(|| skip_blanks(rest))
}

fn go(line: &[u8]) -> Option<&[u8]> {
    let text = skip_blanks(line);
    if text.starts_with(b"func") {
        return Some(text);
    }
    let rest = after_word(text, b"type")?;
    let ends = [b"struct".as_slice(), b"interface"].into_iter().filter_map(|word| {
        let at = rest.windows(word.len()).rposition(|part| part == word)? + word.len();
        let brace = skip_blanks(&rest[at..]).strip_prefix(b"{").map(skip_blanks);
        Some(
            brace.map_or(rest.len() - skip_blanks(&rest[at..]).len(), |end| rest.len() - end.len()),
        )
    });
    let start = text.len() - rest.len();
    ends.max().map(|end| &text[..start + end])
}

fn markdown(line: &[u8]) -> Option<&[u8]> {
    let indent = line.iter().take_while(|byte| **byte == b' ').count();
    let signs = line[indent.min(3)..].iter().take_while(|byte| **byte == b'#').count();
    let opens = indent <= 3 && (1..=6).contains(&signs);
    let blank = line.get(indent + signs).is_some_and(|byte| is_blank(*byte));
    (opens && blank).then_some(line)
}

#[cfg(test)]
#[path = "headings_tests.rs"]
mod tests;
