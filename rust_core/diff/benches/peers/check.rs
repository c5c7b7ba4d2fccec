//! Whether changes are right, and how many lines they change.

use pyagent_diff::Change;

use crate::contenders::{Contender, split};
use crate::corpus::Pair;

/// The contenders that always find the fewest changed lines; the first at hand is the judge.
const EXACT: [&str; 3] = ["similar raw", "diffy", "ours minimal"];

/// Changed lines of each contender, and the fewest possible where an exact contender is among
/// them, summed over the pairs.
pub(crate) struct Counts {
    pub(crate) changed: Vec<usize>,
    pub(crate) fewest: Option<usize>,
}

/// Run every contender once on every pair.
///
/// # Panics
///
/// Where changes do not turn the text before into the text after, and where a contender finds
/// fewer than an exact one.
pub(crate) fn count(chosen: &[&Contender], pairs: &[Pair]) -> Counts {
    let judge = EXACT.iter().find_map(|exact| chosen.iter().position(|c| c.name == *exact));
    let mut sums = vec![0; chosen.len()];
    for pair in pairs {
        let (before, after) = (split(&pair.before), split(&pair.after));
        let counts: Vec<usize> = chosen
            .iter()
            .map(|contender| {
                let changes = (contender.diff)(&pair.before, &pair.after);
                let right = apply(&before, &after, &changes) == pair.after;
                assert!(right, "{} is wrong on {}", contender.name, pair.name);
                changes.iter().map(|change| change.before.len() + change.after.len()).sum()
            })
            .collect();
        for (index, count) in counts.iter().enumerate() {
            let fewest = judge.map_or(0, |judge| counts[judge]);
            assert!(*count >= fewest, "{}: {} < {fewest}", pair.name, chosen[index].name);
            sums[index] += count;
        }
    }
    Counts { fewest: judge.map(|judge| sums[judge]), changed: sums }
}

/// The text before with the changes made; what stays is taken from it, the rest from the other.
fn apply(before: &[&[u8]], after: &[&[u8]], changes: &[Change]) -> Vec<u8> {
    let mut text: Vec<&[u8]> = Vec::new();
    let mut position = 0;
    for change in changes {
        text.extend(&before[position..change.before.start as usize]);
        text.extend(&after[change.after.start as usize..change.after.end as usize]);
        position = change.before.end as usize;
    }
    text.extend(&before[position..]);
    text.concat()
}
