//! Escapes and classes of characters in ECMA-262 patterns.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

use super::pattern::Parser;
use crate::GrammarError;

/// What a backslash makes of what follows.
#[derive(Debug)]
pub(super) enum Escape {
    /// A code point, perhaps half of a surrogate pair, which no text contains.
    Character(u32),
    /// A class such as `\d`.
    Class(ClassUnicode),
    /// A word boundary.
    Look(Look),
}

/// White space and line ends of ECMA-262, `\s`.
const SPACE: &[(u32, u32)] = &[
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];

/// Digits, `\d`.
const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];

/// Word characters, `\w`.
const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];

/// Line ends, which `.` does not match.
const LINE_END: &[(u32, u32)] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];

/// A class from ranges of code points, surrogates left out.
fn class_of(ranges: &[(u32, u32)]) -> ClassUnicode {
    let mut class = ClassUnicode::empty();
    for &(first, last) in ranges {
        push(&mut class, first, last);
    }
    class
}

/// Adds a range of code points to a class.
fn push(class: &mut ClassUnicode, first: u32, last: u32) {
    let first = if (0xD800..0xE000).contains(&first) { 0xE000 } else { first };
    let last = if (0xD800..0xE000).contains(&last) { 0xD7FF } else { last };
    if let (Some(first), Some(last)) = (char::from_u32(first), char::from_u32(last))
        && first <= last
    {
        class.push(ClassUnicodeRange::new(first, last));
    }
}

/// The class of one code point, empty for a surrogate.
pub(super) fn single(code: u32) -> ClassUnicode {
    class_of(&[(code, code)])
}

/// What `.` matches.
pub(super) fn dot(all: bool) -> ClassUnicode {
    let mut class = class_of(if all { &[] } else { LINE_END });
    class.negate();
    class
}

/// A class as an item of a pattern.
pub(super) fn class_hir(mut class: ClassUnicode, ignore_case: bool) -> Hir {
    if ignore_case {
        class.case_fold_simple();
    }
    Hir::class(Class::Unicode(class))
}

/// Whether an item reads nothing itself.
pub(super) fn is_assertion(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Look(_))
}

impl Parser<'_> {
    /// A class in brackets.
    pub(super) fn class(&mut self) -> Result<ClassUnicode, GrammarError> {
        let start = self.at;
        self.at += 1;
        let negated = self.eat("^");
        let mut class = ClassUnicode::empty();
        loop {
            match self.peek() {
                None => {
                    let message = "this class is not closed: write \\[ for the character itself";
                    return Err(self.error_at(start, message));
                }
                Some(']') => break,
                Some(_) => self.class_item(&mut class)?,
            }
        }
        self.at += 1;
        if self.ignore_case {
            class.case_fold_simple();
        }
        if negated {
            class.negate();
        }
        Ok(class)
    }

    /// A character, an escape or a range in brackets.
    fn class_item(&mut self, class: &mut ClassUnicode) -> Result<(), GrammarError> {
        let start = self.at;
        let first = self.class_atom()?;
        let range = self.peek() == Some('-')
            && self.characters.get(self.at + 1).is_some_and(|&next| next != ']');
        if !range {
            add(class, &first);
            return Ok(());
        }
        self.at += 1;
        let last = self.class_atom()?;
        if let (Escape::Character(first), Escape::Character(last)) = (&first, &last) {
            if first > last {
                return Err(self.error_at(start, "this range ends before it begins"));
            }
            push(class, *first, *last);
        } else {
            // Beside a class such as \w the hyphen stands for itself (Annex B).
            add(class, &first);
            add(class, &last);
            push(class, u32::from('-'), u32::from('-'));
        }
        Ok(())
    }

    /// One end of a range.
    fn class_atom(&mut self) -> Result<Escape, GrammarError> {
        let start = self.at;
        match self.peek() {
            Some('\\') => match self.escape(true)? {
                Escape::Look(_) => Err(self.error_at(start, "\\B means nothing in brackets")),
                escape => Ok(escape),
            },
            Some(next) => {
                self.at += 1;
                Ok(Escape::Character(u32::from(next)))
            }
            None => Err(self.error_at(start, "this class is not closed")),
        }
    }

    /// A backslash and what belongs to it.
    pub(super) fn escape(&mut self, in_class: bool) -> Result<Escape, GrammarError> {
        let start = self.at;
        self.at += 1;
        let Some(next) = self.peek() else {
            return Err(
                self.error_at(start, "nothing follows this backslash: write \\\\ for itself")
            );
        };
        self.at += 1;
        let class = |ranges, negated: bool| {
            let mut class = class_of(ranges);
            if negated {
                class.negate();
            }
            Ok(Escape::Class(class))
        };
        let character = |code: u32| Ok(Escape::Character(code));
        match next {
            'd' | 'D' => class(DIGIT, next == 'D'),
            'w' | 'W' => class(WORD, next == 'W'),
            's' | 'S' => class(SPACE, next == 'S'),
            'b' if in_class => character(0x08),
            'b' => Ok(Escape::Look(Look::WordAscii)),
            'B' => Ok(Escape::Look(Look::WordAsciiNegate)),
            't' => character(0x09),
            'n' => character(0x0A),
            'v' => character(0x0B),
            'f' => character(0x0C),
            'r' => character(0x0D),
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => character(0),
            '0'..='9' => Err(self.error_at(
                start,
                "back-references cannot be enforced, and octal escapes are none of ECMA-262: write the \
                 expression again, or \\xHH",
            )),
            'k' => Err(self.error_at(
                start,
                "back-references cannot be enforced: write the expression again",
            )),
            'c' => match self.peek().filter(char::is_ascii_alphabetic) {
                Some(letter) => {
                    self.at += 1;
                    character(u32::from(letter) % 32)
                }
                None => Err(self.error_at(start, "\\c wants a letter behind it")),
            },
            'x' => match self.hex(2) {
                Some(code) => character(code),
                None => Err(self.error_at(start, "\\x wants two hexadecimal digits behind it")),
            },
            'u' => self.unicode_escape(start),
            'p' | 'P' => self.property(start, next == 'P'),
            _ if next.is_ascii_alphabetic() => Err(self.error_at(
                start,
                &format!("\\{next} is no escape of ECMA-262: write {next} alone, or ^ and $ for \\A and \\Z"),
            )),
            _ => character(u32::from(next)),
        }
    }

    /// So many hexadecimal digits, read only if all are there.
    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text = self.characters.get(self.at..self.at + digits)?;
        let code = text.iter().try_fold(0, |code, c| Some(code * 16 + c.to_digit(16)?))?;
        self.at += digits;
        Some(code)
    }

    /// What follows `\u`.
    fn unicode_escape(&mut self, start: usize) -> Result<Escape, GrammarError> {
        if self.eat("{") {
            let from = self.at;
            let mut code = 0_u32;
            while let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) {
                code = code.saturating_mul(16).saturating_add(digit);
                self.at += 1;
            }
            if self.at == from || code > 0x10_FFFF || !self.eat("}") {
                let message = "\\u{...} wants the hexadecimal number of a character";
                return Err(self.error_at(start, message));
            }
            return Ok(Escape::Character(code));
        }
        let Some(high) = self.hex(4) else {
            return Err(self.error_at(start, "\\u wants four hexadecimal digits behind it"));
        };
        let behind = self.at;
        if (0xD800..0xDC00).contains(&high) && self.eat("\\u") {
            if let Some(low) = self.hex(4).filter(|low| (0xDC00..0xE000).contains(low)) {
                return Ok(Escape::Character(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
            }
            self.at = behind;
        }
        Ok(Escape::Character(high))
    }

    /// What follows `\p` or `\P`.
    fn property(&mut self, start: usize, negated: bool) -> Result<Escape, GrammarError> {
        let from = self.at + 1;
        let is_name = |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '_' | '=');
        let length =
            self.characters[from.min(self.characters.len())..].iter().take_while(is_name).count();
        let name: String = self.characters.iter().skip(from).take(length).collect();
        if self.peek() != Some('{') || self.characters.get(from + length) != Some(&'}') {
            return Err(
                self.error_at(start, "\\p wants the name of a property in braces behind it")
            );
        }
        self.at = from + length + 1;
        let letter = if negated { 'P' } else { 'p' };
        match regex_syntax::parse(&format!("\\{letter}{{{name}}}")).map(Hir::into_kind) {
            Ok(HirKind::Class(Class::Unicode(class))) => Ok(Escape::Class(class)),
            Ok(HirKind::Literal(literal)) => {
                let text = String::from_utf8_lossy(&literal.0).into_owned();
                Ok(Escape::Character(text.chars().next().map_or(0, u32::from)))
            }
            _ => Err(self.error_at(start, "no property of characters has this name")),
        }
    }
}

/// Adds what an escape stands for to a class.
fn add(class: &mut ClassUnicode, escape: &Escape) {
    match escape {
        Escape::Character(code) => push(class, *code, *code),
        Escape::Class(other) => class.union(other),
        Escape::Look(_) => {}
    }
}
