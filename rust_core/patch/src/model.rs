//! A patch as it was read: files, hunks, lines.

use crate::error::PatchError;

/// In what form a patch was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `---`, `+++` and `@@ -1,3 +1,4 @@`, with or without git's extended headers.
    Unified,
    /// `*** Begin Patch` to `*** End Patch`, known as V4A.
    Envelope,
    /// `<<<<<<< SEARCH`, `=======`, `>>>>>>> REPLACE`.
    Blocks,
}

impl Format {
    /// Its name in options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unified => "unified",
            Self::Envelope => "envelope",
            Self::Blocks => "blocks",
        }
    }
}

/// What a patch does to a file as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Content or mode change.
    Modify,
    /// The file comes into being.
    Create,
    /// The file goes away.
    Delete,
    /// The file gets another name, and maybe other content.
    Rename,
    /// Another file comes into being with this one's content, maybe changed.
    Copy,
}

impl Operation {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Modify => "modify",
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::Copy => "copy",
        }
    }
}

/// What a line of a hunk is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Stays.
    Context,
    /// Goes.
    Removed,
    /// Comes.
    Added,
}

impl Kind {
    /// The character that stands before such a line.
    pub fn sign(self) -> u8 {
        match self {
            Self::Context => b' ',
            Self::Removed => b'-',
            Self::Added => b'+',
        }
    }
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is for.
    pub kind: Kind,
    /// Its bytes without the line feed; a carriage return that belongs to it is there.
    pub content: Vec<u8>,
    /// Whether a line feed ends it: only the last line of a file may lack one.
    pub newline: bool,
}

impl Line {
    /// Its bytes with the line feed.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.content.clone();
        if self.newline {
            bytes.push(b'\n');
        }
        bytes
    }
}

/// Lines that are changed, with lines around them by which their place is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// First line before the change, from 1, where the patch names one; 0 in an empty file.
    pub old_start: Option<u32>,
    /// First line after the change.
    pub new_start: Option<u32>,
    /// What stands behind the second `@@`: as a rule the function it lies in.
    pub heading: Vec<u8>,
    /// Lines that the place lies below, from the outermost inwards.
    pub anchors: Vec<Vec<u8>>,
    /// Context, removed and added lines in order.
    pub lines: Vec<Line>,
    /// The last old line is the last line of the file.
    pub at_end: bool,
    /// Line of the patch on which the hunk begins, from 1.
    pub line: u32,
}

impl Hunk {
    /// The lines before the change.
    pub fn old(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.kind != Kind::Added)
    }

    /// The lines after the change.
    pub fn new_lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.kind != Kind::Removed)
    }

    /// How many lines are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.lines.iter().filter(|line| line.kind == kind).count()
    }
}

/// Content of a binary file, as git writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// The whole content.
    Literal(Vec<u8>),
    /// What to copy from the other side and what to insert, in git's encoding.
    Delta(Vec<u8>),
}

/// A change of a binary file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// From the old content to the new.
    pub forward: Delta,
    /// From the new content to the old, where the patch holds it.
    pub backward: Option<Delta>,
}

/// The change of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePatch {
    /// What happens to the file as a whole.
    pub operation: Operation,
    /// Its name before, without a prefix such as `a/`; `None` where there was none.
    pub old_path: Option<Vec<u8>>,
    /// Its name after; `None` where there is none.
    pub new_path: Option<Vec<u8>>,
    /// The names as they stand in the patch, for callers that strip components on their own.
    pub raw_paths: (Option<Vec<u8>>, Option<Vec<u8>>),
    /// Mode bits before, as `git diff` writes them.
    pub old_mode: Option<u32>,
    /// Mode bits after.
    pub new_mode: Option<u32>,
    /// Hexadecimal object names of the content before and after, which may be cut short.
    pub blobs: Option<(Vec<u8>, Vec<u8>)>,
    /// Changes of the text, from its top to its end; in any order for SEARCH/REPLACE blocks.
    pub hunks: Vec<Hunk>,
    /// Change of a file that is not text.
    pub binary: Option<Binary>,
    /// Line of the patch on which the file begins, from 1.
    pub line: u32,
    /// The form it was written in, which says how its hunks are placed.
    pub format: Format,
}

impl FilePatch {
    /// A change of `path` to `path`, without any hunk yet.
    pub(crate) fn new(format: Format, line: u32) -> Self {
        Self {
            operation: Operation::Modify,
            old_path: None,
            new_path: None,
            raw_paths: (None, None),
            old_mode: None,
            new_mode: None,
            blobs: None,
            hunks: Vec::new(),
            binary: None,
            line,
            format,
        }
    }

    /// The name it goes by in messages: the new one, or the old one of a deleted file.
    pub fn path(&self) -> &[u8] {
        self.new_path.as_deref().or(self.old_path.as_deref()).unwrap_or(b"")
    }
}

/// A patch: changes of any number of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The form it was written in.
    pub format: Format,
    /// The files in the order of the patch.
    pub files: Vec<FilePatch>,
}

impl Patch {
    /// What the patch does to the file of this name, or to its only file.
    pub fn select(&self, path: Option<&[u8]>) -> Result<Vec<&FilePatch>, PatchError> {
        let names = |file: &&FilePatch| {
            path.is_none_or(|path| {
                file.new_path.as_deref() == Some(path) || file.old_path.as_deref() == Some(path)
            })
        };
        let files: Vec<&FilePatch> = self.files.iter().filter(names).collect();
        let reason = match files.first() {
            None if self.files.is_empty() => return Ok(files),
            None => {
                let path = String::from_utf8_lossy(path.unwrap_or_default()).into_owned();
                format!("the patch does not name {path}")
            }
            Some(first) if files.iter().all(|file| file.path() == first.path()) => {
                return Ok(files);
            }
            Some(_) => format!("the patch has {} files, so that one must be named", files.len()),
        };
        Err(PatchError::Selection { reason })
    }
}
