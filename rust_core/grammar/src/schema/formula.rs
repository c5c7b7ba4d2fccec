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

    /// What a formula does not allow. It is brought to the schemas themselves, by De Morgan.
    pub(super) fn not(&mut self, id: FormulaId) -> FormulaId {
        match self.get(id).clone() {
            Formula::True => FALSE,
            Formula::False => TRUE,
            Formula::Not(inner) => inner,
            Formula::And(parts) => {
                let parts: Vec<_> = parts.iter().map(|&part| self.not(part)).collect();
                self.or(&parts)
            }
            Formula::Or(parts) => {
                let parts: Vec<_> = parts.iter().map(|&part| self.not(part)).collect();
                self.and(&parts)
            }
            Formula::Schema(..) | Formula::Equal(_) => self.intern(Formula::Not(id)),
        }
    }

    pub(super) fn and(&mut self, parts: &[FormulaId]) -> FormulaId {
        self.join(Join::And, parts)
    }

    pub(super) fn or(&mut self, parts: &[FormulaId]) -> FormulaId {
        self.join(Join::Or, parts)
    }

    /// Flattens, sorts, absorbs, and keeps formulas two levels deep.
    ///
    /// What is inside of a value in a recursive schema is made of formulas for the value. Were they to become deeper
    /// each time, recursion would not come back to a formula that is known.
    fn join(&mut self, join: Join, parts: &[FormulaId]) -> FormulaId {
        let (neutral, absorbing) = match join {
            Join::And => (TRUE, FALSE),
            Join::Or => (FALSE, TRUE),
        };
        let mut flat = Vec::with_capacity(parts.len());
        for &part in parts {
            match self.inner(join, part) {
                Some(inner) => flat.extend_from_slice(inner),
                None if part == neutral => {}
                None => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        if self.decided(&flat, absorbing) {
            return absorbing;
        }
        self.absorb(join, &mut flat);
        if flat.len() > 1
            && let Some(spread) = self.spread(join, &flat)
        {
            return spread;
        }
        match flat.as_slice() {
            [] => neutral,
            [only] => *only,
            _ => self.intern(join.of(flat)),
        }
    }

    fn inner(&self, join: Join, part: FormulaId) -> Option<&[FormulaId]> {
        match (join, self.get(part)) {
            (Join::And, Formula::And(inner)) | (Join::Or, Formula::Or(inner)) => Some(inner),
            _ => None,
        }
    }

    fn decided(&self, flat: &[FormulaId], absorbing: FormulaId) -> bool {
        flat.iter().any(|&part| {
            part == absorbing
                || matches!(self.get(part), Formula::Not(inner) if flat.binary_search(inner).is_ok())
        })
    }

    /// Drops parts of the other kind that have one of the rest as a part: a and (a or b) is a.
    fn absorb(&self, join: Join, flat: &mut Vec<FormulaId>) {
        let covered = |part: FormulaId| {
            let inner = self.inner(join.other(), part).unwrap_or_default();
            inner.iter().any(|inner| flat.binary_search(inner).is_ok())
        };
        let gone: Vec<_> = flat.iter().copied().filter(|&part| covered(part)).collect();
        flat.retain(|part| !gone.contains(part));
    }

    /// Multiplies out what would become three levels deep, unless that is a lot: the parts of the other
    /// kind that have parts of this kind in turn are turned inside out.
    fn spread(&mut self, join: Join, flat: &[FormulaId]) -> Option<FormulaId> {
        let other = join.other();
        let deep = |part: &FormulaId| {
            let inner = self.inner(other, *part).unwrap_or_default();
            inner.iter().any(|&inner| self.inner(join, inner).is_some())
        };
        let part = flat.iter().copied().find(deep)?;
        let factors: Vec<Vec<FormulaId>> = self
            .inner(other, part)?
            .iter()
            .map(|&term| self.inner(join, term).map_or_else(|| vec![term], <[_]>::to_vec))
            .collect();
        if factors.iter().map(Vec::len).product::<usize>() > SPREAD {
            return None;
        }
        let mut terms: Vec<Vec<FormulaId>> = vec![Vec::new()];
        for factor in factors {
            let longer = |term: &Vec<_>| {
                let term = term.clone();
                factor
                    .iter()
                    .map(move |&more| [term.as_slice(), &[more]].concat())
                    .collect::<Vec<_>>()
            };
            terms = terms.iter().flat_map(longer).collect();
        }
        let mut all: Vec<_> = terms.iter().map(|term| self.join(other, term)).collect();
        all.extend(flat.iter().copied().filter(|&known| known != part));
        Some(self.join(join, &all))
    }
}

/// Up to so many terms a formula is multiplied out into.
const SPREAD: usize = 32;

/// How formulas are joined.
#[derive(Debug, Clone, Copy)]
enum Join {
    And,
    Or,
}

impl Join {
    fn other(self) -> Self {
        match self {
            Self::And => Self::Or,
            Self::Or => Self::And,
        }
    }

    fn of(self, parts: Vec<FormulaId>) -> Formula {
        match self {
            Self::And => Formula::And(parts.into()),
            Self::Or => Formula::Or(parts.into()),
        }
    }
}
