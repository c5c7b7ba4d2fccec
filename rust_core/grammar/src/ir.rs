//! What a schema is turned into: values as unions of typed alternatives, without references, negations or
//! conjunctions.
//!
//! The schema compiler multiplies `allOf`, `anyOf`, `oneOf`, `not`, `if` and the like out until only these are left, and
//! **trims** the result: every alternative can be satisfied by some JSON text, and a value that none
//! satisfies is `None` where it is referred to. The machine relies on it: it never looks for dead ends in
//! the schema itself.

use serde::{Deserialize, Serialize};

use crate::number::NumberSpec;
use crate::text::TextSpec;

/// Index into [`Ir::nodes`].
pub type NodeId = u32;

/// A compiled schema.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ir {
    /// All values, referred to by index so that they may be recursive.
    pub nodes: Vec<Node>,
    /// Constraints on strings.
    pub strings: Vec<TextSpec>,
    /// Constraints on numbers.
    pub numbers: Vec<NumberSpec>,
    /// Constraints on arrays.
    pub arrays: Vec<ArraySpec>,
    /// Constraints on objects.
    pub objects: Vec<ObjectSpec>,
    /// The value that a whole text is.
    pub root: NodeId,
}

impl Ir {
    /// Take over all of another schema: the number of its root here.
    pub fn append(&mut self, other: Self) -> NodeId {
        let from = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
        let (nodes, numbers, strings) =
            (from(self.nodes.len()), from(self.numbers.len()), from(self.strings.len()));
        let (arrays, objects) = (from(self.arrays.len()), from(self.objects.len()));
        self.nodes.extend(other.nodes.into_iter().map(|node| {
            let moved = node.alternatives.into_iter().map(|alternative| match alternative {
                Alternative::Number(index) => Alternative::Number(index + numbers),
                Alternative::String(index) => Alternative::String(index + strings),
                Alternative::Array(index) => Alternative::Array(index + arrays),
                Alternative::Object(index) => Alternative::Object(index + objects),
                literal => literal,
            });
            Node { alternatives: moved.collect() }
        }));
        let shift =
            |choices: &mut Vec<Choice>| choices.iter_mut().for_each(|choice| choice.node += nodes);
        self.arrays.extend(other.arrays.into_iter().map(|mut array| {
            array.prefix.iter_mut().for_each(shift);
            shift(&mut array.rest);
            array
        }));
        self.objects.extend(other.objects.into_iter().map(|mut object| {
            object.properties.iter_mut().for_each(|property| shift(&mut property.choices));
            object.others.iter_mut().for_each(shift);
            object
        }));
        self.strings.extend(other.strings);
        self.numbers.extend(other.numbers);
        other.root + nodes
    }
}

/// A value: any one of its alternatives. Alternatives may overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Never empty in a trimmed [`Ir`].
    pub alternatives: Vec<Alternative>,
}

/// One kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Alternative {
    /// `null`.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A number, by index into [`Ir::numbers`].
    Number(u32),
    /// A string, by index into [`Ir::strings`]: its decoded text satisfies the [`TextSpec`].
    String(u32),
    /// An array, by index into [`Ir::arrays`].
    Array(u32),
    /// An object, by index into [`Ir::objects`].
    Object(u32),
}

/// A way to satisfy one place of an array or object, together with what it counts towards.
///
/// Where nothing is counted, a place has one choice with both sets empty. With counters (see [`Counter`])
/// a place has a choice per combination; for a counter without a maximum the combinations are "hit" and
/// "whatever", for one with a maximum they are "hit" and "miss".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The value that stands there.
    pub node: NodeId,
    /// Bit i: the value satisfies counter i, which is counted up.
    pub hits: u32,
    /// Bit i: the value certainly does not satisfy counter i.
    pub misses: u32,
}

/// Something to be counted: `contains`, or "some property that is not ..." from a negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// How many are wanted at least.
    pub min: u32,
    /// How many are allowed at most.
    pub max: Option<u32>,
}

/// An array. Trimmed: `max` never exceeds the places that have choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArraySpec {
    /// The first items, one by one; an empty list of choices means that nothing may stand there.
    pub prefix: Vec<Vec<Choice>>,
    /// Every further item.
    pub rest: Vec<Choice>,
    /// Items at least.
    pub min: u32,
    /// Items at most.
    pub max: Option<u32>,
    /// At most 8.
    pub counters: Vec<Counter>,
    /// Whether no two items may be equal.
    pub unique: bool,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectSpec {
    /// The names that the schema knows and that may be used, in the order of the schema. A required name
    /// that no `properties` lists is among them.
    pub properties: Vec<Property>,
    /// The names that the schema knows and that may not be used (`"a": false`); none of them may be taken for an "other" name.
    pub forbidden: Vec<String>,
    /// What names that are neither above are classified by, at most 6: bit i of a class is set where the name satisfies atom i.
    pub atoms: Vec<TextSpec>,
    /// By class, 2^atoms entries: what stands behind such a name; an empty list forbids the name.
    pub others: Vec<Vec<Choice>>,
    /// Properties at least, of any name.
    pub min: u32,
    /// Properties at most.
    pub max: Option<u32>,
    /// At most 8.
    pub counters: Vec<Counter>,
}

/// A name that a schema knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// The name, decoded.
    pub name: String,
    /// What stands behind it; never empty.
    pub choices: Vec<Choice>,
    /// Whether it must be there.
    pub required: bool,
    /// The `properties` keyword that declares it: with declared order, names of one group keep the order in
    /// which they stand in [`ObjectSpec::properties`]; names of different groups come in any. `None`: it comes anywhere.
    pub group: Option<u32>,
}
