//! A transaction in the making: changes are laid over the tree, reads see them, and nothing of the
//! tree is touched before it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::change::{Change, Digest};
use crate::changes::changes;
use crate::error::JournalError;
use crate::journal::Journal;
use crate::overlay::{NewFile, Node, Overlay, View};
use crate::sys::FileKind;

pub(crate) const EXISTS: &str = "exists already";

/// What the tree had at a path when the transaction first looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Absent,
    File(Digest),
    Other(FileKind),
}

/// A place in a transaction that can be come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Savepoint(u64);

impl Savepoint {
    /// Its number, for a caller that cannot keep the savepoint itself.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The savepoint of this number.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// Changes that are not made yet.
#[derive(Debug)]
pub struct Transaction {
    pub(crate) journal: Arc<Journal>,
    pub(crate) overlay: Overlay,
    pub(crate) known: BTreeMap<PathBuf, Known>,
    /// Folders of the tree that are no links.
    pub(crate) folders: BTreeSet<PathBuf>,
    /// What was read to see what is there, for a reader that asks for it at once.
    pub(crate) just_read: Option<(PathBuf, Vec<u8>)>,
    pub(crate) savepoints: Vec<(Savepoint, usize)>,
    pub(crate) next_savepoint: u64,
}

impl Transaction {
    /// A transaction without changes.
    pub fn new(journal: Arc<Journal>) -> Self {
        Self {
            journal,
            overlay: Overlay::default(),
            known: BTreeMap::new(),
            folders: BTreeSet::new(),
            just_read: None,
            savepoints: Vec::new(),
            next_savepoint: 0,
        }
    }

    /// The journal that it will be committed to.
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// The content of the file at `path`, with the changes so far.
    pub fn read(&mut self, path: &Path) -> Result<Vec<u8>, JournalError> {
        self.just_read = None;
        let plain = self.locate_file(path)?;
        match self.overlay.lookup(&plain) {
            View::Node(Node::File(file)) => Ok(file.content.as_ref().clone()),
            View::Node(Node::Folder) => Err(failed("read", path, io::ErrorKind::IsADirectory)),
            View::Node(_) | View::Nothing => Err(failed("read", path, io::ErrorKind::NotFound)),
            View::Base(base) => self.read_base(&base, path),
        }
    }

    /// Give the file at `path` this content; it is made where there is none, with the folders
    /// that it needs.
    pub fn write(
        &mut self,
        path: &Path,
        content: Vec<u8>,
        mode: Option<u32>,
        mtime: Option<SystemTime>,
    ) -> Result<(), JournalError> {
        let plain = self.locate_file(path)?;
        self.just_read = None;
        let mut file = NewFile {
            content: Arc::new(content),
            base: None,
            mode: mode.map(|mode| mode & 0o7777),
            mtime: mtime.map(Into::into),
        };
        match self.overlay.lookup(&plain) {
            View::Node(Node::File(old)) => {
                file.base.clone_from(&old.base);
                file.mode = file.mode.or(old.mode);
            }
            View::Node(Node::Folder) => {
                return Err(failed("write", path, io::ErrorKind::IsADirectory));
            }
            View::Node(_) | View::Nothing => self.make_parents(&plain, path)?,
            View::Base(base) => match self.see(&base)? {
                Known::Absent => self.make_parents(&plain, path)?,
                Known::File(_) => {
                    file.base = Some(base);
                    let mode = self.overlay.modes().get(&plain).copied();
                    file.mode = file.mode.or(mode);
                    self.overlay.set_mode(&plain, None);
                }
                Known::Other(kind) => return Err(unfit("write", path, kind)),
            },
        }
        self.overlay.set_file(&plain, file);
        Ok(())
    }

    /// Remove the file, the link or the whole folder at `path`.
    pub fn delete(&mut self, path: &Path) -> Result<(), JournalError> {
        let plain = self.locate(path, false)?;
        if self.kind_at(&plain)?.is_none() {
            return Err(failed("delete", path, io::ErrorKind::NotFound));
        }
        let there = self.has_natural(&plain)?;
        self.overlay.remove(&plain, there);
        Ok(())
    }

    /// Give the file, the link or the folder at `from` another name, which must be free; `replace`
    /// takes a file or a link away that has it.
    pub fn rename(&mut self, from: &Path, to: &Path, replace: bool) -> Result<(), JournalError> {
        let (source, target) = (self.locate(from, false)?, self.locate(to, false)?);
        if self.kind_at(&source)?.is_none() {
            return Err(failed("rename", from, io::ErrorKind::NotFound));
        }
        if source == target {
            return Ok(());
        }
        if target.starts_with(&source) {
            return Err(JournalError::path(to, "is inside what is renamed to it"));
        }
        match self.kind_at(&target)? {
            None => {}
            Some(kind)
                if replace && kind != FileKind::Directory && !self.is_same(&source, &target)? =>
            {
                let there = self.has_natural(&target)?;
                self.overlay.remove(&target, there);
            }
            // Where cases are not told apart, the new name may be the old one.
            Some(_) if self.is_same(&source, &target)? => {}
            Some(_) => return Err(JournalError::path(to, EXISTS)),
        }
        self.make_parents(&target, to)?;
        if let Some(detached) = self.detach(&source)? {
            self.overlay.attach(&target, detached);
        }
        Ok(())
    }

    /// Set the permission bits of the file or folder at `path`.
    pub fn set_mode(&mut self, path: &Path, mode: u32) -> Result<(), JournalError> {
        let plain = self.locate(path, true)?;
        let mode = mode & 0o7777;
        match self.kind_at(&plain)? {
            None => return Err(failed("set the mode of", path, io::ErrorKind::NotFound)),
            Some(FileKind::File | FileKind::Directory) => {}
            Some(kind) => return Err(unfit("set the mode of", path, kind)),
        }
        if let View::Node(Node::File(file)) = self.overlay.lookup(&plain) {
            let file = NewFile { mode: Some(mode), ..file.clone() };
            self.overlay.set_file(&plain, file);
        } else {
            self.overlay.set_mode(&plain, Some(mode));
        }
        Ok(())
    }

    /// Make a folder, with those above it that are missing. One that is there already is refused,
    /// but for `exist_ok`.
    pub fn make_folder(&mut self, path: &Path, exist_ok: bool) -> Result<(), JournalError> {
        let plain = self.locate(path, exist_ok)?;
        match self.kind_at(&plain)? {
            Some(FileKind::Directory) if exist_ok => Ok(()),
            Some(_) => Err(JournalError::path(path, EXISTS)),
            None => {
                self.make_parents(&plain, path)?;
                self.overlay.set(&plain, Node::Folder);
                Ok(())
            }
        }
    }

    /// Make a symbolic link; where it points is not looked at.
    pub fn link(&mut self, path: &Path, target: &Path) -> Result<(), JournalError> {
        let plain = self.locate(path, false)?;
        if target.as_os_str().is_empty() || target.as_os_str().as_encoded_bytes().contains(&0) {
            return Err(JournalError::path(target, "is no target of a link"));
        }
        if self.kind_at(&plain)?.is_some() {
            return Err(JournalError::path(path, EXISTS));
        }
        self.make_parents(&plain, path)?;
        self.overlay.set(&plain, Node::Link(target.to_owned()));
        Ok(())
    }

    /// What is at `path`, itself and not what it points to; `None` where nothing is.
    pub fn kind(&mut self, path: &Path) -> Result<Option<FileKind>, JournalError> {
        let plain = self.locate(path, false)?;
        self.kind_at(&plain)
    }

    /// What is at `path` once every link was followed.
    pub fn followed_kind(&mut self, path: &Path) -> Result<Option<FileKind>, JournalError> {
        let plain = self.locate(path, true)?;
        self.kind_at(&plain)
    }

    /// The names in the folder at `path`, sorted; the root for an empty path or `.`.
    pub fn list(&mut self, path: &Path) -> Result<Vec<(OsString, FileKind)>, JournalError> {
        let top = path.components().all(|part| part == std::path::Component::CurDir)
            || path == self.journal.root().path();
        let plain = if top { PathBuf::new() } else { self.locate(path, true)? };
        let mut names = BTreeMap::new();
        match self.overlay.lookup(&plain) {
            View::Node(Node::Folder) => {}
            View::Node(_) => return Err(failed("list", path, io::ErrorKind::NotADirectory)),
            View::Nothing => return Err(failed("list", path, io::ErrorKind::NotFound)),
            View::Base(base) => names.extend(self.list_base(&base, path)?),
        }
        for (name, node) in self.overlay.children(&plain) {
            let Some(last) = name.file_name() else { continue };
            let kind = match node {
                Node::File(_) => FileKind::File,
                Node::Folder => FileKind::Directory,
                Node::Link(_) => FileKind::Symlink,
                Node::Gone => {
                    names.remove(last);
                    continue;
                }
                Node::Here(base) => self.kind_of(base)?.unwrap_or(FileKind::Other),
            };
            names.insert(last.to_owned(), kind);
        }
        Ok(names.into_iter().collect())
    }

    /// A place to come back to.
    pub fn savepoint(&mut self) -> Savepoint {
        let savepoint = Savepoint(self.next_savepoint);
        self.next_savepoint += 1;
        self.savepoints.push((savepoint, self.overlay.mark()));
        savepoint
    }

    /// Take back every change since the savepoint, and the savepoints since; it stays itself.
    pub fn roll_back_to(&mut self, savepoint: Savepoint) -> Result<(), JournalError> {
        let index = self.index_of(savepoint)?;
        self.overlay.roll_back(self.savepoints[index].1);
        self.savepoints.truncate(index + 1);
        Ok(())
    }

    /// Keep the changes since the savepoint, which is given up with those since.
    pub fn release(&mut self, savepoint: Savepoint) -> Result<(), JournalError> {
        let index = self.index_of(savepoint)?;
        self.savepoints.truncate(index);
        if index == 0 {
            self.overlay.forget_marks();
        }
        Ok(())
    }

    /// Whether nothing would be changed.
    pub fn is_empty(&self) -> bool {
        self.overlay.nodes().is_empty() && self.overlay.modes().is_empty()
    }

    /// The changes as they would be committed, in the order of their paths.
    pub fn changes(&self) -> Vec<Change> {
        changes(self.overlay.nodes().clone(), self.overlay.modes().clone(), &self.known)
    }

    /// The changes, to be committed.
    pub fn into_changes(self) -> Vec<Change> {
        let (nodes, modes) = self.overlay.into_parts();
        changes(nodes, modes, &self.known)
    }

    /// The content that the file at `path` had before the transaction, by its name afterwards.
    pub fn original(&mut self, path: &Path) -> Result<Option<Vec<u8>>, JournalError> {
        let plain = self.locate(path, false)?;
        let base = match self.overlay.lookup(&plain) {
            View::Node(Node::File(file)) => file.base.clone(),
            View::Node(_) => None,
            View::Nothing => self.overlay.natural(&plain),
            View::Base(base) => Some(base),
        };
        match base {
            Some(base) if matches!(self.see(&base)?, Known::File(_)) => {
                self.read_base(&base, path).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn index_of(&self, savepoint: Savepoint) -> Result<usize, JournalError> {
        let found = self.savepoints.iter().position(|(other, _)| *other == savepoint);
        found.ok_or(JournalError::NoSavepoint)
    }
}

/// The answer that the system would give if the tree were as the transaction has it.
pub(crate) fn failed(action: &'static str, path: &Path, kind: io::ErrorKind) -> JournalError {
    let number = match kind {
        io::ErrorKind::NotFound => 2,
        io::ErrorKind::NotADirectory if cfg!(unix) => 20,
        io::ErrorKind::IsADirectory if cfg!(unix) => 21,
        kind => return JournalError::io(action, path, kind.into()),
    };
    JournalError::io(action, path, io::Error::from_raw_os_error(number))
}

/// That something is no file.
fn unfit(action: &'static str, path: &Path, kind: FileKind) -> JournalError {
    match kind {
        FileKind::Directory => failed(action, path, io::ErrorKind::IsADirectory),
        _ => JournalError::path(path, "is no regular file"),
    }
}
