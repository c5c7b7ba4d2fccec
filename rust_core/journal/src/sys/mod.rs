//! An open folder and what can be done to the names in it, never through a symbolic link.

// The tests compile and run it here too.
#[cfg(any(not(unix), test))]
#[cfg_attr(unix, allow(dead_code, clippy::pedantic))]
mod portable;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use portable::{
    Dir, begin_write_back, boot_identity, copy_attributes, effective_user, fetch_at, place_at,
    set_group, set_mode_of, set_mtime_of, stat_of, sync_all,
};
#[cfg(unix)]
pub(crate) use unix::{
    Dir, begin_write_back, boot_identity, copy_attributes, effective_user, fetch_at, place_at,
    set_group, set_mode_of, set_mtime_of, stat_of, sync_all,
};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A device, a pipe or a socket.
    Other,
}

/// A time as the file system keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanos: u32,
}

/// What the file system knows about a name, without following a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: FileKind,
    /// The permission bits, with set-user, set-group and sticky.
    pub mode: u32,
    /// The size in bytes.
    pub size: u64,
    /// When the content changed last.
    pub mtime: Time,
    /// When the inode changed last.
    pub ctime: Time,
    /// The device.
    pub device: u64,
    /// The inode.
    pub inode: u64,
    /// How many names it has.
    pub links: u64,
    /// The owner.
    pub owner: (u32, u32),
}

impl Stat {
    /// Device and inode: which object it is, whatever its name.
    pub fn identity(&self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == FileKind::File
    }

    /// Whether it is a folder.
    pub fn is_dir(&self) -> bool {
        self.kind == FileKind::Directory
    }
}

impl From<std::time::SystemTime> for Time {
    fn from(time: std::time::SystemTime) -> Self {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => {
                let seconds = i64::try_from(after.as_secs()).unwrap_or(i64::MAX);
                Self { seconds, nanos: after.subsec_nanos() }
            }
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                match before.subsec_nanos() {
                    0 => Self { seconds: -whole, nanos: 0 },
                    nanos => Self { seconds: -whole - 1, nanos: 1_000_000_000 - nanos },
                }
            }
        }
    }
}
