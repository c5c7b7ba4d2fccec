//! Shapes to nodes: everything that the whole schema reaches, before it is trimmed.

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::compiler::{Compiler, Outcome};
use super::facts::{Items, Members, Shape, TextId};
use super::formula::{Formula, FormulaId};
use super::value::ValueId;
use crate::GrammarError;
use crate::ir::{Alternative, ArraySpec, Choice, Counter, Ir, Node, NodeId};
use crate::number::NumberSpec;
use crate::text::TextSpec;

/// Counters that a container may have at most.
const COUNTERS: usize = 8;

/// Why `uniqueItems` cannot be negated.
const REPEATS: &str = "it would have to be broken (by `not`, or by an alternative that `oneOf` or `if` excludes), \
                       and that two items are equal cannot be demanded";

/// What has been emitted.
#[derive(Default)]
pub(super) struct Emitter {
    pub(super) ir: Ir,
    by_formula: FxHashMap<FormulaId, NodeId>,
    by_shape: FxHashMap<Rc<Shape>, NodeId>,
    waiting: VecDeque<(NodeId, FormulaId, Rc<Shape>)>,
    texts: FxHashMap<TextId, Option<u32>>,
    numbers: FxHashMap<u32, Option<u32>>,
    arrays: FxHashMap<Rc<Items>, u32>,
    objects: FxHashMap<Rc<Members>, u32>,
}

/// Something counted at a place: which bit, what, and whether there may be too many.
pub(super) struct Count {
    pub(super) bit: u32,
    pub(super) what: FormulaId,
    pub(super) bounded: bool,
}

impl Compiler<'_> {
    /// Everything that the whole schema reaches.
    pub(super) fn emit(&mut self) -> Outcome<Ir> {
        let mut out = Emitter::default();
        let root = self.schema(0, 0)?;
        out.ir.root = self.node(&mut out, root)?;
        while let Some((node, formula, shape)) = out.waiting.pop_front() {
            self.inside = self.origin(formula).into_iter().collect();
            let alternatives = self.alternatives(&mut out, &shape)?;
            out.ir.nodes[node as usize].alternatives = alternatives;
            self.within_limits(&out.ir)?;
        }
        Ok(out.ir)
    }

    /// A place in the schema that a formula comes from.
    pub(super) fn origin(&self, formula: FormulaId) -> Option<ValueId> {
        match self.formulas.get(formula) {
            Formula::Schema(at, _) | Formula::Equal(at) => Some(*at),
            Formula::Not(inner) => self.origin(*inner),
            Formula::And(parts) | Formula::Or(parts) => self.origin(*parts.first()?),
            Formula::True | Formula::False => None,
        }
    }

    fn within_limits(&self, ir: &Ir) -> Outcome<()> {
        let size = ir.nodes.len() + ir.arrays.len() + ir.objects.len();
        if size + ir.strings.len() + ir.numbers.len() <= self.limits.nodes {
            return Ok(());
        }
        let what = "the number of nodes that the schema is turned into".to_owned();
        let limit = self.limits.nodes as u64;
        Err(GrammarError::Limit { what, option: "nodes", limit }.into())
    }

    /// The node of a formula; formulas of equal shape share one.
    fn node(&mut self, out: &mut Emitter, formula: FormulaId) -> Outcome<NodeId> {
        if let Some(&known) = out.by_formula.get(&formula) {
            return Ok(known);
        }
        let shape = self.shape(formula, false)?;
        let node = if let Some(&known) = out.by_shape.get(&shape) {
            known
        } else {
            let node = index(out.ir.nodes.len());
            out.ir.nodes.push(Node::default());
            out.by_shape.insert(Rc::clone(&shape), node);
            out.waiting.push_back((node, formula, shape));
            node
        };
        out.by_formula.insert(formula, node);
        Ok(node)
    }

    fn alternatives(&mut self, out: &mut Emitter, shape: &Shape) -> Outcome<Vec<Alternative>> {
        let mut found = Vec::with_capacity(shape.len());
        found.extend(shape.null.then_some(Alternative::Null));
        found.extend(shape.yes.then_some(Alternative::True));
        found.extend(shape.no.then_some(Alternative::False));
        for &number in &shape.numbers {
            found.extend(self.number_spec(out, number)?.map(Alternative::Number));
        }
        for &text in &shape.strings {
            found.extend(self.text_spec(out, text)?.map(Alternative::String));
        }
        for items in &shape.arrays {
            found.push(Alternative::Array(self.array(out, items)?));
        }
        for members in &shape.objects {
            found.push(Alternative::Object(self.object(out, members)?));
        }
        Ok(found)
    }

    /// The index of a set of arrays.
    fn array(&mut self, out: &mut Emitter, items: &Rc<Items>) -> Outcome<u32> {
        if let Some(&known) = out.arrays.get(items) {
            return Ok(known);
        }
        let spec = self.array_spec(out, items)?;
        out.ir.arrays.push(spec);
        let id = index(out.ir.arrays.len() - 1);
        out.arrays.insert(Rc::clone(items), id);
        Ok(id)
    }

    /// The index of a set of objects.
    fn object(&mut self, out: &mut Emitter, members: &Rc<Members>) -> Outcome<u32> {
        if let Some(&known) = out.objects.get(members) {
            return Ok(known);
        }
        let spec = self.object_spec(out, members)?;
        out.ir.objects.push(spec);
        let id = index(out.ir.objects.len() - 1);
        out.objects.insert(Rc::clone(members), id);
        Ok(id)
    }

    /// A set of numbers, unless it is empty.
    fn number_spec(&mut self, out: &mut Emitter, number: u32) -> Outcome<Option<u32>> {
        if let Some(&known) = out.numbers.get(&number) {
            return Ok(known);
        }
        let spec = self.numbers.get(number);
        let plain = spec.values.is_some() || *spec == NumberSpec::default();
        let id = if !plain && crate::number::is_empty(&spec, self.limits)? {
            None
        } else {
            out.ir.numbers.push((*spec).clone());
            Some(index(out.ir.numbers.len() - 1))
        };
        out.numbers.insert(number, id);
        Ok(id)
    }

    /// A set of texts, unless it is empty.
    fn text_spec(&mut self, out: &mut Emitter, text: TextId) -> Outcome<Option<u32>> {
        if let Some(&known) = out.texts.get(&text) {
            return Ok(known);
        }
        let spec = self.texts.get(text);
        let id = if self.text_is_empty(&spec)? {
            None
        } else {
            out.ir.strings.push((*spec).clone());
            Some(index(out.ir.strings.len() - 1))
        };
        out.texts.insert(text, id);
        Ok(id)
    }

    pub(super) fn text_is_empty(&self, spec: &TextSpec) -> Outcome<bool> {
        Ok(!super::inhabited::plainly_inhabited(spec) && crate::text::is_empty(spec, self.limits)?)
    }

    fn array_spec(&mut self, out: &mut Emitter, items: &Items) -> Outcome<ArraySpec> {
        if let Some(at) = items.repeats {
            self.refuse(at, "uniqueItems", REPEATS.to_owned())?;
        }
        let mut items = items.clone();
        items.tallies.truncate(self.countable(items.tallies.len(), "contains")?);
        let mut prefix = Vec::new();
        // Places at which counting begins are written out.
        let counted = items.tallies.iter().map(|tally| tally.from as usize).max().unwrap_or(0);
        for at in 0..items.prefix.len().max(counted) {
            let place = *items.prefix.get(at).unwrap_or(&items.rest);
            let counts = counts_at(&items, at);
            prefix.push(self.choices(out, place, &counts)?);
        }
        let counts = counts_at(&items, usize::MAX);
        let rest = self.choices(out, items.rest, &counts)?;
        let unique = self.unique_items(&items)?;
        let counters = items.tallies.iter();
        Ok(ArraySpec {
            prefix,
            rest,
            min: items.min,
            max: items.max,
            counters: counters.map(|tally| Counter { min: tally.min, max: tally.max }).collect(),
            unique,
        })
    }

    /// The ways to fill a place: one for each combination of what is counted that may occur.
    pub(super) fn choices(
        &mut self,
        out: &mut Emitter,
        place: FormulaId,
        counts: &[Count],
    ) -> Outcome<Vec<Choice>> {
        let mut ways = vec![(place, 0_u32, 0_u32)];
        for count in counts {
            let mut more = Vec::with_capacity(ways.len() * 2);
            for (value, hits, misses) in ways {
                let hit = self.formulas.and(&[value, count.what]);
                if hit == value || self.same(hit, value)? {
                    more.push((value, hits | count.bit, misses));
                    continue;
                }
                let missed = if count.bounded { misses | count.bit } else { misses };
                if self.surely_empty(hit)? {
                    more.push((value, hits, missed));
                    continue;
                }
                more.push((hit, hits | count.bit, misses));
                let other = if count.bounded {
                    let not = self.formulas.not(count.what);
                    self.formulas.and(&[value, not])
                } else {
                    value
                };
                more.push((other, hits, missed));
            }
            ways = more;
        }
        let mut choices = Vec::with_capacity(ways.len());
        for (value, hits, misses) in ways {
            if !self.surely_empty(value)? {
                choices.push(Choice { node: self.node(out, value)?, hits, misses });
            }
        }
        Ok(choices)
    }

    /// Whether two formulas plainly allow the same.
    fn same(&mut self, a: FormulaId, b: FormulaId) -> Outcome<bool> {
        Ok(a == b || self.shape(a, false)? == self.shape(b, false)?)
    }

    /// Refuses what counts too many things; in lenient use the first are counted.
    pub(super) fn countable(&mut self, counters: usize, keyword: &str) -> Outcome<usize> {
        if counters > COUNTERS {
            let reason =
                format!("{counters} things would have to be counted, and {COUNTERS} is the most");
            self.refuse(self.keyword_here(keyword), keyword, reason)?;
        }
        Ok(counters.min(COUNTERS))
    }

    /// The place of a keyword of the schema at hand, or of the schema itself.
    pub(super) fn keyword_here(&self, keyword: &str) -> ValueId {
        let schema = self.inside.last().copied().unwrap_or_default();
        self.document.member(schema, keyword).unwrap_or(schema)
    }
}

/// What is counted at a place of an array.
fn counts_at(items: &Items, at: usize) -> Vec<Count> {
    let tallies = items.tallies.iter().enumerate();
    tallies
        .filter(|(_, tally)| tally.from as usize <= at)
        .map(|(bit, tally)| Count { bit: 1 << bit, what: tally.what, bounded: tally.max.is_some() })
        .collect()
}

/// A position as an index of the [`Ir`].
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
