//! Finding the mask of a parse: most of it is known from the vocabulary, or from the scalar alone; only what
//! goes beyond the end of the scalar is walked.

use std::sync::Arc;

use super::engine::Engine;
use super::inside::{InBody, InKey, InProse, InRaw};
use super::scan::{Exit, Inner, scan};
use super::tables::{self, Begins, Tables};
use super::walk::{Walk, prefixes};
use crate::grammar::Whitespace;
use crate::machine::{
    Allowed, BODY_START, Body, Bounded, FREE, Followed, Frame, Key, Top, Tops, Typing,
};
use crate::vocab::{Trie, Vocabulary};

impl Engine {
    /// The parse whose mask is the same: a string that is far from the bounds of its length.
    pub(super) fn alike(&self, top: Top) -> Top {
        let Frame::Text { body, state, count } = top.frame else { return top };
        let bounded = self.machine.lexemes.bounded(body);
        let longest = self.vocabulary.tables().longest();
        let far =
            bounded.max - count.min(bounded.max) >= longest && bounded.max - bounded.min >= longest;
        if count <= bounded.min || !far || bounded.max == u32::MAX {
            return top;
        }
        Top { frame: Frame::Text { body, state, count: bounded.min }, ..top }
    }

    /// Put the tokens that a parse allows into the draft.
    pub(super) fn build(&mut self, top: Top) {
        let vocabulary = self.vocabulary.clone();
        let tables = vocabulary.tables();
        let program = self.machine.program.clone();
        match top.frame {
            Frame::Text { body, state, count } => {
                let bounded = self.machine.lexemes.bounded(body);
                if bounded.body != FREE {
                    self.patterned(&vocabulary, tables, top, (bounded, state, count));
                } else if state == BODY_START && top.kept == 0 {
                    self.free(tables, top, bounded, count);
                } else if state == BODY_START {
                    self.draft.begin(Some(tables.within(bounded.max - count)));
                    self.endings(&vocabulary, tables, top);
                } else {
                    self.everything(&vocabulary, top);
                }
            }
            Frame::Key { object, state, typed } => {
                self.name(&vocabulary, tables, top, (object, state, typed));
            }
            Frame::Prose { state, .. } => self.prose(&vocabulary, top, state),
            Frame::Raw { lexeme, state } => self.raw(&vocabulary, top, lexeme, state),
            _ if top.kept == 0 && program.options.whitespace == Whitespace::Any => {
                self.between(tables, top);
            }
            _ => self.everything(&vocabulary, top),
        }
    }

    /// All tokens, byte by byte.
    fn everything(&mut self, vocabulary: &Vocabulary, top: Top) {
        self.walk(vocabulary, 0, Tops::from_elem(top, 1));
    }

    fn walk(&mut self, vocabulary: &Vocabulary, node: u32, tops: Tops) {
        let begins = Some(&vocabulary.tables().begun);
        self.walking(vocabulary.trie(), begins).below(node, tops, &mut |_| true);
    }

    fn walking<'a>(&'a mut self, trie: &'a Trie, begins: Option<&'a Begins>) -> Walk<'a> {
        let (machine, draft, budget) = (&mut self.machine, &mut self.draft, &mut self.budget);
        Walk { machine, trie, begins, draft, budget }
    }

    /// Between the parts of a JSON text with any white space: it leaves the parse where it is, so that tokens are the same
    /// with and without it before them.
    fn between(&mut self, tables: &Tables, top: Top) {
        self.draft.add_words(&tables.space);
        let tops = Tops::from_elem(top, 1);
        self.walking(&tables.spaced, Some(&tables.begun_spaced)).below(0, tops, &mut |_| true);
    }

    /// Inside of a number and the like: what goes on with it, and what may follow it if it is done.
    fn raw(&mut self, vocabulary: &Vocabulary, top: Top, lexeme: u32, state: u32) {
        if self.machine.is_last(top) {
            let tables = vocabulary.tables();
            let mut inside = InRaw(self.machine.lexemes.raw(lexeme));
            let inner =
                scan((vocabulary.trie(), &tables.subtrees), &mut inside, state, &tables.all);
            self.draft.begin(Some(inner.inside));
            return;
        }
        let raw = self.machine.lexemes.raw(lexeme);
        let next: Vec<u8> = (0..=255).filter(|byte| raw.step(state, *byte) != 0).collect();
        if raw.accepts(state)
            && let Some(after) = self.machine.done(top.below, top.kept)
        {
            let mask = self.after(after);
            self.draft.merge(&mask);
        }
        let trie = vocabulary.trie();
        let begins = Some(&vocabulary.tables().begun);
        for byte in next {
            if let Some(child) = trie.child(0, byte) {
                let range = (child, trie.skip[child as usize]);
                self.walking(trie, begins).within(range, Tops::from_elem(top, 1), &mut |_| true);
            }
        }
    }

    /// The tokens that end a free string, by what stands behind its quote.
    fn behind(&mut self, tables: &Tables, tops: Tops, keep: &mut impl FnMut(u32) -> bool) {
        let trie = &tables.behind;
        trie.tokens_at(0).filter(|token| keep(*token)).for_each(|token| self.draft.set(token));
        self.walking(trie, None).below(0, tops, keep);
    }

    /// The tokens that end at a node, and those that go on from it.
    fn onwards(&mut self, vocabulary: &Vocabulary, node: u32, tops: Tops) {
        if !tops.is_empty() {
            vocabulary.trie().tokens_at(node).for_each(|token| self.draft.set(token));
            self.walk(vocabulary, node, tops);
        }
    }

    /// Inside of a string without a pattern: what stays inside is known; of those that end it, only what is behind the
    /// quote is walked.
    fn free(&mut self, tables: &Tables, top: Top, bounded: Bounded, count: u32) {
        let left = bounded.max - count;
        self.draft.begin(Some(tables.within(left)));
        let missing = bounded.min.saturating_sub(count);
        let mut fits = |token: u32| {
            let characters = u32::from(tables.characters[token as usize]);
            characters >= missing && characters <= left
        };
        if let Some(after) = self.machine.done(top.below, 0) {
            self.behind(tables, Tops::from_elem(after, 1), &mut fits);
        }
    }

    /// Tokens that end a string or key, each followed from its first byte.
    fn endings(&mut self, vocabulary: &Vocabulary, tables: &Tables, top: Top) {
        let mut ends = Vec::new();
        let machine = &mut self.machine;
        prefixes(
            &tables.prefixes,
            top,
            |top, byte| machine.step(*top, byte).first().copied(),
            |top, prefix| ends.push((*top, prefix.behind)),
        );
        for (top, behind) in ends {
            let tops = self.machine.step(top, b'"');
            self.onwards(vocabulary, behind, tops);
        }
    }

    /// Inside of a string with a pattern.
    fn patterned(
        &mut self,
        vocabulary: &Vocabulary,
        tables: &Tables,
        top: Top,
        (bounded, state, count): (Bounded, u32, u32),
    ) {
        let left = bounded.max - count;
        let missing = bounded.min.saturating_sub(count);
        let narrow = left < tables.longest();
        let inner = {
            let mut followed = self.machine.lexemes.body(bounded.body).lock();
            let Followed { body, inner } = &mut *followed;
            // Characters of tokens are counted from between two characters on.
            if (narrow || missing > 0) && !body.between(state) {
                drop(followed);
                self.everything(vocabulary, top);
                return;
            }
            let inner =
                inner.entry(state).or_insert_with(|| Arc::new(inside(vocabulary, body, state)));
            inner.clone()
        };
        let row =
            if narrow { both(&inner.inside, &tables.within(left)) } else { inner.inside.clone() };
        self.draft.begin(Some(row));
        for exit in &inner.exits {
            let token = tables::token_below(vocabulary.trie(), exit.node);
            let characters = token.map_or(0, |token| u32::from(tables.characters[token as usize]));
            if characters < missing || characters > left {
                continue;
            }
            let kept = self.grown(vocabulary, top.kept, exit.node, exit.depth);
            if let Some(after) = self.machine.done(top.below, kept) {
                self.onwards(vocabulary, exit.node, Tops::from_elem(after, 1));
            }
        }
    }

    /// What is kept of an item behind the bytes that lead to a node.
    fn grown(&mut self, vocabulary: &Vocabulary, kept: u32, node: u32, depth: u32) -> u32 {
        if kept == 0 {
            return 0;
        }
        let token = tables::token_below(vocabulary.trie(), node);
        let bytes = token.map_or(&[][..], |token| &vocabulary.bytes(token)[..depth as usize]);
        bytes.iter().fold(kept, |kept, byte| self.machine.keep(kept, *byte))
    }

    /// In free text: what stays free is known by the state of the search alone.
    fn prose(&mut self, vocabulary: &Vocabulary, top: Top, state: u32) {
        let Some(search) = self.machine.search.clone() else { return };
        let tables = vocabulary.tables();
        let mut inside = InProse(&search);
        let inner = self.prose.entry(state).or_insert_with(|| {
            Arc::new(scan(
                (vocabulary.trie(), &tables.subtrees),
                &mut inside,
                state + 1,
                &tables.all,
            ))
        });
        let inner = inner.clone();
        self.draft.begin(Some(inner.inside.clone()));
        for exit in &inner.exits {
            let tops = self.machine.triggered(exit.how, top.below);
            self.onwards(vocabulary, exit.node, tops);
        }
    }

    /// Inside of a key of which not every other name may be made alike.
    fn spelled(
        &mut self,
        vocabulary: &Vocabulary,
        tables: &Tables,
        top: Top,
        (object, state): (u32, u32),
        any: bool,
    ) {
        let typed = matches!(top.frame, Frame::Key { typed, .. } if typed != 0);
        if !typed && top.kept == 0 {
            let program = self.machine.program.clone();
            let Some(mut typing) = self.machine.objects.typing(program.ir(), object) else {
                return;
            };
            let inner = if any {
                name_endings(tables, &mut typing, state)
            } else {
                let trie = (vocabulary.trie(), &tables.subtrees);
                scan(trie, &mut InKey(typing), state, &tables.inside)
            };
            self.draft.begin(Some(inner.inside));
            for exit in inner.exits {
                let key = self.machine.keys(object).and_then(|keys| keys.key(exit.how));
                let tops =
                    key.map_or_else(Tops::new, |key| self.machine.named(top, object, key, 0));
                self.onwards(vocabulary, exit.node, tops);
            }
        } else if any {
            self.draft.begin(Some(tables.inside.clone()));
            self.endings(vocabulary, tables, top);
        } else {
            self.everything(vocabulary, top);
        }
    }

    /// Inside of a key.
    fn name(
        &mut self,
        vocabulary: &Vocabulary,
        tables: &Tables,
        top: Top,
        (object, state, typed): (u32, u32, u32),
    ) {
        let program = self.machine.program.clone();
        let allowed = self.machine.objects.allowed(program.ir(), object);
        let open = allowed.is_some_and(Allowed::open);
        let Some(keys) = self.machine.keys(object) else { return };
        let between = keys.at_start_of_character(state);
        let one_class = keys.one_class();
        if !open || !between || !one_class || typed != 0 || top.kept != 0 {
            self.spelled(vocabulary, tables, top, (object, state), open && between);
            return;
        }
        // Any name may be made of what is there already.
        self.draft.begin(Some(tables.inside.clone()));
        let mut known = Vec::new();
        if !keys.is_other(state) {
            prefixes(
                &tables.prefixes,
                state,
                |state, byte| {
                    Some(keys.step(*state, byte)).filter(|next| *next != 0 && !keys.is_other(*next))
                },
                |state, prefix| known.push((*state, prefix.behind)),
            );
            known.retain(|(state, _)| keys.knows(*state));
        }
        let trie = vocabulary.trie();
        let mut special: rustc_hash::FxHashSet<u32> = rustc_hash::FxHashSet::default();
        for (_, behind) in &known {
            special.extend(
                (*behind..trie.skip[*behind as usize]).flat_map(|node| trie.tokens_at(node)),
            );
        }
        let tops = self.machine.named(top, object, Key::Other(0), 0);
        if !tops.is_empty() {
            self.behind(tables, tops, &mut |token| !special.contains(&token));
        }
        for (state, behind) in known {
            let key = self.machine.keys(object).and_then(|keys| keys.key(state));
            let tops = key.map_or_else(Tops::new, |key| self.machine.named(top, object, key, 0));
            self.onwards(vocabulary, behind, tops);
        }
    }
}

/// Where tokens end a key that may become any name.
fn name_endings(tables: &Tables, typing: &mut Typing, state: u32) -> Inner {
    let mut exits = Vec::new();
    prefixes(
        &tables.prefixes,
        state,
        |state, byte| Some(typing.step(*state, byte)).filter(|next| *next != 0),
        |state, prefix| {
            exits.push(Exit { node: prefix.behind, depth: prefix.depth + 1, how: *state });
        },
    );
    Inner { inside: tables.inside.clone(), exits }
}

/// The tokens that stay inside of a string, and where others end it.
fn inside(vocabulary: &Vocabulary, body: &mut Body, state: u32) -> Inner {
    let tables = vocabulary.tables();
    if body.universal(state) {
        let mut exits = Vec::new();
        prefixes(
            &tables.prefixes,
            state,
            |state, byte| Some(body.step(*state, byte)).filter(|next| *next != 0),
            |state, prefix| {
                exits.push((*state, Exit { node: prefix.behind, depth: prefix.depth + 1, how: 0 }));
            },
        );
        exits.retain(|(state, _)| body.closes(*state));
        let exits = exits.into_iter().map(|(_, exit)| exit).collect();
        return Inner { inside: tables.inside.clone(), exits };
    }
    let mut body = InBody(body);
    scan((vocabulary.trie(), &tables.subtrees), &mut body, state, &tables.inside)
}

/// The tokens that are in both rows.
fn both(left: &[i32], right: &[i32]) -> Arc<[i32]> {
    left.iter().zip(right).map(|(left, right)| left & right).collect()
}
