//! Finding what is to be replaced in one text.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use regex_automata::util::captures::Captures;

use crate::newline::{Newline, Unified};
use crate::query::{Finder, Many, Replacer};
use crate::template::{Part, Template};
use crate::word::is_whole;

/// One replacement in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// What is taken out of the text.
    pub(crate) range: Range<usize>,
    /// What is put in, in [`Edits::inserted`].
    pub(crate) insert: Range<usize>,
}

/// The replacements in a text, from its beginning to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Edits {
    pub(crate) list: Vec<Edit>,
    /// What is put in, all of it one after the other.
    pub(crate) inserted: Vec<u8>,
}

impl Edits {
    /// What an edit puts in.
    pub(crate) fn insert(&self, edit: &Edit) -> &[u8] {
        &self.inserted[edit.insert.clone()]
    }

    /// The text with the edits made.
    pub(crate) fn apply(&self, text: &[u8]) -> Vec<u8> {
        let removed: usize = self.list.iter().map(|edit| edit.range.len()).sum();
        let added: usize = self.list.iter().map(|edit| edit.insert.len()).sum();
        let mut result = Vec::with_capacity(text.len() - removed + added);
        let mut from = 0;
        for edit in &self.list {
            result.extend_from_slice(&text[from..edit.range.start]);
            result.extend_from_slice(self.insert(edit));
            from = edit.range.end;
        }
        result.extend_from_slice(&text[from..]);
        result
    }
}

impl Replacer {
    /// The first `limit` replacements in a text that change it.
    pub(crate) fn edits(&self, text: &[u8], limit: usize, cancelled: &AtomicBool) -> Edits {
        let unified = if self.unify { Unified::of(text) } else { None };
        let seen = unified.as_ref().map_or(text, |unified| &unified.text);
        let mut gather = Gather {
            original: text,
            unified: unified.as_ref(),
            limit,
            cancelled,
            edits: Edits::default(),
        };
        // What breaks it off is either the limit or the caller.
        let _: ControlFlow<()> = match &self.finder {
            Finder::One(finder) => {
                let length = finder.needle().len();
                let template = &self.templates[0];
                self.each_literal(
                    seen,
                    |at| {
                        let start = at + finder.find(&seen[at..])?;
                        Some((start, start + length, template))
                    },
                    &mut gather,
                )
            }
            Finder::Many(many) => self.each_literal(
                seen,
                |at| {
                    let found = many.automaton.find(aho_corasick::Input::new(seen).range(at..))?;
                    Some((found.start(), found.end(), &self.templates[found.pattern().as_usize()]))
                },
                &mut gather,
            ),
            Finder::Regex(regex) => {
                if self.templates.iter().all(|template| template.constant().is_some()) {
                    regex.find_iter(seen).try_for_each(|found| {
                        let template = &self.templates[found.pattern().as_usize()];
                        gather.constant(found.start(), found.end(), template)
                    })
                } else {
                    regex.captures_iter(seen).try_for_each(|groups| {
                        let pattern = groups.pattern().map_or(0, |id| id.as_usize());
                        gather.expanded(&groups, &self.templates[pattern])
                    })
                }
            }
        };
        gather.edits
    }

    /// Gather what `find` finds from each end of a match on; with whole words, from the next
    /// character on after something that is none.
    fn each_literal<'t>(
        &'t self,
        text: &[u8],
        find: impl Fn(usize) -> Option<(usize, usize, &'t Template)>,
        gather: &mut Gather<'_>,
    ) -> ControlFlow<()> {
        let mut at = 0;
        while let Some((start, end, template)) = find(at) {
            let found = if !self.word || is_whole(text, start, end) {
                Some((end, template))
            } else {
                self.shorter_word(text, start, end)
            };
            at = match found {
                Some((end, template)) => {
                    gather.constant(start, end, template)?;
                    end
                }
                None => start + 1,
            };
        }
        ControlFlow::Continue(())
    }

    /// The longest pattern that is a whole word at `start` and ends before `end`.
    fn shorter_word(&self, text: &[u8], start: usize, end: usize) -> Option<(usize, &Template)> {
        let Finder::Many(many) = &self.finder else { return None };
        let Many { by_text, lengths, .. } = many.as_ref();
        lengths.iter().filter(|&&length| start + length < end).find_map(|&length| {
            let stop = start + length;
            let index = *by_text.get(&text[start..stop])?;
            is_whole(text, start, stop).then(|| (stop, &self.templates[index]))
        })
    }
}

/// Gathers edits in terms of the original text.
struct Gather<'a> {
    original: &'a [u8],
    unified: Option<&'a Unified>,
    limit: usize,
    cancelled: &'a AtomicBool,
    edits: Edits,
}

impl Gather<'_> {
    fn constant(&mut self, start: usize, end: usize, template: &Template) -> ControlFlow<()> {
        let from = self.edits.inserted.len();
        if let Some(text) = template.constant() {
            self.newline().push(text, &mut self.edits.inserted);
        }
        self.finish(start, end, from)
    }

    fn expanded(&mut self, groups: &Captures, template: &Template) -> ControlFlow<()> {
        let Some(whole) = groups.get_match() else { return ControlFlow::Continue(()) };
        let from = self.edits.inserted.len();
        for part in &template.parts {
            match part {
                Part::Text(text) => self.newline().push(text, &mut self.edits.inserted),
                Part::Group(index) => {
                    if let Some(group) = groups.get_group(*index) {
                        let group = self.original(group.start)..self.original(group.end);
                        self.edits.inserted.extend_from_slice(&self.original[group]);
                    }
                }
            }
        }
        self.finish(whole.start(), whole.end(), from)
    }

    fn newline(&self) -> Newline {
        self.unified.map_or(Newline::Lf, |unified| unified.newline)
    }

    fn original(&self, offset: usize) -> usize {
        self.unified.map_or(offset, |unified| unified.original(offset))
    }

    /// Keep the edit whose insertion was written from `from` on, unless it changes nothing, or is
    /// at an empty match inside of a character.
    fn finish(&mut self, start: usize, end: usize, from: usize) -> ControlFlow<()> {
        let range = self.original(start)..self.original(end);
        let insert = from..self.edits.inserted.len();
        let inside = range.is_empty()
            && self.original.get(range.start).is_some_and(|&byte| is_continuation(byte));
        if inside || self.original[range.clone()] == self.edits.inserted[insert.clone()] {
            self.edits.inserted.truncate(from);
        } else {
            self.edits.list.push(Edit { range, insert });
        }
        if self.edits.list.len() >= self.limit || self.cancelled.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Whether a byte of UTF-8 is not the first of its character.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
