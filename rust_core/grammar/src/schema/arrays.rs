//! Keywords about arrays (core, section 10.3.1; validation, section 6.4).

use std::rc::Rc;

use super::compiler::{Compiler, Outcome};
use super::conj::settle_items;
use super::draft::Draft;
use super::facts::{ItemTally, Items, SeenItems, Shape};
use super::formula::TRUE;
use super::resolve::ScopeId;
use super::value::{Value, ValueId};

impl Compiler<'_> {
    /// What the keywords about arrays leave of them.
    pub(super) fn array_facts(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        track: bool,
        shape: &mut Shape,
    ) -> Outcome<()> {
        let mut items = Items {
            min: self.count(schema, "minItems")?.unwrap_or_default(),
            max: self.most(schema, "maxItems")?,
            unique: self.flag(schema, "uniqueItems")?,
            ..Items::default()
        };
        let all = self.places(schema, scope, &mut items)?;
        items.evaluated.count = if all { u32::MAX } else { length(items.prefix.len()) };
        self.contains(schema, scope, &mut items)?;
        if !track {
            items.evaluated = SeenItems::default();
        }
        settle_items(&mut items);
        if items != Items::default() {
            shape.arrays = match items.max {
                Some(max) if items.min > max => {
                    let reason = format!("at least {} items, and at most {max}", items.min);
                    self.contradict(schema, reason);
                    Vec::new()
                }
                _ => vec![Rc::new(items)],
            };
        }
        Ok(())
    }

    /// The place of a keyword that is `true`.
    fn flag(&self, schema: ValueId, keyword: &str) -> Outcome<Option<ValueId>> {
        let Some(at) = self.keyword(schema, keyword) else {
            return Ok(None);
        };
        match self.document.get(at) {
            Value::Bool(flag) => Ok(flag.then_some(at)),
            _ => self.malformed(at, &format!("{keyword} must be true or false")),
        }
    }

    /// Reads `prefixItems` and `items`, or what they were called before 2020-12: an array behind `items`,
    /// and `additionalItems`. Whether these speak of all items.
    fn places(&mut self, schema: ValueId, scope: ScopeId, items: &mut Items) -> Outcome<bool> {
        if let Some(at) = self.keyword(schema, "prefixItems") {
            items.prefix = self.schemas(at, "prefixItems", scope)?;
        }
        let Some(at) = self.keyword(schema, "items") else {
            return Ok(false);
        };
        if !matches!(self.document.get(at), Value::Array(_)) {
            items.rest = self.schema(at, scope)?;
            return Ok(true);
        }
        items.prefix = self.schemas(at, "items", scope)?;
        let Some(at) = self.keyword(schema, "additionalItems") else {
            return Ok(false);
        };
        items.rest = self.schema(at, scope)?;
        Ok(true)
    }

    /// The schemas of an array of them.
    pub(super) fn schemas(
        &mut self,
        at: ValueId,
        keyword: &str,
        scope: ScopeId,
    ) -> Outcome<Vec<u32>> {
        let listed = self.array_at(at, keyword)?;
        listed.iter().map(|&schema| self.schema(schema, scope)).collect()
    }

    fn contains(&mut self, schema: ValueId, scope: ScopeId, items: &mut Items) -> Outcome<()> {
        let Some(at) = self.keyword(schema, "contains") else {
            return Ok(());
        };
        let what = self.schema(at, scope)?;
        let min = self.count(schema, "minContains")?.unwrap_or(1);
        let max = self.most(schema, "maxContains")?;
        items.tallies.push(ItemTally { from: 0, what, min, max });
        if self.resolver.draft(self.document, schema) == Draft::Draft202012 {
            items.evaluated.sets.push(what);
        }
        Ok(())
    }

    /// Applies `unevaluatedItems` to each alternative (core, section 11.2).
    pub(super) fn unevaluated_items(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        mut shape: Shape,
    ) -> Outcome<Shape> {
        let Some(at) = self.keyword(schema, "unevaluatedItems") else {
            return Ok(shape);
        };
        let unevaluated = self.schema(at, scope)?;
        let alternatives = std::mem::take(&mut shape.arrays);
        for items in alternatives {
            let seen = SeenItems { count: u32::MAX, sets: Vec::new() };
            let mut known = Items { evaluated: seen, ..Items::default() };
            if items.evaluated.count < u32::MAX {
                let mut sets = items.evaluated.sets.clone();
                sets.push(unevaluated);
                known.prefix = vec![TRUE; items.evaluated.count as usize];
                known.rest = self.formulas.or(&sets);
            }
            settle_items(&mut known);
            shape.arrays.extend(self.items_and(&items, &Rc::new(known))?);
        }
        Ok(shape)
    }
}

fn length(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
