//! The one interface of everything that reads bytes and says what may follow.

/// A state of an [`Automaton`], numbered from 1 as it is met.
pub type State = u32;

/// The state in which nothing can be accepted any more.
pub const DEAD: State = 0;

/// A deterministic automaton over bytes that makes its states when they are first reached.
///
/// The contract that everything above relies on: **every state but [`DEAD`] is live**: some continuation is accepted from it. A step
/// to where no acceptance can be reached answers [`DEAD`] at once.
pub trait Automaton: Send {
    /// Where reading begins; [`DEAD`] if nothing at all is accepted.
    fn start(&mut self) -> State;

    /// Where `byte` leads from `state`, which is not [`DEAD`].
    fn step(&mut self, state: State, byte: u8) -> State;

    /// Whether what was read up to `state` may be all.
    fn accepts(&mut self, state: State) -> bool;

    /// Whether every valid UTF-8 continuation stays live, here and in all states that follow. `true`
    /// only for a state at a character boundary; `false` is always a safe answer.
    fn universal(&mut self, state: State) -> bool {
        let _ = state;
        false
    }

    /// The characters that lead from a state to itself; fewer than there are is always a safe answer, and so is none for a
    /// state inside of a character.
    fn loops(&mut self, state: State) -> Loops {
        let _ = state;
        Loops::default()
    }

    /// About how many bytes of memory the states take.
    fn memory(&self) -> usize;
}

/// Characters that change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loops {
    /// Bit by ASCII character.
    pub ascii: u128,
    /// Whether all others are among them, but for white space and line ends, which patterns often leave out.
    pub others: bool,
    /// Whether the white space and line ends that are not ASCII are among them, too.
    pub spaces: bool,
}

/// The white space and line ends of Unicode that are not ASCII, and the byte order mark.
pub const SPACES: [(u32, u32); 9] = [
    (0x85, 0x85),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];
