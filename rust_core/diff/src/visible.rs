//! Text as a screen may show it: nothing that moves the cursor, hides, or turns the direction
//! round.

use unicode_segmentation::UnicodeSegmentation;

/// A piece of a line that is shown: a character as a reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown<'a> {
    /// One that stands for itself.
    Itself(&'a str),
    /// A tab.
    Tab,
    /// What stands for one that must not reach a screen.
    Instead(String),
}

/// The characters of a line, each with the byte at which it starts, without the line feed.
///
/// Control characters, characters without width and those that set the direction of writing (with
/// which text can be made to read differently from how it is executed: "Trojan Source", Boucher and
/// Anderson 2021) are named instead, and so are bytes that are not UTF-8.
pub(crate) fn shown(line: &[u8]) -> impl Iterator<Item = (usize, Shown<'_>)> + '_ {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let mut start = 0;
    line.utf8_chunks().flat_map(move |chunk| {
        let valid = start;
        let invalid = valid + chunk.valid().len();
        start = invalid + chunk.invalid().len();
        let bytes = chunk.invalid().iter().enumerate();
        graphemes(chunk.valid()).map(move |(at, each)| (valid + at, each)).chain(
            bytes.map(move |(at, byte)| (invalid + at, Shown::Instead(format!("<{byte:02X}>")))),
        )
    })
}

/// The grapheme clusters of a text; one with a character that must not be shown comes apart.
fn graphemes(text: &str) -> impl Iterator<Item = (usize, Shown<'_>)> {
    text.grapheme_indices(true).flat_map(|(at, grapheme)| {
        let harmless = !grapheme.chars().any(acts);
        let whole = harmless.then_some((at, Shown::Itself(grapheme)));
        let parts = if harmless { "" } else { grapheme };
        whole.into_iter().chain(parts.char_indices().map(move |(place, each)| {
            (at + place, instead(each, &parts[place..place + each.len_utf8()]))
        }))
    })
}

/// Whether a character does something to a screen, or cannot be seen on it.
fn acts(each: char) -> bool {
    matches!(each,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

fn instead(each: char, text: &str) -> Shown<'_> {
    match each {
        '\t' => Shown::Tab,
        // As terminals and `cat -v` have it: the letter that is pressed together with Control.
        '\0'..='\x1f' | '\x7f' => Shown::Instead(format!("^{}", char::from(each as u8 ^ 0x40))),
        _ if acts(each) => Shown::Instead(format!("<U+{:04X}>", each as u32)),
        _ => Shown::Itself(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, shown};

    fn text(line: &[u8]) -> String {
        let piece = |(_, piece)| match piece {
            Shown::Itself(text) => text.to_owned(),
            Shown::Tab => "\t".to_owned(),
            Shown::Instead(name) => name,
        };
        shown(line).map(piece).collect()
    }

    #[test]
    fn harmless_text_stands_for_itself() {
        let line = "a\te\u{301}\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(text(format!("{line}\n").as_bytes()), line);
        assert_eq!(shown(line.as_bytes()).count(), 4);
    }

    #[test]
    fn what_acts_on_a_screen_is_named() {
        assert_eq!(text(b"\x1b[31m\x7f\r\n"), "^[[31m^?^M");
        assert_eq!(text("a\u{202e}b\u{feff}".as_bytes()), "a<U+202E>b<U+FEFF>");
        assert_eq!(text("\u{9b}31m".as_bytes()), "<U+009B>31m");
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_named_in_their_place() {
        let places: Vec<usize> = shown(b"a\xff\xc3b").map(|(at, _)| at).collect();
        assert_eq!(text(b"a\xff\xc3b"), "a<FF><C3>b");
        assert_eq!(places, [0, 1, 2, 3]);
    }
}
