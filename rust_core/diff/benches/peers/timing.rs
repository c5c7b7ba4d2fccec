//! CPU time of contenders that take turns.

use std::hint::black_box;
use std::time::Duration;

use crate::clock;
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
            work(contender, pairs);
        }
    }
}

/// The texts are read before, so that none of the contenders finds them in a warmer cache.
fn once(contender: &Contender, pairs: &[Pair]) -> Duration {
    for pair in pairs {
        black_box(memchr::memchr_iter(b'\n', &pair.before).count());
        black_box(memchr::memchr_iter(b'\n', &pair.after).count());
    }
    let start = clock::now();
    work(contender, pairs);
    clock::now().saturating_sub(start)
}

fn work(contender: &Contender, pairs: &[Pair]) {
    for pair in pairs {
        black_box((contender.diff)(black_box(&pair.before), black_box(&pair.after)));
    }
}
