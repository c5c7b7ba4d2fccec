use ruff_text_size::TextSize;

use super::*;

/// Take out what stands between `<` and `>` of the one statement in `text`.
fn cut_members(marked: &str) -> String {
    let mut text = String::new();
    let mut members: Vec<(TextRange, bool)> = Vec::new();
    let mut open = None;
    for c in marked.chars() {
        match c {
            '<' | '[' => open = Some((text.len(), c == '<')),
            '>' | ']' => {
                let Some((start, goes)) = open.take() else { panic!("unbalanced") };
                members.push((range(start, text.len()), goes));
            }
            c => text.push(c),
        }
    }
    let end = text.trim_end().len();
    let cut = Cut { range: range(0, end), members, suite: 0, suite_len: 0 };
    replace(&text, &replacements(&text, &[cut]))
}

fn range(start: usize, end: usize) -> TextRange {
    let size = |at: usize| TextSize::try_from(at).unwrap_or_default();
    TextRange::new(size(start), size(end))
}

#[test]
fn members_of_one_line() {
    for (marked, left) in [
        ("from x import <a>, [b], [c]\n", "from x import b, c\n"),
        ("from x import [a], <b>, [c]\n", "from x import a, c\n"),
        ("from x import [a], [b], <c>\n", "from x import a, b\n"),
        ("from x import [a], <b>, <c>  # note\n", "from x import a  # note\n"),
        ("import [a], <b.c as d>", "import a"),
        ("from x import ([a], <b>)\n", "from x import (a)\n"),
        ("from x import (<a>, [b],)\n", "from x import (b,)\n"),
        ("from x import ([a], <b>,)\n", "from x import (a,)\n"),
    ] {
        assert_eq!(cut_members(marked), left, "{marked}");
    }
}

#[test]
fn members_on_lines_of_their_own() {
    for (marked, left) in [
        (
            "from x import (\n    <a>,  # of a\n    [b],  # of b\n)\n",
            "from x import (\n    b,  # of b\n)\n",
        ),
        ("from x import (\n    [a],\n    <b>\n)\n", "from x import (\n    a,\n)\n"),
        ("from x import (<a>,\n    [b])\n", "from x import (\n    b)\n"),
        ("from x import ([a],\n    <b>)\n", "from x import (a)\n"),
        ("from x import ([a],  # keep\n    <b>)\n", "from x import (a,  # keep\n    )\n"),
        ("from x import (\n    [a], <b>,\n    [c],\n)\n", "from x import (\n    a,\n    c,\n)\n"),
        ("from x import (\n    [a], [b],\n    <c>, <d>\n)\n", "from x import (\n    a, b,\n)\n"),
    ] {
        assert_eq!(cut_members(marked), left, "{marked}");
    }
}

/// Take out the lines that end with `# -`.
fn cut_lines(text: &str, suite_len: usize) -> String {
    let mut cuts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end().ends_with("# -") {
            let start = at + line.len() - line.trim_start().len();
            let span = range(start, at + line.trim_end().len() - 5);
            cuts.push(Cut { range: span, members: vec![(span, true)], suite: 1, suite_len });
        }
        at += line.len();
    }
    replace(text, &replacements(text, &cuts))
}

#[test]
fn blank_lines_are_tidied() {
    for (text, left) in [
        ("import a  # -\n\n\nx = 1\n", "x = 1\n"),
        ("'doc'\n\nimport a  # -\n\n\ndef f(): ...\n", "'doc'\n\n\ndef f(): ...\n"),
        ("import a\n\nimport b  # -\n\nimport c\n", "import a\n\nimport c\n"),
        ("x = 1\n\nimport a  # -\n", "x = 1\n"),
        ("import a\r\nimport b  # -\r\nimport c\r\n", "import a\r\nimport c\r\n"),
        ("def f():\n    import a  # -\n\n    return 1\n", "def f():\n    return 1\n"),
    ] {
        assert_eq!(cut_lines(text, 0), left, "{text}");
    }
}

#[test]
fn an_emptied_suite_gets_pass() {
    let text = "def f():\n    import a  # -\n    import b  # -\n";
    assert_eq!(cut_lines(text, 2), "def f():\n    pass  # -\n");
}
