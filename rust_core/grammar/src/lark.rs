//! Context-free grammars in the notation of Lark, followed by the crate `llguidance`.
//!
//! That crate reads tokens. Bytes, which `fits` and its like ask for, are followed by a second parser whose
//! tokens are the single bytes.

use std::fmt::Display;
use std::sync::{Arc, Mutex, Weak};

use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, TokEnv, TokRxInfo, TokTrie};
use llguidance::{Matcher, ParserFactory};

use crate::error::GrammarError;
use crate::grammar::lock;
use crate::limits::Limits;
use crate::vocab::Vocabulary;

/// A text in the making.
#[derive(Clone)]
pub(crate) struct LarkText {
    tokens: Matcher,
    bytes: Matcher,
    /// Of the vocabulary: held so that the next grammar finds them.
    _tables: Arc<ParserFactory>,
}

impl LarkText {
    /// The empty text of a grammar.
    pub(crate) fn new(
        grammar: &str,
        vocabulary: &Vocabulary,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        if grammar.len() > limits.source_bytes {
            return Err(GrammarError::Limit {
                what: "the text of the grammar".into(),
                option: "source_bytes",
                limit: limits.source_bytes as u64,
            });
        }
        let factory = shared(vocabulary)?;
        let tokens = parser(&factory, grammar)?;
        let single: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
        let alone = made(&environment(single), &[])?;
        let bytes = parser(&alone, grammar)?;
        Ok(Self { tokens, bytes, _tables: factory })
    }

    /// Write the mask of what may come next.
    pub(crate) fn fill(
        &mut self,
        vocabulary: &Vocabulary,
        row: &mut [i32],
    ) -> Result<(), GrammarError> {
        row.fill(0);
        let mask = self.tokens.compute_mask_or_eos().map_err(over)?;
        for (word, bits) in row.iter_mut().zip(mask.as_slice()) {
            *word = bits.cast_signed();
        }
        // The first id behind the vocabulary stands for the end.
        let end = vocabulary.size();
        if let Some(word) = row.get_mut(end / 32) {
            *word &= (1 << (end % 32)) - 1;
        }
        if mask.get(end) {
            for &id in vocabulary.eos() {
                row[id as usize / 32] |= 1 << (id % 32);
            }
        }
        Ok(())
    }

    /// Add a token; whether it is allowed.
    pub(crate) fn accept(&mut self, token: u32, bytes: &[u8]) -> Result<bool, GrammarError> {
        if !took(&mut self.tokens, &[token])? {
            return Ok(false);
        }
        let single: Vec<u32> = bytes.iter().map(|&byte| u32::from(byte)).collect();
        took(&mut self.bytes, &single)
    }

    /// Take tokens back that have so many bytes.
    pub(crate) fn rollback(&mut self, tokens: usize, bytes: usize) -> Result<(), GrammarError> {
        self.tokens.rollback(tokens).map_err(over)?;
        self.bytes.rollback(bytes).map_err(over)
    }

    /// Whether the text may end here.
    pub(crate) fn is_complete(&self) -> bool {
        complete(&mut self.bytes.clone())
    }

    /// How many of the bytes could follow.
    pub(crate) fn fits(&self, bytes: &[u8]) -> Result<usize, GrammarError> {
        let mut trial = self.bytes.clone();
        for (count, &byte) in bytes.iter().enumerate() {
            if !took(&mut trial, &[u32::from(byte)])? {
                return Ok(count);
            }
        }
        Ok(bytes.len())
    }

    /// Whether the text may end behind these bytes.
    pub(crate) fn completes(&self, bytes: &[u8]) -> Result<bool, GrammarError> {
        let mut trial = self.bytes.clone();
        Ok(follow(&mut trial, bytes)? && complete(&mut trial))
    }

    /// The bytes of which one may follow these.
    pub(crate) fn next_bytes(&self, bytes: &[u8]) -> Result<[bool; 256], GrammarError> {
        let mut next = [false; 256];
        let mut trial = self.bytes.clone();
        if follow(&mut trial, bytes)? {
            let mask = trial.compute_mask_or_eos().map_err(over)?;
            for (byte, allowed) in next.iter_mut().enumerate() {
                *allowed = mask.get(byte);
            }
        }
        Ok(next)
    }

    /// The bytes that must follow, up to `limit` of them.
    pub(crate) fn forced_bytes(&self, limit: usize) -> Result<Vec<u8>, GrammarError> {
        let mut forced = Vec::new();
        let mut trial = self.bytes.clone();
        while forced.len() < limit && !complete(&mut trial) {
            let mask = trial.compute_mask().map_err(over)?;
            let mut ways = (0..=u8::MAX).filter(|&byte| mask.get(usize::from(byte)));
            let (Some(byte), None) = (ways.next(), ways.next()) else { break };
            if !took(&mut trial, &[u32::from(byte)])? {
                break;
            }
            forced.push(byte);
        }
        Ok(forced)
    }
}

/// Tables of vocabularies that are in use, by fingerprint: they take longer to make than a grammar.
static TABLES: Mutex<Vec<([u8; 32], Weak<ParserFactory>)>> = Mutex::new(Vec::new());

fn shared(vocabulary: &Vocabulary) -> Result<Arc<ParserFactory>, GrammarError> {
    let key = vocabulary.fingerprint();
    let mut tables = lock(&TABLES);
    tables.retain(|(_, factory)| factory.strong_count() > 0);
    let known = tables.iter().find(|(each, _)| *each == key).and_then(|(_, each)| each.upgrade());
    if let Some(factory) = known {
        return Ok(factory);
    }
    let ids = 0..u32::try_from(vocabulary.size()).unwrap_or(u32::MAX);
    let spelled = |id: u32| {
        let bytes = vocabulary.bytes(id);
        let silent = vocabulary.is_special(id) || vocabulary.eos().contains(&id);
        // The byte 0xFF, which is in no text, marks special tokens there.
        if silent || bytes.contains(&TokTrie::SPECIAL_TOKEN_MARKER) {
            Vec::new()
        } else {
            bytes.to_vec()
        }
    };
    let slices = llguidance::earley::SlicedBiasComputer::general_slices();
    let factory = made(&environment(ids.map(spelled).collect()), &slices)?;
    tables.push((key, Arc::downgrade(&factory)));
    Ok(factory)
}

/// The tokens with one more behind them that ends a text.
fn environment(mut words: Vec<Vec<u8>>) -> TokEnv {
    for word in &mut words {
        if word.as_slice() == [TokTrie::SPECIAL_TOKEN_MARKER] {
            word.clear();
        }
    }
    let end = u32::try_from(words.len()).unwrap_or(u32::MAX);
    words.push(b"\xff<end>".to_vec());
    let info = TokRxInfo::new(end + 1, end);
    Arc::new(ApproximateTokEnv::new(TokTrie::from(&info, &words)))
}

fn made(tokens: &TokEnv, slices: &[String]) -> Result<Arc<ParserFactory>, GrammarError> {
    let capabilities = llguidance::toktrie::InferenceCapabilities::default();
    let mut factory = ParserFactory::new(tokens, capabilities, slices).map_err(over)?;
    factory.quiet();
    // What was parsed so far is no part of a message.
    factory.limits_mut().verbose_errors = false;
    Ok(Arc::new(factory))
}

fn parser(factory: &ParserFactory, grammar: &str) -> Result<Matcher, GrammarError> {
    let matcher = Matcher::new(factory.create_parser(TopLevelGrammar::from_lark(grammar.into())));
    match matcher.get_error() {
        None => Ok(matcher),
        Some(message) => Err(GrammarError::Schema {
            message: message.lines().collect::<Vec<_>>().join("; "),
            place: "the grammar".into(),
        }),
    }
}

fn complete(matcher: &mut Matcher) -> bool {
    matcher.is_stopped() || matcher.is_accepting().unwrap_or(false)
}

fn follow(matcher: &mut Matcher, bytes: &[u8]) -> Result<bool, GrammarError> {
    let single: Vec<u32> = bytes.iter().map(|&byte| u32::from(byte)).collect();
    took(matcher, &single)
}

/// Whether all of some tokens could be added. A parser that has stopped takes none.
fn took(matcher: &mut Matcher, tokens: &[u32]) -> Result<bool, GrammarError> {
    for token in tokens {
        if matcher.is_stopped() || matcher.try_consume_tokens(&[*token]).map_err(over)? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The parser gives up where a step would take too long.
fn over(error: impl Display) -> GrammarError {
    GrammarError::Schema {
        message: format!("the parser gave up: {error}").lines().collect::<Vec<_>>().join("; "),
        place: "the text so far".into(),
    }
}

#[cfg(test)]
#[path = "lark_tests.rs"]
mod tests;
