//! What the parts of the schema compiler share: the schema, what has been worked out of it, and how far work may go.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::SchemaOptions;
use super::facts::{NameId, NameSet, NameWords, NumberId, SetId, Shape, TextId};
use super::formula::{FALSE, Formula, FormulaId, Formulas, TRUE};
use super::intern::Interner;
use super::report::Findings;
use super::resolve::Resolver;
use super::value::{Document, ValueId};
use crate::number::NumberSpec;
use crate::text::TextSpec;
use crate::{GrammarError, Limits};

/// Why working something out came to an end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The schema cannot be compiled.
    Error(GrammarError),
    /// It depends on what is being worked out right now; only a probe meets this.
    Unknown,
}

impl From<GrammarError> for Stop {
    fn from(error: GrammarError) -> Self {
        Self::Error(error)
    }
}

/// What working something out gives.
pub(super) type Outcome<T> = Result<T, Stop>;

/// How far the shape of a formula has been worked out.
#[derive(Debug, Clone, Default)]
enum Slot {
    #[default]
    Open,
    /// It is being worked out, as the so many-th.
    Active(usize),
    Done(Rc<Shape>),
}

/// Below this much stack another segment is taken.
const RED_ZONE: usize = 128 * 1024;
/// The size of such a segment.
const SEGMENT: usize = 4 * 1024 * 1024;

/// A compilation.
pub(super) struct Compiler<'a> {
    pub(super) document: &'a Document,
    pub(super) options: &'a SchemaOptions,
    pub(super) limits: &'a Limits,
    pub(super) resolver: Resolver,
    pub(super) findings: Findings,
    pub(super) formulas: Formulas,
    pub(super) names: Interner<str>,
    pub(super) texts: Interner<TextSpec>,
    pub(super) numbers: Interner<NumberSpec>,
    pub(super) sets: Interner<NameSet>,
    /// By schema: why no value of some type satisfies it.
    pub(super) contradictions: FxHashMap<ValueId, String>,
    /// The schemas that are being expanded, for the place of an error.
    pub(super) inside: Vec<ValueId>,
    pub(super) text_memo: FxHashMap<(TextId, TextId), Option<TextId>>,
    pub(super) number_memo: FxHashMap<(NumberId, NumberId), Option<NumberId>>,
    pub(super) name_memo: FxHashMap<(TextId, NameId), bool>,
    slots: [Vec<Slot>; 2],
    active: usize,
    floor: usize,
    barren: FxHashMap<FormulaId, bool>,
    work: usize,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(
        document: &'a Document,
        options: &'a SchemaOptions,
        limits: &'a Limits,
    ) -> Self {
        let mut compiler = Self {
            document,
            options,
            limits,
            resolver: Resolver::new(document, options.draft),
            findings: Findings::default(),
            formulas: Formulas::new(),
            names: Interner::new(),
            texts: Interner::new(),
            numbers: Interner::new(),
            sets: Interner::new(),
            contradictions: FxHashMap::default(),
            inside: Vec::new(),
            text_memo: FxHashMap::default(),
            number_memo: FxHashMap::default(),
            name_memo: FxHashMap::default(),
            slots: [Vec::new(), Vec::new()],
            active: 0,
            floor: 0,
            barren: FxHashMap::default(),
            work: 0,
        };
        compiler.texts.intern(Rc::new(TextSpec::default()));
        compiler.numbers.intern(Rc::new(NumberSpec::default()));
        compiler
            .sets
            .intern(Rc::new(NameSet { words: NameWords::Except(Vec::new()), atoms: Vec::new() }));
        compiler
    }

    /// The values that a formula allows; with `track`, each alternative with what keywords evaluate in it.
    pub(super) fn shape(&mut self, formula: FormulaId, track: bool) -> Outcome<Rc<Shape>> {
        let at = formula as usize;
        let slots = &mut self.slots[usize::from(track)];
        if slots.len() <= at {
            slots.resize(self.formulas.len().max(at + 1), Slot::Open);
        }
        match &slots[at] {
            Slot::Done(shape) => return Ok(Rc::clone(shape)),
            Slot::Active(since) if *since < self.floor => return Err(Stop::Unknown),
            Slot::Active(_) => return Err(self.endless().into()),
            Slot::Open => {}
        }
        slots[at] = Slot::Active(self.active);
        self.active += 1;
        let shape = stacker::maybe_grow(RED_ZONE, SEGMENT, || self.work_out(formula, track));
        self.active -= 1;
        let slot = &mut self.slots[usize::from(track)][at];
        match shape {
            Ok(shape) => {
                let shape = Rc::new(shape);
                *slot = Slot::Done(Rc::clone(&shape));
                Ok(shape)
            }
            Err(stop) => {
                *slot = Slot::Open;
                Err(stop)
            }
        }
    }

    fn work_out(&mut self, formula: FormulaId, track: bool) -> Outcome<Shape> {
        self.spend(1)?;
        match self.formulas.get(formula).clone() {
            Formula::True => Ok(Shape::any()),
            Formula::False => Ok(Shape::default()),
            Formula::Schema(at, scope) => self.expand(at, scope, track),
            Formula::Equal(at) => Ok(self.equal(at)),
            Formula::Not(inner) => {
                let shape = self.shape(inner, false)?;
                self.complement(&shape)
            }
            Formula::And(parts) => {
                let mut all = Shape::any();
                for &part in &parts {
                    let shape = self.shape(part, track)?;
                    all = self.conjunction(&all, &shape)?;
                }
                Ok(all)
            }
            Formula::Or(parts) => {
                let mut shapes = Vec::with_capacity(parts.len());
                for &part in &parts {
                    shapes.push(self.shape(part, track)?);
                }
                self.union(&shapes, track)
            }
        }
    }

    /// Whether it is plain that nothing satisfies a formula. `false` means that it is not known: only the fixpoint
    /// over the whole schema decides.
    pub(super) fn surely_empty(&mut self, formula: FormulaId) -> Outcome<bool> {
        match formula {
            TRUE => return Ok(false),
            FALSE => return Ok(true),
            _ => {}
        }
        if let Some(&known) = self.barren.get(&formula) {
            return Ok(known);
        }
        // Until it is known otherwise: a value that contains itself is not plainly empty.
        self.barren.insert(formula, false);
        let Some(shape) = self.probe(formula)? else {
            self.barren.remove(&formula);
            return Ok(false);
        };
        let empty = self.shape_surely_empty(&shape)?;
        self.barren.insert(formula, empty);
        Ok(empty)
    }

    /// The shape of a formula, or nothing where it depends on what is being worked out. What is wrong with it is left
    /// to be found when it is reached.
    pub(super) fn probe(&mut self, formula: FormulaId) -> Outcome<Option<Rc<Shape>>> {
        let floor = std::mem::replace(&mut self.floor, self.active);
        let shape = self.shape(formula, false);
        self.floor = floor;
        match shape {
            Ok(shape) => Ok(Some(shape)),
            Err(Stop::Error(error @ GrammarError::Limit { .. })) => Err(error.into()),
            Err(_) => Ok(None),
        }
    }

    fn shape_surely_empty(&mut self, shape: &Shape) -> Outcome<bool> {
        if shape.null || shape.yes || shape.no {
            return Ok(false);
        }
        if !shape.numbers.is_empty() || !shape.strings.is_empty() {
            return Ok(false);
        }
        for items in &shape.arrays {
            if !self.items_contradict(items)? {
                return Ok(false);
            }
        }
        for members in &shape.objects {
            if !self.members_contradict(members)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Counts steps, so that a schema that multiplies out into too much is stopped.
    pub(super) fn spend(&mut self, steps: usize) -> Outcome<()> {
        self.work += steps;
        if self.work > self.limits.nodes.saturating_mul(10) {
            return Err(GrammarError::Limit {
                what: format!("what the schema at {} is multiplied out into", self.here()),
                option: "nodes",
                limit: self.limits.nodes as u64,
            }
            .into());
        }
        Ok(())
    }

    /// Refuses a shape of too many alternatives.
    pub(super) fn bounded(&self, alternatives: usize) -> Outcome<()> {
        if alternatives <= self.limits.alternatives {
            return Ok(());
        }
        Err(GrammarError::Limit {
            what: format!("the number of alternatives of {}", self.here()),
            option: "alternatives",
            limit: self.limits.alternatives as u64,
        }
        .into())
    }

    /// Says that a keyword cannot be enforced: an error, unless the caller takes what can be.
    pub(super) fn refuse(&mut self, at: ValueId, keyword: &str, reason: String) -> Outcome<()> {
        if self.options.lenient {
            self.findings.refuse(at, reason);
            return Ok(());
        }
        let pointer = self.document.pointer(at);
        Err(GrammarError::Refused { keyword: keyword.to_owned(), pointer, reason }.into())
    }

    /// The pointer of the schema that is being expanded.
    pub(super) fn here(&self) -> String {
        self.document.pointer(self.inside.last().copied().unwrap_or_default())
    }

    fn endless(&self) -> GrammarError {
        GrammarError::Schema {
            message: "the reference leads back to itself without consuming anything".to_owned(),
            place: self.here(),
        }
    }

    /// Whether a name is in a set.
    pub(super) fn set_has(&mut self, set: SetId, name: NameId) -> Outcome<bool> {
        let set = self.sets.get(set);
        let listed = match &set.words {
            NameWords::Except(words) => words.binary_search(&name).is_err(),
            NameWords::Only(words) => words.binary_search(&name).is_ok(),
        };
        if !listed {
            return Ok(false);
        }
        for &(text, negated) in &set.atoms {
            if self.name_in(text, name)? == negated {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn name_in(&mut self, text: TextId, name: NameId) -> Outcome<bool> {
        if let Some(&known) = self.name_memo.get(&(text, name)) {
            return Ok(known);
        }
        let known = self.texts.get(text).contains(&self.names.get(name), self.limits)?;
        self.name_memo.insert((text, name), known);
        Ok(known)
    }
}
