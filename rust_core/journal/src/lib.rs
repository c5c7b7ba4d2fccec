//! Changes to many files as one transaction: redo log, recovery, history and undo.

mod apply;
mod change;
mod changes;
mod codec;
mod error;
mod history;
mod journal;
mod lock;
mod log;
mod order;
mod overlay;
mod plan;
mod prepare;
mod prune;
mod record;
mod recover;
mod redo;
mod root;
mod segment;
mod splice;
mod step;
mod sys;
mod transaction;
mod undo;
mod vault;
mod verify;

pub use change::{Change, CommitOptions, Digest, Expected, Kind, Meta, Placement, Splice};
pub use error::JournalError;
pub use history::{Contents, Entry, EntryChange, EntryChangeKind, EntryState};
pub use journal::{Commit, Journal, JournalOptions};
pub use recover::{RecoverOptions, Recovery, recover};
pub use root::{PRIVATE, Root};
pub use sys::{FileKind, Stat, Time};
pub use transaction::{Savepoint, Transaction};
pub use undo::Merge;
