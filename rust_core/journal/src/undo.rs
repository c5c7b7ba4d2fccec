//! Taking back what was committed: the steps of the entries in reverse, laid over the tree as it is
//! now and committed as a transaction of its own, so that an undo is as safe as what it undoes, and
//! can be undone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use crate::change::{CommitOptions, Meta};
use crate::changes::system_time;
use crate::error::JournalError;
use crate::history::{EntryState, Recorded, state, undone};
use crate::journal::{Commit, Journal};
use crate::overlay::{Base, Detached};
use crate::step::{Slot, Step, Write};
use crate::sys::FileKind;
use crate::transaction::Transaction;

/// Given a path, what the entry left there, what is there now and what was there before: what to
/// put there, if that can be said.
pub type Merge<'a> = dyn FnMut(&Path, &[u8], &[u8], &[u8]) -> Option<Vec<u8>> + 'a;

const CHANGED: &str = "has changed since";

impl Journal {
    /// Take back the entries of these numbers, in one transaction. A file that has changed since
    /// is given to `merge`; where that says nothing, the undo is refused with all conflicts.
    pub fn undo(
        self: &Arc<Self>,
        ids: &BTreeSet<u64>,
        merge: &mut Merge<'_>,
        meta: &Meta,
        cancel: &AtomicBool,
    ) -> Result<Commit, JournalError> {
        // What the history says must still be so when the undo is committed.
        self.hold(self.options().wait, cancel)?;
        let done = self.undo_held(ids, merge, meta, cancel);
        self.release();
        done
    }

    fn undo_held(
        self: &Arc<Self>,
        ids: &BTreeSet<u64>,
        merge: &mut Merge<'_>,
        meta: &Meta,
        cancel: &AtomicBool,
    ) -> Result<Commit, JournalError> {
        let records = self.records()?;
        let undone = undone(&records);
        let mut undo = Undo {
            journal: self,
            records: &records,
            transaction: Transaction::new(Arc::clone(self)),
            taken_out: BTreeMap::new(),
            merge,
            conflicts: Vec::new(),
        };
        for &id in ids.iter().rev() {
            let found = records.iter().position(|record| record.transaction.id == id);
            let index = found.ok_or(JournalError::UnknownEntry(id))?;
            let Recorded { transaction, status, .. } = &records[index];
            match state(transaction, status, &undone) {
                EntryState::Applied => undo.entry(index)?,
                // What the undo did is taken back before, in this very transaction.
                EntryState::Undone(by) if ids.contains(&by) => undo.entry(index)?,
                other => return Err(JournalError::EntryState { id, reason: why_not(other) }),
            }
        }
        if !undo.conflicts.is_empty() {
            undo.conflicts.sort_unstable();
            return Err(JournalError::Conflict { paths: undo.conflicts });
        }
        let changes = undo.transaction.into_changes();
        let undoes = ids.iter().copied().collect();
        self.commit_undo(changes, meta, &CommitOptions::default(), undoes, cancel)
    }
}

fn why_not(state: EntryState) -> &'static str {
    match state {
        EntryState::Unfinished => "is not finished",
        EntryState::Provisional => "is provisional",
        EntryState::RolledBack => "was rolled back",
        EntryState::Undone(_) => "is undone already",
        EntryState::Applied => "is applied",
    }
}

struct Undo<'a, 'm> {
    journal: &'a Arc<Journal>,
    records: &'a [Recorded],
    transaction: Transaction,
    /// What is on its way from one name to another. What nobody puts back is gone: an entry had
    /// brought it out of the vault.
    taken_out: BTreeMap<Slot, Detached>,
    merge: &'a mut Merge<'m>,
    conflicts: Vec<(PathBuf, &'static str)>,
}

impl Undo<'_, '_> {
    fn entry(&mut self, index: usize) -> Result<(), JournalError> {
        let records = self.records;
        for step in records[index].transaction.steps.iter().rev() {
            match self.step(index, step) {
                Err(JournalError::Conflict { paths }) => self.conflicts.extend(paths),
                Err(JournalError::Path { path, reason }) => self.conflicts.push((path, reason)),
                result => result?,
            }
        }
        Ok(())
    }

    fn step(&mut self, index: usize, step: &Step) -> Result<(), JournalError> {
        match step {
            Step::Write(write) => self.write(index, write),
            Step::Take { path, slot, .. } => self.put_back(path, *slot),
            Step::Put { path, slot, .. } => {
                if let Some(detached) = self.detach(path)? {
                    self.taken_out.insert(*slot, detached);
                }
                Ok(())
            }
            Step::Move { from, to, .. } => match self.detach(to)? {
                Some(detached) => self.transaction.attach(from, detached),
                None => Ok(()),
            },
            Step::Lift { .. } => Ok(()),
            Step::Folder { path } => self.folder(path),
            Step::Link { path, target } => self.link(path, target),
            Step::Mode { path, old, .. } => match self.transaction.kind_at(path)? {
                Some(FileKind::File | FileKind::Directory) => self.transaction.set_mode(path, *old),
                _ => Err(conflict(path, "is gone")),
            },
        }
    }

    fn write(&mut self, index: usize, write: &Write) -> Result<(), JournalError> {
        let path = &write.path;
        match (self.transaction.kind_at(path)?, &write.old) {
            (Some(FileKind::File), _) => {}
            (None, None) => return Ok(()),
            (None, Some(_)) => return Err(conflict(path, "is gone")),
            (Some(_), _) => return Err(conflict(path, "is no file any more")),
        }
        let now = self.transaction.read(path)?;
        let unchanged = *blake3::hash(&now).as_bytes() == write.new;
        let Some(old) = &write.old else {
            let refused = || Err(conflict(path, CHANGED));
            return if unchanged { self.transaction.delete(path) } else { refused() };
        };
        let content = if unchanged {
            self.journal.before(&self.records[index], write, &now)?
        } else {
            match self.journal.contents_of(self.records, index, write)? {
                (Some(before), Some(after)) => (self.merge)(path, &after, &now, &before),
                _ => None,
            }
        };
        let content = content.ok_or_else(|| conflict(path, CHANGED))?;
        let mtime: Option<SystemTime> = system_time(old.mtime).filter(|_| unchanged);
        self.transaction.write(path, content, Some(old.mode), mtime)
    }

    /// Put back what the entry took out of the tree, from where it is now.
    fn put_back(&mut self, path: &Path, slot: Slot) -> Result<(), JournalError> {
        let detached = match self.taken_out.remove(&slot) {
            Some(detached) => detached,
            None if self.journal.slot_kind(slot, Path::new(""))?.is_some() => {
                Detached::of(Base::Slot(slot, PathBuf::new()))
            }
            None => return Err(conflict(path, "is not kept any more")),
        };
        self.transaction.attach(path, detached)
    }

    fn detach(&mut self, path: &Path) -> Result<Option<Detached>, JournalError> {
        let detached = self.transaction.detach(path)?;
        if detached.is_none() {
            return Err(conflict(path, "is gone"));
        }
        Ok(detached)
    }

    /// A folder that holds something by now stays.
    fn folder(&mut self, path: &Path) -> Result<(), JournalError> {
        let is_folder = self.transaction.kind_at(path)? == Some(FileKind::Directory);
        if is_folder && self.transaction.list(path)?.is_empty() {
            return self.transaction.delete(path);
        }
        Ok(())
    }

    fn link(&mut self, path: &Path, target: &Path) -> Result<(), JournalError> {
        match self.transaction.kind_at(path)? {
            None => Ok(()),
            Some(FileKind::Symlink)
                if self.transaction.link_at(path)?.as_deref() == Some(target) =>
            {
                self.transaction.delete(path)
            }
            Some(_) => Err(conflict(path, CHANGED)),
        }
    }
}

fn conflict(path: &Path, how: &'static str) -> JournalError {
    JournalError::Conflict { paths: vec![(path.to_owned(), how)] }
}
