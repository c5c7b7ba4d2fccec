//! Which files of a tree are looked at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::types::{Types, TypesBuilder};
use ignore::{DirEntry, WalkBuilder};

use crate::encoding::Encoding;
use crate::error::ReplaceError;

/// Folders that are never entered: what keeps histories, our own among them, would be broken
/// by a replacement.
const NEVER: [&str; 5] = [".git", ".hg", ".jj", ".pyagent", ".svn"];

/// Which files are looked at, and how.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches of a command line")]
pub struct Scope {
    /// The folder below which everything happens.
    pub root: PathBuf,
    /// Files and folders in it to look at; the whole root where there are none.
    pub paths: Vec<PathBuf>,
    /// Only files that one of these globs matches, or that are in a folder that one matches. Globs
    /// are written as in `.gitignore`.
    pub include: Vec<String>,
    /// No file or folder that one of these globs matches.
    pub exclude: Vec<String>,
    /// Only files of these types, by ripgrep's names: `py`, `rust`, `web` ...
    pub types: Vec<String>,
    /// No files of these types.
    pub types_not: Vec<String>,
    /// Leave out what `.gitignore`, `.ignore` and git's exclude files name, in a repository or not.
    pub gitignore: bool,
    /// Look into hidden files and folders.
    pub hidden: bool,
    /// Look into files that hold NUL bytes, too.
    pub binary: bool,
    /// No files larger than this.
    pub max_bytes: u64,
    /// The encoding of files without a byte order mark.
    pub encoding: Encoding,
    /// Threads to search on; 0 means one for each core.
    pub threads: usize,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            root: PathBuf::from("."),
            paths: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            types: Vec::new(),
            types_not: Vec::new(),
            gitignore: true,
            hidden: false,
            binary: false,
            max_bytes: 64 << 20,
            encoding: Encoding::Bytes,
            threads: 0,
        }
    }
}

/// A scope made ready for walking.
pub(crate) struct Walk {
    /// The root without symbolic links.
    pub(crate) root: PathBuf,
    pub(crate) builder: WalkBuilder,
    include: Option<Gitignore>,
}

impl Walk {
    pub(crate) fn new(scope: &Scope) -> Result<Self, ReplaceError> {
        let (root, places) = resolve(scope)?;
        let mut places = places.into_iter();
        let first = places.next().unwrap_or_else(|| root.clone());
        let mut builder = WalkBuilder::new(first);
        for place in places {
            builder.add(place);
        }
        builder
            .standard_filters(scope.gitignore)
            .require_git(false)
            .hidden(!scope.hidden)
            .follow_links(false)
            .threads(scope.threads);
        if let Some(types) = types(scope)? {
            builder.types(types);
        }
        let exclude = globs(&root, &scope.exclude)?.map(Arc::new);
        builder.filter_entry(move |entry| wanted(entry, exclude.as_deref()));
        let include = globs(&root, &scope.include)?;
        Ok(Self { root, builder, include })
    }

    /// Whether the entry is a file that is to be searched.
    pub(crate) fn is_candidate(&self, entry: &DirEntry) -> bool {
        entry.file_type().is_some_and(|kind| kind.is_file())
            && self.include.as_ref().is_none_or(|include| {
                include.matched_path_or_any_parents(entry.path(), false).is_ignore()
            })
    }

    /// The path below the root.
    pub(crate) fn below(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }
}

/// The root and the places below it, without symbolic links and as they are on disk. A root that is
/// a file means that file in its folder.
fn resolve(scope: &Scope) -> Result<(PathBuf, Vec<PathBuf>), ReplaceError> {
    let root = real(&scope.root, &scope.root)?;
    if !root.is_dir() && scope.paths.is_empty() {
        let folder = root.parent().unwrap_or(&root).to_owned();
        return Ok((folder, vec![root]));
    }
    let mut places = Vec::with_capacity(scope.paths.len());
    for path in &scope.paths {
        let place = real(&root.join(path), path)?;
        let reason = match place.strip_prefix(&root) {
            Err(_) => "leads out of the root",
            Ok(below) if below.iter().any(|part| NEVER.iter().any(|name| part == *name)) => {
                "is kept by version control or by this program itself"
            }
            Ok(_) => {
                places.push(place);
                continue;
            }
        };
        return Err(ReplaceError::Place { path: path.clone(), reason: reason.to_owned() });
    }
    Ok((root, places))
}

fn real(path: &Path, named: &Path) -> Result<PathBuf, ReplaceError> {
    std::fs::canonicalize(path).map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
            _ => error.to_string(),
        };
        ReplaceError::Place { path: named.to_owned(), reason }
    })
}

fn wanted(entry: &DirEntry, exclude: Option<&Gitignore>) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if entry.depth() == 0 {
        return true;
    }
    if is_folder && NEVER.iter().any(|name| entry.file_name() == *name) {
        return false;
    }
    !exclude.is_some_and(|exclude| exclude.matched(entry.path(), is_folder).is_ignore())
}

fn globs(root: &Path, patterns: &[String]) -> Result<Option<Gitignore>, ReplaceError> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let fault = |glob: &str, error: &ignore::Error| ReplaceError::Glob {
        glob: glob.to_owned(),
        reason: error.to_string(),
    };
    let mut builder = GitignoreBuilder::new(root);
    for pattern in patterns {
        builder.add_line(None, pattern).map_err(|error| fault(pattern, &error))?;
    }
    builder.build().map(Some).map_err(|error| fault(&patterns.join(", "), &error))
}

fn types(scope: &Scope) -> Result<Option<Types>, ReplaceError> {
    if scope.types.is_empty() && scope.types_not.is_empty() {
        return Ok(None);
    }
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    for name in &scope.types {
        builder.select(name);
    }
    for name in &scope.types_not {
        builder.negate(name);
    }
    builder.build().map(Some).map_err(|error| match error {
        ignore::Error::UnrecognizedFileType(name) => ReplaceError::Type { name },
        other => ReplaceError::Type { name: other.to_string() },
    })
}

/// The types of files, each with its globs, by name.
pub fn file_types() -> Vec<(String, Vec<String>)> {
    let known = TypesBuilder::new().add_defaults().definitions();
    known.iter().map(|kind| (kind.name().to_owned(), kind.globs().to_vec())).collect()
}
