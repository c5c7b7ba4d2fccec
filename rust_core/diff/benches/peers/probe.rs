//! Which contenders finish a pair in time; those that do not are stopped, as processes.

use std::io;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::contenders::Contender;
use crate::corpus::{Pair, Set};

/// More than any diff here may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(3);

/// The contenders that diff a pair within the limit.
pub(crate) fn able<'a>(
    arguments: &Arguments,
    chosen: &[&'a Contender],
    set: &Set,
    pair: &Pair,
) -> io::Result<Vec<&'a Contender>> {
    let mut able = Vec::new();
    for contender in chosen {
        if finishes(arguments, set, pair, contender)? {
            able.push(*contender);
        }
    }
    Ok(able)
}

/// Whether a contender, in a process of its own, does it.
fn finishes(
    arguments: &Arguments,
    set: &Set,
    pair: &Pair,
    contender: &Contender,
) -> io::Result<bool> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--quick", "--rounds", "1", "--only", contender.name, "--pair", &pair.name])
        .args([&set.name, "--corpus"])
        .arg(&arguments.corpus)
        .stdout(Stdio::null())
        .spawn()?;
    let finished = wait(&mut child)?;
    if !finished {
        child.kill()?;
        child.wait()?;
    }
    Ok(finished)
}

fn wait(child: &mut Child) -> io::Result<bool> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        sleep(Duration::from_millis(5));
    }
    Ok(false)
}
