//! Sets of texts that plainly have a text, so that no automaton need be built to look for one.

use crate::text::{TextSet, TextSpec};

/// A short text of each format that is often used beside bounds on the length.
pub(super) const WITNESSES: [(&str, &str); 15] = [
    ("base64", "AAAA"),
    ("date", "2000-01-01"),
    ("date-time", "2000-01-01T00:00:00Z"),
    ("duration", "P1D"),
    ("email", "a@b.cd"),
    ("hostname", "a.bc"),
    ("idn-email", "a@b.cd"),
    ("ipv4", "1.1.1.1"),
    ("ipv6", "::1"),
    ("iri", "a:b"),
    ("json-pointer", "/a"),
    ("time", "00:00:00Z"),
    ("uri", "a:b"),
    ("uri-reference", "a"),
    ("uuid", "00000000-0000-4000-8000-000000000000"),
];

/// Whether a specification is of a kind that some text plainly satisfies: lengths alone, a format of which a text
/// of fitting length is known, or a pattern that asserts nothing but its ends and has room for what it asks for.
pub(super) fn plainly_inhabited(spec: &TextSpec) -> bool {
    match spec.atoms.as_slice() {
        [] => true,
        [atom] if !atom.negated => match &atom.set {
            TextSet::Words(_) => spec.min == 0 && spec.max.is_none(),
            TextSet::Format(_) if spec.min == 0 && spec.max.is_none() => true,
            TextSet::Format(name) => {
                let witness = WITNESSES.iter().find(|(known, _)| known == name);
                witness.is_some_and(|(_, text)| fits(spec, text.len()))
            }
            TextSet::Pattern(pattern) => pattern_inhabited(spec, pattern),
            TextSet::Regex(_) => false,
        },
        _ => false,
    }
}

fn fits(spec: &TextSpec, length: usize) -> bool {
    spec.min as usize <= length && spec.max.is_none_or(|max| length <= max as usize)
}

fn pattern_inhabited(spec: &TextSpec, pattern: &str) -> bool {
    // What is found anywhere in a text may have any text around it.
    let open = !(pattern.starts_with('^') && pattern.ends_with('$'));
    let room = |max: u32| {
        max >= spec.min && shortest_at_most(pattern).is_some_and(|length| length <= max as usize)
    };
    matches_something(pattern) && (spec.min == 0 || open) && spec.max.is_none_or(room)
}

/// A bound on the shortest match: a character for each of the pattern, times what its counted repeats ask for.
fn shortest_at_most(pattern: &str) -> Option<usize> {
    let mut bound = pattern.chars().count();
    for repeat in pattern.split('{').skip(1) {
        let digits: String = repeat.chars().take_while(char::is_ascii_digit).collect();
        bound = bound.checked_mul(digits.parse().unwrap_or(1).max(1))?;
    }
    Some(bound)
}

/// Whether a pattern plainly matches some text; `false` if that is not known.
fn matches_something(pattern: &str) -> bool {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = match inner.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => inner,
    };
    let has = |odd: &[&str]| odd.iter().any(|odd| inner.contains(odd));
    let anchored = inner.match_indices('^').any(|(at, _)| !inner[..at].ends_with('['));
    let asserts = has(&["$", "(?=", "(?!", "(?<", "\\b", "\\B", "[]"]);
    // What a negated class is left with depends on what it takes away.
    let takes = has(&["[^"]) && has(&["\\S", "\\W", "\\D", "\\P", "\\0", "\\x00", "\\u0000"]);
    !anchored && !asserts && !takes
}
