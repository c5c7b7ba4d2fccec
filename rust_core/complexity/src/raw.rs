//! Line counts by the rules of `radon.raw.analyze`, from one pass over the tokens.
//!
//! radon tokenizes the shortest runs of lines that make sense by themselves. Those runs are the
//! logical lines, and the lines that hold nothing but a comment or white space.

use pyagent_source::Lines;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextSize};

use crate::RawCounts;

/// The kinds of tokens that count for more than being there. Nine tokens in ten are of another
/// kind, which this table tells without a branch for each kind.
const SPECIAL: [bool; 256] = {
    let kinds = [
        TokenKind::Indent,
        TokenKind::Dedent,
        TokenKind::EndOfFile,
        TokenKind::Newline,
        TokenKind::NonLogicalNewline,
        TokenKind::Comment,
        TokenKind::String,
        TokenKind::Semi,
        TokenKind::Colon,
        TokenKind::Lpar,
        TokenKind::Lsqb,
        TokenKind::Lbrace,
        TokenKind::Rpar,
        TokenKind::Rsqb,
        TokenKind::Rbrace,
    ];
    let mut special = [false; 256];
    let mut i = 0;
    while i < kinds.len() {
        special[kinds[i] as usize] = true;
        i += 1;
    }
    special
};

pub(crate) fn count(text: &str, lines: &Lines, tokens: &[Token]) -> RawCounts {
    let source = Source { text, lines, plain: is_plain(text) };
    let mut raw = RawCounts::default();
    let mut cursor = lines.cursor();
    let mut next_line = 1;
    let mut run = Run::default();
    for token in tokens {
        if !SPECIAL[token.kind() as usize] {
            run.tokens += 1;
            run.part += 1;
            continue;
        }
        match token.kind() {
            TokenKind::Indent | TokenKind::Dedent | TokenKind::EndOfFile => {}
            TokenKind::Newline | TokenKind::NonLogicalNewline if run.brackets == 0 => {
                let last = cursor.line(token.start());
                run.finish(&mut raw, &source, next_line, last);
                next_line = last + 1;
                run = Run::default();
            }
            kind => run.token(kind, token),
        }
    }
    let total = last_line(text, lines);
    if run.tokens > 0 || run.comments > 0 {
        run.finish(&mut raw, &source, next_line, total);
    } else if next_line <= total {
        source.blank_lines(&mut raw, next_line, total);
    }
    raw.loc = raw.sloc + raw.blank + raw.multi + raw.single_comments;
    raw
}

/// The last line that Python's `splitlines` would give: none follows the last line end.
fn last_line(text: &str, lines: &Lines) -> u32 {
    let starts = u32::try_from(lines.count()).unwrap_or(u32::MAX);
    if text.is_empty() || text.ends_with(['\n', '\r']) { starts - 1 } else { starts }
}

/// The tokens of one run, as far as the counts need them.
#[derive(Default)]
struct Run {
    brackets: u32,
    /// Tokens, without comments and line ends within brackets.
    tokens: u32,
    comments: u32,
    /// The run starts with a string token, and where it ends.
    string: Option<(TextSize, TextSize)>,
    /// Tokens since the last `;`, and the place of the last `:` among them.
    part: u32,
    colon: Option<u32>,
    lloc: u32,
}

impl Run {
    fn token(&mut self, kind: TokenKind, token: &Token) {
        match kind {
            TokenKind::Comment => {
                self.comments += 1;
                return;
            }
            TokenKind::NonLogicalNewline => return,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.brackets += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            _ => {}
        }
        if kind == TokenKind::String && self.tokens == 0 {
            self.string = Some((token.start(), token.end()));
        }
        self.tokens += 1;
        if kind == TokenKind::Semi {
            self.lloc += self.part_lines(false);
            self.part = 0;
            self.colon = None;
            return;
        }
        if kind == TokenKind::Colon {
            self.colon = Some(self.part);
        }
        self.part += 1;
    }

    /// Logical lines between two `;`: two where something follows the last colon. radon takes the
    /// end marker for granted, which only the last part has, so in the others it is the last token
    /// but one that it takes for the end.
    fn part_lines(&self, last: bool) -> u32 {
        match self.colon {
            Some(at) => 2 - u32::from(at + 2 == self.part + u32::from(last)),
            None => u32::from(self.part > 0),
        }
    }

    fn finish(&self, raw: &mut RawCounts, source: &Source<'_>, first: u32, last: u32) {
        raw.comments += self.comments;
        raw.lloc += self.lloc + self.part_lines(true);
        if self.tokens == 0 {
            if self.comments > 0 {
                raw.single_comments += 1;
            } else {
                source.blank_lines(raw, first, last);
            }
            return;
        }
        match self.string {
            Some((start, end)) if self.tokens == 1 && self.comments == 0 => {
                if source.lines.line(start) == source.lines.line(end) {
                    raw.single_comments += 1;
                } else {
                    let (filled, blank) = source.filled_and_blank(first, last);
                    raw.multi += filled;
                    raw.blank += blank;
                }
            }
            _ if first == last => raw.sloc += 1,
            _ => {
                let (filled, blank) = source.filled_and_blank(first, last);
                raw.sloc += filled;
                raw.blank += blank;
            }
        }
    }
}

/// Whether Python's `str.splitlines` ends lines of `text` where its tokenizer does, and nowhere
/// else. Form feeds between functions are what makes a text another kind.
fn is_plain(text: &str) -> bool {
    // Blocks without branches, which the compiler turns into vector instructions.
    let odd = |block: &[u8]| {
        let odd = |byte: u8| {
            u8::from(byte.wrapping_sub(0x0b) < 2) | u8::from(byte.wrapping_sub(0x1c) < 3)
        };
        block.iter().fold(0, |found, &byte| found | odd(byte)) != 0
    };
    let separators = ['\u{85}', '\u{2028}', '\u{2029}'];
    !text.as_bytes().chunks(128).any(odd)
        && (text.is_ascii() || !separators.into_iter().any(|end| text.contains(end)))
}

/// A text and its lines.
struct Source<'a> {
    text: &'a str,
    lines: &'a Lines,
    plain: bool,
}

impl Source<'_> {
    fn blank_lines(&self, raw: &mut RawCounts, first: u32, last: u32) {
        let (filled, blank) = self.filled_and_blank(first, last);
        // Only a backslash before a line end can be here, and radon counts it as code.
        raw.sloc += filled;
        raw.blank += blank;
    }

    /// Lines with something on them and lines without, from `first` to `last`, as Python's
    /// `str.splitlines` and `str.strip` see them.
    fn filled_and_blank(&self, first: u32, last: u32) -> (u32, u32) {
        let (mut filled, mut blank) = (0, 0);
        let mut add = |line: &str| if is_blank(line) { blank += 1 } else { filled += 1 };
        if self.plain {
            (first..=last).for_each(|line| add(self.slice(line, line)));
        } else {
            split_lines(self.slice(first, last)).for_each(add);
        }
        (filled, blank)
    }

    /// From the start of one line to the end of another, or of the same.
    fn slice(&self, first: u32, last: u32) -> &str {
        let start = self.lines.start(first).to_usize();
        let is_last = last as usize >= self.lines.count();
        let end = if is_last { self.text.len() } else { self.lines.start(last + 1).to_usize() };
        &self.text[start..end]
    }
}

/// Whether Python's `str.strip` leaves nothing: white space to it is what Unicode says, and four
/// separators.
fn is_blank(line: &str) -> bool {
    let ascii =
        |byte: u8| byte.is_ascii_whitespace() || byte == 0x0b || (0x1c..=0x1f).contains(&byte);
    match line.bytes().find(|&byte| !ascii(byte)) {
        None => true,
        Some(byte) if byte.is_ascii() => false,
        Some(_) => line.chars().all(|c| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)),
    }
}

/// Python's `str.splitlines`.
fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let ends =
            ['\n', '\r', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\u{85}', '\u{2028}', '\u{2029}'];
        let end = rest.find(ends).unwrap_or(rest.len());
        let line = &rest[..end];
        let tail = &rest[end..];
        rest = match tail.strip_prefix("\r\n") {
            Some(tail) => tail,
            None => tail.char_indices().nth(1).map_or("", |(at, _)| &tail[at..]),
        };
        Some(line)
    })
}
