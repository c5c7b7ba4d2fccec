//! In which encoding a file is, and the way from its bytes to text and back.

use std::borrow::Cow;

use encoding_rs::Encoding as Codec;

use crate::error::ReplaceError;

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";
const UTF16_LE_BOM: &[u8] = b"\xff\xfe";
const UTF16_BE_BOM: &[u8] = b"\xfe\xff";

/// How the bytes of a file stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or bytes of which nothing more is known than that ASCII is among them.
    Bytes,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// ISO 8859-1, where every byte is the character of that number.
    Latin1,
    /// Any other, as the WHATWG Encoding Standard defines it.
    Other(&'static Codec),
}

impl Encoding {
    /// The encoding of this name: a label of the WHATWG Encoding Standard, or one of Python's
    /// spellings of it. `latin-1` is ISO 8859-1 here, as in Python, and not Windows-1252.
    pub fn named(name: &str) -> Result<Self, ReplaceError> {
        let label = name.trim().to_ascii_lowercase().replace('_', "-");
        let found = match label.as_str() {
            "utf-8" | "utf8" | "utf-8-sig" => Some(Self::Bytes),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "l1" => Some(Self::Latin1),
            "utf-16-le" | "utf-16le" | "utf-16" | "utf16" => Some(Self::Utf16Le),
            "utf-16-be" | "utf-16be" => Some(Self::Utf16Be),
            label => Codec::for_label_no_replacement(label.as_bytes()).map(Self::Other),
        };
        found.ok_or_else(|| ReplaceError::Encoding { name: name.to_owned() })
    }

    /// The encoding of a file that begins with these bytes, and the length of its byte order mark.
    /// A mark is believed before what was declared.
    pub(crate) fn of(bytes: &[u8], declared: Self) -> (Self, usize) {
        if bytes.starts_with(UTF8_BOM) {
            (Self::Bytes, UTF8_BOM.len())
        } else if bytes.starts_with(UTF16_LE_BOM) {
            (Self::Utf16Le, UTF16_LE_BOM.len())
        } else if bytes.starts_with(UTF16_BE_BOM) {
            (Self::Utf16Be, UTF16_BE_BOM.len())
        } else {
            (declared, 0)
        }
    }

    /// The text of `bytes`; `None` where they are none in this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Bytes => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Utf16Le => utf16(bytes, u16::from_le_bytes),
            Self::Utf16Be => utf16(bytes, u16::from_be_bytes),
            Self::Latin1 => Some(encoding_rs::mem::decode_latin1(bytes).into_owned()),
            Self::Other(codec) => codec
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(Cow::into_owned),
        }
    }

    /// The bytes of `text`; `None` where a character has none in this encoding.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Bytes => Some(text.as_bytes().to_vec()),
            Self::Utf16Le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Utf16Be => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Self::Other(codec) => {
                let (bytes, _, lossy) = codec.encode(text);
                (!lossy).then(|| bytes.into_owned())
            }
        }
    }

    /// The name, in Python's spelling where that differs.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Bytes => "utf-8".to_owned(),
            Self::Utf16Le => "utf-16-le".to_owned(),
            Self::Utf16Be => "utf-16-be".to_owned(),
            Self::Latin1 => "latin-1".to_owned(),
            Self::Other(codec) => codec.name().to_ascii_lowercase(),
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair))).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Encoding;

    #[test]
    fn names_are_found_in_every_spelling() {
        for (name, expected) in [
            ("UTF-8", "utf-8"),
            ("latin_1", "latin-1"),
            ("cp1252", "windows-1252"),
            ("Shift_JIS", "shift_jis"),
            ("gb18030", "gb18030"),
            ("koi8-r", "koi8-r"),
            ("utf-16-be", "utf-16-be"),
        ] {
            let encoding = Encoding::named(name).expect("known");
            assert_eq!(encoding.name(), expected, "{name}");
        }
        assert!(Encoding::named("utf-99").is_err());
    }

    #[test]
    fn marks_are_believed_before_what_is_declared() {
        let declared = Encoding::Latin1;
        assert_eq!(Encoding::of(b"\xef\xbb\xbfa", declared), (Encoding::Bytes, 3));
        assert_eq!(Encoding::of(b"\xff\xfea\0", declared), (Encoding::Utf16Le, 2));
        assert_eq!(Encoding::of(b"\xfe\xff\0a", declared), (Encoding::Utf16Be, 2));
        assert_eq!(Encoding::of(b"a", declared), (Encoding::Latin1, 0));
    }

    #[test]
    fn what_has_no_bytes_or_no_text_is_refused() {
        assert_eq!(Encoding::Latin1.encode("€"), None);
        assert_eq!(Encoding::Other(encoding_rs::WINDOWS_1252).encode("€"), Some(vec![0x80]));
        assert_eq!(Encoding::Utf16Le.decode(b"a"), None);
        assert_eq!(Encoding::Utf16Le.decode(b"\x00\xd8a\0"), None, "half a surrogate pair");
    }

    proptest! {
        #[test]
        fn text_survives(text in any::<String>()) {
            for encoding in [Encoding::Bytes, Encoding::Utf16Le, Encoding::Utf16Be] {
                let bytes = encoding.encode(&text).expect("Unicode");
                prop_assert_eq!(encoding.decode(&bytes), Some(text.clone()));
            }
        }

        #[test]
        fn every_byte_is_latin_1(bytes in any::<Vec<u8>>()) {
            let text = Encoding::Latin1.decode(&bytes).expect("always");
            prop_assert_eq!(Encoding::Latin1.encode(&text), Some(bytes));
        }
    }
}
