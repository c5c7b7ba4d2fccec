//! The plan: what is replaced in which files, before anything is.

use std::path::PathBuf;
use std::time::SystemTime;

use pyagent_diff::Options;
use pyagent_diff::unified::Unified;
use pyagent_journal::Digest;
use rayon::prelude::*;

use crate::encoding::Encoding;
use crate::newline::Newline;
use crate::scan::Reason;
use crate::search::Edits;
use crate::shelf::Kept;
use crate::tree::Limits;

/// What is replaced in which files. Nothing is written before it is applied.
#[derive(Debug)]
pub struct Plan {
    /// The folder below which everything happens, without symbolic links.
    pub root: PathBuf,
    /// The files in which something is replaced, by path.
    pub files: Vec<PlannedFile>,
    /// The files that were left out, by path, and why.
    pub skipped: Vec<(PathBuf, Reason)>,
    /// How many files were looked at.
    pub scanned: usize,
    /// Whether the limit left out matches.
    pub limited: bool,
}

/// What is replaced in a file.
#[derive(Debug)]
pub struct PlannedFile {
    /// The file, below the root.
    pub path: PathBuf,
    pub(crate) content: Kept,
    pub(crate) mark: usize,
    /// The text, where it is not the bytes after the mark.
    pub(crate) text: Option<String>,
    pub(crate) encoding: Encoding,
    pub(crate) encoding_name: String,
    pub(crate) edits: Edits,
    pub(crate) mtime: Option<SystemTime>,
    pub(crate) identity: Option<(u64, u64)>,
}

/// One replacement, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match<'a> {
    /// The line it begins on, from 1.
    pub line: usize,
    /// The column it begins at, from 1, in characters; in bytes where the file is not UTF-8.
    pub column: usize,
    /// What is replaced.
    pub before: &'a [u8],
    /// What takes its place.
    pub after: &'a [u8],
}

impl PlannedFile {
    /// The bytes of the file.
    pub fn before(&self) -> &[u8] {
        self.content.bytes()
    }

    /// How many replacements there are.
    pub fn count(&self) -> usize {
        self.edits.list.len()
    }

    /// The encoding by its name in Python, or `bytes` for what is not UTF-8 and was not declared.
    pub fn encoding(&self) -> &str {
        &self.encoding_name
    }

    /// What ends most lines of the file.
    pub fn newline(&self) -> Newline {
        Newline::of(self.body())
    }

    /// The blake3 digest of the bytes.
    pub fn digest(&self) -> Digest {
        *blake3::hash(self.before()).as_bytes()
    }

    /// The text that was searched, in UTF-8 where its encoding is known.
    pub fn body(&self) -> &[u8] {
        self.text.as_ref().map_or(&self.before()[self.mark..], |text| text.as_bytes())
    }

    /// The bytes of the file with everything replaced.
    pub fn replaced(&self) -> Vec<u8> {
        let mut after = Vec::new();
        self.replace_into(&mut after);
        after
    }

    /// [`PlannedFile::replaced`] to the end of a buffer.
    pub(crate) fn replace_into(&self, after: &mut Vec<u8>) {
        after.extend_from_slice(&self.before()[..self.mark]);
        if self.text.is_none() {
            return self.edits.apply_into(self.body(), after);
        }
        let body = String::from_utf8(self.edits.apply(self.body()));
        let encoded = body.ok().and_then(|body| self.encoding.encode(&body));
        // The plan has no file whose encoding lacks a character of a replacement.
        after.extend_from_slice(encoded.as_deref().unwrap_or(&self.before()[self.mark..]));
    }

    /// The replacements, from the beginning of the file to its end.
    pub fn matches(&self) -> impl Iterator<Item = Match<'_>> {
        let body = self.body();
        let by_character = self.encoding_name != "bytes";
        let (mut line, mut line_start, mut from) = (1, 0, 0);
        self.edits.list.iter().map(move |&edit| {
            let start = edit.range().start;
            let passed = &body[from..start];
            line += memchr::memchr_iter(b'\n', passed).count();
            if let Some(at) = memchr::memrchr(b'\n', passed) {
                line_start = from + at + 1;
            }
            from = start;
            let left = &body[line_start..from];
            let column = if by_character {
                left.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
            } else {
                left.len()
            };
            Match {
                line,
                column: column + 1,
                before: &body[edit.range()],
                after: self.edits.insert(edit),
            }
        })
    }

    /// The replacements as a unified diff of the text, with `context` unchanged lines around each.
    /// The byte order mark is not shown, and what is in another encoding is shown in UTF-8.
    pub fn diff(&self, context: usize) -> Vec<u8> {
        let mut name = self.path.as_os_str().as_encoded_bytes().to_vec();
        if cfg!(windows) {
            // In a diff folders are told apart as in git, on every system.
            name.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
        }
        let (from, to) = ([b"a/", &name[..]].concat(), [b"b/", &name[..]].concat());
        let unified =
            Unified { from_name: Some(&from), to_name: Some(&to), context, ..Unified::default() };
        unified.diff(self.body(), &self.edits.apply(self.body()), &Options::default())
    }
}

impl Plan {
    /// How many replacements there are.
    pub fn count(&self) -> usize {
        self.files.iter().map(PlannedFile::count).sum()
    }

    /// All replacements as one unified diff; see [`PlannedFile::diff`].
    pub fn diff(&self, context: usize) -> Vec<u8> {
        let diffs: Vec<_> = self.files.par_iter().map(|file| file.diff(context)).collect();
        diffs.concat()
    }

    /// Put files in order, name each once, and keep to the limits.
    pub(crate) fn settle(&mut self, limits: Limits) {
        self.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.files.dedup_by(|a, b| a.path == b.path);
        self.leave_out_links();
        let mut left = limits.total;
        for file in &mut self.files {
            let most = left.min(limits.per_file);
            self.limited |= file.count() > most;
            file.edits.list.truncate(most);
            left -= file.count();
        }
        self.files.retain(|file| file.count() > 0);
        self.skipped.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.skipped.dedup_by(|a, b| a.0 == b.0);
    }

    /// Of several names of one file the first is enough: it would be found changed by the second.
    fn leave_out_links(&mut self) {
        let mut first = std::collections::HashMap::new();
        let skipped = &mut self.skipped;
        self.files.retain(|file| {
            let Some(identity) = file.identity else { return true };
            match first.entry(identity) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(file.path.clone());
                    true
                }
                std::collections::hash_map::Entry::Occupied(entry) => {
                    skipped.push((file.path.clone(), Reason::SameFile(entry.get().clone())));
                    false
                }
            }
        });
    }
}
