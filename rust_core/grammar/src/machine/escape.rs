//! How a character is spelled in a JSON string: as itself, or escaped.
//!
//! Every automaton over texts reads decoded UTF-8; this layer stands between it and the bytes of the
//! JSON. `"\u00e9"` is the text `é` to all of them, so no escape gets past a constraint (RFC 8259, section 7).
//!
//! Escapes are taken where writers of JSON put them: for quotes, backslashes and slashes, for what is not ASCII or
//! not printable, and for what is kept out of HTML. A `\u0061` for a letter is not: no writer makes it, and as
//! long as it could be, no name of a schema would be the only way to go on.

use regex_syntax::utf8::Utf8Sequences;

/// The characters up to U+FFFF that are escaped, as ranges.
const ESCAPED: [(u32, u32); 9] = [
    (0, 0x1f),
    (0x22, 0x22),
    (0x26, 0x27),
    (0x2f, 0x2f),
    (0x3c, 0x3c),
    (0x3e, 0x3e),
    (0x5c, 0x5c),
    (0x7f, 0xd7ff),
    (0xe000, 0xffff),
];

/// How far an escape sequence has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Escape {
    /// Outside of one.
    No,
    /// Behind a backslash.
    Begun,
    /// Behind `\u` and so many digits, of this value.
    Hex { digits: u8, value: u16 },
    /// Behind the escape of a high surrogate.
    High(u16),
    /// Behind the backslash that must follow.
    HighBegun(u16),
    /// Behind its `u` and so many digits.
    HighHex { high: u16, digits: u8, value: u16 },
}

/// What a byte does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// It is handed to the automaton as it is.
    Byte,
    /// The escape goes on.
    Escape(Escape),
    /// The escape is complete: the automaton reads this character.
    Char(char),
    /// It cannot stand here.
    Refused,
}

impl Escape {
    /// What `byte`, which is not a closing quote, does here.
    pub(crate) fn read(self, byte: u8) -> Read {
        match self {
            Self::No => match byte {
                b'\\' => Read::Escape(Self::Begun),
                0..0x20 | b'"' => Read::Refused,
                _ => Read::Byte,
            },
            Self::Begun => match byte {
                b'"' | b'\\' | b'/' => Read::Char(char::from(byte)),
                b'b' => Read::Char('\u{8}'),
                b'f' => Read::Char('\u{c}'),
                b'n' => Read::Char('\n'),
                b'r' => Read::Char('\r'),
                b't' => Read::Char('\t'),
                b'u' => Read::Escape(Self::Hex { digits: 0, value: 0 }),
                _ => Read::Refused,
            },
            Self::Hex { digits, value } => match (hex(byte), digits) {
                (None, _) => Read::Refused,
                (Some(digit), 3) => Self::unit(value << 4 | digit),
                (Some(digit), _) => {
                    let value = value << 4 | digit;
                    // Low surrogates stand only behind high ones.
                    let low = digits == 1 && (0xdc..=0xdf).contains(&value);
                    if low {
                        Read::Refused
                    } else {
                        Read::Escape(Self::Hex { digits: digits + 1, value })
                    }
                }
            },
            Self::High(high) if byte == b'\\' => Read::Escape(Self::HighBegun(high)),
            Self::HighBegun(high) if byte == b'u' => {
                Read::Escape(Self::HighHex { high, digits: 0, value: 0 })
            }
            Self::High(_) | Self::HighBegun(_) => Read::Refused,
            Self::HighHex { high, digits, value } => Self::low(high, digits, value, byte),
        }
    }

    /// A code unit that is complete.
    fn unit(value: u16) -> Read {
        match value {
            0xd800..=0xdbff => Read::Escape(Self::High(value)),
            _ if !ESCAPED.iter().any(|(low, high)| (*low..=*high).contains(&u32::from(value))) => {
                Read::Refused
            }
            _ => char::from_u32(u32::from(value)).map_or(Read::Refused, Read::Char),
        }
    }

    /// A digit of a low surrogate.
    fn low(high: u16, digits: u8, value: u16, byte: u8) -> Read {
        let Some(digit) = hex(byte) else { return Read::Refused };
        let value = value << 4 | digit;
        let fits = match digits {
            0 => value == 0xd,
            1 => (0xdc..=0xdf).contains(&value),
            _ => true,
        };
        match digits {
            _ if !fits => Read::Refused,
            3 => char::from_u32(pair(high, value)).map_or(Read::Refused, Read::Char),
            _ => Read::Escape(Self::HighHex { high, digits: digits + 1, value }),
        }
    }

    /// The characters that the sequence read so far can still become, as ranges.
    fn candidates(self) -> Vec<(u32, u32)> {
        match self {
            Self::No => Vec::new(),
            Self::Begun => ESCAPED.into_iter().chain([(0x1_0000, 0x10_ffff)]).collect(),
            Self::Hex { digits, value } => {
                let shift = 4 * u32::from(4 - digits);
                let low = u32::from(value) << shift;
                let high = low + (1 << shift) - 1;
                let part = |(first, last): (u32, u32)| (first.max(low), last.min(high));
                let mut ranges: Vec<(u32, u32)> = ESCAPED.into_iter().map(part).collect();
                if low <= 0xdbff && high >= 0xd800 {
                    let first = pair(low.max(0xd800).try_into().unwrap_or(0xd800), 0xdc00);
                    let last = pair(high.min(0xdbff).try_into().unwrap_or(0xdbff), 0xdfff);
                    ranges.push((first, last));
                }
                ranges
            }
            Self::High(high) | Self::HighBegun(high) => {
                vec![(pair(high, 0xdc00), pair(high, 0xdfff))]
            }
            Self::HighHex { high, digits, value } => {
                let shift = 4 * u32::from(4 - digits);
                let low = u32::from(value) << shift;
                let last = low + (1 << shift) - 1;
                let low = u16::try_from(low.max(0xdc00)).unwrap_or(0xdc00);
                let last = u16::try_from(last.min(0xdfff)).unwrap_or(0xdfff);
                vec![(pair(high, low), pair(high, last))]
            }
        }
    }

    /// Whether some character that the sequence can still become leads `step` from `state` to a state that is
    /// not 0.
    pub(crate) fn viable(self, state: u32, step: &mut impl FnMut(u32, u8) -> u32) -> bool {
        self.candidates().into_iter().filter(|(low, high)| low <= high).any(|(low, high)| {
            let ends = (char::from_u32(low), char::from_u32(high));
            let (Some(low), Some(high)) = ends else { return false };
            Utf8Sequences::new(low, high).any(|sequence| {
                let ranges: Vec<(u8, u8)> =
                    sequence.as_slice().iter().map(|range| (range.start, range.end)).collect();
                reaches(state, &ranges, step)
            })
        })
    }
}

/// Whether bytes within the ranges, one after another, lead to a state that is not 0.
fn reaches(state: u32, ranges: &[(u8, u8)], step: &mut impl FnMut(u32, u8) -> u32) -> bool {
    let Some(((first, last), rest)) = ranges.split_first() else { return true };
    (*first..=*last).any(|byte| {
        let next = step(state, byte);
        next != 0 && reaches(next, rest, step)
    })
}

/// The character of a surrogate pair.
fn pair(high: u16, low: u16) -> u32 {
    0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(low) - 0xdc00)
}

/// The value of a hexadecimal digit.
fn hex(byte: u8) -> Option<u16> {
    char::from(byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok())
}
