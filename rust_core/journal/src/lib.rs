//! Changes to many files as one transaction: redo log, recovery, history and undo.
//!
//! A [`Transaction`] buffers changes below one root and shows the tree with them laid over it.
//! [`Journal::commit`] checks what each change expects, appends everything to a log, syncs it, which
//! is the commit point, and then does it. What a crash interrupts is finished when the journal is
//! opened next; what fails midway is taken back.
//!
//! ```
//! use std::sync::{Arc, atomic::AtomicBool};
//! use pyagent_journal::{CommitOptions, Journal, JournalOptions, Meta, Transaction};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let tree = tempfile::tempdir()?;
//! std::fs::write(tree.path().join("a.txt"), "one")?;
//! let journal = Arc::new(Journal::open(tree.path(), &JournalOptions::default())?);
//!
//! let mut transaction = Transaction::new(Arc::clone(&journal));
//! transaction.write("a.txt".as_ref(), b"two".to_vec(), None, None)?;
//! transaction.rename("a.txt".as_ref(), "b/c.txt".as_ref(), false)?;
//! let changes = transaction.into_changes();
//! let never = AtomicBool::new(false);
//! journal.commit(changes, &Meta::default(), &CommitOptions::default(), &never)?;
//! assert_eq!(std::fs::read(tree.path().join("b/c.txt"))?, b"two");
//! # Ok(())
//! # }
//! ```

mod apply;
mod change;
mod changes;
mod codec;
mod error;
mod gather;
mod history;
mod journal;
mod lock;
mod log;
mod order;
mod overlay;
mod parallel;
mod plan;
mod prepare;
mod prune;
mod reader;
mod record;
mod recover;
mod redo;
mod rewrite;
mod root;
mod segment;
mod sight;
mod splice;
mod step;
mod stream;
mod sys;
#[doc(hidden)]
pub mod testing;
mod transaction;
mod undo;
mod vault;
mod verify;

pub use change::{
    Change, CommitOptions, Content, Digest, Expected, Kind, Meta, Placement, Rewrite, Splice,
};
pub use error::JournalError;
pub use history::{Contents, Entry, EntryChange, EntryChangeKind, EntryState};
pub use journal::{Commit, Journal, JournalOptions};
pub use recover::{RecoverOptions, Recovery, recover};
pub use root::{PRIVATE, Root};
pub use sys::{FileKind, Stat, Time};
pub use transaction::{Savepoint, Transaction};
pub use undo::Merge;
