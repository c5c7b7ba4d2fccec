//! What a journal tells: its history, the contents that it keeps, and what is in its vault.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::JournalError;
use crate::history::{
    Contents, Entry, Recorded, before, contents, entries, records, slot_of, write_of,
};
use crate::journal::Journal;
use crate::overlay::Base;
use crate::root::read_file;
use crate::step::{Slot, Write};
use crate::sys::{Dir, FileKind};

impl Journal {
    /// The transactions that are kept, oldest first.
    pub fn history(&self) -> Result<Vec<Entry>, JournalError> {
        Ok(entries(&self.records()?))
    }

    /// What the file at `path` held before the entry and after it, by its name afterwards; nothing
    /// where the entry neither wrote nor deleted it, or where it is not known any more.
    pub fn contents(&self, id: u64, path: &Path) -> Result<Contents, JournalError> {
        let records = self.records()?;
        let found = records.iter().position(|record| record.transaction.id == id);
        let index = found.ok_or(JournalError::UnknownEntry(id))?;
        let steps = &records[index].transaction.steps;
        if let Some(write) = write_of(steps, path) {
            return self.contents_of(&records, index, write);
        }
        match slot_of(steps, path) {
            Some(slot) if self.slot_kind(slot, Path::new(""))? == Some(FileKind::File) => {
                Ok((Some(self.read_slot(slot, Path::new(""))?), None))
            }
            _ => Ok((None, None)),
        }
    }

    pub(crate) fn contents_of(
        &self,
        records: &[Recorded],
        index: usize,
        write: &Write,
    ) -> Result<Contents, JournalError> {
        match &self.state().vault {
            Some(vault) => contents(&self.root, vault, records, index, write),
            None => Ok((None, None)),
        }
    }

    /// What a write replaced, given what it left.
    pub(crate) fn before(
        &self,
        record: &Recorded,
        write: &Write,
        new: &[u8],
    ) -> Result<Option<Vec<u8>>, JournalError> {
        match &self.state().vault {
            Some(vault) => before(vault, record, write, new),
            None => Ok(None),
        }
    }

    pub(crate) fn records(&self) -> Result<Vec<Recorded>, JournalError> {
        match &self.state().vault {
            Some(vault) => records(vault),
            None => Ok(Vec::new()),
        }
    }

    /// What is at a path below a slot of the vault.
    pub(crate) fn slot_kind(
        &self,
        slot: Slot,
        rest: &Path,
    ) -> Result<Option<FileKind>, JournalError> {
        match &self.state().vault {
            Some(vault) => Ok(vault.stat_in(slot, rest)?.map(|stat| stat.kind)),
            None => Ok(None),
        }
    }

    /// Where the link at a path below a slot points, if it is one.
    pub(crate) fn slot_link(
        &self,
        slot: Slot,
        rest: &Path,
    ) -> Result<Option<PathBuf>, JournalError> {
        if self.slot_kind(slot, rest)? != Some(FileKind::Symlink) {
            return Ok(None);
        }
        self.in_slot(slot, rest, |dir, path| {
            let folder = dir.descend(path.parent().unwrap_or(Path::new("")))?;
            folder.read_link(path.file_name().unwrap_or_default()).map(Some)
        })
    }

    /// The content of a file below a slot.
    pub(crate) fn read_slot(&self, slot: Slot, rest: &Path) -> Result<Vec<u8>, JournalError> {
        self.in_slot(slot, rest, |dir, path| read_file(&dir.read(path)?).map(|read| read.0))
    }

    /// The names in a folder below a slot.
    pub(crate) fn list_slot(
        &self,
        slot: Slot,
        rest: &Path,
    ) -> Result<Vec<(OsString, FileKind)>, JournalError> {
        self.in_slot(slot, rest, |dir, path| dir.descend(path)?.list())
    }

    fn in_slot<T>(
        &self,
        slot: Slot,
        rest: &Path,
        work: impl FnOnce(&Dir, &Path) -> io::Result<T>,
    ) -> Result<T, JournalError> {
        let state = self.state();
        let path = Base::Slot(slot, rest.to_owned()).path();
        let done = match &state.vault {
            Some(vault) => work(&vault.dir, &path),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        done.map_err(|error| JournalError::io("read", &path, error))
    }
}
