//! How the indentation of a patch relates to that of the text, and added lines in the text's.

use crate::keys::split_indent;

/// Widths of a tab that are tried, the most frequent first.
const WIDTHS: [usize; 4] = [8, 4, 2, 3];

/// What turns an indentation of the patch into one of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reindent {
    /// The text is indented deeper, by this much.
    Deeper(Vec<u8>),
    /// The patch is indented deeper, by this much.
    Shallower(Vec<u8>),
    /// Both reach the same columns, one with tabs and the other with spaces.
    Columns {
        /// Columns from one tab stop to the next.
        width: usize,
        /// Whether the text uses tabs.
        tabs: bool,
        /// Indentations that the text was seen to use, which are right as they are.
        seen: Vec<Vec<u8>>,
    },
}

/// How the indentation of matching lines compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// It is the same in all of them.
    Equal,
    /// One rule leads from that of the patch to that of the text.
    Rule(Reindent),
    /// No one rule fits all of them.
    Contradiction,
}

/// Compare the indentation of lines of the patch with that of the lines of the text they match.
pub(crate) fn learn<'a>(pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Relation {
    // Lines of white space alone say nothing of indentation.
    let pairs: Vec<(&[u8], &[u8])> = pairs
        .filter(|(patch, _)| !patch.trim_ascii().is_empty())
        .map(|(patch, text)| (split_indent(patch).0, split_indent(text).0))
        .collect();
    let all = |fits: &dyn Fn(&[u8], &[u8]) -> bool| pairs.iter().all(|&(p, t)| fits(p, t));
    if all(&|patch, text| patch == text) {
        return Relation::Equal;
    }
    let Some(&(patch, text)) = pairs.first() else { return Relation::Equal };
    if let Some(deeper) = text.strip_suffix(patch)
        && all(&|patch, text| text.strip_prefix(deeper) == Some(patch))
    {
        return Relation::Rule(Reindent::Deeper(deeper.to_vec()));
    }
    if let Some(shallower) = patch.strip_suffix(text)
        && all(&|patch, text| patch.strip_prefix(shallower) == Some(text))
    {
        return Relation::Rule(Reindent::Shallower(shallower.to_vec()));
    }
    let fits = |width: &usize| all(&|patch, text| columns(patch, *width) == columns(text, *width));
    let Some(width) = WIDTHS.into_iter().find(fits) else { return Relation::Contradiction };
    let tabs = pairs.iter().any(|(_, text)| text.contains(&b'\t'));
    let mut seen: Vec<Vec<u8>> = pairs.iter().map(|(_, text)| text.to_vec()).collect();
    seen.sort();
    seen.dedup();
    Relation::Rule(Reindent::Columns { width, tabs, seen })
}

impl Reindent {
    /// A line of the patch with the indentation that it has in the text.
    pub(crate) fn apply(&self, line: &[u8]) -> Vec<u8> {
        let (indent, rest) = split_indent(line);
        if rest.trim_ascii().is_empty() {
            return line.to_vec();
        }
        let mut new = match self {
            Self::Deeper(by) => [by, indent].concat(),
            Self::Shallower(by) => indent.strip_prefix(by.as_slice()).unwrap_or(indent).to_vec(),
            Self::Columns { seen, .. } if seen.iter().any(|known| known == indent) => {
                indent.to_vec()
            }
            Self::Columns { width, tabs, .. } => {
                let columns = columns(indent, *width);
                let (tabs, spaces) =
                    if *tabs { (columns / width, columns % width) } else { (0, columns) };
                [vec![b'\t'; tabs], vec![b' '; spaces]].concat()
            }
        };
        new.extend(rest);
        new
    }
}

/// The column that an indentation reaches.
fn columns(indent: &[u8], width: usize) -> usize {
    indent.iter().fold(0, |column, byte| match byte {
        b'\t' => (column / width + 1) * width,
        _ => column + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(pairs: &[(&str, &str)]) -> Relation {
        learn(pairs.iter().map(|(patch, text)| (patch.as_bytes(), text.as_bytes())))
    }

    fn applied(pairs: &[(&str, &str)], line: &str) -> String {
        let Relation::Rule(rule) = learned(pairs) else { panic!("a rule") };
        String::from_utf8(rule.apply(line.as_bytes())).expect("text")
    }

    #[test]
    fn equal_indentation_is_no_rule() {
        assert_eq!(learned(&[("  a", "  a"), ("", "\t")]), Relation::Equal);
    }

    #[test]
    fn shifts_are_found_and_followed() {
        assert_eq!(applied(&[("a", "    a"), ("  b", "      b")], "    c"), "        c");
        assert_eq!(applied(&[("\ta", "a"), ("\t\tb", "\tb")], "\t\tc"), "\tc");
    }

    #[test]
    fn tabs_and_spaces_are_translated() {
        assert_eq!(
            applied(&[("\ta", "    a"), ("\t\tb", "        b")], "\t\t\tc"),
            "            c"
        );
        assert_eq!(applied(&[("    a", "\ta"), ("        b", "\t\tb")], "          c"), "\t\t  c");
        // An added line that is as the text already stays.
        assert_eq!(applied(&[("\ta", "    a")], "    c"), "    c");
    }

    #[test]
    fn contradictions_are_no_rule() {
        assert_eq!(learned(&[("a", "  a"), ("  b", "  b")]), Relation::Contradiction);
    }
}
