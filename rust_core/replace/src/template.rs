//! Replacements that name groups of the match.

use regex_automata::PatternID;
use regex_automata::util::captures::GroupInfo;

use crate::error::PatternError;

/// A piece of a replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// As it stands.
    Text(Vec<u8>),
    /// What a group of the pattern matched; nothing where the group took no part in the match.
    Group(usize),
}

/// A replacement, parsed: `$1` and `${name}` are groups, `$$` is a dollar, `$\` a backslash.
///
/// Anything else after a dollar, and the group references of Python and sed, are refused instead of
/// written into files as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
}

impl Template {
    /// A replacement without groups.
    pub(crate) fn literal(text: &str) -> Self {
        Self { parts: vec![Part::Text(text.as_bytes().to_vec())] }
    }

    /// The template for a pattern of a regex whose groups `info` knows.
    pub(crate) fn parse(text: &str, info: &GroupInfo, index: usize) -> Result<Self, PatternError> {
        let id = PatternID::must(index);
        Parser { text, rest: text, info, id, parts: Vec::new(), plain: String::new() }.parse()
    }

    /// The text, where no group is named.
    pub(crate) fn constant(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [] => Some(b""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether a line feed is among the text.
    pub(crate) fn has_newline(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(&b'\n')))
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
    info: &'a GroupInfo,
    id: PatternID,
    parts: Vec<Part>,
    plain: String,
}

impl Parser<'_> {
    fn parse(mut self) -> Result<Template, PatternError> {
        while let Some(at) = self.rest.find(['$', '\\']) {
            let (plain, special) = self.rest.split_at(at);
            self.plain.push_str(plain);
            self.rest = special;
            if special.starts_with('$') { self.dollar()? } else { self.backslash()? }
        }
        self.plain.push_str(self.rest);
        self.flush();
        Ok(Template { parts: self.parts })
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.plain).into_bytes()));
        }
    }

    /// Take `length` bytes of the rest.
    fn skip(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }

    fn dollar(&mut self) -> Result<(), PatternError> {
        let after = &self.rest[1..];
        match after.bytes().next() {
            Some(sign @ (b'$' | b'\\')) => {
                self.plain.push(char::from(sign));
                self.skip(2);
            }
            Some(b'{') => {
                let Some(end) = after.find('}') else {
                    return Err(self.error("`${` without `}`", "groups are written $1 and ${name}"));
                };
                let name = after[1..end].to_owned();
                self.group(&name)?;
                self.skip(end + 2);
            }
            Some(b'0'..=b'9') => {
                let digits = after.bytes().take_while(u8::is_ascii_digit).count();
                let number = after[..digits].to_owned();
                self.group(&number)?;
                self.skip(1 + digits);
            }
            _ => {
                let hint = "groups are written $1 and ${name}, a dollar is written $$";
                return Err(self.error("`$` without a group", hint));
            }
        }
        Ok(())
    }

    fn backslash(&mut self) -> Result<(), PatternError> {
        let after = &self.rest[1..];
        if after.starts_with(|c: char| c.is_ascii_digit()) || after.starts_with("g<") {
            let hint = "groups are written $1 and ${name}; a backslash that is meant, $\\";
            return Err(self.error("a group reference with a backslash", hint));
        }
        self.plain.push('\\');
        self.skip(1);
        Ok(())
    }

    fn group(&mut self, name: &str) -> Result<(), PatternError> {
        let count = self.info.group_len(self.id);
        let index = match name.parse::<usize>() {
            Ok(number) => Some(number).filter(|&number| number < count),
            Err(_) => self.info.to_index(self.id, name),
        };
        let Some(index) = index else {
            let known = self.info.pattern_names(self.id).enumerate().map(|(index, name)| {
                name.map_or_else(|| format!("${index}"), |name| format!("${{{name}}}"))
            });
            let hint = format!("the pattern has {}", known.collect::<Vec<_>>().join(", "));
            return Err(self.error(&format!("the pattern has no group `{name}`"), &hint));
        };
        self.flush();
        self.parts.push(Part::Group(index));
        Ok(())
    }

    fn error(&self, message: &str, hint: &str) -> PatternError {
        let before = &self.text[..self.text.len() - self.rest.len()];
        PatternError::new(message, self.text, hint).at(before.chars().count())
    }
}
