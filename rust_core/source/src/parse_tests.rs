use super::*;

fn statements(text: &str) -> usize {
    match with_module(text, |module| module.syntax().body.len()) {
        Ok(count) => count,
        Err(error) => panic!("{error}"),
    }
}

fn error(text: &str) -> SourceError {
    match with_module(text, |_| ()) {
        Ok(()) => panic!("parsed"),
        Err(error) => error,
    }
}

#[test]
fn a_fault_is_named_with_line_and_column() {
    let error = error("x = 1\nif é y:\n");
    assert_eq!((error.line(), error.column()), (Some(2), Some(6)), "{error}");
}

#[test]
fn long_chains_neither_overflow_nor_fail() {
    for link in ["+1", ".a", "()", "[0]", " if x else y", "**2", " and z"] {
        assert_eq!(statements(&format!("x{}", link.repeat(20_000))), 1, "{link}");
    }
    for prefix in ["not ", "-", "lambda: "] {
        let text = format!("def f():\n  return {}x", prefix.repeat(20_000));
        assert_eq!(statements(&text), 1, "{prefix}");
    }
}

#[test]
fn chains_in_formatted_strings_neither_overflow_nor_hide() {
    for (before, after) in
        [("f'{1", "}'"), ("rf\"{1:{1", "}}\""), ("f'{' '", "}'"), ("t\"\"\"{1", "}\"\"\"")]
    {
        let chain = |length| format!("x = {before}{}{after}\n", "+1".repeat(length));
        assert_eq!(statements(&chain(150_000)), 1, "{before}");
        let error = error(&chain(500_000));
        assert!(matches!(error, SourceError::Nesting { .. }), "{before}: {error}");
    }
}

#[test]
fn brackets_are_refused_with_their_line() {
    let error = error(&format!("x = 1\ny = {}{}", "[".repeat(1000), "]".repeat(1000)));
    assert!(matches!(error, SourceError::Nesting { line: 2, .. }), "{error}");
}

#[test]
fn absurd_depth_is_refused() {
    let error = error(&"-".repeat(1_000_000));
    assert!(matches!(error, SourceError::Nesting { .. }), "{error}");
}

#[test]
fn deep_indentation_is_walked() {
    let mut text = String::new();
    for depth in 0..1_000 {
        text.push_str(&" ".repeat(depth));
        text.push_str("if x:\n");
    }
    text.push_str(&" ".repeat(1_000));
    text.push_str("pass\n");
    assert_eq!(statements(&text), 1);
}

#[test]
fn syntax_of_every_version_is_accepted() {
    for text in [
        "print(f'{x!r:>{width}}')",
        "if (n := 10) > 5: pass",
        "def f(a, /, b, *, c): pass",
        "match x:\n    case [1, *rest] if rest: pass\n",
        "try:\n    pass\nexcept* ValueError:\n    pass\n",
        "type X[T: int = str] = list[T]",
        "def f[*Ts, **P](): pass",
        "f'{'nested'}'",
        "t'{x}'",
        "try:\n    pass\nexcept A, B:\n    pass\n",
        "with (open('a') as a, open('b') as b): pass",
    ] {
        statements(text);
    }
}
