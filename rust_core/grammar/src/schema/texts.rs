//! Sets of texts, put together.

use rustc_hash::FxHashSet;

use crate::text::{Atom, TextSet, TextSpec};
use crate::{GrammarError, Limits};

/// Formats that an empty text may have.
const FORMATS_WITH_EMPTY: [&str; 6] =
    ["base64", "base64url", "iri-reference", "json-pointer", "uri-reference", "uri-template"];

/// The texts in both sets; nothing if it is plain that there are none.
pub(super) fn and(
    a: &TextSpec,
    b: &TextSpec,
    limits: &Limits,
) -> Result<Option<TextSpec>, GrammarError> {
    let mut atoms = a.atoms.clone();
    atoms.extend(b.atoms.iter().filter(|atom| !a.atoms.contains(atom)).cloned());
    let max = match (a.max, b.max) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    settle(TextSpec { atoms, min: a.min.max(b.min), max }, limits)
}

/// A listing of texts is cut down to those that satisfy all the rest; listings of what must not be become one.
pub(super) fn settle(
    mut spec: TextSpec,
    limits: &Limits,
) -> Result<Option<TextSpec>, GrammarError> {
    if spec.max.is_some_and(|max| spec.min > max) {
        return Ok(None);
    }
    let against =
        |atom: &Atom, other: &Atom| atom.negated != other.negated && atom.set == other.set;
    if spec.atoms.iter().any(|atom| spec.atoms.iter().any(|other| against(atom, other))) {
        return Ok(None);
    }
    let Some(words) = take_words(&mut spec, false) else {
        // Where the rest leaves no empty text, nothing has to be counted.
        if spec.min == 1 && lacks_empty(&spec, limits)? {
            spec.min = 0;
        }
        if let Some(words) = take_words(&mut spec, true) {
            spec.atoms.push(Atom { set: TextSet::Words(words), negated: true });
        }
        return Ok(Some(spec));
    };
    let mut kept = Vec::with_capacity(words.len());
    for word in words {
        if (spec == TextSpec::default()) || spec.contains(&word, limits)? {
            kept.push(word);
        }
    }
    Ok((!kept.is_empty()).then(|| of_words(kept)))
}

/// Whether one of the conditions rules the empty text out. Of formats it is known, of patterns it is tried.
fn lacks_empty(spec: &TextSpec, limits: &Limits) -> Result<bool, GrammarError> {
    for atom in spec.atoms.iter().filter(|atom| !atom.negated) {
        let lacks = if let TextSet::Format(name) = &atom.set {
            !FORMATS_WITH_EMPTY.contains(&name.as_str())
        } else {
            let alone = TextSpec { atoms: vec![atom.clone()], min: 0, max: None };
            !alone.contains("", limits)?
        };
        if lacks {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes all listings of texts that may (or may not) be and puts them together.
fn take_words(spec: &mut TextSpec, negated: bool) -> Option<Vec<String>> {
    let mut taken: Option<Vec<String>> = None;
    spec.atoms.retain_mut(|atom| {
        let TextSet::Words(words) = &mut atom.set else {
            return true;
        };
        if atom.negated != negated {
            return true;
        }
        let words = std::mem::take(words);
        match &mut taken {
            None => taken = Some(words),
            Some(all) if negated => all.extend(words),
            Some(all) => {
                let both: FxHashSet<String> = words.into_iter().collect();
                all.retain(|word| both.contains(word));
            }
        }
        false
    });
    taken.map(|mut words| {
        words.sort_unstable();
        words.dedup();
        words
    })
}

/// Exactly these texts.
pub(super) fn of_words(mut words: Vec<String>) -> TextSpec {
    words.sort_unstable();
    words.dedup();
    TextSpec { atoms: vec![Atom { set: TextSet::Words(words), negated: false }], min: 0, max: None }
}

/// The texts that a specification lists, if that is all it says.
pub(super) fn words(spec: &TextSpec) -> Option<&[String]> {
    match spec.atoms.as_slice() {
        [Atom { set: TextSet::Words(words), negated: false }]
            if spec.min == 0 && spec.max.is_none() =>
        {
            Some(words)
        }
        _ => None,
    }
}

/// All other texts, as a union.
pub(super) fn not(spec: &TextSpec) -> Vec<TextSpec> {
    let mut others: Vec<TextSpec> = spec
        .atoms
        .iter()
        .map(|atom| TextSpec { atoms: vec![flipped(atom)], min: 0, max: None })
        .collect();
    if let Some(below) = spec.min.checked_sub(1) {
        others.push(TextSpec { atoms: Vec::new(), min: 0, max: Some(below) });
    }
    if let Some(above) = spec.max.and_then(|max| max.checked_add(1)) {
        others.push(TextSpec { atoms: Vec::new(), min: above, max: None });
    }
    others
}

fn flipped(atom: &Atom) -> Atom {
    Atom { set: atom.set.clone(), negated: !atom.negated }
}
