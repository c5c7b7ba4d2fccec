//! Records as the caller leaves them: copied, not yet formatted.
//!
//! A record is one run of bytes: the time, three texts, then entries as tags and their values. It
//! can be built without knowing how many entries follow, so that a Python `dict` is walked once,
//! and it can be copied into the queue with one call.

/// Names at the top of a line that belong to the writer and to logging handlers. A field of the
/// same name is written as `fields.<name>`, and so is one whose name begins with `fields.`: no two
/// different names are ever written as one.
pub const RESERVED: [&str; 12] = [
    "timestamp",
    "level",
    "logger",
    "message",
    "source",
    "pid",
    "process",
    "thread",
    "task",
    "exception",
    "stack",
    "dropped",
];

/// The tags of the encoding; one byte each.
pub(crate) mod tag {
    pub(crate) const END: u8 = 0;
    pub(crate) const NULL: u8 = 1;
    pub(crate) const FALSE: u8 = 2;
    pub(crate) const TRUE: u8 = 3;
    pub(crate) const INT: u8 = 4;
    pub(crate) const NUMBER: u8 = 5;
    pub(crate) const FLOAT: u8 = 6;
    pub(crate) const TEXT: u8 = 7;
    pub(crate) const LIST: u8 = 8;
    pub(crate) const DICT: u8 = 9;
    pub(crate) const KEY: u8 = 10;
    /// From here on names are the user's, and give way to the reserved ones.
    pub(crate) const FIELDS: u8 = 11;
}

/// Memory beyond this is given back after a large record.
const KEEP_BYTES: usize = 64 << 10;

/// One log record, to be filled and handed to [`JsonLines::write`](crate::JsonLines::write).
#[derive(Debug, Default)]
pub struct Record {
    bytes: Vec<u8>,
}

impl Record {
    /// A record without fields, made at `created_ns` nanoseconds after the epoch.
    pub fn new(level: &str, logger: &str, message: &str, created_ns: i64) -> Self {
        let mut record = Self::default();
        record.reset(level, logger, message, created_ns);
        record
    }

    /// Begin anew in the same memory.
    pub fn reset(&mut self, level: &str, logger: &str, message: &str, created_ns: i64) {
        self.bytes.clear();
        self.bytes.shrink_to(KEEP_BYTES);
        self.bytes.extend_from_slice(&created_ns.to_le_bytes());
        for text in [level, logger, message] {
            put_text(&mut self.bytes, text);
        }
    }

    /// Entries under reserved names, as a logging handler writes them. They come before the fields.
    pub fn origin(&mut self) -> Dict<'_> {
        Dict { bytes: &mut self.bytes, nested: false }
    }

    /// The user's fields.
    pub fn fields(&mut self) -> Dict<'_> {
        self.bytes.push(tag::FIELDS);
        Dict { bytes: &mut self.bytes, nested: false }
    }

    /// Bytes that the record takes in the queue.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Entries of an object; it ends where this is dropped.
#[derive(Debug)]
pub struct Dict<'a> {
    bytes: &'a mut Vec<u8>,
    nested: bool,
}

impl Dict<'_> {
    /// Name the next entry; a value that is then not given is written as `null`.
    pub fn entry(&mut self, name: &str) -> Value<'_> {
        self.bytes.push(tag::KEY);
        put_text(self.bytes, name);
        Value { bytes: self.bytes }
    }
}

impl Drop for Dict<'_> {
    fn drop(&mut self) {
        if self.nested {
            self.bytes.push(tag::END);
        }
    }
}

/// Items of an array; it ends where this is dropped.
#[derive(Debug)]
pub struct List<'a> {
    bytes: &'a mut Vec<u8>,
}

impl List<'_> {
    /// The next item; nothing is written where no value is given.
    pub fn item(&mut self) -> Value<'_> {
        Value { bytes: self.bytes }
    }
}

impl Drop for List<'_> {
    fn drop(&mut self) {
        self.bytes.push(tag::END);
    }
}

/// A place for exactly one value.
#[derive(Debug)]
pub struct Value<'a> {
    bytes: &'a mut Vec<u8>,
}

impl<'a> Value<'a> {
    /// `null`.
    pub fn null(self) {
        self.bytes.push(tag::NULL);
    }

    /// `true` or `false`.
    pub fn bool(self, value: bool) {
        self.bytes.push(if value { tag::TRUE } else { tag::FALSE });
    }

    /// An integer.
    pub fn int(self, value: i64) {
        self.bytes.push(tag::INT);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// An integer of any size, given in decimal. Anything else is written as a text.
    pub fn decimal(self, digits: &str) {
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        let plain = unsigned == "0" || !unsigned.starts_with('0');
        let number = plain && !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit());
        self.bytes.push(if number { tag::NUMBER } else { tag::TEXT });
        put_text(self.bytes, digits);
    }

    /// A float, in the fewest digits that read back as the same float. JSON has no word for the
    /// others: they are written as the texts `"NaN"`, `"Infinity"` and `"-Infinity"`.
    pub fn float(self, value: f64) {
        self.bytes.push(tag::FLOAT);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// A text.
    pub fn text(self, value: &str) {
        self.bytes.push(tag::TEXT);
        put_text(self.bytes, value);
    }

    /// An array.
    pub fn list(self) -> List<'a> {
        self.bytes.push(tag::LIST);
        List { bytes: self.bytes }
    }

    /// An object.
    pub fn dict(self) -> Dict<'a> {
        self.bytes.push(tag::DICT);
        Dict { bytes: self.bytes, nested: true }
    }
}

/// The length in LEB128, then the bytes.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_length(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn put_length(out: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        out.push(low_bits(length) | 0x80);
        length >>= 7;
    }
    out.push(low_bits(length));
}

fn low_bits(value: usize) -> u8 {
    value.to_le_bytes()[0] & 0x7f
}

/// Reads an encoding back. Every method returns `None` at the end.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    pub(crate) fn eight(&mut self) -> Option<[u8; 8]> {
        let (first, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*first)
    }

    /// A length and that many bytes.
    pub(crate) fn slice(&mut self) -> Option<&'a [u8]> {
        let (mut length, mut shift) = (0_usize, 0_u32);
        loop {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (first, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(first)
    }
}
