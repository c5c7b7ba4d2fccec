//! Changes put into an order in which each can be done, whatever order they were named in:
//! everything that leaves its place, then what arrives, then what is new, then modes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::change::{Change, Content, Expected, Kind};
use crate::error::JournalError;
use crate::overlay::Base;
use crate::step::Slot;

/// The changes of a transaction by kind, with no two that exclude each other.
#[derive(Debug, Default)]
pub(crate) struct Ordered {
    /// What goes away, and what is expected of it.
    pub(crate) deletes: BTreeMap<PathBuf, Expected>,
    /// What only has to be as expected.
    pub(crate) keeps: BTreeMap<PathBuf, Expected>,
    /// What comes out of the vault, by its new name.
    pub(crate) restores: BTreeMap<PathBuf, (Slot, PathBuf)>,
    /// What stays in the vault though what it is in comes out.
    pub(crate) withheld: BTreeSet<(Slot, PathBuf)>,
    /// Old name to new name.
    pub(crate) renames: BTreeMap<PathBuf, (PathBuf, Expected)>,
    /// New folders, each after the one it is in.
    pub(crate) folders: BTreeMap<PathBuf, Expected>,
    pub(crate) links: BTreeMap<PathBuf, (PathBuf, Expected)>,
    pub(crate) writes: Vec<NewContent>,
    pub(crate) modes: BTreeMap<PathBuf, (u32, Expected)>,
    /// New name to old name.
    sources: BTreeMap<PathBuf, PathBuf>,
}

/// A write as it was asked for.
#[derive(Debug)]
pub(crate) struct NewContent {
    pub(crate) path: PathBuf,
    pub(crate) content: Content,
    pub(crate) mode: Option<u32>,
    pub(crate) mtime: Option<std::time::SystemTime>,
    pub(crate) expected: Expected,
}

impl Ordered {
    pub(crate) fn new(changes: Vec<Change>) -> Result<Self, JournalError> {
        let mut ordered = Self::default();
        let mut finals = BTreeSet::new();
        for change in changes {
            ordered.add(change, &mut finals)?;
        }
        ordered.check_sources()?;
        Ok(ordered)
    }

    fn add(&mut self, change: Change, finals: &mut BTreeSet<PathBuf>) -> Result<(), JournalError> {
        let Change { path, kind, expected } = change;
        if !crate::root::is_plain(&path) {
            return Err(JournalError::path(&path, "is not a plain path below the root"));
        }
        let twice = |path: &Path| excluded(path, "is changed twice");
        let fresh = match kind {
            Kind::Delete => {
                return first(self.deletes.insert(path.clone(), expected).as_ref(), &path);
            }
            Kind::Rename { to } => {
                if !crate::root::is_plain(&to) {
                    return Err(JournalError::path(&to, "is not a plain path below the root"));
                }
                self.sources.insert(to.clone(), path.clone());
                first(self.renames.insert(path.clone(), (to.clone(), expected)).as_ref(), &path)?;
                finals.insert(to)
            }
            Kind::Keep => return first(self.keeps.insert(path.clone(), expected).as_ref(), &path),
            Kind::Withhold { entry, number, inner } => {
                self.withheld.insert((Slot { id: entry, number }, inner));
                true
            }
            Kind::Restore { entry, number, inner } => {
                self.restores.insert(path.clone(), (Slot { id: entry, number }, inner));
                finals.insert(path.clone())
            }
            Kind::Mode(mode) => {
                return first(
                    self.modes.insert(path.clone(), (mode & 0o7777, expected)).as_ref(),
                    &path,
                );
            }
            Kind::Directory => {
                self.folders.insert(path.clone(), expected);
                finals.insert(path.clone())
            }
            Kind::Symlink { target } => {
                self.links.insert(path.clone(), (target, expected));
                finals.insert(path.clone())
            }
            Kind::Write { content, mode, mtime } => {
                let mode = mode.map(|mode| mode & 0o7777);
                // A file may arrive under a name and be written there.
                let arrives = self.sources.contains_key(&path) || self.restores.contains_key(&path);
                let fresh = finals.insert(path.clone()) || arrives;
                let path = path.clone();
                self.writes.push(NewContent { path, content, mode, mtime, expected });
                fresh
            }
        };
        if fresh { Ok(()) } else { Err(twice(&path)) }
    }

    /// Nothing is both deleted and renamed.
    fn check_sources(&self) -> Result<(), JournalError> {
        match self.renames.keys().find(|path| self.deletes.contains_key(*path)) {
            Some(path) => Err(excluded(path, "is deleted and renamed")),
            None => Ok(()),
        }
    }

    /// The old name of what is renamed to `path`.
    pub(crate) fn source(&self, path: &Path) -> Option<&Path> {
        self.sources.get(path).map(PathBuf::as_path)
    }

    /// Where what will be at `path` is now; `None` where nothing that is there now stays.
    pub(crate) fn origin(&self, path: &Path) -> Option<Base> {
        for above in path.ancestors() {
            let rest = || path.strip_prefix(above).ok();
            if let Some((slot, inner)) = self.restores.get(above) {
                return self.origin_in(*slot, inner, rest()?);
            }
            if let Some(source) = self.sources.get(above) {
                let rest = rest()?;
                // What is inside a renamed folder may have left it before.
                let left = |below: &Path| self.leaves(&source.join(below));
                let mut inside = rest.ancestors().filter(|below| !below.as_os_str().is_empty());
                return (!inside.any(left)).then(|| Base::Tree(source.clone()).join(rest));
            }
            if self.folders.contains_key(above) {
                return None;
            }
        }
        (!path.ancestors().any(|above| self.leaves(above))).then(|| Base::Tree(path.to_owned()))
    }

    /// [`Ordered::origin`] for what is below something that comes out of the vault.
    fn origin_in(&self, slot: Slot, inner: &Path, rest: &Path) -> Option<Base> {
        let whole = Base::Slot(slot, inner.to_owned());
        let left = |below: &Path| match whole.join(below) {
            Base::Slot(slot, path) => {
                self.restores.values().any(|other| *other == (slot, path.clone()))
                    || self.withheld.contains(&(slot, path))
            }
            Base::Tree(_) => false,
        };
        let mut inside = rest.ancestors().filter(|below| !below.as_os_str().is_empty());
        (!inside.any(left)).then(|| whole.join(rest))
    }

    /// Whether something is taken from this name.
    pub(crate) fn leaves(&self, path: &Path) -> bool {
        self.deletes.contains_key(path) || self.renames.contains_key(path)
    }

    /// Every name that leaves or arrives, and how often, to ask [`is_apart`] of.
    pub(crate) fn names(&self) -> BTreeMap<&Path, u32> {
        let mut names = BTreeMap::new();
        let renames = self.renames.iter().flat_map(|(from, (to, _))| [from, to]);
        let all = self
            .deletes
            .keys()
            .chain(self.folders.keys())
            .chain(self.restores.keys())
            .chain(renames);
        for path in all {
            *names.entry(path.as_path()).or_insert(0) += 1;
        }
        names
    }
}

/// Whether a name is the only one of `names` that is about its path, what is above and what is
/// below. A rename of two such names can be one call.
pub(crate) fn is_apart(path: &Path, names: &BTreeMap<&Path, u32>) -> bool {
    // Paths are ordered by component, so what is below a path follows it.
    let mut below = names.range(path..);
    names.get(path) == Some(&1)
        && path.ancestors().skip(1).all(|above| !names.contains_key(above))
        && below.nth(1).is_none_or(|(next, _)| !next.starts_with(path))
}

fn excluded(path: &Path, reason: &'static str) -> JournalError {
    JournalError::Changes { path: path.to_owned(), reason }
}

/// That nothing was there under the same name.
fn first<T>(before: Option<&T>, path: &Path) -> Result<(), JournalError> {
    if before.is_some() { Err(excluded(path, "is changed twice")) } else { Ok(()) }
}
