//! Writing what was planned, all of it or nothing, as one transaction of the journal.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pyagent_journal::{
    Change, Commit, CommitOptions, Content, Expected, Journal, JournalError, JournalOptions, Kind,
    Meta, Placement, Rewrite, Splice,
};
use rayon::prelude::*;

use crate::error::{Drift, ReplaceError, StaleFile};
use crate::plan::{Plan, PlannedFile};
use crate::tree::Progress;

/// Replacements that are no further apart are undone as one.
const GAP: usize = 32;

/// How a plan is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Write new files aside and rename them over the old ones, so that a reader sees the old
    /// contents or the new and never a mix; slower. Otherwise files are written in place and stay
    /// the same inode.
    pub strict: bool,
    /// Give files back their time of modification.
    pub keep_times: bool,
    /// What the history says about it.
    pub meta: Meta,
    /// How long to wait for another transaction.
    pub wait: Duration,
    /// How large the journal may grow.
    pub vault_bytes: u64,
}

impl Plan {
    /// Replace everything that was planned, in one transaction that the history can undo; `None`
    /// where nothing was planned.
    ///
    /// Nothing is written where a file is no longer as it was: every such file is in the
    /// [`ReplaceError::Stale`]. Cancelling leaves either nothing done or everything.
    pub fn apply(
        self: &Arc<Self>,
        options: &ApplyOptions,
        progress: &Progress,
    ) -> Result<Option<Commit>, ReplaceError> {
        if self.files.is_empty() {
            return Ok(None);
        }
        let change = |index| self.change(index, options, progress);
        let changes = (0..self.files.len()).map(change).collect();
        let placement = if options.strict { Placement::Rename } else { Placement::InPlace };
        let journal_options = JournalOptions { wait: options.wait, bound: options.vault_bytes };
        let commit_options = CommitOptions { placement, provisional: false };
        let journal = Journal::open(&self.root, &journal_options)?;
        match journal.commit(changes, &options.meta, &commit_options, &progress.cancelled) {
            Ok(commit) => Ok(Some(commit)),
            Err(JournalError::Cancelled) => Err(ReplaceError::Cancelled),
            Err(error) => Err(self.explain(error, options.strict)),
        }
    }

    /// The change for the journal to one file.
    fn change(
        self: &Arc<Self>,
        index: usize,
        options: &ApplyOptions,
        progress: &Progress,
    ) -> Change {
        let PlannedFile { path, mtime, .. } = &self.files[index];
        let (plan, done) = (Arc::clone(self), Arc::clone(&progress.done));
        let kind = Kind::Write {
            content: Content::Made(Arc::new(Planned { plan, index, done })),
            mode: None,
            mtime: mtime.filter(|_| options.keep_times),
        };
        Change { path: path.clone(), kind, expected: Expected::Any }
    }

    /// Which files are no longer as they were. Where files are to be written in place, one that may
    /// not be written is among them.
    pub fn stale(&self, in_place: bool) -> Vec<StaleFile> {
        let drifts = self.files.par_iter().filter_map(|file| {
            let drift = drift(&self.root.join(&file.path), file, in_place)?;
            Some(StaleFile { path: file.path.clone(), drift })
        });
        drifts.collect()
    }

    /// The files behind an error of the journal, if there are any.
    fn explain(&self, error: JournalError, strict: bool) -> ReplaceError {
        let by_files = matches!(
            error,
            JournalError::Conflict { .. }
                | JournalError::Io { .. }
                | JournalError::Path { .. }
                | JournalError::RolledBack { .. }
        );
        let stale = if by_files { self.stale(!strict) } else { Vec::new() };
        if stale.is_empty() { error.into() } else { ReplaceError::Stale(stale) }
    }
}

/// One file of a plan, for the journal to ask when it has read it.
#[derive(Debug)]
struct Planned {
    plan: Arc<Plan>,
    index: usize,
    done: Arc<AtomicUsize>,
}

impl Planned {
    fn file(&self) -> &PlannedFile {
        &self.plan.files[self.index]
    }
}

impl Rewrite for Planned {
    fn length(&self) -> usize {
        self.file().before().len()
    }

    fn fits(&self, old: &[u8]) -> bool {
        self.file().before() == old
    }

    fn rewrite(&self, _: &[u8], new: &mut Vec<u8>) -> Option<Vec<Splice>> {
        self.done.fetch_add(1, Ordering::Relaxed);
        let file = self.file();
        file.replace_into(new);
        file.text.is_none().then(|| file.reverse())
    }
}

impl PlannedFile {
    /// How the old bytes are had from the new. What lies between two replacements goes along where
    /// it is short: that takes less room than a splice of its own.
    fn reverse(&self) -> Vec<Splice> {
        let mut splices: Vec<Splice> = Vec::new();
        let (mut from, mut at) = (0, self.mark);
        for &edit in &self.edits.list {
            let range = edit.range();
            let start = at + (range.start - from);
            let end = start + self.edits.insert(edit).len();
            match splices.last_mut() {
                Some(last) if start - last.new.end <= GAP => {
                    last.new.end = end;
                    last.old += range.end - from;
                }
                _ => splices.push(Splice { new: start..end, old: range.len() }),
            }
            (from, at) = (range.end, end);
        }
        splices
    }
}

/// How a file differs from what was planned; `None` where it does not.
fn drift(path: &Path, file: &PlannedFile, in_place: bool) -> Option<Drift> {
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Some(Drift::Permission);
        }
        Err(_) => return Some(Drift::Vanished),
    };
    if metadata.is_dir() {
        return Some(Drift::Folder);
    }
    if !metadata.is_file() {
        return Some(Drift::Special);
    }
    let mut bytes = Vec::new();
    let opened = OpenOptions::new().read(true).write(in_place).open(path);
    match opened.and_then(|mut file| file.read_to_end(&mut bytes)) {
        Ok(_) if bytes == file.before() => None,
        Ok(_) => Some(Drift::Changed),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(Drift::Vanished),
        Err(_) => Some(Drift::Permission),
    }
}
