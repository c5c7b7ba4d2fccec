//! A bound on how deeply a text nests, before it is parsed.
//!
//! The parser grows its own stack, but dropping a tree and walking it recurse once per level, and
//! a chain such as `1+1+1+...` is a level per operator. One pass over the bytes, with no lexer,
//! bounds that depth from above, so that a stack of the right size can be had beforehand.

use memchr::{memchr2, memchr2_iter, memchr3};

/// `CPython`'s tokenizer accepts this many open brackets (`MAXLEVEL` in `tokenizer.h`).
pub(crate) const MAX_BRACKETS: usize = 200;

/// Bytes that are summed up at a time: wide enough for the compiler to use vector instructions.
const BLOCK: usize = 128;

/// Whether more than [`MAX_BRACKETS`] brackets could be open somewhere in `text`.
///
/// A sieve in front of [`scan`], many times as fast: it takes every bracket for one, also those in
/// strings and comments, and looks only at sums over blocks.
pub(crate) fn may_have_too_many_brackets(text: &str) -> bool {
    let mut open = 0_usize;
    for block in text.as_bytes().chunks(BLOCK) {
        let (mut opened, mut closed) = (0_u8, 0_u8);
        for &byte in block {
            // Without `||`, which would be a branch for each byte.
            opened += u8::from(byte == b'(') | u8::from(byte == b'[') | u8::from(byte == b'{');
            closed += u8::from(byte == b')') | u8::from(byte == b']') | u8::from(byte == b'}');
        }
        open += usize::from(opened);
        if open > MAX_BRACKETS {
            return true;
        }
        open = open.saturating_sub(usize::from(closed));
    }
    false
}

/// What [`scan`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// No expression is deeper than this many levels.
    AtMost(usize),
    /// More than [`MAX_BRACKETS`] brackets are open at this offset.
    TooManyBrackets(usize),
}

/// What a byte means to the scan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Other = 0,
    /// Deepens an expression: an operator, a dot, or a space that may stand beside `not` or `if`.
    Link = 1,
    Open,
    Close,
    /// Ends a chain within brackets, or everywhere.
    Comma,
    NewLine,
    Quote,
    Comment,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let links = b"+-*/%@&|^~<>=.!:; \t\\";
    let mut i = 0;
    while i < links.len() {
        kinds[links[i] as usize] = Kind::Link;
        i += 1;
    }
    kinds[b'(' as usize] = Kind::Open;
    kinds[b'[' as usize] = Kind::Open;
    kinds[b'{' as usize] = Kind::Open;
    kinds[b')' as usize] = Kind::Close;
    kinds[b']' as usize] = Kind::Close;
    kinds[b'}' as usize] = Kind::Close;
    kinds[b',' as usize] = Kind::Comma;
    kinds[b'\n' as usize] = Kind::NewLine;
    kinds[b'\r' as usize] = Kind::NewLine;
    kinds[b'"' as usize] = Kind::Quote;
    kinds[b'\'' as usize] = Kind::Quote;
    kinds[b'#' as usize] = Kind::Comment;
    kinds
};

/// Bound the depth of the expressions in `text` from above.
///
/// Links are counted per open bracket and start again at a comma, or at a line end outside
/// brackets; the bound is the largest sum over the open brackets.
pub(crate) fn scan(text: &str) -> Depth {
    let bytes = text.as_bytes();
    // Links at each open bracket, and the sum of those below the current one.
    let mut below = [0_usize; MAX_BRACKETS + 1];
    let (mut level, mut sum, mut links, mut deepest) = (0, 0, 0, 0);
    // Whether the statement holds an f-string so far.
    let mut formatted = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let kind = KINDS[byte as usize];
        if kind <= Kind::Link {
            // Most bytes, without a branch between the two kinds.
            links += kind as usize;
            continue;
        }
        match kind {
            Kind::Other | Kind::Link => {}
            Kind::Open => {
                if level == MAX_BRACKETS {
                    return Depth::TooManyBrackets(at - 1);
                }
                links += 1;
                below[level] = links;
                sum += links;
                level += 1;
                links = 0;
            }
            Kind::Close => {
                deepest = deepest.max(sum + links);
                if level > 0 {
                    level -= 1;
                    links = below[level];
                    sum -= links;
                }
            }
            Kind::Comma => {
                deepest = deepest.max(sum + links);
                links = 0;
            }
            Kind::NewLine => {
                // A line end within brackets, or behind a backslash, goes on with the expression.
                if level > 0 || (at > 1 && bytes[at - 2] == b'\\') {
                    links += 1;
                } else {
                    deepest = deepest.max(links);
                    links = 0;
                    formatted = false;
                }
            }
            Kind::Quote => {
                let start = at - 1;
                at = after_string(bytes, start);
                formatted |= is_formatted(bytes, start);
                if formatted {
                    // Expressions, perhaps; also in a string behind an f-string, which may be a
                    // part of it that its own quotes seem to cut off.
                    let inside = bytes[start + 1..at].iter();
                    links += inside.filter(|&&byte| KINDS[byte as usize] != Kind::Other).count();
                }
            }
            Kind::Comment => {
                at = memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            }
        }
    }
    Depth::AtMost(deepest.max(sum + links))
}

/// Whether an f-string or a t-string may start at a quote in `text`.
pub(crate) fn may_have_formatted_string(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr2_iter(b'\'', b'"', bytes).any(|quote| is_formatted(bytes, quote))
}

/// Whether the string whose quote stands at `start` may be an f-string or a t-string.
fn is_formatted(bytes: &[u8], start: usize) -> bool {
    let prefix = &bytes[start.saturating_sub(2)..start];
    prefix.iter().any(|byte| matches!(byte.to_ascii_lowercase(), b'f' | b't'))
}

/// The offset behind the string that starts with the quote at `start`. An f-string that nests its
/// own quotes is taken for several strings, which leaves the bound as good as it was.
fn after_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    if bytes[start..].starts_with(&[quote; 3]) {
        let mut at = start + 3;
        while let Some(n) = memchr2(quote, b'\\', &bytes[at..]) {
            at += n;
            if bytes[at] == b'\\' {
                at = (at + 2).min(bytes.len());
            } else if bytes[at..].starts_with(&[quote; 3]) {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return bytes.len();
    }
    let mut at = start + 1;
    while let Some(n) = memchr3(quote, b'\\', b'\n', &bytes[at..]) {
        at += n;
        match bytes[at] {
            b'\\' => at = (at + 2).min(bytes.len()),
            b'\n' => return at,
            _ => return at + 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_and_brackets_add_up() {
        assert_eq!(scan("x"), Depth::AtMost(0));
        assert_eq!(scan("1+1+1"), Depth::AtMost(2));
        assert_eq!(scan("f(1,2,3)(4)(5)"), Depth::AtMost(3));
        assert_eq!(scan("(1+(1+(1)))"), Depth::AtMost(5));
        assert_eq!(scan("a.b(\n1, 2\n).c(3)"), Depth::AtMost(4));
    }

    #[test]
    fn statements_and_items_do_not_add_up() {
        assert_eq!(scan("a+b\nc+d\n"), Depth::AtMost(1));
        assert_eq!(scan("[-1,-2,-3]"), Depth::AtMost(2));
    }

    #[test]
    fn strings_and_comments_do_not_count() {
        assert_eq!(scan("'((((' \"\"\"((\"'(\"\"\" # ((((\nx"), Depth::AtMost(2));
        assert_eq!(scan(r"'\'((' r'\'(('"), Depth::AtMost(1));
    }

    #[test]
    fn the_sieve_lets_nothing_through() {
        for pad in 0..300 {
            let text = format!("{}{}", "x".repeat(pad), "(".repeat(201));
            assert!(may_have_too_many_brackets(&text), "{pad}");
        }
        assert!(!may_have_too_many_brackets(&"f(x)[y]{z}\n".repeat(1_000)));
    }

    #[test]
    fn brackets_have_the_limit_of_cpython() {
        let nested = |n: usize| format!("{}{}", "(".repeat(n), ")".repeat(n));
        assert_eq!(scan(&nested(200)), Depth::AtMost(200));
        assert_eq!(scan(&nested(201)), Depth::TooManyBrackets(200));
    }
}

#[cfg(test)]
#[path = "depth_tests.rs"]
mod properties;
