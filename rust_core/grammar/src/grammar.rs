//! What a text must be: the compiled form of a schema, an expression or a list, for one vocabulary.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::error::GrammarError;
use crate::ir::{Ir, NodeId};
use crate::lark::LarkText;
use crate::limits::Limits;
use crate::machine::{Frame, Machine, Search, Top, Tops};
use crate::mask::Engine;
use crate::schema::{self, Report, SchemaOptions};
use crate::text::{self, Atom, TextSet, TextSpec};
use crate::vocab::Vocabulary;

/// Whether the names of an object keep the order of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Order {
    /// Names that one `properties` lists come in its order; others may stand anywhere between them.
    #[default]
    Declared,
    /// Names come in any order.
    Any,
}

/// What may stand between the parts of a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Whitespace {
    /// Any JSON white space, also before and behind the text.
    #[default]
    Any,
    /// None.
    Compact,
    /// One space behind each comma and colon, and none elsewhere, as `json.dumps` of Python writes.
    Spaced,
}

/// How a schema is read and how its texts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Options {
    /// The order of names.
    pub order: Order,
    /// The white space.
    pub whitespace: Whitespace,
    /// Whether integers are written as digits alone: `1`, but not `1.0` or `1e2`.
    pub plain_integers: bool,
    /// How the schema is read.
    pub schema: SchemaOptions,
}

impl Options {
    pub(crate) fn any_order(self) -> bool {
        self.order == Order::Any
    }
}

/// What the whole text is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Root {
    /// A JSON text of the schema in [`Program::ir`].
    Json,
    /// A text of a set, as it is.
    Text(TextSpec),
    /// Free text with tags in it.
    Tags(Tags),
    /// A text of a context-free grammar in Lark's notation, which a parser of its own follows.
    Lark(String),
}

/// Free text in which no trigger occurs, but to begin a tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tags {
    /// The tags; each begins with one of the triggers.
    pub tags: Vec<Tag>,
    /// Behind one of these, a tag that begins with it must go on.
    pub triggers: Vec<String>,
    /// Whether the text may not end before a tag was closed.
    pub at_least_one: bool,
    /// Whether the text ends behind the first tag.
    pub stop_after_first: bool,
}

/// Typed text between a beginning and an end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    /// What the tag begins with.
    pub begin: String,
    /// What stands in it.
    pub content: Content,
    /// What closes it.
    pub end: String,
}

/// What stands in a tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// A JSON text, by the node of [`Program::ir`].
    Json(NodeId),
    /// A text of a set, as it is.
    Text(TextSpec),
}

/// A grammar as it is stored: everything but the vocabulary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// What the whole text is.
    pub root: Root,
    /// The compiled schema; empty where there is none.
    pub ir: Ir,
    /// How it was read and how texts are written.
    pub options: Options,
    /// What became of each constraint.
    pub report: Report,
}

impl Program {
    pub(crate) fn ir(&self) -> &Ir {
        &self.ir
    }

    /// The parses before any text.
    pub(crate) fn start(&self, machine: &mut Machine) -> Result<Tops, GrammarError> {
        let below = machine.stack(Frame::End, 0);
        let frame = match &self.root {
            Root::Json => Frame::Value { node: self.ir.root, seen: 0 },
            Root::Text(spec) => {
                let automaton = text::automaton(spec, &machine.limits)?;
                let lexeme = machine.lexemes.add(automaton);
                let state = machine.lexemes.raw(lexeme).start();
                if state == 0 {
                    return Err(GrammarError::Empty {
                        pointer: "#".into(),
                        reason: "no text matches it".into(),
                    });
                }
                Frame::Raw { lexeme, state }
            }
            // The machine has no part in it; any lexeme will do.
            Root::Lark(_) => Frame::Raw { lexeme: 0, state: machine.lexemes.raw(0).start() },
            Root::Tags(tags) => {
                machine.search = Some(Arc::new(Search::new(tags, machine)?));
                Frame::Prose { state: 0, closed: false }
            }
        };
        Ok(SmallVec::from_elem(Top { frame, below, kept: 0 }, 1))
    }
}

/// A tag before it is compiled.
#[derive(Debug, Clone)]
pub struct TagSource {
    /// What the tag begins with.
    pub begin: String,
    /// What stands in it.
    pub content: ContentSource,
    /// What closes it.
    pub end: String,
}

/// The content of a tag before it is compiled.
#[derive(Debug, Clone)]
pub enum ContentSource {
    /// The text of a JSON Schema.
    Schema(String),
    /// A regular expression, which the content matches as a whole.
    Regex(String),
}

/// A grammar for one vocabulary. Clones share everything.
#[derive(Clone)]
pub struct Grammar {
    shared: Arc<Shared>,
}

struct Shared {
    program: Arc<Program>,
    vocabulary: Arc<Vocabulary>,
    limits: Limits,
    engine: Mutex<Arc<Mutex<Engine>>>,
    /// The empty text of a grammar that the engine does not follow.
    lark: Option<Mutex<LarkText>>,
}

impl Grammar {
    /// A grammar from its stored form.
    pub fn new(
        program: Program,
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let lark = match &program.root {
            Root::Lark(text) => Some(Mutex::new(LarkText::new(text, &vocabulary, limits)?)),
            _ => None,
        };
        let program = Arc::new(program);
        let engine = Engine::new(&program, vocabulary.clone(), *limits)?;
        let engine = Mutex::new(Arc::new(Mutex::new(engine)));
        Ok(Self { shared: Arc::new(Shared { program, vocabulary, limits: *limits, engine, lark }) })
    }

    /// The JSON texts that satisfy a schema.
    pub fn json_schema(
        text: &str,
        options: &Options,
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let (ir, report) = schema::compile(text, &options.schema, limits)?;
        let program = Program { root: Root::Json, ir, options: *options, report };
        Self::new(program, vocabulary, limits)
    }

    /// The texts that a regular expression matches as a whole.
    pub fn regex(
        pattern: &str,
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let set = TextSet::Regex(pattern.into());
        text::check(&set, limits)?;
        Self::text(set, vocabulary, limits)
    }

    /// Exactly these texts.
    pub fn choice(
        texts: &[String],
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        Self::text(TextSet::Words(texts.to_vec()), vocabulary, limits)
    }

    /// The texts of a context-free grammar in Lark's notation.
    ///
    /// # Errors
    ///
    /// The grammar is malformed, or this build is without the feature `lark`.
    pub fn lark(
        text: &str,
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let program = Program {
            root: Root::Lark(text.into()),
            ir: Ir::default(),
            options: Options::default(),
            report: Report::default(),
        };
        Self::new(program, vocabulary, limits)
    }

    /// Free text with tags in it: each a beginning, its content, and an end.
    pub fn tags(
        tags: Vec<TagSource>,
        (triggers, at_least_one, stop_after_first): (Vec<String>, bool, bool),
        options: &Options,
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let mut ir = Ir::default();
        let mut report = Report::default();
        let mut parts = Vec::new();
        for TagSource { begin, content, end } in tags {
            let content = match content {
                ContentSource::Schema(text) => {
                    let (part, mut entries) = schema::compile(&text, &options.schema, limits)?;
                    for entry in &mut entries.entries {
                        entry.pointer = format!("{begin}{}", entry.pointer);
                    }
                    report.entries.append(&mut entries.entries);
                    Content::Json(ir.append(part))
                }
                ContentSource::Regex(pattern) => {
                    let set = TextSet::Regex(pattern);
                    text::check(&set, limits)?;
                    Content::Text(TextSpec {
                        atoms: vec![Atom { set, negated: false }],
                        min: 0,
                        max: None,
                    })
                }
            };
            parts.push(Tag { begin, content, end });
        }
        let root = Root::Tags(Tags { tags: parts, triggers, at_least_one, stop_after_first });
        Self::new(Program { root, ir, options: *options, report }, vocabulary, limits)
    }

    fn text(
        set: TextSet,
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let spec = TextSpec { atoms: vec![Atom { set, negated: false }], min: 0, max: None };
        let options = Options { whitespace: Whitespace::Compact, ..Options::default() };
        let program = Program {
            root: Root::Text(spec),
            ir: Ir::default(),
            options,
            report: Report::default(),
        };
        Self::new(program, vocabulary, limits)
    }

    /// The vocabulary that masks are made for.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.shared.vocabulary
    }

    /// What became of each constraint of the schema.
    pub fn report(&self) -> &Report {
        &self.shared.program.report
    }

    /// The stored form.
    pub fn program(&self) -> &Program {
        &self.shared.program
    }

    /// The bounds it keeps.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// About how many bytes its automata and masks take now.
    pub fn memory(&self) -> usize {
        lock(&self.engine()).memory()
    }

    /// The empty text of a grammar that a parser of its own follows.
    pub(crate) fn lark_text(&self) -> Option<LarkText> {
        self.shared.lark.as_ref().map(|text| lock(text).clone())
    }

    /// The engine that new texts are followed with.
    pub(crate) fn engine(&self) -> Arc<Mutex<Engine>> {
        lock(&self.shared.engine).clone()
    }

    /// An engine in place of one that has grown over its limit; matchers that use the old one move over
    /// when they next take a step.
    pub(crate) fn renew(
        &self,
        full: &Arc<Mutex<Engine>>,
    ) -> Result<Arc<Mutex<Engine>>, GrammarError> {
        let mut current = lock(&self.shared.engine);
        if Arc::ptr_eq(&current, full) {
            let shared = &self.shared;
            let engine = Engine::new(&shared.program, shared.vocabulary.clone(), shared.limits)?;
            *current = Arc::new(Mutex::new(engine));
        }
        Ok(current.clone())
    }
}

/// Hold a lock, also one whose last holder panicked: what it guards is only ever added to.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
