//! Bounds of time and memory that the caller may set.

/// Bounds on what a grammar may cost. Where one is exceeded,
/// [`GrammarError::Limit`](crate::GrammarError::Limit) names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of schema or pattern text.
    pub source_bytes: usize,
    /// Nesting of the schema's own JSON.
    pub depth: usize,
    /// Nodes, objects, arrays, strings and numbers that the schema is turned into.
    pub nodes: usize,
    /// Alternatives of one value after `anyOf`, `oneOf`, `not` and the like are multiplied out.
    pub alternatives: usize,
    /// States of the automata of one pattern, or of a combination of patterns.
    pub states: usize,
    /// Parses followed at the same time.
    pub threads: usize,
    /// Steps of parses spent on one mask. Tables of a scalar by itself are not counted: the size of the vocabulary bounds them.
    pub steps: usize,
    /// Bytes of automata and masks kept for one grammar.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 16 << 20,
            depth: 512,
            nodes: 100_000,
            alternatives: 512,
            states: 50_000,
            threads: 2_000,
            steps: 50_000_000,
            memory: 24 << 20,
        }
    }
}
