//! The journal of a tree: the one way to change it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::apply::{Failure, Places, apply};
use crate::change::{Change, CommitOptions, Content, Kind, Meta, Placement};
use crate::error::JournalError;
use crate::lock::Lock;
use crate::log::Log;
use crate::plan::{Plan, Planner};
use crate::prune::prune;
use crate::record::{Outcome, Transaction};
use crate::recover::{Recovery, finish, revert};
use crate::root::Root;
use crate::step::Step;
use crate::stream::{Place, Stream};
use crate::vault::Vault;

/// How a journal is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalOptions {
    /// How long to wait for another transaction to end; not at all for zero.
    pub wait: Duration,
    /// How many bytes of history are kept, the oldest going first.
    pub bound: u64,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { wait: Duration::from_secs(10), bound: 256 << 20 }
    }
}

/// A transaction that was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// Its number in the history; 0 where there was nothing to do.
    pub id: u64,
    /// How many paths it changed.
    pub files: usize,
}

/// The journal of one tree.
///
/// It is opened once and used for any number of transactions, from any thread; what other
/// processes do to the same tree meanwhile is seen at each of them.
#[derive(Debug)]
pub struct Journal {
    pub(crate) root: Root,
    options: JournalOptions,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) vault: Option<Vault>,
    log: Log,
    /// Held from one call to the next: by the caller's wish, or for a provisional transaction.
    lock: Option<Lock>,
    /// The provisional transaction that waits to be confirmed.
    pending: Option<u64>,
}

impl Journal {
    /// The journal of the tree at `root`, with what a crash left brought to an end. A tree that
    /// has no journal yet gets one with its first transaction.
    pub fn open(root: &Path, options: &JournalOptions) -> Result<Self, JournalError> {
        Self::open_with_recovery(root, options).map(|(journal, _)| journal)
    }

    /// [`Journal::open`], and what recovery did.
    pub fn open_with_recovery(
        root: &Path,
        options: &JournalOptions,
    ) -> Result<(Self, Recovery), JournalError> {
        let root = Root::open(root)?;
        let vault = Vault::open(&root)?;
        let state = State { vault, log: Log::new(options.bound), lock: None, pending: None };
        let journal = Self { root, options: *options, state: Mutex::new(state) };
        let mut recovery = Recovery::default();
        let mut state = journal.state();
        if state.vault.is_some() {
            (_, recovery) = journal.enter(&mut state, options.wait, &AtomicBool::new(false))?;
        }
        drop(state);
        Ok((journal, recovery))
    }

    /// The journal of the tree at `root` for its history alone: nothing is recovered, and nobody
    /// is waited for.
    pub fn open_to_read(root: &Path) -> Result<Self, JournalError> {
        let root = Root::open(root)?;
        let options = JournalOptions::default();
        let state = State {
            vault: Vault::open(&root)?,
            log: Log::new(options.bound),
            lock: None,
            pending: None,
        };
        Ok(Self { root, options, state: Mutex::new(state) })
    }

    /// How it was opened.
    pub fn options(&self) -> JournalOptions {
        self.options
    }

    /// The tree.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Change the tree: all of it or nothing, whatever happens.
    ///
    /// Every expectation is checked first; then everything is logged and made durable, which is
    /// the commit point; then it is done. `cancel` is looked at before the commit point only.
    pub fn commit(
        &self,
        changes: Vec<Change>,
        meta: &Meta,
        options: &CommitOptions,
        cancel: &AtomicBool,
    ) -> Result<Commit, JournalError> {
        self.commit_undo(changes, meta, options, Vec::new(), cancel)
    }

    /// [`Journal::commit`] of a transaction that takes others back.
    pub(crate) fn commit_undo(
        &self,
        changes: Vec<Change>,
        meta: &Meta,
        options: &CommitOptions,
        undoes: Vec<u64>,
        cancel: &AtomicBool,
    ) -> Result<Commit, JournalError> {
        let mut state = self.state();
        if let Some(id) = state.pending {
            return Err(JournalError::EntryState { id, reason: "is neither confirmed nor undone" });
        }
        if changes.is_empty() {
            return Ok(Commit { id: 0, files: 0 });
        }
        if state.vault.is_none() {
            state.vault = Some(Vault::create(&self.root)?);
        }
        let (lock, _) = self.enter(&mut state, self.options.wait, cancel)?;
        let State { vault: Some(vault), log, .. } = &mut *state else {
            return Ok(Commit { id: 0, files: 0 });
        };
        let places = Places { root: &self.root, vault };
        let id = log.next_id();
        let stream = log.stream(vault, size(&changes, options.placement))?;
        let planner = Planner {
            root: &self.root,
            vault,
            id,
            placement: options.placement,
            cancel,
            stream: stream.as_ref(),
        };
        let plan = match planner.plan(changes) {
            Ok(plan) if !plan.steps.is_empty() => plan,
            other => {
                let _ = Log::abandon(vault, stream);
                return match other {
                    Ok(_) => Ok(Commit { id: 0, files: 0 }),
                    Err(error) => {
                        let _ = vault.clear_stage();
                        Err(error)
                    }
                };
            }
        };
        let files = plan.steps.len();
        let transaction = Transaction {
            id,
            time: SystemTime::now().into(),
            boot: log.boot(),
            process: std::process::id(),
            provisional: options.provisional,
            undoes,
            meta: meta.clone(),
            steps: Vec::new(),
        };
        write(places, log, plan, transaction, stream)?;
        // The commit is made; that the history is too long is no reason to say it failed.
        let _ = prune(places, log, self.options.bound);
        if options.provisional {
            state.pending = Some(id);
            state.lock = state.lock.take().or(lock);
        }
        Ok(Commit { id, files })
    }

    /// Keep a provisional transaction for good.
    pub fn confirm(&self, id: u64) -> Result<(), JournalError> {
        let mut state = self.state();
        if state.pending != Some(id) {
            return Err(JournalError::EntryState { id, reason: "is not waiting to be confirmed" });
        }
        if let State { vault: Some(vault), log, .. } = &mut *state {
            log.mark(vault, Outcome::Confirmed, true)?;
        }
        state.pending = None;
        state.lock = None;
        Ok(())
    }

    /// Take back a provisional transaction.
    pub fn revert(&self, id: u64) -> Result<(), JournalError> {
        let mut state = self.state();
        if state.pending != Some(id) {
            return Err(JournalError::EntryState { id, reason: "is not provisional" });
        }
        if let State { vault: Some(vault), log, .. } = &mut *state {
            revert(Places { root: &self.root, vault }, log).map_err(|(path, source)| {
                JournalError::Stranded { action: "restore", path, source }
            })?;
        }
        state.pending = None;
        state.lock = None;
        Ok(())
    }

    /// Take the lock, waiting for it so long, and keep it until [`Journal::release`], so that no
    /// other transaction comes between what is read now and what is committed later.
    pub fn hold(&self, wait: Duration, cancel: &AtomicBool) -> Result<(), JournalError> {
        let mut state = self.state();
        if state.vault.is_none() {
            state.vault = Some(Vault::create(&self.root)?);
        }
        let (lock, _) = self.enter(&mut state, wait, cancel)?;
        state.lock = state.lock.take().or(lock);
        Ok(())
    }

    /// Give back what [`Journal::hold`] took.
    pub fn release(&self) {
        let mut state = self.state();
        if state.pending.is_none() {
            state.lock = None;
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Take the lock, unless it is held, see what others did, and finish what they left.
    fn enter(
        &self,
        state: &mut State,
        wait: Duration,
        cancel: &AtomicBool,
    ) -> Result<(Option<Lock>, Recovery), JournalError> {
        let State { vault: Some(vault), log, lock, .. } = state else {
            return Ok((None, Recovery::default()));
        };
        if lock.is_some() {
            return Ok((None, Recovery::default()));
        }
        let taken = Lock::acquire(&vault.dir, wait, cancel)
            .map_err(|error| vault.failed("lock", "lock", error))?;
        let Some(taken) = taken else {
            let root = self.root.path().to_owned();
            let locked = JournalError::Locked { root, waited: wait };
            let cancelled = cancel.load(Ordering::Relaxed);
            return Err(if cancelled { JournalError::Cancelled } else { locked });
        };
        log.refresh(vault)?;
        let recovery = finish(Places { root: &self.root, vault }, log)?;
        Ok((Some(taken), recovery))
    }
}

/// Log the plan, which is the commit point, and do it; take it back where that fails.
fn write(
    places: Places<'_>,
    log: &mut Log,
    mut plan: Plan,
    mut transaction: Transaction,
    stream: Option<Stream>,
) -> Result<(), JournalError> {
    lay_out(&mut plan);
    transaction.steps = std::mem::take(&mut plan.steps);
    let data: Vec<&[u8]> =
        plan.payloads.iter().flat_map(|payload| [&*payload.fresh, &*payload.old]).collect();
    let appended = match stream {
        Some(stream) => log.append_streamed(places.vault, &transaction, stream),
        None => log.append(places.vault, &transaction, &data),
    };
    appended.inspect_err(|_| _ = places.vault.clear_stage())?;
    plan.steps = transaction.steps;
    match apply(places, &plan, log.segment.as_ref()) {
        // Where the note is lost, recovery finds everything done and makes it again.
        Ok(()) => {
            let _ = log.mark(places.vault, Outcome::Applied, false);
            Ok(())
        }
        Err(Failure { action, path, source }) => Err(match revert(places, log) {
            Ok(()) => JournalError::RolledBack { action, path, source },
            Err(_) => JournalError::Stranded { action, path, source },
        }),
    }
}

/// About how many bytes changes log. Of a content that is at hand and goes into the file itself, that
/// is what differs, which may be little: it is not counted.
fn size(changes: &[Change], placement: Placement) -> u64 {
    let length = |change: &Change| match &change.kind {
        Kind::Write { content: Content::Whole(_), .. } if placement == Placement::InPlace => 0,
        Kind::Write { content, .. } => content.length() as u64,
        _ => 0,
    };
    changes.iter().map(length).sum()
}

/// Give each write its place in the data of the record.
fn lay_out(plan: &mut Plan) {
    let mut offset = 0;
    let writes = plan.steps.iter_mut().filter_map(|step| match step {
        Step::Write(write) => Some(write),
        _ => None,
    });
    for (write, payload) in writes.zip(&plan.payloads) {
        write.data.offset = payload.place.as_ref().map_or(offset, Place::offset);
        offset += write.data.fresh + write.data.old;
    }
}
