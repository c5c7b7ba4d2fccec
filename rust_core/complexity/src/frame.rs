//! The running counts of the module, class or function that is being visited.

/// What a frame counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameKind {
    Module,
    Class,
    Function,
}

/// How much cognitive complexity a piece of code adds: every structure that is charged for its
/// nesting adds one more for each level that the whole piece is moved down, so a nested function
/// can be measured once and then charged to each function around it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cognitive {
    /// The sum at nesting level 0.
    pub(crate) base: u32,
    /// How many structures are charged for nesting.
    pub(crate) nested: u32,
}

impl Cognitive {
    /// Add `other` as it stands `level` levels down.
    pub(crate) fn add(&mut self, other: Self, level: u32) {
        let moved = other.nested.saturating_mul(level);
        self.base = self.base.saturating_add(other.base).saturating_add(moved);
        self.nested = self.nested.saturating_add(other.nested);
    }

    /// Add one structure at `level`, charged for its nesting.
    pub(crate) fn structure(&mut self, level: u32) {
        self.add(Self { base: 1, nested: 1 }, level);
    }
}

/// The counts of one module, class or function, while its body is visited.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) kind: FrameKind,
    pub(crate) name: &'a str,
    /// Decision points as ruff's C901 counts them.
    pub(crate) cyclomatic: u32,
    /// Decision points as mccabe counts them.
    pub(crate) mccabe: u32,
    /// Above 0 where mccabe does not look: `match`, `except*`, `finally`.
    pub(crate) mccabe_off: u32,
    /// Decision points as radon counts them, with those of methods in a class.
    pub(crate) radon: u32,
    /// Above 0 where radon's complexity does not look: `assert`, the head of a class.
    pub(crate) radon_off: u32,
    /// Functions in a class body.
    pub(crate) methods: u32,
    /// Of those, how many complexipy charges one more for calling themselves.
    pub(crate) recursive_methods: u32,
    pub(crate) cognitive: Cognitive,
    /// Above 0 where complexipy does not look.
    pub(crate) cognitive_off: u32,
    /// complexipy's nesting level.
    pub(crate) level: u32,
    /// complexipy takes the function for a decorator: one inner function, then `return`.
    pub(crate) decorator: bool,
    /// A call of the function by its own name was seen.
    pub(crate) recursive: bool,
    /// Above 0 where a call does not count as recursion: within a lambda, the head of a class.
    pub(crate) recursion_off: u32,
    /// Blocks around the current statement, and the most there were.
    pub(crate) blocks: u32,
    pub(crate) deepest: u32,
    pub(crate) halstead: crate::operands::Tally,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(kind: FrameKind, name: &'a str, seen: u32) -> Self {
        Self {
            kind,
            name,
            cyclomatic: 0,
            mccabe: 0,
            mccabe_off: 0,
            radon: 0,
            radon_off: 0,
            methods: 0,
            recursive_methods: 0,
            cognitive: Cognitive::default(),
            cognitive_off: 0,
            level: 0,
            decorator: false,
            recursive: false,
            recursion_off: 0,
            blocks: 0,
            deepest: 0,
            halstead: crate::operands::Tally::new(seen),
        }
    }

    pub(crate) fn decide(&mut self, cyclomatic: u32, mccabe: u32, radon: u32) {
        self.cyclomatic += cyclomatic;
        if self.mccabe_off == 0 {
            self.mccabe += mccabe;
        }
        self.radon(radon);
    }

    pub(crate) fn radon(&mut self, points: u32) {
        if self.radon_off == 0 {
            self.radon += points;
        }
    }
}
