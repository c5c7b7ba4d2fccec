//! One holder of the journal at a time, between processes and between threads.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys::Dir;

const NAME: &str = "lock";
/// The first and the longest pause between two tries.
const PAUSE: (Duration, Duration) = (Duration::from_micros(200), Duration::from_millis(10));

/// The lock, until it is dropped.
///
/// The file is opened anew each time, so that two threads exclude each other as two processes do,
/// and it is unlocked by a call and not only closed, so that a process forked meanwhile, which has
/// a copy of the descriptor, does not keep it.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// The lock, waiting for it as long as is said and nobody cancels; `None` where it stays taken.
    pub(crate) fn acquire(
        dir: &Dir,
        wait: Duration,
        cancel: &AtomicBool,
    ) -> io::Result<Option<Self>> {
        let file = dir.create_or_open(NAME.as_ref())?;
        let started = Instant::now();
        let mut pause = PAUSE.0;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self(file))),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {
                    let left = wait.saturating_sub(started.elapsed());
                    if left.is_zero() || cancel.load(Ordering::Relaxed) {
                        return Ok(None);
                    }
                    thread::sleep(pause.min(left));
                    pause = (pause * 2).min(PAUSE.1);
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
