//! Values that are in any of several sets, with as few alternatives as are easily found.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::compiler::{Compiler, Outcome};
use super::facts::{Items, Member, Members, NumberId, Shape, TextId};
use crate::number::{Decimal, NumberSpec};

/// Up to so many object alternatives are compared with each other.
const COMPARED: usize = 64;

impl Compiler<'_> {
    /// The values in any of the sets; with `track` alternatives stay apart that differ in what is evaluated.
    pub(super) fn union(&mut self, shapes: &[Rc<Shape>], track: bool) -> Outcome<Shape> {
        let mut all = Shape {
            null: shapes.iter().any(|shape| shape.null),
            yes: shapes.iter().any(|shape| shape.yes),
            no: shapes.iter().any(|shape| shape.no),
            numbers: shapes.iter().flat_map(|shape| shape.numbers.iter().copied()).collect(),
            strings: shapes.iter().flat_map(|shape| shape.strings.iter().copied()).collect(),
            arrays: shapes.iter().flat_map(|shape| shape.arrays.iter().cloned()).collect(),
            objects: shapes.iter().flat_map(|shape| shape.objects.iter().cloned()).collect(),
        };
        self.simplify(&mut all, track);
        self.bounded(all.len())?;
        Ok(all)
    }

    /// Drops alternatives that others cover and joins those that are one.
    pub(super) fn simplify(&mut self, shape: &mut Shape, track: bool) {
        self.simplify_numbers(&mut shape.numbers);
        self.simplify_strings(&mut shape.strings);
        shape.arrays = distinct(&shape.arrays);
        shape.objects = distinct(&shape.objects);
        if track {
            return;
        }
        if shape.arrays.iter().any(|items| **items == Items::default()) {
            shape.arrays = vec![Rc::new(Items::default())];
        }
        if shape.objects.iter().any(|members| **members == Members::default()) {
            shape.objects = vec![Rc::new(Members::default())];
        }
        if (2..=COMPARED).contains(&shape.objects.len()) {
            self.merge_objects(&mut shape.objects);
        }
    }

    fn simplify_numbers(&mut self, numbers: &mut Vec<NumberId>) {
        if numbers.contains(&0) {
            *numbers = vec![0];
        }
        if numbers.len() < 2 {
            return;
        }
        let mut values: Vec<Decimal> = Vec::new();
        let mut others = Vec::new();
        for &number in &distinct(numbers) {
            match &self.numbers.get(number).values {
                Some(listed) => values.extend(listed.iter().cloned()),
                None => others.push(number),
            }
        }
        values.retain(|value| !others.iter().any(|&other| self.numbers.get(other).contains(value)));
        if !values.is_empty() {
            others.push(self.listed_numbers(values));
        }
        *numbers = others;
    }

    /// Exactly these numbers.
    pub(super) fn listed_numbers(&mut self, mut values: Vec<Decimal>) -> NumberId {
        values.sort_unstable();
        values.dedup();
        self.numbers.intern(Rc::new(NumberSpec { values: Some(values), ..NumberSpec::default() }))
    }

    fn simplify_strings(&mut self, strings: &mut Vec<TextId>) {
        if strings.contains(&0) {
            *strings = vec![0];
        }
        if strings.len() < 2 {
            return;
        }
        let mut words = Vec::new();
        let mut others = Vec::new();
        for &text in &distinct(strings) {
            match super::texts::words(&self.texts.get(text)) {
                Some(listed) => words.extend_from_slice(listed),
                None => others.push(text),
            }
        }
        if !words.is_empty() {
            others.push(self.texts.intern(Rc::new(super::texts::of_words(words))));
        }
        *strings = others;
    }

    /// Objects that are alike but for the value of one name become one, as long as there are any.
    fn merge_objects(&mut self, objects: &mut Vec<Rc<Members>>) {
        let mut at = 0;
        while at < objects.len() {
            let partner = (at + 1..objects.len())
                .find_map(|other| Some((other, self.merged(&objects[at], &objects[other])?)));
            match partner {
                Some((other, merged)) => {
                    objects[at] = Rc::new(merged);
                    objects.remove(other);
                }
                None => at += 1,
            }
        }
    }

    fn merged(&mut self, a: &Members, b: &Members) -> Option<Members> {
        let same = a.names.len() == b.names.len()
            && a.rules == b.rules
            && a.tallies == b.tallies
            && (a.min, a.max) == (b.min, b.max)
            && same_order(&a.names, &b.names);
        if !same {
            return None;
        }
        let said = |member: &Member| (member.value, member.required);
        let mut differing =
            (0..a.names.len()).filter(|&at| said(&a.names[at]) != said(&b.names[at]));
        let mut merged = a.clone();
        if let Some(at) = differing.next() {
            let values = [a.names[at].value, b.names[at].value];
            merged.names[at].value = self.formulas.or(&values);
            merged.names[at].required &= b.names[at].required;
        }
        differing.next().is_none().then_some(merged)
    }
}

/// Whether the names are the same, and come in the same order in groups that may be called otherwise.
fn same_order(a: &[Member], b: &[Member]) -> bool {
    let mut groups = FxHashMap::default();
    a.iter().zip(b).all(|(a, b)| {
        a.name == b.name
            && *groups.entry(a.group).or_insert(b.group) == b.group
            && a.group.is_none() == b.group.is_none()
    })
}

/// The list without what it has already.
fn distinct<T: Clone + Eq + std::hash::Hash>(list: &[T]) -> Vec<T> {
    let mut seen = rustc_hash::FxHashSet::default();
    list.iter().filter(|item| seen.insert((*item).clone())).cloned().collect()
}
