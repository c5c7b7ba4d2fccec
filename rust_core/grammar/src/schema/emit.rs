//! Shapes to nodes: everything that the whole schema reaches, before it is trimmed.

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::compiler::{Compiler, Outcome};
use super::facts::{Items, Members, NameId, NameWords, Shape, TextId};
use super::formula::{Formula, FormulaId, TRUE};
use super::value::ValueId;
use crate::GrammarError;
use crate::ir::{Alternative, ArraySpec, Choice, Counter, Ir, Node, NodeId, ObjectSpec, Property};
use crate::number::NumberSpec;
use crate::text::TextSpec;

/// Counters that a container may have at most.
const COUNTERS: usize = 8;
/// Sets that other names may be classified by at most.
const ATOMS: usize = 6;

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
struct Count {
    bit: u32,
    what: FormulaId,
    bounded: bool,
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
        let node = match out.by_shape.get(&shape) {
            Some(&known) => known,
            None => {
                let node = index(out.ir.nodes.len());
                out.ir.nodes.push(Node::default());
                out.by_shape.insert(Rc::clone(&shape), node);
                out.waiting.push_back((node, formula, shape));
                node
            }
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
            if let Some(at) = items.repeats {
                self.refuse(at, "uniqueItems", REPEATS.to_owned())?;
            }
            let id = match out.arrays.get(items) {
                Some(&known) => known,
                None => {
                    let spec = self.array_spec(out, items)?;
                    out.ir.arrays.push(spec);
                    let id = index(out.ir.arrays.len() - 1);
                    out.arrays.insert(Rc::clone(items), id);
                    id
                }
            };
            found.push(Alternative::Array(id));
        }
        for members in &shape.objects {
            let id = match out.objects.get(members) {
                Some(&known) => known,
                None => {
                    let spec = self.object_spec(out, members)?;
                    out.ir.objects.push(spec);
                    let id = index(out.ir.objects.len() - 1);
                    out.objects.insert(Rc::clone(members), id);
                    id
                }
            };
            found.push(Alternative::Object(id));
        }
        Ok(found)
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

    fn text_is_empty(&self, spec: &TextSpec) -> Outcome<bool> {
        Ok(!super::texts::plainly_inhabited(spec) && crate::text::is_empty(spec, self.limits)?)
    }

    fn array_spec(&mut self, out: &mut Emitter, items: &Items) -> Outcome<ArraySpec> {
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
        let counters = items.tallies.iter();
        Ok(ArraySpec {
            prefix,
            rest,
            min: items.min,
            max: items.max,
            counters: counters.map(|tally| Counter { min: tally.min, max: tally.max }).collect(),
            unique: items.unique.is_some(),
        })
    }

    /// The ways to fill a place: one for each combination of what is counted that may occur.
    fn choices(
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

    fn object_spec(&mut self, out: &mut Emitter, members: &Members) -> Outcome<ObjectSpec> {
        let mut members = members.clone();
        members.tallies.truncate(self.countable(members.tallies.len(), "not")?);
        let atoms = self.name_atoms(&mut members)?;
        let members = &members;
        let names = self.known_names(members);
        let mut spec = ObjectSpec {
            properties: Vec::with_capacity(names.len()),
            forbidden: Vec::new(),
            atoms: Vec::new(),
            others: Vec::new(),
            min: members.min,
            max: members.max,
            counters: Vec::with_capacity(members.tallies.len()),
        };
        let tallies = members.tallies.iter();
        spec.counters.extend(tallies.map(|tally| Counter { min: tally.min, max: tally.max }));
        let mut groups: FxHashMap<ValueId, u32> = FxHashMap::default();
        for member in names {
            let value = self.value_of(members, &member)?;
            let counts = self.counts_of(members, member.name)?;
            let choices = self.choices(out, value, &counts)?;
            let name = self.names.get(member.name).to_string();
            if choices.is_empty() && !member.required {
                spec.forbidden.push(name);
                continue;
            }
            let group = member.group.map(|group| {
                let next = index(groups.len());
                *groups.entry(group).or_insert(next)
            });
            spec.properties.push(Property { name, choices, required: member.required, group });
        }
        for class in 0..1_u32 << atoms.len() {
            let choices = self.other_choices(out, members, &atoms, class)?;
            spec.others.push(choices);
        }
        spec.atoms = atoms.iter().map(|&text| (*self.texts.get(text)).clone()).collect();
        Ok(spec)
    }

    /// All names that anything is said of by name.
    fn known_names(&mut self, members: &Members) -> Vec<super::facts::Member> {
        let mut names = members.names.clone();
        let mut seen: FxHashSet<NameId> = names.iter().map(|member| member.name).collect();
        let sets = members.rules.iter().map(|rule| rule.when);
        for set in sets.chain(members.tallies.iter().map(|tally| tally.when)) {
            let set = self.sets.get(set);
            let (NameWords::Except(words) | NameWords::Only(words)) = &set.words;
            for &name in words {
                if seen.insert(name) {
                    let (value, required, group) = (TRUE, false, None);
                    names.push(super::facts::Member { name, value, required, group });
                }
            }
        }
        names
    }

    fn counts_of(&mut self, members: &Members, name: NameId) -> Outcome<Vec<Count>> {
        let mut counts = Vec::new();
        for (at, tally) in members.tallies.iter().enumerate() {
            if self.set_has(tally.when, name)? {
                counts.push(Count { bit: 1 << at, what: tally.what, bounded: tally.max.is_some() });
            }
        }
        Ok(counts)
    }

    /// The sets of texts that other names are told apart by. If there are too many, in lenient use the rules
    /// that need more than the first are dropped.
    fn name_atoms(&mut self, members: &mut Members) -> Outcome<Vec<TextId>> {
        let mut atoms = Vec::new();
        let sets = members.rules.iter().map(|rule| rule.when);
        for set in sets.chain(members.tallies.iter().map(|tally| tally.when)) {
            let set = self.sets.get(set);
            if let NameWords::Except(_) = set.words {
                atoms.extend(set.atoms.iter().map(|(text, _)| *text));
            }
        }
        atoms.sort_unstable();
        atoms.dedup();
        if atoms.len() > ATOMS {
            let count = atoms.len();
            let reason = format!(
                "other names would have to be told apart by {count} patterns, and {ATOMS} is the most"
            );
            let keyword = "patternProperties";
            self.refuse(self.keyword_here(keyword), keyword, reason)?;
            atoms.truncate(ATOMS);
            let known = |set: u32| {
                let set = self.sets.get(set);
                set.atoms.iter().all(|(text, _)| atoms.contains(text))
            };
            members.rules.retain(|rule| known(rule.when));
            members.tallies.retain(|tally| known(tally.when));
        }
        Ok(atoms)
    }

    /// What stands behind names of a class that nothing is said of by name.
    fn other_choices(
        &mut self,
        out: &mut Emitter,
        members: &Members,
        atoms: &[TextId],
        class: u32,
    ) -> Outcome<Vec<Choice>> {
        let mut parts = vec![TRUE];
        for rule in &members.rules {
            if self.class_in(rule.when, atoms, class) {
                parts.push(rule.then);
            }
        }
        let value = self.formulas.and(&parts);
        let mut counts = Vec::new();
        for (at, tally) in members.tallies.iter().enumerate() {
            if self.class_in(tally.when, atoms, class) {
                counts.push(Count { bit: 1 << at, what: tally.what, bounded: tally.max.is_some() });
            }
        }
        self.choices(out, value, &counts)
    }

    fn class_in(&self, set: u32, atoms: &[TextId], class: u32) -> bool {
        let set = self.sets.get(set);
        matches!(set.words, NameWords::Except(_))
            && set.atoms.iter().all(|(text, negated)| {
                atoms.binary_search(text).is_ok_and(|bit| (class >> bit & 1 == 0) == *negated)
            })
    }

    /// Refuses what counts too many things; in lenient use the first are counted.
    fn countable(&mut self, counters: usize, keyword: &str) -> Outcome<usize> {
        if counters > COUNTERS {
            let reason =
                format!("{counters} things would have to be counted, and {COUNTERS} is the most");
            self.refuse(self.keyword_here(keyword), keyword, reason)?;
        }
        Ok(counters.min(COUNTERS))
    }

    /// The place of a keyword of the schema at hand, or of the schema itself.
    fn keyword_here(&self, keyword: &str) -> ValueId {
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

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
