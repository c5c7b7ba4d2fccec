//! Sets of pairs, read into memory.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;

/// Two revisions of a text.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) before: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

/// A folder of pairs.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) pairs: Vec<Pair>,
}

/// The sets asked for, or all folders of the corpus that have pairs.
pub(crate) fn load(arguments: &Arguments) -> io::Result<Vec<Set>> {
    let mut folders = Vec::new();
    if arguments.sets.is_empty() {
        for entry in fs::read_dir(&arguments.corpus)? {
            folders.push(entry?.path());
        }
        folders.sort();
    } else {
        folders.extend(arguments.sets.iter().map(|name| arguments.corpus.join(name)));
    }
    let mut sets = Vec::new();
    for folder in folders {
        let mut set = read(&folder)?;
        if let Some(name) = &arguments.pair {
            set.pairs.retain(|pair| pair.name == *name);
        }
        if !set.pairs.is_empty() {
            sets.push(set);
        }
    }
    Ok(sets)
}

fn read(folder: &Path) -> io::Result<Set> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension() == Some(OsStr::new("a")));
    paths.sort();
    let text = |name: Option<&OsStr>| name.unwrap_or_default().to_string_lossy().into_owned();
    let pairs = paths.iter().map(|path| {
        let (before, after) = (fs::read(path)?, fs::read(path.with_extension("b"))?);
        Ok(Pair { name: text(path.file_stem()), before, after })
    });
    Ok(Set { name: text(folder.file_name()), pairs: pairs.collect::<io::Result<_>>()? })
}
