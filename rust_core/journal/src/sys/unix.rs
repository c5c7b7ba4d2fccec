//! Folders as descriptors: every call names one component below an open folder, so that nothing
//! that happens to the path above it meanwhile can lead elsewhere.

use std::ffi::{CStr, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs as call;
use rustix::fs::{AtFlags, Mode, OFlags, Timespec, Timestamps};
use rustix::io::Errno;

use super::{FileKind, Stat, Time};

/// Never through a link, never kept by a program that is started, never waiting for the other end
/// of a pipe.
const SAFE: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

/// An open folder.
#[derive(Debug)]
pub(crate) struct Dir(OwnedFd);

impl Dir {
    /// The folder at `path`, which may be reached through links.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(call::open(path, flags, Mode::empty())?))
    }

    /// The folder at `path` below this one; no component may be a link.
    pub(crate) fn descend(&self, path: &Path) -> io::Result<Self> {
        self.open_below(path, OFlags::RDONLY | OFlags::DIRECTORY).map(Self)
    }

    /// The file at `path` below this one for reading; no component may be a link.
    pub(crate) fn read(&self, path: &Path) -> io::Result<File> {
        self.open_below(path, OFlags::RDONLY).map(File::from)
    }

    /// The file at `path` below this one for reading and writing; no component may be a link.
    pub(crate) fn edit(&self, path: &Path) -> io::Result<File> {
        self.open_below(path, OFlags::RDWR).map(File::from)
    }

    /// A new file of this name, for writing.
    pub(crate) fn create(&self, name: &OsStr, mode: u32) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | SAFE;
        Ok(File::from(call::openat(&self.0, name, flags, Mode::from_raw_mode(mode as _))?))
    }

    /// The file of this name, made where there is none, readable by the owner alone.
    pub(crate) fn create_or_open(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | SAFE;
        Ok(File::from(call::openat(&self.0, name, flags, Mode::from_raw_mode(0o600))?))
    }

    /// What stands at `name`, itself and not what it points to.
    pub(crate) fn stat(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match call::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(convert(&stat))),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What is known of this folder itself.
    pub(crate) fn own_stat(&self) -> io::Result<Stat> {
        Ok(convert(&call::fstat(&self.0)?))
    }

    /// Rename to a name that must be free.
    pub(crate) fn rename(&self, name: &OsStr, to: &Self, to_name: &OsStr) -> io::Result<()> {
        match rename_free(&self.0, name, &to.0, to_name) {
            // A file system that cannot say "only where free": look first.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                if to.stat(to_name)?.is_some() {
                    return Err(Errno::EXIST.into());
                }
                Ok(call::renameat(&self.0, name, &to.0, to_name)?)
            }
            result => Ok(result?),
        }
    }

    /// Put the file `name` where `to_name` stands. True where the two changed places, false where
    /// the file system cannot do that and the old file is gone.
    ///
    /// An exchange is preferred: it does not make ext4 write the new file out at once, as a rename
    /// over a file does (`auto_da_alloc`), and the old file can be looked at once more.
    pub(crate) fn replace(&self, name: &OsStr, to: &Self, to_name: &OsStr) -> io::Result<bool> {
        match rename_exchange(&self.0, name, &to.0, to_name) {
            Ok(()) => Ok(true),
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                call::renameat(&self.0, name, &to.0, to_name)?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn unlink(&self, name: &OsStr) -> io::Result<()> {
        Ok(call::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    pub(crate) fn rmdir(&self, name: &OsStr) -> io::Result<()> {
        Ok(call::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    pub(crate) fn mkdir(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        Ok(call::mkdirat(&self.0, name, Mode::from_raw_mode(mode as _))?)
    }

    pub(crate) fn symlink(&self, target: &Path, name: &OsStr) -> io::Result<()> {
        Ok(call::symlinkat(target, &self.0, name)?)
    }

    pub(crate) fn read_link(&self, name: &OsStr) -> io::Result<PathBuf> {
        let target = call::readlinkat(&self.0, name, Vec::new())?;
        Ok(PathBuf::from(OsString::from_vec(target.into_bytes())))
    }

    /// Set the permission bits of a file or folder that is not a link.
    pub(crate) fn set_mode(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        let mode = Mode::from_raw_mode(mode as _);
        match call::openat(&self.0, name, OFlags::RDONLY | SAFE, Mode::empty()) {
            Ok(file) => Ok(call::fchmod(&file, mode)?),
            // Not readable for its owner, which is no reason not to make it so.
            Err(Errno::ACCESS) => set_mode_unopened(&self.0, name, mode),
            Err(error) => Err(error.into()),
        }
    }

    /// Set the time of modification, and leave the time of access.
    pub(crate) fn set_mtime(&self, name: &OsStr, time: Time) -> io::Result<()> {
        Ok(call::utimensat(&self.0, name, &times(time), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// The names in the folder, sorted.
    pub(crate) fn list(&self) -> io::Result<Vec<(OsString, FileKind)>> {
        let mut names = Vec::new();
        for entry in call::Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            names.push((self.entry_name(name), self.entry_kind(&entry)?));
        }
        names.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(names)
    }

    #[allow(clippy::unused_self)]
    fn entry_name(&self, name: &CStr) -> OsString {
        OsString::from_vec(name.to_bytes().to_vec())
    }

    fn entry_kind(&self, entry: &call::DirEntry) -> io::Result<FileKind> {
        if entry.file_type() != call::FileType::Unknown {
            return Ok(kind(entry.file_type()));
        }
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        Ok(self.stat(name)?.map_or(FileKind::Other, |stat| stat.kind))
    }

    /// Make the names in the folder durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(call::fsync(&self.0)?)
    }

    fn open_below(&self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        let flags = flags | SAFE;
        let mut parts = path.components();
        if let (Some(Component::Normal(name)), None) = (parts.next(), parts.next()) {
            return Ok(call::openat(&self.0, name, flags, Mode::empty())?);
        }
        if path.as_os_str().is_empty() {
            return Ok(call::openat(&self.0, ".", flags, Mode::empty())?);
        }
        #[cfg(target_os = "linux")]
        if let Some(answer) = open_beneath(&self.0, path, flags) {
            return answer;
        }
        open_stepwise(&self.0, path, flags)
    }
}

/// The whole path in one call, where the kernel knows how; `None` where it does not, or where a
/// filter of system calls forbids it.
#[cfg(target_os = "linux")]
fn open_beneath(dir: &OwnedFd, path: &Path, flags: OFlags) -> Option<io::Result<OwnedFd>> {
    use rustix::fs::ResolveFlags;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match call::openat2(dir, path, flags, Mode::empty(), resolve) {
        Ok(file) => Some(Ok(file)),
        Err(Errno::NOSYS | Errno::PERM | Errno::INVAL | Errno::AGAIN) => None,
        Err(error) => Some(Err(error.into())),
    }
}

/// The path one component at a time, each refused where it is a link.
fn open_stepwise(dir: &OwnedFd, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let mut names = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => names.push(name),
            Component::CurDir => {}
            _ => return Err(Errno::XDEV.into()),
        }
    }
    let Some((last, folders)) = names.split_last() else { return Err(Errno::NOENT.into()) };
    let mut at: Option<OwnedFd> = None;
    for name in folders {
        let from = at.as_ref().unwrap_or(dir);
        let folder = OFlags::RDONLY | OFlags::DIRECTORY | SAFE;
        at = Some(call::openat(from, *name, folder, Mode::empty())?);
    }
    Ok(call::openat(at.as_ref().unwrap_or(dir), *last, flags, Mode::empty())?)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn rename_free(from: &OwnedFd, name: &OsStr, to: &OwnedFd, to_name: &OsStr) -> Result<(), Errno> {
    call::renameat_with(from, name, to, to_name, call::RenameFlags::NOREPLACE)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn rename_exchange(
    from: &OwnedFd,
    name: &OsStr,
    to: &OwnedFd,
    to_name: &OsStr,
) -> Result<(), Errno> {
    call::renameat_with(from, name, to, to_name, call::RenameFlags::EXCHANGE)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn rename_free(_: &OwnedFd, _: &OsStr, _: &OwnedFd, _: &OsStr) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn rename_exchange(_: &OwnedFd, _: &OsStr, _: &OwnedFd, _: &OsStr) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

/// Linux sets no mode "unless it is a link" in one call that every kernel has; a descriptor that
/// only names the file, and its name in `/proc`, do.
#[cfg(target_os = "linux")]
fn set_mode_unopened(dir: &OwnedFd, name: &OsStr, mode: Mode) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = call::openat(dir, name, flags, Mode::empty())?;
    Ok(call::chmod(format!("/proc/self/fd/{}", file.as_raw_fd()), mode)?)
}

#[cfg(not(target_os = "linux"))]
fn set_mode_unopened(dir: &OwnedFd, name: &OsStr, mode: Mode) -> io::Result<()> {
    Ok(call::chmodat(dir, name, mode, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// What is known of an open file.
pub(crate) fn stat_of(file: &File) -> io::Result<Stat> {
    Ok(convert(&call::fstat(file)?))
}

/// Write `bytes` at `offset`, all of them.
pub(crate) fn place_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Let the system begin to bring what was written to the disk, so that a sync has less to wait for.
pub(crate) fn begin_write_back(file: &File, offset: u64, length: u64) {
    // Linux begins to write dirty pages that it is told will not be needed, and keeps them until
    // that is done.
    #[cfg(target_os = "linux")]
    let _ =
        call::fadvise(file, offset, std::num::NonZero::new(length), rustix::fs::Advice::DontNeed);
    #[cfg(not(target_os = "linux"))]
    let _ = (file, offset, length);
}

/// Read what is at `offset` into `buffer`, as much as one call gives.
pub(crate) fn fetch_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Give `file` the mode and the owner of `old`. False where it cannot have them, or where `old`
/// carries attributes that a new file would lose.
pub(crate) fn copy_attributes(old: &File, of: &Stat, file: &File) -> io::Result<bool> {
    let new = stat_of(file)?;
    if new.owner != of.owner {
        let (user, group) = (call::Uid::from_raw(of.owner.0), call::Gid::from_raw(of.owner.1));
        if call::fchown(file, Some(user), Some(group)).is_err() {
            return Ok(false);
        }
    }
    // After the owner: a change of owner takes set-user bits away.
    if new.mode != of.mode || new.owner != of.owner {
        call::fchmod(file, Mode::from_raw_mode(of.mode as _))?;
    }
    Ok(!has_attributes(old))
}

/// Whether the file has extended attributes, access lists among them, that a copy would lose. The
/// label of a security module is not one: the module gives the new file its own.
fn has_attributes(file: &File) -> bool {
    let mut names = [0_u8; 1024];
    match call::flistxattr(file, &mut names[..]) {
        Ok(length) => names[..length]
            .split(|&byte| byte == 0)
            .any(|name| !name.is_empty() && name != b"security.selinux"),
        Err(Errno::RANGE) => true,
        Err(_) => false,
    }
}

/// Make everything on the file system of `dir` durable, in one call where there is one.
pub(crate) fn sync_all(dir: &Dir) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    call::syncfs(&dir.0)?;
    #[cfg(not(target_os = "linux"))]
    {
        call::sync();
        dir.sync()?;
    }
    Ok(())
}

/// Which run of the machine this is: after another one, what was not synced may be gone.
pub(crate) fn boot_identity() -> u64 {
    let mut boot = [0; 64];
    let file = File::open("/proc/sys/kernel/random/boot_id");
    let read = file.and_then(|file| file.read_at(&mut boot, 0)).unwrap_or(0);
    let hash = blake3::hash(&boot[..read]);
    hash.as_bytes()[..8].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

fn kind(kind: call::FileType) -> FileKind {
    match kind {
        call::FileType::RegularFile => FileKind::File,
        call::FileType::Directory => FileKind::Directory,
        call::FileType::Symlink => FileKind::Symlink,
        _ => FileKind::Other,
    }
}

// The fields have other widths on other systems.
#[allow(
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    clippy::cast_lossless,
    clippy::unnecessary_cast,
    clippy::cast_possible_wrap
)]
fn convert(stat: &call::Stat) -> Stat {
    let mode = stat.st_mode as call::RawMode;
    Stat {
        kind: kind(call::FileType::from_raw_mode(mode)),
        mode: mode as u32 & 0o7777,
        size: stat.st_size as u64,
        mtime: Time { seconds: stat.st_mtime as i64, nanos: stat.st_mtime_nsec as u32 },
        ctime: Time { seconds: stat.st_ctime as i64, nanos: stat.st_ctime_nsec as u32 },
        device: stat.st_dev as u64,
        inode: stat.st_ino as u64,
        links: stat.st_nlink as u64,
        owner: (stat.st_uid as u32, stat.st_gid as u32),
    }
}

fn times(time: Time) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: call::UTIME_OMIT },
        last_modification: Timespec { tv_sec: time.seconds, tv_nsec: time.nanos.into() },
    }
}

/// The user whose rights this process has.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn effective_user() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

/// Give a new file the group of the folder it will be in, where that folder asks for it.
pub(crate) fn set_group(file: &File, group: Option<u32>) -> io::Result<()> {
    match group {
        Some(group) => Ok(call::fchown(file, None, Some(call::Gid::from_raw(group)))?),
        None => Ok(()),
    }
}

/// Set the permission bits of an open file.
pub(crate) fn set_mode_of(file: &File, mode: u32) -> io::Result<()> {
    Ok(call::fchmod(file, Mode::from_raw_mode(mode as _))?)
}

/// Set the time of modification of an open file.
pub(crate) fn set_mtime_of(file: &File, time: Time) -> io::Result<()> {
    Ok(call::futimens(file, &times(time))?)
}
