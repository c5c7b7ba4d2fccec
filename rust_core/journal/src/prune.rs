//! The bound on what the vault holds: the oldest segments go, with what their transactions took.

use std::ffi::OsStr;

use crate::apply::Places;
use crate::error::JournalError;
use crate::log::Log;
use crate::record::{Body, HEAD, Outcome};
use crate::segment::{Segment, file_name};
use crate::sys::sync_all;
use crate::vault::{Vault, remove_tree, tree_size};

/// Drop the oldest segments while the vault holds more than `bound` bytes. The newest stays, so the
/// newest transactions can be undone whatever their size.
pub(crate) fn prune(places: Places<'_>, log: &mut Log, bound: u64) -> Result<(), JournalError> {
    let vault = places.vault;
    let mut usage = match log.usage {
        Some(usage) => usage,
        None => measure(vault)?,
    };
    if usage > bound {
        let numbers = vault.segments()?;
        if numbers.len() > 1 {
            make_durable(places, log)?;
        }
        for pair in numbers.windows(2) {
            if usage <= bound {
                break;
            }
            drop_segment(vault, pair[0], first_id(vault, pair[1])?)?;
            usage = measure(vault)?;
        }
    }
    if log.usage != Some(usage) {
        log.set_usage(usage);
    }
    Ok(())
}

/// Once the log is gone nothing can redo what a loss of power takes.
fn make_durable(places: Places<'_>, log: &mut Log) -> Result<(), JournalError> {
    let path = places.root.path();
    sync_all(places.root.dir()).map_err(|error| JournalError::io("sync", path, error))?;
    log.mark(places.vault, Outcome::Durable, true)
}

/// Remove a segment, and what transactions before `kept` took out of the tree.
fn drop_segment(vault: &Vault, number: u64, kept: Option<u64>) -> Result<(), JournalError> {
    let name = file_name(number);
    vault.log.unlink(name.as_ref()).map_err(|error| vault.failed("remove", &name, error))?;
    for (name, _) in vault.list()? {
        let Some(id) = taken_by(&name) else { continue };
        if kept.is_some_and(|kept| id < kept) {
            remove_tree(&vault.dir, &name)
                .map_err(|error| JournalError::io("remove", &vault.path.join(&name), error))?;
        }
    }
    Ok(())
}

/// The transaction that took what is in the slot of this name.
fn taken_by(name: &OsStr) -> Option<u64> {
    let (id, _) = name.to_str()?.strip_suffix(".kept")?.split_once('.')?;
    u64::from_str_radix(id, 16).ok()
}

/// The number of the first transaction in a segment.
fn first_id(vault: &Vault, number: u64) -> Result<Option<u64>, JournalError> {
    let failed = |error| vault.failed("read", &file_name(number), error);
    let Some(segment) = Segment::open_to_read(&vault.log, number).map_err(failed)? else {
        return Ok(None);
    };
    Ok(segment.record_at(HEAD as u64).map_err(failed)?.ok().map(|found| match found.body {
        Body::Transaction(transaction) => transaction.id,
        Body::Mark(mark) => mark.id,
    }))
}

/// Count what the vault holds.
fn measure(vault: &Vault) -> Result<u64, JournalError> {
    let mut sum = 0;
    for (name, _) in vault.list()? {
        if name.as_encoded_bytes().ends_with(b".kept") {
            sum += tree_size(&vault.dir, &name)
                .map_err(|error| JournalError::io("look at", &vault.path.join(&name), error))?;
        }
    }
    for number in vault.segments()? {
        let name = file_name(number);
        let size = tree_size(&vault.log, name.as_ref());
        sum += size.map_err(|error| vault.failed("look at", &name, error))?;
    }
    Ok(sum)
}
