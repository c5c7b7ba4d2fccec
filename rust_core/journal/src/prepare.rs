//! Writes before the commit point: what is there is read, checked and compared, and the new file
//! is written aside, so that a full disk or a missing permission is met while nothing is changed.

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};

use crate::change::{Content, Digest, Expected, Placement};
use crate::error::JournalError;
use crate::order::{NewContent, Ordered};
use crate::overlay::Base;
use crate::parallel::in_parallel;
use crate::plan::{Planner, Problem};
use crate::root::{is_absent, read_into};
use crate::splice::Reverse;
use crate::step::{Blob, Old, Write};
use crate::stream::{Place, Stream, Writer};
use crate::sys::{Dir, Stat, copy_attributes, place_at};
use crate::vault::stage_name;

/// The content of a write, until it is in place.
#[derive(Debug)]
pub(crate) struct Payload {
    /// The new bytes that are logged and, in place, written.
    pub(crate) fresh: Fresh,
    /// The old bytes that they replace; none where they are logged.
    pub(crate) old: Vec<u8>,
    /// Where both are, where they are logged.
    pub(crate) place: Option<Place>,
    /// The name of the staged file.
    pub(crate) stage: Option<String>,
}

/// New bytes of a file.
#[derive(Debug)]
pub(crate) enum Fresh {
    /// A part of these.
    Here(Vec<u8>, Range<usize>),
    /// In the log alone.
    Logged,
}

impl Deref for Fresh {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Here(content, range) => &content[range.clone()],
            Self::Logged => &[],
        }
    }
}

/// What each thread that makes writes ready has to itself.
struct Desk<'a> {
    /// The old content of the file at hand.
    old: Vec<u8>,
    maker: Maker<'a>,
}

struct Maker<'a> {
    /// The new content of the file at hand, where it is made out of the old.
    new: Vec<u8>,
    /// The log, where data goes there at once.
    log: Option<Writer<'a>>,
}

impl<'a> Desk<'a> {
    fn new(stream: Option<&'a Stream>) -> Self {
        let log = stream.map(Stream::writer);
        Self { old: Vec::new(), maker: Maker { new: Vec::new(), log } }
    }
}

impl Maker<'_> {
    /// What of a write is kept until it is in place.
    fn keep(&mut self, given: Content, range: Range<usize>, old: Vec<u8>) -> Payload {
        let content = match &given {
            Content::Whole(content) => content,
            Content::Made(_) => &self.new,
        };
        let place = self.log.as_mut().map(|log| log.push(&content[range.clone()], &old));
        let old = if place.is_some() { Vec::new() } else { old };
        let fresh = match given {
            Content::Whole(content) => Fresh::Here(content, range),
            Content::Made(_) if place.is_some() => Fresh::Logged,
            Content::Made(_) => Fresh::Here(self.new[range.clone()].to_vec(), 0..range.len()),
        };
        Payload { fresh, old, place, stage: None }
    }
}

/// A write that is ready; nothing where the file already is as it should be.
pub(crate) type Prepared = Result<Option<(Write, Payload)>, Problem>;

pub(crate) struct Context<'a> {
    pub(crate) planner: &'a Planner<'a>,
    pub(crate) ordered: &'a Ordered,
}

/// Make all writes ready, on as many threads as there are processors where there are many writes.
pub(crate) fn prepare(context: &Context<'_>, writes: Vec<NewContent>) -> Vec<Prepared> {
    let numbered: Vec<(usize, NewContent)> = writes.into_iter().enumerate().collect();
    let desk = || Desk::new(context.planner.stream);
    in_parallel(numbered, desk, |desk, (number, write)| context.prepare(number, write, desk))
}

/// What a write finds in its place.
struct Found<'a> {
    file: File,
    content: &'a [u8],
    stat: Stat,
    /// Whether the file may be written itself.
    writable: bool,
}

impl Context<'_> {
    fn prepare(&self, number: usize, new: NewContent, desk: &mut Desk<'_>) -> Prepared {
        use std::sync::atomic::Ordering;
        if self.planner.cancel.load(Ordering::Relaxed) {
            return Err(JournalError::Cancelled.into());
        }
        let Desk { old, maker } = desk;
        let source = self.ordered.origin(&new.path);
        let found = match &source {
            Some(source) => self.find(source, &new.path, old)?,
            None => None,
        };
        let digest = check(&new, found.as_ref())?;
        match found {
            Some(found) => self.replacement(number, new, &found, digest, maker),
            None => self.creation(number, new, maker).map(Some),
        }
    }

    /// The folder that something is reached from, and its path there.
    fn place(&self, base: &Base) -> (&Dir, PathBuf) {
        match base {
            Base::Tree(_) => (self.planner.root.dir(), base.path()),
            Base::Slot(..) => (&self.planner.vault.dir, base.path()),
        }
    }

    fn stat(&self, base: &Base) -> Result<Option<Stat>, JournalError> {
        match base {
            Base::Tree(path) => self.planner.root.stat(path),
            Base::Slot(slot, rest) => self.planner.vault.stat_in(*slot, rest),
        }
    }

    /// The file at `base`, opened for writing where it is to be written in place, and read into the
    /// buffer.
    fn find<'a>(
        &self,
        base: &Base,
        path: &Path,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Option<Found<'a>>, Problem> {
        let (dir, source) = self.place(base);
        let source = source.as_path();
        let mut writable = self.planner.placement == Placement::InPlace;
        let mut opened = if writable { dir.edit(source) } else { dir.read(source) };
        if writable && opened.as_ref().is_err_and(is_not_writable) {
            writable = false;
            opened = dir.read(source);
        }
        let read = opened.and_then(|file| read_into(&file, buffer).map(|stat| (file, stat)));
        let (file, stat) = match read {
            Ok(read) => read,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(self.unusable(base, path, error)),
        };
        let content = buffer.as_slice();
        if !writable && (stat.links > 1 || stat.device != self.planner.vault.device) {
            // A rename would part it from its other names, or does not go across file systems.
            let file = dir.edit(source).map_err(|error| JournalError::io("write", path, error))?;
            return Ok(Some(Found { file, content, stat, writable: true }));
        }
        Ok(Some(Found { file, content, stat, writable }))
    }

    /// Something that is no file to write, or a refusal.
    fn unusable(&self, base: &Base, path: &Path, error: io::Error) -> Problem {
        let kind = self.stat(base).ok().flatten().map(|stat| stat.kind);
        let how = match kind {
            Some(crate::sys::FileKind::Directory) => "is a folder",
            Some(crate::sys::FileKind::Symlink) => "is a symbolic link",
            Some(crate::sys::FileKind::Other) => "is no regular file",
            _ => return JournalError::io("read", path, error).into(),
        };
        Problem::Conflict(path.to_owned(), how)
    }

    fn replacement(
        &self,
        number: usize,
        new: NewContent,
        found: &Found<'_>,
        digest: Digest,
        maker: &mut Maker<'_>,
    ) -> Prepared {
        let NewContent { path, content: given, mode, mtime, .. } = new;
        maker.new.clear();
        let (content, reverse) = match &given {
            Content::Whole(content) => (content, None),
            Content::Made(rewrite) => {
                let reverse = rewrite.rewrite(found.content, &mut maker.new);
                (&maker.new, reverse)
            }
        };
        let stat = found.stat;
        if content == found.content
            && mode.is_none_or(|mode| mode == stat.mode)
            && mtime.is_none_or(|mtime| stat.mtime == mtime.into())
        {
            return Ok(None);
        }
        let reverse = Reverse::new(found.content, content, reverse.as_deref());
        let mut stage = None;
        let mut wanted = stat;
        wanted.mode = mode.unwrap_or(stat.mode);
        if !found.writable {
            let staged =
                self.stage(number, content, |file| copy_attributes(&found.file, &wanted, file));
            stage = staged.map_err(|error| JournalError::io("write", &path, error))?;
        }
        let in_place = stage.is_none();
        if in_place && !found.writable {
            self.writable(&path)?;
        }
        let whole = 0..content.len();
        let range =
            if in_place { reverse.written(found.content.len(), content.len()) } else { whole };
        let old =
            Old { digest, length: found.content.len() as u64, mode: stat.mode, mtime: stat.mtime };
        let (from, length) = (range.start as u64, content.len() as u64);
        let new = *blake3::hash(content).as_bytes();
        let data = blob(&content[range.clone()], &reverse.old);
        let payload = Payload { stage, ..maker.keep(given, range, reverse.old) };
        let write = Write {
            path,
            placement: if in_place { Placement::InPlace } else { Placement::Rename },
            start: from,
            length,
            new,
            mode: Some(wanted.mode),
            mtime: mtime.map(Into::into),
            old: Some(old),
            spans: reverse.spans,
            data,
        };
        Ok(Some((write, payload)))
    }

    /// That a file which a new one cannot replace, because it would lose its owner or attributes,
    /// can be written itself.
    fn writable(&self, path: &Path) -> Result<(), Problem> {
        let Some(source) = self.ordered.origin(path) else { return Ok(()) };
        let (dir, source) = self.place(&source);
        let opened = dir.edit(&source);
        opened.map(drop).map_err(|error| JournalError::io("write", path, error).into())
    }

    fn creation(
        &self,
        number: usize,
        new: NewContent,
        maker: &mut Maker<'_>,
    ) -> Result<(Write, Payload), Problem> {
        let NewContent { path, content: Content::Whole(content), mode, mtime, .. } = new else {
            return Err(Problem::Conflict(new.path, "is gone"));
        };
        let group = self.check_parent(&path)?;
        let stage = self.stage(number, &content, |file| {
            crate::sys::set_group(file, group)?;
            mode.map_or(Ok(()), |mode| crate::sys::set_mode_of(file, mode)).map(|()| true)
        });
        let stage = stage.map_err(|error| JournalError::io("write", &path, error))?;
        let length = content.len();
        let new = *blake3::hash(&content).as_bytes();
        let data = blob(&content, &[]);
        let kept = maker.keep(Content::Whole(content), 0..length, Vec::new());
        let payload = Payload { stage, ..kept };
        let write = Write {
            path,
            placement: Placement::Rename,
            start: 0,
            length: length as u64,
            new,
            mode,
            mtime: mtime.map(Into::into),
            old: None,
            spans: Vec::new(),
            data,
        };
        Ok((write, payload))
    }

    /// That the folder for something new is there, or will be; and the group that it gives files.
    pub(crate) fn check_parent(&self, path: &Path) -> Result<Option<u32>, Problem> {
        let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else {
            return Ok(None);
        };
        if self.ordered.folders.contains_key(parent) {
            return Ok(None);
        }
        let stat = match self.ordered.origin(parent) {
            Some(source) => self.stat(&source)?,
            None => None,
        };
        match stat {
            Some(stat) if !stat.is_dir() => {
                Err(Problem::Conflict(parent.to_owned(), "is no folder"))
            }
            Some(stat) if stat.device != self.planner.vault.device => {
                Err(JournalError::OtherDevice { path: path.to_owned() }.into())
            }
            Some(stat) => Ok((stat.mode & 0o2000 != 0).then_some(stat.owner.1)),
            None => Err(Problem::Conflict(parent.to_owned(), "is gone")),
        }
    }

    /// Write the content to a file in the vault. `None` where `finish` says that such a file will
    /// not do.
    fn stage(
        &self,
        number: usize,
        content: &[u8],
        finish: impl FnOnce(&File) -> io::Result<bool>,
    ) -> io::Result<Option<String>> {
        let name = stage_name(self.planner.id, number);
        let dir = &self.planner.vault.dir;
        let file = match dir.create(name.as_ref(), 0o666) {
            // Left by a commit that was cut off; whoever holds the lock may have the name.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                dir.unlink(name.as_ref())?;
                dir.create(name.as_ref(), 0o666)?
            }
            file => file?,
        };
        let done = place_at(&file, content, 0).and_then(|()| finish(&file));
        if done.as_ref().is_ok_and(|&fits| fits) {
            return Ok(Some(name));
        }
        dir.unlink(name.as_ref())?;
        done.map(|_| None)
    }
}

/// That what is there is what was expected; gives its digest.
fn check(new: &NewContent, found: Option<&Found<'_>>) -> Result<Digest, Problem> {
    let conflict = |how| Err(Problem::Conflict(new.path.clone(), how));
    if let (Content::Made(maker), Some(found)) = (&new.content, found)
        && !maker.fits(found.content)
    {
        return conflict("has changed");
    }
    let digest = found.map(|found| *blake3::hash(found.content).as_bytes());
    match (new.expected, digest) {
        (Expected::Any, digest) => Ok(digest.unwrap_or_default()),
        (Expected::Absent, None) => Ok(Digest::default()),
        (Expected::Absent, Some(_)) => conflict("exists"),
        (Expected::Digest(_), None) => conflict("is gone"),
        (Expected::Digest(expected), Some(digest)) if expected == digest => Ok(digest),
        (Expected::Digest(_), Some(_)) => conflict("has changed"),
    }
}

/// Where the data of a write is, but for the offset.
fn blob(fresh: &[u8], old: &[u8]) -> Blob {
    let mut check = crc32fast::Hasher::new();
    check.update(fresh);
    check.update(old);
    Blob { offset: 0, fresh: fresh.len() as u64, old: old.len() as u64, check: check.finalize() }
}

/// Whether a file may be read but not written: by its mode, or because it is being executed.
fn is_not_writable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ExecutableFileBusy)
}
