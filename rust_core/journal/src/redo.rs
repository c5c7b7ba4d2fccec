//! Steps done or taken back without knowing how far it came before: after a crash, and when a
//! transaction is rolled back. Each looks at what is there first.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::apply::Places;
use crate::change::Placement;
use crate::record::Transaction;
use crate::root::is_absent;
use crate::segment::Segment;
use crate::splice::rebuild;
use crate::step::{Identity, Old, Slot, Step, Write};
use crate::sys::{Stat, copy_attributes, place_at, set_mode_of, set_mtime_of};
use crate::vault::stage_name;

/// Which way a transaction is brought to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Back,
}

/// A transaction on its way to one of its two ends.
pub(crate) struct Redo<'a> {
    places: Places<'a>,
    segment: &'a Segment,
    /// Where the data of the record begins.
    data: u64,
    id: u64,
    direction: Direction,
    /// What was found that is neither old nor new, and where it is now.
    pub(crate) kept_aside: Vec<(PathBuf, PathBuf)>,
    /// From where the transaction takes what is in a slot.
    taken: HashMap<Slot, PathBuf>,
    /// To where it puts what is in a slot.
    put: HashMap<Slot, PathBuf>,
}

/// What a write finds when it looks again.
enum Now {
    Absent,
    File(Vec<u8>, Stat),
    /// No regular file, or one in a folder that is none any more.
    Strange,
}

impl<'a> Redo<'a> {
    /// The transaction of these steps, whose data begins at `data`.
    pub(crate) fn new(
        places: Places<'a>,
        segment: &'a Segment,
        data: u64,
        transaction: &Transaction,
        direction: Direction,
    ) -> Self {
        let (mut taken, mut put) = (HashMap::new(), HashMap::new());
        for step in &transaction.steps {
            match step {
                Step::Take { path, slot, .. } => drop(taken.insert(*slot, path.clone())),
                Step::Put { path, slot, .. } => drop(put.insert(*slot, path.clone())),
                _ => {}
            }
        }
        let id = transaction.id;
        Self { places, segment, data, id, direction, kept_aside: Vec::new(), taken, put }
    }

    /// Do every step, or take every step back, whatever is done already.
    pub(crate) fn run(&mut self, steps: &[Step]) -> Result<(), (PathBuf, io::Error)> {
        let count = steps.len();
        for index in 0..count {
            let number =
                if self.direction == Direction::Forward { index } else { count - 1 - index };
            self.step_or_note(number, &steps[number])?;
        }
        Ok(())
    }

    /// Do a step, or note that somebody has changed the tree so that it cannot be done; the others
    /// are brought to their end all the same.
    pub(crate) fn step_or_note(
        &mut self,
        number: usize,
        step: &Step,
    ) -> Result<(), (PathBuf, io::Error)> {
        match self.step(number, step) {
            Err(error) if is_displaced(&error) => {
                self.kept_aside.push((step.path().to_owned(), PathBuf::new()));
                Ok(())
            }
            result => result.map_err(|error| (step.path().to_owned(), error)),
        }
    }

    fn step(&mut self, number: usize, step: &Step) -> io::Result<()> {
        let forward = self.direction == Direction::Forward;
        let places = self.places;
        match step {
            Step::Take { path, slot, identity, .. } if forward => self.take(path, *slot, *identity),
            Step::Take { path, slot, .. } => self.put(*slot, path),
            Step::Put { slot, path, .. } if forward => self.put(*slot, path),
            Step::Put { slot, path, identity } => self.take(path, *slot, *identity),
            Step::Lift { from, inner, slot } if forward => self.lift(*from, inner, *slot),
            Step::Lift { from, inner, slot } => self.lower(*slot, *from, inner),
            Step::Move { from, to, identity } if forward => self.rename(from, to, *identity),
            Step::Move { from, to, identity } => self.rename(to, from, *identity),
            Step::Folder { path } if forward => self.make_folder(path),
            Step::Folder { path } => absent_is_fine(places.remove_folder(path)),
            Step::Link { path, target } => self.link(path, target),
            Step::Mode { path, old, new } => {
                absent_is_fine(places.set_mode(path, if forward { *new } else { *old }))
            }
            Step::Write(write) => self.write(number, write),
        }
    }

    /// Out of the tree, unless it is out already. An empty slot says that it is not, but for what
    /// was put back into the tree since: that is known by its inode, and where the file system has
    /// given new numbers, by its other name being taken.
    fn take(&self, path: &Path, slot: Slot, identity: Identity) -> io::Result<()> {
        let at = |path| self.places.root.stat_io(path);
        if self.places.vault.slot(slot)?.is_some() {
            return Ok(());
        }
        let Some(stat) = at(path)? else { return Ok(()) };
        let other = match self.direction {
            Direction::Forward => self.put.get(&slot),
            Direction::Back => self.taken.get(&slot),
        };
        let elsewhere = match other {
            Some(other) => at(other)?.is_some(),
            None => false,
        };
        if stat.identity() == identity || !elsewhere {
            self.places.take(path, slot)?;
        }
        Ok(())
    }

    /// Into the tree, unless the slot is empty already.
    fn put(&self, slot: Slot, path: &Path) -> io::Result<()> {
        match self.places.vault.slot(slot)? {
            Some(_) => self.places.put(slot, path),
            None => Ok(()),
        }
    }

    /// Out of a thing in the vault, unless it is out of it already.
    fn lift(&self, from: Slot, inner: &Path, slot: Slot) -> io::Result<()> {
        absent_is_fine(self.places.lift(from, inner, slot))
    }

    /// Back into the thing in the vault.
    fn lower(&self, slot: Slot, to: Slot, inner: &Path) -> io::Result<()> {
        match self.places.vault.slot(slot)? {
            Some(_) => self.places.lower(slot, to, inner),
            None => Ok(()),
        }
    }

    fn rename(&self, from: &Path, to: &Path, identity: Identity) -> io::Result<()> {
        let at = |path| self.places.root.stat_io(path);
        let (source, target) = (at(from)?, at(to)?);
        // By what it is where that is known, and by which of the names is taken where the file
        // system has given new numbers since.
        let itself = source.is_some_and(|stat| stat.identity() == identity);
        if itself || (source.is_some() && target.is_none()) {
            return self.places.rename(from, to);
        }
        Ok(())
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        match self.places.root.stat_io(path)? {
            Some(stat) if stat.is_dir() => Ok(()),
            _ => self.places.make_folder(path),
        }
    }

    fn link(&self, path: &Path, target: &Path) -> io::Result<()> {
        let mut folders = self.places.folders();
        let (folder, name) = match folders.of(path) {
            Err(error) if is_absent(&error) && self.direction == Direction::Back => return Ok(()),
            place => place?,
        };
        let there = folder.read_link(name);
        match (self.direction, there) {
            (Direction::Forward, Ok(now)) if now == target => Ok(()),
            (Direction::Forward, _) => folder.symlink(target, name),
            (Direction::Back, Ok(now)) if now == target => folder.unlink(name),
            (Direction::Back, _) => Ok(()),
        }
    }

    fn write(&mut self, number: usize, write: &Write) -> io::Result<()> {
        let now = self.look(&write.path)?;
        if self.is_done(write, &now)? {
            return Ok(());
        }
        let damaged =
            || io::Error::new(io::ErrorKind::InvalidData, "its data in the log is damaged");
        let (fresh, old) = self.segment.blob(self.data, write.data)?.ok_or_else(damaged)?;
        let current = match &now {
            Now::File(content, _) => Some(content.as_slice()),
            Now::Absent | Now::Strange => None,
        };
        let new = whole(write, &fresh, current);
        let old = match (&write.old, &new) {
            (Some(_), Some(new)) => rebuild(new, &write.spans, &old),
            _ => None,
        };
        self.keep_if_strange(number, write, &now, new.as_deref(), old.as_deref())?;
        match self.direction {
            Direction::Forward => match new {
                Some(new) => self.place(number, write, &new, write.mode, write.mtime, &now),
                None => Ok(()),
            },
            Direction::Back => match (&write.old, old) {
                (Some(was), Some(old)) => {
                    self.place(number, write, &old, Some(was.mode), Some(was.mtime), &now)
                }
                (None, _) => self.remove(&write.path, &now),
                (Some(_), None) => Ok(()),
            },
        }
    }

    fn look(&self, path: &Path) -> io::Result<Now> {
        match self.places.root.read_with_stat(path) {
            Ok(Some((content, stat))) => Ok(Now::File(content, stat)),
            Ok(None) => Ok(Now::Absent),
            Err(error) => match self.places.root.stat_io(path)? {
                Some(stat) if !stat.is_file() => Ok(Now::Strange),
                _ => Err(error),
            },
        }
    }

    /// Whether the file is as it should be; mode and time are put right on the way.
    fn is_done(&self, write: &Write, now: &Now) -> io::Result<bool> {
        let goal = match (self.direction, &write.old) {
            (Direction::Forward, _) => Some((write.new, write.mode, write.mtime)),
            (Direction::Back, Some(Old { digest, mode, mtime, .. })) => {
                Some((*digest, Some(*mode), Some(*mtime)))
            }
            (Direction::Back, None) => None,
        };
        let (Some((digest, mode, mtime)), Now::File(content, stat)) = (goal, now) else {
            return Ok(goal.is_none() && matches!(now, Now::Absent));
        };
        if *blake3::hash(content).as_bytes() != digest {
            return Ok(false);
        }
        let mut folders = self.places.folders();
        let (folder, name) = folders.of(&write.path)?;
        if let Some(mode) = mode.filter(|&mode| mode != stat.mode) {
            folder.set_mode(name, mode)?;
        }
        if let Some(mtime) = mtime.filter(|&mtime| mtime != stat.mtime) {
            folder.set_mtime(name, mtime)?;
        }
        Ok(true)
    }

    /// Put what is neither the old content nor the new nor a mix of both into the vault.
    fn keep_if_strange(
        &mut self,
        number: usize,
        write: &Write,
        now: &Now,
        new: Option<&[u8]>,
        old: Option<&[u8]>,
    ) -> io::Result<()> {
        let ours = match now {
            Now::Absent => true,
            Now::Strange => false,
            Now::File(content, _) => is_mix(content, new.unwrap_or(&[]), old.unwrap_or(&[])),
        };
        if ours {
            return Ok(());
        }
        let name = format!("{:016x}.{number:x}.aside", self.id);
        let vault = &self.places.vault.dir;
        if vault.stat(name.as_ref())?.is_none() {
            match now {
                Now::File(content, _) => {
                    let file = vault.create(name.as_ref(), 0o600)?;
                    place_at(&file, content, 0)?;
                    file.sync_all()?;
                }
                Now::Strange | Now::Absent => {
                    let mut folders = self.places.folders();
                    let (folder, its_name) = folders.of(&write.path)?;
                    folder.rename(its_name, vault, name.as_ref())?;
                }
            }
        }
        self.kept_aside.push((write.path.clone(), self.places.vault.path.join(name)));
        Ok(())
    }

    /// Put `content` at the path of the write, in the way of its placement.
    fn place(
        &self,
        number: usize,
        write: &Write,
        content: &[u8],
        mode: Option<u32>,
        mtime: Option<crate::sys::Time>,
        now: &Now,
    ) -> io::Result<()> {
        let dir = self.places.root.dir();
        let stat = match now {
            Now::File(_, stat) => Some(*stat),
            Now::Absent | Now::Strange => None,
        };
        if let (Some(_), Placement::InPlace) = (stat, write.placement) {
            let file = dir.edit(&write.path)?;
            place_at(&file, content, 0)?;
            file.set_len(content.len() as u64)?;
            mode.map_or(Ok(()), |mode| set_mode_of(&file, mode))?;
            return mtime.map_or(Ok(()), |mtime| set_mtime_of(&file, mtime));
        }
        let name = stage_name(self.id, number);
        let stage: &OsStr = name.as_ref();
        let vault = &self.places.vault.dir;
        if vault.stat(stage)?.is_some() {
            vault.unlink(stage)?;
        }
        let file = vault.create(stage, 0o666)?;
        place_at(&file, content, 0)?;
        if let Some(stat) = &stat {
            copy_attributes(&dir.read(&write.path)?, stat, &file)?;
        }
        mode.map_or(Ok(()), |mode| set_mode_of(&file, mode))?;
        mtime.map_or(Ok(()), |mtime| set_mtime_of(&file, mtime))?;
        let mut folders = self.places.folders();
        let (folder, its_name) = folders.of(&write.path)?;
        match stat {
            None => vault.rename(stage, folder, its_name),
            Some(_) if vault.replace(stage, folder, its_name)? => vault.unlink(stage),
            Some(_) => Ok(()),
        }
    }

    /// Remove a file that the transaction made.
    fn remove(&self, path: &Path, now: &Now) -> io::Result<()> {
        let mut folders = self.places.folders();
        let (folder, name) = folders.of(path)?;
        if matches!(now, Now::File(..)) { folder.unlink(name) } else { Ok(()) }
    }
}

/// The whole new content: the bytes of the log, within those that the write left alone.
fn whole(write: &Write, fresh: &[u8], current: Option<&[u8]>) -> Option<Vec<u8>> {
    let length = usize::try_from(write.length).ok()?;
    if fresh.len() == length {
        return Some(fresh.to_vec());
    }
    let (current, start) = (current?, usize::try_from(write.start).ok()?);
    let end = start + fresh.len();
    let mut content = current.get(..start)?.to_vec();
    content.extend_from_slice(fresh);
    content.extend_from_slice(current.get(end..length).unwrap_or(&[]));
    (*blake3::hash(&content).as_bytes() == write.new).then_some(content)
}

/// Whether every byte is one of the old content or of the new, or one that was never written.
fn is_mix(now: &[u8], new: &[u8], old: &[u8]) -> bool {
    now.len() <= new.len().max(old.len())
        && now.iter().enumerate().all(|(index, &byte)| {
            byte == 0 || new.get(index) == Some(&byte) || old.get(index) == Some(&byte)
        })
}

/// Whether a step cannot be done because the tree is not as the transaction left it.
fn is_displaced(error: &io::Error) -> bool {
    is_absent(error)
        || matches!(
            error.kind(),
            io::ErrorKind::AlreadyExists
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::DirectoryNotEmpty
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::InvalidData
        )
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if is_absent(&error) => Ok(()),
        result => result,
    }
}
