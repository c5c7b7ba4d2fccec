//! Where a text stands inside of an object: which names are used up, and what is still wanted.

use smallvec::SmallVec;

use super::intern::Interner;
use super::keys::{Allowed, Key, Keys};
use super::names::Names;
use crate::error::GrammarError;
use crate::ir::{Choice, Counter, Ir, NodeId, ObjectSpec};
use crate::limits::Limits;

/// Index of a state of an object.
pub(crate) type ObjectId = u32;

/// Between two members of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ObjectState {
    /// Index into [`Ir::objects`].
    pub spec: u32,
    /// Bit by property: it was used, or skipped where order forbids to come back to it.
    pub blocked: SmallVec<[u64; 1]>,
    /// Members so far, as far as it matters.
    pub count: u32,
    /// By counter: how many counted so far, as far as it matters.
    pub hits: SmallVec<[u32; 2]>,
    /// Other names so far, where repeating one would count twice.
    pub seen: u32,
}

/// What is known of a state.
struct Facts {
    allowed: Allowed,
    /// By key state: 0 unknown, 1 dead, 2 alive.
    alive: Vec<u8>,
}

/// A key in the making.
pub(crate) struct Typing<'a> {
    /// The automaton of all keys.
    pub keys: &'a mut Keys,
    allowed: &'a Allowed,
    alive: &'a mut Vec<u8>,
}

impl Typing<'_> {
    /// Where a byte that is no closing quote leads, or 0 if no key that is allowed is spelled like this.
    pub(crate) fn step(&mut self, state: u32, byte: u8) -> u32 {
        let next = self.keys.step(state, byte);
        if self.is_alive(next) { next } else { 0 }
    }

    /// Whether an allowed key can stand at a state.
    fn is_alive(&mut self, state: u32) -> bool {
        if self.alive.len() <= state as usize {
            self.alive.resize(state as usize + 1, 0);
            // Nothing is spelled like this.
            self.alive[0] = 1;
        }
        if self.alive[state as usize] == 0 {
            self.alive[state as usize] = 1 + u8::from(self.keys.alive(state, self.allowed));
        }
        self.alive[state as usize] == 2
    }
}

/// All states of all objects of a grammar.
pub(crate) struct Objects {
    any_order: bool,
    keys: Vec<Option<Keys>>,
    states: Interner<ObjectState>,
    facts: Vec<Option<Facts>>,
}

impl Objects {
    /// No state yet.
    pub(crate) fn new(ir: &Ir, any_order: bool) -> Self {
        Self {
            any_order,
            keys: ir.objects.iter().map(|_| None).collect(),
            states: Interner::default(),
            facts: Vec::new(),
        }
    }

    /// The state behind the opening brace; `None` if the object cannot be completed.
    pub(crate) fn open(&mut self, ir: &Ir, spec: u32) -> Option<ObjectId> {
        let object = &ir.objects[spec as usize];
        let state = ObjectState {
            spec,
            blocked: SmallVec::from_elem(0, object.properties.len().div_ceil(64)),
            count: 0,
            hits: SmallVec::from_elem(0, object.counters.len()),
            seen: 0,
        };
        viable(object, &state).then(|| self.number(state))
    }

    /// The state of a number.
    pub(crate) fn state(&self, id: ObjectId) -> &ObjectState {
        self.states.get(id)
    }

    /// Whether other names must be told apart here, because each counts only once.
    pub(crate) fn counts_names(&self, ir: &Ir, id: ObjectId) -> bool {
        let state = self.states.get(id);
        let object = &ir.objects[state.spec as usize];
        let required = object.properties.iter().filter(|property| property.required).count();
        let others = object.others.iter().any(|choices| !choices.is_empty());
        let wanted = object.min as usize > required && state.count < object.min;
        others && (wanted || !object.counters.is_empty())
    }

    /// Whether the object may be closed.
    pub(crate) fn closes(&self, ir: &Ir, id: ObjectId) -> bool {
        let state = self.states.get(id);
        closes(&ir.objects[state.spec as usize], state)
    }

    /// Which keys may come next; none before [`Objects::keys`] was asked for.
    pub(crate) fn allowed(&mut self, ir: &Ir, id: ObjectId) -> Option<&Allowed> {
        self.typing(ir, id).map(|typing| typing.allowed)
    }

    /// The automaton of an object's keys.
    pub(crate) fn keys(
        &mut self,
        ir: &Ir,
        spec: u32,
        limits: &Limits,
    ) -> Result<Option<&mut Keys>, GrammarError> {
        let place = &mut self.keys[spec as usize];
        if place.is_none() {
            *place = Some(Keys::new(&ir.objects[spec as usize], limits)?);
        }
        Ok(place.as_mut())
    }

    /// Whether a key that stands at `state` can become one that is allowed.
    pub(crate) fn alive(&mut self, ir: &Ir, id: ObjectId, state: u32) -> bool {
        self.typing(ir, id).is_some_and(|mut typing| typing.is_alive(state))
    }

    /// The keys that may come, to be gone through.
    pub(crate) fn typing(&mut self, ir: &Ir, id: ObjectId) -> Option<Typing<'_>> {
        let state = self.states.get(id);
        let keys = self.keys[state.spec as usize].as_mut()?;
        let facts = self.facts[id as usize].get_or_insert_with(|| Facts {
            allowed: allowed(&ir.objects[state.spec as usize], state, self.any_order, keys.names()),
            alive: Vec::new(),
        });
        let Facts { allowed, alive } = facts;
        Some(Typing { keys, allowed, alive })
    }

    /// Every way to go on behind a key: the state behind its value, and the value.
    pub(crate) fn follow(
        &mut self,
        ir: &Ir,
        id: ObjectId,
        key: Key,
        seen: u32,
    ) -> SmallVec<[(ObjectId, NodeId); 1]> {
        let state = self.states.get(id).clone();
        let object = &ir.objects[state.spec as usize];
        if let Key::Property(index) = key
            && !reachable(object, &state, index as usize, self.any_order)
        {
            return SmallVec::new();
        }
        let mut ways = SmallVec::new();
        for choice in choices(object, key) {
            let mut next = state.clone();
            if let Key::Property(index) = key {
                block(object, &mut next, index as usize, self.any_order);
            } else {
                next.seen = seen;
            }
            if useful(&object.counters, &state.hits, choices(object, key), choice)
                && count(object, &mut next, choice)
                && viable(object, &next)
            {
                ways.push((self.number(next), choice.node));
            }
        }
        ways
    }

    /// About how many bytes they take.
    pub(crate) fn memory(&self) -> usize {
        let keys: usize = self.keys.iter().flatten().map(Keys::memory).sum();
        let alive: usize = self.facts.iter().flatten().map(|facts| facts.alive.capacity()).sum();
        keys + alive + self.states.len() * 250
    }

    fn number(&mut self, state: ObjectState) -> ObjectId {
        let id = self.states.insert(state);
        if self.facts.len() <= id as usize {
            self.facts.push(None);
        }
        id
    }
}

fn choices(object: &ObjectSpec, key: Key) -> &[Choice] {
    match key {
        Key::Property(index) => &object.properties[index as usize].choices,
        Key::Other(class) => object.others.get(class as usize).map_or(&[], Vec::as_slice),
    }
}

fn is_blocked(state: &ObjectState, index: usize) -> bool {
    state.blocked[index / 64] >> (index % 64) & 1 == 1
}

/// Whether the name may come now: it was not used or skipped, and it skips none that is required.
fn reachable(object: &ObjectSpec, state: &ObjectState, index: usize, any_order: bool) -> bool {
    if is_blocked(state, index) {
        return false;
    }
    let group = object.properties[index].group;
    any_order
        || group.is_none()
        || !(0..index).any(|earlier| {
            let property = &object.properties[earlier];
            property.required && property.group == group && !is_blocked(state, earlier)
        })
}

/// Mark a name as used, and those as skipped that should have come before it.
fn block(object: &ObjectSpec, state: &mut ObjectState, index: usize, any_order: bool) {
    let group = object.properties[index].group;
    state.blocked[index / 64] |= 1 << (index % 64);
    if !any_order && group.is_some() {
        for earlier in (0..index).filter(|earlier| object.properties[*earlier].group == group) {
            state.blocked[earlier / 64] |= 1 << (earlier % 64);
        }
    }
}

/// Whether a choice asserts no more than its counters need. One that hits a counter which is full and has no maximum
/// is left alone if another choice of the place differs in nothing else.
pub(crate) fn useful(
    counters: &[Counter],
    hits: &[u32],
    choices: &[Choice],
    choice: &Choice,
) -> bool {
    let full = (0..)
        .zip(counters.iter().zip(hits))
        .filter(|(_, (counter, hits))| counter.max.is_none() && **hits >= counter.min);
    let full = full.fold(0, |full: u32, (index, _)| full | 1 << index);
    choice.hits & full == 0
        || !choices.iter().any(|other| {
            let more = choice.hits & !other.hits;
            other.misses == choice.misses
                && other.hits & !choice.hits == 0
                && more != 0
                && more & !full == 0
        })
}

/// Count what a choice hits; false where that is one too many.
pub(crate) fn hit(counters: &[Counter], hits: &mut [u32], choice: &Choice) -> bool {
    for (index, (counter, hits)) in counters.iter().zip(hits).enumerate() {
        if choice.hits >> index & 1 == 1 {
            *hits += 1;
            if counter.max.is_some_and(|max| *hits > max) {
                return false;
            }
            if counter.max.is_none() {
                *hits = (*hits).min(counter.min);
            }
        }
    }
    true
}

fn count(object: &ObjectSpec, state: &mut ObjectState, choice: &Choice) -> bool {
    state.count += 1;
    if object.max.is_some_and(|max| state.count > max) {
        return false;
    }
    if object.max.is_none() {
        state.count = state.count.min(object.min);
    }
    hit(&object.counters, &mut state.hits, choice)
}

fn closes(object: &ObjectSpec, state: &ObjectState) -> bool {
    let met = |(counter, hits): (&Counter, &u32)| *hits >= counter.min;
    state.count >= object.min
        && object.counters.iter().zip(&state.hits).all(met)
        && !object
            .properties
            .iter()
            .enumerate()
            .any(|(index, property)| property.required && !is_blocked(state, index))
}

/// Whether the object can still be completed. Exact with at most one counter; with several, which may
/// all want members of their own, an object that could just be completed may be given up.
fn viable(object: &ObjectSpec, state: &ObjectState) -> bool {
    if object.min == 0 && object.max.is_none() && object.counters.is_empty() {
        return true;
    }
    let open = object.others.iter().any(|choices| !choices.is_empty());
    let free = |index: &usize| !is_blocked(state, *index);
    let left: Vec<usize> = (0..object.properties.len()).filter(free).collect();
    let required = left.iter().filter(|index| object.properties[**index].required).count();
    let room = object.max.map_or(usize::MAX, |max| max.saturating_sub(state.count) as usize);
    let missing = object.min.saturating_sub(state.count) as usize;
    if required > room || (!open && left.len() < missing) {
        return false;
    }
    let mut extra = 0;
    for (counter, (wanted, hits)) in object.counters.iter().zip(&state.hits).enumerate() {
        let wanted = wanted.min.saturating_sub(*hits) as usize;
        let hits =
            |choices: &[Choice]| choices.iter().any(|choice| choice.hits >> counter & 1 == 1);
        let can = |index: &&usize| hits(&object.properties[**index].choices);
        let able = left.iter().filter(can).count();
        let needed =
            left.iter().filter(can).filter(|index| object.properties[**index].required).count();
        if able < wanted && !object.others.iter().any(|choices| hits(choices)) {
            return false;
        }
        extra += wanted.saturating_sub(needed);
    }
    required + extra <= room
}

/// Which keys may come next: those behind which the object can still be completed.
fn allowed(object: &ObjectSpec, state: &ObjectState, any_order: bool, known: &Names) -> Allowed {
    let plain = object.min == 0 && object.max.is_none() && object.counters.is_empty();
    let leads = |key: Key| {
        choices(object, key).iter().any(|choice| {
            if plain {
                return true;
            }
            let mut next = state.clone();
            if let Key::Property(index) = key {
                block(object, &mut next, index as usize, any_order);
            }
            useful(&object.counters, &state.hits, choices(object, key), choice)
                && count(object, &mut next, choice)
                && viable(object, &next)
        })
    };
    let mut names = vec![0; known.len().div_ceil(64)];
    // One pass: a required name that is still missing holds up the later ones of its group.
    let mut held: Vec<u32> = Vec::new();
    for (index, property) in object.properties.iter().enumerate() {
        let group = property.group.filter(|_| !any_order);
        let free = !is_blocked(state, index) && !group.is_some_and(|group| held.contains(&group));
        if let Some(group) = group
            && property.required
            && !is_blocked(state, index)
            && !held.contains(&group)
        {
            held.push(group);
        }
        if free && u32::try_from(index).is_ok_and(|index| leads(Key::Property(index))) {
            let place = known.place(index);
            names[place as usize / 64] |= 1 << (place % 64);
        }
    }
    let others = (0..).take(object.others.len()).map(|class| leads(Key::Other(class))).collect();
    Allowed { names, others }
}
