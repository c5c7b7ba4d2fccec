//! Steps done or taken back without knowing how far it came before: after a crash, and when a
//! transaction is rolled back. Each looks at what is there first.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::apply::Places;
use crate::record::Transaction;
use crate::root::is_absent;
use crate::segment::Segment;
use crate::step::{Identity, Slot, Step};

/// Which way a transaction is brought to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Back,
}

/// A transaction on its way to one of its two ends.
pub(crate) struct Redo<'a> {
    pub(crate) places: Places<'a>,
    pub(crate) segment: &'a Segment,
    /// Where the data of the record begins.
    pub(crate) data: u64,
    pub(crate) id: u64,
    pub(crate) direction: Direction,
    /// What was found that is neither old nor new, and where it is now.
    pub(crate) kept_aside: Vec<(PathBuf, PathBuf)>,
    /// From where the transaction takes what is in a slot.
    taken: HashMap<Slot, PathBuf>,
    /// To where it puts what is in a slot.
    put: HashMap<Slot, PathBuf>,
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
