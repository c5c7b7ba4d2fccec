use super::Headings;

fn text(rule: Headings, line: &str) -> Option<&str> {
    rule.text(line.as_bytes()).map(|text| std::str::from_utf8(text).expect("shown as UTF-8"))
}

#[test]
fn python_opens_at_classes_and_functions_of_any_depth() {
    let cases = [
        ("def f(x):\n", Some("def f(x):")),
        ("    async  def f():\r\n", Some("async  def f():")),
        ("\tclass  A: \n", Some("class  A:")),
        ("async f\n", None),
        ("define(x)\n", None),
        ("classy = 1\n", None),
        ("def\n", None),
        ("@def f\n", None),
        ("\n", None),
        ("", None),
    ];
    for (line, expected) in cases {
        assert_eq!(text(Headings::Python, line), expected, "{line:?}");
    }
}

#[test]
fn the_generic_rule_asks_for_a_letter_in_the_first_column() {
    for line in ["int main(void)", "_x", "$x", "Z"] {
        assert_eq!(text(Headings::Generic, line), Some(line));
    }
    for line in [" int", "\u{e4}", "#include", "9", ""] {
        assert_eq!(text(Headings::Generic, line), None);
    }
}

#[test]
fn rust_opens_at_items_that_do_not_end_on_their_line() {
    for line in [
        "fn main() {",
        "pub(crate) unsafe fn f()",
        "pub struct A<'a> {",
        "impl<T> A for B {",
        "extern \"C\" fn f()",
        "macro_rules! m {",
    ] {
        assert_eq!(text(Headings::Rust, line), Some(line));
    }
    for line in ["mod a;", "let fnord = 1", "pubfn f()", "impls A", "use a::b;"] {
        assert_eq!(text(Headings::Rust, line), None);
    }
}

#[test]
fn go_and_markdown() {
    assert_eq!(text(Headings::Go, "func (a *A) b() {"), Some("func (a *A) b() {"));
    assert_eq!(text(Headings::Go, "type A struct {  // a"), Some("type A struct {"));
    assert_eq!(text(Headings::Go, "type A int"), None);
    assert_eq!(text(Headings::Markdown, "  ## Two\n"), Some("  ## Two"));
    assert_eq!(text(Headings::Markdown, "    # code"), None);
    assert_eq!(text(Headings::Markdown, "#hash"), None);
    assert_eq!(text(Headings::Markdown, "####### seven"), None);
}

#[test]
fn a_heading_is_cut_at_eighty_bytes_and_at_what_is_not_utf_8() {
    let long = format!("def {}", "x".repeat(100));
    assert_eq!(text(Headings::Python, &long).map(str::len), Some(80));
    let split = format!("def {}\u{e4}", "x".repeat(75));
    assert_eq!(text(Headings::Python, &split).map(str::len), Some(79));
    assert_eq!(Headings::Python.text(b"def f\xe4():"), Some(b"def f".as_slice()));
}

#[test]
fn files_are_told_by_their_suffix() {
    assert_eq!(Headings::of_path(b"a/b.py"), Headings::Python);
    assert_eq!(Headings::of_path(b"a.py/b"), Headings::Generic);
    assert_eq!(Headings::of_path(b"x.rs"), Headings::Rust);
    assert_eq!(Headings::of_path(b"Makefile"), Headings::Generic);
}

#[test]
fn a_finder_remembers_what_it_passed() {
    let text = b"def a():\n1\n2\ndef b():\n3\n4\n";
    let mut finder = super::Finder::new(Headings::Python, text);
    assert_eq!(finder.above(0), b"");
    assert_eq!(finder.above(11), b"def a():");
    assert_eq!(finder.above(13), b"def a():");
    assert_eq!(finder.above(text.len()), b"def b():");
}
