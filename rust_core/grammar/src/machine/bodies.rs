//! The automata of strings with a pattern, shared by all grammars of a vocabulary: the formats and patterns of one
//! schema are those of the next.

use std::sync::{Arc, Mutex, MutexGuard};

use rustc_hash::FxHashMap;

use super::body::Body;
use crate::automaton::State;
use crate::error::GrammarError;
use crate::grammar::lock;
use crate::limits::Limits;
use crate::mask::Inner;
use crate::text::{self, TextSpec};

/// More are forgotten all at once; grammars keep those that they use.
const KEPT: usize = 512;

/// An automaton, and the tokens that stay inside by state.
pub(crate) struct Followed {
    /// The inside of the string.
    pub body: Body,
    /// What was found out about its states.
    pub inner: FxHashMap<State, Arc<Inner>>,
}

/// One that may be in use by several grammars.
#[derive(Clone)]
pub(crate) struct SharedBody {
    followed: Arc<Mutex<Followed>>,
    /// Characters at least and at most, where they are counted beside the automaton; `u32::MAX` for no bound.
    pub lengths: (u32, u32),
}

impl SharedBody {
    /// For one grammar alone.
    pub(crate) fn new(body: Body, lengths: (u32, u32)) -> Self {
        let followed = Followed { body, inner: FxHashMap::default() };
        Self { followed: Arc::new(Mutex::new(followed)), lengths }
    }

    /// The automaton of a string; `None` if nothing satisfies it.
    pub(crate) fn of(spec: &TextSpec, limits: &Limits) -> Result<Option<Self>, GrammarError> {
        let counted = text::counted(spec, limits)?;
        let lengths = (counted.min, counted.max.unwrap_or(u32::MAX));
        Ok(Body::new(counted.automaton).map(|body| Self::new(body, lengths)))
    }

    /// To work with it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Followed> {
        lock(&self.followed)
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        let followed = self.lock();
        let inner = followed.inner.values();
        followed.body.memory() + inner.map(|inner| inner.memory()).sum::<usize>()
    }
}

/// By what the string must be and how many states its automaton may have; `None` where nothing satisfies it.
type Known = FxHashMap<(TextSpec, usize), Option<SharedBody>>;

/// All that are shared.
#[derive(Default)]
pub(crate) struct Bodies(Mutex<Known>);

impl Bodies {
    /// The automaton of a string; `None` if nothing satisfies it.
    pub(crate) fn get(
        &self,
        spec: &TextSpec,
        limits: &Limits,
    ) -> Result<Option<SharedBody>, GrammarError> {
        let key = (spec.clone(), limits.states);
        if let Some(known) = lock(&self.0).get(&key) {
            // One that has grown beyond its share is begun anew by the next grammar.
            if known.as_ref().is_none_or(|body| body.memory() <= limits.memory / 4) {
                return Ok(known.clone());
            }
        }
        let body = SharedBody::of(spec, limits)?;
        let mut known = lock(&self.0);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, body.clone());
        Ok(body)
    }
}

impl std::fmt::Debug for Bodies {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Bodies({})", lock(&self.0).len())
    }
}
