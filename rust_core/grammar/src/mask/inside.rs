//! What a scan can stay inside of.

use super::scan::Inside;
use crate::automaton::Loops;
use crate::machine::{Body, Prose, Raw, Search, Typing};

/// A string with a pattern.
pub(crate) struct InBody<'a>(pub(crate) &'a mut Body);

impl Inside for InBody<'_> {
    fn step(&mut self, state: u32, byte: u8) -> u32 {
        self.0.step(state, byte)
    }

    fn leaves(&mut self, state: u32, byte: u8) -> Option<u32> {
        (byte == b'"' && self.0.closes(state)).then_some(0)
    }

    fn loops(&mut self, state: u32) -> Loops {
        self.0.loops(state)
    }
}

/// A regular expression behind which nothing comes.
pub(crate) struct InRaw<'a>(pub(crate) &'a mut Raw);

impl Inside for InRaw<'_> {
    fn step(&mut self, state: u32, byte: u8) -> u32 {
        self.0.step(state, byte)
    }

    fn leaves(&mut self, _: u32, _: u8) -> Option<u32> {
        None
    }

    fn loops(&mut self, state: u32) -> Loops {
        self.0.loops(state)
    }
}

/// Free text with tags.
pub(crate) struct InProse<'a>(pub(crate) &'a Search);

impl InProse<'_> {
    /// The states of a search count from 0, those of a scan from 1.
    fn goes(&self, state: u32, byte: u8) -> Prose {
        self.0.step(state - 1, byte)
    }
}

impl Inside for InProse<'_> {
    fn step(&mut self, state: u32, byte: u8) -> u32 {
        match self.goes(state, byte) {
            Prose::Goes(state) => state + 1,
            Prose::Trigger(_) => 0,
        }
    }

    fn leaves(&mut self, state: u32, byte: u8) -> Option<u32> {
        match self.goes(state, byte) {
            Prose::Goes(_) => None,
            Prose::Trigger(trigger) => Some(trigger),
        }
    }

    fn loops(&mut self, state: u32) -> Loops {
        let stays = |byte: &u8| self.goes(state, *byte) == Prose::Goes(state - 1);
        let ascii = (0..0x80).filter(stays).fold(0, |ascii, byte| ascii | 1 << byte);
        let others = (0x80..=0xff).all(|byte| stays(&byte));
        Loops { ascii, others, spaces: others }
    }
}

/// A key: the object says which may come of it.
pub(crate) struct InKey<'a>(pub(crate) Typing<'a>);

impl Inside for InKey<'_> {
    fn step(&mut self, state: u32, byte: u8) -> u32 {
        self.0.step(state, byte)
    }

    fn leaves(&mut self, state: u32, byte: u8) -> Option<u32> {
        (byte == b'"' && self.0.keys.key(state).is_some()).then_some(state)
    }

    fn loops(&mut self, state: u32) -> Loops {
        self.0.keys.loops(state)
    }
}
