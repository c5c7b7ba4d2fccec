//! Reading one file and planning what is replaced in it.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use memchr::memchr;

use crate::encoding::Encoding;
use crate::plan::PlannedFile;
use crate::query::Replacer;
use crate::search::{Edit, Edits};
use crate::shelf::Shelf;
use crate::walk::Scope;

/// How far from its beginning a file is looked at before it is read on: a NUL means a binary file.
const HEAD: usize = 8 << 10;
/// Files up to this size are read without asking for their size.
const FIRST_READ: usize = 256 << 10;

/// Why a file was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It holds NUL bytes.
    Binary,
    /// It is larger than was allowed.
    TooLarge,
    /// The system did not let it be read; what it said.
    Unreadable(String),
    /// It is not text in its encoding, or would not be written back as it was.
    Undecodable,
    /// A replacement in it has characters that its encoding lacks.
    Unencodable,
    /// It is the same file, by a hard link, as another that is in the plan.
    SameFile(PathBuf),
}

impl Reason {
    /// A word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::TooLarge => "too-large",
            Self::Unreadable(_) => "unreadable",
            Self::Undecodable => "undecodable",
            Self::Unencodable => "unencodable",
            Self::SameFile(_) => "same-file",
        }
    }
}

/// Searches files one after the other, into the same buffer.
pub(crate) struct Scanner<'a> {
    pub(crate) replacer: Replacer,
    pub(crate) scope: &'a Scope,
    /// The most edits of a file.
    pub(crate) limit: usize,
    pub(crate) cancelled: &'a AtomicBool,
    pub(crate) buffer: Vec<u8>,
    pub(crate) shelf: Shelf,
}

impl Scanner<'_> {
    /// What is to be replaced in a file; `None` where nothing is. The path of the result is the one
    /// given.
    pub(crate) fn scan(&mut self, path: &Path) -> Result<Option<PlannedFile>, Reason> {
        let unreadable = |error: io::Error| Reason::Unreadable(error.to_string());
        let mut file = open(path).map_err(unreadable)?;
        let length = self.read(&mut file)?;
        let bytes = &self.buffer[..length];
        let (encoding, mark) = Encoding::of(bytes, self.scope.encoding);
        let body = match encoding {
            Encoding::Bytes => self.search_bytes(bytes, mark)?,
            encoding => self.search_text(&bytes[mark..], encoding)?,
        };
        let Some(Body { text, encoding_name, edits }) = body else { return Ok(None) };
        let metadata = file.metadata().map_err(unreadable)?;
        Ok(Some(PlannedFile {
            path: path.to_owned(),
            content: self.shelf.keep(bytes),
            mark,
            text,
            encoding,
            encoding_name,
            edits,
            mtime: metadata.modified().ok(),
            identity: identity(&metadata),
        }))
    }

    /// Read the file into the buffer, unless its size or its beginning speaks against it.
    fn read(&mut self, file: &mut File) -> Result<usize, Reason> {
        let unreadable = |error: io::Error| Reason::Unreadable(error.to_string());
        if self.buffer.is_empty() {
            self.buffer.resize(FIRST_READ, 0);
        }
        let mut length = 0;
        loop {
            if length == self.buffer.len() {
                let size = file.metadata().map_err(unreadable)?.len();
                if size > self.scope.max_bytes {
                    return Err(Reason::TooLarge);
                }
                let room = usize::try_from(size).map_or(usize::MAX, |size| size.saturating_add(1));
                self.buffer.resize(room.max(length + FIRST_READ), 0);
            }
            let first = length == 0;
            match file.read(&mut self.buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(error)),
            }
            if first && self.is_binary(&self.buffer[..length.min(HEAD)]) {
                return Err(Reason::Binary);
            }
        }
        if length as u64 > self.scope.max_bytes { Err(Reason::TooLarge) } else { Ok(length) }
    }

    /// Whether a text with these bytes is taken for binary. In UTF-16 they mean nothing yet.
    fn is_binary(&self, bytes: &[u8]) -> bool {
        if self.scope.binary || memchr(0, bytes).is_none() {
            return false;
        }
        let (encoding, _) = Encoding::of(bytes, self.scope.encoding);
        !matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be)
    }

    fn search_bytes(&self, bytes: &[u8], mark: usize) -> Result<Option<Body>, Reason> {
        let Some(edits) = self.edits(&bytes[mark..])? else { return Ok(None) };
        if self.is_binary(bytes) {
            return Err(Reason::Binary);
        }
        let encoding_name = match (std::str::from_utf8(bytes), mark) {
            (Ok(_), 0) => "utf-8",
            (Ok(_), _) => "utf-8-sig",
            (Err(_), _) => "bytes",
        };
        // Whoever wrote this file has other bytes for what is not ASCII. Where the replaced text was
        // in UTF-8 itself, so may be what takes its place.
        let foreign =
            |&edit: &Edit| bytes[mark..][edit.range()].is_ascii() && !edits.insert(edit).is_ascii();
        if encoding_name == "bytes" && edits.list.iter().any(foreign) {
            return Err(Reason::Unencodable);
        }
        Ok(Some(Body { text: None, encoding_name: encoding_name.to_owned(), edits }))
    }

    fn search_text(&self, bytes: &[u8], encoding: Encoding) -> Result<Option<Body>, Reason> {
        let text = encoding.decode(bytes).ok_or(Reason::Undecodable)?;
        if !self.scope.binary && memchr(0, text.as_bytes()).is_some() {
            return Err(Reason::Binary);
        }
        let Some(edits) = self.edits(text.as_bytes())? else { return Ok(None) };
        // Some encodings have several byte sequences for one character.
        if encoding.encode(&text).as_deref() != Some(bytes) {
            return Err(Reason::Undecodable);
        }
        let after = String::from_utf8(edits.apply(text.as_bytes()));
        if after.ok().and_then(|after| encoding.encode(&after)).is_none() {
            return Err(Reason::Unencodable);
        }
        Ok(Some(Body { text: Some(text), encoding_name: encoding.name(), edits }))
    }

    /// The edits of a text, if there are any.
    fn edits(&self, text: &[u8]) -> Result<Option<Edits>, Reason> {
        let edits = self.replacer.edits(text, self.limit, self.cancelled);
        let edits = edits.ok_or(Reason::TooLarge)?;
        Ok(Some(edits).filter(|edits| !edits.list.is_empty()))
    }
}

/// What is to be replaced in a file.
struct Body {
    /// The text, where it is not the bytes themselves.
    text: Option<String>,
    encoding_name: String,
    edits: Edits,
}

/// Device and inode of a file that has several names.
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (metadata.nlink() > 1).then(|| (metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}

/// Open a file that the walk found to be a regular one. Whatever has taken its place meanwhile is
/// not waited for, and a link not followed.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    options.open(path)
}
