//! Whether a compiled grammar that was read from a file is one that could have been compiled.
//!
//! A digest says that bytes are those that were written, and not by whom. What the machine takes for
//! granted without looking (indexes, lengths, canonical numbers) is looked at here; that every value can be
//! satisfied is not, and a forged file may describe one that cannot, whose masks are then empty.

use std::collections::HashSet;

use crate::error::GrammarError;
use crate::grammar::{Content, Program, Root, Tags};
use crate::ir::{Alternative, ArraySpec, Choice, Counter, Ir, Node, NodeId, ObjectSpec};
use crate::limits::Limits;
use crate::number::{Decimal, NumberSpec};
use crate::text::{self, TextSpec};

/// Counters that an array or object may have.
const COUNTERS: usize = 8;
/// Classes that other names may be told apart by, as a power of two.
const ATOMS: usize = 6;
/// Far above what the text of a schema may say; see [`Decimal`].
const LONGEST_NUMBER: usize = 4_000;

type Checked = Result<(), GrammarError>;

fn ensure(holds: bool, what: &str) -> Checked {
    if holds {
        return Ok(());
    }
    Err(GrammarError::Stored(format!("the stored grammar is damaged: {what}: compile it anew")))
}

impl Program {
    /// Check all that is relied upon.
    ///
    /// # Errors
    ///
    /// [`GrammarError::Stored`] where something cannot be, and what is wrong with a pattern.
    pub(crate) fn validate(&self, limits: &Limits) -> Checked {
        self.ir.check_parts(limits)?;
        match &self.root {
            Root::Json => self.ir.check_root(self.ir.root),
            Root::Text(spec) => check_text(spec, limits),
            Root::Tags(tags) => self.check_tags(tags, limits),
            // It is parsed anew.
            Root::Lark(_) => Ok(()),
        }
    }

    fn check_tags(&self, tags: &Tags, limits: &Limits) -> Checked {
        ensure(!tags.triggers.iter().any(String::is_empty), "a trigger has no text")?;
        tags.tags.iter().try_for_each(|tag| {
            let mut triggers = tags.triggers.iter();
            let begun = triggers.any(|trigger| tag.begin.starts_with(trigger));
            ensure(begun, "a tag begins with no trigger")?;
            match &tag.content {
                Content::Json(node) => self.ir.check_root(*node),
                Content::Text(spec) => check_text(spec, limits),
            }
        })
    }
}

impl Ir {
    fn check_root(&self, root: NodeId) -> Checked {
        ensure((root as usize) < self.nodes.len(), "it has no root")
    }

    fn check_parts(&self, limits: &Limits) -> Checked {
        self.nodes.iter().try_for_each(|node| self.check_node(node))?;
        self.strings.iter().try_for_each(|spec| check_text(spec, limits))?;
        self.numbers.iter().try_for_each(check_numbers)?;
        self.arrays.iter().try_for_each(|spec| self.check_array(spec))?;
        self.objects.iter().try_for_each(|spec| self.check_object(spec, limits))
    }

    fn check_node(&self, node: &Node) -> Checked {
        ensure(!node.alternatives.is_empty(), "a value has no alternatives")?;
        let known = |alternative: &Alternative| match *alternative {
            Alternative::Null | Alternative::True | Alternative::False => true,
            Alternative::Number(index) => (index as usize) < self.numbers.len(),
            Alternative::String(index) => (index as usize) < self.strings.len(),
            Alternative::Array(index) => (index as usize) < self.arrays.len(),
            Alternative::Object(index) => (index as usize) < self.objects.len(),
        };
        ensure(node.alternatives.iter().all(known), "a value refers to nothing")
    }

    fn check_choices(&self, choices: &[Choice], counters: usize) -> Checked {
        let fits = |choice: &Choice| {
            let counted = choice.hits | choice.misses;
            (choice.node as usize) < self.nodes.len()
                && choice.hits & choice.misses == 0
                && counted.checked_shr(u32::try_from(counters).unwrap_or(32)).unwrap_or(0) == 0
        };
        ensure(choices.iter().all(fits), "a place refers to nothing")
    }

    fn check_array(&self, spec: &ArraySpec) -> Checked {
        check_counters(&spec.counters)?;
        let counters = spec.counters.len();
        spec.prefix.iter().try_for_each(|choices| self.check_choices(choices, counters))?;
        self.check_choices(&spec.rest, counters)?;
        let usable = spec.prefix.iter().take_while(|choices| !choices.is_empty()).count();
        let endless = usable == spec.prefix.len() && !spec.rest.is_empty();
        let most = spec.max.map_or(usize::MAX, |max| max as usize);
        ensure(endless || most <= usable, "an array is longer than its places")?;
        ensure(spec.min as usize <= most, "an array has no length")
    }

    fn check_object(&self, spec: &ObjectSpec, limits: &Limits) -> Checked {
        check_counters(&spec.counters)?;
        let counters = spec.counters.len();
        ensure(spec.atoms.len() <= ATOMS, "an object has too many kinds of names")?;
        ensure(
            spec.others.len() == 1 << spec.atoms.len(),
            "an object has kinds of names to spare",
        )?;
        spec.atoms.iter().try_for_each(|atom| check_text(atom, limits))?;
        spec.others.iter().try_for_each(|choices| self.check_choices(choices, counters))?;
        for property in &spec.properties {
            ensure(!property.choices.is_empty(), "a property has no value")?;
            self.check_choices(&property.choices, counters)?;
        }
        let names = spec.properties.iter().map(|property| &property.name).chain(&spec.forbidden);
        let mut seen = HashSet::new();
        ensure(names.into_iter().all(|name| seen.insert(name)), "an object has a name twice")?;
        ensure(spec.max.is_none_or(|max| spec.min <= max), "an object has no size")
    }
}

fn check_counters(counters: &[Counter]) -> Checked {
    let possible = |counter: &Counter| counter.max.is_none_or(|max| counter.min <= max);
    ensure(counters.len() <= COUNTERS && counters.iter().all(possible), "a count is impossible")
}

fn check_text(spec: &TextSpec, limits: &Limits) -> Checked {
    ensure(spec.max.is_none_or(|max| spec.min <= max), "a text has no length")?;
    spec.atoms.iter().try_for_each(|atom| text::check(&atom.set, limits))
}

fn check_numbers(spec: &NumberSpec) -> Checked {
    let bounds = spec.low.iter().chain(&spec.high).map(|bound| &bound.value);
    let divisors = || spec.multiples.iter().map(|multiple| &multiple.of);
    let values = spec.values.iter().flatten();
    ensure(bounds.chain(divisors()).chain(values).all(is_canonical), "a number is malformed")?;
    ensure(divisors().all(|of| !of.negative && !of.is_zero()), "a divisor is not above zero")
}

fn is_canonical(number: &Decimal) -> bool {
    let Decimal { negative, digits, exponent } = number;
    digits.len() <= LONGEST_NUMBER
        && exponent.unsigned_abs() as usize <= LONGEST_NUMBER
        && digits.iter().all(|&digit| digit <= 9)
        && Decimal::new(*negative, digits, *exponent) == *number
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
