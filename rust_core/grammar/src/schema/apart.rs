//! What must be told apart while it is written: items of which no two may be equal, and names that each count once.
//!
//! The machine refuses the end of an item or name that was there before. Where it could then not go on
//! otherwise, the text would be stuck, so that such schemas are refused.

use super::compiler::{Compiler, Outcome};
use super::facts::{Items, Members};
use super::formula::FormulaId;
use crate::ir::ObjectSpec;

/// Why items without equal ones cannot always be had.
const ITEMS: &str = "items that are closed arrays or objects may turn out to be equal only at their end, when it is too \
                     late to write another: allow further properties or items in them, or bound maxItems to 1";

/// Why names cannot always be counted.
const NAMES: &str = "how many names fit the patterns is not known, and each counts only once: allow other names, or \
                     list those that there are in properties";

impl Compiler<'_> {
    /// Whether no two items are equal, if that can be seen to.
    pub(super) fn unique_items(&mut self, items: &Items) -> Outcome<bool> {
        let Some(at) = items.unique else { return Ok(false) };
        if items.max.is_some_and(|max| max <= 1) {
            return Ok(true);
        }
        for place in items.prefix.iter().chain([&items.rest]) {
            if !self.is_open_ended(*place)? {
                self.refuse(at, "uniqueItems", ITEMS.to_owned())?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether every array and object among the values can be made longer, wherever it stands.
    fn is_open_ended(&mut self, value: FormulaId) -> Outcome<bool> {
        let shape = self.shape(value, false)?;
        for items in &shape.arrays {
            let bounded =
                items.max.is_some() || items.unique.is_some() || !items.tallies.is_empty();
            if bounded || self.surely_empty(items.rest)? {
                return Ok(false);
            }
        }
        for members in &shape.objects {
            if members.max.is_some() || !members.tallies.is_empty() || self.is_closed(members)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether some names are forbidden that no one lists.
    fn is_closed(&mut self, members: &Members) -> Outcome<bool> {
        for rule in &members.rules {
            if self.surely_empty(rule.then)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses to count names of which there may be too few; in lenient use they are not counted.
    pub(super) fn countable_names(&mut self, spec: &mut ObjectSpec) -> Outcome<()> {
        let limited = spec.others.first().is_some_and(Vec::is_empty)
            && spec.others.iter().any(|choices| !choices.is_empty());
        let required = spec.properties.iter().filter(|property| property.required).count();
        // The first name that counts cannot be there before.
        if limited && spec.min > 1 && spec.min as usize > required {
            self.refuse(self.keyword_here("minProperties"), "minProperties", NAMES.to_owned())?;
            spec.min = 0;
        }
        if limited && !spec.counters.is_empty() {
            self.refuse(self.keyword_here("not"), "not", NAMES.to_owned())?;
            spec.counters.clear();
            let places = spec.properties.iter_mut().map(|property| &mut property.choices);
            for choice in places.chain(&mut spec.others).flatten() {
                (choice.hits, choice.misses) = (0, 0);
            }
        }
        Ok(())
    }
}
