//! Bytes to text by the rules of PEP 263.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

use memchr::memchr;

use crate::SourceError;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Text is addressed with 32-bit offsets; a quarter of that range is far above any real source.
const MAX_BYTES: u64 = 1 << 30;

/// Read and decode the file at `path`.
pub fn read(path: &Path) -> Result<String, SourceError> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        let reason = if metadata.is_dir() { "is a directory" } else { "not a regular file" };
        return Err(SourceError::Read { reason: reason.to_owned() });
    }
    let size = metadata.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(MAX_BYTES)).unwrap_or(0) + 1);
    // The file may grow while it is read: the limit holds for what is read, not for its size.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    match decode(&bytes)? {
        // The usual case, UTF-8 without a byte order mark: keep the buffer.
        Cow::Borrowed(text) if text.len() == bytes.len() => {
            // `decode` has just checked these very bytes; checking once more is the price of safe
            // code, and small beside parsing.
            String::from_utf8(bytes)
                .map_err(|error| SourceError::Decode { reason: error.to_string(), line: None })
        }
        text => Ok(text.into_owned()),
    }
}

/// Open `path` for reading, without waiting for the writer of a named pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Decode source bytes: a UTF-8 byte order mark, then a coding cookie in the first two lines, then
/// UTF-8. The mark is dropped. A null byte is an error, as it is for Python's compiler.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SourceError> {
    if bytes.len() as u64 > MAX_BYTES {
        let reason = format!("larger than {} MiB", MAX_BYTES >> 20);
        return Err(SourceError::Read { reason });
    }
    refuse_null(bytes)?;
    let (body, marked) = match bytes.strip_prefix(BOM) {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    match cookie(body) {
        None => utf8(body),
        Some((line, label)) => with_cookie(body, marked, line, label),
    }
}

/// Source that is text already: a byte order mark is dropped, and a null byte is an error as well.
/// A coding cookie means nothing here.
pub fn decoded(text: &str) -> Result<&str, SourceError> {
    refuse_null(text.as_bytes())?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn refuse_null(bytes: &[u8]) -> Result<(), SourceError> {
    let Some(at) = memchr(0, bytes) else { return Ok(()) };
    let reason = "source contains a null byte".to_owned();
    Err(SourceError::Decode { reason, line: Some(line_of(bytes, at)) })
}

/// Decodes bytes of an encoding that this crate does not know: the name and the bytes to the text,
/// or to what is wrong.
pub type Codec = fn(&str, &[u8]) -> Result<String, String>;

static OTHER: OnceLock<Codec> = OnceLock::new();

/// Set, once for the process, what decodes encodings other than UTF-8, ASCII and Latin-1. The
/// Python module hands over Python's own codecs, so that both sides mean the same by every name.
pub fn set_codec(codec: Codec) {
    // A second call comes from a second interpreter with the same codecs: the first one stays.
    let _ = OTHER.set(codec);
}

fn with_cookie<'a>(
    body: &'a [u8],
    marked: bool,
    line: u32,
    label: &str,
) -> Result<Cow<'a, str>, SourceError> {
    let error = |reason: String| SourceError::Decode { reason, line: Some(line) };
    match normalize(label).as_str() {
        // With a mark, Python knows UTF-8 by this one name.
        _ if marked && !is(&hyphenated(label), "utf-8") => {
            Err(error(format!("encoding problem: {label} with a UTF-8 byte order mark")))
        }
        "utf-8" => utf8(body),
        "ascii" => match body.iter().position(|byte| !byte.is_ascii()) {
            None => utf8(body),
            Some(at) => Err(SourceError::Decode {
                reason: format!("byte 0x{:02x} is not {label}", body[at]),
                line: Some(line_of(body, at)),
            }),
        },
        "latin-1" => Ok(Cow::Owned(body.iter().copied().map(char::from).collect())),
        _ => match OTHER.get() {
            Some(codec) => codec(label, body).map(Cow::Owned).map_err(error),
            None => Err(error(format!("unknown encoding: {label}"))),
        },
    }
}

fn hyphenated(label: &str) -> String {
    label.to_ascii_lowercase().replace('_', "-")
}

/// Whether `name` is `canonical`, by itself or with something behind a hyphen.
fn is(name: &str, canonical: &str) -> bool {
    name.strip_prefix(canonical).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The canonical name of the encodings known here, under the aliases that Python knows.
fn normalize(label: &str) -> String {
    let name = hyphenated(label);
    let known = match name.as_str() {
        _ if is(&name, "utf-8") => "utf-8",
        "utf8" | "u8" | "utf" | "cp65001" => "utf-8",
        "ascii" | "us-ascii" | "646" => "ascii",
        _ if ["latin-1", "iso-8859-1", "iso-latin-1"].iter().any(|known| is(&name, known)) => {
            "latin-1"
        }
        "latin1" | "l1" | "latin" | "iso8859-1" | "8859" | "cp819" => "latin-1",
        _ => return name,
    };
    known.to_owned()
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, SourceError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let at = error.valid_up_to();
        SourceError::Decode {
            reason: format!("byte 0x{:02x} is not UTF-8 and no encoding is declared", bytes[at]),
            line: Some(line_of(bytes, at)),
        }
    })
}

fn line_of(bytes: &[u8], at: usize) -> u32 {
    let ends = memchr::memchr_iter(b'\n', &bytes[..at]).count();
    u32::try_from(ends + 1).unwrap_or(u32::MAX)
}

/// The coding cookie of PEP 263 and the line that it stands on: in a comment on the first line, or
/// on the second where the first holds nothing but a comment or white space.
fn cookie(bytes: &[u8]) -> Option<(u32, &str)> {
    let mut rest = bytes;
    for number in 1..=2 {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        let text = line.trim_ascii_start();
        // A form feed also stands before a cookie in old files; trim_ascii_start drops it.
        if let Some(b'#') = text.first() {
            if let Some(label) = cookie_in(text) {
                return Some((number, label));
            }
        } else if !text.is_empty() {
            return None;
        }
        let skip = if rest[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
        rest = rest.get(skip..)?;
    }
    None
}

/// Match `coding[:=][ \t]*([-\w.]+)` in a comment.
fn cookie_in(comment: &[u8]) -> Option<&str> {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&comment[from..], b"coding") {
        let after = &comment[from + at + b"coding".len()..];
        if let Some((b':' | b'=', value)) = after.split_first() {
            let value = value.trim_ascii_start();
            let length = value
                .iter()
                .position(|&b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')))
                .unwrap_or(value.len());
            if length > 0 {
                return std::str::from_utf8(&value[..length]).ok();
            }
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
