//! What was done to a tree, as far back as it is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::change::{Digest, Meta};
use crate::error::JournalError;
use crate::log::Status;
use crate::record::{Body, HEAD, Transaction};
use crate::root::Root;
use crate::segment::{Segment, Tail, file_name};
use crate::splice::rebuild;
use crate::step::{Slot, Step, Write};
use crate::sys::{Time, boot_identity};
use crate::vault::Vault;

/// A transaction in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number; later ones have higher numbers.
    pub id: u64,
    /// When it was committed.
    pub time: Time,
    /// What it says of itself.
    pub meta: Meta,
    /// The process that committed it.
    pub process: u32,
    /// What became of it.
    pub state: EntryState,
    /// The entries that it took back.
    pub undoes: Vec<u64>,
    /// What it did, in the order in which it was done.
    pub changes: Vec<EntryChange>,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    /// Committed, and not all of it done yet.
    Unfinished,
    /// Done, until it is confirmed or taken back.
    Provisional,
    /// Done.
    Applied,
    /// Rolled back: it failed midway, or was not confirmed.
    RolledBack,
    /// Taken back by the entry of this number.
    Undone(u64),
}

/// What a transaction did to one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryChange {
    /// What was done.
    pub kind: EntryChangeKind,
    /// The path; of a rename the new one.
    pub path: PathBuf,
    /// The old path of a rename.
    pub from: Option<PathBuf>,
    /// The permission bits before and after, where they are known.
    pub modes: (Option<u32>, Option<u32>),
}

/// What was done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryChangeKind {
    /// A new file.
    Added,
    /// New content.
    Modified,
    /// A file, link or folder went away.
    Deleted,
    /// A file, link or folder got another name.
    Renamed,
    /// Something that was deleted came back.
    Restored,
    /// New permission bits.
    Mode,
    /// A new folder.
    Folder,
    /// A new symbolic link.
    Link,
}

/// New bytes and old ones.
type Blobs = (Vec<u8>, Vec<u8>);

/// A transaction and where its data is.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) segment: u64,
    pub(crate) data: u64,
    pub(crate) transaction: Transaction,
    pub(crate) status: Status,
}

/// Every transaction that is kept, oldest first.
pub(crate) fn records(vault: &Vault) -> Result<Vec<Recorded>, JournalError> {
    let mut records = Vec::new();
    for number in vault.segments()? {
        read_segment(vault, number, &mut records)?;
    }
    Ok(records)
}

/// The transactions of one segment, behind those that are in `records`.
pub(crate) fn read_segment(
    vault: &Vault,
    number: u64,
    records: &mut Vec<Recorded>,
) -> Result<(), JournalError> {
    let name = file_name(number);
    let mut segment = match Segment::open_to_read(&vault.log, number) {
        Ok(Some(segment)) => segment,
        Ok(None) => return Ok(()),
        // Another process has dropped it since it was listed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(vault.failed("read", &name, error)),
    };
    let tail = segment.scan(HEAD as u64, |found| {
        match found.body {
            Body::Transaction(transaction) => records.push(Recorded {
                segment: number,
                data: found.data,
                transaction,
                status: Status::default(),
            }),
            Body::Mark(mark) => {
                let of = records.last_mut().filter(|record| record.transaction.id == mark.id);
                if let Some(record) = of {
                    record.status.note(&mark);
                }
            }
        }
        ControlFlow::Continue(())
    });
    let failed = |error| vault.failed("read", &name, error);
    if tail.map_err(failed)? == Tail::Torn
        && segment.is_damaged(segment.end, boot_identity()).map_err(failed)?
    {
        return Err(JournalError::Damaged {
            segment: vault.place_of(&name),
            offset: segment.end,
            reason: "records follow one that is not whole",
        });
    }
    Ok(())
}

/// The entries for the records, oldest first.
pub(crate) fn entries(records: &[Recorded]) -> Vec<Entry> {
    let undone = undone(records);
    let entry = |record: &Recorded| {
        let Recorded { transaction, status, .. } = record;
        Entry {
            id: transaction.id,
            time: transaction.time,
            meta: transaction.meta.clone(),
            process: transaction.process,
            state: state(transaction, status, &undone),
            undoes: transaction.undoes.clone(),
            changes: entry_changes(&transaction.steps),
        }
    };
    records.iter().map(entry).collect()
}

/// Which entries are undone, and by which. Where the undo was undone itself they stay so: that
/// entry did again what they had done, and is the one to undo.
pub(crate) fn undone(records: &[Recorded]) -> BTreeMap<u64, u64> {
    let lasting = records.iter().filter(|record| !record.status.reverted);
    lasting
        .flat_map(|Recorded { transaction, .. }| {
            transaction.undoes.iter().map(|&id| (id, transaction.id))
        })
        .collect()
}

pub(crate) fn state(
    transaction: &Transaction,
    status: &Status,
    undone: &BTreeMap<u64, u64>,
) -> EntryState {
    match undone.get(&transaction.id) {
        _ if status.reverted => EntryState::RolledBack,
        Some(&by) => EntryState::Undone(by),
        None if status.applied.is_none() || status.aborting => EntryState::Unfinished,
        None if transaction.provisional && !status.confirmed => EntryState::Provisional,
        None => EntryState::Applied,
    }
}

/// The steps in terms of the tree: what goes through the vault is a rename.
fn entry_changes(steps: &[Step]) -> Vec<EntryChange> {
    let mut taken = BTreeMap::new();
    let mut put = BTreeSet::new();
    for step in steps {
        match step {
            Step::Take { path, slot, .. } => drop(taken.insert(*slot, path.clone())),
            Step::Put { slot, .. } => drop(put.insert(*slot)),
            _ => {}
        }
    }
    let change = |step: &Step| {
        let (kind, from) = match step {
            Step::Take { slot, .. } if put.contains(slot) => return None,
            Step::Lift { .. } => return None,
            Step::Take { .. } => (EntryChangeKind::Deleted, None),
            Step::Put { slot, .. } => match taken.get(slot) {
                Some(from) => (EntryChangeKind::Renamed, Some(from.clone())),
                None => (EntryChangeKind::Restored, None),
            },
            Step::Move { from, .. } => (EntryChangeKind::Renamed, Some(from.clone())),
            Step::Folder { .. } => (EntryChangeKind::Folder, None),
            Step::Link { .. } => (EntryChangeKind::Link, None),
            Step::Mode { .. } => (EntryChangeKind::Mode, None),
            Step::Write(write) if write.old.is_none() => (EntryChangeKind::Added, None),
            Step::Write(_) => (EntryChangeKind::Modified, None),
        };
        let modes = match step {
            Step::Mode { old, new, .. } => (Some(*old), Some(*new)),
            Step::Write(write) => (write.old.map(|old| old.mode), write.mode),
            _ => (None, None),
        };
        Some(EntryChange { kind, path: step.path().to_owned(), from, modes })
    };
    steps.iter().filter_map(change).collect()
}

/// The content of a file before a transaction and after it, each where the file was there and the
/// content is still known.
pub type Contents = (Option<Vec<u8>>, Option<Vec<u8>>);

/// What a file held before and after the write of the record at `index`.
pub(crate) fn contents(
    root: &Root,
    vault: &Vault,
    records: &[Recorded],
    index: usize,
    write: &Write,
) -> Result<Contents, JournalError> {
    let Some(new) = new_content(root, vault, records, index, write)? else {
        return Ok((None, None));
    };
    Ok((before(vault, &records[index], write, &new)?, Some(new)))
}

/// The content that a write left.
///
/// A write in place logs only the part that it wrote. What it left is then had from the next write
/// of the same file, which knows what it replaced, or from the file itself.
fn new_content(
    root: &Root,
    vault: &Vault,
    records: &[Recorded],
    index: usize,
    write: &Write,
) -> Result<Option<Vec<u8>>, JournalError> {
    let mut chain = vec![(index, write)];
    let mut content = loop {
        let Some(&(at, newest)) = chain.last() else { return Ok(None) };
        if newest.data.fresh == newest.length {
            let Some((fresh, _)) = blob(vault, &records[at], newest)? else { return Ok(None) };
            break fresh;
        }
        match next_write(records, at, newest) {
            Some(next) => chain.push(next),
            None => match root.read_with_stat(&newest.path) {
                Ok(Some((content, _))) => break content,
                _ => return Ok(None),
            },
        }
    };
    while let Some((at, last)) = chain.pop() {
        if !is(&content, &last.new) {
            return Ok(None);
        }
        if chain.is_empty() {
            return Ok(Some(content));
        }
        let Some(older) = before(vault, &records[at], last, &content)? else { return Ok(None) };
        content = older;
    }
    Ok(None)
}

/// The next write of the same file that found what `write` left.
fn next_write<'a>(
    records: &'a [Recorded],
    index: usize,
    write: &Write,
) -> Option<(usize, &'a Write)> {
    let later = records.iter().enumerate().skip(index + 1);
    later.filter(|(_, record)| !record.status.reverted).find_map(|(at, record)| {
        let found = record.transaction.steps.iter().find_map(|step| match step {
            Step::Write(next) if next.path == write.path => Some(next.as_ref()),
            _ => None,
        })?;
        found.old.is_some_and(|old| old.digest == write.new).then_some((at, found))
    })
}

fn blob(vault: &Vault, record: &Recorded, write: &Write) -> Result<Option<Blobs>, JournalError> {
    let failed = |error| vault.failed("read", &file_name(record.segment), error);
    match Segment::open_to_read(&vault.log, record.segment).map_err(failed)? {
        Some(segment) => segment.blob(record.data, write.data).map_err(failed),
        None => Ok(None),
    }
}

fn is(content: &[u8], digest: &Digest) -> bool {
    blake3::hash(content).as_bytes() == digest
}

/// What a write replaced, given what it left.
pub(crate) fn before(
    vault: &Vault,
    record: &Recorded,
    write: &Write,
    new: &[u8],
) -> Result<Option<Vec<u8>>, JournalError> {
    let Some(was) = &write.old else { return Ok(None) };
    let Some((_, old)) = blob(vault, record, write)? else { return Ok(None) };
    Ok(rebuild(new, &write.spans, &old).filter(|content| is(content, &was.digest)))
}

/// The slot that a path was taken to among the steps of a transaction.
pub(crate) fn slot_of(steps: &[Step], path: &Path) -> Option<Slot> {
    steps.iter().find_map(|step| match step {
        Step::Take { path: taken, slot, .. } if taken == path => Some(*slot),
        _ => None,
    })
}

/// The write of a path among the steps of a transaction.
pub(crate) fn write_of<'a>(steps: &'a [Step], path: &Path) -> Option<&'a Write> {
    steps.iter().find_map(|step| match step {
        Step::Write(write) if write.path == path => Some(write.as_ref()),
        _ => None,
    })
}
