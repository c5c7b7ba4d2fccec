//! What a transaction does, in the order it is done: each step can be done twice with the result
//! of once, and undone likewise, so recovery starts over without asking how far a crash came.

use std::path::{Path, PathBuf};

use crate::change::{Digest, Placement};
use crate::codec::{Decoder, Encoder};
use crate::sys::Time;

/// Device and inode of what is moved.
pub(crate) type Identity = (u64, u64);

/// A name in the vault for something taken out of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot {
    /// The transaction that took it.
    pub(crate) id: u64,
    /// Which of the things it took.
    pub(crate) number: u64,
}

impl Slot {
    /// The name of the file or folder in the vault.
    pub(crate) fn name(self) -> String {
        format!("{:016x}.{:x}.kept", self.id, self.number)
    }
}

/// One step of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Out of the tree into the vault.
    Take { path: PathBuf, slot: Slot, identity: Identity, bytes: u64 },
    /// Out of the vault into the tree.
    Put { slot: Slot, path: PathBuf, identity: Identity },
    /// Out of something in the vault, into a slot of its own.
    Lift { from: Slot, inner: PathBuf, slot: Slot },
    /// From one name to another.
    Move { from: PathBuf, to: PathBuf, identity: Identity },
    /// A new folder.
    Folder { path: PathBuf },
    /// A new symbolic link.
    Link { path: PathBuf, target: PathBuf },
    /// New content.
    Write(Box<Write>),
    /// Permission bits.
    Mode { path: PathBuf, old: u32, new: u32 },
}

/// New content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) path: PathBuf,
    pub(crate) placement: Placement,
    /// Where the bytes in the log begin in the new content; those before are the old ones.
    pub(crate) start: u64,
    /// The length of the new content.
    pub(crate) length: u64,
    pub(crate) new: Digest,
    /// The permission bits afterwards; what the process's mask leaves where it is `None`.
    pub(crate) mode: Option<u32>,
    pub(crate) mtime: Option<Time>,
    /// What was there before; `None` where nothing was.
    pub(crate) old: Option<Old>,
    /// Where the old content differs, in order.
    pub(crate) spans: Vec<Span>,
    pub(crate) data: Blob,
}

/// The file that a write replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Old {
    pub(crate) digest: Digest,
    pub(crate) length: u64,
    pub(crate) mode: u32,
    pub(crate) mtime: Time,
}

/// A span of the new content, and how many old bytes stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) length: u64,
    pub(crate) old: u64,
}

/// Bytes in the data part of a record: the new ones, then the old ones of all spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Blob {
    pub(crate) offset: u64,
    pub(crate) fresh: u64,
    pub(crate) old: u64,
    /// CRC-32 of both.
    pub(crate) check: u32,
}

impl Step {
    /// The path that the step is about, by its name afterwards.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Take { path, .. }
            | Self::Put { path, .. }
            | Self::Move { to: path, .. }
            | Self::Folder { path, .. }
            | Self::Link { path, .. }
            | Self::Mode { path, .. } => path,
            Self::Lift { inner, .. } => inner,
            Self::Write(write) => &write.path,
        }
    }

    pub(crate) fn encode(&self, to: &mut Encoder) {
        match self {
            Self::Take { path, slot, identity, bytes } => {
                to.byte(1);
                to.path(path);
                encode_place(to, *slot, *identity);
                to.number(*bytes);
            }
            Self::Put { slot, path, identity } => {
                to.byte(2);
                to.path(path);
                encode_place(to, *slot, *identity);
            }
            Self::Move { from, to: target, identity } => {
                to.byte(3);
                to.path(from);
                to.path(target);
                to.number(identity.0);
                to.number(identity.1);
            }
            Self::Folder { path } => {
                to.byte(4);
                to.path(path);
            }
            Self::Link { path, target } => {
                to.byte(5);
                to.path(path);
                to.path(target);
            }
            Self::Write(write) => {
                to.byte(6);
                write.encode(to);
            }
            Self::Lift { from, inner, slot } => {
                to.byte(8);
                to.path(inner);
                encode_place(to, *from, (slot.id, slot.number));
            }
            Self::Mode { path, old, new } => {
                to.byte(7);
                to.path(path);
                to.number((*old).into());
                to.number((*new).into());
            }
        }
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(match from.byte()? {
            1 => {
                let path = inside(from)?;
                let (slot, identity) = decode_place(from)?;
                Self::Take { path, slot, identity, bytes: from.number()? }
            }
            2 => {
                let path = inside(from)?;
                let (slot, identity) = decode_place(from)?;
                Self::Put { slot, path, identity }
            }
            3 => Self::Move {
                from: inside(from)?,
                to: inside(from)?,
                identity: (from.number()?, from.number()?),
            },
            4 => Self::Folder { path: inside(from)? },
            5 => Self::Link { path: inside(from)?, target: from.path()? },
            6 => Self::Write(Box::new(Write::decode(from)?)),
            7 => Self::Mode { path: inside(from)?, old: mode(from)?, new: mode(from)? },
            8 => {
                let inner = inside(from)?;
                let (outer, (id, number)) = decode_place(from)?;
                Self::Lift { from: outer, inner, slot: Slot { id, number } }
            }
            _ => return None,
        })
    }
}

impl Write {
    fn encode(&self, to: &mut Encoder) {
        to.path(&self.path);
        to.byte((self.placement == Placement::InPlace).into());
        to.number(self.start);
        to.number(self.length);
        to.digest(&self.new);
        to.option(self.mode, |to, mode| to.number(mode.into()));
        to.option(self.mtime, Encoder::time);
        to.option(self.old, |to, old| {
            to.digest(&old.digest);
            to.number(old.length);
            to.number(old.mode.into());
            to.time(old.mtime);
        });
        to.number(self.spans.len() as u64);
        for span in &self.spans {
            to.number(span.start);
            to.number(span.length);
            to.number(span.old);
        }
        to.number(self.data.offset);
        to.number(self.data.fresh);
        to.number(self.data.old);
        to.number(self.data.check.into());
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let write = Self {
            path: inside(from)?,
            placement: match from.byte()? {
                0 => Placement::Rename,
                1 => Placement::InPlace,
                _ => return None,
            },
            start: from.number()?,
            length: from.number()?,
            new: from.digest()?,
            mode: from.option(mode)?,
            mtime: from.option(Decoder::time)?,
            old: from.option(|from| {
                Some(Old {
                    digest: from.digest()?,
                    length: from.number()?,
                    mode: mode(from)?,
                    mtime: from.time()?,
                })
            })?,
            spans: from.list(|from| {
                Some(Span { start: from.number()?, length: from.number()?, old: from.number()? })
            })?,
            data: Blob {
                offset: from.number()?,
                fresh: from.number()?,
                old: from.number()?,
                check: from.number()?.try_into().ok()?,
            },
        };
        write.is_sound().then_some(write)
    }

    /// Whether the numbers fit each other, so that nothing that uses them need look again.
    fn is_sound(&self) -> bool {
        let end = self.start.checked_add(self.data.fresh);
        let mut at = 0;
        let mut old = 0_u64;
        for span in &self.spans {
            let Some(next) = span.start.checked_add(span.length) else { return false };
            let Some(sum) = old.checked_add(span.old) else { return false };
            if span.start < at || next > self.length {
                return false;
            }
            (at, old) = (next, sum);
        }
        end.is_some_and(|end| end <= self.length)
            && old == self.data.old
            && self.data.offset.checked_add(self.data.fresh).is_some()
            && self.data.fresh.checked_add(self.data.old).is_some()
    }
}

fn encode_place(to: &mut Encoder, slot: Slot, identity: Identity) {
    to.number(slot.id);
    to.number(slot.number);
    to.number(identity.0);
    to.number(identity.1);
}

fn decode_place(from: &mut Decoder<'_>) -> Option<(Slot, Identity)> {
    let slot = Slot { id: from.number()?, number: from.number()? };
    Some((slot, (from.number()?, from.number()?)))
}

fn mode(from: &mut Decoder<'_>) -> Option<u32> {
    from.number()?.try_into().ok().filter(|&mode: &u32| mode <= 0o7777)
}

/// A path that stays below the root, whatever a damaged or forged log says.
fn inside(from: &mut Decoder<'_>) -> Option<PathBuf> {
    from.path().filter(|path| crate::root::is_plain(path))
}
