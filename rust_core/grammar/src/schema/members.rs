//! What two sets of objects have in common, and whether that is plainly nothing.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::compiler::{Compiler, Outcome};
use super::conj::{joined, least};
use super::facts::{Member, Members, Rule, SeenNames, Shape, TextId};
use super::formula::FormulaId;

/// Up to so many pairs of names are compared before two objects are put together.
const COMPARED: usize = 1024;

impl Compiler<'_> {
    /// The objects in both sets; nothing if it is plain that there are none.
    pub(super) fn members_and(
        &mut self,
        a: &Rc<Members>,
        b: &Rc<Members>,
    ) -> Outcome<Option<Rc<Members>>> {
        if a == b || **b == Members::default() {
            return Ok(Some(Rc::clone(a)));
        }
        if **a == Members::default() {
            return Ok(Some(Rc::clone(b)));
        }
        if self.plainly_disjoint(a, b)? {
            return Ok(None);
        }
        let joint = Members {
            names: self.names_and(&a.names, &b.names),
            rules: self.rules_and(&a.rules, &b.rules),
            tallies: joined(&a.tallies, &b.tallies),
            min: a.min.max(b.min),
            max: least(a.max, b.max),
            evaluated: SeenNames {
                all: a.evaluated.all || b.evaluated.all,
                names: joined(&a.evaluated.names, &b.evaluated.names),
                patterns: joined(&a.evaluated.patterns, &b.evaluated.patterns),
            },
        };
        Ok((!self.members_contradict(&joint)?).then(|| Rc::new(joint)))
    }

    /// Whether a name that one requires has values in both that differ as types or lists of texts do: what
    /// tells the branches of a tagged union apart, found without putting them together.
    fn plainly_disjoint(&mut self, a: &Members, b: &Members) -> Outcome<bool> {
        if a.names.len() * b.names.len() > COMPARED {
            return Ok(false);
        }
        for member in &a.names {
            let other = b.names.iter().find(|other| other.name == member.name);
            let Some(other) = other.filter(|other| other.required || member.required) else {
                continue;
            };
            if member.value != other.value
                && let (Some(a), Some(b)) = (self.probe(member.value)?, self.probe(other.value)?)
                && self.shapes_differ(&a, &b)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn shapes_differ(&self, a: &Shape, b: &Shape) -> bool {
        let apart = |a: bool, b: bool| !(a && b);
        apart(a.null, b.null)
            && apart(a.yes, b.yes)
            && apart(a.no, b.no)
            && apart(!a.numbers.is_empty(), !b.numbers.is_empty())
            && apart(!a.arrays.is_empty(), !b.arrays.is_empty())
            && apart(!a.objects.is_empty(), !b.objects.is_empty())
            && self.texts_differ(&a.strings, &b.strings)
    }

    fn texts_differ(&self, a: &[TextId], b: &[TextId]) -> bool {
        let ([a], [b]) = (a, b) else {
            return a.is_empty() || b.is_empty();
        };
        let (a, b) = (self.texts.get(*a), self.texts.get(*b));
        match (super::texts::words(&a), super::texts::words(&b)) {
            (Some(a), Some(b)) => a.iter().all(|word| b.binary_search(word).is_err()),
            _ => false,
        }
    }

    fn names_and(&mut self, a: &[Member], b: &[Member]) -> Vec<Member> {
        let mut joint = a.to_vec();
        let places: FxHashMap<_, _> =
            a.iter().enumerate().map(|(at, member)| (member.name, at)).collect();
        for member in b {
            let Some(&at) = places.get(&member.name) else {
                joint.push(*member);
                continue;
            };
            let known = &mut joint[at];
            known.value = self.formulas.and(&[known.value, member.value]);
            known.required |= member.required;
            known.group = known.group.or(member.group);
        }
        joint
    }

    /// Rules about the same names become one.
    pub(super) fn rules_and(&mut self, a: &[Rule], b: &[Rule]) -> Vec<Rule> {
        let mut joint: Vec<Rule> = Vec::with_capacity(a.len() + b.len());
        for rule in joined(a, b) {
            match joint.last_mut() {
                Some(last) if last.when == rule.when => {
                    last.then = self.formulas.and(&[last.then, rule.then]);
                }
                _ => joint.push(rule),
            }
        }
        joint
    }

    /// Whether it is plain that no object is like this.
    pub(super) fn members_contradict(&mut self, members: &Members) -> Outcome<bool> {
        let required = members.names.iter().filter(|member| member.required).count();
        if members.max.is_some_and(|max| members.min > max || required > max as usize) {
            return Ok(true);
        }
        for member in members.names.iter().filter(|member| member.required) {
            let value = self.value_of(members, member)?;
            if self.surely_empty(value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the value of a name is, by all that is said of it.
    pub(super) fn value_of(&mut self, members: &Members, member: &Member) -> Outcome<FormulaId> {
        let mut parts = vec![member.value];
        for rule in &members.rules {
            if self.set_has(rule.when, member.name)? {
                parts.push(rule.then);
            }
        }
        Ok(self.formulas.and(&parts))
    }
}
