//! How many distinct values there are where they are few: so many items an array without equal ones may have.

use rustc_hash::FxHashSet;

use crate::ir::{Alternative, ArraySpec, Choice, Ir};
use crate::number::NumberSpec;
use crate::text::{Atom, TextSet, TextSpec};

/// Up to so many values of a range of integers are counted one by one.
const COUNTED: i64 = 1 << 16;

/// A set of scalars as JSON texts, strings with one quote before them.
type Values = FxHashSet<String>;

/// Bounds the items of arrays without equal ones by the values that there are for them, so that none is asked
/// for when all have been used. (Where the first places want different values than the rest, there may be
/// fewer still.)
pub(super) fn bound_unique_arrays(ir: &mut Ir) {
    for at in 0..ir.arrays.len() {
        if !ir.arrays[at].unique {
            continue;
        }
        if let Some(most) = most_items(ir, &ir.arrays[at]) {
            let array = &mut ir.arrays[at];
            array.max = Some(array.max.map_or(most, |max| max.min(most)));
        }
    }
}

/// As many items as there are distinct values: for all places together, and for those behind the first.
fn most_items(ir: &Ir, array: &ArraySpec) -> Option<u32> {
    let rest = place_values(ir, &array.rest)?;
    let behind = array.prefix.len() + rest.len();
    let first: Option<Vec<Values>> =
        array.prefix.iter().map(|place| place_values(ir, place)).collect();
    let all = first.map(|first| first.into_iter().flatten().chain(rest).collect::<Values>().len());
    u32::try_from(all.map_or(behind, |all| all.min(behind))).ok()
}

/// The values that may stand at a place, if they are few scalars.
fn place_values(ir: &Ir, choices: &[Choice]) -> Option<Values> {
    let mut values = Values::default();
    for choice in choices {
        for &alternative in &ir.nodes[choice.node as usize].alternatives {
            match alternative {
                Alternative::Null => values.extend(["null".to_owned()]),
                Alternative::True => values.extend(["true".to_owned()]),
                Alternative::False => values.extend(["false".to_owned()]),
                Alternative::Number(at) => values.extend(numbers(&ir.numbers[at as usize])?),
                Alternative::String(at) => values.extend(words(&ir.strings[at as usize])?),
                Alternative::Array(_) | Alternative::Object(_) => return None,
            }
        }
    }
    Some(values)
}

fn words(spec: &TextSpec) -> Option<Vec<String>> {
    match spec.atoms.as_slice() {
        [Atom { set: TextSet::Words(words), negated: false }] => {
            Some(words.iter().map(|word| format!("\"{word}")).collect())
        }
        _ => None,
    }
}

/// Listed numbers, or the integers between two.
fn numbers(spec: &NumberSpec) -> Option<Vec<String>> {
    if let Some(values) = &spec.values {
        return Some(values.iter().map(ToString::to_string).collect());
    }
    let whole = spec.multiples.iter().any(|of| !of.negated && of.of.is_integer());
    let edge = |bound: &crate::number::Bound| bound.value.to_string().parse::<i64>().ok();
    let (low, high) = (edge(spec.low.as_ref()?)?, edge(spec.high.as_ref()?)?);
    if !whole || high.checked_sub(low)? > COUNTED {
        return None;
    }
    let texts = (low..=high).map(|integer| integer.to_string());
    Some(texts.filter(|text| text.parse().is_ok_and(|number| spec.contains(&number))).collect())
}
