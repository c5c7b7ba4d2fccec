use super::{Examples, examples};

fn read(text: &str) -> Vec<String> {
    let mut all = Examples::default();
    for example in examples(text) {
        all.take(&example);
    }
    let mut names: Vec<String> = all.read.iter().map(ToString::to_string).collect();
    names.sort();
    names
}

#[test]
fn an_example_goes_on_over_lines() {
    let text =
        "Doc.\n\n    >>> for a in b:\n    ...     c(a)\n    ...\n    1\n    ... d\n    >>> e\n";
    assert_eq!(examples(text), ["for a in b:\n    c(a)\n", "e"]);
}

#[test]
fn names_are_read_of_the_module_until_an_example_imports_them() {
    for (text, names) in [
        (">>> f(x)\n", vec!["f", "x"]),
        (">>> from m import f\n>>> f(f)\n", vec![]),
        (">>> f()\n>>> from m import f\n", vec!["f"]),
        (">>> import a.b\n>>> a.c\n", vec![]),
        (">>> import a as b\n>>> a\n", vec!["a"]),
        (">>> if x:\n...     from m import f\n>>> f\n", vec!["f", "x"]),
        (">>> from m import f  # doctest: +SKIP\n>>> f\n", vec!["f"]),
        (">>> eval('f(1)')\n", vec!["1", "eval", "f"]),
        (">>> %time f\n", vec!["f", "time"]),
        (">>> del f\n", vec!["f"]),
        (">>> f = 1\n", vec![]),
    ] {
        assert_eq!(read(text), names, "{text}");
    }
}
