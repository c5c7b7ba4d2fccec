//! A compiled grammar as bytes, for a file.
//!
//! Magic and version, the fingerprint of the vocabulary, a blake3 digest of the rest, then the
//! [`Program`] in postcard's format. Automata and masks are not stored: they are made as they are needed,
//! and what is stored is checked as a whole before anything is built of it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::GrammarError;
use crate::grammar::{Grammar, Program};
use crate::limits::Limits;
use crate::vocab::Vocabulary;

const MAGIC: &[u8; 8] = b"PYAGRAMM";
/// Raised with every change of what is stored or of what it means.
pub(crate) const VERSION: u32 = 1;
const DIGEST: usize = 32;

/// A grammar as bytes for [`from_bytes`].
///
/// # Errors
///
/// [`GrammarError::Stored`] where the grammar has no stored form.
pub fn to_bytes(grammar: &Grammar) -> Result<Vec<u8>, GrammarError> {
    let content = postcard::to_stdvec(grammar.program())
        .map_err(|error| GrammarError::Stored(format!("the grammar cannot be stored: {error}")))?;
    let fingerprint = grammar.vocabulary().fingerprint();
    let digest = digest(&fingerprint, &content);
    Ok([MAGIC, &VERSION.to_le_bytes()[..], &fingerprint, &digest, &content].concat())
}

/// The grammar of [`to_bytes`]. Nothing of the bytes is taken on trust.
///
/// # Errors
///
/// [`GrammarError::Stored`]: the bytes are no stored grammar, of another version, of another vocabulary, or
/// damaged. [`GrammarError::Limit`] where the limits are tighter than when it was compiled.
pub fn from_bytes(
    stored: &[u8],
    vocabulary: Arc<Vocabulary>,
    limits: &Limits,
) -> Result<Grammar, GrammarError> {
    let content = checked(stored, &vocabulary.fingerprint())?;
    let Ok((program, rest)) = postcard::take_from_bytes::<Program>(content) else {
        return refused("the stored grammar is damaged: it cannot be read");
    };
    if !rest.is_empty() {
        return refused("the stored grammar is damaged: bytes are left over");
    }
    program.validate(limits)?;
    Grammar::new(program, vocabulary, limits)
}

/// The compiled form as JSON, for people and tools.
///
/// # Errors
///
/// [`GrammarError::Stored`] where it has no such form.
pub fn to_json(grammar: &Grammar) -> Result<Vec<u8>, GrammarError> {
    serde_json::to_vec(grammar.program())
        .map_err(|error| GrammarError::Stored(format!("the grammar cannot be written: {error}")))
}

/// The content, if it is what the head says.
fn checked<'s>(stored: &'s [u8], fingerprint: &[u8; DIGEST]) -> Result<&'s [u8], GrammarError> {
    let mut rest = stored;
    let mut take = |length| rest.split_off(..length).unwrap_or_default();
    let (magic, version, ours, sum) = (take(MAGIC.len()), take(4), take(DIGEST), take(DIGEST));
    if magic != MAGIC {
        return refused("this is no stored grammar");
    }
    if version != VERSION.to_le_bytes() {
        return refused("the grammar was stored by another version of this library");
    }
    if sum != digest(ours, rest) {
        return refused("the stored grammar is damaged: its digest does not fit");
    }
    if ours != fingerprint {
        return refused("the grammar was stored for another vocabulary");
    }
    Ok(rest)
}

fn digest(fingerprint: &[u8], content: &[u8]) -> [u8; DIGEST] {
    *blake3::Hasher::new().update(fingerprint).update(content).finalize().as_bytes()
}

fn refused<T>(message: &str) -> Result<T, GrammarError> {
    Err(GrammarError::Stored(format!("{message}: compile it anew")))
}

/// Write a file that appears as a whole or not at all.
///
/// # Errors
///
/// What the file system says; there is no new file then, and an old one is as it was.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    // Two threads may write the same file.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}.{number}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = (|| {
        let mut file = File::create(&temporary)?;
        file.write_all(content)?;
        file.sync_data()?;
        drop(file);
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        // What is left of it is of no use; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
