//! Changes to many files as one transaction: redo log, recovery, history and undo.
