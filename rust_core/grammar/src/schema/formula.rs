//! What values are asked to be, before it is worked out: schemas joined by and, or and not.
//!
//! Formulas are interned: equal ones have equal indices, so that what is worked out for one is worked out once,
//! and recursion in a schema becomes a cycle among indices.

use rustc_hash::FxHashMap;

use super::resolve::ScopeId;
use super::value::ValueId;

/// Index of an interned [`Formula`].
pub(super) type FormulaId = u32;

/// Every value.
pub(super) const TRUE: FormulaId = 0;
/// No value.
pub(super) const FALSE: FormulaId = 1;

/// A set of values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Formula {
    True,
    False,
    /// What the schema at a place allows, entered with a dynamic scope.
    Schema(ValueId, ScopeId),
    /// The values equal to one that stands in the schema.
    Equal(ValueId),
    Not(FormulaId),
    /// All of two or more, sorted.
    And(Box<[FormulaId]>),
    /// Any of two or more, sorted.
    Or(Box<[FormulaId]>),
}

/// All formulas of a schema.
#[derive(Debug)]
pub(super) struct Formulas {
    formulas: Vec<Formula>,
    ids: FxHashMap<Formula, FormulaId>,
}

impl Formulas {
    pub(super) fn new() -> Self {
        let mut formulas = Self { formulas: Vec::new(), ids: FxHashMap::default() };
        formulas.intern(Formula::True);
        formulas.intern(Formula::False);
        formulas
    }

    pub(super) fn get(&self, id: FormulaId) -> &Formula {
        &self.formulas[id as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.formulas.len()
    }

    pub(super) fn intern(&mut self, formula: Formula) -> FormulaId {
        if let Some(&id) = self.ids.get(&formula) {
            return id;
        }
        let id = u32::try_from(self.formulas.len()).unwrap_or(u32::MAX);
        self.formulas.push(formula.clone());
        self.ids.insert(formula, id);
        id
    }

    pub(super) fn not(&mut self, id: FormulaId) -> FormulaId {
        match self.get(id) {
            Formula::True => FALSE,
            Formula::False => TRUE,
            Formula::Not(inner) => *inner,
            _ => self.intern(Formula::Not(id)),
        }
    }

    pub(super) fn and(&mut self, parts: &[FormulaId]) -> FormulaId {
        self.join(parts, TRUE, FALSE)
    }

    pub(super) fn or(&mut self, parts: &[FormulaId]) -> FormulaId {
        self.join(parts, FALSE, TRUE)
    }

    /// Flattens and sorts; `neutral` changes nothing, `absorbing` (which a part beside its own negation
    /// amounts to) decides.
    fn join(&mut self, parts: &[FormulaId], neutral: FormulaId, absorbing: FormulaId) -> FormulaId {
        let mut flat = Vec::with_capacity(parts.len());
        for &part in parts {
            match self.get(part) {
                Formula::And(inner) if neutral == TRUE => flat.extend_from_slice(inner),
                Formula::Or(inner) if neutral == FALSE => flat.extend_from_slice(inner),
                _ if part == neutral => {}
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        let decided = flat.iter().any(|&part| {
            part == absorbing
                || matches!(self.get(part), Formula::Not(inner) if flat.binary_search(inner).is_ok())
        });
        match flat.as_slice() {
            _ if decided => absorbing,
            [] => neutral,
            [only] => *only,
            _ if neutral == TRUE => self.intern(Formula::And(flat.into())),
            _ => self.intern(Formula::Or(flat.into())),
        }
    }
}
