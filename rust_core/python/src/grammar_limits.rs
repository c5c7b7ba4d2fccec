//! `pyagent._core.grammar.Limits`: bounds that the caller may set.

use pyagent_grammar as core;
use pyo3::prelude::*;

/// Bounds on what a grammar may cost. Where one is exceeded, `GrammarLimitError` names it.
///
/// Args:
///     source_bytes: Bytes of schema or pattern text.
///     depth: Nesting of the schema's own JSON.
///     nodes: Nodes, objects, arrays, strings and numbers that the schema is turned into.
///     alternatives: Alternatives of one value after `anyOf`, `oneOf`, `not` and the like are multiplied
///         out.
///     states: States of the automata of one pattern, or of a combination of patterns.
///     threads: Parses followed at the same time.
///     steps: Steps of automata spent on one mask.
///     memory: Bytes of automata and masks kept for one grammar.
#[pyclass(frozen, eq, module = "pyagent._core.grammar")]
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Limits(pub(crate) core::Limits);

#[pymethods]
impl Limits {
    #[new]
    #[pyo3(signature = (*, source_bytes=None, depth=None, nodes=None, alternatives=None, states=None,
                        threads=None, steps=None, memory=None))]
    fn new(
        source_bytes: Option<usize>,
        depth: Option<usize>,
        nodes: Option<usize>,
        alternatives: Option<usize>,
        states: Option<usize>,
        threads: Option<usize>,
        steps: Option<usize>,
        memory: Option<usize>,
    ) -> Self {
        let usual = core::Limits::default();
        Self(core::Limits {
            source_bytes: source_bytes.unwrap_or(usual.source_bytes),
            depth: depth.unwrap_or(usual.depth),
            nodes: nodes.unwrap_or(usual.nodes),
            alternatives: alternatives.unwrap_or(usual.alternatives),
            states: states.unwrap_or(usual.states),
            threads: threads.unwrap_or(usual.threads),
            steps: steps.unwrap_or(usual.steps),
            memory: memory.unwrap_or(usual.memory),
        })
    }

    /// Bytes of schema or pattern text.
    #[getter]
    fn source_bytes(&self) -> usize {
        self.0.source_bytes
    }

    /// Nesting of the schema's own JSON.
    #[getter]
    fn depth(&self) -> usize {
        self.0.depth
    }

    /// Nodes, objects, arrays, strings and numbers that the schema is turned into.
    #[getter]
    fn nodes(&self) -> usize {
        self.0.nodes
    }

    /// Alternatives of one value after `anyOf`, `oneOf`, `not` and the like are multiplied out.
    #[getter]
    fn alternatives(&self) -> usize {
        self.0.alternatives
    }

    /// States of the automata of one pattern, or of a combination of patterns.
    #[getter]
    fn states(&self) -> usize {
        self.0.states
    }

    /// Parses followed at the same time.
    #[getter]
    fn threads(&self) -> usize {
        self.0.threads
    }

    /// Steps of automata spent on one mask.
    #[getter]
    fn steps(&self) -> usize {
        self.0.steps
    }

    /// Bytes of automata and masks kept for one grammar.
    #[getter]
    fn memory(&self) -> usize {
        self.0.memory
    }

    fn __repr__(&self) -> String {
        let core::Limits { source_bytes, depth, nodes, alternatives, .. } = self.0;
        let core::Limits { states, threads, steps, memory, .. } = self.0;
        format!(
            "Limits(source_bytes={source_bytes}, depth={depth}, nodes={nodes}, \
             alternatives={alternatives}, states={states}, threads={threads}, steps={steps}, \
             memory={memory})"
        )
    }
}
