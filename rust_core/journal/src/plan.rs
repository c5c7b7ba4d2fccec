//! From changes to steps: everything is looked at and checked before anything is changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::change::{Change, Digest, Expected, Placement};
use crate::error::JournalError;
use crate::order::{NewContent, Ordered, is_apart};
use crate::overlay::Base;
use crate::prepare::{Context, Payload, prepare};
use crate::root::Root;
use crate::step::{Identity, Slot, Step};
use crate::stream::Stream;
use crate::sys::Stat;
use crate::vault::{Vault, tree_size};

/// The steps of a transaction, and the content of its writes.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// One for each write among the steps, in their order.
    pub(crate) payloads: Vec<Payload>,
}

/// Why a change cannot be made.
#[derive(Debug)]
pub(crate) enum Problem {
    /// What is there is not what was expected.
    Conflict(PathBuf, &'static str),
    Error(JournalError),
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        Self::Error(error)
    }
}

/// What arrives under a name that was free or is made so.
enum Arrival {
    Folder,
    /// From another name, by way of the vault.
    Renamed(PathBuf, Identity),
    Slot(Slot, Identity),
}

type Arrivals = BTreeMap<PathBuf, Arrival>;

/// What is needed to look and to stage.
pub(crate) struct Planner<'a> {
    pub(crate) root: &'a Root,
    pub(crate) vault: &'a Vault,
    pub(crate) id: u64,
    pub(crate) placement: Placement,
    pub(crate) cancel: &'a AtomicBool,
    /// Where the data of writes is logged meanwhile, where there is much of it.
    pub(crate) stream: Option<&'a Stream>,
}

impl Planner<'_> {
    /// Check every change and stage what is written; all conflicts are found, not only the first.
    pub(crate) fn plan(&self, changes: Vec<Change>) -> Result<Plan, JournalError> {
        let mut ordered = Ordered::new(changes)?;
        let writes = std::mem::take(&mut ordered.writes);
        let mut conflicts = Vec::new();
        let mut plan = Plan::default();
        self.structure(&ordered, &mut plan, &mut conflicts)?;
        self.writes(writes, &ordered, &mut plan, &mut conflicts)?;
        self.modes(&ordered, &mut plan, &mut conflicts)?;
        for (path, expected) in &ordered.keeps {
            sort_out(self.kept(path, *expected), &mut conflicts)?;
        }
        if self.cancel.load(Ordering::Relaxed) {
            return Err(JournalError::Cancelled);
        }
        if conflicts.is_empty() {
            return Ok(plan);
        }
        conflicts.sort_unstable();
        Err(JournalError::Conflict { paths: conflicts })
    }

    /// What leaves its place, what arrives, new folders and links.
    fn structure(
        &self,
        ordered: &Ordered,
        plan: &mut Plan,
        conflicts: &mut Vec<(PathBuf, &'static str)>,
    ) -> Result<(), JournalError> {
        let names = ordered.names();
        let mut takes = BTreeMap::new();
        let mut moves = Vec::new();
        let mut arrivals = Arrivals::new();
        for (path, &expected) in &ordered.deletes {
            if let Some(stat) = sort_out(self.leaving(path, expected), conflicts)? {
                takes.insert(path.clone(), stat);
            }
        }
        for (from, (to, expected)) in &ordered.renames {
            let Some(stat) = sort_out(self.leaving(from, *expected), conflicts)? else { continue };
            sort_out(self.is_free(to, ordered), conflicts)?;
            let identity = stat.identity();
            if is_apart(from, &names) && is_apart(to, &names) && !self.is_same(to, identity)? {
                moves.push(Step::Move { from: from.clone(), to: to.clone(), identity });
            } else {
                takes.insert(from.clone(), stat);
                arrivals.insert(to.clone(), Arrival::Renamed(from.clone(), identity));
            }
        }
        for path in ordered.folders.keys() {
            sort_out(self.is_free(path, ordered), conflicts)?;
            arrivals.insert(path.clone(), Arrival::Folder);
        }
        let context = Context { planner: self, ordered };
        let new = ordered.renames.values().map(|(to, _)| to).chain(ordered.folders.keys());
        for path in new.chain(ordered.links.keys()).chain(ordered.restores.keys()) {
            sort_out(context.check_parent(path), conflicts)?;
        }
        let slots = self.take(takes, plan)?;
        self.restore(ordered, plan, &mut arrivals, conflicts)?;
        plan.steps.append(&mut moves);
        plan.steps.extend(arrivals.into_iter().filter_map(|(path, from)| match from {
            Arrival::Folder => Some(Step::Folder { path }),
            Arrival::Slot(slot, identity) => Some(Step::Put { slot, path, identity }),
            Arrival::Renamed(from, identity) => {
                slots.get(&from).map(|&slot| Step::Put { slot, path, identity })
            }
        }));
        for (path, (target, _)) in &ordered.links {
            sort_out(self.is_free(path, ordered), conflicts)?;
            plan.steps.push(Step::Link { path: path.clone(), target: target.clone() });
        }
        Ok(())
    }

    /// Steps that take things into the vault, what is deepest first.
    fn take(
        &self,
        takes: BTreeMap<PathBuf, Stat>,
        plan: &mut Plan,
    ) -> Result<BTreeMap<PathBuf, Slot>, JournalError> {
        let mut slots = BTreeMap::new();
        let mut number = 0;
        for (path, stat) in takes.into_iter().rev() {
            let slot = self.free_slot(&mut number)?;
            let bytes = if stat.is_dir() { self.size(&path)? } else { stat.size };
            slots.insert(path.clone(), slot);
            plan.steps.push(Step::Take { path, slot, identity: stat.identity(), bytes });
        }
        Ok(slots)
    }

    /// The next slot of this transaction. One that is taken was left by a transaction of the same
    /// number, in a journal file that was damaged and put aside.
    fn free_slot(&self, number: &mut u64) -> Result<Slot, JournalError> {
        loop {
            let slot = Slot { id: self.id, number: *number };
            *number += 1;
            let there = self.vault.slot(slot);
            if there.map_err(|error| self.vault.failed("look at", &slot.name(), error))?.is_none() {
                return Ok(slot);
            }
        }
    }

    /// What comes out of the vault. What is inside something else there, and is to be elsewhere or
    /// nowhere, gets a slot of its own before.
    fn restore(
        &self,
        ordered: &Ordered,
        plan: &mut Plan,
        arrivals: &mut Arrivals,
        conflicts: &mut Vec<(PathBuf, &'static str)>,
    ) -> Result<(), JournalError> {
        let mut lifts = BTreeMap::new();
        for (from, inner) in &ordered.withheld {
            if self.vault.stat_in(*from, inner)?.is_some() {
                lifts.insert((*from, inner.clone()), None);
            }
        }
        for (path, (slot, inner)) in &ordered.restores {
            sort_out(self.is_free(path, ordered), conflicts)?;
            let Some(stat) = self.vault.stat_in(*slot, inner)? else {
                conflicts.push((path.clone(), "is not kept any more"));
                continue;
            };
            if inner.as_os_str().is_empty() {
                arrivals.insert(path.clone(), Arrival::Slot(*slot, stat.identity()));
            } else {
                lifts.insert((*slot, inner.clone()), Some((path.clone(), stat.identity())));
            }
        }
        let mut number = plan.steps.len() as u64;
        // What is deepest first, as with everything that leaves its place.
        for ((from, inner), to) in lifts.into_iter().rev() {
            let slot = self.free_slot(&mut number)?;
            plan.steps.push(Step::Lift { from, inner, slot });
            if let Some((path, identity)) = to {
                arrivals.insert(path, Arrival::Slot(slot, identity));
            }
        }
        Ok(())
    }

    fn size(&self, path: &Path) -> Result<u64, JournalError> {
        let failed = |error| JournalError::io("look at", path, error);
        let parent = path.parent().unwrap_or(Path::new(""));
        let folder = self.root.dir().descend(parent).map_err(failed)?;
        tree_size(&folder, path.file_name().unwrap_or_default()).map_err(failed)
    }

    /// What is at a path that is deleted or renamed, as it was expected.
    fn leaving(&self, path: &Path, expected: Expected) -> Result<Stat, Problem> {
        let Some(stat) = self.root.stat(path)? else {
            return Err(Problem::Conflict(path.to_owned(), "is gone"));
        };
        if stat.device != self.vault.device {
            return Err(JournalError::OtherDevice { path: path.to_owned() }.into());
        }
        if stat.links > 0
            && let Expected::Digest(digest) = expected
        {
            self.check_content(path, &stat, &digest)?;
        } else if expected == Expected::Absent {
            return Err(Problem::Conflict(path.to_owned(), "exists"));
        }
        Ok(stat)
    }

    /// That what is only to be as expected is so.
    fn kept(&self, path: &Path, expected: Expected) -> Result<(), Problem> {
        match (self.root.stat(path)?, expected) {
            (_, Expected::Any) | (None, Expected::Absent) => Ok(()),
            (Some(_), Expected::Absent) => Err(Problem::Conflict(path.to_owned(), "exists")),
            (None, Expected::Digest(_)) => Err(Problem::Conflict(path.to_owned(), "is gone")),
            (Some(stat), Expected::Digest(digest)) => self.check_content(path, &stat, &digest),
        }
    }

    fn check_content(&self, path: &Path, stat: &Stat, digest: &Digest) -> Result<(), Problem> {
        if !stat.is_file() {
            return Err(Problem::Conflict(path.to_owned(), "is no regular file any more"));
        }
        let content = self.root.read(path)?;
        if blake3::hash(&content).as_bytes() == digest {
            Ok(())
        } else {
            Err(Problem::Conflict(path.to_owned(), "has changed"))
        }
    }

    /// That nothing will be at `path` by the time something arrives there.
    fn is_free(&self, path: &Path, ordered: &Ordered) -> Result<(), Problem> {
        let leaves = path.ancestors().any(|above| ordered.leaves(above));
        let arrives =
            |above: &Path| ordered.source(above).is_some() || ordered.restores.contains_key(above);
        // Below what arrives the transaction itself has looked.
        if leaves || path.ancestors().skip(1).any(arrives) {
            return Ok(());
        }
        let Some(there) = self.root.stat(path)? else { return Ok(()) };
        // Where cases are not told apart, it may be what is renamed.
        let itself = match ordered.source(path) {
            Some(source) => self.is_same(source, there.identity())?,
            None => false,
        };
        if itself { Ok(()) } else { Err(Problem::Conflict(path.to_owned(), "exists")) }
    }

    /// Whether the name `to` already stands for what is to get it, on a file system that does not
    /// tell cases apart.
    fn is_same(&self, to: &Path, identity: Identity) -> Result<bool, JournalError> {
        Ok(self.root.stat(to)?.is_some_and(|stat| stat.identity() == identity))
    }

    fn writes(
        &self,
        writes: Vec<NewContent>,
        ordered: &Ordered,
        plan: &mut Plan,
        conflicts: &mut Vec<(PathBuf, &'static str)>,
    ) -> Result<(), JournalError> {
        let context = Context { planner: self, ordered };
        for prepared in prepare(&context, writes) {
            if let Some(Some((write, payload))) = sort_out(prepared, conflicts)? {
                plan.steps.push(Step::Write(Box::new(write)));
                plan.payloads.push(payload);
            }
        }
        Ok(())
    }

    /// Modes, what is deepest first: a folder may become one that is not to be entered.
    fn modes(
        &self,
        ordered: &Ordered,
        plan: &mut Plan,
        conflicts: &mut Vec<(PathBuf, &'static str)>,
    ) -> Result<(), JournalError> {
        for (path, &(new, expected)) in ordered.modes.iter().rev() {
            let old = match ordered.origin(path) {
                Some(Base::Tree(source)) => sort_out(self.leaving(&source, expected), conflicts)?,
                Some(Base::Slot(slot, rest)) => self.vault.stat_in(slot, &rest)?,
                None => None,
            };
            let made = || mode_of_new(path, ordered, plan);
            match old.map(|stat| stat.mode).or_else(made) {
                Some(old) => plan.steps.push(Step::Mode { path: path.clone(), old, new }),
                None => conflicts.push((path.clone(), "is gone")),
            }
        }
        Ok(())
    }
}

/// The mode to go back to for something that the transaction makes: none that matters.
fn mode_of_new(path: &Path, ordered: &Ordered, plan: &Plan) -> Option<u32> {
    let written = plan.steps.iter().any(|step| step.path() == path);
    (written || ordered.folders.contains_key(path)).then_some(0o700)
}

/// Put a conflict to the others; an error ends the planning.
fn sort_out<T>(
    result: Result<T, Problem>,
    conflicts: &mut Vec<(PathBuf, &'static str)>,
) -> Result<Option<T>, JournalError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Problem::Conflict(path, how)) => {
            conflicts.push((path, how));
            Ok(None)
        }
        Err(Problem::Error(error)) => Err(error),
    }
}
