//! Which files under a path are Python source.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

/// What [`find`] looks for.
#[derive(Debug, Clone)]
pub struct FindOptions {
    /// Honour `.gitignore`, `.ignore` and git's exclude files, in a repository or not.
    pub gitignore: bool,
    /// Look into hidden files and folders.
    pub hidden: bool,
    /// Globs, relative to the root or by name alone, of files and folders to leave out.
    pub exclude: Vec<String>,
    /// Threads for the walk; 0 means one for each core.
    pub threads: usize,
}

impl Default for FindOptions {
    fn default() -> Self {
        Self { gitignore: true, hidden: false, exclude: Vec::new(), threads: 0 }
    }
}

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// The root as given, joined with the path below it.
    pub path: PathBuf,
}

/// A place that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// Where; empty if the system did not say.
    pub path: PathBuf,
    /// What the system said.
    pub reason: String,
}

/// The Python files (`.py`, `.pyi`, `.pyw`) under `roots`, each once, sorted by path, and the places
/// that could not be read. A root that is a file is taken whatever its name is. Symbolic links
/// below a root are not followed, so that no loop and no place outside the root is entered.
pub fn find(
    roots: &[PathBuf],
    options: &FindOptions,
) -> Result<(Vec<Found>, Vec<Unreadable>), globset::Error> {
    let exclude = globs(&options.exclude)?;
    let mut found = Vec::new();
    let mut unreadable = Vec::new();
    for root in roots {
        if root.is_dir() {
            walk(root, options, &exclude, &mut found, &mut unreadable);
        } else {
            // A file, or something that reading will report on.
            found.push(Found { path: root.clone() });
        }
    }
    found.sort_unstable();
    found.dedup();
    unreadable.sort_unstable();
    unreadable.dedup();
    Ok((found, unreadable))
}

fn globs(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        builder.add(Glob::new(pattern.trim_end_matches('/'))?);
    }
    builder.build()
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "py" || end == "pyi" || end == "pyw")
}

/// Files and places gathered by one thread of the walk, handed over when the thread ends.
struct Gather<'a> {
    into: &'a Mutex<(Vec<Found>, Vec<Unreadable>)>,
    found: Vec<Found>,
    unreadable: Vec<Unreadable>,
}

impl Drop for Gather<'_> {
    fn drop(&mut self) {
        let mut all = self.into.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.0.append(&mut self.found);
        all.1.append(&mut self.unreadable);
    }
}

fn walk(
    root: &Path,
    options: &FindOptions,
    exclude: &GlobSet,
    found: &mut Vec<Found>,
    unreadable: &mut Vec<Unreadable>,
) {
    let mut builder = WalkBuilder::new(root);
    builder
        .standard_filters(options.gitignore)
        .require_git(false)
        .hidden(!options.hidden)
        .follow_links(false)
        .threads(options.threads);
    let top = root.to_path_buf();
    if !exclude.is_empty() {
        let (exclude, top) = (exclude.clone(), top.clone());
        builder.filter_entry(move |entry| entry.depth() == 0 || !excluded(entry, &top, &exclude));
    }
    let all = Mutex::new((Vec::new(), Vec::new()));
    builder.build_parallel().run(|| {
        let mut gather = Gather { into: &all, found: Vec::new(), unreadable: Vec::new() };
        let top = &top;
        Box::new(move |entry| {
            match entry {
                Ok(entry) => {
                    if entry.file_type().is_some_and(|kind| kind.is_file())
                        && is_python(entry.path())
                    {
                        gather.found.push(Found { path: entry.into_path() });
                    }
                }
                Err(error) => gather.unreadable.push(place(&error, top)),
            }
            WalkState::Continue
        })
    });
    let all = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.extend(all.0);
    unreadable.extend(all.1);
}

fn excluded(entry: &DirEntry, root: &Path, exclude: &GlobSet) -> bool {
    let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
    exclude.is_match(below) || exclude.is_match(Path::new(entry.file_name()))
}

fn place(error: &ignore::Error, root: &Path) -> Unreadable {
    match error {
        ignore::Error::WithPath { path, err } => {
            Unreadable { path: path.clone(), reason: place(err, root).reason }
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            place(err, root)
        }
        ignore::Error::Io(error) => Unreadable {
            path: root.to_path_buf(),
            reason: crate::SourceError::read(error).to_string(),
        },
        other => Unreadable { path: root.to_path_buf(), reason: other.to_string() },
    }
}

#[cfg(test)]
#[path = "find_tests.rs"]
mod tests;
