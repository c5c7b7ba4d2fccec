//! Which of several places a hunk belongs to.
//!
//! Three marks speak for a place: that it is near the line that the patch names, that it lies in
//! the function that the heading of the hunk names, and that it is at the edge of the text where
//! the hunk has no context on that side. Where they do not speak clearly, the hunk is ambiguous.

use crate::keys::{blank, split_indent};
use crate::sides::Sides;
use crate::text::Text;

/// Lines of context by which a hunk that only removes lines is known to have been applied.
pub(crate) const ENOUGH_CONTEXT: usize = 4;

/// How much better than the next the best place must be, in the units of `distance`.
pub(crate) const MARGIN: f64 = 0.25;

/// What the heading of a hunk is worth, in the same units.
const HEADING: f64 = 0.5;

/// How many lines of context programs show where nothing else is asked for.
const USUAL_CONTEXT: usize = 3;

/// What the edge of the text is worth, in the same units.
const EDGE: f64 = 0.5;

/// What a distance from the expected line takes away: little more for ten times the lines.
pub(crate) fn distance(at: usize, expected: Option<usize>) -> f64 {
    #[allow(clippy::cast_precision_loss)] // a logarithm does not need the last digits
    expected.map_or(0.0, |expected| 0.1 * ((at.abs_diff(expected) + 1) as f64).log2())
}

/// What speaks for a hunk that begins at `at`.
pub(crate) fn at(at: usize, expected: Option<usize>, side: &Sides<'_>, text: &Text<'_>) -> f64 {
    let heading = if below_heading(at, &side.hunk.heading, text) { HEADING } else { 0.0 };
    let edge = if at_edge(at, side, text) { EDGE } else { 0.0 };
    heading + edge - distance(at, expected)
}

/// The best of several places, or those that are about as good as the best.
pub(crate) fn choose(
    places: &[usize],
    expected: Option<usize>,
    side: &Sides<'_>,
    text: &Text<'_>,
) -> Result<Option<usize>, Vec<usize>> {
    if places.len() < 2 {
        return Ok(places.first().copied());
    }
    if let Some(exact) = places.iter().find(|at| Some(**at) == expected) {
        return Ok(Some(*exact));
    }
    let scores: Vec<f64> = places.iter().map(|place| at(*place, expected, side, text)).collect();
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    let good = places.iter().zip(&scores).filter(|(_, score)| **score > best - MARGIN);
    let good: Vec<usize> = good.map(|(place, _)| *place).collect();
    match good.as_slice() {
        [one] => Ok(Some(*one)),
        _ => Err(good),
    }
}

/// Whether a hunk with context on one side only is at the edge of the text with the other. A
/// program that writes a patch shows so much context on each side that there is; a hunk without
/// line numbers was written by someone else.
fn at_edge(at: usize, side: &Sides<'_>, text: &Text<'_>) -> bool {
    match side.margins() {
        _ if side.hunk.old_start.is_none() => false,
        (0, USUAL_CONTEXT..) => at == 0,
        (USUAL_CONTEXT.., 0) => at + side.old.len() == text.len(),
        _ => false,
    }
}

/// Whether a line lies in the block that a heading opens: no line between them is indented as
/// little as the heading, but for those that begin with a bracket.
fn below_heading(at: usize, heading: &[u8], text: &Text<'_>) -> bool {
    let heading = heading.trim_ascii();
    if heading.is_empty() {
        return false;
    }
    let mut least = usize::MAX;
    for line in (0..at.min(text.len())).rev() {
        let (indent, rest) = split_indent(text.content(line));
        // Git cuts headings to 80 bytes.
        if rest.starts_with(heading) && indent.len() < least {
            return true;
        }
        match rest.first() {
            None | Some(b'#' | b'}' | b')' | b']' | b'{') => {}
            Some(byte) if blank(*byte) => {}
            Some(_) => least = least.min(indent.len()),
        }
        if least == 0 {
            return false;
        }
    }
    false
}
