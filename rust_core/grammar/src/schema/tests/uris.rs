//! References beside a base, by the examples of RFC 3986, section 5.4.

use crate::schema::uri::{decoded, join, split_fragment};

#[test]
fn references_are_resolved_as_the_standard_has_it() {
    let base = "http://a/b/c/d;p?q";
    let examples = [
        ("g:h", "g:h"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/../h", "http://a/b/c/h"),
    ];
    for (reference, expected) in examples {
        assert_eq!(join(base, reference), expected, "{reference}");
    }
    assert_eq!(join("http://a", "g"), "http://a/g");
    assert_eq!(join("", "g.json"), "g.json");
}

#[test]
fn fragments_are_split_off_and_decoded() {
    assert_eq!(split_fragment("a#b"), ("a", Some("b")));
    assert_eq!(split_fragment("a"), ("a", None));
    assert_eq!(decoded("a%20%c3%a9").as_deref(), Some("a \u{e9}"));
    assert_eq!(decoded("a%2"), None);
    assert_eq!(decoded("%ff"), None);
}
