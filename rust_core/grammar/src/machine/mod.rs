//! Following a text byte by byte: a pushdown machine over a compiled schema.
//!
//! A parse is a stack of frames. Stacks are shared, so that a parse is a small value and going back to an
//! earlier one costs nothing. Where alternatives overlap there are several parses. None of them is
//! ever at a dead end: each can be completed to a valid text.

mod array;
mod bodies;
mod body;
mod canonical;
mod escape;
mod frame;
mod intern;
mod keys;
mod lexemes;
mod names;
mod object;
mod prose;
mod raw;
mod rope;
mod seen;
mod step;
pub(crate) mod utf8;

use std::sync::Arc;

use array::Arrays;
use intern::Interner;
use lexemes::Lexemes;
use object::Objects;
use rope::Ropes;
use seen::SeenSets;
use smallvec::SmallVec;

pub(crate) use bodies::{Bodies, Followed};
pub(crate) use body::{BODY_START, Body};
pub(crate) use frame::{Frame, StackId, Top};
pub(crate) use keys::{Allowed, Key};
pub(crate) use lexemes::{Bounded, FREE};
pub(crate) use object::Typing;
pub(crate) use prose::{Prose, Search};
pub(crate) use raw::Raw;

use crate::error::GrammarError;
use crate::grammar::{Program, Whitespace};
use crate::limits::Limits;

/// The parses that a byte leads to; nearly always one or none.
pub(crate) type Tops = SmallVec<[Top; 2]>;

/// The machine of one grammar, with everything it has met so far.
pub(crate) struct Machine {
    pub(crate) program: Arc<Program>,
    pub(crate) limits: Limits,
    stacks: Interner<(Frame, StackId)>,
    pub(crate) objects: Objects,
    arrays: Arrays,
    pub(crate) lexemes: Lexemes,
    ropes: Ropes,
    seen: SeenSets,
    /// The search for tags in free text, if the grammar is of that kind.
    pub(crate) search: Option<Arc<Search>>,
    /// Why an automaton could not be built when it was first needed.
    pub(crate) fault: Option<GrammarError>,
}

impl Machine {
    /// A machine that has met nothing yet.
    pub(crate) fn new(program: Arc<Program>, limits: Limits, bodies: Arc<Bodies>) -> Self {
        let ir = program.ir();
        Self {
            stacks: Interner::default(),
            objects: Objects::new(ir, program.options.any_order()),
            arrays: Arrays::default(),
            lexemes: Lexemes::new(program.options, bodies),
            ropes: Ropes::new(),
            seen: SeenSets::new(),
            search: None,
            fault: None,
            program,
            limits,
        }
    }

    /// The number of a frame with those below it.
    pub(crate) fn stack(&mut self, frame: Frame, below: StackId) -> StackId {
        self.stacks.insert((frame, below))
    }

    /// The parse that is left when the innermost frame is done.
    pub(crate) fn below(&self, stack: StackId) -> (Frame, StackId) {
        *self.stacks.get(stack)
    }

    /// Whether white space may stand between the parts of the JSON.
    fn spaces(&self, byte: u8) -> bool {
        self.program.options.whitespace == Whitespace::Any
            && matches!(byte, b' ' | b'\n' | b'\t' | b'\r')
    }

    /// Keep the reason for which an automaton could not be built; the answer stands for nothing at all.
    fn tell<T>(&mut self, result: Result<T, GrammarError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault.get_or_insert(error);
                None
            }
        }
    }

    /// About how many bytes everything met so far takes.
    pub(crate) fn memory(&self) -> usize {
        self.stacks.len() * 48
            + self.objects.memory()
            + self.arrays.memory()
            + self.lexemes.memory()
            + self.ropes.memory()
    }
}
