//! Finding what is to be replaced in one text.

use std::num::TryFromIntError;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use regex_automata::util::captures::Captures;

use crate::newline::{Newline, Unified};
use crate::query::{Finder, Many, Replacer};
use crate::template::{Part, Template};
use crate::word::is_whole;

/// One replacement in a text. Offsets have 32 bits, since there can be millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    start: u32,
    end: u32,
    insert_start: u32,
    insert_end: u32,
}

impl Edit {
    fn new(range: &Range<usize>, insert: &Range<usize>) -> Result<Self, TryFromIntError> {
        Ok(Self {
            start: range.start.try_into()?,
            end: range.end.try_into()?,
            insert_start: insert.start.try_into()?,
            insert_end: insert.end.try_into()?,
        })
    }

    /// What is taken out of the text.
    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// What is put in, in [`Edits::inserted`].
    fn insert(self) -> Range<usize> {
        self.insert_start as usize..self.insert_end as usize
    }
}

/// The replacements in a text, from its beginning to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Edits {
    pub(crate) list: Vec<Edit>,
    /// What is put in; what is put in again and again is there once.
    inserted: Vec<u8>,
}

impl Edits {
    /// What an edit puts in.
    pub(crate) fn insert(&self, edit: Edit) -> &[u8] {
        &self.inserted[edit.insert()]
    }

    /// The text with the edits made.
    pub(crate) fn apply(&self, text: &[u8]) -> Vec<u8> {
        let mut result = Vec::new();
        self.apply_into(text, &mut result);
        result
    }

    /// [`Edits::apply`] to the end of a buffer.
    pub(crate) fn apply_into(&self, text: &[u8], result: &mut Vec<u8>) {
        let removed: usize = self.list.iter().map(|edit| edit.range().len()).sum();
        let added: usize = self.list.iter().map(|edit| edit.insert().len()).sum();
        result.reserve(text.len() - removed + added);
        let mut from = 0;
        for &edit in &self.list {
            result.extend_from_slice(&text[from..edit.range().start]);
            result.extend_from_slice(self.insert(edit));
            from = edit.range().end;
        }
        result.extend_from_slice(&text[from..]);
    }
}

impl Replacer {
    /// The first `limit` replacements in a text that change it; `None` where text or replacements
    /// are longer than 4 GiB.
    pub(crate) fn edits(&self, text: &[u8], limit: usize, cancelled: &AtomicBool) -> Option<Edits> {
        let unified = if self.unify { Unified::of(text) } else { None };
        let seen = unified.as_ref().map_or(text, |unified| &unified.text);
        let mut gather = Gather {
            original: text,
            unified: unified.as_ref(),
            limit,
            cancelled,
            edits: Edits::default(),
            last: None,
            overflow: false,
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
        (!gather.overflow).then_some(gather.edits)
    }

    /// Gather what `find` finds from each end of a match on; with whole words, from the next
    /// character on after something that is none.
    fn each_literal<'t>(
        &'t self,
        text: &[u8],
        find: impl Fn(usize) -> Option<(usize, usize, &'t Template)>,
        gather: &mut Gather<'t>,
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
    /// What was put in last, and where that is.
    last: Option<(&'a Template, Range<usize>)>,
    /// The offsets have become too large.
    overflow: bool,
}

impl<'a> Gather<'a> {
    fn constant(&mut self, start: usize, end: usize, template: &'a Template) -> ControlFlow<()> {
        let Some(text) = template.constant() else { return ControlFlow::Continue(()) };
        // One text takes the place of many: it is kept once, which is a third of the memory.
        let newline = self.newline();
        let inserted = &mut self.edits.inserted;
        let insert = match &self.last {
            Some((last, insert)) if std::ptr::eq(*last, template) => insert.clone(),
            _ => {
                let from = inserted.len();
                newline.push(text, inserted);
                let insert = from..inserted.len();
                self.last = Some((template, insert.clone()));
                insert
            }
        };
        self.finish(start, end, insert)
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
        let insert = from..self.edits.inserted.len();
        let known = self.edits.list.len();
        let flow = self.finish(whole.start(), whole.end(), insert);
        if self.edits.list.len() == known {
            self.edits.inserted.truncate(from);
        }
        flow
    }

    fn newline(&self) -> Newline {
        self.unified.map_or(Newline::Lf, |unified| unified.newline)
    }

    fn original(&self, offset: usize) -> usize {
        self.unified.map_or(offset, |unified| unified.original(offset))
    }

    /// Keep the edit, unless it changes nothing, or is at an empty match inside of a character.
    fn finish(&mut self, start: usize, end: usize, insert: Range<usize>) -> ControlFlow<()> {
        let range = self.original(start)..self.original(end);
        let next = self.original.get(range.start);
        let inside = range.is_empty() && next.is_some_and(|&byte| is_continuation(byte));
        if !inside && self.original[range.clone()] != self.edits.inserted[insert.clone()] {
            let Ok(edit) = Edit::new(&range, &insert) else {
                self.overflow = true;
                return ControlFlow::Break(());
            };
            self.edits.list.push(edit);
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
