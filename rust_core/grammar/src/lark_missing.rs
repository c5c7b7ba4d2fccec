//! In the place of `lark`, where the crate is built without that feature.

use crate::error::GrammarError;
use crate::limits::Limits;
use crate::vocab::Vocabulary;

/// Nothing: there is no such text.
#[derive(Clone)]
pub(crate) enum LarkText {}

impl LarkText {
    /// An error that says how to get it.
    pub(crate) fn new(
        _grammar: &str,
        _vocabulary: &Vocabulary,
        _limits: &Limits,
    ) -> Result<Self, GrammarError> {
        Err(GrammarError::Schema {
            message: "this build has no Lark grammars: build it with the cargo feature `lark`"
                .into(),
            place: "the grammar".into(),
        })
    }

    pub(crate) fn fill(&mut self, _: &Vocabulary, _: &mut [i32]) -> Result<(), GrammarError> {
        match *self {}
    }

    pub(crate) fn accept(&mut self, _: u32, _: &[u8]) -> Result<bool, GrammarError> {
        match *self {}
    }

    pub(crate) fn rollback(&mut self, _: usize, _: usize) -> Result<(), GrammarError> {
        match *self {}
    }

    pub(crate) fn is_complete(&self) -> bool {
        match *self {}
    }

    pub(crate) fn fits(&self, _: &[u8]) -> Result<usize, GrammarError> {
        match *self {}
    }

    pub(crate) fn completes(&self, _: &[u8]) -> Result<bool, GrammarError> {
        match *self {}
    }

    pub(crate) fn next_bytes(&self, _: &[u8]) -> Result<[bool; 256], GrammarError> {
        match *self {}
    }

    pub(crate) fn forced_bytes(&self, _: usize) -> Result<Vec<u8>, GrammarError> {
        match *self {}
    }
}
