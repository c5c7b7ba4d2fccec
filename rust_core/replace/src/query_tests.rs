use super::{Finder, Query, Replacer};
use crate::error::PatternError;

fn query(pairs: &[(&str, &str)]) -> Query {
    let pairs = pairs.iter().map(|&(from, to)| (from.to_owned(), to.to_owned())).collect();
    Query { pairs, ..Query::default() }
}

fn refusal(query: &Query) -> PatternError {
    match Replacer::new(query) {
        Ok(_) => panic!("{:?} was accepted", query.pairs),
        Err(error) => error,
    }
}

#[test]
fn mistakes_of_a_regex_have_a_place() {
    for (pattern, position) in
        [("a(b", 1), ("é[", 1), (r"\d+(?=x)", 3), (r"(a)\1", 3), ("a{3,1}", 1)]
    {
        let error = refusal(&Query { regex: true, ..query(&[(pattern, "")]) });
        assert_eq!(error.position, Some(position), "{pattern}: {error}");
        assert_eq!(error.text, pattern);
    }
}

#[test]
fn mistakes_of_a_template_have_a_place_and_a_hint() {
    for (replacement, position) in [
        ("a$", 1),
        ("$name", 0),
        ("${name", 0),
        ("é$2", 1),
        ("${nobody}", 0),
        (r"\1", 0),
        (r"x\g<1>", 1),
    ] {
        let error = refusal(&Query { regex: true, ..query(&[("(?<word>a)", replacement)]) });
        assert_eq!(error.position, Some(position), "{replacement}: {error}");
        assert!(!error.hint.is_empty());
    }
    let unknown = refusal(&Query { regex: true, ..query(&[("(?<word>a)", "$3")]) });
    assert_eq!(unknown.hint, "the pattern has $0, ${word}");
}

#[test]
fn a_regex_that_blows_up_is_refused() {
    for pattern in [r"(\w{1000}){1000}", "((a{100}){100}){100}", &"(".repeat(5_000)] {
        let error = refusal(&Query { regex: true, ..query(&[(pattern, "")]) });
        assert!(!error.message.is_empty());
    }
}

#[test]
fn what_has_no_meaning_is_refused() {
    assert!(refusal(&query(&[])).message.contains("no pattern"));
    assert!(refusal(&query(&[("", "x")])).message.contains("empty"));
    assert!(refusal(&query(&[("a", "x"), ("a", "y")])).message.contains("twice"));
    for (regex, ignore_case) in [(true, false), (false, true)] {
        let both = Query { preserve_case: true, regex, ignore_case, ..query(&[("a", "b")]) };
        assert!(refusal(&both).message.contains("case"));
    }
}

#[test]
fn the_cheapest_engine_is_taken() {
    let one = Replacer::new(&query(&[("a", "b")])).expect("a query");
    assert!(matches!(one.finder, Finder::One(_)));
    let many = Replacer::new(&query(&[("a", "b"), ("c", "d")])).expect("a query");
    assert!(matches!(many.finder, Finder::Many(_)));
    let folded = Query { ignore_case: true, ..query(&[("a", "b")]) };
    assert!(matches!(Replacer::new(&folded).expect("a query").finder, Finder::Regex(_)));
}

#[test]
fn a_named_carriage_return_means_newlines_as_they_are() {
    for (pattern, regex, unify) in [
        ("a\nb", false, true),
        ("a\r\nb", false, false),
        ("ab", false, false),
        (r"a\nb", true, true),
        ("ab", true, true),
        (r"a\r\n", true, false),
        (r"[\r\n]+", true, false),
        (r"a\x0d", true, false),
        (r"\s+", true, true),
    ] {
        let replacer = Replacer::new(&Query { regex, ..query(&[(pattern, "x")]) });
        assert_eq!(replacer.expect("a query").unify, unify, "{pattern:?}");
    }
    let inserted = Replacer::new(&query(&[("a", "b\n")])).expect("a query");
    assert!(inserted.unify);
}
