//! The same work on many things, by as many threads as there are processors.

use std::num::NonZero;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// Below so many things a second thread costs more than it saves.
const ALONE: usize = 16;
/// How many batches there are for each thread: files are of all sizes, and none should wait for the
/// one that got the large ones.
const SHARE: usize = 16;
/// How many are taken at once at most.
const BATCH: usize = 64;

/// `work` on every item, in order; each thread has what `state` makes to itself.
pub(crate) fn in_parallel<T: Send, S, R: Send>(
    items: Vec<T>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, T) -> R + Sync,
) -> Vec<R> {
    let threads = threads();
    if items.len() < ALONE || threads == 1 {
        let mut state = state();
        return items.into_iter().map(|item| work(&mut state, item)).collect();
    }
    let batch = (items.len() / (threads * SHARE)).clamp(1, BATCH);
    let queue = Mutex::new(items.into_iter().enumerate());
    let run = || {
        let mut state = state();
        let mut results = Vec::new();
        loop {
            let mut rest = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let taken: Vec<(usize, T)> = rest.by_ref().take(batch).collect();
            drop(rest);
            if taken.is_empty() {
                return results;
            }
            results.extend(taken.into_iter().map(|(at, item)| (at, work(&mut state, item))));
        }
    };
    let mut results = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut results = run();
        for other in others {
            match other.join() {
                Ok(part) => results.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_unstable_by_key(|&(at, _)| at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How many threads to use. It is asked once: the answer takes a dozen system calls.
fn threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    *THREADS.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get).min(8))
}

#[cfg(test)]
mod tests {
    use super::in_parallel;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 15, 16, 17, 1000, 12345] {
            let items: Vec<usize> = (0..count).collect();
            let doubled = in_parallel(items, || 2, |factor, item| item * *factor);
            assert_eq!(doubled, (0..count).map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
