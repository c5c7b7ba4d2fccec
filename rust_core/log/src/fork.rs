//! Which process this is, counted in forks.
//!
//! A child of `fork` has the parent's memory and none of its threads: a queue whose lock was held
//! at that moment stays locked for ever, and the records in it are the parent's to write. So a
//! writer never touches what was made in another generation; it starts anew.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// The number of forks between this process and the one that first called [`watch`].
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// Have every fork from now on counted.
#[cfg(unix)]
pub(crate) fn watch() -> std::io::Result<()> {
    use std::sync::atomic::AtomicBool;

    static WATCHING: AtomicBool = AtomicBool::new(false);

    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }

    if WATCHING.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    // SAFETY: the handler only adds to an atomic, which is allowed between `fork` and `exec` in a
    // process with several threads; it is a function of this library, which is never unloaded.
    let code = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    if code == 0 {
        return Ok(());
    }
    WATCHING.store(false, Ordering::Relaxed);
    Err(std::io::Error::from_raw_os_error(code))
}

/// There is no `fork` here.
#[cfg(not(unix))]
pub(crate) fn watch() -> std::io::Result<()> {
    Ok(())
}
