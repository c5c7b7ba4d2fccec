//! CPU time of contenders that take turns.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::contenders::Contender;
use crate::corpus::Pair;

/// A contender that has taken so long is not run again.
const ENOUGH: Duration = Duration::from_secs(4);

/// The least time of each contender for all pairs, over rounds in which they take turns.
pub(crate) fn in_turn(chosen: &[&Contender], pairs: &[Pair], rounds: usize) -> Vec<Duration> {
    let mut spent = vec![Duration::ZERO; chosen.len()];
    let mut least = vec![Duration::MAX; chosen.len()];
    for _ in 0..rounds {
        for (index, contender) in chosen.iter().enumerate() {
            if spent[index] < ENOUGH {
                let time = once(contender, pairs);
                spent[index] += time;
                least[index] = least[index].min(time);
            }
        }
    }
    least
}

/// Only the work, for a profiler.
pub(crate) fn repeat(chosen: &[&Contender], pairs: &[Pair], rounds: usize) {
    for contender in chosen {
        for _ in 0..rounds {
            once(contender, pairs);
        }
    }
}

/// The texts are read before, so that none of the contenders finds them in a warmer cache.
fn once(contender: &Contender, pairs: &[Pair]) -> Duration {
    for pair in pairs {
        black_box(memchr::memchr_iter(b'\n', &pair.before).count());
        black_box(memchr::memchr_iter(b'\n', &pair.after).count());
    }
    let start = cpu_time();
    for pair in pairs {
        black_box((contender.diff)(black_box(&pair.before), black_box(&pair.after)));
    }
    cpu_time().saturating_sub(start)
}

/// CPU time of this thread, which other work on the machine disturbs less than wall time.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or(0))
}
