//! What became of each constraint of a schema.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::value::{Document, ValueId};

/// What became of each keyword that was met, in the order of the schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// One entry per keyword and place. Schemas that nothing refers to have none.
    pub entries: Vec<Entry>,
}

/// What became of one keyword.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The keyword's place, a JSON pointer such as `#/properties/age/minimum`.
    pub pointer: String,
    /// The keyword.
    pub keyword: String,
    /// What became of it.
    pub status: Status,
    /// Why it is not enforced.
    pub reason: Option<String>,
}

/// Whether a keyword has an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Every text that the grammar allows satisfies it.
    Enforced,
    /// It constrains nothing by itself.
    Annotation,
    /// It constrains, but was skipped because it cannot be enforced.
    Refused,
}

/// What is found while a schema is compiled, by the place of the keyword's value.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: FxHashMap<ValueId, (Status, Option<Cow<'static, str>>)>,
}

impl Findings {
    /// Notes that a keyword is enforced.
    pub(super) fn enforce(&mut self, at: ValueId) {
        self.found.insert(at, (Status::Enforced, None));
    }

    /// Notes that a keyword constrains nothing, and why.
    pub(super) fn annotate(&mut self, at: ValueId, reason: impl Into<Cow<'static, str>>) {
        self.found.insert(at, (Status::Annotation, Some(reason.into())));
    }

    /// Notes that a keyword was skipped, and why.
    pub(super) fn refuse(&mut self, at: ValueId, reason: String) {
        self.found.insert(at, (Status::Refused, Some(reason.into())));
    }

    /// Whether anything is known of a keyword.
    pub(super) fn known(&self, at: ValueId) -> bool {
        self.found.contains_key(&at)
    }

    /// Whether a keyword was skipped.
    pub(super) fn refused(&self, at: ValueId) -> bool {
        self.found.get(&at).is_some_and(|(status, _)| *status == Status::Refused)
    }

    /// All of it, in the order of the schema.
    pub(super) fn report(self, document: &Document) -> Report {
        let mut found: Vec<_> = self.found.into_iter().collect();
        found.sort_unstable_by_key(|(at, _)| *at);
        let entry = |(at, (status, reason)): (_, (_, Option<Cow<_>>))| Entry {
            pointer: document.pointer(at),
            keyword: document.key(at).to_owned(),
            status,
            reason: reason.map(Cow::into_owned),
        };
        Report { entries: found.into_iter().map(entry).collect() }
    }
}

/// Keywords that constrain, with the drafts that have them.
const CONSTRAINTS: [(&str, Draft, Draft); 43] = {
    use Draft::{Draft4 as D4, Draft6 as D6, Draft7 as D7, Draft201909 as D19, Draft202012 as D20};
    [
        ("$dynamicRef", D20, D20),
        ("$recursiveRef", D19, D19),
        ("$ref", D4, D20),
        ("additionalItems", D4, D20),
        ("additionalProperties", D4, D20),
        ("allOf", D4, D20),
        ("anyOf", D4, D20),
        ("const", D6, D20),
        ("contains", D6, D20),
        ("dependencies", D4, D20),
        ("dependentRequired", D19, D20),
        ("dependentSchemas", D19, D20),
        ("else", D7, D20),
        ("enum", D4, D20),
        ("exclusiveMaximum", D4, D20),
        ("exclusiveMinimum", D4, D20),
        ("format", D4, D20),
        ("if", D7, D20),
        ("items", D4, D20),
        ("maxContains", D19, D20),
        ("maxItems", D4, D20),
        ("maxLength", D4, D20),
        ("maxProperties", D4, D20),
        ("maximum", D4, D20),
        ("minContains", D19, D20),
        ("minItems", D4, D20),
        ("minLength", D4, D20),
        ("minProperties", D4, D20),
        ("minimum", D4, D20),
        ("multipleOf", D4, D20),
        ("not", D4, D20),
        ("oneOf", D4, D20),
        ("pattern", D4, D20),
        ("patternProperties", D4, D20),
        ("prefixItems", D20, D20),
        ("properties", D4, D20),
        ("propertyNames", D6, D20),
        ("required", D4, D20),
        ("then", D7, D20),
        ("type", D4, D20),
        ("unevaluatedItems", D19, D20),
        ("unevaluatedProperties", D19, D20),
        ("uniqueItems", D4, D20),
    ]
};

/// Keywords that constrain nothing in any draft, and what they are for.
const OTHERS: [(&str, &str); 24] = [
    ("$anchor", "names the schema"),
    ("$comment", "describes the schema"),
    ("$defs", "holds schemas that are referred to"),
    ("$dynamicAnchor", "names the schema"),
    ("$id", "names the schema"),
    ("$recursiveAnchor", "names the schema"),
    ("$schema", "names the draft"),
    ("$vocabulary", "describes a metaschema"),
    ("contentEncoding", "describes the text; an annotation since draft 2019-09"),
    ("contentMediaType", "describes the text; an annotation since draft 2019-09"),
    ("contentSchema", "describes the text; an annotation since draft 2019-09"),
    ("default", "describes the value"),
    ("definitions", "holds schemas that are referred to"),
    ("deprecated", "describes the value"),
    ("description", "describes the value"),
    ("discriminator", "describes how the alternatives are told apart"),
    ("example", "describes the value"),
    ("examples", "describes the value"),
    ("id", "names the schema"),
    ("nullable", "is no keyword of JSON Schema; write \"null\" into type"),
    ("readOnly", "describes the value"),
    ("title", "describes the value"),
    ("writeOnly", "describes the value"),
    ("xml", "describes the value"),
];

/// Why a keyword of a draft constrains nothing; nothing if it does constrain.
pub(super) fn inert(keyword: &str, draft: Draft) -> Option<&'static str> {
    if let Ok(at) = CONSTRAINTS.binary_search_by_key(&keyword, |(name, _, _)| name) {
        let (_, first, last) = CONSTRAINTS[at];
        return (!(first..=last).contains(&draft)).then_some("is no keyword of the schema's draft");
    }
    match OTHERS.binary_search_by_key(&keyword, |(name, _)| name) {
        Ok(at) => Some(OTHERS[at].1),
        Err(_) => Some("is no keyword of JSON Schema"),
    }
}
