//! Bringing what a crash left to one of its two ends.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::apply::Places;
use crate::error::JournalError;
use crate::history::read_segment;
use crate::journal::JournalOptions;
use crate::lock::Lock;
use crate::log::{Last, Log};
use crate::record::Outcome;
use crate::redo::{Direction, Redo};
use crate::root::Root;
use crate::segment::file_name;
use crate::sys::sync_all;
use crate::vault::Vault;
use crate::verify::{is_needed, look_again, seal};

/// What recovery did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Transactions that were committed and are now done.
    pub redone: Vec<u64>,
    /// Transactions that were taken back.
    pub undone: Vec<u64>,
    /// Paths where something else was found than the transaction knows of: changed from outside
    /// between the crash and the recovery. With each the place where it is kept now; an empty one
    /// where it was left as it is.
    pub kept_aside: Vec<(PathBuf, PathBuf)>,
}

impl Recovery {
    /// Whether there was nothing to do.
    pub fn is_empty(&self) -> bool {
        self.redone.is_empty() && self.undone.is_empty() && self.kept_aside.is_empty()
    }
}

/// Which way an unfinished transaction goes; `None` for one that is finished.
fn direction(last: &Last) -> Option<Direction> {
    let status = last.status;
    let unconfirmed = last.provisional && !status.confirmed;
    match (status.aborting || unconfirmed, status.applied) {
        _ if status.reverted => None,
        (true, _) => Some(Direction::Back),
        (false, None) => Some(Direction::Forward),
        (false, Some(_)) => None,
    }
}

/// How recovery is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoverOptions {
    /// How long to wait for a transaction that is being made.
    pub wait: Duration,
    /// Look at everything that may not have reached the disk, even if the machine has not been
    /// started anew since.
    pub verify: bool,
    /// Put a journal file that is damaged aside and go on without it: what it says was done can
    /// neither be finished nor undone.
    pub discard_damaged: bool,
}

impl Default for RecoverOptions {
    fn default() -> Self {
        let wait = JournalOptions::default().wait;
        Self { wait, verify: false, discard_damaged: false }
    }
}

/// Finish or take back what a crash left in the tree at `root`, as every opening does.
pub fn recover(
    root: &Path,
    options: &RecoverOptions,
    cancel: &AtomicBool,
) -> Result<Recovery, JournalError> {
    let root = Root::open(root)?;
    let Some(vault) = Vault::open(&root)? else { return Ok(Recovery::default()) };
    let taken = Lock::acquire(&vault.dir, options.wait, cancel);
    let Some(_lock) = taken.map_err(|error| vault.failed("lock", "lock", error))? else {
        let waited = options.wait;
        return Err(JournalError::Locked { root: root.path().to_owned(), waited });
    };
    let mut discarded = Vec::new();
    if options.discard_damaged {
        discarded = discard_damaged(&vault)?;
    }
    let mut log = Log::new(JournalOptions::default().bound);
    log.refresh(&vault)?;
    let places = Places { root: &root, vault: &vault };
    let mut recovery = finish(places, &mut log)?;
    if options.verify && log.last.is_some() {
        look_again(places, None, &mut recovery)?;
        seal(places, &mut log)?;
    }
    vault.clear_stage()?;
    recovery.kept_aside.extend(discarded);
    Ok(recovery)
}

/// Rename every journal file that is damaged, and say to what.
fn discard_damaged(vault: &Vault) -> Result<KeptAside, JournalError> {
    let mut discarded = Vec::new();
    for number in vault.segments()? {
        match read_segment(vault, number, &mut Vec::new()) {
            Err(JournalError::Damaged { segment, .. }) => {
                let name = file_name(number);
                let aside = format!("{number:08}.damaged");
                let renamed = vault.log.rename(name.as_ref(), &vault.dir, aside.as_ref());
                renamed.map_err(|error| vault.failed("rename", &name, error))?;
                discarded.push((segment, vault.path.join(aside)));
            }
            result => result?,
        }
    }
    Ok(discarded)
}

/// Finish the newest transaction, if it is not, and look again at what a loss of power may have
/// taken. The lock is held.
pub(crate) fn finish(places: Places<'_>, log: &mut Log) -> Result<Recovery, JournalError> {
    let mut recovery = Recovery::default();
    let anew = is_needed(log);
    if anew {
        // Oldest first: the newest begins with what those before it have left.
        let unfinished = log.last.filter(|last| direction(last).is_some());
        look_again(places, unfinished.map(|last| last.id), &mut recovery)?;
    }
    finish_newest(places, log, anew, &mut recovery)?;
    if anew {
        seal(places, log)?;
    }
    Ok(recovery)
}

fn finish_newest(
    places: Places<'_>,
    log: &mut Log,
    anew: bool,
    recovery: &mut Recovery,
) -> Result<(), JournalError> {
    let Some(last) = log.last else { return Ok(()) };
    let Some(direction) = direction(&last) else { return Ok(()) };
    match direction {
        // What is redone must not be taken for uncommitted by the next recovery.
        Direction::Forward => sync_log(places, log)?,
        Direction::Back if !last.status.aborting => {
            log.mark(places.vault, Outcome::Aborting, true)?;
        }
        Direction::Back => {}
    }
    let failed = |(path, source)| JournalError::Io { action: "recover", path, source };
    if anew && direction == Direction::Back {
        // What a loss of power took may be a name under which later content has to be found.
        let kept_aside = run(places, log, &last, Direction::Forward).map_err(failed)?;
        recovery.kept_aside.extend(kept_aside);
    }
    let kept_aside = run(places, log, &last, direction).map_err(failed)?;
    recovery.kept_aside.extend(kept_aside);
    match direction {
        Direction::Forward => {
            log.mark(places.vault, Outcome::Applied, false)?;
            recovery.redone.push(last.id);
        }
        Direction::Back => {
            seal_reverted(places, log)?;
            recovery.undone.push(last.id);
        }
    }
    places.vault.clear_stage()
}

/// Take the newest transaction back; what failed, where it could not be.
pub(crate) fn revert(places: Places<'_>, log: &mut Log) -> Result<(), (PathBuf, io::Error)> {
    let failed = |error: JournalError| match error {
        JournalError::Io { path, source, .. } => (path, source),
        other => (PathBuf::new(), io::Error::other(other)),
    };
    let Some(last) = log.last else { return Ok(()) };
    log.mark(places.vault, Outcome::Aborting, true).map_err(failed)?;
    run(places, log, &last, Direction::Back)?;
    seal_reverted(places, log).map_err(failed)?;
    // What was staged is of no more use, and in nobody's way.
    let _ = places.vault.clear_stage();
    Ok(())
}

/// A transaction that is taken back is not looked at again, so it must have reached the disk.
fn seal_reverted(places: Places<'_>, log: &mut Log) -> Result<(), JournalError> {
    let path = places.root.path();
    sync_all(places.root.dir()).map_err(|error| JournalError::io("sync", path, error))?;
    log.mark(places.vault, Outcome::Reverted, true)
}

fn sync_log(places: Places<'_>, log: &Log) -> Result<(), JournalError> {
    let synced = log.segment.as_ref().map_or(Ok(()), crate::segment::Segment::sync);
    synced.map_err(|error| JournalError::io("sync", &places.vault.path, error))
}

type KeptAside = Vec<(PathBuf, PathBuf)>;

fn run(
    places: Places<'_>,
    log: &Log,
    last: &Last,
    direction: Direction,
) -> Result<KeptAside, (PathBuf, io::Error)> {
    let Some(segment) = &log.segment else { return Ok(Vec::new()) };
    let read = Log::read(segment, last.offset, places.vault);
    let (data, transaction) =
        read.map_err(|error| (places.vault.path.clone(), io::Error::other(error)))?;
    let mut redo = Redo::new(places, segment, data, &transaction, direction);
    redo.run(&transaction.steps)?;
    Ok(redo.kept_aside)
}
