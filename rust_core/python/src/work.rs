//! The one way to run native work: without the GIL, and with Ctrl+C.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

/// How often long work looks for a signal and tells of its progress.
const POLL: Duration = Duration::from_millis(50);

/// Run `work` on another thread with the GIL released, calling `poll` every [`POLL`] with the GIL
/// held. Where a signal handler or `poll` raises, `cancel` is called, the work is awaited, and the
/// exception goes on.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Send,
    cancel: impl Fn(),
    mut poll: impl FnMut(Python<'_>) -> PyResult<()>,
) -> PyResult<T> {
    thread::scope(|scope| {
        let (done, wait) = channel();
        let worker = scope.spawn(move || {
            let result = work();
            // The receiver is gone only when the work was cancelled.
            let _ = done.send(());
            result
        });
        let mut raised = None;
        // The receiver must be `Sync` to be borrowed where the GIL is released.
        let wait = std::sync::Mutex::new(wait);
        loop {
            let state = py.detach(|| {
                let wait = wait.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                wait.recv_timeout(POLL)
            });
            match state {
                Err(RecvTimeoutError::Timeout) => {
                    if raised.is_none()
                        && let Err(error) = py.check_signals().and_then(|()| poll(py))
                    {
                        cancel();
                        raised = Some(error);
                    }
                }
                Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        match (py.detach(|| worker.join()), raised) {
            (_, Some(error)) => Err(error),
            (Ok(result), None) => Ok(result),
            (Err(panic), None) => std::panic::resume_unwind(panic),
        }
    })
}
