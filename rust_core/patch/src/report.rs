//! What is said of a hunk that has no place, or more than one.

use std::ops::Range;

use crate::error::{Nearest, PatchError};
use crate::keys::{Keys, Tolerance, same};
use crate::model::FilePatch;
use crate::place::{Found, Placed};
use crate::segments;
use crate::sides::Sides;

/// A placement, or the error that says why there is none.
pub(crate) fn settle<'p>(
    found: Found<'p>,
    file: &FilePatch,
    index: usize,
    side: &Sides<'_>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
) -> Result<Placed<'p>, PatchError> {
    let path = String::from_utf8_lossy(file.path()).into_owned();
    let (hunk, line) = (index + 1, side.hunk.line);
    match found {
        Found::Here(placed) => Ok(placed),
        Found::Several(places) => {
            let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
            let places = places.into_iter().map(number).collect();
            Err(PatchError::Ambiguous { path, hunk, line, places })
        }
        Found::Nowhere => {
            let nearest = nearest(side, keys, bounds).map(Box::new);
            Err(PatchError::NoPlace { path, hunk, line, nearest })
        }
    }
}

/// The place at which most of the old lines stand, the first of several, and the first line that
/// is another one there.
fn nearest(side: &Sides<'_>, keys: &Keys<'_>, bounds: &Range<usize>) -> Option<Nearest> {
    if side.old.len().saturating_mul(bounds.len()) > segments::WORK {
        return None;
    }
    let wanted = Keys::of_patch(Tolerance::Amount, &side.old);
    let lines = keys.of_text(Tolerance::Amount);
    let agree =
        |at: &usize| lines[*at..].iter().zip(&wanted).filter(|(text, patch)| text == patch).count();
    let at = bounds.clone().rev().max_by_key(agree)?;
    let matched = agree(&at);
    let wrong = side.old.iter().enumerate().find(|(index, line)| {
        at + index >= keys.text.len()
            || !same(Tolerance::Amount, &line.content, keys.text.content(at + index))
    });
    let (index, line) = wrong.filter(|_| matched > 0)?;
    let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    Some(Nearest {
        start: number(at),
        matched: (matched, side.old.len()),
        line: number(at + index),
        expected: line.content.clone(),
        found: (at + index < keys.text.len()).then(|| keys.text.content(at + index).to_vec()),
    })
}
