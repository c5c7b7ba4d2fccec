//! Measuring every Python file under some paths, in parallel.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pyagent_source::{FindOptions, SourceError, find};
use rayon::prelude::*;
use thiserror::Error;

use crate::cache::Cache;
use crate::pool;
use crate::{Failure, FileMetrics, ModuleMetrics, Selection, measure_file};

/// What to measure, and how.
#[derive(Debug, Clone)]
pub struct TreeOptions {
    /// Which metrics.
    pub selection: Selection,
    /// Which files, and on how many threads.
    pub find: FindOptions,
    /// A file that keeps the metrics of files that do not change from one run to the next.
    pub cache: Option<PathBuf>,
}

/// How far a measurement is, to be read, and ended, from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
}

impl Progress {
    /// Files measured, and files found so far.
    pub fn get(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// End the measurement at the next file.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Why a tree was not measured at all.
#[derive(Debug, Error)]
pub enum TreeError {
    /// A glob that is none.
    #[error("{0}")]
    Glob(#[from] globset::Error),
    /// The threads could not be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The cache cannot be written.
    #[error("cannot write the cache {}: {error}", path.display())]
    Cache {
        /// The cache file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// [`Progress::cancel`] was called.
    #[error("cancelled")]
    Cancelled,
}

/// Measure the Python files under `roots`; sorted by path. Files and folders that cannot be read
/// or parsed are among them, with the reason.
pub fn measure_tree(
    roots: &[PathBuf],
    options: &TreeOptions,
    progress: &Progress,
) -> Result<Vec<Arc<FileMetrics>>, TreeError> {
    let (found, unreadable) = find(roots, &options.find)?;
    progress.total.store(found.len(), Ordering::Relaxed);
    let cache = options.cache.as_deref().map(|path| Cache::open(path, options.selection));
    let measured = pool::run(options.find.threads, || {
        let all = found.par_iter().with_max_len(1).map(|file| {
            if progress.is_cancelled() {
                return Err(TreeError::Cancelled);
            }
            let metrics = one(&file.path, options.selection, cache.as_ref());
            progress.done.fetch_add(1, Ordering::Relaxed);
            Ok(metrics)
        });
        all.collect::<Result<Vec<_>, _>>()
    });
    let mut files = measured??;
    if let Some(cache) = cache {
        cache.save().map_err(|error| TreeError::Cache {
            path: options.cache.clone().unwrap_or_default(),
            error,
        })?;
    }
    files.extend(unreadable.into_iter().map(|place| {
        let failure = Failure { reason: place.reason, line: None, column: None };
        Arc::new(FileMetrics { path: display(&place.path), outcome: Err(failure) })
    }));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn one(path: &Path, selection: Selection, cache: Option<&Cache>) -> Arc<FileMetrics> {
    let measure = || guarded(|| measure_file(path, selection));
    match cache {
        Some(cache) => cache.get_or(path, measure),
        None => Arc::new(FileMetrics { path: display(path), outcome: measure() }),
    }
}

/// Run `measure`, and take a panic in it, which would be a fault of the parser or of ours, for a
/// failure of the file that caused it.
fn guarded(
    measure: impl FnOnce() -> Result<ModuleMetrics, SourceError>,
) -> Result<ModuleMetrics, Failure> {
    match catch_unwind(AssertUnwindSafe(measure)) {
        Ok(Ok(metrics)) => Ok(metrics),
        Ok(Err(error)) => {
            Err(Failure { reason: error.to_string(), line: error.line(), column: error.column() })
        }
        Err(_) => Err(Failure {
            reason: "internal error: the parser panicked; please report this file".to_owned(),
            line: None,
            column: None,
        }),
    }
}

/// A path as it is reported: with `/` on every system.
pub(crate) fn display(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}
