//! How a transaction sees the tree below it: which one name a path has, what is there, and what was
//! there when it was first looked at.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::change::Digest;
use crate::error::JournalError;
use crate::overlay::{Base, Detached, Node, View};
use crate::sys::FileKind;
use crate::transaction::{EXISTS, Known, Transaction, failed};

impl Transaction {
    /// Take out what is at a plain path.
    pub(crate) fn detach(&mut self, plain: &Path) -> Result<Option<Detached>, JournalError> {
        let there = self.has_natural(plain)?;
        Ok(self.overlay.detach(plain, there))
    }

    /// Put at a plain path what was taken out, or what is in a slot of the vault.
    pub(crate) fn attach(&mut self, plain: &Path, detached: Detached) -> Result<(), JournalError> {
        if self.kind_at(plain)?.is_some() {
            return Err(JournalError::path(plain, EXISTS));
        }
        self.make_parents(plain, plain)?;
        self.overlay.attach(plain, detached);
        Ok(())
    }

    /// Where the link at a plain path points, if it is one.
    pub(crate) fn link_at(&mut self, plain: &Path) -> Result<Option<PathBuf>, JournalError> {
        self.target(plain)
    }

    /// What is at a plain path.
    pub(crate) fn kind_at(&mut self, plain: &Path) -> Result<Option<FileKind>, JournalError> {
        match self.overlay.lookup(plain) {
            View::Node(Node::File(_)) => Ok(Some(FileKind::File)),
            View::Node(Node::Folder) => Ok(Some(FileKind::Directory)),
            View::Node(Node::Link(_)) => Ok(Some(FileKind::Symlink)),
            View::Node(Node::Gone | Node::Here(_)) | View::Nothing => Ok(None),
            View::Base(base) => self.kind_of(&base),
        }
    }

    pub(crate) fn kind_of(&self, base: &Base) -> Result<Option<FileKind>, JournalError> {
        match base {
            Base::Tree(path) => Ok(self.journal.root().stat(path)?.map(|stat| stat.kind)),
            Base::Slot(slot, rest) => self.journal.slot_kind(*slot, rest),
        }
    }

    /// The one name of what `path` means: relative, and with links followed, those that the
    /// transaction makes too.
    pub(crate) fn locate(&mut self, path: &Path, last: bool) -> Result<PathBuf, JournalError> {
        let journal = Arc::clone(&self.journal);
        let plain = journal.root().relative(path)?;
        journal.root().resolve_with(&plain, last, |at| self.target(at))
    }

    /// [`Transaction::locate`] for a path that most often is a file, whose content is looked at in
    /// any case: that it is no link shows when it is opened.
    pub(crate) fn locate_file(&mut self, path: &Path) -> Result<PathBuf, JournalError> {
        let journal = Arc::clone(&self.journal);
        let plain = journal.root().relative(path)?;
        journal.root().resolve_with(&plain, true, |at| {
            if at == plain
                && let View::Base(base @ Base::Tree(_)) = self.overlay.lookup(at)
                && matches!(self.see(&base)?, Known::File(_) | Known::Absent)
            {
                return Ok(None);
            }
            self.target(at)
        })
    }

    /// Where the link at `at` points, if there is one.
    pub(crate) fn target(&mut self, at: &Path) -> Result<Option<PathBuf>, JournalError> {
        match self.overlay.lookup(at) {
            View::Node(Node::Link(target)) => Ok(Some(target.clone())),
            View::Node(_) | View::Nothing => Ok(None),
            View::Base(Base::Slot(slot, rest)) => self.journal.slot_link(slot, &rest),
            View::Base(Base::Tree(base)) if self.folders.contains(&base) => Ok(None),
            View::Base(Base::Tree(base)) => {
                let kind = self.journal.root().stat(&base)?.map(|stat| stat.kind);
                match kind {
                    Some(FileKind::Symlink) => self.journal.root().read_link(&base).map(Some),
                    Some(FileKind::Directory) => {
                        self.folders.insert(base);
                        Ok(None)
                    }
                    _ => Ok(None),
                }
            }
        }
    }

    /// Make the folders above `plain` that are missing.
    pub(crate) fn make_parents(&mut self, plain: &Path, path: &Path) -> Result<(), JournalError> {
        let mut missing = Vec::new();
        for above in plain.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            match self.kind_at(above)? {
                None => missing.push(above.to_owned()),
                Some(FileKind::Directory) => break,
                Some(_) => {
                    return Err(JournalError::path(path, "is in something that is no folder"));
                }
            }
        }
        for folder in missing.into_iter().rev() {
            self.overlay.set(&folder, Node::Folder);
        }
        Ok(())
    }

    /// Whether two names of the tree, one beside the other, stand for the same thing.
    pub(crate) fn is_same(&self, one: &Path, other: &Path) -> Result<bool, JournalError> {
        let cased = |path: &Path| path.to_string_lossy().to_lowercase();
        let (View::Base(Base::Tree(one)), View::Base(Base::Tree(other))) =
            (self.overlay.lookup(one), self.overlay.lookup(other))
        else {
            return Ok(false);
        };
        if cased(&one) != cased(&other) {
            return Ok(false);
        }
        let identity = |path| Ok(self.journal.root().stat(path)?.map(|stat| stat.identity()));
        Ok(identity(&one)? == identity(&other)?)
    }

    /// Whether something would be at `plain` if the changes said nothing of it.
    pub(crate) fn has_natural(&mut self, plain: &Path) -> Result<bool, JournalError> {
        match self.overlay.natural(plain) {
            None => Ok(false),
            Some(base @ Base::Slot(..)) => Ok(self.kind_of(&base)?.is_some()),
            Some(base) => Ok(self.see(&base)? != Known::Absent),
        }
    }

    /// What was at `base` when the transaction first looked, which is now if it never did.
    pub(crate) fn see(&mut self, base: &Base) -> Result<Known, JournalError> {
        let path = match base {
            Base::Slot(slot, rest) => {
                let kind = self.journal.slot_kind(*slot, rest)?;
                return Ok(match kind {
                    None => Known::Absent,
                    Some(FileKind::File) => Known::File(Digest::default()),
                    Some(kind) => Known::Other(kind),
                });
            }
            Base::Tree(path) => path,
        };
        if let Some(known) = self.known.get(path) {
            return Ok(*known);
        }
        let root = self.journal.root();
        let known = match root.read_with_stat(path) {
            Ok(None) => Known::Absent,
            Ok(Some((content, _))) => {
                let digest = *blake3::hash(&content).as_bytes();
                self.just_read = Some((path.clone(), content));
                Known::File(digest)
            }
            Err(error) => match root.stat(path)?.map(|stat| stat.kind) {
                Some(kind) if kind != FileKind::File => Known::Other(kind),
                _ => return Err(JournalError::io("read", path, error)),
            },
        };
        self.known.insert(path.clone(), known);
        Ok(known)
    }

    /// The content of a file that exists, which must be as it was when it was first looked at.
    pub(crate) fn read_base(&mut self, base: &Base, path: &Path) -> Result<Vec<u8>, JournalError> {
        let tree = match base {
            Base::Slot(slot, rest) => return self.journal.read_slot(*slot, rest),
            Base::Tree(tree) => tree,
        };
        if let Some((_, content)) = self.just_read.take().filter(|(path, _)| path == tree) {
            return Ok(content);
        }
        let conflict = |how| JournalError::Conflict { paths: vec![(path.to_owned(), how)] };
        let before = self.known.get(tree).copied();
        match self.journal.root().read_with_stat(tree) {
            Ok(Some((content, _))) => {
                let now = Known::File(*blake3::hash(&content).as_bytes());
                self.known.insert(tree.clone(), before.unwrap_or(now));
                match before {
                    Some(before) if before != now => Err(conflict("has changed")),
                    _ => Ok(content),
                }
            }
            Ok(None) if matches!(before, Some(Known::File(_))) => Err(conflict("is gone")),
            Ok(None) => Err(failed("read", path, io::ErrorKind::NotFound)),
            Err(error) => Err(JournalError::io("read", path, error)),
        }
    }

    pub(crate) fn list_base(
        &self,
        base: &Base,
        path: &Path,
    ) -> Result<Vec<(OsString, FileKind)>, JournalError> {
        match base {
            Base::Slot(slot, rest) => self.journal.list_slot(*slot, rest),
            Base::Tree(tree) => self.journal.root().list(tree).map_err(|error| match error {
                JournalError::Io { action, source, .. } => JournalError::io(action, path, source),
                other => other,
            }),
        }
    }
}
