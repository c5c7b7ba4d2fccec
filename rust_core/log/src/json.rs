//! Encoded records to lines of JSON.

use crate::record::{Cursor, RESERVED, tag};
use crate::timestamp;

/// Formats records; keeps its stack between them.
#[derive(Debug, Default)]
pub(crate) struct Formatter {
    open: Vec<Container>,
}

/// An array or object that is not yet closed.
#[derive(Debug, Clone, Copy)]
struct Container {
    close: u8,
    empty: bool,
}

impl Formatter {
    /// Append `record` as one line, with its line feed.
    ///
    /// It goes through the tags in a loop, without recursion: no nesting can overflow the stack of
    /// the writer's thread.
    pub(crate) fn line(&mut self, record: &[u8], out: &mut Vec<u8>) {
        let mut cursor = Cursor::new(record);
        self.open.clear();
        head(&mut cursor, out);
        self.body(&mut cursor, out);
        out.extend_from_slice(b"}\n");
    }

    fn body(&mut self, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) {
        let (mut users, mut named) = (false, false);
        while let Some(tag) = cursor.byte() {
            match tag {
                tag::FIELDS => users = true,
                tag::KEY => {
                    if named {
                        out.extend_from_slice(b"null");
                    }
                    self.key(cursor.slice().unwrap_or_default(), users, out);
                    named = true;
                }
                tag::END => {
                    if named {
                        out.extend_from_slice(b"null");
                    }
                    named = false;
                    out.extend(self.open.pop().map(|container| container.close));
                }
                _ => {
                    if !named {
                        self.comma(out);
                    }
                    named = false;
                    self.value(tag, cursor, out);
                }
            }
        }
        if named {
            out.extend_from_slice(b"null");
        }
    }

    fn key(&mut self, name: &[u8], users: bool, out: &mut Vec<u8>) {
        self.comma(out);
        out.push(b'"');
        if users && self.open.is_empty() && gives_way(name) {
            out.extend_from_slice(b"fields.");
        }
        escape(name, out);
        out.extend_from_slice(b"\":");
    }

    /// A comma, unless this is the first entry. The top of a line is never empty.
    fn comma(&mut self, out: &mut Vec<u8>) {
        match self.open.last_mut() {
            Some(container) if container.empty => container.empty = false,
            _ => out.push(b','),
        }
    }

    fn value(&mut self, tag: u8, cursor: &mut Cursor<'_>, out: &mut Vec<u8>) {
        match tag {
            tag::FALSE => out.extend_from_slice(b"false"),
            tag::TRUE => out.extend_from_slice(b"true"),
            tag::INT => {
                let value = i64::from_le_bytes(cursor.eight().unwrap_or_default());
                out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
            }
            tag::NUMBER => out.extend_from_slice(cursor.slice().unwrap_or(b"0")),
            tag::FLOAT => float(f64::from_le_bytes(cursor.eight().unwrap_or_default()), out),
            tag::TEXT => quote(cursor.slice().unwrap_or_default(), out),
            tag::LIST => self.enter(b'[', b']', out),
            tag::DICT => self.enter(b'{', b'}', out),
            _ => out.extend_from_slice(b"null"),
        }
    }

    fn enter(&mut self, start: u8, close: u8, out: &mut Vec<u8>) {
        out.push(start);
        self.open.push(Container { close, empty: true });
    }
}

/// The four entries that every line begins with.
fn head(cursor: &mut Cursor<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"timestamp\":\"");
    timestamp::write(i64::from_le_bytes(cursor.eight().unwrap_or_default()), out);
    for name in [&b"\",\"level\":"[..], b",\"logger\":", b",\"message\":"] {
        out.extend_from_slice(name);
        quote(cursor.slice().unwrap_or_default(), out);
    }
}

/// Whether a user's name would hide a reserved one.
fn gives_way(name: &[u8]) -> bool {
    name.starts_with(b"fields.") || RESERVED.iter().any(|reserved| reserved.as_bytes() == name)
}

fn float(value: f64, out: &mut Vec<u8>) {
    let text: &[u8] = if value.is_nan() {
        b"\"NaN\""
    } else if value == f64::INFINITY {
        b"\"Infinity\""
    } else if value == f64::NEG_INFINITY {
        b"\"-Infinity\""
    } else {
        return out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    };
    out.extend_from_slice(text);
}

fn quote(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    escape(text, out);
    out.push(b'"');
}

/// Bytes that cannot be copied as they are, or that may begin a character that cannot.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = true;
        byte += 1;
    }
    special[b'"' as usize] = true;
    special[b'\\' as usize] = true;
    special[0xC2] = true;
    special[0xE2] = true;
    special
};

/// Copy UTF-8 `text`, escaped. Beyond what JSON asks for, U+0085, U+2028 and U+2029 are escaped:
/// `str.splitlines` and some viewers end a line there.
fn escape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| SPECIAL[usize::from(byte)]) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        rest = &special[escape_one(special, out)..];
    }
    out.extend_from_slice(rest);
}

/// Escape what `text` begins with; how many bytes that was.
fn escape_one(text: &[u8], out: &mut Vec<u8>) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let (escaped, length): (&[u8], usize) = match text {
        [b'"', ..] => (b"\\\"", 1),
        [b'\\', ..] => (b"\\\\", 1),
        [b'\n', ..] => (b"\\n", 1),
        [b'\r', ..] => (b"\\r", 1),
        [b'\t', ..] => (b"\\t", 1),
        [0xC2, 0x85, ..] => (b"\\u0085", 2),
        [0xE2, 0x80, 0xA8, ..] => (b"\\u2028", 3),
        [0xE2, 0x80, 0xA9, ..] => (b"\\u2029", 3),
        [control @ ..0x20, ..] => {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(control >> 4)]);
            out.push(HEX[usize::from(control & 15)]);
            return 1;
        }
        _ => (&text[..1], 1),
    };
    out.extend_from_slice(escaped);
    length
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
