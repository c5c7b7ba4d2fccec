//! The bounded queue between callers and the writer's thread.
//!
//! Records lie one after another in a single buffer, which the thread exchanges for an empty one:
//! the lock is held for a copy of a few hundred bytes, never for formatting or the disk. A caller
//! wakes the thread only where it sleeps without a time limit; after work it first lingers for
//! [`LINGER`], so that a steady stream of records costs two hundred wake-ups a second at most.

use std::io;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::record::put_length;

/// How long the thread collects records before it writes them.
const LINGER: Duration = Duration::from_millis(5);

/// How often a caller that waits is asked whether it still does.
const POLL: Duration = Duration::from_millis(50);

/// A buffer that a burst has grown beyond this is given back.
const KEEP_BYTES: usize = 1 << 20;

/// The longest wait, which stands for any longer one: a sum with the clock must not overflow.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It is in the queue.
    Accepted,
    /// There is no room for it.
    Full,
    /// The writer is closed.
    Closed,
}

/// What to do where there is no room.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    /// Drop the record, and count it.
    No,
    /// Wait; the caller may offer the record again, so it is not counted.
    For(Duration),
}

/// What happened so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counters {
    pub(crate) accepted: u64,
    pub(crate) written: u64,
    pub(crate) dropped: u64,
    pub(crate) lost: u64,
    pub(crate) errors: u64,
    pub(crate) last_error: Option<String>,
    pub(crate) reopened: u64,
    pub(crate) rotated: u64,
}

#[derive(Debug, Default)]
struct State {
    /// Records of known length, not yet taken by the thread.
    buffer: Vec<u8>,
    /// Records and bytes accepted and not yet settled, with those that the thread has taken.
    records: usize,
    bytes: usize,
    /// Records dropped of which the file does not tell yet.
    untold: u64,
    counters: Counters,
    /// The thread sleeps until it is woken.
    asleep: bool,
    /// Somebody waits for the file to be up to date.
    hurry: bool,
    /// When the thread must give up on a disk that fails; set where the writer is closed.
    closing: Option<Instant>,
    finished: bool,
    /// How long a flush has waited in vain, and how many records were written at that time.
    vain: (Duration, u64),
}

impl State {
    /// Whether one more record of `length` bytes is within the bounds. One that is larger than the
    /// bound goes into an empty queue.
    fn fits(&self, length: usize, limits: Limits) -> bool {
        self.records == 0 || (self.records < limits.records && self.bytes + length <= limits.bytes)
    }

    fn half_full(&self, limits: Limits) -> bool {
        self.records >= limits.records.div_ceil(2) || self.bytes >= limits.bytes / 2
    }
}

/// How much may wait in a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Queue {
    limits: Limits,
    state: Mutex<State>,
    /// The thread waits here.
    work: Condvar,
    /// Callers wait here, for room or for the file.
    progress: Condvar,
}

impl Queue {
    pub(crate) fn new(limits: Limits, closed: bool) -> Self {
        let closing = closed.then(Instant::now);
        let state = Mutex::new(State { closing, finished: closed, ..State::default() });
        Self { limits, state, work: Condvar::new(), progress: Condvar::new() }
    }

    /// Put a record into the queue.
    pub(crate) fn offer(&self, record: &[u8], wait: Wait) -> Offer {
        let mut state = self.lock();
        let no_room =
            |state: &mut State| state.closing.is_none() && !state.fits(record.len(), self.limits);
        if let Wait::For(time) = wait
            && no_room(&mut state)
        {
            state = self
                .progress
                .wait_timeout_while(state, time.min(LONGEST), no_room)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        if state.closing.is_some() {
            return Offer::Closed;
        }
        if no_room(&mut state) {
            if let Wait::No = wait {
                state.counters.dropped += 1;
                state.untold += 1;
            }
            return Offer::Full;
        }
        let was_half_full = state.half_full(self.limits);
        put_length(&mut state.buffer, record.len());
        state.buffer.extend_from_slice(record);
        state.records += 1;
        state.bytes += record.len();
        state.counters.accepted += 1;
        let wake = mem::take(&mut state.asleep) || (!was_half_full && state.half_full(self.limits));
        drop(state);
        if wake {
            self.work.notify_one();
        }
        Offer::Accepted
    }

    /// Wait until everything accepted so far is in the file, or `poll` says to stop waiting.
    pub(crate) fn flush(&self, timeout: Duration, poll: impl FnMut() -> bool) -> bool {
        let start = Instant::now();
        let mut state = self.lock();
        let (target, written) = (state.counters.accepted, state.counters.written);
        state.hurry = true;
        self.work.notify_one();
        let behind = |state: &mut State| state.counters.written < target && !state.finished;
        state = self.wait(state, timeout, poll, behind);
        let done = state.counters.written >= target;
        if !done && state.counters.written == written {
            state.vain = (start.elapsed(), written);
        }
        done
    }

    /// Accept nothing more, and wait until everything is in the file, or `poll` says to stop.
    ///
    /// Time that a flush has just waited in vain is not waited again: at exit the interpreter
    /// flushes and then closes, and a stuck disk must not delay it twice.
    pub(crate) fn close(&self, timeout: Duration, poll: impl FnMut() -> bool) -> bool {
        let mut state = self.lock();
        let (vain, written) = state.vain;
        let stuck = state.records > 0 && written == state.counters.written;
        let waited = if stuck { vain } else { Duration::ZERO };
        let timeout = timeout.min(LONGEST).saturating_sub(waited);
        let deadline = Instant::now() + timeout;
        state.closing = Some(state.closing.map_or(deadline, |earlier| earlier.min(deadline)));
        self.work.notify_one();
        self.progress.notify_all();
        state = self.wait(state, timeout, poll, |state| !state.finished);
        state.finished && state.counters.lost == 0
    }

    /// For the thread: exchange `chunk` for the records of the queue, waiting for the first, and
    /// give the number dropped since. `None` where the writer is closed and the queue is empty.
    pub(crate) fn take(&self, chunk: &mut Vec<u8>) -> Option<u64> {
        chunk.clear();
        chunk.shrink_to(KEEP_BYTES);
        let calm = |state: &mut State| {
            !state.hurry && state.closing.is_none() && !state.half_full(self.limits)
        };
        let waited = self.work.wait_timeout_while(self.lock(), LINGER, calm);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        while state.buffer.is_empty() && state.untold == 0 {
            if state.closing.is_some() {
                return None;
            }
            state.hurry = false;
            state.asleep = true;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.asleep = false;
        state.hurry = false;
        mem::swap(&mut state.buffer, chunk);
        Some(mem::take(&mut state.untold))
    }

    /// For the thread: `records` with together `bytes` are in the file.
    pub(crate) fn settle(&self, records: usize, bytes: usize) {
        let mut state = self.lock();
        state.records = state.records.saturating_sub(records);
        state.bytes = state.bytes.saturating_sub(bytes);
        state.counters.written += records as u64;
        drop(state);
        self.progress.notify_all();
    }

    /// For the thread: count an error of the disk; whether it is the first.
    pub(crate) fn failed(&self, error: &io::Error) -> bool {
        let mut state = self.lock();
        state.counters.errors += 1;
        state.counters.last_error = Some(error.to_string());
        state.counters.errors == 1
    }

    /// For the thread: wait before the next attempt. Whether there is to be one.
    pub(crate) fn pause(&self, delay: Duration) -> bool {
        let left = |state: &State| {
            state.closing.map(|deadline| deadline.saturating_duration_since(Instant::now()))
        };
        let state = self.lock();
        let closing = state.closing.is_some();
        let delay = left(&state).map_or(delay, |left| left.min(delay));
        let same = |state: &mut State| !state.hurry && state.closing.is_some() == closing;
        let waited = self.work.wait_timeout_while(state, delay, same);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.hurry = false;
        left(&state) != Some(Duration::ZERO)
    }

    /// For the thread: how often the file was opened again and rotated since the last time.
    pub(crate) fn moved(&self, reopened: u64, rotated: u64) {
        let mut state = self.lock();
        state.counters.reopened += reopened;
        state.counters.rotated += rotated;
    }

    /// For the thread, at its end: what was not written is lost.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        state.counters.lost += state.records as u64;
        state.records = 0;
        state.bytes = 0;
        state.buffer = Vec::new();
        state.closing.get_or_insert_with(Instant::now);
        state.finished = true;
        drop(state);
        self.progress.notify_all();
    }

    /// The counters, and the number of records that wait.
    pub(crate) fn counters(&self) -> (Counters, usize) {
        let state = self.lock();
        (state.counters.clone(), state.records)
    }

    /// Wait while `condition` holds, calling `poll` every [`POLL`] without the lock.
    fn wait<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        timeout: Duration,
        mut poll: impl FnMut() -> bool,
        mut condition: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        let deadline = Instant::now() + timeout.min(LONGEST);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let slice = left.min(POLL);
            let waited = self.progress.wait_timeout_while(state, slice, &mut condition);
            let (after, outcome) = waited.unwrap_or_else(PoisonError::into_inner);
            if !outcome.timed_out() || left.is_zero() {
                return after;
            }
            drop(after);
            let go_on = poll();
            state = self.lock();
            if !go_on {
                return state;
            }
        }
    }

    /// No code panics with the lock held, so that a poisoned lock guards a sound state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
