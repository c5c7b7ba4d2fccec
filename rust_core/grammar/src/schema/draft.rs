//! The drafts of JSON Schema, and where in a schema of each other schemas stand.

use super::value::{Document, Value, ValueId};

/// A draft of JSON Schema.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Draft {
    /// Draft 4 (2013).
    Draft4,
    /// Draft 6 (2017).
    Draft6,
    /// Draft 7 (2018).
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12, which a schema is of that names none.
    Draft202012,
}

impl Draft {
    /// The draft whose metaschema a `$schema` names.
    pub(super) fn of_metaschema(uri: &str) -> Option<Self> {
        let uri = uri.trim_end_matches('#').trim_end_matches('/');
        let name = uri.split_once("://").map_or(uri, |(_, name)| name);
        Some(match name {
            "json-schema.org/draft-03/schema" | "json-schema.org/draft-04/schema" => Self::Draft4,
            "json-schema.org/draft-06/schema" => Self::Draft6,
            "json-schema.org/draft-07/schema" => Self::Draft7,
            "json-schema.org/draft/2019-09/schema" => Self::Draft201909,
            "json-schema.org/draft/2020-12/schema" => Self::Draft202012,
            _ => return None,
        })
    }

    /// The keyword that names a schema.
    pub(super) fn id_keyword(self) -> &'static str {
        if self == Self::Draft4 { "id" } else { "$id" }
    }
}

/// Keywords whose value is a schema.
const ONE: [&str; 13] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "extends",
];
/// Keywords whose value is an array of schemas.
const SEVERAL: [&str; 5] = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];
/// Keywords whose value is an object of schemas.
const NAMED: [&str; 6] =
    ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// The schemas that stand right inside a schema.
pub(super) fn subschemas(document: &Document, at: ValueId) -> Vec<ValueId> {
    let mut found = Vec::new();
    let Value::Object(entries) = document.get(at) else {
        return found;
    };
    for (keyword, value) in entries {
        let keyword = keyword.as_str();
        match document.get(*value) {
            Value::Object(named) if NAMED.contains(&keyword) => {
                found.extend(named.iter().map(|(_, schema)| *schema));
            }
            Value::Array(several) if SEVERAL.contains(&keyword) => found.extend(several),
            Value::Object(_) if ONE.contains(&keyword) => found.push(*value),
            _ => {}
        }
    }
    found
}
