//! Free text in which tags may begin: it runs up to the first trigger in it.

use std::collections::VecDeque;

use super::frame::{Frame, StackId, Top};
use super::lexemes::SPACES;
use super::raw::Word;
use super::{Machine, Tops};
use crate::error::GrammarError;
use crate::grammar::{Content, Tags};
use crate::text;

/// A state of the search for triggers, from 0.
pub(crate) type ProseState = u32;

/// Where a byte of free text leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prose {
    /// It goes on.
    Goes(ProseState),
    /// It completes a trigger, by index.
    Trigger(u32),
}

/// The search for all triggers at once, and what follows each (A. V. Aho, M. J. Corasick, Efficient string
/// matching, 1975; as a complete automaton).
pub(crate) struct Search {
    rows: Vec<[Prose; 256]>,
    tags: Vec<TagParts>,
    /// By trigger: the tags that it begins, and the automaton of what is left of their beginning.
    begins: Vec<Vec<(u32, u32)>>,
    once: bool,
    wanted: bool,
}

/// The automata of a tag.
struct TagParts {
    content: Frame,
    json: bool,
    end: u32,
}

impl Search {
    /// The automata of some tags.
    pub(crate) fn new(tags: &Tags, machine: &mut Machine) -> Result<Self, GrammarError> {
        let word = |machine: &mut Machine, text: &str| {
            machine.lexemes.add(Box::new(Word(text.as_bytes().to_vec())))
        };
        let mut parts = Vec::new();
        let mut begins = vec![Vec::new(); tags.triggers.len()];
        for (tag, index) in tags.tags.iter().zip(0..) {
            let (content, json) = match &tag.content {
                Content::Json(node) => (Frame::Value { node: *node, seen: 0 }, true),
                Content::Text(spec) => {
                    let lexeme = machine.lexemes.add(text::automaton(spec, &machine.limits)?);
                    let state = machine.lexemes.raw(lexeme).start();
                    if state == 0 {
                        let reason = "no text matches its content".into();
                        return Err(GrammarError::Empty {
                            pointer: format!("tag {:?}", tag.begin),
                            reason,
                        });
                    }
                    (Frame::Raw { lexeme, state }, false)
                }
            };
            parts.push(TagParts { content, json, end: word(machine, &tag.end) });
            for (trigger, begins) in tags.triggers.iter().zip(&mut begins) {
                if let Some(rest) = tag.begin.strip_prefix(trigger.as_str()) {
                    begins.push((index, word(machine, rest)));
                }
            }
        }
        let rows = automaton(&tags.triggers);
        Ok(Self {
            rows,
            tags: parts,
            begins,
            once: tags.stop_after_first,
            wanted: tags.at_least_one,
        })
    }

    /// Where a byte of free text leads.
    pub(crate) fn step(&self, state: ProseState, byte: u8) -> Prose {
        self.rows[state as usize][byte as usize]
    }

    /// Whether free text may be the end, behind a tag or before any.
    pub(crate) fn completes(&self, closed: bool) -> bool {
        closed || !self.wanted
    }
}

impl Machine {
    /// The parses behind a trigger: one for each tag that begins with it.
    pub(crate) fn triggered(&mut self, trigger: u32, below: StackId) -> Tops {
        let Some(search) = self.search.clone() else { return Tops::new() };
        let mut tops = Tops::new();
        for (tag, rest) in &search.begins[trigger as usize] {
            let parts = &search.tags[*tag as usize];
            let after =
                if search.once { Frame::Done } else { Frame::Prose { state: 0, closed: true } };
            let mut stack = self.stack(after, below);
            stack = self.literal_frame(parts.end, stack);
            if parts.json {
                stack = self.literal_frame(SPACES, stack);
            }
            let stack = self.stack(parts.content, stack);
            let state = self.lexemes.raw(*rest).start();
            tops.push(Top { frame: Frame::Raw { lexeme: *rest, state }, below: stack, kept: 0 });
        }
        tops
    }

    fn literal_frame(&mut self, lexeme: u32, below: StackId) -> StackId {
        let state = self.lexemes.raw(lexeme).start();
        self.stack(Frame::Raw { lexeme, state }, below)
    }

    /// What a byte of free text leads to.
    pub(crate) fn prose(&mut self, top: Top, state: ProseState, closed: bool, byte: u8) -> Tops {
        match self.search.as_ref().map(|search| search.step(state, byte)) {
            None => Tops::new(),
            Some(Prose::Goes(state)) => {
                Tops::from_elem(Top { frame: Frame::Prose { state, closed }, ..top }, 1)
            }
            Some(Prose::Trigger(trigger)) => self.triggered(trigger, top.below),
        }
    }
}

/// The complete automaton that finds the first of some texts to be completed.
fn automaton(triggers: &[String]) -> Vec<[Prose; 256]> {
    let mut children: Vec<std::collections::BTreeMap<u8, usize>> =
        vec![std::collections::BTreeMap::new()];
    let mut found: Vec<Option<u32>> = vec![None];
    for (trigger, index) in triggers.iter().zip(0..) {
        let mut node = 0;
        for byte in trigger.bytes() {
            let next = children.len();
            let child = *children[node].entry(byte).or_insert(next);
            if child == next {
                children.push(std::collections::BTreeMap::new());
                found.push(None);
            }
            node = child;
        }
        found[node].get_or_insert(index);
    }
    let mut rows = vec![[Prose::Goes(0); 256]; children.len()];
    let mut fallback = vec![0; children.len()];
    let mut open = VecDeque::from([0]);
    while let Some(node) = open.pop_front() {
        let inherited = rows[fallback[node]];
        if node != 0 {
            rows[node] = inherited;
        }
        for (&byte, &child) in &children[node] {
            // What the shorter text does with the byte is what the child falls back to.
            let shorter = if node == 0 { Prose::Goes(0) } else { inherited[byte as usize] };
            let (back, inner) = match shorter {
                Prose::Goes(state) => (state as usize, None),
                Prose::Trigger(trigger) => (0, Some(trigger)),
            };
            fallback[child] = back;
            let goes = Prose::Goes(u32::try_from(child).unwrap_or(0));
            rows[node][byte as usize] = found[child].or(inner).map_or(goes, Prose::Trigger);
            open.push_back(child);
        }
    }
    rows
}
