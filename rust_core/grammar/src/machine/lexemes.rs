//! The automata of the scalars of a grammar, each built when it is first met.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::bodies::{Bodies, SharedBody};
use super::body::Body;
use super::raw::{Raw, Spaces, Word};
use super::seen::{Canonical, SeenId};
use crate::automaton::Automaton;
use crate::error::GrammarError;
use crate::grammar::{Options, Whitespace};
use crate::ir::Ir;
use crate::limits::Limits;
use crate::number::{self, Bound, Decimal, NumberSpec};
use crate::text::{Atom, TextSet, TextSpec};

/// The body of strings without a pattern.
pub(crate) const FREE: u32 = 0;

/// What a string is followed by: an automaton, and bounds on its length where the automaton has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Bounded {
    /// Index of a [`Body`].
    pub body: u32,
    /// Characters at least.
    pub min: u32,
    /// Characters at most; `u32::MAX` for no bound.
    pub max: u32,
}

/// All scalars.
pub(crate) struct Lexemes {
    raws: Vec<Raw>,
    numbers: FxHashMap<(u32, SeenId), SmallVec<[u32; 1]>>,
    bodies: Vec<SharedBody>,
    shared: Arc<Bodies>,
    bounded: Vec<Bounded>,
    strings: FxHashMap<(u32, SeenId), Option<u32>>,
    plain_integers: bool,
}

/// The literals of JSON, which are the first raw automata.
const LITERALS: [&str; 4] = ["null", "true", "false", " "];

/// Index of the automaton of a single space.
pub(crate) const SPACE: u32 = 3;

/// Index of the automaton of the white space that may stand behind a JSON text.
pub(crate) const SPACES: u32 = 4;

impl Lexemes {
    /// Only what every grammar has.
    pub(crate) fn new(options: Options, shared: Arc<Bodies>) -> Self {
        let words = LITERALS.iter().map(|word| Raw::new(Box::new(Word(word.as_bytes().to_vec()))));
        let spaces = Raw::new(Box::new(Spaces(options.whitespace == Whitespace::Any)));
        Self {
            raws: words.chain([spaces]).collect(),
            numbers: FxHashMap::default(),
            bodies: vec![SharedBody::new(Body::free(), (0, u32::MAX))],
            shared,
            bounded: vec![Bounded { body: FREE, min: 0, max: u32::MAX }],
            strings: FxHashMap::default(),
            plain_integers: options.plain_integers,
        }
    }

    /// Add an automaton over the bytes of the text.
    pub(crate) fn add(&mut self, automaton: Box<dyn Automaton>) -> u32 {
        self.raws.push(Raw::new(automaton));
        u32::try_from(self.raws.len() - 1).unwrap_or(u32::MAX)
    }

    /// An automaton by index.
    pub(crate) fn raw(&mut self, lexeme: u32) -> &mut Raw {
        &mut self.raws[lexeme as usize]
    }

    /// A body by index.
    pub(crate) fn body(&self, body: u32) -> &SharedBody {
        &self.bodies[body as usize]
    }

    /// What a string is followed by, by the index that frames hold.
    pub(crate) fn bounded(&self, index: u32) -> Bounded {
        self.bounded[index as usize]
    }

    /// The automata of a number that is none of those seen: one, but for those that what was seen takes apart.
    pub(crate) fn number(
        &mut self,
        ir: &Ir,
        spec: u32,
        seen: (SeenId, &[Canonical]),
        limits: &Limits,
    ) -> Result<SmallVec<[u32; 1]>, GrammarError> {
        if let Some(known) = self.numbers.get(&(spec, seen.0)) {
            return Ok(known.clone());
        }
        let mut lexemes = SmallVec::new();
        for spec in without(&ir.numbers[spec as usize], seen.1) {
            let mut automaton = number::automaton(&spec, limits)?;
            if self.plain_integers && spec.is_integral() {
                automaton = Box::new(number::Plain(automaton));
            }
            let raw = Raw::new(automaton);
            if raw.start() != 0 {
                self.raws.push(raw);
                lexemes.push(u32::try_from(self.raws.len() - 1).unwrap_or(u32::MAX));
            }
        }
        self.numbers.insert((spec, seen.0), lexemes.clone());
        Ok(lexemes)
    }

    /// What follows the opening quote of a string that is none of those seen; `None` if nothing can.
    pub(crate) fn string(
        &mut self,
        ir: &Ir,
        spec: u32,
        seen: (SeenId, &[Canonical]),
        limits: &Limits,
    ) -> Result<Option<u32>, GrammarError> {
        if let Some(known) = self.strings.get(&(spec, seen.0)) {
            return Ok(*known);
        }
        let built = self.build(&ir.strings[spec as usize], seen.1, limits)?;
        self.strings.insert((spec, seen.0), built);
        Ok(built)
    }

    /// About how many bytes all take.
    pub(crate) fn memory(&self) -> usize {
        let raws: usize = self.raws.iter().map(Raw::memory).sum();
        raws + self.bodies.iter().map(SharedBody::memory).sum::<usize>()
    }

    fn build(
        &mut self,
        spec: &TextSpec,
        seen: &[Canonical],
        limits: &Limits,
    ) -> Result<Option<u32>, GrammarError> {
        let words: Vec<String> =
            seen.iter().filter_map(|value| value.strip_prefix('"')).map(String::from).collect();
        let bounded = if spec.atoms.is_empty() && words.is_empty() {
            Bounded { body: FREE, min: spec.min, max: spec.max.unwrap_or(u32::MAX) }
        } else {
            let body = if words.is_empty() {
                self.shared.get(spec, limits)?
            } else {
                // What was seen is of this text alone.
                let mut spec = spec.clone();
                spec.atoms.push(Atom { set: TextSet::Words(words), negated: true });
                SharedBody::of(&spec, limits)?
            };
            let Some(body) = body else { return Ok(None) };
            let (min, max) = body.lengths;
            self.bodies.push(body);
            let body = u32::try_from(self.bodies.len() - 1).unwrap_or(u32::MAX);
            Bounded { body, min, max }
        };
        self.bounded.push(bounded);
        Ok(u32::try_from(self.bounded.len() - 1).ok())
    }
}

/// The numbers of a set that were not seen, as sets that do not overlap.
fn without(spec: &NumberSpec, seen: &[Canonical]) -> Vec<NumberSpec> {
    let mut points: Vec<Decimal> = seen.iter().filter_map(|value| value.parse().ok()).collect();
    points.retain(|point| spec.contains(point));
    if let Some(values) = &spec.values {
        let left: Vec<Decimal> =
            values.iter().filter(|value| !points.contains(value)).cloned().collect();
        return if left.is_empty() {
            Vec::new()
        } else {
            vec![NumberSpec { values: Some(left), ..spec.clone() }]
        };
    }
    points.sort();
    let mut low = spec.low.clone();
    let mut parts = Vec::new();
    for point in points {
        let bound = Bound { value: point, inclusive: false };
        parts.push(NumberSpec { low: low.take(), high: Some(bound.clone()), ..spec.clone() });
        low = Some(bound);
    }
    parts.push(NumberSpec { low, ..spec.clone() });
    parts
}
