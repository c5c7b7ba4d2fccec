//! What is known of the values that a formula allows, type by type.
//!
//! An assertion of JSON Schema speaks of one type and lets every other pass (validation, section 6), and types are
//! disjoint. So a set of values is kept as one union per type, and conjunction, union and complement
//! are taken type by type: nothing has to be multiplied out across types.

use std::hash::Hash;
use std::rc::Rc;

use super::formula::{FormulaId, TRUE};
use super::value::ValueId;

/// Index of an interned name of a property.
pub(super) type NameId = u32;
/// Index of an interned [`TextSpec`](crate::text::TextSpec); 0 is every text.
pub(super) type TextId = u32;
/// Index of an interned [`NumberSpec`](crate::number::NumberSpec); 0 is every number.
pub(super) type NumberId = u32;
/// Index of an interned [`NameSet`]; 0 is every name.
pub(super) type SetId = u32;

/// A set of values: for each type the union of what is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub(super) null: bool,
    pub(super) yes: bool,
    pub(super) no: bool,
    pub(super) numbers: Vec<NumberId>,
    pub(super) strings: Vec<TextId>,
    pub(super) arrays: Vec<Rc<Items>>,
    pub(super) objects: Vec<Rc<Members>>,
}

impl Shape {
    /// Every value.
    pub(super) fn any() -> Self {
        Self {
            null: true,
            yes: true,
            no: true,
            numbers: vec![0],
            strings: vec![0],
            arrays: vec![Rc::new(Items::default())],
            objects: vec![Rc::new(Members::default())],
        }
    }

    /// Every array.
    pub(super) fn arrays(of: Vec<Items>) -> Self {
        Self { arrays: of.into_iter().map(Rc::new).collect(), ..Self::any() }
    }

    /// Every value that is no object, and these objects.
    pub(super) fn objects(of: Vec<Members>) -> Self {
        Self { objects: of.into_iter().map(Rc::new).collect(), ..Self::any() }
    }

    /// How many alternatives there are.
    pub(super) fn len(&self) -> usize {
        usize::from(self.null)
            + usize::from(self.yes)
            + usize::from(self.no)
            + self.numbers.len()
            + self.strings.len()
            + self.arrays.len()
            + self.objects.len()
    }
}

/// A set of arrays: those for which all of this holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Items {
    /// What the first items are.
    pub(super) prefix: Vec<FormulaId>,
    /// What every further item is.
    pub(super) rest: FormulaId,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    /// The `uniqueItems` by which no two items are equal.
    pub(super) unique: Option<ValueId>,
    /// The `uniqueItems` that is negated: two items are equal. No machine can see to that, but often it
    /// is ruled out by something else.
    pub(super) repeats: Option<ValueId>,
    pub(super) tallies: Vec<ItemTally>,
    /// Which items keywords have evaluated (core, section 11.2); empty where nobody asks.
    pub(super) evaluated: SeenItems,
}

impl Default for Items {
    /// Every array.
    fn default() -> Self {
        Self {
            prefix: Vec::new(),
            rest: TRUE,
            min: 0,
            max: None,
            unique: None,
            repeats: None,
            tallies: Vec::new(),
            evaluated: SeenItems::default(),
        }
    }
}

/// How many items from one on are in a set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ItemTally {
    pub(super) from: u32,
    pub(super) what: FormulaId,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
}

/// Evaluated items: the first `count`, and those in one of the sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct SeenItems {
    /// `u32::MAX` for all.
    pub(super) count: u32,
    pub(super) sets: Vec<FormulaId>,
}

/// A set of objects: those for which all of this holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Members {
    /// What is said of single names.
    pub(super) names: Vec<Member>,
    /// What is said of sets of names, those above included.
    pub(super) rules: Vec<Rule>,
    pub(super) tallies: Vec<NameTally>,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    /// Which properties keywords have evaluated (core, section 11.3); empty where nobody asks.
    pub(super) evaluated: SeenNames,
}

/// What is said of one name. A name that must be absent is not required and has the value FALSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Member {
    pub(super) name: NameId,
    pub(super) value: FormulaId,
    pub(super) required: bool,
    pub(super) group: Option<u32>,
}

/// Properties with a name in a set have a value in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Rule {
    pub(super) when: SetId,
    pub(super) then: FormulaId,
}

/// How many properties with a name in a set have a value in a set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NameTally {
    pub(super) when: SetId,
    pub(super) what: FormulaId,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
}

/// A set of names: those that `words` lets pass and that all atoms hold for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct NameSet {
    pub(super) words: NameWords,
    /// Sets of texts that the name is in or, if `true`, is not in.
    pub(super) atoms: Vec<(TextId, bool)>,
}

/// A set of names by name, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum NameWords {
    Except(Vec<NameId>),
    Only(Vec<NameId>),
}

/// Evaluated properties.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct SeenNames {
    pub(super) all: bool,
    /// By name, sorted.
    pub(super) names: Vec<NameId>,
    /// Those whose names are in one of these sets of texts, sorted.
    pub(super) patterns: Vec<TextId>,
}

/// An alternative of one type.
pub(super) trait Fact: Clone + Eq + Hash {
    /// Whether keywords have evaluated the same of it and another.
    fn evaluates_like(&self, other: &Self) -> bool;
}

impl Fact for u32 {
    fn evaluates_like(&self, _: &Self) -> bool {
        true
    }
}

impl Fact for Rc<Items> {
    fn evaluates_like(&self, other: &Self) -> bool {
        self.evaluated == other.evaluated
    }
}

impl Fact for Rc<Members> {
    fn evaluates_like(&self, other: &Self) -> bool {
        self.evaluated == other.evaluated
    }
}
