//! The tree that transactions are about: reading below one folder, and never outside it.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::error::JournalError;
use crate::sys::{Dir, FileKind, Stat, fetch_at, stat_of};

/// The folder below the root that holds the journal; no transaction touches it.
pub const PRIVATE: &str = ".pyagent";

/// How many links one path may lead through, as in Linux.
const MAX_LINKS: usize = 40;

const OUTSIDE: &str = "leads out of the root";

/// A folder, and access to what is below it that no symbolic link can lead out of.
///
/// Paths are relative to it, in plain components; [`Root::relative`] makes them so.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    dir: Dir,
}

impl Root {
    /// The folder at `path`, which may be reached through links itself.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let failed = |source| JournalError::io("open", path, source);
        let path = path.canonicalize().map_err(failed)?;
        let dir = Dir::open(&path).map_err(failed)?;
        Ok(Self { path, dir })
    }

    /// The absolute path, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn dir(&self) -> &Dir {
        &self.dir
    }

    /// `path` relative to the root, without `.` and `..`. An absolute path below the root is one;
    /// a path that leads out of the root, the root itself, and the journal's folder are refused.
    /// Links are not looked at.
    pub fn relative(&self, path: &Path) -> Result<PathBuf, JournalError> {
        let refused = |reason| JournalError::path(path, reason);
        let below = match path.strip_prefix(&self.path) {
            Ok(below) if path.is_absolute() => below,
            _ if path.has_root() => return Err(refused("is not below the root")),
            _ => path,
        };
        let mut plain = PathBuf::new();
        for part in below.components() {
            match part {
                Component::Normal(name) => plain.push(name),
                Component::CurDir => {}
                Component::ParentDir if plain.pop() => {}
                _ => return Err(refused(OUTSIDE)),
            }
        }
        match usable(&plain) {
            Ok(()) => Ok(plain),
            Err(reason) => Err(refused(reason)),
        }
    }

    /// `path` with every link of its folders followed, and of its last component where `last` is
    /// true, so that one file has one name. A link out of the root is refused.
    pub fn resolve(&self, path: &Path, last: bool) -> Result<PathBuf, JournalError> {
        self.resolve_with(path, last, |at| match self.stat(at)? {
            Some(stat) if stat.kind == FileKind::Symlink => self.read_link(at).map(Some),
            _ => Ok(None),
        })
    }

    /// [`Root::resolve`] with the word of `target` for where the link at a path points.
    pub(crate) fn resolve_with(
        &self,
        path: &Path,
        last: bool,
        mut target: impl FnMut(&Path) -> Result<Option<PathBuf>, JournalError>,
    ) -> Result<PathBuf, JournalError> {
        let outside = || JournalError::path(path, "leads out of the root through a link");
        let mut left: VecDeque<OsString> = path.iter().map(OsStr::to_owned).collect();
        let mut plain = PathBuf::new();
        let mut links = 0;
        while let Some(name) = left.pop_front() {
            if name == ".." {
                // Only a link has one, and what is in `plain` is no link any more.
                if !plain.pop() {
                    return Err(outside());
                }
                continue;
            }
            plain.push(&name);
            if left.is_empty() && !last {
                break;
            }
            if let Some(target) = target(&plain)? {
                links += 1;
                if links > MAX_LINKS {
                    return Err(JournalError::path(path, "leads through too many links"));
                }
                plain.pop();
                self.follow(&target, &mut plain, &mut left).ok_or_else(outside)?;
            }
        }
        usable(&plain).map_err(|reason| JournalError::path(path, reason))?;
        Ok(plain)
    }

    /// Put the components of a link's target before those that are left.
    fn follow(
        &self,
        target: &Path,
        plain: &mut PathBuf,
        left: &mut VecDeque<OsString>,
    ) -> Option<()> {
        let target = if target.has_root() {
            plain.clear();
            target.strip_prefix(&self.path).ok()?
        } else {
            target
        };
        let parts: Vec<Component<'_>> = target.components().collect();
        for part in parts.into_iter().rev() {
            match part {
                Component::Normal(_) | Component::ParentDir => {
                    left.push_front(part.as_os_str().to_owned());
                }
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir => return None,
            }
        }
        Some(())
    }

    /// The content of the regular file at `path`.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, JournalError> {
        match self.read_with_stat(path) {
            Ok(Some((content, _))) => Ok(content),
            Ok(None) => Err(JournalError::io("read", path, io::ErrorKind::NotFound.into())),
            Err(error) => Err(JournalError::io("read", path, error)),
        }
    }

    /// The content of the regular file at `path` and what is known of it; `None` where nothing is.
    pub(crate) fn read_with_stat(&self, path: &Path) -> io::Result<Option<(Vec<u8>, Stat)>> {
        match self.dir.read(path) {
            Ok(file) => read_file(&file).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What stands at `path`, itself and not what it points to; `None` where nothing does.
    pub fn stat(&self, path: &Path) -> Result<Option<Stat>, JournalError> {
        self.stat_io(path).map_err(|error| JournalError::io("look at", path, error))
    }

    pub(crate) fn stat_io(&self, path: &Path) -> io::Result<Option<Stat>> {
        let Some(name) = path.file_name() else { return self.dir.own_stat().map(Some) };
        match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            None => self.dir.stat(name),
            Some(parent) => match self.dir.descend(parent) {
                Ok(folder) => folder.stat(name),
                Err(error) if is_absent(&error) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// The names in the folder at `path`, sorted, without the journal's folder; the root for an
    /// empty path.
    pub fn list(&self, path: &Path) -> Result<Vec<(OsString, FileKind)>, JournalError> {
        let failed = |source| JournalError::io("list", path, source);
        let mut names = self.dir.descend(path).and_then(|dir| dir.list()).map_err(failed)?;
        if path.as_os_str().is_empty() {
            names.retain(|(name, _)| name != PRIVATE);
        }
        Ok(names)
    }

    /// Where the symbolic link at `path` points.
    pub fn read_link(&self, path: &Path) -> Result<PathBuf, JournalError> {
        let failed = |source| JournalError::io("read", path, source);
        let name = path.file_name().ok_or_else(|| JournalError::path(path, "is no name"))?;
        let parent = path.parent().unwrap_or(Path::new(""));
        self.dir.descend(parent).and_then(|dir| dir.read_link(name)).map_err(failed)
    }
}

/// The whole content of an open regular file, and what is known of it.
pub(crate) fn read_file(file: &File) -> io::Result<(Vec<u8>, Stat)> {
    let mut content = Vec::new();
    let stat = read_into(file, &mut content)?;
    Ok((content, stat))
}

/// [`read_file`] in place of what is in a buffer.
pub(crate) fn read_into(file: &File, content: &mut Vec<u8>) -> io::Result<Stat> {
    let stat = stat_of(file)?;
    match stat.kind {
        FileKind::File => {}
        FileKind::Directory => return Err(io::ErrorKind::IsADirectory.into()),
        FileKind::Symlink | FileKind::Other => {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
    }
    // One byte more than it holds, so that the read that finds the end is the first.
    content.resize(usize::try_from(stat.size).unwrap_or(0) + 1, 0);
    let mut length = 0;
    loop {
        match fetch_at(file, &mut content[length..], length as u64) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if length as u64 == stat.size {
            break;
        }
        if length == content.len() {
            // It grows while it is read.
            content.resize(length * 2, 0);
        }
    }
    content.truncate(length);
    Ok(stat)
}

/// Whether an error says that there is nothing at the path.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether a path is relative, of plain names alone, and neither empty nor the journal's.
pub(crate) fn is_plain(path: &Path) -> bool {
    usable(path).is_ok() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// What is wrong with a path of plain components, if anything.
fn usable(path: &Path) -> Result<(), &'static str> {
    let Some(first) = path.iter().next() else { return Err("is the root itself") };
    if first.eq_ignore_ascii_case(PRIVATE) {
        return Err("belongs to the journal");
    }
    if path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err("has a null byte in its name");
    }
    Ok(())
}
