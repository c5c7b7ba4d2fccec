//! Searching a whole tree on all cores.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkState};

use crate::error::ReplaceError;
use crate::plan::{Plan, PlannedFile};
use crate::query::{Query, Replacer};
use crate::scan::{Reason, Scanner};
use crate::shelf::Shelf;
use crate::walk::{Scope, Walk};

/// How many replacements are planned at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In each file.
    pub per_file: usize,
    /// In all files together, in the order of their paths.
    pub total: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_file: usize::MAX, total: usize::MAX }
    }
}

/// What a caller sees of the work from another thread, and how it stops it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Set to stop.
    pub cancelled: AtomicBool,
    /// Files that were looked at, or written.
    pub done: Arc<AtomicUsize>,
}

impl Progress {
    /// Whether to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Search the files of the scope and plan the replacements.
pub fn plan(
    query: &Query,
    scope: &Scope,
    limits: Limits,
    progress: &Progress,
) -> Result<Plan, ReplaceError> {
    let replacer = Replacer::new(query)?;
    let walk = Walk::new(scope)?;
    let all = Mutex::new(Found::default());
    walk.builder.build_parallel().run(|| {
        let scanner = Scanner {
            replacer: replacer.clone(),
            scope,
            limit: limits.per_file.min(limits.total).saturating_add(1),
            cancelled: &progress.cancelled,
            buffer: Vec::new(),
            shelf: Shelf::default(),
        };
        let mut visitor =
            Visitor { walk: &walk, scanner, progress, into: &all, found: Found::default() };
        Box::new(move |entry| visitor.visit(entry))
    });
    if progress.is_cancelled() {
        return Err(ReplaceError::Cancelled);
    }
    let found = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut plan = Plan {
        root: walk.root,
        files: found.files,
        skipped: found.skipped,
        scanned: progress.done.load(Ordering::Relaxed),
        limited: false,
    };
    plan.settle(limits);
    Ok(plan)
}

#[derive(Default)]
struct Found {
    files: Vec<PlannedFile>,
    skipped: Vec<(PathBuf, Reason)>,
}

/// What one thread of the walk finds, handed over when the thread ends.
struct Visitor<'a> {
    walk: &'a Walk,
    scanner: Scanner<'a>,
    progress: &'a Progress,
    into: &'a Mutex<Found>,
    found: Found,
}

impl Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.progress.is_cancelled() {
            return WalkState::Quit;
        }
        match entry {
            Ok(entry) if self.walk.is_candidate(&entry) => self.file(&entry),
            Ok(_) => {}
            Err(error) => {
                let (path, reason) = place(&error);
                let path =
                    path.map_or_else(|| self.walk.root.clone(), |path| self.walk.below(&path));
                self.found.skipped.push((path, Reason::Unreadable(reason)));
            }
        }
        WalkState::Continue
    }

    fn file(&mut self, entry: &DirEntry) {
        let below = || self.walk.below(entry.path());
        match self.scanner.scan(entry.path()) {
            Ok(None) => {}
            Ok(Some(planned)) => self.found.files.push(PlannedFile { path: below(), ..planned }),
            Err(reason) => self.found.skipped.push((below(), reason)),
        }
        self.progress.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut all = self.into.lock().unwrap_or_else(PoisonError::into_inner);
        all.files.append(&mut self.found.files);
        all.skipped.append(&mut self.found.skipped);
    }
}

/// Where the walk failed, and why.
fn place(error: &ignore::Error) -> (Option<PathBuf>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path.clone()), place(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            place(err)
        }
        other => (None, other.to_string()),
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
