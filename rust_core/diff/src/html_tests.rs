use super::{File, Html};
use crate::headings::Headings;

fn page(before: &[u8], after: &[u8], html: &Html) -> String {
    let file = File {
        name: "a<b>.py",
        note: "",
        texts: Some([before, after]),
        headings: Headings::Python,
    };
    html.page("Title & more", &[file])
}

#[test]
fn everything_from_outside_is_escaped() {
    let text = page(b"x = \"<script>\"\n", b"x = '<b>&'\n", &Html::default());
    assert!(text.contains("<title>Title &amp; more</title>"));
    assert!(text.contains("a&lt;b&gt;.py"));
    assert!(!text.contains("<script") && !text.contains("<b>"));
}

#[test]
fn changed_words_are_marked_in_both_layouts() {
    for split in [true, false] {
        let html = Html { split, ..Html::default() };
        let text = page(b"x = foo(1)\n", b"x = bar(1)\n", &html);
        assert!(text.contains("x = <del>foo</del>(1)"), "{text}");
        assert!(text.contains("x = <ins>bar</ins>(1)"), "{text}");
    }
}

#[test]
fn a_page_has_no_script_and_loads_nothing() {
    let text = page(b"a\n", b"b\n", &Html::default());
    assert!(text.contains("default-src 'none'"));
    assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("url("));
}

#[test]
fn what_cannot_be_seen_is_named() {
    let text = page("a\u{202e}b\n".as_bytes(), b"a\xffb", &Html::default());
    assert!(text.contains("&lt;U+202E&gt;") && text.contains("&lt;FF&gt;"));
    assert!(text.contains("no newline at end of file"));
}

#[test]
fn files_without_lines_or_changes_say_so() {
    let file = |name, texts| File { name, note: "", texts, headings: Headings::Off };
    let files = [file("x.bin", None), file("same", Some([b"a\n".as_slice(), b"a\n"]))];
    let text = Html::default().page("t", &files);
    assert!(text.contains("Binary contents are not shown") && text.contains("No line differs"));
    assert!(text.contains("<a href=\"#file-1\">same</a>"));
}
