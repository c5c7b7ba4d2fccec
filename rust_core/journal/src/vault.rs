//! The folder of the journal: where it is, who may see it, and what is in it.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::JournalError;
use crate::root::{PRIVATE, Root, is_absent};
use crate::segment::number_of;
use crate::step::Slot;
use crate::sys::{Dir, FileKind, Stat, effective_user};

const FOLDER: &str = "journal";

/// `<root>/.pyagent` with the log, and `<root>/.pyagent/journal` with what it refers to; both open.
///
/// The log is in the outer folder so that the first transaction of a tree has one name less to make
/// durable: those of its segment and of the inner folder are in one folder.
#[derive(Debug)]
pub(crate) struct Vault {
    /// Where the segments of the log are.
    pub(crate) log: Dir,
    pub(crate) dir: Dir,
    /// The path of `dir`, for messages alone.
    pub(crate) path: PathBuf,
    /// The device that it is on: what is elsewhere cannot be renamed into it.
    pub(crate) device: u64,
}

impl Vault {
    /// The vault of a tree, if it has one.
    pub(crate) fn open(root: &Root) -> Result<Option<Self>, JournalError> {
        let below = Path::new(PRIVATE).join(FOLDER);
        let path = root.path().join(&below);
        let failed = |source| JournalError::io("open", &path, source);
        let inside = |log: Dir| log.descend(Path::new(FOLDER)).map(|dir| (log, dir));
        let (log, dir) = match root.dir().descend(Path::new(PRIVATE)).and_then(inside) {
            Ok(folders) => folders,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(_) if is_link(root) => {
                return Err(JournalError::path(&path, "must not be a symbolic link"));
            }
            Err(error) => return Err(failed(error)),
        };
        let stat = dir.own_stat().map_err(failed)?;
        // A journal planted by somebody else could have its "recovery" write what they like.
        let outer = log.own_stat().map_err(failed)?.owner.0;
        if effective_user().is_some_and(|user| user != stat.owner.0 || user != outer) {
            return Err(JournalError::path(&path, "belongs to another user"));
        }
        Ok(Some(Self { log, dir, path, device: stat.device }))
    }

    /// The vault of a tree, made where there is none.
    pub(crate) fn create(root: &Root) -> Result<Self, JournalError> {
        if let Some(vault) = Self::open(root)? {
            return Ok(vault);
        }
        let path = root.path().join(PRIVATE);
        make(root).map_err(|source| JournalError::io("make", &path, source))?;
        let gone = || JournalError::io("open", &path, io::ErrorKind::NotFound.into());
        Self::open(root)?.ok_or_else(gone)
    }

    /// The numbers of the segments, oldest first.
    pub(crate) fn segments(&self) -> Result<Vec<u64>, JournalError> {
        let place = self.path.parent().unwrap_or(&self.path);
        let names = self.log.list().map_err(|source| JournalError::io("list", place, source))?;
        let mut numbers: Vec<u64> =
            names.iter().filter_map(|(name, _)| number_of(name.to_str()?)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    pub(crate) fn list(&self) -> Result<Vec<(std::ffi::OsString, FileKind)>, JournalError> {
        self.dir.list().map_err(|source| JournalError::io("list", &self.path, source))
    }

    /// An answer of the file system about a file of the vault.
    pub(crate) fn failed(
        &self,
        action: &'static str,
        name: &str,
        source: io::Error,
    ) -> JournalError {
        JournalError::io(action, &self.place_of(name), source)
    }

    /// The path of a segment of the log, or of another file.
    pub(crate) fn place_of(&self, name: &str) -> PathBuf {
        match self.path.parent() {
            Some(log) if number_of(name).is_some() => log.join(name),
            _ => self.path.join(name),
        }
    }

    /// Take away what a commit that was cut off has staged.
    pub(crate) fn clear_stage(&self) -> Result<(), JournalError> {
        for (name, _) in self.list()? {
            if name.as_encoded_bytes().ends_with(b".stage") {
                match self.dir.unlink(&name) {
                    Err(error) if !is_absent(&error) => {
                        return Err(JournalError::io("remove", &self.path.join(&name), error));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// What is in a slot.
    pub(crate) fn slot(&self, slot: Slot) -> io::Result<Option<Stat>> {
        self.dir.stat(OsStr::new(&slot.name()))
    }

    /// What stands at a path below a slot; the slot itself for an empty one.
    pub(crate) fn stat_in(&self, slot: Slot, rest: &Path) -> Result<Option<Stat>, JournalError> {
        let path = PathBuf::from(slot.name()).join(rest);
        let stat = match (rest.file_name(), path.parent()) {
            (Some(name), Some(parent)) => match self.dir.descend(parent) {
                Ok(folder) => folder.stat(name),
                Err(error) if is_absent(&error) => Ok(None),
                Err(error) => Err(error),
            },
            _ => self.slot(slot),
        };
        stat.map_err(|error| JournalError::io("look at", &self.path.join(path), error))
    }
}

/// The name of a file that is written before it is renamed into the tree.
pub(crate) fn stage_name(id: u64, number: usize) -> String {
    format!("{id:016x}.{number:x}.stage")
}

fn is_link(root: &Root) -> bool {
    let linked = |dir: &Dir, name: &str| {
        let stat = dir.stat(OsStr::new(name)).ok().flatten();
        stat.is_some_and(|stat| stat.kind == FileKind::Symlink)
    };
    let inner = root.dir().descend(Path::new(PRIVATE));
    linked(root.dir(), PRIVATE) || inner.is_ok_and(|inner| linked(&inner, FOLDER))
}

/// Make the folders, for the owner alone and out of sight of git.
fn make(root: &Root) -> io::Result<()> {
    let existing = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    };
    existing(root.dir().mkdir(OsStr::new(PRIVATE), 0o700))?;
    let outer = root.dir().descend(Path::new(PRIVATE))?;
    if outer.stat(OsStr::new(".gitignore"))?.is_none() {
        match outer.create(OsStr::new(".gitignore"), 0o600) {
            Ok(file) => crate::sys::place_at(&file, b"*\n", 0)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    existing(outer.mkdir(OsStr::new(FOLDER), 0o700))?;
    // The names in the outer folder are synced with that of the first segment.
    root.dir().sync()
}

/// Remove a file, or a folder with all that is in it; how many bytes of files that frees.
pub(crate) fn remove_tree(dir: &Dir, name: &OsStr) -> io::Result<()> {
    match dir.stat(name)? {
        None => Ok(()),
        Some(stat) if stat.is_dir() => {
            if stat.mode & 0o700 != 0o700 {
                dir.set_mode(name, 0o700)?;
            }
            let inner = dir.descend(Path::new(name))?;
            for (child, _) in inner.list()? {
                remove_tree(&inner, &child)?;
            }
            dir.rmdir(name)
        }
        Some(_) => dir.unlink(name),
    }
}

/// How many bytes the files of a tree have.
pub(crate) fn tree_size(dir: &Dir, name: &OsStr) -> io::Result<u64> {
    match dir.stat(name)? {
        None => Ok(0),
        Some(stat) if stat.is_dir() => {
            let mut sum = 0;
            // What may not be looked into is not counted.
            if let Ok(inner) = dir.descend(Path::new(name)) {
                for (child, _) in inner.list()? {
                    sum += tree_size(&inner, &child)?;
                }
            }
            Ok(sum)
        }
        Some(stat) => Ok(stat.size),
    }
}
