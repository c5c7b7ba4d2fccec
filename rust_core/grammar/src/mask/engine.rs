//! All that has been found out about one grammar: its machine, and the masks of the states met so far.

use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::scan::Inner;
use super::walk::{Budget, step_all};
use super::{Draft, Mask};
use crate::error::GrammarError;
use crate::grammar::Program;
use crate::limits::Limits;
use crate::machine::{Machine, Top, Tops};
use crate::vocab::Vocabulary;

/// A set of parses, by number.
pub(crate) type StateId = u32;

/// The engine of a grammar. One thread at a time works with it; what it found out serves all.
pub(crate) struct Engine {
    pub(super) machine: Machine,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) draft: Draft,
    pub(super) budget: Budget,
    /// By state of the search for tags.
    pub(super) prose: FxHashMap<u32, Arc<Inner>>,
    tops: FxHashMap<Top, Arc<Mask>>,
    states: IndexSet<Tops, FxBuildHasher>,
    masks: Vec<Option<Arc<Mask>>>,
    mask_bytes: usize,
}

impl Engine {
    /// An engine that knows nothing but where texts begin.
    pub(crate) fn new(
        program: &Arc<Program>,
        vocabulary: Arc<Vocabulary>,
        limits: Limits,
    ) -> Result<Self, GrammarError> {
        let bodies = vocabulary.tables().bodies.clone();
        let mut machine = Machine::new(program.clone(), limits, bodies);
        let start = program.start(&mut machine)?;
        let mut engine = Self {
            machine,
            draft: Draft::new(vocabulary.words()),
            vocabulary,
            budget: Budget::new(limits.steps),
            prose: FxHashMap::default(),
            tops: FxHashMap::default(),
            states: IndexSet::default(),
            masks: Vec::new(),
            mask_bytes: 0,
        };
        engine.number(start);
        Ok(engine)
    }

    /// The state before any text.
    pub(crate) const START: StateId = 0;

    /// Where the bytes of a token lead; `None` if the text cannot go on like this.
    pub(crate) fn advance(
        &mut self,
        state: StateId,
        bytes: &[u8],
    ) -> Result<Option<StateId>, GrammarError> {
        let mut tops = self.states[state as usize].clone();
        for byte in bytes {
            tops = step_all(&mut self.machine, &tops, *byte);
            self.check(&tops)?;
            if tops.is_empty() {
                return Ok(None);
            }
        }
        Ok(Some(self.number(tops)))
    }

    /// Whether the text may end.
    pub(crate) fn complete(&mut self, state: StateId) -> bool {
        let tops = self.states[state as usize].clone();
        tops.iter().any(|top| self.machine.complete(*top))
    }

    /// The mask of a state, if it was found before.
    pub(crate) fn known(&self, state: StateId) -> Option<&Arc<Mask>> {
        self.masks[state as usize].as_ref()
    }

    /// The mask of a state.
    pub(crate) fn mask(&mut self, state: StateId) -> Result<Arc<Mask>, GrammarError> {
        if let Some(mask) = self.known(state) {
            return Ok(mask.clone());
        }
        self.budget = Budget::new(self.machine.limits.steps);
        let mask = if let [top] = self.states[state as usize][..] {
            self.top(top)
        } else {
            let tops = self.states[state as usize].clone();
            let masks: Vec<Arc<Mask>> = tops.iter().map(|top| self.top(*top)).collect();
            for mask in &masks {
                self.draft.merge(mask);
            }
            self.kept()
        };
        if let Some(fault) = self.machine.fault.take() {
            return Err(fault);
        }
        self.masks[state as usize] = Some(mask.clone());
        Ok(mask)
    }

    /// Bytes that may come next.
    pub(crate) fn next_bytes(&mut self, state: StateId) -> [bool; 256] {
        let tops = self.states[state as usize].clone();
        let mut next = [false; 256];
        for (byte, allowed) in (0..=255).zip(&mut next) {
            *allowed = !step_all(&mut self.machine, &tops, byte).is_empty();
        }
        next
    }

    /// About how many bytes the engine takes, without the tables of the vocabulary.
    pub(crate) fn memory(&self) -> usize {
        let inner: usize = self.prose.values().map(|inner| inner.memory()).sum();
        let tops = self.tops.len() * 56;
        self.machine.memory()
            + inner
            + tops
            + self.states.len() * 88
            + self.mask_bytes
            + self.draft_bytes()
    }

    /// Whether it takes more than the limit allows.
    pub(crate) fn is_full(&self) -> bool {
        self.memory() > self.machine.limits.memory
    }

    /// The mask of one parse. Parses that only differ in a length that is far from its bounds share one.
    fn top(&mut self, top: Top) -> Arc<Mask> {
        let top = self.alike(top);
        if let Some(mask) = self.tops.get(&top) {
            return mask.clone();
        }
        self.build(top);
        if self.machine.complete(top) {
            for token in self.vocabulary.eos() {
                self.draft.set(*token);
            }
        }
        let mask = self.kept();
        // What was cut short is no mask.
        if self.machine.fault.is_none() {
            self.tops.insert(top, mask.clone());
        }
        mask
    }

    /// The mask of the parse that is left when a scalar is done, found while that of the scalar is in the making.
    pub(super) fn after(&mut self, top: Top) -> Arc<Mask> {
        let mut draft = Draft::new(self.vocabulary.words());
        std::mem::swap(&mut draft, &mut self.draft);
        let mask = self.top(top);
        std::mem::swap(&mut draft, &mut self.draft);
        mask
    }

    fn kept(&mut self) -> Arc<Mask> {
        let mask = self.draft.finish();
        self.mask_bytes +=
            mask.memory() + if mask.is_own() { 4 * self.vocabulary.words() } else { 0 };
        Arc::new(mask)
    }

    fn draft_bytes(&self) -> usize {
        4 * self.vocabulary.words()
    }

    fn check(&mut self, tops: &Tops) -> Result<(), GrammarError> {
        if let Some(fault) = self.machine.fault.take() {
            return Err(fault);
        }
        let limit = self.machine.limits.threads;
        if tops.len() > limit {
            let limit = u64::try_from(limit).unwrap_or(u64::MAX);
            let what = "the number of readings of the text".into();
            return Err(GrammarError::Limit { what, option: "threads", limit });
        }
        Ok(())
    }

    fn number(&mut self, tops: Tops) -> StateId {
        let (index, _) = self.states.insert_full(tops);
        if self.masks.len() <= index {
            self.masks.push(None);
        }
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}
