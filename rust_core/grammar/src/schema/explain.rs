//! Why nothing satisfies a schema, as precisely as is easily found.

use rustc_hash::FxHashSet;

use super::compiler::{Compiler, Outcome};
use super::facts::Shape;
use super::formula::{FALSE, Formula, FormulaId};
use super::value::{Value, ValueId};
use crate::GrammarError;

impl Compiler<'_> {
    /// The error of a schema that nothing satisfies.
    pub(super) fn why_empty(&mut self) -> GrammarError {
        let mut seen = FxHashSet::default();
        let found = match self.schema(0, 0) {
            Ok(root) => self.why(root, 0, &mut seen),
            Err(_) => None,
        };
        let (at, reason) = found.unwrap_or((0, "its parts contradict each other".to_owned()));
        GrammarError::Empty { pointer: self.document.pointer(at), reason }
    }

    /// The innermost contradiction that makes a formula empty; `around` is where it was met.
    fn why(
        &mut self,
        formula: FormulaId,
        around: ValueId,
        seen: &mut FxHashSet<FormulaId>,
    ) -> Option<(ValueId, String)> {
        if formula == FALSE {
            return Some((around, "the schema false allows nothing".to_owned()));
        }
        if !seen.insert(formula) {
            return None;
        }
        let at = self.origin(formula).unwrap_or(around);
        if let Some(reason) = self.contradictions.get(&at) {
            return Some((at, reason.clone()));
        }
        let parts = self.parts(formula).unwrap_or_default();
        for part in parts {
            if self.surely_empty(part).unwrap_or(false)
                && let Some(found) = self.why(part, at, seen)
            {
                return Some(found);
            }
        }
        let shape = self.probe(formula).ok()??;
        self.why_inside(&shape, at, seen).or_else(|| Some((at, general(&shape).to_owned())))
    }

    /// The schemas that a formula applies to the same value in any case.
    fn parts(&mut self, formula: FormulaId) -> Outcome<Vec<FormulaId>> {
        match self.formulas.get(formula).clone() {
            Formula::Schema(at, scope) if matches!(self.document.get(at), Value::Object(_)) => {
                self.conjuncts(at, scope)
            }
            Formula::And(parts) => Ok(parts.into()),
            _ => Ok(Vec::new()),
        }
    }

    /// A contradiction in what an array or object must contain.
    fn why_inside(
        &mut self,
        shape: &Shape,
        at: ValueId,
        seen: &mut FxHashSet<FormulaId>,
    ) -> Option<(ValueId, String)> {
        for members in &shape.objects {
            for member in members.names.iter().filter(|member| member.required) {
                let value = self.value_of(members, member).ok()?;
                if value == FALSE {
                    let name = self.names.get(member.name);
                    return Some((at, format!("the property {name:?} is required and forbidden")));
                }
                if let Some(found) = self.why(value, at, seen) {
                    return Some(found);
                }
            }
        }
        for items in &shape.arrays {
            let places = items.prefix.iter().chain(std::iter::repeat(&items.rest));
            for &place in places.take(items.prefix.len().max(1)).take(items.min as usize) {
                if let Some(found) = self.why(place, at, seen) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Notes why nothing of some type satisfies a schema.
    pub(super) fn contradict(&mut self, schema: ValueId, reason: impl Into<String>) {
        self.contradictions.entry(schema).or_insert_with(|| reason.into());
    }
}

/// What is wrong with values that have this shape, if nothing more is known.
fn general(shape: &Shape) -> &'static str {
    if !shape.strings.is_empty() {
        "no text satisfies its pattern, format and lengths together"
    } else if !shape.numbers.is_empty() {
        "no number satisfies its bounds and multiples together"
    } else if !shape.objects.is_empty() || !shape.arrays.is_empty() {
        "whatever satisfies it would have to contain more than it may, or itself without end"
    } else {
        "its keywords contradict each other, and no type of value is left"
    }
}
