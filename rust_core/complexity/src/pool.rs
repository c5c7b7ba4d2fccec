//! Threads for one piece of work.

use pyagent_source::COMFORTABLE_STACK;
use rayon::ThreadPoolBuildError;

/// Run `work` on `threads` threads, or on one for each core if that is 0.
///
/// A pool for each call, which takes a fraction of a millisecond: a pool kept for the process, such
/// as rayon's own, hangs in a child after a fork.
pub(crate) fn run<T: Send>(
    threads: usize,
    work: impl FnOnce() -> T + Send,
) -> Result<T, ThreadPoolBuildError> {
    let builder = rayon::ThreadPoolBuilder::new();
    let pool = builder.num_threads(threads).stack_size(COMFORTABLE_STACK).build()?;
    Ok(pool.install(work))
}
