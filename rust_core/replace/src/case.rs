//! The spellings of a name: `fooBar`, `FooBar`, `foo_bar`, `FOO_BAR`, `foo-bar` and so on.

use crate::error::PatternError;

/// How the words of a name are put together.
#[derive(Debug, Clone, Copy)]
struct Style {
    first: Letters,
    rest: Letters,
    separator: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Letters {
    Lower,
    Upper,
    /// The first letter is a capital.
    Title,
}

use Letters::{Lower, Title, Upper};

const fn style(first: Letters, rest: Letters, separator: &'static str) -> Style {
    Style { first, rest, separator }
}

/// Every style that is looked for. Where two of them spell the pattern alike, as all those of
/// lower case do for one word, the first decides how the replacement is spelled.
const STYLES: [Style; 15] = [
    style(Lower, Lower, "_"),
    style(Upper, Upper, "_"),
    style(Title, Title, ""),
    style(Lower, Title, ""),
    style(Lower, Lower, "-"),
    style(Upper, Upper, "-"),
    style(Title, Title, "-"),
    style(Title, Title, "_"),
    style(Title, Lower, "_"),
    style(Lower, Lower, " "),
    style(Upper, Upper, " "),
    style(Title, Title, " "),
    style(Title, Lower, " "),
    style(Lower, Lower, ""),
    style(Upper, Upper, ""),
];

/// The spellings of `pattern` that are looked for, each with that of `replacement` which takes its
/// place; the pair as it was given comes first, and no spelling appears twice. What is neither
/// letter nor digit at either end, as in `_name` or `--name=`, stays as it was given.
pub(crate) fn spellings(
    pattern: &str,
    replacement: &str,
) -> Result<Vec<(String, String)>, PatternError> {
    let (from, to) = (Name::of(pattern)?, Name::of(replacement)?);
    if from.words.is_empty() {
        let message = "a pattern without letters or digits has no other spelling";
        return Err(PatternError::new(message, pattern, "leave its case alone"));
    }
    let mut all = vec![(pattern.to_owned(), replacement.to_owned())];
    for style in STYLES {
        let spelling = from.spelled(style);
        if all.iter().any(|(known, _)| *known == spelling) {
            continue;
        }
        // A single word tells its letters only: how words are joined is told by the replacement.
        let style = if from.words.len() > 1 { style } else { to.joined_like(style) };
        all.push((spelling, to.spelled(style)));
    }
    Ok(all)
}

/// A name in words, with what stands around it.
struct Name<'a> {
    before: &'a str,
    words: Vec<String>,
    after: &'a str,
    /// What stands between the first two words.
    separator: &'static str,
}

impl<'a> Name<'a> {
    fn of(text: &'a str) -> Result<Self, PatternError> {
        let inner = text.trim_matches(|c: char| !c.is_alphanumeric());
        if let Some(at) = inner.find(|c: char| !c.is_alphanumeric() && !"_- ".contains(c)) {
            let position = text.find(inner).map_or(0, |start| text[..start + at].chars().count());
            let hint = "names are letters and digits, joined by `_`, `-` or a space";
            return Err(PatternError::new("not one name to spell", text, hint).at(position));
        }
        // Where nothing is left, the text is punctuation, and as good before as after.
        let (before, after) =
            text.split_once(inner).filter(|_| !inner.is_empty()).unwrap_or((text, ""));
        let separator = ["_", "-", " "].into_iter().find(|sign| inner.contains(sign)).unwrap_or("");
        Ok(Self { before, words: words(inner), after, separator })
    }

    fn spelled(&self, style: Style) -> String {
        format!("{}{}{}", self.before, join(&self.words, style), self.after)
    }

    /// The letters of `style` with words joined as in this name; where it has several words and no
    /// separator will show them (`NEWNAME`), or two ways would (`New_Name`), as is customary.
    fn joined_like(&self, style: Style) -> Style {
        let separator = match (style.first, self.separator) {
            (Upper, "") => "_",
            (Title, "_") => "",
            (_, separator) => separator,
        };
        Style {
            separator,
            rest: if matches!(style.first, Title) { Title } else { style.rest },
            ..style
        }
    }
}

fn join(words: &[String], style: Style) -> String {
    let mut name = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            name.push_str(style.separator);
        }
        match if index == 0 { style.first } else { style.rest } {
            Lower => name.push_str(&word.to_lowercase()),
            Upper => name.push_str(&word.to_uppercase()),
            Title => name.push_str(&title(word)),
        }
    }
    name
}

fn title(word: &str) -> String {
    let mut characters = word.chars();
    let Some(first) = characters.next() else { return String::new() };
    first.to_uppercase().chain(characters.as_str().to_lowercase().chars()).collect()
}

/// The words of a name: cut at what is neither letter nor digit, before a capital that follows a
/// small letter or digit, and before the last capital of a run that a small letter follows
/// (`HTTPServer` is `HTTP`, `Server`).
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let cut = character.is_uppercase()
            && index > 0
            && (!characters[index - 1].is_uppercase()
                || characters.get(index + 1).is_some_and(|next| next.is_lowercase()));
        if (cut || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.push(character);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
#[path = "case_tests.rs"]
mod tests;
