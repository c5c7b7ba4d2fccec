//! `pyagent._core.grammar.Grammar`: what texts must be, for one vocabulary.

use std::path::PathBuf;
use std::sync::Arc;

use pyagent_grammar::grammar::{ContentSource, Options, Order, TagSource, Whitespace};
use pyagent_grammar::request::Request;
use pyagent_grammar::schema::{Draft, SchemaOptions};
use pyagent_grammar::{self as core, store};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::diff_options::named;
use crate::error;
use crate::grammar_cache::GrammarCache;
use crate::grammar_limits::Limits;
use crate::grammar_report::Report;
use crate::grammar_vocabulary::Vocabulary;

pub(crate) const WHITESPACE: [(&str, Whitespace); 3] =
    [("any", Whitespace::Any), ("compact", Whitespace::Compact), ("spaced", Whitespace::Spaced)];
const ORDERS: [(&str, Order); 2] = [("declared", Order::Declared), ("any", Order::Any)];
const DRAFTS: [(&str, Draft); 5] = [
    ("4", Draft::Draft4),
    ("6", Draft::Draft6),
    ("7", Draft::Draft7),
    ("2019-09", Draft::Draft201909),
    ("2020-12", Draft::Draft202012),
];

/// What a text in a tag is the source of.
type Content = fn(String) -> ContentSource;
const CONTENTS: [(&str, Content); 2] =
    [("schema", ContentSource::Schema), ("regex", ContentSource::Regex)];

/// A compiled grammar for one vocabulary. What is found out about it while texts are followed is shared
/// by all that come from it, in any thread.
#[pyclass(frozen, subclass, module = "pyagent._core.grammar")]
pub(crate) struct Grammar {
    pub(crate) compiled: core::grammar::Grammar,
    /// As the caller gave it, with what its class may have added.
    vocabulary: Py<Vocabulary>,
}

impl Grammar {
    fn of(vocabulary: &Bound<'_, Vocabulary>, compiled: core::grammar::Grammar) -> Self {
        Self { compiled, vocabulary: vocabulary.clone().unbind() }
    }
}

#[pymethods]
impl Grammar {
    #[new]
    #[pyo3(signature = (grammar, /))]
    fn new(py: Python<'_>, grammar: PyRef<'_, Self>) -> Self {
        let vocabulary = grammar.vocabulary.clone_ref(py);
        Self { compiled: grammar.compiled.clone(), vocabulary }
    }

    /// The vocabulary that masks are made for.
    #[getter]
    fn vocabulary(&self, py: Python<'_>) -> Py<Vocabulary> {
        self.vocabulary.clone_ref(py)
    }

    /// About how many bytes of memory its automata and masks take now, without the vocabulary.
    #[getter]
    fn memory(&self, py: Python<'_>) -> usize {
        py.detach(|| self.compiled.memory())
    }

    /// What became of each constraint of the schema; empty for what was made of none.
    fn report(&self) -> Report {
        Report::new(&self.compiled.report().entries)
    }

    /// The grammar as bytes, without the vocabulary, for `from_bytes`.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let stored = py.detach(|| store::to_bytes(&self.compiled));
        stored.map(|stored| PyBytes::new(py, &stored)).map_err(|error| error::grammar(&error))
    }

    /// Write it to a file for `load`: all of it, or nothing.
    ///
    /// Args:
    ///     path: The file; one that is there is replaced.
    ///
    /// Raises:
    ///     OSError: The file cannot be written; an old one is as it was.
    #[pyo3(signature = (path, /))]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let stored = py.detach(|| store::to_bytes(&self.compiled));
        let stored = stored.map_err(|error| error::grammar(&error))?;
        Ok(py.detach(|| store::write(&path, &stored))?)
    }

    /// The compiled form as JSON, for people and tools; not for `from_bytes`.
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let json = py.detach(|| store::to_json(&self.compiled));
        json.map(|json| PyBytes::new(py, &json)).map_err(|error| error::grammar(&error))
    }

    fn __repr__(&self) -> String {
        let entries = self.compiled.report().entries.len();
        let tokens = self.compiled.vocabulary().size();
        format!("<Grammar of {entries} constraints for {tokens} tokens>")
    }
}

/// Compile a request, or find it in a cache.
fn compiled(
    vocabulary: &Bound<'_, Vocabulary>,
    request: &Request<'_>,
    limits: Option<&Limits>,
    cache: Option<&GrammarCache>,
) -> PyResult<Grammar> {
    let limits = limits.map(|limits| limits.0).unwrap_or_default();
    let tokens = Arc::clone(&vocabulary.get().0);
    // What compiling costs is bounded by the limits, so that it needs no thread of its own to be
    // interrupted; to start one would take longer than most grammars do.
    let compiled = vocabulary.py().detach(|| match cache {
        Some(cache) => cache.0.get(request, &tokens, &limits),
        None => request.compile(tokens, &limits),
    });
    Ok(Grammar::of(vocabulary, compiled.map_err(|error| error::grammar(&error))?))
}

fn options(
    whitespace: &str,
    order: &str,
    plain_integers: bool,
    formats: bool,
    lenient: bool,
    draft: Option<&str>,
) -> PyResult<Options> {
    let draft = draft.map(|draft| named("draft", draft, &DRAFTS)).transpose()?;
    Ok(Options {
        order: named("order of names", order, &ORDERS)?,
        whitespace: named("style of white space", whitespace, &WHITESPACE)?,
        plain_integers,
        schema: SchemaOptions { formats, lenient, draft },
    })
}

/// Compile a JSON Schema. What is `refused` is entered in the report too: places, keywords and reasons.
#[pyfunction]
#[pyo3(signature = (text, vocabulary, *, whitespace, order, plain_integers, formats, lenient, draft,
                    refused, limits, cache))]
pub(crate) fn json_schema(
    text: &str,
    vocabulary: &Bound<'_, Vocabulary>,
    whitespace: &str,
    order: &str,
    plain_integers: bool,
    formats: bool,
    lenient: bool,
    draft: Option<&str>,
    refused: Vec<(String, String, String)>,
    limits: Option<&Limits>,
    cache: Option<&GrammarCache>,
) -> PyResult<Grammar> {
    let options = options(whitespace, order, plain_integers, formats, lenient, draft)?;
    let request = Request::Schema { text, options: &options, refused: &refused };
    compiled(vocabulary, &request, limits, cache)
}

/// Compile a regular expression that a whole text matches.
#[pyfunction]
#[pyo3(signature = (pattern, vocabulary, *, limits, cache))]
pub(crate) fn regex(
    pattern: &str,
    vocabulary: &Bound<'_, Vocabulary>,
    limits: Option<&Limits>,
    cache: Option<&GrammarCache>,
) -> PyResult<Grammar> {
    compiled(vocabulary, &Request::Regex(pattern), limits, cache)
}

/// Compile a context-free grammar in the notation of Lark.
#[pyfunction]
#[pyo3(signature = (text, vocabulary, *, limits, cache))]
pub(crate) fn lark(
    text: &str,
    vocabulary: &Bound<'_, Vocabulary>,
    limits: Option<&Limits>,
    cache: Option<&GrammarCache>,
) -> PyResult<Grammar> {
    compiled(vocabulary, &Request::Lark(text), limits, cache)
}

/// Compile a list of texts, of which a text is one.
#[pyfunction]
#[pyo3(signature = (texts, vocabulary, *, limits, cache))]
pub(crate) fn choice(
    texts: Vec<String>,
    vocabulary: &Bound<'_, Vocabulary>,
    limits: Option<&Limits>,
    cache: Option<&GrammarCache>,
) -> PyResult<Grammar> {
    compiled(vocabulary, &Request::Choice(&texts), limits, cache)
}

/// Compile free text with tags in it: the beginning of each, `schema` or `regex`, its text, and the end.
#[pyfunction]
#[pyo3(signature = (tags, triggers, vocabulary, *, at_least_one, stop_after_first, whitespace, order,
                    plain_integers, formats, lenient, draft, refused, limits, cache))]
pub(crate) fn tags(
    tags: Vec<(String, String, String, String)>,
    triggers: Vec<String>,
    vocabulary: &Bound<'_, Vocabulary>,
    at_least_one: bool,
    stop_after_first: bool,
    whitespace: &str,
    order: &str,
    plain_integers: bool,
    formats: bool,
    lenient: bool,
    draft: Option<&str>,
    refused: Vec<(String, String, String)>,
    limits: Option<&Limits>,
    cache: Option<&GrammarCache>,
) -> PyResult<Grammar> {
    let options = options(whitespace, order, plain_integers, formats, lenient, draft)?;
    let tags = tags.into_iter().map(|(begin, kind, text, end)| {
        let content = named("kind of content", &kind, &CONTENTS)?(text);
        Ok(TagSource { begin, content, end })
    });
    let request = Request::Tags {
        tags: &tags.collect::<PyResult<Vec<_>>>()?,
        triggers: &triggers,
        at_least_one,
        stop_after_first,
        options: &options,
        refused: &refused,
    };
    compiled(vocabulary, &request, limits, cache)
}

/// The grammar that `Grammar.to_bytes` made these bytes of, for the same vocabulary.
#[pyfunction]
#[pyo3(signature = (stored, vocabulary, *, limits))]
pub(crate) fn from_bytes(
    stored: PyBackedBytes,
    vocabulary: &Bound<'_, Vocabulary>,
    limits: Option<&Limits>,
) -> PyResult<Grammar> {
    let limits = limits.map(|limits| limits.0).unwrap_or_default();
    let tokens = Arc::clone(&vocabulary.get().0);
    let compiled = vocabulary.py().detach(|| store::from_bytes(&stored, tokens, &limits));
    Ok(Grammar::of(vocabulary, compiled.map_err(|error| error::grammar(&error))?))
}
