//! Folders as paths, where the system has no calls that start from an open folder. A folder that is
//! replaced by a link between two calls is not noticed here; the components of every path are
//! looked at each time all the same.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
#[cfg(not(windows))]
use std::io::{Read, Seek, SeekFrom, Write};
#[cfg(windows)]
use std::os::windows::fs::FileExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{FileKind, Stat, Time};

/// A folder.
#[derive(Debug)]
pub(crate) struct Dir(PathBuf);

impl Dir {
    /// The folder at `path`, which may be reached through links.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        if path.is_dir() { Ok(Self(path)) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// The folder at `path` below this one; no component may be a link.
    pub(crate) fn descend(&self, path: &Path) -> io::Result<Self> {
        let below = self.below(path)?;
        let kind = kind(fs::symlink_metadata(&below)?.file_type());
        if kind == FileKind::Directory {
            Ok(Self(below))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// The file at `path` below this one for reading; no component may be a link.
    pub(crate) fn read(&self, path: &Path) -> io::Result<File> {
        File::open(self.below(path)?)
    }

    /// The file at `path` below this one for reading and writing; no component may be a link.
    pub(crate) fn edit(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open(self.below(path)?)
    }

    /// A new file of this name, for writing.
    pub(crate) fn create(&self, name: &OsStr, _mode: u32) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(self.0.join(name))
    }

    /// The file of this name, made where there is none.
    pub(crate) fn create_or_open(&self, name: &OsStr) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).open(self.below(name.as_ref())?)
    }

    /// What stands at `name`, itself and not what it points to.
    pub(crate) fn stat(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match fs::symlink_metadata(self.0.join(name)) {
            Ok(metadata) => Ok(Some(convert(&metadata))),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// What is known of this folder itself.
    pub(crate) fn own_stat(&self) -> io::Result<Stat> {
        Ok(convert(&fs::symlink_metadata(&self.0)?))
    }

    /// Rename to a name that must be free.
    pub(crate) fn rename(&self, name: &OsStr, to: &Self, to_name: &OsStr) -> io::Result<()> {
        if to.stat(to_name)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(self.0.join(name), to.0.join(to_name))
    }

    /// Put the file `name` where `to_name` stands; the old file is gone.
    pub(crate) fn replace(&self, name: &OsStr, to: &Self, to_name: &OsStr) -> io::Result<bool> {
        fs::rename(self.0.join(name), to.0.join(to_name)).map(|()| false)
    }

    pub(crate) fn unlink(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    pub(crate) fn rmdir(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }

    pub(crate) fn mkdir(&self, name: &OsStr, _mode: u32) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    #[cfg(windows)]
    pub(crate) fn symlink(&self, target: &Path, name: &OsStr) -> io::Result<()> {
        if self.0.join(target).is_dir() {
            std::os::windows::fs::symlink_dir(target, self.0.join(name))
        } else {
            std::os::windows::fs::symlink_file(target, self.0.join(name))
        }
    }

    #[cfg(not(windows))]
    pub(crate) fn symlink(&self, _target: &Path, _name: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn read_link(&self, name: &OsStr) -> io::Result<PathBuf> {
        fs::read_link(self.0.join(name))
    }

    /// Set what there is of permission bits: whether the file may be written.
    pub(crate) fn set_mode(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        let path = self.0.join(name);
        let mut permissions = fs::symlink_metadata(&path)?.permissions();
        permissions.set_readonly(mode & 0o200 == 0);
        fs::set_permissions(path, permissions)
    }

    /// Set the time of modification.
    pub(crate) fn set_mtime(&self, name: &OsStr, time: Time) -> io::Result<()> {
        set_mtime_of(&OpenOptions::new().write(true).open(self.0.join(name))?, time)
    }

    /// The names in the folder, sorted.
    pub(crate) fn list(&self) -> io::Result<Vec<(OsString, FileKind)>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            names.push((entry.file_name(), kind(entry.file_type()?)));
        }
        names.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(names)
    }

    /// Names are made durable by the file system itself where folders cannot be synced.
    #[allow(clippy::unnecessary_wraps, clippy::unused_self)]
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// The path below this folder, when no folder on it is a link, nor the last component.
    fn below(&self, path: &Path) -> io::Result<PathBuf> {
        let mut whole = self.0.clone();
        for part in path.components() {
            match part {
                Component::Normal(name) => whole.push(name),
                Component::CurDir => continue,
                _ => return Err(io::ErrorKind::InvalidInput.into()),
            }
            match fs::symlink_metadata(&whole) {
                Ok(metadata) if metadata.file_type().is_symlink() => {
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, "a symbolic link"));
                }
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(whole)
    }
}

/// What is known of an open file.
pub(crate) fn stat_of(file: &File) -> io::Result<Stat> {
    Ok(convert(&file.metadata()?))
}

/// Write `bytes` at `offset`, all of them.
#[cfg(windows)]
pub(crate) fn place_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    let mut written = 0;
    while written < bytes.len() {
        match file.seek_write(&bytes[written..], offset + written as u64)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => written += count,
        }
    }
    Ok(())
}

/// Write `bytes` at `offset`, all of them.
#[cfg(not(windows))]
pub(crate) fn place_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

/// Nothing to be done here: a sync brings everything to the disk.
pub(crate) fn begin_write_back(_file: &File, _offset: u64, _length: u64) {}

/// Read what is at `offset` into `buffer`, as much as one call gives.
#[cfg(windows)]
pub(crate) fn fetch_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Read what is at `offset` into `buffer`, as much as one call gives.
#[cfg(not(windows))]
pub(crate) fn fetch_at(mut file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(offset))?;
    file.read(buffer)
}

/// Give `file` what there is of the mode of `old`.
pub(crate) fn copy_attributes(_old: &File, of: &Stat, file: &File) -> io::Result<bool> {
    set_mode_of(file, of.mode).map(|()| true)
}

/// There is no one call for everything; each file was written through its own descriptor.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn sync_all(_dir: &Dir) -> io::Result<()> {
    Ok(())
}

/// Not known: a loss of power is not told apart from a restart of the program.
pub(crate) fn boot_identity() -> u64 {
    0
}

/// Not known.
pub(crate) fn effective_user() -> Option<u32> {
    None
}

/// Files have no group.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn set_group(_file: &File, _group: Option<u32>) -> io::Result<()> {
    Ok(())
}

/// Set what there is of permission bits of an open file.
pub(crate) fn set_mode_of(file: &File, mode: u32) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    file.set_permissions(permissions)
}

/// Set the time of modification of an open file.
pub(crate) fn set_mtime_of(file: &File, time: Time) -> io::Result<()> {
    let nanos = Duration::from_nanos(time.nanos.into());
    let seconds = Duration::from_secs(time.seconds.unsigned_abs());
    let whole = if time.seconds < 0 { UNIX_EPOCH - seconds } else { UNIX_EPOCH + seconds };
    file.set_modified(whole + nanos)
}

fn kind(kind: fs::FileType) -> FileKind {
    if kind.is_file() {
        FileKind::File
    } else if kind.is_dir() {
        FileKind::Directory
    } else if kind.is_symlink() {
        FileKind::Symlink
    } else {
        FileKind::Other
    }
}

fn convert(metadata: &fs::Metadata) -> Stat {
    let time = |time: io::Result<SystemTime>| time.map(Time::from).unwrap_or_default();
    let writable = if metadata.permissions().readonly() { 0o444 } else { 0o644 };
    let created = time(metadata.created());
    Stat {
        kind: kind(metadata.file_type()),
        mode: writable,
        size: metadata.len(),
        mtime: time(metadata.modified()),
        ctime: time(metadata.modified()),
        device: 0,
        // No number is to be had; the time of creation stays with a file that is renamed.
        inode: created.seconds.unsigned_abs() << 30 | u64::from(created.nanos),
        links: 1,
        owner: (0, 0),
    }
}

#[cfg(test)]
#[path = "portable_tests.rs"]
mod tests;
