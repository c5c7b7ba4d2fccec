//! Where a text stands inside of an array: how many items there were, and what is still wanted.

use smallvec::SmallVec;

use super::intern::Interner;
use super::object::{hit, useful};
use crate::ir::{ArraySpec, Choice, Counter, Ir, NodeId};

/// Index of a state of an array.
pub(crate) type ArrayId = u32;

/// Between two items of an array.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ArrayState {
    /// Index into [`Ir::arrays`].
    pub spec: u32,
    /// Items so far, as far as it matters.
    pub count: u32,
    /// By counter: how many counted so far, as far as it matters.
    pub hits: SmallVec<[u32; 2]>,
    /// The items so far, where none may come twice.
    pub seen: u32,
    /// Where its current item begins in the text that is kept, if no two may be equal.
    pub start: u32,
}

/// All states of all arrays of a grammar.
#[derive(Default)]
pub(crate) struct Arrays {
    states: Interner<ArrayState>,
}

impl Arrays {
    /// The state behind the opening bracket; `None` if the array cannot be completed.
    pub(crate) fn open(&mut self, ir: &Ir, spec: u32) -> Option<ArrayId> {
        let array = &ir.arrays[spec as usize];
        let hits = SmallVec::from_elem(0, array.counters.len());
        let state = ArrayState { spec, count: 0, hits, seen: 0, start: 0 };
        viable(array, &state).then(|| self.states.insert(state))
    }

    /// The state of a number.
    pub(crate) fn state(&self, id: ArrayId) -> &ArrayState {
        self.states.get(id)
    }

    /// The same state with other items seen, between two of them.
    pub(crate) fn with_seen(&mut self, id: ArrayId, seen: u32) -> ArrayId {
        let state = ArrayState { seen, start: 0, ..self.states.get(id).clone() };
        self.states.insert(state)
    }

    /// The same state with an item that begins there.
    pub(crate) fn at(&mut self, id: ArrayId, start: u32) -> ArrayId {
        let state = ArrayState { start, ..self.states.get(id).clone() };
        self.states.insert(state)
    }

    /// Whether the array may be closed.
    pub(crate) fn closes(&self, ir: &Ir, id: ArrayId) -> bool {
        let state = self.states.get(id);
        closes(&ir.arrays[state.spec as usize], state)
    }

    /// Every way to add an item: the state behind it, and what it is.
    pub(crate) fn follow(&mut self, ir: &Ir, id: ArrayId) -> SmallVec<[(ArrayId, NodeId); 1]> {
        let state = self.states.get(id).clone();
        let array = &ir.arrays[state.spec as usize];
        let mut ways = SmallVec::new();
        let choices = places(array, &state);
        for choice in choices {
            if !useful(&array.counters, &state.hits, choices, choice) {
                continue;
            }
            let mut next = state.clone();
            if count(array, &mut next, choice) && viable(array, &next) {
                ways.push((self.states.insert(next), choice.node));
            }
        }
        ways
    }

    /// About how many bytes they take.
    pub(crate) fn memory(&self) -> usize {
        self.states.len() * 120
    }
}

fn places<'a>(array: &'a ArraySpec, state: &ArrayState) -> &'a [Choice] {
    array.prefix.get(state.count as usize).unwrap_or(&array.rest)
}

/// Count an item. Beyond the prefix and what is wanted at least, the number no longer matters if there is no maximum.
fn count(array: &ArraySpec, state: &mut ArrayState, choice: &Choice) -> bool {
    state.count += 1;
    if array.max.is_some_and(|max| state.count > max) {
        return false;
    }
    if array.max.is_none() {
        let prefix = u32::try_from(array.prefix.len()).unwrap_or(u32::MAX);
        state.count = state.count.min(array.min.max(prefix));
    }
    hit(&array.counters, &mut state.hits, choice)
}

fn closes(array: &ArraySpec, state: &ArrayState) -> bool {
    let met = |(counter, hits): (&Counter, &u32)| *hits >= counter.min;
    state.count >= array.min && array.counters.iter().zip(&state.hits).all(met)
}

/// Whether the array can still be completed. Exact with at most one counter: what it wants must
/// fit into the places that are left. With several, which may all want items of their own, an array that
/// could just be completed may be given up.
fn viable(array: &ArraySpec, state: &ArrayState) -> bool {
    let open = array.max.map_or(u32::MAX, |max| max.saturating_sub(state.count));
    let mut wanted = array.min.saturating_sub(state.count);
    let mut places = 0;
    for (counter, (spec, hits)) in array.counters.iter().zip(&state.hits).enumerate() {
        let missing = spec.min.saturating_sub(*hits);
        places += missing;
        if missing > 0 {
            match reach(array, state, counter, missing) {
                None => return false,
                Some(far) => wanted = wanted.max(far),
            }
        }
    }
    if wanted.max(places) > open {
        return false;
    }
    fillable(array, state, wanted)
}

/// How many more items it takes until so many of them can have hit a counter.
fn reach(array: &ArraySpec, state: &ArrayState, counter: usize, missing: u32) -> Option<u32> {
    let hits = |choices: &[Choice]| choices.iter().any(|choice| choice.hits >> counter & 1 == 1);
    let mut found = 0;
    let prefix = u32::try_from(array.prefix.len()).unwrap_or(u32::MAX);
    for index in state.count..prefix {
        found += u32::from(hits(&array.prefix[index as usize]));
        if found == missing {
            return Some(index + 1 - state.count);
        }
    }
    hits(&array.rest).then(|| prefix.saturating_sub(state.count) + missing - found)
}

/// Whether so many more items have something to be.
fn fillable(array: &ArraySpec, state: &ArrayState, wanted: u32) -> bool {
    let prefix = u32::try_from(array.prefix.len()).unwrap_or(u32::MAX);
    let end = state.count.saturating_add(wanted);
    let within = state.count.min(prefix) as usize..end.min(prefix) as usize;
    array.prefix[within].iter().all(|choices| !choices.is_empty())
        && (end <= prefix || !array.rest.is_empty())
}
