//! Which contenders finish a pair in time; those that do not are stopped, as processes.

use std::io;
use std::process::{Command, Stdio};

use crate::arguments::Arguments;
use crate::contenders::Contender;
use crate::corpus::{Pair, Set};

/// Seconds of CPU time, more than any diff here should take.
const LIMIT: u64 = 3;

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
    let status = Command::new(std::env::current_exe()?)
        .args(["--quick", "--rounds", "1", "--only", contender.name, "--pair", &pair.name])
        .args(["--limit", &LIMIT.to_string(), &set.name, "--corpus"])
        .arg(&arguments.corpus)
        .stdout(Stdio::null())
        .status()?;
    Ok(status.success())
}
