//! `pyagent._core.grammar`: sets of tokens that keep the output of a model valid.

/// For each step of a language model, the set of tokens that keep its output valid.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod grammar {
    #[pymodule_export]
    use crate::grammar_batch::{BatchMatcher, apply_mask};
    #[pymodule_export]
    use crate::grammar_cache::{CacheStatistics, GrammarCache};
    #[pymodule_export]
    use crate::grammar_compiled::{Grammar, choice, from_bytes, json_schema, lark, regex, tags};
    #[pymodule_export]
    use crate::grammar_limits::Limits;
    #[pymodule_export]
    use crate::grammar_matcher::Matcher;
    #[pymodule_export]
    use crate::grammar_report::{Report, ReportEntry};
    #[pymodule_export]
    use crate::grammar_vocabulary::Vocabulary;
}
