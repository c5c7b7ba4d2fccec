use super::*;

fn text(bytes: &[u8]) -> String {
    match decode(bytes) {
        Ok(text) => text.into_owned(),
        Err(error) => panic!("{error}"),
    }
}

fn reason(bytes: &[u8]) -> (String, Option<u32>) {
    match decode(bytes) {
        Ok(text) => panic!("decoded to {text:?}"),
        Err(error) => (error.to_string(), error.line()),
    }
}

#[test]
fn mark_is_dropped() {
    assert_eq!(text(b"\xef\xbb\xbfx = 1\n"), "x = 1\n");
}

#[test]
fn cookie_on_either_of_the_first_two_lines() {
    assert_eq!(text(b"# -*- coding: latin-1 -*-\n'\xe9'"), "# -*- coding: latin-1 -*-\n'é'");
    assert!(text(b"#!/bin/sh\r\n# vim: set fileencoding=latin1 :\r\n'\xff'").contains('ÿ'));
    assert!(text(b"\n# coding: ISO_8859-1\n'\xc1'").contains('Á'));
}

#[test]
fn cookie_after_code_is_a_comment() {
    assert_eq!(reason(b"x = 1\n# coding: latin-1\n'\xe9'").1, Some(3));
}

#[test]
fn latin1_is_not_windows_1252() {
    assert!(text(b"# coding: latin-1\n'\x80'").contains('\u{80}'));
}

#[test]
fn faults_are_named_with_their_line() {
    assert_eq!(reason(b"a\nb\0"), ("source contains a null byte".into(), Some(2)));
    assert_eq!(reason(b"# coding: klingon\n"), ("unknown encoding: klingon".into(), Some(1)));
    assert_eq!(
        reason(b"x\n\xff"),
        ("byte 0xff is not UTF-8 and no encoding is declared".into(), Some(2))
    );
    assert_eq!(reason(b"# coding: ascii\n\xe9"), ("byte 0xe9 is not ascii".into(), Some(2)));
    assert_eq!(
        reason(b"\xef\xbb\xbf# coding: latin-1\n"),
        ("encoding problem: latin-1 with a UTF-8 byte order mark".into(), Some(1))
    );
    assert_eq!(
        reason(b"\xef\xbb\xbf#coding: utf8\n"),
        ("encoding problem: utf8 with a UTF-8 byte order mark".into(), Some(1))
    );
    assert_eq!(text(b"\xef\xbb\xbf#coding: UTF_8-unix\n"), "#coding: UTF_8-unix\n");
}

#[test]
fn text_has_no_cookie_and_no_null_byte() {
    assert_eq!(decoded("\u{feff}# coding: ascii\n'é'").ok(), Some("# coding: ascii\n'é'"));
    assert_eq!(decoded("a\n\0").err().and_then(|error| error.line()), Some(2));
}
