use super::*;

fn file(original: &[u8], text: &str, replaces: Vec<Replace>) -> FileEdit {
    let part = Part {
        kind: "rename",
        line: 1,
        end_line: 1,
        names: Vec::new(),
        why: String::new(),
        replaces,
        moves: Vec::new(),
    };
    FileEdit {
        path: "a.py".into(),
        original: original.into(),
        parts: vec![part],
        text: text.into(),
    }
}

fn at(start: usize, end: usize, text: &str) -> Replace {
    Replace { start, end, text: text.to_owned() }
}

#[test]
fn a_mark_and_line_ends_stay() {
    let edit = file(b"\xef\xbb\xbfold = 1\r\n", "old = 1\r\n", vec![at(0, 3, "new")]);
    assert_eq!(edit.apply(None).ok().as_deref(), Some(&b"\xef\xbb\xbfnew = 1\r\n"[..]));
    assert_eq!(edit.apply(Some(&[])).ok().as_deref(), Some(&b"\xef\xbb\xbfold = 1\r\n"[..]));
}

#[test]
fn bytes_of_a_single_byte_encoding_stay() {
    let (bytes, text) =
        (b"# coding: latin-1\nold = '\xe9\xff'\n", "# coding: latin-1\nold = 'éÿ'\n");
    let edit = file(bytes, text, vec![at(18, 21, "newer")]);
    assert_eq!(
        edit.apply(None).ok().as_deref(),
        Some(&b"# coding: latin-1\nnewer = '\xe9\xff'\n"[..])
    );
    let edit = file(bytes, text, vec![at(18, 21, "größe")]);
    assert!(matches!(edit.apply(None), Err(SymbolsError::File { .. })));
}

#[test]
fn an_encoding_of_several_bytes_is_refused() {
    let edit = file(b"old = '\x82\xa0'\n", "old = 'あ'\n", vec![at(0, 3, "new")]);
    assert!(matches!(edit.apply(None), Err(SymbolsError::File { .. })));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let overlapping = vec![at(0, 2, "a"), at(1, 3, "b")];
    assert!(file(b"old = 1\n", "old = 1\n", overlapping).apply(None).is_err());
    assert!(file(b"old = 1\n", "old = 1\n", vec![at(0, 3, "1")]).apply(None).is_err());
    let edit = file(b"old = 1\n", "old = 1\n", Vec::new());
    assert!(matches!(edit.apply(Some(&[3])), Err(SymbolsError::Group { index: 3, count: 1 })));
}
