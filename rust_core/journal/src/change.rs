//! What a caller asks for: changes, what it expects to find, and how writes are put in place.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// A blake3 digest of the content of a file.
pub type Digest = [u8; 32];

/// One change to one path below the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path, below the root, without `.` and `..` and without symbolic links on the way. For a
    /// write, a mode, a folder and a link the name after the renames of the same transaction; for
    /// a delete and a rename the name before.
    pub path: PathBuf,
    /// What is done to it.
    pub kind: Kind,
    /// What must be there before, or nothing at all is changed.
    pub expected: Expected,
}

impl Change {
    /// A write of `content`, with the mode of the file that is replaced.
    pub fn write(path: impl AsRef<Path>, content: impl Into<Vec<u8>>, expected: Expected) -> Self {
        let content = Content::Whole(content.into());
        let kind = Kind::Write { content, mode: None, mtime: None };
        Self { path: path.as_ref().to_owned(), kind, expected }
    }

    /// A delete of a file, a link or a whole folder.
    pub fn delete(path: impl AsRef<Path>, expected: Expected) -> Self {
        Self { path: path.as_ref().to_owned(), kind: Kind::Delete, expected }
    }

    /// A rename of a file, a link or a whole folder.
    pub fn rename(path: impl AsRef<Path>, to: impl AsRef<Path>, expected: Expected) -> Self {
        let kind = Kind::Rename { to: to.as_ref().to_owned() };
        Self { path: path.as_ref().to_owned(), kind, expected }
    }
}

/// What is done to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A regular file is made or gets new content.
    Write {
        /// The new content.
        content: Content,
        /// The permission bits; those of the file that is replaced, or of the process's mask for a
        /// new file, where it is `None`.
        mode: Option<u32>,
        /// The time of modification to give the file; the time of the write where it is `None`.
        mtime: Option<SystemTime>,
    },
    /// A file, a link or a whole folder goes away; it is kept until the entry leaves the history.
    Delete,
    /// A file, a link or a whole folder gets another name, which must be free by then.
    Rename {
        /// The new name, below the root.
        to: PathBuf,
    },
    /// The permission bits of a file or folder.
    Mode(u32),
    /// A new folder; its parent is there or made by the same transaction.
    Directory,
    /// Nothing: the path must only be as it is expected, like a file that was read.
    Keep,
    /// What an earlier transaction deleted comes back.
    Restore {
        /// The entry of the history that deleted it.
        entry: u64,
        /// Which of the things that it deleted.
        number: u64,
        /// A path inside that thing, where only a part of it comes back; empty for the whole.
        inner: PathBuf,
    },
    /// A part of what [`Kind::Restore`] brings back stays away.
    Withhold {
        /// The entry of the history that deleted it.
        entry: u64,
        /// Which of the things that it deleted.
        number: u64,
        /// A path inside that thing.
        inner: PathBuf,
    },
    /// A new symbolic link. Where it points is not looked at: nothing here follows it out of the
    /// root.
    Symlink {
        /// The text of the link.
        target: PathBuf,
    },
}

/// The content of a write.
#[derive(Debug, Clone)]
pub enum Content {
    /// All of it.
    Whole(Vec<u8>),
    /// Made out of the content of the file that is there, when that was read and checked: of many
    /// files no more is in memory than is needed, and each is read once.
    Made(Arc<dyn Rewrite>),
}

impl Content {
    /// About how many bytes it has.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Whole(content) => content.len(),
            Self::Made(maker) => maker.length(),
        }
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one == other,
            (Self::Made(one), Self::Made(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for Content {}

/// Makes the new content of a file out of the old one.
pub trait Rewrite: std::fmt::Debug + Send + Sync {
    /// About how many bytes the new content has.
    fn length(&self) -> usize;

    /// Whether this is the content that it is meant for; with any other, nothing at all is changed.
    fn fits(&self, old: &[u8]) -> bool;

    /// Put the whole new content into `new`, which is empty, and say how the old content is had
    /// from it: spans of the new content in order, and how much stood there. That is worked out
    /// where it is `None`.
    fn rewrite(&self, old: &[u8], new: &mut Vec<u8>) -> Option<Vec<Splice>>;
}

/// What must be at a path before anything is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Anything, or nothing.
    Any,
    /// Nothing at all.
    Absent,
    /// A regular file with this content.
    Digest(Digest),
}

impl Expected {
    /// A regular file with exactly this content.
    pub fn content(content: &[u8]) -> Self {
        Self::Digest(*blake3::hash(content).as_bytes())
    }
}

/// A span of the new content, and how many bytes stood in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// The bytes of the new content that go away when the old content is rebuilt.
    pub new: Range<usize>,
    /// How many bytes of the old content take their place.
    pub old: usize,
}

/// How a write is put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placement {
    /// A new file is written aside and renamed over the old one: a reader sees the old content or
    /// the new, never a mix. A file with several hard links or extended attributes is written in
    /// place all the same, since a rename would part it from them.
    #[default]
    Rename,
    /// The file itself is written, from its first differing byte on. It stays the same inode with
    /// its links, owner and attributes, and takes a third of the time; a reader can meanwhile see
    /// a mix. After a crash recovery makes it whole, as with a rename.
    InPlace,
}

/// What the history says about a transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// What was done, in a line.
    pub label: String,
    /// The task that did it.
    pub task: String,
    /// The tasks above that one, the outermost first.
    pub lineage: Vec<String>,
}

/// How a transaction is committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitOptions {
    /// How writes are put in place.
    pub placement: Placement,
    /// Whether recovery takes the transaction back unless it is confirmed. The journal stays
    /// locked until it is confirmed or undone.
    pub provisional: bool,
}
