//! Values written so that equal ones are written alike, to tell whether an item is there already.
//!
//! Equality is that of JSON Schema (2020-12 core, section 4.2.2): 1 is 1.0, the order of members does not matter.

use super::body::spell;
use super::escape::{Escape, Read};
use super::seen::Canonical;
use crate::number::Decimal;

/// Deeper items are taken to be different from all others.
const DEPTH: usize = 256;

/// The canonical form of a complete JSON text; a string at its top is a quote and its decoded text. `None` for anything
/// that is no JSON or nested deeper than 256 levels.
pub(crate) fn canonical(text: &[u8]) -> Option<Canonical> {
    let mut reader = Reader { text, at: 0 };
    reader.space();
    if reader.peek()? == b'"' {
        return Some(format!("\"{}", reader.string()?).into());
    }
    Some(reader.value(0)?.into())
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Step over a byte if it comes next, with the white space around it.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        self.space();
        there
    }

    fn value(&mut self, depth: usize) -> Option<String> {
        if depth > DEPTH {
            return None;
        }
        match self.peek()? {
            b'"' => Some(format!("{:?}", self.string()?)),
            b'[' => self.array(depth),
            b'{' => self.object(depth),
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|byte| b",]} \t\r\n".contains(byte)).unwrap_or(rest.len());
        self.at += end;
        let word = std::str::from_utf8(&rest[..end]).ok()?;
        match word {
            "null" | "true" | "false" => Some(word.into()),
            _ => word.parse::<Decimal>().ok().map(|number| number.to_string()),
        }
    }

    fn array(&mut self, depth: usize) -> Option<String> {
        let mut items = Vec::new();
        self.take(b'[');
        while !self.take(b']') {
            items.push(self.value(depth + 1)?);
            self.take(b',');
        }
        Some(format!("[{}]", items.join(",")))
    }

    fn object(&mut self, depth: usize) -> Option<String> {
        let mut members = std::collections::BTreeMap::new();
        self.take(b'{');
        while !self.take(b'}') {
            let name = self.string()?;
            self.take(b':');
            members.insert(name, self.value(depth + 1)?);
            self.take(b',');
        }
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
        Some(format!("{{{}}}", members.join(",")))
    }

    fn string(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let mut escape = Escape::No;
        self.at += 1;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            if byte == b'"' && escape == Escape::No {
                return String::from_utf8(bytes).ok();
            }
            match escape.read(byte) {
                Read::Byte => bytes.push(byte),
                Read::Char(char) => {
                    spell(1, char, &mut |_, byte| {
                        bytes.push(byte);
                        1
                    });
                    escape = Escape::No;
                }
                Read::Escape(next) => escape = next,
                Read::Refused => return None,
            }
        }
    }
}
