//! CPU time, which other work on the machine disturbs less than wall time.

use std::time::Duration;

/// CPU time of this thread.
#[cfg(unix)]
pub(crate) fn now() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Wall time, where there is nothing better.
#[cfg(not(unix))]
pub(crate) fn now() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// End this process when it has used so many seconds of CPU time; without effect on Windows.
pub(crate) fn limit(seconds: u64) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};

        let limit = Rlimit { current: Some(seconds), maximum: Some(seconds) };
        setrlimit(Resource::Cpu, limit).expect("a limit may always be lowered");
    }
    #[cfg(not(unix))]
    let _ = seconds;
}
