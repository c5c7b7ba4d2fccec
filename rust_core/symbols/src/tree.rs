//! A tree of Python files, each parsed once, in parallel.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pyagent_source::{FileId, FindOptions, Lines, Modules, SourceError, decode, find, with_module};
use rayon::prelude::*;
use ruff_python_ast::name::Name;
use ruff_text_size::TextSize;
use rustc_hash::FxHashSet;

use crate::SymbolsError;
use crate::facts::Facts;
use crate::walk;

/// Which files make up the tree.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Globs of files and folders to leave out.
    pub exclude: Vec<String>,
    /// Honour `.gitignore`.
    pub gitignore: bool,
    /// The folders that packages are imported from, below the root and beside it.
    pub sources: Vec<String>,
}

/// A file that could not be read or parsed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// The file or folder, below the root.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
    /// The line of the fault, where one can be named.
    pub line: Option<u32>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) text: String,
    pub(crate) lines: Lines,
    pub(crate) facts: Facts,
}

impl File {
    pub(crate) fn line(&self, at: TextSize) -> u32 {
        self.lines.line(at)
    }
}

/// All files, with what each says of some names.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) modules: Modules,
    pub(crate) files: Vec<Option<File>>,
    pub(crate) errors: Vec<Broken>,
}

/// The bytes of a file and the text that they are.
type Content = (Arc<[u8]>, String);

/// The files as they are on disk, without facts.
pub(crate) struct Contents {
    root: PathBuf,
    paths: Vec<PathBuf>,
    texts: Vec<Result<Content, SourceError>>,
    errors: Vec<Broken>,
    sources: Vec<String>,
}

impl Contents {
    pub(crate) fn read(
        root: &Path,
        options: &Options,
        cancel: &AtomicBool,
    ) -> Result<Self, SymbolsError> {
        let search = FindOptions {
            gitignore: options.gitignore,
            exclude: options.exclude.clone(),
            ..FindOptions::default()
        };
        let (found, unreadable) = find(&[root.to_path_buf()], &search)?;
        let paths: Vec<PathBuf> = found.into_iter().map(|found| found.path).collect();
        let stopped = || Err(SourceError::Read { reason: "cancelled".to_owned() });
        let texts = paths
            .par_iter()
            .map(|path| if cancel.load(Ordering::Relaxed) { stopped() } else { read(path) })
            .collect();
        let errors = unreadable.into_iter().map(|place| Broken {
            path: below(root, &place.path),
            reason: place.reason,
            line: None,
        });
        Ok(Self {
            root: root.to_path_buf(),
            paths,
            texts,
            errors: errors.collect(),
            sources: options.sources.clone(),
        })
    }

    /// The facts of every file about the names in `interest`.
    pub(crate) fn walk(
        &self,
        interest: &FxHashSet<Name>,
        cancel: &AtomicBool,
    ) -> Result<Tree, SymbolsError> {
        let paths: Vec<String> = self.paths.iter().map(|path| below(&self.root, path)).collect();
        let absolute = fs::canonicalize(&self.root).unwrap_or_else(|_| self.root.clone());
        let walked: Vec<Result<File, Broken>> = self
            .texts
            .par_iter()
            .zip(&paths)
            .map(|(read, path)| {
                let broken = |error: &SourceError| Broken {
                    path: path.clone(),
                    reason: error.to_string(),
                    line: error.line(),
                };
                let (bytes, text) = read.as_ref().map_err(broken)?;
                file(path, bytes, text, interest, cancel).map_err(|error| broken(&error))
            })
            .collect();
        if cancel.load(Ordering::Relaxed) {
            return Err(SymbolsError::Cancelled);
        }
        let mut errors = self.errors.clone();
        let mut files = Vec::with_capacity(walked.len());
        for result in walked {
            match result {
                Ok(file) => files.push(Some(file)),
                Err(broken) => {
                    errors.push(broken);
                    files.push(None);
                }
            }
        }
        errors.sort();
        Ok(Tree { modules: Modules::new(&absolute, paths, &self.sources), files, errors })
    }
}

fn file(
    path: &str,
    bytes: &Arc<[u8]>,
    text: &str,
    interest: &FxHashSet<Name>,
    cancel: &AtomicBool,
) -> Result<File, SourceError> {
    let facts = if cancel.load(Ordering::Relaxed) {
        Facts::default()
    } else {
        with_module(text, |module| walk::facts(&module.syntax().body, text, interest))?
    };
    Ok(File {
        path: path.to_owned(),
        bytes: Arc::clone(bytes),
        text: text.to_owned(),
        lines: Lines::new(text),
        facts,
    })
}

impl Tree {
    /// The facts of a file; those of one that could not be read are empty.
    pub(crate) fn file(&self, id: FileId) -> Option<&File> {
        self.files[id].as_ref()
    }

    /// Every file that could be read.
    pub(crate) fn readable(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().filter_map(|(id, file)| Some((id, file.as_ref()?)))
    }

    pub(crate) fn collision(&self, file: FileId, at: TextSize, reason: String) -> SymbolsError {
        let (path, line) = match self.file(file) {
            Some(file) => (file.path.clone(), file.line(at)),
            None => (self.modules.files[file].path.clone(), 1),
        };
        SymbolsError::Collision { path, line, reason }
    }
}

fn below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn read(path: &Path) -> Result<Content, SourceError> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(SourceError::Read { reason: "not a regular file".to_owned() });
    }
    let bytes = fs::read(path)?;
    let text = decode(&bytes)?.into_owned();
    Ok((bytes.into(), text))
}
