//! What two sets of values have in common.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::compiler::{Compiler, Outcome};
use super::facts::{Fact, Items, NumberId, SeenItems, Shape, TextId};
use super::formula::{FALSE, TRUE};
use crate::number::NumberSpec;

impl Compiler<'_> {
    /// The values in both sets.
    pub(super) fn conjunction(&mut self, a: &Shape, b: &Shape) -> Outcome<Shape> {
        let shape = Shape {
            null: a.null && b.null,
            yes: a.yes && b.yes,
            no: a.no && b.no,
            numbers: self.product(&a.numbers, &b.numbers, Self::number_and)?,
            strings: self.product(&a.strings, &b.strings, Self::text_and)?,
            arrays: self.product(&a.arrays, &b.arrays, Self::items_and)?,
            objects: self.product(&a.objects, &b.objects, Self::members_and)?,
        };
        self.bounded(shape.len())?;
        Ok(shape)
    }

    /// Each of one list with each of the other, without what is contradictory.
    pub(super) fn product<T: Fact>(
        &mut self,
        a: &[T],
        b: &[T],
        and: fn(&mut Self, &T, &T) -> Outcome<Option<T>>,
    ) -> Outcome<Vec<T>> {
        self.spend(a.len() * b.len())?;
        let mut both = Vec::new();
        let mut seen = FxHashSet::default();
        let most = self.limits.alternatives.saturating_mul(8);
        for one in a {
            for other in b {
                if let Some(joint) = and(self, one, other)?
                    && (a.len() * b.len() == 1 || seen.insert(joint.clone()))
                {
                    both.push(joint);
                }
            }
            if both.len() > most {
                self.bounded(both.len())?;
            }
        }
        if a.len() > 1 && b.len() > 1 {
            both = self.uncovered(both, and)?;
        }
        Ok(both)
    }

    /// The list without what another of it covers: where unions are multiplied most is.
    fn uncovered<T: Fact>(
        &mut self,
        list: Vec<T>,
        and: fn(&mut Self, &T, &T) -> Outcome<Option<T>>,
    ) -> Outcome<Vec<T>> {
        let mut kept: Vec<T> = Vec::with_capacity(list.len());
        for item in list {
            self.spend(kept.len())?;
            let mut covered = false;
            let mut at = 0;
            while at < kept.len() && !covered {
                let joint = if kept[at].evaluates_like(&item) {
                    and(self, &kept[at], &item)?
                } else {
                    None
                };
                match joint {
                    Some(joint) if joint == item => covered = true,
                    Some(joint) if joint == kept[at] => {
                        kept.remove(at);
                    }
                    _ => at += 1,
                }
            }
            if !covered {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    /// The numbers in both sets; nothing if it is plain that there are none.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        clippy::unnecessary_wraps,
        reason = "as for other types"
    )]
    pub(super) fn number_and(&mut self, a: &NumberId, b: &NumberId) -> Outcome<Option<NumberId>> {
        if a == b || *b == 0 {
            return Ok(Some(*a));
        }
        if *a == 0 {
            return Ok(Some(*b));
        }
        let key = (*a.min(b), *a.max(b));
        if let Some(&known) = self.number_memo.get(&key) {
            return Ok(known);
        }
        let joint = self.numbers.get(key.0).and(&self.numbers.get(key.1));
        let joint = (!nothing_between(&joint)).then(|| self.numbers.intern(Rc::new(joint)));
        self.number_memo.insert(key, joint);
        Ok(joint)
    }

    /// The texts in both sets; nothing if it is plain that there are none.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as for other types")]
    pub(super) fn text_and(&mut self, a: &TextId, b: &TextId) -> Outcome<Option<TextId>> {
        if a == b || *b == 0 {
            return Ok(Some(*a));
        }
        if *a == 0 {
            return Ok(Some(*b));
        }
        let key = (*a.min(b), *a.max(b));
        if let Some(&known) = self.text_memo.get(&key) {
            return Ok(known);
        }
        let (one, other) = (self.texts.get(key.0), self.texts.get(key.1));
        let joint = super::texts::and(&one, &other, self.limits)?;
        let joint = joint.map(|spec| self.texts.intern(Rc::new(spec)));
        self.text_memo.insert(key, joint);
        Ok(joint)
    }

    /// The arrays in both sets; nothing if it is plain that there are none.
    pub(super) fn items_and(&mut self, a: &Rc<Items>, b: &Rc<Items>) -> Outcome<Option<Rc<Items>>> {
        if a == b || **b == Items::default() {
            return Ok(Some(Rc::clone(a)));
        }
        if **a == Items::default() {
            return Ok(Some(Rc::clone(b)));
        }
        let length = a.prefix.len().max(b.prefix.len());
        let place = |items: &Items, at: usize| *items.prefix.get(at).unwrap_or(&items.rest);
        let mut joint = Items {
            prefix: (0..length)
                .map(|at| self.formulas.and(&[place(a, at), place(b, at)]))
                .collect(),
            rest: self.formulas.and(&[a.rest, b.rest]),
            min: a.min.max(b.min),
            max: least(a.max, b.max),
            unique: a.unique.or(b.unique),
            repeats: a.repeats.or(b.repeats),
            tallies: joined(&a.tallies, &b.tallies),
            evaluated: SeenItems {
                count: a.evaluated.count.max(b.evaluated.count),
                sets: joined(&a.evaluated.sets, &b.evaluated.sets),
            },
        };
        settle_items(&mut joint);
        Ok((!self.items_contradict(&joint)?).then(|| Rc::new(joint)))
    }

    /// Whether it is plain that no array is like this.
    pub(super) fn items_contradict(&mut self, items: &Items) -> Outcome<bool> {
        if items.max.is_some_and(|max| items.min > max)
            || (items.unique.is_some() && items.repeats.is_some())
        {
            return Ok(true);
        }
        for at in 0..items.min as usize {
            let Some(&place) = items.prefix.get(at) else {
                return self.surely_empty(items.rest);
            };
            if self.surely_empty(place)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Brings the length and the places of an array to terms.
pub(super) fn settle_items(items: &mut Items) {
    let bound = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    if let Some(at) = items.prefix.iter().position(|&place| place == FALSE) {
        items.max = least(items.max, Some(bound(at)));
    }
    if items.rest == FALSE {
        items.max = least(items.max, Some(bound(items.prefix.len())));
    }
    if let Some(max) = items.max
        && max as usize <= items.prefix.len()
    {
        items.prefix.truncate(max as usize);
        items.rest = FALSE;
    }
    while items.rest != FALSE && items.prefix.last() == Some(&items.rest) {
        items.prefix.pop();
    }
    items.tallies.retain(|tally| tally.min > 0 || tally.max.is_some());
    if items.tallies.iter().any(|tally| tally.what == TRUE && tally.max.is_none()) {
        for tally in items.tallies.extract_if(.., |tally| tally.what == TRUE && tally.max.is_none())
        {
            items.min = items.min.max(tally.from.saturating_add(tally.min));
        }
    }
}

/// Whether no number can be in the bounds, or none is listed.
pub(super) fn nothing_between(spec: &NumberSpec) -> bool {
    if spec.values.as_ref().is_some_and(Vec::is_empty) {
        return true;
    }
    match (&spec.low, &spec.high) {
        (Some(low), Some(high)) => {
            low.value > high.value
                || (low.value == high.value && !(low.inclusive && high.inclusive))
        }
        _ => false,
    }
}

/// The stricter of two bounds above.
pub(super) fn least(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        _ => a.or(b),
    }
}

/// Both lists as one, sorted and without duplicates.
pub(super) fn joined<T: Clone + Ord>(a: &[T], b: &[T]) -> Vec<T> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    all.dedup();
    all
}
