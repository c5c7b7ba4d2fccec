//! Whether an array or object can be completed, with all that is counted in it.

use rustc_hash::FxHashSet;

use crate::ir::{ArraySpec, Choice, Counter, ObjectSpec};
use crate::{GrammarError, Limits};

/// How many there are, and how many of each counter; each only as far as it still makes a difference.
type Tally = Vec<u32>;

/// Whether some array is like this.
pub(super) fn array_feasible(array: &ArraySpec, limits: &Limits) -> Result<bool, GrammarError> {
    if array.counters.is_empty() {
        let places = if array.rest.is_empty() { array.prefix.len() } else { usize::MAX };
        let places = array.prefix.iter().position(Vec::is_empty).unwrap_or(places);
        return Ok(array.min as usize <= places && array.max.is_none_or(|max| array.min <= max));
    }
    let counts = Counts::new(array.min, array.max, &array.counters, limits);
    let mut reached: FxHashSet<Tally> = FxHashSet::from_iter([counts.none()]);
    for place in &array.prefix {
        if reached.iter().any(|tally| counts.satisfied(tally)) {
            return Ok(true);
        }
        reached = counts.after(&reached, place)?;
    }
    counts.reaches(reached, &[&array.rest])
}

/// Whether some object is like this.
pub(super) fn object_feasible(object: &ObjectSpec, limits: &Limits) -> Result<bool, GrammarError> {
    let counts = Counts::new(object.min, object.max, &object.counters, limits);
    let open = object.others.iter().any(|class| !class.is_empty());
    if object.counters.is_empty() {
        let required = object.properties.iter().filter(|property| property.required).count();
        let possible = object.properties.iter().all(|property| !property.choices.is_empty());
        let enough = open || object.properties.len() >= object.min as usize;
        let below = object.max.is_none_or(|max| required <= max as usize && object.min <= max);
        return Ok(possible && enough && below);
    }
    let mut reached: FxHashSet<Tally> = FxHashSet::from_iter([counts.none()]);
    // Whatever is required comes first; that changes nothing about what can be reached.
    for property in &object.properties {
        let with = counts.after(&reached, &property.choices)?;
        if property.required {
            reached = with;
        } else {
            reached.extend(with);
        }
    }
    let classes: Vec<&[Choice]> = object.others.iter().map(Vec::as_slice).collect();
    counts.reaches(reached, &classes)
}

/// What is counted, and how far.
struct Counts<'a> {
    all: Counter,
    counters: &'a [Counter],
    limits: &'a Limits,
}

impl<'a> Counts<'a> {
    fn new(min: u32, max: Option<u32>, counters: &'a [Counter], limits: &'a Limits) -> Self {
        Self { all: Counter { min, max }, counters, limits }
    }

    fn none(&self) -> Tally {
        vec![0; self.counters.len() + 1]
    }

    fn each(&self) -> impl Iterator<Item = &Counter> {
        std::iter::once(&self.all).chain(self.counters)
    }

    fn satisfied(&self, tally: &Tally) -> bool {
        self.each().zip(tally).all(|(counter, &count)| count >= counter.min)
    }

    /// The tallies after one more value, without those that are too many of something.
    fn after(
        &self,
        before: &FxHashSet<Tally>,
        choices: &[Choice],
    ) -> Result<FxHashSet<Tally>, GrammarError> {
        let mut reached = FxHashSet::default();
        for tally in before {
            for choice in choices {
                reached.extend(self.one_more(tally, choice));
            }
            self.bounded(reached.len())?;
        }
        Ok(reached)
    }

    fn one_more(&self, before: &Tally, choice: &Choice) -> Option<Tally> {
        let mut tally = before.clone();
        for (at, counter) in self.each().enumerate() {
            if at > 0 && choice.hits >> (at - 1) & 1 == 0 {
                continue;
            }
            if counter.max.is_some_and(|max| tally[at] >= max) {
                return None;
            }
            // Without a maximum more than enough is as good as enough.
            if counter.max.is_some() || tally[at] < counter.min {
                tally[at] += 1;
            }
        }
        Some(tally)
    }

    /// Whether any number of further values from these places reaches what is wanted.
    fn reaches(
        &self,
        mut reached: FxHashSet<Tally>,
        places: &[&[Choice]],
    ) -> Result<bool, GrammarError> {
        let mut open: Vec<Tally> = reached.iter().cloned().collect();
        while let Some(tally) = open.pop() {
            if self.satisfied(&tally) {
                return Ok(true);
            }
            for choice in places.iter().copied().flatten() {
                if let Some(next) = self.one_more(&tally, choice)
                    && reached.insert(next.clone())
                {
                    open.push(next);
                }
            }
            self.bounded(reached.len())?;
        }
        Ok(false)
    }

    fn bounded(&self, tallies: usize) -> Result<(), GrammarError> {
        if tallies <= self.limits.nodes {
            return Ok(());
        }
        Err(GrammarError::Limit {
            what: "the combinations of what is counted in an array or object".to_owned(),
            option: "nodes",
            limit: self.limits.nodes as u64,
        })
    }
}
