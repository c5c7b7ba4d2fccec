//! From two texts to their changes: trim, number, solve, slide.

use std::borrow::Cow;
use std::hash::Hash;

use crate::intern::{self, Interned};
use crate::lines::offset;
use crate::myers::{Changed, Myers};
use crate::shared::Shared;
use crate::slide::{Side, slide};
use crate::{Algorithm, Change, Options, Whitespace, histogram, patience, trim};

/// The changes between two texts by line.
pub(crate) fn lines(before: &[u8], after: &[u8], options: Options) -> Vec<Change> {
    let ends = match options.whitespace {
        Whitespace::Exact => trim::shared_lines(before, after),
        _ => trim::Ends::default(),
    };
    let old = ends.start..before.len() - ends.end;
    let new = ends.start..after.len() - ends.end;
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    let mut old = Side::new(before, old, options.whitespace);
    let mut new = Side::new(after, new, options.whitespace);
    let mut changes = solve_lines(&mut old, &mut new, options);
    if options.slide {
        changes = slide(changes, old, new);
    }
    let first = offset(ends.start_lines);
    // Sliding may reach into what both sides share at their start.
    for change in &mut changes {
        for range in [&mut change.before, &mut change.after] {
            *range = range.start.wrapping_add(first)..range.end.wrapping_add(first);
        }
    }
    changes
}

fn solve_lines<'a>(old: &mut Side<'a>, new: &mut Side<'a>, options: Options) -> Vec<Change> {
    old.find_lines();
    if options.whitespace == Whitespace::Exact && old.len() > 0 {
        let (numbers, ends) = intern::lines(old.middle(), old.ends(), new.middle());
        new.set_ends(ends);
        let changes = solve(&numbers, options.algorithm);
        if same_between(&changes, old, new) {
            return changes;
        }
    }
    new.find_lines();
    let keys = |side: &Side<'a>| -> Vec<Cow<'a, [u8]>> {
        side.lines().map(|line| options.whitespace.key(line)).collect()
    };
    solve(&intern::tokens(&keys(old), &keys(new)), options.algorithm)
}

/// Whether all that is not changed is equal indeed. If it is, then no other changes are fewer: what
/// is equal has equal numbers, so that numbers cannot hide anything that is equal.
fn same_between(changes: &[Change], old: &Side<'_>, new: &Side<'_>) -> bool {
    let starts = std::iter::once((0, 0))
        .chain(changes.iter().map(|change| (change.before.end, change.after.end)));
    let ends = changes
        .iter()
        .map(|change| (change.before.start, change.after.start))
        .chain([(offset(old.len()), offset(new.len()))]);
    starts.zip(ends).all(|(start, end)| old.span(start.0..end.0) == new.span(start.1..end.1))
}

/// The changes between two sequences.
pub(crate) fn tokens<T: Hash + Eq>(before: &[T], after: &[T], options: Options) -> Vec<Change> {
    let start = trim::shared_start_items(before, after);
    let (before, after) = (&before[start..], &after[start..]);
    let end = trim::shared_end_items(before, after);
    let (before, after) = (&before[..before.len() - end], &after[..after.len() - end]);
    let mut changes = if before.is_empty() && after.is_empty() {
        Vec::new()
    } else {
        solve(&intern::tokens(before, after), options.algorithm)
    };
    let start = offset(start);
    for change in &mut changes {
        for range in [&mut change.before, &mut change.after] {
            *range = range.start + start..range.end + start;
        }
    }
    changes
}

fn solve(interned: &Interned, algorithm: Algorithm) -> Vec<Change> {
    let (before, after) = (&interned.before, &interned.after);
    let items = interned.occurs.len();
    let mut changed = Changed::nothing(before.len(), after.len());
    match algorithm {
        Algorithm::Myers | Algorithm::Minimal => {
            let shared = Shared::of_whole(interned, &mut changed);
            let minimal = algorithm == Algorithm::Minimal;
            Myers::new(&shared, minimal, &mut changed).solve();
        }
        Algorithm::Histogram => histogram::solve(before, after, items, &mut changed),
        Algorithm::Patience => patience::solve(before, after, items, &mut changed),
    }
    collect(&changed)
}

/// The runs of marked items as changes.
fn collect(changed: &Changed) -> Vec<Change> {
    let mut found = Vec::new();
    let (mut a, mut b) = (0, 0);
    let marked = |marks: &[bool], from: usize| {
        marks[from..].iter().position(|mark| !mark).unwrap_or(marks.len() - from)
    };
    loop {
        // What is equal comes in pairs, so both sides are walked at once.
        let pairs = changed.before[a..].iter().zip(&changed.after[b..]);
        let equal = pairs.take_while(|(one, other)| !(**one || **other)).count();
        (a, b) = (a + equal, b + equal);
        let (a_end, b_end) = (a + marked(&changed.before, a), b + marked(&changed.after, b));
        if a == a_end && b == b_end {
            return found;
        }
        found.push(Change { before: a as u32..a_end as u32, after: b as u32..b_end as u32 });
        (a, b) = (a_end, b_end);
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
