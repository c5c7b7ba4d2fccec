//! Compiled grammars, kept by what they were compiled from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;

use crate::error::GrammarError;
use crate::grammar::{Grammar, lock};
use crate::limits::Limits;
use crate::request::{Key, Request};
use crate::store;
use crate::vocab::Vocabulary;

/// Grammars in memory, the least recently used of which is given up when there are too many, and, if a
/// folder is given, as files. Shared by threads: one that asks for what another is compiling waits for it.
pub struct Cache {
    directory: Option<PathBuf>,
    capacity: usize,
    /// In order of use, the latest last.
    slots: Mutex<IndexMap<Key, Arc<Slot>>>,
    counts: Counts,
}

/// Locked while its grammar is compiled.
type Slot = Mutex<Option<Grammar>>;

#[derive(Default)]
struct Counts {
    hits: AtomicU64,
    loads: AtomicU64,
    compiles: AtomicU64,
    unwritten: AtomicU64,
}

/// How a cache was used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// Grammars found in memory.
    pub hits: u64,
    /// Grammars read from a file.
    pub loads: u64,
    /// Grammars compiled, with those that could not be.
    pub compiles: u64,
    /// Files that could not be written.
    pub unwritten: u64,
    /// Grammars in memory now.
    pub size: usize,
}

impl Cache {
    /// A cache of at most `capacity` grammars in memory, and of any number in `directory`, which is made
    /// if need be. Files of a former version are not found again; nothing removes them but [`Cache::clear`].
    ///
    /// # Errors
    ///
    /// What the file system says against the folder.
    pub fn new(directory: Option<PathBuf>, capacity: usize) -> io::Result<Self> {
        if let Some(directory) = &directory {
            fs::create_dir_all(directory)?;
        }
        let slots = Mutex::new(IndexMap::new());
        Ok(Self { directory, capacity, slots, counts: Counts::default() })
    }

    /// The folder, if there is one.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// The most grammars in memory.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The grammar for a request: from memory, else from its file, else compiled. A file that is damaged is
    /// as good as none.
    ///
    /// # Errors
    ///
    /// What compiling fails with; that is not kept. That a file cannot be written is only counted.
    pub fn get(
        &self,
        request: &Request<'_>,
        vocabulary: &Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Grammar, GrammarError> {
        let key = request.key(vocabulary, limits);
        let slot = self.slot(key);
        let mut slot = lock(&slot);
        if let Some(grammar) = &*slot {
            count(&self.counts.hits);
            return Ok(grammar.clone());
        }
        let file = self.file(key);
        let stored = file.as_deref().and_then(|file| fs::read(file).ok());
        let loaded =
            stored.and_then(|bytes| store::from_bytes(&bytes, Arc::clone(vocabulary), limits).ok());
        let grammar = if let Some(grammar) = loaded {
            count(&self.counts.loads);
            grammar
        } else {
            count(&self.counts.compiles);
            let grammar = request.compile(Arc::clone(vocabulary), limits)?;
            if let Some(file) = file {
                self.write(&file, &grammar);
            }
            grammar
        };
        Ok(slot.insert(grammar).clone())
    }

    /// How the cache was used so far.
    pub fn statistics(&self) -> Statistics {
        let counts = &self.counts;
        let [hits, loads, compiles, unwritten] =
            [&counts.hits, &counts.loads, &counts.compiles, &counts.unwritten]
                .map(|count| count.load(Ordering::Relaxed));
        Statistics { hits, loads, compiles, unwritten, size: lock(&self.slots).len() }
    }

    /// Give up all grammars, in memory and in files.
    ///
    /// # Errors
    ///
    /// What the file system says against removing the files.
    pub fn clear(&self) -> io::Result<()> {
        lock(&self.slots).clear();
        let Some(directory) = &self.directory else { return Ok(()) };
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn slot(&self, key: Key) -> Arc<Slot> {
        let mut slots = lock(&self.slots);
        let slot = slots.shift_remove(&key).unwrap_or_default();
        if slots.len() >= self.capacity.max(1) {
            slots.shift_remove_index(0);
        }
        slots.insert(key, Arc::clone(&slot));
        slot
    }

    fn file(&self, key: Key) -> Option<PathBuf> {
        let name = format!("{}.{EXTENSION}", blake3::Hash::from_bytes(key).to_hex());
        Some(self.directory.as_ref()?.join(name))
    }

    fn write(&self, file: &Path, grammar: &Grammar) {
        let written =
            store::to_bytes(grammar).is_ok_and(|bytes| store::write(file, &bytes).is_ok());
        if !written {
            count(&self.counts.unwritten);
        }
    }
}

const EXTENSION: &str = "grammar";

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
