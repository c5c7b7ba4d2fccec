//! Following one text through a grammar.

use std::sync::{Arc, Mutex};

use crate::error::GrammarError;
use crate::grammar::{Grammar, lock};
use crate::lark::LarkText;
use crate::mask::{Engine, Mask, StateId};

/// A text in the making: the tokens accepted so far, and what may follow.
#[derive(Clone)]
pub struct Matcher {
    grammar: Grammar,
    engine: Arc<Mutex<Engine>>,
    tokens: Vec<u32>,
    /// The state behind each token, that before the first one first.
    states: Vec<StateId>,
    /// The mask of the last state, if it is known.
    mask: Option<Arc<Mask>>,
    ended: bool,
    /// What follows the text in place of the engine, for a grammar that has its own parser.
    lark: Option<Box<LarkText>>,
}

impl Matcher {
    /// An empty text.
    pub fn new(grammar: &Grammar) -> Self {
        let engine = grammar.engine();
        let mask = lock(&engine).known(Engine::START).cloned();
        Self {
            grammar: grammar.clone(),
            engine,
            tokens: Vec::new(),
            states: vec![Engine::START],
            mask,
            ended: false,
            lark: grammar.lark_text().map(Box::new),
        }
    }

    /// The grammar that is followed.
    pub fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// Write the set of tokens that may come next into a row of [`Vocabulary::words`](crate::Vocabulary::words): bit i of word i / 32 is
    /// set if token i may. The end token may where the text may end; behind it, nothing may.
    pub fn fill(&mut self, row: &mut [i32]) -> Result<(), GrammarError> {
        if self.fill_cached(row)? {
            return Ok(());
        }
        if let Some(lark) = &mut self.lark {
            lark.fill(self.grammar.vocabulary(), row)?;
        } else {
            let mask = lock(&self.engine).mask(self.state())?;
            mask.fill(row);
            self.mask = Some(mask);
        }
        Ok(())
    }

    /// As [`fill`](Self::fill), but only if the set is known already: whether it was.
    pub fn fill_cached(&self, row: &mut [i32]) -> Result<bool, GrammarError> {
        let vocabulary = self.grammar.vocabulary();
        if row.len() != vocabulary.words() {
            let (size, expected) = (vocabulary.size(), vocabulary.words());
            return Err(GrammarError::MaskSize { size, expected, given: row.len() });
        }
        if self.ended {
            row.fill(0);
        } else if let (Some(mask), None) = (&self.mask, &self.lark) {
            mask.fill(row);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Add a token. `false`, with nothing changed, where the grammar does not allow it.
    ///
    /// # Errors
    ///
    /// The token is not in the vocabulary, the text has ended, or a limit was exceeded.
    pub fn accept(&mut self, token: u32) -> Result<bool, GrammarError> {
        let vocabulary = self.grammar.vocabulary();
        if token as usize >= vocabulary.size() {
            return Err(GrammarError::Token { token: u64::from(token), size: vocabulary.size() });
        }
        if let (true, Some(end)) = (self.ended, self.tokens.last()) {
            return Err(GrammarError::Ended(*end));
        }
        if vocabulary.eos().contains(&token) {
            return Ok(self.end(token));
        }
        let bytes = vocabulary.bytes(token);
        if bytes.is_empty() || vocabulary.is_special(token) {
            return Ok(false);
        }
        if let Some(lark) = &mut self.lark {
            let allowed = lark.accept(token, bytes)?;
            self.tokens.extend(allowed.then_some(token));
            return Ok(allowed);
        }
        self.make_room()?;
        let state = self.state();
        let mut engine = lock(&self.engine);
        let Some(next) = engine.advance(state, self.grammar.vocabulary().bytes(token))? else {
            return Ok(false);
        };
        self.mask = engine.known(next).cloned();
        drop(engine);
        self.tokens.push(token);
        self.states.push(next);
        Ok(true)
    }

    /// Add tokens up to the first that is not allowed: how many were added.
    pub fn accept_many(&mut self, tokens: &[u32]) -> Result<usize, GrammarError> {
        for (count, token) in tokens.iter().enumerate() {
            if !self.accept(*token)? {
                return Ok(count);
            }
        }
        Ok(tokens.len())
    }

    /// Take tokens back, an end token among them.
    pub fn rollback(&mut self, tokens: usize) -> Result<(), GrammarError> {
        let accepted = self.tokens.len();
        let Some(left) = accepted.checked_sub(tokens) else {
            return Err(GrammarError::Rollback { wanted: tokens, accepted });
        };
        if tokens > 0 {
            if let Some(lark) = &mut self.lark {
                let texts = &self.tokens[left..accepted - usize::from(self.ended)];
                let vocabulary = self.grammar.vocabulary();
                let bytes = texts.iter().map(|token| vocabulary.bytes(*token).len()).sum();
                lark.rollback(texts.len(), bytes)?;
            }
            self.ended = false;
            self.tokens.truncate(left);
            self.states.truncate(left + 1);
            self.mask = lock(&self.engine).known(self.state()).cloned();
        }
        Ok(())
    }

    /// Another text that begins with all there is of this one.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.clone()
    }

    /// Begin anew.
    pub fn reset(&mut self) {
        *self = Self::new(&self.grammar);
    }

    /// Whether the text may end here, or has ended.
    pub fn is_complete(&self) -> bool {
        if let (Some(lark), false) = (&self.lark, self.ended) {
            return lark.is_complete();
        }
        self.ended || lock(&self.engine).complete(self.state())
    }

    /// Whether an end token was accepted.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The tokens accepted so far.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// How many of the bytes could follow; nothing is accepted.
    pub fn fits(&self, bytes: &[u8]) -> Result<usize, GrammarError> {
        if let (Some(lark), false) = (&self.lark, self.ended) {
            return lark.fits(bytes);
        }
        let mut engine = lock(&self.engine);
        let mut state = self.state();
        for (count, byte) in bytes.iter().enumerate() {
            match engine.advance(state, &[*byte])? {
                Some(next) if !self.ended => state = next,
                _ => return Ok(count),
            }
        }
        Ok(bytes.len())
    }

    /// Whether the text may end behind these bytes; `false` too where they do not fit.
    pub fn completes(&self, bytes: &[u8]) -> Result<bool, GrammarError> {
        if let (Some(lark), false) = (&self.lark, self.ended) {
            return lark.completes(bytes);
        }
        let mut engine = lock(&self.engine);
        let end = engine.advance(self.state(), bytes)?;
        Ok(!self.ended && end.is_some_and(|state| engine.complete(state)))
    }

    /// The bytes of which one may follow these; none where they do not fit.
    pub fn next_bytes(&self, bytes: &[u8]) -> Result<[bool; 256], GrammarError> {
        if let (Some(lark), false) = (&self.lark, self.ended) {
            return lark.next_bytes(bytes);
        }
        let mut engine = lock(&self.engine);
        let end = engine.advance(self.state(), bytes)?.filter(|_| !self.ended);
        Ok(end.map_or([false; 256], |state| engine.next_bytes(state)))
    }

    /// The bytes that must follow, as there is no other way to go on, up to `limit` of them.
    pub fn forced_bytes(&self, limit: usize) -> Result<Vec<u8>, GrammarError> {
        if let (Some(lark), false) = (&self.lark, self.ended) {
            return lark.forced_bytes(limit);
        }
        let mut engine = lock(&self.engine);
        let mut state = self.state();
        let mut forced = Vec::new();
        while !self.ended && forced.len() < limit && !engine.complete(state) {
            let next = engine.next_bytes(state);
            let mut ways =
                (0..=255).zip(next).filter(|(_, allowed)| *allowed).map(|(byte, _)| byte);
            let (Some(byte), None) = (ways.next(), ways.next()) else { break };
            let Some(after) = engine.advance(state, &[byte])? else { break };
            forced.push(byte);
            state = after;
        }
        Ok(forced)
    }

    fn state(&self) -> StateId {
        self.states.last().copied().unwrap_or(Engine::START)
    }

    fn end(&mut self, token: u32) -> bool {
        let complete = self.is_complete();
        if complete {
            self.tokens.push(token);
            self.states.push(self.state());
            self.ended = true;
        }
        complete
    }

    /// Where the engine has grown over its limit, follow the text anew with an empty one.
    fn make_room(&mut self) -> Result<(), GrammarError> {
        // A look at every 64th token is enough: one adds little.
        if self.tokens.len() % 64 != 63 || !lock(&self.engine).is_full() {
            return Ok(());
        }
        self.engine = self.grammar.renew(&self.engine)?;
        let mut engine = lock(&self.engine);
        let mut state = Engine::START;
        self.states.truncate(1);
        for token in &self.tokens {
            // It was followed before, so it can be followed now.
            state =
                engine.advance(state, self.grammar.vocabulary().bytes(*token))?.unwrap_or(state);
            self.states.push(state);
        }
        Ok(())
    }
}
