//! Where words begin and end: at what is neither letter, mark, digit nor connector, as `\w` has it.

use regex_syntax::is_word_character;

/// Whether `text[start..end]` is bounded on both sides by the ends of the text or by something that
/// is no part of a word; the same test as `\b{start-half}` and `\b{end-half}` of a regex.
pub(crate) fn is_whole(text: &[u8], start: usize, end: usize) -> bool {
    !last_char(&text[..start]).is_some_and(is_word_character)
        && !first_char(&text[end..]).is_some_and(is_word_character)
}

/// The first character; `None` at the end, and where the bytes are not UTF-8.
fn first_char(text: &[u8]) -> Option<char> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some(char::from(first));
    }
    (2..=4.min(text.len())).find_map(|length| single(&text[..length]))
}

/// The last character; `None` at the beginning, and where the bytes are not UTF-8.
fn last_char(text: &[u8]) -> Option<char> {
    let last = *text.last()?;
    if last.is_ascii() {
        return Some(char::from(last));
    }
    (2..=4.min(text.len())).find_map(|length| single(&text[text.len() - length..]))
}

fn single(bytes: &[u8]) -> Option<char> {
    let mut characters = std::str::from_utf8(bytes).ok()?.chars();
    characters.next().filter(|_| characters.as_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn words_end_at_anything_but_letters_digits_and_connectors() {
        for (text, word, whole) in [
            ("foo", "foo", true),
            ("a.foo()", "foo", true),
            ("foobar", "foo", false),
            ("_foo", "foo", false),
            ("foo1", "foo", false),
            ("éfoo", "foo", false),
            ("fooé", "foo", false),
            ("–foo–", "foo", true),
            ("😀foo😀", "foo", true),
        ] {
            let start = text.find(word).expect("it is there");
            assert_eq!(is_whole(text.as_bytes(), start, start + word.len()), whole, "{text}");
        }
        assert!(is_whole(b"\xe9foo\xe9", 1, 4), "a byte that is no text is no word either");
    }
}
