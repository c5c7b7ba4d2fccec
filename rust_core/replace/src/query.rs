//! What is looked for and what takes its place, made ready for searching.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use regex_automata::meta;
use regex_syntax::hir::{Hir, Look};

use crate::case::spellings;
use crate::error::PatternError;
use crate::syntax;
use crate::template::Template;

/// More of a compiled regex than this is refused: it would take too much memory and time.
const REGEX_BYTES: usize = 16 << 20;

/// What newlines in a pattern and in a replacement mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Newlines {
    /// Those of the file: where its lines end in CRLF, a pattern sees them as `\n`, and a `\n` of
    /// the replacement is written as CRLF. A pattern or replacement that names `\r` is taken as in
    /// [`Newlines::Exact`].
    #[default]
    File,
    /// The bytes that they are.
    Exact,
}

/// What is looked for and what takes its place.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches of a command line")]
pub struct Query {
    /// Patterns, each with its replacement. Of literal patterns that match at one place the longest
    /// wins, of regular expressions the first.
    pub pairs: Vec<(String, String)>,
    /// Patterns are regular expressions, and replacements may name groups.
    pub regex: bool,
    /// Match whole words only.
    pub word: bool,
    /// Match letters of either case.
    pub ignore_case: bool,
    /// Match a name in each of its spellings (`foo_bar`, `FooBar`, ...), and spell the replacement
    /// likewise. For literal patterns.
    pub preserve_case: bool,
    /// `^` and `$` match at every line, and not only at both ends of the file.
    pub multi_line: bool,
    /// `.` matches line feeds as well.
    pub dot_all: bool,
    /// What newlines mean.
    pub newlines: Newlines,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            pairs: Vec::new(),
            regex: false,
            word: false,
            ignore_case: false,
            preserve_case: false,
            multi_line: true,
            dot_all: false,
            newlines: Newlines::File,
        }
    }
}

/// A compiled query. Clones share what is large but for the scratch space of a regex, so that each
/// thread has its own.
#[derive(Clone)]
pub struct Replacer {
    pub(crate) finder: Finder,
    /// By pattern.
    pub(crate) templates: Arc<[Template]>,
    pub(crate) word: bool,
    /// Whether a file with CRLF is searched as if it had LF.
    pub(crate) unify: bool,
}

#[derive(Clone)]
pub(crate) enum Finder {
    One(Arc<memmem::Finder<'static>>),
    Many(Arc<Many>),
    Regex(meta::Regex),
}

/// Several literal patterns.
pub(crate) struct Many {
    pub(crate) automaton: AhoCorasick,
    /// The pattern that is this text.
    pub(crate) by_text: HashMap<Box<[u8]>, usize>,
    /// The lengths that patterns have, longest first.
    pub(crate) lengths: Vec<usize>,
}

impl Replacer {
    /// Compile the query.
    pub fn new(query: &Query) -> Result<Self, PatternError> {
        refuse_contradictions(query)?;
        if query.regex || query.ignore_case { Self::regex(query) } else { Self::literal(query) }
    }

    fn literal(query: &Query) -> Result<Self, PatternError> {
        let pairs = literal_pairs(query)?;
        let templates: Vec<_> = pairs.iter().map(|(_, to)| Template::literal(to)).collect();
        let patterns: Vec<&[u8]> = pairs.iter().map(|(from, _)| from.as_bytes()).collect();
        let finder = match patterns.as_slice() {
            [single] => Finder::One(Arc::new(memmem::Finder::new(single).into_owned())),
            several => Finder::Many(Arc::new(Many::new(several)?)),
        };
        let newline = pairs.iter().any(|(from, _)| from.contains('\n'));
        Ok(Self::assemble(query, finder, templates, newline, names_return(query)))
    }

    fn regex(query: &Query) -> Result<Self, PatternError> {
        let mut pairs = query.pairs.clone();
        if !query.regex {
            // The first alternative wins, and the longest literal is to.
            pairs.sort_by_key(|(from, _)| std::cmp::Reverse(from.chars().count()));
        }
        let mut hirs = Vec::with_capacity(pairs.len());
        let mut returns = names_return(query);
        for (pattern, _) in &pairs {
            returns |= query.regex && syntax::names_return(pattern)?;
            let parsed = syntax::parse(pattern, query)?;
            hirs.push(if query.word { whole_word(parsed) } else { parsed });
        }
        let regex = build(&hirs, &pairs)?;
        let templates = pairs.iter().enumerate().map(|(index, (_, replacement))| {
            if query.regex {
                Template::parse(replacement, regex.group_info(), index)
            } else {
                Ok(Template::literal(replacement))
            }
        });
        let templates = templates.collect::<Result<Vec<_>, _>>()?;
        Ok(Self::assemble(query, Finder::Regex(regex), templates, true, returns))
    }

    fn assemble(
        query: &Query,
        finder: Finder,
        templates: Vec<Template>,
        pattern_has_newline: bool,
        names_return: bool,
    ) -> Self {
        let newline = pattern_has_newline || templates.iter().any(Template::has_newline);
        let unify = newline && !names_return && query.newlines == Newlines::File;
        Self { finder, templates: templates.into(), word: query.word, unify }
    }
}

/// Whether a literal or a replacement has a carriage return.
fn names_return(query: &Query) -> bool {
    query.pairs.iter().any(|(from, to)| from.contains('\r') || to.contains('\r'))
}

impl Many {
    fn new(patterns: &[&[u8]]) -> Result<Self, PatternError> {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns)
            .map_err(|error| PatternError::new(error.to_string(), "", "use fewer patterns"))?;
        let by_text = patterns.iter().enumerate().map(|(index, &text)| (text.into(), index));
        let lengths: HashSet<usize> = patterns.iter().map(|text| text.len()).collect();
        let mut lengths: Vec<usize> = lengths.into_iter().collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        Ok(Self { automaton, by_text: by_text.collect(), lengths })
    }
}

fn refuse_contradictions(query: &Query) -> Result<(), PatternError> {
    if query.pairs.is_empty() {
        return Err(PatternError::new("no pattern", "", "give at least one"));
    }
    let mut seen = HashSet::new();
    for (pattern, _) in &query.pairs {
        if pattern.is_empty() {
            return Err(PatternError::new("an empty pattern", "", "say what is to be replaced"));
        }
        if !seen.insert(pattern) {
            let hint = "give each pattern one replacement";
            return Err(PatternError::new("a pattern twice", pattern, hint));
        }
    }
    if query.preserve_case && (query.regex || query.ignore_case) {
        let hint = "it finds the spellings of a name by itself";
        let message = "case is not preserved for a regular expression, or while it is ignored";
        return Err(PatternError::new(message, &query.pairs[0].0, hint));
    }
    Ok(())
}

/// The pairs of a literal query: where case is preserved, every spelling of each. What was given
/// goes before what was derived.
fn literal_pairs(query: &Query) -> Result<Vec<(String, String)>, PatternError> {
    let mut pairs = query.pairs.clone();
    if query.preserve_case {
        let mut known: HashSet<String> = pairs.iter().map(|(from, _)| from.clone()).collect();
        for (pattern, replacement) in &query.pairs {
            let derived = spellings(pattern, replacement)?.into_iter();
            pairs.extend(derived.filter(|(from, _)| known.insert(from.clone())));
        }
    }
    Ok(pairs)
}

fn whole_word(hir: Hir) -> Hir {
    let (start, end) = (Look::WordStartHalfUnicode, Look::WordEndHalfUnicode);
    Hir::concat(vec![Hir::look(start), hir, Hir::look(end)])
}

fn build(hirs: &[Hir], pairs: &[(String, String)]) -> Result<meta::Regex, PatternError> {
    let limits = meta::Config::new().utf8_empty(false).nfa_size_limit(Some(REGEX_BYTES));
    meta::Builder::new().configure(limits).build_many_from_hir(hirs).map_err(|error| {
        let at = error.pattern().map_or(0, |id| id.as_usize());
        let text = pairs.get(at).map_or("", |(pattern, _)| pattern);
        match error.size_limit() {
            Some(limit) => PatternError::new(
                format!("takes more than {} MiB when compiled", limit >> 20),
                text,
                "repeat less, or name fewer characters: (?-u:\\w) is much smaller than \\w",
            ),
            None => PatternError::new(error.to_string(), text, ""),
        }
    })
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
