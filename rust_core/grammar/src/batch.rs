//! Many sequences at once, on several threads.

use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::thread::available_parallelism;

use arc_swap::ArcSwapOption;
use rayon::{ThreadPool, ThreadPoolBuilder};
use rustc_hash::FxHashMap;

use crate::error::GrammarError;
use crate::grammar::lock;
use crate::matcher::Matcher;

/// The threads that help the calling one. Nothing is locked here, so that a child of `fork` finds no lock
/// that a thread of its parent held.
static HELPERS: ArcSwapOption<Helpers> = ArcSwapOption::const_empty();

struct Helpers {
    /// A child of `fork` has the memory of a pool and none of its threads.
    process: u32,
    pool: ThreadPool,
}

/// How many rows are copied at a time: few enough to share out evenly, and many enough that taking them
/// costs nothing beside copying them.
const ROWS: usize = 8;
/// How many rows are copied in the time that another thread takes to wake up.
const WAKING: usize = 64;

/// The position of what failed first in a batch, and why.
pub type Failed = (usize, GrammarError);

/// The number of threads for `wanted`, where 0 stands for one per processor.
#[must_use]
pub fn threads(wanted: usize) -> usize {
    match wanted {
        0 => available_parallelism().map_or(1, NonZero::get),
        wanted => wanted,
    }
}

/// At least so many helpers, if they can be started.
fn helpers(count: usize) -> Option<Arc<Helpers>> {
    let process = std::process::id();
    if let Some(helpers) = HELPERS.load_full()
        && helpers.process == process
        && helpers.pool.current_num_threads() >= count
    {
        return Some(helpers);
    }
    let name = |index| format!("pyagent-grammar-{index}");
    let pool = ThreadPoolBuilder::new().num_threads(count).thread_name(name).build().ok()?;
    let helpers = Arc::new(Helpers { process, pool });
    if let Some(old) = HELPERS.swap(Some(Arc::clone(&helpers)))
        && old.process != process
    {
        // Its threads are the parent's: to end them here would be to wait for them for ever.
        std::mem::forget(old);
    }
    Some(helpers)
}

/// Do `work` on every item, `chunk` items at a time, on `threads` threads of which the calling one is the first.
///
/// The calling thread begins at once and does not wait for the others to wake up, which would take as long as
/// some hundred rows.
pub fn for_each<T: Send>(
    items: &mut [T],
    chunk: usize,
    threads: usize,
    work: impl Fn(&mut T) + Sync,
) {
    let helping = threads.min(items.len().div_ceil(chunk)).saturating_sub(1);
    let helpers = if helping == 0 { None } else { helpers(helping) };
    let Some(helpers) = helpers else {
        items.iter_mut().for_each(work);
        return;
    };
    let chunks = Mutex::new(items.chunks_mut(chunk));
    // From both ends: rows that are filled step after step stay in the cache of the same core.
    let run = |front: bool| {
        loop {
            let mut left = lock(&chunks);
            let taken = if front { left.next() } else { left.next_back() };
            drop(left);
            let Some(taken) = taken else { return };
            taken.iter_mut().for_each(&work);
        }
    };
    helpers.pool.in_place_scope(|scope| {
        for _ in 0..helping {
            scope.spawn(|_| run(false));
        }
        run(true);
    });
}

/// A sequence and the row for its mask.
pub struct Job<'j> {
    matcher: &'j Mutex<Matcher>,
    row: &'j mut [i32],
    /// Whether the row is filled.
    outcome: Result<bool, GrammarError>,
}

impl<'j> Job<'j> {
    /// A row to be filled.
    pub fn new(matcher: &'j Mutex<Matcher>, row: &'j mut [i32]) -> Self {
        Self { matcher, row, outcome: Ok(false) }
    }
}

/// Fill the row of every sequence. Masks that are known are copied in parallel; of the others those of one
/// grammar are made one after the other, so that none is made twice.
///
/// # Errors
///
/// Which row failed first, and why. All rows that could be filled are.
pub fn fill(jobs: &mut [Job<'_>], threads: usize) -> Result<(), Failed> {
    let copying = threads.min(jobs.len() / WAKING);
    for_each(jobs, ROWS, copying, |job| {
        job.outcome = lock(job.matcher).fill_cached(job.row);
    });
    let misses = jobs.iter_mut().filter(|job| matches!(job.outcome, Ok(false)));
    for_each(&mut by_grammar(misses, |job| job.matcher), 1, threads, |group| {
        for job in group {
            job.outcome = lock(job.matcher).fill(job.row).map(|()| true);
        }
    });
    first_failed(jobs.iter_mut().map(|job| std::mem::replace(&mut job.outcome, Ok(false))))?;
    Ok(())
}

/// Have every sequence accept its token; say of each whether it did.
///
/// # Errors
///
/// Which sequence failed first, and why. A token outside the vocabulary, or one for a text that has
/// ended, is found before any sequence changes.
pub fn accept(steps: &[(&Mutex<Matcher>, u32)], threads: usize) -> Result<Vec<bool>, Failed> {
    for (row, &(matcher, token)) in steps.iter().enumerate() {
        check(&lock(matcher), token).map_err(|error| (row, error))?;
    }
    let mut answers: Vec<Result<bool, GrammarError>> = vec![Ok(false); steps.len()];
    let pairs = steps.iter().zip(&mut answers);
    for_each(&mut by_grammar(pairs, |((matcher, _), _)| matcher), 1, threads, |group| {
        for ((matcher, token), answer) in group {
            **answer = lock(matcher).accept(*token);
        }
    });
    first_failed(answers.into_iter())
}

fn check(matcher: &Matcher, token: u32) -> Result<(), GrammarError> {
    let size = matcher.grammar().vocabulary().size();
    if token as usize >= size {
        return Err(GrammarError::Token { token: u64::from(token), size });
    }
    match matcher.tokens().last() {
        Some(&last) if matcher.has_ended() => Err(GrammarError::Ended(last)),
        _ => Ok(()),
    }
}

/// What is to be done, in one list for each grammar.
fn by_grammar<T>(
    items: impl Iterator<Item = T>,
    of: impl Fn(&T) -> &Mutex<Matcher>,
) -> Vec<Vec<T>> {
    let mut groups: FxHashMap<usize, Vec<T>> = FxHashMap::default();
    for item in items {
        let grammar = std::ptr::from_ref(lock(of(&item)).grammar().program()).addr();
        groups.entry(grammar).or_default().push(item);
    }
    groups.into_values().collect()
}

fn first_failed(
    outcomes: impl Iterator<Item = Result<bool, GrammarError>>,
) -> Result<Vec<bool>, Failed> {
    outcomes.enumerate().map(|(row, outcome)| outcome.map_err(|error| (row, error))).collect()
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
