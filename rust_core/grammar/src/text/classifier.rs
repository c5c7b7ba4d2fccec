//! Which of several sets a text is in, followed byte by byte.

use super::bytes::Bytes;
use super::explore::{Condition, Table, explore};
use super::letters::Letters;
use super::lower::{self, Lowered};
use super::{TextSpec, syntax::Expr};
use crate::automaton::{Automaton, Loops, State};
use crate::{GrammarError, Limits};

/// How many sets a [`Classifier`] tells apart at most.
pub const MAX_SETS: usize = 7;

/// Follows a text and tells which of some [`TextSpec`]s it satisfies, and which it still can. The class of a
/// text is a number whose bit i is set where the text satisfies set i.
///
/// All combinations of states are explored when it is made, so that both answers are exact.
#[derive(Debug)]
pub struct Classifier {
    bytes: Bytes<Classes>,
}

/// The explored states: none is dead, whatever characters come.
#[derive(Debug)]
struct Classes {
    table: Table,
    /// By state; bit c: some continuation, perhaps none, ends in class c.
    reachable: Vec<u128>,
}

impl Classifier {
    /// Explores `specs`, at most [`MAX_SETS`] of them.
    ///
    /// # Errors
    ///
    /// [`GrammarError::Pattern`] for a malformed pattern, [`GrammarError::Limit`] where there are too many
    /// sets or more than [`Limits::states`] combinations of states; a set with bounds on the length takes a
    /// state per length.
    pub fn new(specs: &[TextSpec], limits: &Limits) -> Result<Self, GrammarError> {
        if specs.len() > MAX_SETS {
            return Err(GrammarError::Limit {
                what: "the patterns on names of one object".to_owned(),
                option: "states",
                limit: MAX_SETS as u64,
            });
        }
        let mut leaves = Vec::new();
        let mut conditions = Vec::new();
        for spec in specs {
            let mut lowered = Lowered::new(spec, limits)?;
            shift(&mut lowered.expr, leaves.len());
            leaves.append(&mut lowered.leaves);
            let Lowered { expr, min, max, .. } = lowered;
            conditions.push(Condition { expr, min, max });
        }
        let (mut leaves, alphabet) = lower::automata(leaves, limits)?;
        let table = explore(&mut leaves, &conditions, alphabet.classes(), limits)?;
        Ok(Self { bytes: Bytes::new(Classes::new(table), &alphabet) })
    }

    /// Where reading begins.
    pub fn start(&mut self) -> State {
        self.bytes.start()
    }

    /// Where `byte` leads; [`DEAD`](crate::automaton::DEAD) only where that is no UTF-8.
    pub fn step(&mut self, state: State, byte: u8) -> State {
        self.bytes.step(state, byte)
    }

    /// The class of the text so far; `None` inside a character.
    pub fn class(&self, state: State) -> Option<u32> {
        let letters = self.bytes.letters_at(state)?;
        Some(self.bytes.letters().table.verdicts[letters as usize])
    }

    /// The classes that some continuation of the text so far ends in: bit c for class c.
    pub fn reachable(&self, state: State) -> u128 {
        let Classes { table, reachable } = self.bytes.letters();
        if let Some(letters) = self.bytes.letters_at(state) {
            return reachable[letters as usize];
        }
        let Some((letters, classes)) = self.bytes.inside(state) else { return 0 };
        let row = &table.rows[letters as usize * table.classes..];
        classes.iter().fold(0, |all, &class| all | reachable[row[class as usize] as usize])
    }

    /// The characters that lead from a state to itself.
    pub fn loops(&mut self, state: State) -> Loops {
        self.bytes.looping(state)
    }

    /// About how many bytes of memory the states take.
    pub fn memory(&self) -> usize {
        self.bytes.memory()
    }
}

/// Counts the leaves of an expression from another number on.
fn shift(expr: &mut Expr<usize>, by: usize) {
    match expr {
        Expr::Leaf(leaf) => *leaf += by,
        Expr::Not(expr) => shift(expr, by),
        Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| shift(part, by)),
    }
}

impl Classes {
    /// Finds what can be reached: each state hands what it reaches to those before it until nothing changes.
    fn new(table: Table) -> Self {
        let before = table.before();
        let mut reachable: Vec<u128> = table.verdicts.iter().map(|class| 1 << class).collect();
        let mut open: Vec<usize> = (1..reachable.len()).collect();
        while let Some(state) = open.pop() {
            for &source in &before[state] {
                let all = reachable[source as usize] | reachable[state];
                if std::mem::replace(&mut reachable[source as usize], all) != all {
                    open.push(source as usize);
                }
            }
        }
        Self { table, reachable }
    }
}

impl Letters for Classes {
    fn start(&mut self) -> u32 {
        self.table.start
    }

    fn step(&mut self, state: u32, class: u32) -> u32 {
        self.table.rows[state as usize * self.table.classes + class as usize]
    }

    fn accepts(&mut self, _state: u32) -> bool {
        true
    }

    fn universal(&mut self, _state: u32) -> bool {
        true
    }

    fn need(&mut self, _state: u32, least: u32) -> u32 {
        least
    }

    fn memory(&self) -> usize {
        self.table.rows.len() * 4 + self.reachable.len() * 20
    }
}
