//! `pyagent._core.state`: transactions over many files.

/// Changes to many files as one: transactions, recovery, history and undo.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod state {
    use std::collections::BTreeSet;
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::time::{Duration, SystemTime};

    use pyagent_journal as core;
    use pyo3::prelude::*;
    use pyo3::pybacked::PyBackedBytes;
    use pyo3::types::PyBytes;

    use crate::error;
    use crate::work::interruptible;

    /// From so many changes on a commit runs where Ctrl+C can stop it.
    const LONG: usize = 64;

    /// The journal of a tree.
    #[pyclass(frozen)]
    struct Journal {
        core: Arc<core::Journal>,
        wait: Duration,
    }

    #[pymethods]
    impl Journal {
        /// Open the journal of the tree at `root`, waiting so many seconds for others.
        #[new]
        fn new(py: Python<'_>, root: PathBuf, wait: f64, vault_bytes: u64) -> PyResult<Self> {
            let wait = seconds(wait)?;
            let (core, _) = open(py, root, wait, vault_bytes)?;
            Ok(Self { core: Arc::new(core), wait })
        }

        /// The absolute path of the tree, without links.
        #[getter]
        fn root(&self) -> OsString {
            self.core.root().path().as_os_str().to_owned()
        }

        /// A transaction without changes.
        fn begin(&self) -> Transaction {
            Transaction(Mutex::new(core::Transaction::new(Arc::clone(&self.core))))
        }

        /// Take the lock and keep it.
        fn hold(&self, py: Python<'_>) -> PyResult<()> {
            hold(py, &self.core, self.wait)
        }

        /// Give the lock back.
        fn release(&self) {
            self.core.release();
        }

        /// Commit what is in the transaction, which is empty afterwards: the number of the entry, and how many paths changed.
        fn commit(
            &self,
            py: Python<'_>,
            transaction: &Transaction,
            label: String,
            task: String,
            lineage: Vec<String>,
            in_place: bool,
            provisional: bool,
        ) -> PyResult<(u64, usize)> {
            let meta = core::Meta { label, task, lineage };
            let placement =
                if in_place { core::Placement::InPlace } else { core::Placement::Rename };
            let options = core::CommitOptions { placement, provisional };
            let empty = core::Transaction::new(Arc::clone(&self.core));
            let whole = std::mem::replace(&mut *transaction.inner(), empty);
            let changes = py.detach(|| whole.into_changes());
            let long = changes.len() >= LONG;
            hold(py, &self.core, self.wait)?;
            let cancel = AtomicBool::new(false);
            let work = || self.core.commit(changes, &meta, &options, &cancel);
            let done = if long {
                interruptible(py, work, || cancel.store(true, Ordering::Relaxed), |_| Ok(()))
            } else {
                Ok(py.detach(work))
            };
            // A provisional transaction keeps it.
            self.core.release();
            let done = done?.map_err(|error| error::state(&error))?;
            Ok((done.id, done.files))
        }

        /// Keep a provisional transaction for good.
        fn confirm(&self, py: Python<'_>, id: u64) -> PyResult<()> {
            py.detach(|| self.core.confirm(id)).map_err(|error| error::state(&error))
        }

        /// Take back a provisional transaction.
        fn revert(&self, py: Python<'_>, id: u64) -> PyResult<()> {
            py.detach(|| self.core.revert(id)).map_err(|error| error::state(&error))
        }

        /// Take back entries of the history in one transaction: the number of the entry that does
        /// so, and how many paths changed. `merge` is called with the path of a file that has
        /// changed since, what the entry left, what is there now and what was there before, and
        /// gives what to put there, or `None` to refuse.
        fn undo(
            &self,
            py: Python<'_>,
            ids: BTreeSet<u64>,
            merge: Option<Py<PyAny>>,
            label: String,
            task: String,
            lineage: Vec<String>,
        ) -> PyResult<(u64, usize)> {
            let meta = core::Meta { label, task, lineage };
            hold(py, &self.core, self.wait)?;
            let cancel = AtomicBool::new(false);
            let raised = Mutex::new(None);
            let mut ask = |path: &Path, base: &[u8], ours: &[u8], theirs: &[u8]| {
                let merge = merge.as_ref()?;
                let merged = Python::attach(|py| {
                    let bytes = |bytes: &[u8]| PyBytes::new(py, bytes).unbind();
                    let arguments = (path.as_os_str(), bytes(base), bytes(ours), bytes(theirs));
                    merge.call1(py, arguments)?.extract::<Option<Vec<u8>>>(py)
                });
                merged.unwrap_or_else(|error| {
                    raised.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    None
                })
            };
            let done = interruptible(
                py,
                || self.core.undo(&ids, &mut ask, &meta, &cancel),
                || cancel.store(true, Ordering::Relaxed),
                |_| Ok(()),
            );
            self.core.release();
            if let Some(error) = raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
                return Err(error);
            }
            let done = done?.map_err(|error| error::state(&error))?;
            Ok((done.id, done.files))
        }

        /// What a file held before an entry and after it, where that is known.
        fn contents<'py>(&self, py: Python<'py>, id: u64, path: PathBuf) -> PyResult<Pair<'py>> {
            let found = py.detach(|| self.core.contents(id, &path));
            let (before, after) = found.map_err(|error| error::state(&error))?;
            let bytes =
                |content: Option<Vec<u8>>| content.map(|content| PyBytes::new(py, &content));
            Ok((bytes(before), bytes(after)))
        }

        /// Every entry of the history, oldest first.
        fn history(&self, py: Python<'_>) -> PyResult<Vec<Entry>> {
            let entries = py.detach(|| self.core.history());
            Ok(entries.map_err(|error| error::state(&error))?.into_iter().map(entry).collect())
        }

        /// The journal of the tree at `root` for its history alone.
        #[staticmethod]
        fn open_to_read(py: Python<'_>, root: PathBuf) -> PyResult<Self> {
            let core = py.detach(|| core::Journal::open_to_read(&root));
            let core = Arc::new(core.map_err(|error| error::state(&error))?);
            Ok(Self { core, wait: Duration::ZERO })
        }
    }

    /// A transaction in the history.
    #[pyclass(frozen, get_all)]
    struct Entry {
        /// Its number; later ones have higher numbers.
        id: u64,
        /// When it was committed, in nanoseconds since 1970.
        time_ns: i128,
        /// What was done, in a line.
        label: String,
        /// The task that did it.
        task: String,
        /// The tasks above that one, the outermost first.
        lineage: Vec<String>,
        /// The process that did it.
        process: u32,
        /// What became of it.
        state: &'static str,
        /// The entry that took it back.
        undone_by: Option<u64>,
        /// The entries that it took back.
        undoes: Vec<u64>,
        /// What it did: the kind, the path, the old path of a rename, the mode before and after.
        changes: Vec<EntryChange>,
    }

    type EntryChange = (&'static str, OsString, Option<OsString>, Option<u32>, Option<u32>);

    fn entry(entry: core::Entry) -> Entry {
        let (state, undone_by) = match entry.state {
            core::EntryState::Unfinished => ("unfinished", None),
            core::EntryState::Provisional => ("provisional", None),
            core::EntryState::Applied => ("applied", None),
            core::EntryState::RolledBack => ("rolled back", None),
            core::EntryState::Undone(by) => ("undone", Some(by)),
        };
        let changes = entry.changes.into_iter().map(|change| {
            let from = change.from.map(PathBuf::into_os_string);
            let (old, new) = change.modes;
            (change_name(change.kind), change.path.into_os_string(), from, old, new)
        });
        Entry {
            id: entry.id,
            time_ns: i128::from(entry.time.seconds) * 1_000_000_000 + i128::from(entry.time.nanos),
            label: entry.meta.label,
            task: entry.meta.task,
            lineage: entry.meta.lineage,
            process: entry.process,
            state,
            undone_by,
            undoes: entry.undoes,
            changes: changes.collect(),
        }
    }

    fn change_name(kind: core::EntryChangeKind) -> &'static str {
        match kind {
            core::EntryChangeKind::Added => "added",
            core::EntryChangeKind::Modified => "modified",
            core::EntryChangeKind::Deleted => "deleted",
            core::EntryChangeKind::Renamed => "renamed",
            core::EntryChangeKind::Restored => "restored",
            core::EntryChangeKind::Mode => "mode",
            core::EntryChangeKind::Folder => "folder",
            core::EntryChangeKind::Link => "link",
        }
    }

    /// Two contents, each where it is known.
    type Pair<'py> = (Option<Bound<'py, PyBytes>>, Option<Bound<'py, PyBytes>>);

    /// What recovery did: entries redone, entries taken back, and what was kept aside.
    type Recovered = (Vec<u64>, Vec<u64>, Vec<(OsString, OsString)>);

    /// Finish or take back what a crash left: the entries that were redone, those that were taken
    /// back, and paths at which something else was found, with where that is kept now.
    #[pyfunction]
    fn recover(
        py: Python<'_>,
        root: PathBuf,
        wait: f64,
        verify: bool,
        discard_damaged: bool,
    ) -> PyResult<Recovered> {
        let wait = seconds(wait)?;
        let options = core::RecoverOptions { wait, verify, discard_damaged };
        let cancel = AtomicBool::new(false);
        let recovery = interruptible(
            py,
            || core::recover(&root, &options, &cancel),
            || cancel.store(true, Ordering::Relaxed),
            |_| Ok(()),
        )?;
        let recovery = recovery.map_err(|error| error::state(&error))?;
        let aside = recovery.kept_aside.into_iter();
        let aside = aside.map(|(path, kept)| (path.into_os_string(), kept.into_os_string()));
        Ok((recovery.redone, recovery.undone, aside.collect()))
    }

    /// Changes that are not made yet.
    #[pyclass(frozen)]
    struct Transaction(Mutex<core::Transaction>);

    impl Transaction {
        fn inner(&self) -> MutexGuard<'_, core::Transaction> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Work on the transaction without the GIL, which another thread may need to go on.
        fn with<T: Send>(
            &self,
            py: Python<'_>,
            work: impl FnOnce(&mut core::Transaction) -> Result<T, core::JournalError> + Send,
        ) -> PyResult<T> {
            py.detach(|| work(&mut self.inner())).map_err(|error| error::state(&error))
        }
    }

    #[pymethods]
    impl Transaction {
        /// The content of the file at `path`.
        fn read<'py>(&self, py: Python<'py>, path: PathBuf) -> PyResult<Bound<'py, PyBytes>> {
            let content = self.with(py, |inner| inner.read(&path))?;
            Ok(PyBytes::new(py, &content))
        }

        /// The content that the file at `path` had before; `None` where there was none.
        fn original<'py>(
            &self,
            py: Python<'py>,
            path: PathBuf,
        ) -> PyResult<Option<Bound<'py, PyBytes>>> {
            let content = self.with(py, |inner| inner.original(&path))?;
            Ok(content.map(|content| PyBytes::new(py, &content)))
        }

        /// Give the file at `path` this content.
        fn write(
            &self,
            py: Python<'_>,
            path: PathBuf,
            content: PyBackedBytes,
            mode: Option<u32>,
            mtime_ns: Option<i64>,
        ) -> PyResult<()> {
            let mtime = mtime_ns.map(time).transpose()?;
            self.with(py, |inner| inner.write(&path, content.to_vec(), mode, mtime))
        }

        /// Remove what is at `path`.
        fn delete(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
            self.with(py, |inner| inner.delete(&path))
        }

        /// Give what is at `source` the name `target`.
        fn rename(
            &self,
            py: Python<'_>,
            source: PathBuf,
            target: PathBuf,
            replace: bool,
        ) -> PyResult<()> {
            self.with(py, |inner| inner.rename(&source, &target, replace))
        }

        /// Set the permission bits of what is at `path`.
        fn chmod(&self, py: Python<'_>, path: PathBuf, mode: u32) -> PyResult<()> {
            self.with(py, |inner| inner.set_mode(&path, mode))
        }

        /// Make a folder.
        fn mkdir(&self, py: Python<'_>, path: PathBuf, exist_ok: bool) -> PyResult<()> {
            self.with(py, |inner| inner.make_folder(&path, exist_ok))
        }

        /// Make a symbolic link.
        fn symlink(&self, py: Python<'_>, path: PathBuf, target: PathBuf) -> PyResult<()> {
            self.with(py, |inner| inner.link(&path, &target))
        }

        /// What is at `path`, or at the end of the links that start there: "file", "directory", "symlink", "other" or `None`.
        #[pyo3(signature = (path, *, follow))]
        fn kind(
            &self,
            py: Python<'_>,
            path: PathBuf,
            follow: bool,
        ) -> PyResult<Option<&'static str>> {
            let kind =
                self.with(
                    py,
                    |inner| {
                        if follow { inner.followed_kind(&path) } else { inner.kind(&path) }
                    },
                )?;
            Ok(kind.map(kind_name))
        }

        /// The names in the folder at `path`, sorted.
        fn names(&self, py: Python<'_>, path: PathBuf) -> PyResult<Vec<OsString>> {
            let names = self.with(py, |inner| inner.list(&path))?;
            Ok(names.into_iter().map(|(name, _)| name).collect())
        }

        /// A place to come back to.
        fn savepoint(&self) -> u64 {
            self.inner().savepoint().number()
        }

        /// Take back what was changed since a savepoint.
        fn roll_back_to(&self, savepoint: u64) -> PyResult<()> {
            let savepoint = core::Savepoint::from_number(savepoint);
            self.inner().roll_back_to(savepoint).map_err(|error| error::state(&error))
        }

        /// Give a savepoint up.
        fn release(&self, savepoint: u64) -> PyResult<()> {
            let savepoint = core::Savepoint::from_number(savepoint);
            self.inner().release(savepoint).map_err(|error| error::state(&error))
        }

        /// The changes: what is done, to which path, and where it goes or points to.
        fn changes(&self) -> Vec<(&'static str, OsString, Option<OsString>)> {
            let changes = self.inner().changes();
            changes.into_iter().filter_map(change).collect()
        }
    }

    /// A change in words; `None` for a path that is only checked.
    fn change(change: core::Change) -> Option<(&'static str, OsString, Option<OsString>)> {
        let (kind, other) = match change.kind {
            core::Kind::Write { .. } => ("write", None),
            core::Kind::Delete => ("delete", None),
            core::Kind::Rename { to } => ("rename", Some(to)),
            core::Kind::Mode(_) => ("chmod", None),
            core::Kind::Directory => ("mkdir", None),
            core::Kind::Symlink { target } => ("symlink", Some(target)),
            core::Kind::Restore { .. } => ("restore", None),
            core::Kind::Keep | core::Kind::Withhold { .. } => return None,
        };
        Some((kind, change.path.into_os_string(), other.map(PathBuf::into_os_string)))
    }

    fn kind_name(kind: core::FileKind) -> &'static str {
        match kind {
            core::FileKind::File => "file",
            core::FileKind::Directory => "directory",
            core::FileKind::Symlink => "symlink",
            core::FileKind::Other => "other",
        }
    }

    /// Open a journal; where others have to be waited for, Ctrl+C ends the waiting.
    fn open(
        py: Python<'_>,
        root: PathBuf,
        wait: Duration,
        bound: u64,
    ) -> PyResult<(core::Journal, core::Recovery)> {
        let options = |wait| core::JournalOptions { wait, bound };
        let at_once = options(Duration::ZERO);
        let opened = py.detach(|| core::Journal::open_with_recovery(&root, &at_once));
        let opened = match opened {
            Err(core::JournalError::Locked { .. }) if !wait.is_zero() => interruptible(
                py,
                || core::Journal::open_with_recovery(&root, &options(wait)),
                || {},
                |_| Ok(()),
            )?,
            opened => opened,
        };
        opened.map_err(|error| error::state(&error))
    }

    /// Take the lock; where others have to be waited for, Ctrl+C ends the waiting.
    fn hold(py: Python<'_>, journal: &core::Journal, wait: Duration) -> PyResult<()> {
        let cancel = AtomicBool::new(false);
        let held = py.detach(|| journal.hold(Duration::ZERO, &cancel));
        let held = match held {
            Err(core::JournalError::Locked { .. }) if !wait.is_zero() => interruptible(
                py,
                || journal.hold(wait, &cancel),
                || cancel.store(true, Ordering::Relaxed),
                |_| Ok(()),
            )?,
            held => held,
        };
        held.map_err(|error| error::state(&error))
    }

    fn seconds(wait: f64) -> PyResult<Duration> {
        let bad = || error::config("wait: must be a number of seconds that is not negative", "");
        // Longer than anybody waits, and short enough for every clock.
        Duration::try_from_secs_f64(wait.min(1e9)).map_err(|_| bad())
    }

    fn time(nanos: i64) -> PyResult<SystemTime> {
        let since = Duration::from_nanos(nanos.unsigned_abs());
        let time = if nanos < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(since)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(since)
        };
        time.ok_or_else(|| error::config("mtime_ns: is out of range", ""))
    }
}
