//! `oneOf`: each branch without what the others allow too (core, section 10.2.1.3).

use std::rc::Rc;

use super::compiler::{Compiler, Outcome};
use super::facts::{Fact, Items, Members, NumberId, Shape, TextId};
use super::formula::FormulaId;

/// How two alternatives of a type are put together.
type And<'a, T> = fn(&mut Compiler<'a>, &T, &T) -> Outcome<Option<T>>;
/// What is left of a type without an alternative.
type Not<'a, T> = fn(&mut Compiler<'a>, &T) -> Outcome<Vec<T>>;

impl<'a> Compiler<'a> {
    /// What exactly one branch allows. Branches that are plainly disjoint, as those of a tagged union are, need nothing
    /// taken out of them.
    pub(super) fn one_of(&mut self, branches: &[FormulaId], track: bool) -> Outcome<Shape> {
        let mut own = Vec::with_capacity(branches.len());
        let mut plain = Vec::with_capacity(branches.len());
        for &branch in branches {
            own.push(self.shape(branch, track)?);
            plain.push(self.shape(branch, false)?);
        }
        let once = |has: fn(&Shape) -> bool| plain.iter().filter(|shape| has(shape)).count() == 1;
        let mut all = Shape {
            null: once(|shape| shape.null),
            yes: once(|shape| shape.yes),
            no: once(|shape| shape.no),
            ..Shape::default()
        };
        all.numbers = self.just_one(
            &own.iter().map(|shape| shape.numbers.as_slice()).collect::<Vec<_>>(),
            &plain.iter().map(|shape| shape.numbers.as_slice()).collect::<Vec<_>>(),
            Self::number_and,
            |compiler, number: &NumberId| Ok(compiler.number_not(*number)),
        )?;
        all.strings = self.just_one(
            &own.iter().map(|shape| shape.strings.as_slice()).collect::<Vec<_>>(),
            &plain.iter().map(|shape| shape.strings.as_slice()).collect::<Vec<_>>(),
            Self::text_and,
            |compiler, text: &TextId| Ok(compiler.text_not(*text)),
        )?;
        all.arrays = self.just_one(
            &own.iter().map(|shape| shape.arrays.as_slice()).collect::<Vec<_>>(),
            &plain.iter().map(|shape| shape.arrays.as_slice()).collect::<Vec<_>>(),
            Self::items_and,
            |compiler, items: &Rc<Items>| {
                Ok(compiler.items_not(items).into_iter().map(Rc::new).collect())
            },
        )?;
        all.objects = self.just_one(
            &own.iter().map(|shape| shape.objects.as_slice()).collect::<Vec<_>>(),
            &plain.iter().map(|shape| shape.objects.as_slice()).collect::<Vec<_>>(),
            Self::members_and,
            |compiler, members: &Rc<Members>| {
                Ok(compiler.members_not(members).into_iter().map(Rc::new).collect())
            },
        )?;
        self.simplify(&mut all, track);
        self.bounded(all.len())?;
        Ok(all)
    }

    /// Of one type: the alternatives of each branch without those of the others.
    fn just_one<T: Fact>(
        &mut self,
        own: &[&[T]],
        plain: &[&[T]],
        and: And<'a, T>,
        not: Not<'a, T>,
    ) -> Outcome<Vec<T>> {
        let mut all = Vec::new();
        for (branch, alternatives) in own.iter().enumerate() {
            for alternative in *alternatives {
                let mut left = vec![alternative.clone()];
                for (other, excluded) in plain.iter().enumerate() {
                    if other == branch {
                        continue;
                    }
                    for exclusion in *excluded {
                        self.spend(1)?;
                        if and(self, alternative, exclusion)?.is_none() {
                            continue;
                        }
                        let without = not(self, exclusion)?;
                        left = self.product(&left, &without, and)?;
                    }
                }
                all.extend(left);
                self.bounded(all.len())?;
            }
        }
        Ok(all)
    }
}
