//! All values that are not in a set.
//!
//! What is known of a value is a conjunction; its complement is, for each thing known, the values for
//! which just that does not hold.

use std::rc::Rc;

use super::compiler::{Compiler, Outcome};
use super::conj::settle_items;
use super::facts::{ItemTally, Items, Member, Members, NameTally, NumberId, Shape, TextId};
use super::formula::{FALSE, TRUE};

impl Compiler<'_> {
    /// The values that are not in a set.
    pub(super) fn complement(&mut self, shape: &Shape) -> Outcome<Shape> {
        let mut others = Shape::any();
        others.null = !shape.null;
        others.yes = !shape.yes;
        others.no = !shape.no;
        for &number in &shape.numbers {
            let not = self.number_not(number);
            let rest = Shape { numbers: not, ..Shape::any() };
            others = self.conjunction(&others, &rest)?;
        }
        for &text in &shape.strings {
            let not = self.text_not(text);
            let rest = Shape { strings: not, ..Shape::any() };
            others = self.conjunction(&others, &rest)?;
        }
        for items in &shape.arrays {
            let not = self.items_not(items);
            others = self.conjunction(&others, &Shape::arrays(not))?;
        }
        for members in &shape.objects {
            let not = self.members_not(members);
            others = self.conjunction(&others, &Shape::objects(not))?;
        }
        Ok(others)
    }

    pub(super) fn number_not(&mut self, number: NumberId) -> Vec<NumberId> {
        let others = self.numbers.get(number).not();
        others.into_iter().map(|spec| self.numbers.intern(Rc::new(spec))).collect()
    }

    pub(super) fn text_not(&mut self, text: TextId) -> Vec<TextId> {
        let others = super::texts::not(&self.texts.get(text));
        others.into_iter().map(|spec| self.texts.intern(Rc::new(spec))).collect()
    }

    pub(super) fn items_not(&mut self, items: &Items) -> Vec<Items> {
        let mut others = Vec::new();
        for (at, &place) in items.prefix.iter().enumerate() {
            if place != TRUE {
                let mut prefix = vec![TRUE; at];
                prefix.push(self.formulas.not(place));
                others.push(Items { prefix, min: length(at + 1), ..Items::default() });
            }
        }
        if items.rest != TRUE && items.rest != FALSE {
            let what = self.formulas.not(items.rest);
            let from = length(items.prefix.len());
            let tally = ItemTally { from, what, min: 1, max: None };
            others.push(Items { tallies: vec![tally], ..Items::default() });
        }
        for (min, max) in outside(items.min, items.max) {
            others.push(Items { min, max, ..Items::default() });
        }
        for tally in &items.tallies {
            for (min, max) in outside(tally.min, tally.max) {
                let tallies = vec![ItemTally { min, max, ..tally.clone() }];
                others.push(Items { tallies, ..Items::default() });
            }
        }
        if items.unique.is_some() {
            others.push(Items { repeats: items.unique, min: 2, ..Items::default() });
        }
        if items.repeats.is_some() {
            others.push(Items { unique: items.repeats, ..Items::default() });
        }
        others.iter_mut().for_each(settle_items);
        others
    }

    pub(super) fn members_not(&mut self, members: &Members) -> Vec<Members> {
        let mut others = Vec::new();
        let one = |name, value, required| Members {
            names: vec![Member { name, value, required, group: None }],
            ..Members::default()
        };
        for member in &members.names {
            // What must be there and be this: absent, or there and something else, is one alternative.
            if member.required || member.value != TRUE {
                let not = self.formulas.not(member.value);
                others.push(one(member.name, not, !member.required));
            }
        }
        for rule in &members.rules {
            let what = self.formulas.not(rule.then);
            let tally = NameTally { when: rule.when, what, min: 1, max: None };
            others.push(Members { tallies: vec![tally], ..Members::default() });
        }
        for (min, max) in outside(members.min, members.max) {
            others.push(Members { min, max, ..Members::default() });
        }
        for tally in &members.tallies {
            for (min, max) in outside(tally.min, tally.max) {
                let tallies = vec![NameTally { min, max, ..tally.clone() }];
                others.push(Members { tallies, ..Members::default() });
            }
        }
        others
    }
}

/// The counts below a least and above a greatest one.
fn outside(min: u32, max: Option<u32>) -> Vec<(u32, Option<u32>)> {
    let below = min.checked_sub(1).map(|below| (0, Some(below)));
    let above = max.and_then(|max| max.checked_add(1)).map(|above| (above, None));
    below.into_iter().chain(above).collect()
}

fn length(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
