//! Chains of places for the segments of a hunk.
//!
//! A chain has one place for each segment, in order. It is weighed by the lines of the patch that
//! are found, those next to the changes and the rest of the context between and around them; the
//! best chain must have enough, and be clearly better than any that has another place for any
//! segment. Both come from one pass down and one pass up (the forward and backward sweeps of
//! dynamic programming), which together give the best chain through each place.

use std::ops::Range;

use crate::edits::{Edit, Style};
use crate::evidence;
use crate::indent::{self, Relation};
use crate::keys::Keys;
use crate::model::{Kind, Line};
use crate::place::{Found, Method, Placed, placement};
use crate::segments::{Place, Segment, Slack};
use crate::sides::Sides;
use crate::weigh::Weights;

/// Share of the weight of all old lines that must be found.
const ENOUGH: f64 = 0.4;

/// Weight of lines that must be found: about that of one line that is nowhere else.
const EVIDENCE: f64 = 1.0;

/// What context that is not next to the lines it stands by loses.
const APART: f64 = 0.3;

/// How much more weight the best chain must have than any other.
const CLEARLY: f64 = 0.5;

/// Every chain of places, one for each segment, and what it weighs.
pub(crate) struct Chains<'c, 'k, 'p> {
    side: &'c Sides<'p>,
    keys: &'c Keys<'k>,
    segments: &'c [Segment<'c, 'p>],
    places: &'c [Vec<Place>],
    weights: &'c Weights,
    expected: Option<usize>,
    /// For each place, the best weight of a chain down to it and from it on, itself in both.
    down: Vec<Vec<f64>>,
    up: Vec<Vec<f64>>,
    bounds: &'c Range<usize>,
}

impl<'c, 'k, 'p> Chains<'c, 'k, 'p> {
    pub(crate) fn new(
        side: &'c Sides<'p>,
        keys: &'c Keys<'k>,
        bounds: &'c Range<usize>,
        expected: Option<usize>,
        segments: &'c [Segment<'c, 'p>],
        places: &'c [Vec<Place>],
        weights: &'c Weights,
    ) -> Self {
        let empty = || places.iter().map(|all| vec![f64::NEG_INFINITY; all.len()]).collect();
        let (down, up) = (empty(), empty());
        let mut chains = Self { side, keys, segments, places, weights, expected, down, up, bounds };
        chains.weigh();
        chains
    }

    fn weigh(&mut self) {
        let last = self.segments.len() - 1;
        for index in 0..=last {
            for (number, place) in self.places[index].iter().enumerate() {
                let before = match index {
                    0 => self.head(place),
                    _ => best(
                        self.places[index - 1]
                            .iter()
                            .zip(&self.down[index - 1])
                            .map(|(above, weight)| weight + self.between(index - 1, above, place)),
                    ),
                };
                self.down[index][number] = before + self.own(index, place);
            }
        }
        for index in (0..=last).rev() {
            for (number, place) in self.places[index].iter().enumerate() {
                let after = if index == last {
                    self.tail(place)
                } else {
                    best(
                        self.places[index + 1]
                            .iter()
                            .zip(&self.up[index + 1])
                            .map(|(below, weight)| weight + self.between(index, place, below)),
                    )
                };
                self.up[index][number] = after + self.own(index, place);
            }
        }
    }

    /// What a place weighs by itself.
    fn own(&self, index: usize, place: &Place) -> f64 {
        let start = place.lines.start.saturating_sub(self.segments[index].old.start);
        let evidence = evidence::at(start, self.expected, self.side, self.keys.text);
        let change = if place.applied { 0.1 } else { 0.0 };
        #[allow(clippy::cast_precision_loss)] // a handful of letters
        let slips = place.slips as f64 * 0.1;
        place.weight + evidence / self.count() - change - slips
    }

    #[allow(clippy::cast_precision_loss)] // a handful of segments
    fn count(&self) -> f64 {
        self.segments.len() as f64
    }

    /// Weight of the context above the first segment that is found above its place.
    fn head(&self, place: &Place) -> f64 {
        let old = 0..self.segments[0].old.start;
        let end = place.lines.start;
        let start = |reach: usize| end.saturating_sub(reach).max(self.bounds.start).min(end);
        let near = self.weights.common(old.clone(), start(old.len())..end, self.keys);
        let far = self.weights.common(old.clone(), start(reach(&old))..end, self.keys);
        near.max(far - APART)
    }

    /// Weight of the context below the last segment that is found below its place.
    fn tail(&self, place: &Place) -> f64 {
        let last = &self.segments[self.segments.len() - 1];
        let old = last.old.end..self.side.old.len();
        let start = place.lines.end;
        let end = |reach: usize| (start + reach).min(self.bounds.end).max(start);
        let near = self.weights.common(old.clone(), start..end(old.len()), self.keys);
        let far = self.weights.common(old.clone(), start..end(reach(&old)), self.keys);
        near.max(far - APART)
    }

    /// Weight of the context between a segment and the next that is found between their places.
    fn between(&self, index: usize, above: &Place, below: &Place) -> f64 {
        if below.lines.start < above.lines.end {
            return f64::NEG_INFINITY;
        }
        let old = self.segments[index].old.end..self.segments[index + 1].old.start;
        let gap = below.lines.start - above.lines.end;
        #[allow(clippy::cast_precision_loss)] // a logarithm does not need the last digits
        let stretch = ((gap.abs_diff(old.len()) + 1) as f64).log2() * 0.1;
        let window = above.lines.end..below.lines.start.min(above.lines.end + old.len() * 2 + 64);
        self.weights.common(old, window, self.keys) - stretch
    }

    /// The best chain, if it is good enough and clearly better than any other.
    pub(crate) fn best(&self, slack: Slack) -> Found<'p> {
        let through = |index: usize, number: usize| {
            self.down[index][number] + self.up[index][number]
                - self.own(index, &self.places[index][number])
        };
        let mut chosen = Vec::new();
        let mut rival: Option<(f64, usize)> = None;
        let mut top = f64::NEG_INFINITY;
        for index in 0..self.segments.len() {
            let all = 0..self.places[index].len();
            let Some(number) =
                all.clone().max_by(|a, b| through(index, *a).total_cmp(&through(index, *b)))
            else {
                return Found::Nowhere;
            };
            top = top.max(through(index, number));
            chosen.push(&self.places[index][number]);
            for other in all.filter(|other| *other != number) {
                let weight = through(index, other);
                if rival.is_none_or(|(best, _)| weight > best) {
                    rival = Some((weight, self.places[index][other].lines.start));
                }
            }
        }
        let (found, all) = self.context(&chosen);
        let missing = slack == Slack::OneLine && found + 1 < all;
        if missing || !self.enough(&chosen, top) {
            return Found::Nowhere;
        }
        if let Some((weight, at)) = rival
            && weight > top - CLEARLY
        {
            return Found::Several(vec![chosen[0].lines.start, at]);
        }
        self.settle(&chosen, slack)
    }

    /// Whether so much of a hunk is found that its place is no accident.
    fn enough(&self, chosen: &[&Place], top: f64) -> bool {
        if !top.is_finite() {
            return false;
        }
        let own: f64 = chosen
            .iter()
            .enumerate()
            .map(|(index, place)| self.own(index, place) - place.weight)
            .sum();
        let found = top - own;
        found >= EVIDENCE && found >= ENOUGH * self.weights.of(0..self.side.old.len())
    }

    /// The placement of a chain. A patch that is indented otherwise is believed only where all of
    /// it is there, so that here the indentation must agree.
    fn settle(&self, chosen: &[&Place], slack: Slack) -> Found<'p> {
        let mut pairs = Vec::new();
        for (segment, place) in self.segments.iter().zip(chosen) {
            for (index, line) in self.lines(segment, place).iter().enumerate() {
                let text = self.keys.text.content(place.lines.start + index);
                pairs.push((line.content.as_slice(), text));
            }
        }
        if indent::learn(pairs.iter().copied()) != Relation::Equal {
            return Found::Nowhere;
        }
        let differ = pairs.iter().any(|(patch, text)| patch != text);
        let style = if differ { Style::Ending } else { Style::AsIs };
        let mut edits = Vec::new();
        for (segment, place) in self.segments.iter().zip(chosen).filter(|(_, place)| !place.applied)
        {
            for group in segment.groups {
                let start = place.lines.start + group.old.start - segment.old.start;
                edits.push(Edit {
                    lines: start..start + group.old.len(),
                    added: group.added.clone(),
                    style: style.clone(),
                });
            }
        }
        Found::Here(self.placed(chosen, slack, edits, &pairs))
    }

    /// The lines of the patch that stand at a place.
    fn lines(&self, segment: &Segment<'_, 'p>, place: &Place) -> &'c [&'p Line] {
        if place.applied {
            &self.side.new[segment.new.clone()]
        } else {
            &self.side.old[segment.old.clone()]
        }
    }

    fn placed(
        &self,
        chosen: &[&Place],
        slack: Slack,
        edits: Vec<Edit<'p>>,
        pairs: &[(&[u8], &[u8])],
    ) -> Placed<'p> {
        let (first, last) = (chosen[0], chosen[chosen.len() - 1]);
        let begin = first.lines.start.saturating_sub(self.segments[0].old.start);
        let context = self.context(chosen);
        let method = if slack == Slack::Slips { Method::Similarity } else { Method::Context };
        let mut placement = placement(self.side, begin, method, context);
        placement.applied = chosen.iter().all(|place| place.applied);
        let letters: usize = pairs.iter().map(|(patch, _)| patch.len()).sum();
        let slips: usize = chosen.iter().map(|place| place.slips).sum();
        #[allow(clippy::cast_precision_loss)] // a share, shown with two digits
        let wrong = slips as f64 / letters.max(1) as f64;
        placement.similarity = 1.0 - wrong;
        Placed { placement, edits, span: first.lines.start..last.lines.end }
    }

    /// How many context lines were found, and how many there are.
    fn context(&self, chosen: &[&Place]) -> (usize, usize) {
        let all = self.side.old.iter().filter(|line| line.kind == Kind::Context).count();
        let last = self.segments.len() - 1;
        let mut found: usize = self
            .segments
            .iter()
            .map(|segment| {
                let lines = &self.side.old[segment.old.clone()];
                lines.iter().filter(|line| line.kind == Kind::Context).count()
            })
            .sum();
        let head = 0..self.segments[0].old.start;
        let (top, bottom) = (chosen[0].lines.start, chosen[last].lines.end);
        let above = top.saturating_sub(reach(&head)).max(self.bounds.start).min(top)..top;
        found += self.weights.lines_in_common(head, above, self.keys);
        let tail = self.segments[last].old.end..self.side.old.len();
        let below = bottom..(bottom + reach(&tail)).min(self.bounds.end).max(bottom);
        found += self.weights.lines_in_common(tail, below, self.keys);
        for index in 0..last {
            let old = self.segments[index].old.end..self.segments[index + 1].old.start;
            let (from, to) = (chosen[index].lines.end, chosen[index + 1].lines.start);
            let window = from..to.min(from + old.len() * 2 + 64);
            found += self.weights.lines_in_common(old, window, self.keys);
        }
        (found, all)
    }
}

/// How far from a change its context is looked for.
fn reach(context: &Range<usize>) -> usize {
    context.len() * 2 + 4
}

fn best(weights: impl Iterator<Item = f64>) -> f64 {
    weights.fold(f64::NEG_INFINITY, f64::max)
}
