//! Objects of the emitted schema: names that are known, and classes of those that are not.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::compiler::{Compiler, Outcome};
use super::emit::{Count, Emitter, index};
use super::facts::{Member, Members, NameId, NameWords, TextId};
use super::formula::TRUE;
use super::value::ValueId;
use crate::ir::{Choice, Counter, ObjectSpec, Property};
use crate::text::{Atom, TextSet, TextSpec};

/// Sets that other names may be classified by at most.
const ATOMS: usize = 6;

impl Compiler<'_> {
    pub(super) fn object_spec(
        &mut self,
        out: &mut Emitter,
        members: &Members,
    ) -> Outcome<ObjectSpec> {
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
        // Whether a class has names at all matters only where some of them may be needed.
        let needed = !atoms.is_empty()
            && (members.min as usize > spec.properties.len() || !members.tallies.is_empty());
        for class in 0..1_u32 << atoms.len() {
            let mut choices = self.other_choices(out, members, &atoms, class)?;
            if needed && !choices.is_empty() && self.nameless(&spec, &atoms, class)? {
                choices.clear();
            }
            spec.others.push(choices);
        }
        self.countable_names(&mut spec)?;
        spec.atoms = atoms.iter().map(|&text| (*self.texts.get(text)).clone()).collect();
        Ok(spec)
    }

    /// Whether a class has no names but those that are known.
    fn nameless(&mut self, spec: &ObjectSpec, atoms: &[TextId], class: u32) -> Outcome<bool> {
        let known = spec.properties.iter().map(|property| &property.name).chain(&spec.forbidden);
        let known = TextSet::Words(known.cloned().collect());
        let mut others = TextSpec::default();
        others.atoms.push(Atom { set: known, negated: true });
        let mut sets = vec![self.texts.intern(Rc::new(others))];
        for (bit, &text) in atoms.iter().enumerate() {
            let parts = if class >> bit & 1 == 1 { vec![text] } else { self.text_not(text) };
            sets = self.product(&sets, &parts, Self::text_and)?;
        }
        for set in sets {
            if !self.text_is_empty(&self.texts.get(set))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All names that anything is said of by name.
    fn known_names(&mut self, members: &Members) -> Vec<Member> {
        let mut names = members.names.clone();
        let mut seen: FxHashSet<NameId> = names.iter().map(|member| member.name).collect();
        let sets = members.rules.iter().map(|rule| rule.when);
        for set in sets.chain(members.tallies.iter().map(|tally| tally.when)) {
            let set = self.sets.get(set);
            let (NameWords::Except(words) | NameWords::Only(words)) = &set.words;
            for &name in words {
                if seen.insert(name) {
                    let (value, required, group) = (TRUE, false, None);
                    names.push(Member { name, value, required, group });
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
}
