//! The patterns of JSON Schema: ECMA-262 regular expressions in Unicode mode, and what browsers take besides
//! (Annex B) as far as it is unambiguous.

use regex_syntax::hir::{Capture, Hir, Look, Repetition};

use super::ecma_class::{self, Escape};
use super::lookahead::{self, Ast};
use super::syntax::{Expr, NESTING, Piece};
use crate::{GrammarError, Limits};

/// What a pattern finds a match in.
pub(super) fn parse(pattern: &str, limits: &Limits) -> Result<Expr<Piece>, GrammarError> {
    if pattern.len() > limits.source_bytes {
        return Err(GrammarError::Limit {
            what: "a pattern".to_owned(),
            option: "source_bytes",
            limit: limits.source_bytes as u64,
        });
    }
    let mut parser = Parser::new(pattern);
    let ast = parser.alternation()?;
    if parser.at < parser.characters.len() {
        return Err(parser.error_at(parser.at, "this ) closes no group: write \\) for itself"));
    }
    lookahead::lift(ast, &parser, limits)
}

/// A parser by recursive descent; how deep it goes is bounded by [`NESTING`].
#[derive(Debug)]
pub(super) struct Parser<'a> {
    pattern: &'a str,
    pub(super) characters: Vec<char>,
    /// Index of the next character.
    pub(super) at: usize,
    depth: u32,
    pub(super) ignore_case: bool,
    dot_all: bool,
}

/// How often something is repeated.
type Bounds = (u32, Option<u32>);

impl<'a> Parser<'a> {
    fn new(pattern: &'a str) -> Self {
        let characters = pattern.chars().collect();
        Self { pattern, characters, at: 0, depth: 0, ignore_case: false, dot_all: false }
    }

    /// A fault at a character.
    pub(super) fn error_at(&self, offset: usize, message: &str) -> GrammarError {
        GrammarError::Pattern {
            pattern: self.pattern.to_owned(),
            offset,
            message: message.to_owned(),
        }
    }

    /// The next character, unread.
    pub(super) fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    /// Whether the next characters are these.
    pub(super) fn looking_at(&self, text: &str) -> bool {
        let rest = self.characters[self.at..].iter().copied();
        text.chars().zip(rest).filter(|(a, b)| a == b).count() == text.chars().count()
    }

    /// Reads these characters if they are next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.looking_at(text);
        self.at += if found { text.chars().count() } else { 0 };
        found
    }

    fn alternation(&mut self) -> Result<Ast, GrammarError> {
        let mut ways = vec![self.sequence()?];
        while self.eat("|") {
            ways.push(self.sequence()?);
        }
        Ok(Ast::alternation(ways))
    }

    fn sequence(&mut self) -> Result<Ast, GrammarError> {
        let mut parts = Vec::new();
        while let Some(next) = self.peek().filter(|next| !matches!(next, '|' | ')')) {
            let start = self.at;
            let part = self.term(next)?;
            let bare = next != '(';
            let repeatable =
                !matches!(&part, Ast::Hir(hir) if bare && ecma_class::is_assertion(hir));
            let before = self.at;
            let Some((min, max)) = self.quantifier()? else {
                parts.push(part);
                continue;
            };
            if !repeatable {
                return Err(self.error_at(before, "there is nothing here to repeat"));
            }
            let Ast::Hir(hir) = part else {
                return Err(lookahead::misplaced(self, start));
            };
            let sub = Box::new(hir);
            parts.push(Ast::Hir(Hir::repetition(Repetition { min, max, greedy: true, sub })));
        }
        Ok(Ast::sequence(parts))
    }

    /// One item, before its quantifier.
    fn term(&mut self, next: char) -> Result<Ast, GrammarError> {
        let start = self.at;
        match next {
            '^' => {
                self.at += 1;
                Ok(Ast::Hir(Hir::look(Look::Start)))
            }
            '$' => {
                self.at += 1;
                Ok(Ast::Hir(Hir::look(Look::End)))
            }
            '(' => self.group(),
            '*' | '+' | '?' => Err(self.error_at(
                start,
                &format!("there is nothing here for {next} to repeat: write \\{next} for itself"),
            )),
            '{' if self.braces().is_some() => {
                Err(self.error_at(start, "there is nothing here to repeat: write \\{ for itself"))
            }
            '.' => {
                self.at += 1;
                Ok(Ast::Hir(ecma_class::class_hir(ecma_class::dot(self.dot_all), false)))
            }
            '[' => {
                let class = self.class()?;
                Ok(Ast::Hir(ecma_class::class_hir(class, false)))
            }
            '\\' => match self.escape(false)? {
                Escape::Look(look) => Ok(Ast::Hir(Hir::look(look))),
                Escape::Class(class) => {
                    Ok(Ast::Hir(ecma_class::class_hir(class, self.ignore_case)))
                }
                Escape::Character(code) => Ok(Ast::Hir(self.character(code))),
            },
            _ => {
                self.at += 1;
                Ok(Ast::Hir(self.character(u32::from(next))))
            }
        }
    }

    /// A single character.
    fn character(&self, code: u32) -> Hir {
        ecma_class::class_hir(ecma_class::single(code), self.ignore_case)
    }

    /// A group of any kind, from its opening parenthesis on.
    fn group(&mut self) -> Result<Ast, GrammarError> {
        let start = self.at;
        self.depth += 1;
        if self.depth > NESTING {
            let message = format!("groups are nested over {NESTING} deep: write fewer of them");
            return Err(self.error_at(start, &message));
        }
        let flags = (self.ignore_case, self.dot_all);
        let ast = if self.eat("(?=") || self.eat("(?!") {
            let negative = self.characters[self.at - 1] == '!';
            let body = Box::new(self.alternation()?);
            Ast::Ahead { negative, body, offset: start }
        } else if self.looking_at("(?<=") || self.looking_at("(?<!") {
            return Err(self.error_at(
                start,
                "lookbehind cannot be enforced: say with the parts before it what may stand there",
            ));
        } else {
            let captures = self.opening()?;
            if self.characters[self.at - 1] == ')' {
                // Flags for all that follows, as Python writes them.
                self.depth -= 1;
                return Ok(Ast::Hir(Hir::empty()));
            }
            match self.alternation()? {
                Ast::Hir(hir) if captures => {
                    let sub = Box::new(hir);
                    Ast::Hir(Hir::capture(Capture { index: 1, name: None, sub }))
                }
                ast => ast,
            }
        };
        (self.ignore_case, self.dot_all) = flags;
        if !self.eat(")") {
            return Err(self.error_at(start, "this group is not closed: write \\( for itself"));
        }
        self.depth -= 1;
        Ok(ast)
    }

    /// Reads what opens a group; answers whether it captures.
    fn opening(&mut self) -> Result<bool, GrammarError> {
        let start = self.at;
        if self.eat("(?:") {
            return Ok(false);
        }
        if self.eat("(?<") || self.eat("(?P<") {
            let from = self.at;
            while self.peek().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) {
                self.at += 1;
            }
            if self.at == from || self.characters[from].is_numeric() || !self.eat(">") {
                return Err(self.error_at(start, "the name of this group is malformed"));
            }
            return Ok(true);
        }
        if !self.eat("(?") {
            self.at += 1;
            return Ok(true);
        }
        let mut on = true;
        loop {
            match self.peek() {
                Some('i') => self.ignore_case = on,
                Some('s') => self.dot_all = on,
                Some('u') if on => {}
                Some('-') if on => on = false,
                Some(':') => break,
                Some(')') if start == 0 && on => break,
                _ => {
                    return Err(self.error_at(
                        start,
                        "this kind of group is unknown: (?:...), (?<name>...) and the flags i and s are",
                    ));
                }
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(false)
    }

    /// A quantifier, if one is next.
    fn quantifier(&mut self) -> Result<Option<Bounds>, GrammarError> {
        let start = self.at;
        let bounds = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let Some((end, bounds)) = self.braces() else { return Ok(None) };
                if bounds.1.is_some_and(|max| max < bounds.0) {
                    return Err(self.error_at(start, "the bounds of this repetition are swapped"));
                }
                self.at = end - 1;
                bounds
            }
            _ => return Ok(None),
        };
        self.at += 1;
        // A lazy quantifier finds other matches, and finds them in the same texts.
        self.eat("?");
        Ok(Some(bounds))
    }

    /// A repetition in braces: where it ends and its bounds. Other braces stand for themselves.
    fn braces(&self) -> Option<(usize, Bounds)> {
        let mut at = self.at + 1;
        let number = |at: &mut usize| {
            let from = *at;
            let mut value = 0_u32;
            while let Some(digit) = self.characters.get(*at).and_then(|c| c.to_digit(10)) {
                value = value.saturating_mul(10).saturating_add(digit);
                *at += 1;
            }
            // No text is as long as what does not fit.
            (*at > from).then_some(value.min(u32::MAX / 2))
        };
        let min = number(&mut at)?;
        let mut max = Some(min);
        if self.characters.get(at) == Some(&',') {
            at += 1;
            max = number(&mut at);
        }
        (self.characters.get(at) == Some(&'}')).then_some((at + 1, (min, max)))
    }
}
