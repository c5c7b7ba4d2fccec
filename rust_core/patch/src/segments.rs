//! Placing a hunk by a part of its context.
//!
//! A change is safe where the lines that it removes and the line on either side of it are there,
//! next to each other: that is what a three-way merge asks for. So a hunk is cut into segments,
//! each with its changes and the context lines next to them, which must stand together. The rest
//! of the context need not be there, and lines may have come in between; it is evidence.

use std::ops::Range;

use crate::chains::Chains;
use crate::keys::{Keys, Tolerance, same};
use crate::model::{Kind, Line};
use crate::place::Found;
use crate::search;
use crate::sides::{Group, Sides};
use crate::similarity::Vocabulary;
use crate::weigh::Weights;

/// How much of a hunk may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slack {
    /// Context beyond the first line on each side of a change that tells one place from another.
    Context,
    /// Context beyond the very line on each side of a change, but one line of it at most.
    OneLine,
    /// As `Context`, and context lines may have slips of the pen.
    Slips,
}

/// Most places of one segment that are weighed, the nearest first.
const MOST: usize = 64;

/// Most pairs of lines that are compared for a hunk that does not stand as a whole.
pub(crate) const WORK: usize = 50_000_000;

/// Lines of a hunk that must stand together.
pub(crate) struct Segment<'s, 'p> {
    /// As indices of old lines.
    pub(crate) old: Range<usize>,
    /// As indices of new lines.
    pub(crate) new: Range<usize>,
    pub(crate) groups: &'s [Group<'p>],
    /// No context stands above: the patch says that the file begins here.
    first: bool,
    /// No context stands below: the patch says that the file ends here.
    last: bool,
}

/// A place for a segment.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Lines of the text.
    pub(crate) lines: Range<usize>,
    /// Its change is there already.
    pub(crate) applied: bool,
    /// Wrong letters in its lines.
    pub(crate) slips: usize,
    /// What its lines weigh.
    pub(crate) weight: f64,
}

/// Find a hunk by its segments.
pub(crate) fn find<'p>(
    side: &Sides<'p>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
    expected: Option<usize>,
    slack: Slack,
) -> Found<'p> {
    let weights = Weights::new(side, keys);
    let segments = segments(side, &weights, slack);
    if segments.is_empty() || side.old.len().saturating_mul(bounds.len()) > WORK {
        return Found::Nowhere;
    }
    let words = (slack == Slack::Slips).then(|| vocabulary(side, keys));
    let mut places = Vec::new();
    for segment in &segments {
        let mut all = match &words {
            None => standing(segment, side, keys, bounds, expected, &weights),
            Some(words) => slipped(segment, side, keys, bounds, &weights, words),
        };
        if all.is_empty() {
            return Found::Nowhere;
        }
        all.sort_by_key(|place| {
            expected.map_or(0, |at| (at + segment.old.start).abs_diff(place.lines.start))
        });
        all.truncate(MOST);
        all.sort_by_key(|place| (place.lines.start, place.applied));
        places.push(all);
    }
    let chains = Chains::new(side, keys, bounds, expected, &segments, &places, &weights);
    chains.best(slack)
}

/// Cut a hunk into runs of changes and the lines next to them. Where no removed line tells one
/// place from another, they reach to the first line on each side that does: a blank line or a
/// bracket is next to anything.
fn segments<'s, 'p>(side: &'s Sides<'p>, weights: &Weights, slack: Slack) -> Vec<Segment<'s, 'p>> {
    let mut segments: Vec<(Range<usize>, Range<usize>, Range<usize>)> = Vec::new();
    let mut floor = 0;
    for (index, group) in side.groups.iter().enumerate() {
        let ceiling = side.groups.get(index + 1).map_or(side.old.len(), |next| next.old.start);
        let telling = |line: &usize| weights.telling(*line);
        let near = slack == Slack::OneLine || group.old.clone().any(|line| telling(&line));
        let tells = |line: &usize| near || telling(line);
        let above = (floor..group.old.start).rev().find(tells).unwrap_or(floor);
        let below = (group.old.end..ceiling).find(tells).map_or(ceiling, |line| line + 1);
        floor = group.old.end;
        let old = above..below;
        let new =
            group.new.start - (group.old.start - above)..group.new.end + (below - group.old.end);
        match segments.last_mut() {
            // One context line between two changes belongs to both.
            Some((lines, news, groups)) if old.start < lines.end => {
                (lines.end, news.end, groups.end) = (old.end, new.end, index + 1);
            }
            _ => segments.push((old, new, index..index + 1)),
        }
    }
    let numbered = side.hunk.old_start.is_some();
    let (top, bottom) = side.margins();
    segments
        .into_iter()
        .map(|(old, new, groups)| Segment {
            first: numbered && top == 0 && bottom > 0 && old.start == 0,
            last: numbered && bottom == 0 && top > 0 && old.end == side.old.len(),
            old,
            new,
            groups: &side.groups[groups],
        })
        .collect()
}

/// The words that the text and the changed lines of the hunk use.
fn vocabulary<'v>(side: &Sides<'v>, keys: &'v Keys<'_>) -> Vocabulary<'v> {
    let changed = side.hunk.lines.iter().filter(|line| line.kind != Kind::Context);
    Vocabulary::new(keys.words(), changed.map(|line| line.content.as_slice()))
}

/// Places at which the lines of a segment stand, or those it would make.
fn standing(
    segment: &Segment<'_, '_>,
    side: &Sides<'_>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
    expected: Option<usize>,
    weights: &Weights,
) -> Vec<Place> {
    let old = &side.old[segment.old.clone()];
    let expected = expected.map(|at| at + segment.old.start);
    let at = |lines: &[&Line], tolerance| {
        search::places(keys, lines, bounds, expected, tolerance)
            .into_iter()
            .map(|at| at..at + lines.len())
            .filter(|lines| segment.fits_edges(lines, keys))
            .collect::<Vec<_>>()
    };
    let mut forward = at(old, Tolerance::AtEnd);
    if forward.is_empty() {
        forward = at(old, Tolerance::Amount);
    }
    let weight = weights.of(segment.old.clone());
    let mut places: Vec<Place> = forward
        .into_iter()
        .map(|lines| Place { lines, applied: false, slips: 0, weight })
        .collect();
    if segment.groups.iter().any(|group| !group.added.is_empty()) || gone(segment, weights) {
        let applied = at(&side.new[segment.new.clone()], Tolerance::AtEnd);
        places.extend(applied.into_iter().map(|lines| Place {
            lines,
            applied: true,
            slips: 0,
            weight,
        }));
    }
    places
}

/// Whether a segment only removes lines, and the text has none of those that tell one place from
/// another: then the lines around them, next to each other, are what the patch would make.
fn gone(segment: &Segment<'_, '_>, weights: &Weights) -> bool {
    let mut removed = segment.groups.iter().flat_map(|group| group.old.clone());
    removed.clone().any(|line| weights.telling(line))
        && removed.all(|line| weights.absent(line) || !weights.telling(line))
}

/// Places at which the lines of a segment stand but for slips in its context.
fn slipped(
    segment: &Segment<'_, '_>,
    side: &Sides<'_>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
    weights: &Weights,
    words: &Vocabulary<'_>,
) -> Vec<Place> {
    let old = &side.old[segment.old.clone()];
    let wanted = Keys::of_patch(Tolerance::Amount, old);
    let Some(window) = keys.of_text(Tolerance::Amount).get(bounds.clone()) else {
        return Vec::new();
    };
    let weight = weights.of(segment.old.clone());
    let mut places = Vec::new();
    for (start, window) in window.windows(wanted.len()).enumerate() {
        // At least half of the lines stand as they are.
        let others = window.iter().zip(&wanted).filter(|(text, patch)| text != patch);
        if others.take(wanted.len() / 2 + 1).count() * 2 > wanted.len() {
            continue;
        }
        let start = bounds.start + start;
        let slips = old.iter().enumerate().try_fold(0, |slips, (index, line)| {
            let text = keys.text.content(start + index);
            if same(Tolerance::Amount, &line.content, text) {
                Some(slips)
            } else if line.kind == Kind::Context {
                words.slips(&line.content, text).map(|more| slips + more)
            } else {
                None
            }
        });
        let lines = start..start + old.len();
        if let Some(slips) = slips.filter(|_| segment.fits_edges(&lines, keys)) {
            places.push(Place { lines, applied: false, slips, weight });
        }
    }
    places
}

impl Segment<'_, '_> {
    /// Whether a place is at the edge of the text where the patch says that it is.
    fn fits_edges(&self, lines: &Range<usize>, keys: &Keys<'_>) -> bool {
        (!self.first || lines.start == 0) && (!self.last || lines.end == keys.text.len())
    }
}
