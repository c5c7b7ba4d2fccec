//! Whether a JSON value satisfies an [`Ir`], found without the machine: what the compiler is tested by.

use std::collections::BTreeSet;

use crate::Limits;
use crate::ir::{Alternative, ArraySpec, Choice, Counter, Ir, NodeId, ObjectSpec};
use crate::schema::value::{Document, Value, ValueId};

/// Whether the text, which must be JSON, satisfies the schema. The order of keys does not matter.
pub(super) fn accepts(ir: &Ir, text: &str) -> bool {
    let document = Document::parse(text, &Limits::default()).expect("the instance is JSON");
    Interpreter { ir, document: &document }.node(ir.root, 0)
}

struct Interpreter<'a> {
    ir: &'a Ir,
    document: &'a Document,
}

impl Interpreter<'_> {
    fn node(&self, node: NodeId, value: ValueId) -> bool {
        let alternatives = &self.ir.nodes[node as usize].alternatives;
        alternatives.iter().any(|&alternative| self.alternative(alternative, value))
    }

    fn alternative(&self, alternative: Alternative, value: ValueId) -> bool {
        match (alternative, self.document.get(value)) {
            (Alternative::Null, Value::Null)
            | (Alternative::True, Value::Bool(true))
            | (Alternative::False, Value::Bool(false)) => true,
            (Alternative::Number(at), Value::Number(number)) => {
                self.ir.numbers[at as usize].contains(number)
            }
            (Alternative::String(at), Value::String(text)) => {
                let spec = &self.ir.strings[at as usize];
                spec.contains(text, &Limits::default()).expect("the pattern can be followed")
            }
            (Alternative::Array(at), Value::Array(items)) => {
                self.array(&self.ir.arrays[at as usize], items)
            }
            (Alternative::Object(at), Value::Object(entries)) => {
                self.object(&self.ir.objects[at as usize], entries)
            }
            _ => false,
        }
    }

    fn array(&self, spec: &ArraySpec, items: &[ValueId]) -> bool {
        if !within(items.len(), spec.min, spec.max) {
            return false;
        }
        let distinct = |at: usize| items[..at].iter().all(|&item| !self.equal(item, items[at]));
        if spec.unique && !(0..items.len()).all(distinct) {
            return false;
        }
        let places = items.iter().enumerate();
        self.counted(
            &spec.counters,
            places.map(|(at, &item)| (spec.prefix.get(at).unwrap_or(&spec.rest), item)),
        )
    }

    fn object(&self, spec: &ObjectSpec, entries: &[(String, ValueId)]) -> bool {
        let given = |name: &str| entries.iter().any(|(known, _)| known == name);
        let complete =
            spec.properties.iter().all(|property| !property.required || given(&property.name));
        if !complete || !within(entries.len(), spec.min, spec.max) {
            return false;
        }
        let nothing = Vec::new();
        let places: Vec<_> = entries
            .iter()
            .map(|(name, value)| (Self::behind(spec, name).unwrap_or(&nothing), *value))
            .collect();
        self.counted(&spec.counters, places.into_iter())
    }

    fn behind<'b>(spec: &'b ObjectSpec, name: &str) -> Option<&'b Vec<Choice>> {
        if spec.forbidden.iter().any(|forbidden| forbidden == name) {
            return None;
        }
        if let Some(known) = spec.properties.iter().find(|property| property.name == name) {
            return Some(&known.choices);
        }
        let class = spec.atoms.iter().enumerate().fold(0, |class, (bit, atom)| {
            let inside = atom.contains(name, &Limits::default()).expect("a pattern");
            class | usize::from(inside) << bit
        });
        Some(&spec.others[class])
    }

    /// Whether every value has a choice such that the counters are satisfied.
    fn counted<'b>(
        &self,
        counters: &[Counter],
        places: impl Iterator<Item = (&'b Vec<Choice>, ValueId)>,
    ) -> bool {
        let mut reached = BTreeSet::from([vec![0_u32; counters.len()]]);
        for (choices, value) in places {
            let fitting = choices.iter().filter(|choice| self.node(choice.node, value));
            let fitting: Vec<_> = fitting.collect();
            let steps = reached.iter().flat_map(|counts| {
                fitting.iter().map(|choice| {
                    let hit = |(bit, count): (usize, &u32)| count + (choice.hits >> bit & 1);
                    counts.iter().enumerate().map(hit).collect::<Vec<u32>>()
                })
            });
            reached = steps.collect();
        }
        reached.iter().any(|counts| {
            let mut each = counters.iter().zip(counts);
            each.all(|(counter, &count)| within(count as usize, counter.min, counter.max))
        })
    }

    fn equal(&self, a: ValueId, b: ValueId) -> bool {
        match (self.document.get(a), self.document.get(b)) {
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| self.equal(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                let partner = |name: &String| b.iter().find(|(other, _)| other == name);
                a.len() == b.len()
                    && a.iter().all(|(name, value)| {
                        partner(name).is_some_and(|(_, other)| self.equal(*value, *other))
                    })
            }
            (a, b) => a == b,
        }
    }
}

fn within(count: usize, min: u32, max: Option<u32>) -> bool {
    count >= min as usize && max.is_none_or(|max| count <= max as usize)
}
