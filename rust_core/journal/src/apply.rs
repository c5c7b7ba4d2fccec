//! The steps of a transaction right after its commit point, with everything at hand.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::parallel::in_parallel;
use crate::plan::Plan;
use crate::prepare::{Fresh, Payload};
use crate::root::Root;
use crate::segment::Segment;
use crate::step::{Old, Slot, Step, Write};
use crate::sys::{Dir, place_at, set_mode_of, set_mtime_of};
use crate::vault::Vault;

/// How many folders are kept open at most.
const OPEN: usize = 64;

/// What was tried, on what, and the answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) action: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

/// The tree and the vault that steps are done in.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    pub(crate) root: &'a Root,
    pub(crate) vault: &'a Vault,
}

/// Folders that were opened already.
pub(crate) struct Folders<'a> {
    root: &'a Dir,
    open: HashMap<PathBuf, Dir>,
}

impl<'a> Folders<'a> {
    pub(crate) fn new(root: &'a Dir) -> Self {
        Self { root, open: HashMap::new() }
    }

    /// The folder that `path` is in, and its name there.
    pub(crate) fn of<'p>(&mut self, path: &'p Path) -> io::Result<(&Dir, &'p OsStr)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let parent = path.parent().unwrap_or(Path::new(""));
        if parent.as_os_str().is_empty() {
            return Ok((self.root, name));
        }
        if !self.open.contains_key(parent) {
            if self.open.len() >= OPEN {
                self.open.clear();
            }
            self.open.insert(parent.to_owned(), self.root.descend(parent)?);
        }
        Ok((&self.open[parent], name))
    }
}

/// Do all steps of a plan. Writes of files are independent of each other and done in parallel.
/// What is in the log alone is read from `segment`.
pub(crate) fn apply(
    places: Places<'_>,
    plan: &Plan,
    segment: Option<&Segment>,
) -> Result<(), Failure> {
    let is_write = |step: &&Step| matches!(step, Step::Write(_));
    let first = plan.steps.iter().take_while(|step| !is_write(step)).count();
    let (before, rest) = plan.steps.split_at(first);
    let (writes, after) = rest.split_at(rest.iter().take_while(is_write).count());
    for step in before {
        places.do_step(step)?;
    }
    write_all(places, writes, &plan.payloads, segment)?;
    for step in after {
        places.do_step(step)?;
    }
    Ok(())
}

fn write_all(
    places: Places<'_>,
    steps: &[Step],
    payloads: &[Payload],
    segment: Option<&Segment>,
) -> Result<(), Failure> {
    let writes = steps.iter().zip(payloads).filter_map(|(step, payload)| match step {
        Step::Write(write) => Some((write, payload)),
        _ => None,
    });
    let desk = || (places.folders(), Vec::new());
    let results = in_parallel(writes.collect(), desk, |(folders, buffer), (write, payload)| {
        let done = fresh(write, payload, segment, buffer)
            .and_then(|fresh| places.write(folders, write, payload.stage.as_deref(), fresh));
        done.map_err(|source| failure("write", &write.path, source))
    });
    results.into_iter().collect()
}

/// The new bytes of a write: at hand, or read from the log into the buffer.
fn fresh<'b>(
    write: &Write,
    payload: &'b Payload,
    segment: Option<&Segment>,
    buffer: &'b mut Vec<u8>,
) -> io::Result<&'b [u8]> {
    let (Fresh::Logged, None, Some(segment)) = (&payload.fresh, &payload.stage, segment) else {
        return Ok(&payload.fresh);
    };
    buffer.resize(usize::try_from(write.data.fresh).unwrap_or(0), 0);
    segment.read_data(buffer, write.data.offset)?;
    Ok(buffer)
}

impl<'a> Places<'a> {
    /// Do a step that is no write, for the first time.
    fn do_step(self, step: &Step) -> Result<(), Failure> {
        let (action, done) = match step {
            Step::Take { path, slot, .. } => ("delete", self.take(path, *slot)),
            Step::Put { slot, path, .. } => ("rename", self.put(*slot, path)),
            Step::Lift { from, inner, slot } => ("restore", self.lift(*from, inner, *slot)),
            Step::Move { from, to, .. } => ("rename", self.rename(from, to)),
            Step::Folder { path } => ("make", self.make_folder(path)),
            Step::Link { path, target } => ("link", self.link(path, target)),
            Step::Mode { path, new, .. } => ("set the mode of", self.set_mode(path, *new)),
            Step::Write(_) => return Ok(()),
        };
        done.map_err(|source| failure(action, step.path(), source))
    }

    pub(crate) fn take(self, path: &Path, slot: Slot) -> io::Result<()> {
        let mut folders = self.folders();
        let (folder, name) = folders.of(path)?;
        folder.rename(name, &self.vault.dir, slot.name().as_ref())
    }

    pub(crate) fn put(self, slot: Slot, path: &Path) -> io::Result<()> {
        let mut folders = self.folders();
        let (folder, name) = folders.of(path)?;
        self.vault.dir.rename(slot.name().as_ref(), folder, name)
    }

    pub(crate) fn lift(self, from: Slot, inner: &Path, slot: Slot) -> io::Result<()> {
        let path = Path::new(&from.name()).join(inner);
        let mut folders = Folders::new(&self.vault.dir);
        let (folder, name) = folders.of(&path)?;
        folder.rename(name, &self.vault.dir, slot.name().as_ref())
    }

    pub(crate) fn lower(self, slot: Slot, to: Slot, inner: &Path) -> io::Result<()> {
        let path = Path::new(&to.name()).join(inner);
        let mut folders = Folders::new(&self.vault.dir);
        let (folder, name) = folders.of(&path)?;
        self.vault.dir.rename(slot.name().as_ref(), folder, name)
    }

    pub(crate) fn rename(self, from: &Path, to: &Path) -> io::Result<()> {
        let (mut one, mut other) = (self.folders(), self.folders());
        let (source, name) = one.of(from)?;
        let (target, new_name) = other.of(to)?;
        source.rename(name, target, new_name)
    }

    pub(crate) fn make_folder(self, path: &Path) -> io::Result<()> {
        let mut folders = self.folders();
        let (folder, name) = folders.of(path)?;
        folder.mkdir(name, 0o777)
    }

    /// Remove a folder that is empty; one that is not stays.
    pub(crate) fn remove_folder(self, path: &Path) -> io::Result<()> {
        let mut folders = self.folders();
        let (folder, name) = folders.of(path)?;
        match folder.rmdir(name) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            result => result,
        }
    }

    pub(crate) fn link(self, path: &Path, target: &Path) -> io::Result<()> {
        let mut folders = self.folders();
        let (folder, name) = folders.of(path)?;
        folder.symlink(target, name)
    }

    pub(crate) fn set_mode(self, path: &Path, mode: u32) -> io::Result<()> {
        let mut folders = self.folders();
        let (folder, name) = folders.of(path)?;
        folder.set_mode(name, mode)
    }

    pub(crate) fn folders(self) -> Folders<'a> {
        Folders::new(self.root.dir())
    }

    fn write(
        self,
        folders: &mut Folders<'_>,
        write: &Write,
        stage: Option<&str>,
        fresh: &[u8],
    ) -> io::Result<()> {
        let Some(stage) = stage else { return self.write_in_place(write, fresh) };
        let (folder, name) = folders.of(&write.path)?;
        let stage: &OsStr = stage.as_ref();
        if let Some(time) = write.mtime {
            self.vault.dir.set_mtime(stage, time)?;
        }
        match &write.old {
            None => self.vault.dir.rename(stage, folder, name),
            Some(old) => self.exchange(stage, folder, name, old),
        }
    }

    /// Put the staged file where the old one is, and the old one away, unless somebody has
    /// written to it since it was checked.
    fn exchange(self, stage: &OsStr, folder: &Dir, name: &OsStr, old: &Old) -> io::Result<()> {
        let vault = &self.vault.dir;
        if !vault.replace(stage, folder, name)? {
            return Ok(());
        }
        let gone = vault.stat(stage)?.ok_or(io::ErrorKind::NotFound)?;
        if gone.is_file() && gone.size == old.length && gone.mtime == old.mtime {
            return vault.unlink(stage);
        }
        vault.replace(stage, folder, name)?;
        Err(io::Error::other("it has changed since it was checked"))
    }

    /// Write the bytes that differ into the file itself.
    pub(crate) fn write_in_place(self, write: &Write, fresh: &[u8]) -> io::Result<()> {
        let file = self.root.dir().edit(&write.path)?;
        place_at(&file, fresh, write.start)?;
        if write.old.is_none_or(|old| old.length > write.length) {
            file.set_len(write.length)?;
        }
        if let Some(mode) = write.mode
            && write.old.is_none_or(|old| old.mode != mode)
        {
            set_mode_of(&file, mode)?;
        }
        write.mtime.map_or(Ok(()), |time| set_mtime_of(&file, time))
    }
}

pub(crate) fn failure(action: &'static str, path: &Path, source: io::Error) -> Failure {
    Failure { action, path: path.to_owned(), source }
}
