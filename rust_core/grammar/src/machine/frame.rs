//! What a parse consists of: a stack of frames, shared between all parses that have the same one below.

use super::array::ArrayId;
use super::object::ObjectId;
use super::prose::ProseState;
use super::rope::RopeId;
use super::seen::SeenId;
use crate::automaton::State;
use crate::ir::NodeId;

/// A frame with all that is below it, by number.
pub(crate) type StackId = u32;

/// One level of nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Frame {
    /// The text is complete; white space may follow where the grammar is one of JSON.
    End,
    /// A value comes next; it is none of those seen.
    Value { node: NodeId, seen: SeenId },
    /// Inside of a number, a literal or a regular expression.
    Raw { lexeme: u32, state: State },
    /// Inside of a string, so many characters in, if they are counted.
    Text { body: u32, state: State, count: u32 },
    /// Inside of a key; what was typed of it is kept where names are told apart.
    Key { object: ObjectId, state: State, typed: RopeId },
    /// Behind a key: the state behind its value, and the value.
    Colon { object: ObjectId, node: NodeId },
    /// Between the members of an object.
    Object { object: ObjectId, place: Place },
    /// Between the items of an array.
    Array { array: ArrayId, place: Place },
    /// Below an item of an array in which no two are equal.
    Unique { array: ArrayId },
    /// Free text, before any tag or behind one.
    Prose { state: ProseState, closed: bool },
    /// The text is complete, and nothing may follow.
    Done,
}

/// Where in an object or array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Behind the opening bracket.
    Open,
    /// Behind a member.
    Next,
    /// Behind a comma.
    Comma,
}

/// The top of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Top {
    /// The innermost frame.
    pub frame: Frame,
    /// All others.
    pub below: StackId,
    /// The text of the item so far, where it will be compared with others; 0 if not.
    pub kept: RopeId,
}
