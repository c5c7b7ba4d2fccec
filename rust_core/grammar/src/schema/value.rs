//! The text of a schema as a tree that keeps what `f64` and maps lose: exact numbers and the order of keys.

use rustc_hash::FxHashMap;

use crate::number::Decimal;
use crate::{GrammarError, Limits};

/// Index of a value in its [`Document`], in the order in which values begin in the text.
pub(super) type ValueId = u32;

/// From so many keys on, an object is looked up in by hash.
const INDEXED_KEYS: usize = 12;

/// Bytes of a pointer that are given at most: a report has one for each keyword.
const POINTER_BYTES: usize = 512;

/// The keys by which schemas refer to each other.
const SPECIAL: [&str; 7] =
    ["$anchor", "$dynamicAnchor", "$dynamicRef", "$id", "$recursiveAnchor", "$recursiveRef", "id"];

/// A key as a step of a JSON pointer.
fn escaped(key: &str) -> String {
    if key.contains(['~', '/']) {
        key.replace('~', "~0").replace('/', "~1")
    } else {
        key.to_owned()
    }
}

/// One JSON value; children are indices, so that dropping a deep one needs no stack.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Decimal),
    String(String),
    Array(Vec<ValueId>),
    Object(Vec<(String, ValueId)>),
}

/// Where a value stands in the one around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) parent: ValueId,
    pub(super) index: u32,
}

/// A JSON text. Value 0 is the whole.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) values: Vec<Value>,
    pub(super) places: Vec<Place>,
    /// By object of many keys: which of its entries has a key.
    keys: FxHashMap<ValueId, FxHashMap<String, usize>>,
    /// Which of [`SPECIAL`] there are.
    special: [bool; SPECIAL.len()],
}

impl Document {
    /// Reads a JSON text (RFC 8259). Of equal keys the last holds, as in Python's `json`.
    pub(super) fn parse(text: &str, limits: &Limits) -> Result<Self, GrammarError> {
        if text.len() > limits.source_bytes {
            return Err(GrammarError::Limit {
                what: format!("a schema of {} bytes", text.len()),
                option: "source_bytes",
                limit: limits.source_bytes as u64,
            });
        }
        super::read::document(text, limits.depth)
    }

    /// The value with an index.
    pub(super) fn get(&self, id: ValueId) -> &Value {
        &self.values[id as usize]
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// What stands behind a key of an object; `None` for other values too.
    pub(super) fn member(&self, id: ValueId, key: &str) -> Option<ValueId> {
        let Value::Object(entries) = self.get(id) else {
            return None;
        };
        self.entry(id, entries, key).map(|index| entries[index].1)
    }

    fn entry(&self, id: ValueId, entries: &[(String, ValueId)], key: &str) -> Option<usize> {
        if entries.len() < INDEXED_KEYS {
            return entries.iter().position(|(name, _)| name == key);
        }
        self.keys.get(&id)?.get(key).copied()
    }

    /// Whether any object of the text has one of these keys, all of which are of [`SPECIAL`].
    pub(super) fn mentions(&self, keys: &[&str]) -> bool {
        SPECIAL.iter().zip(self.special).any(|(known, there)| there && keys.contains(known))
    }

    /// The value around this one, if it is not the whole.
    pub(super) fn parent(&self, id: ValueId) -> Option<ValueId> {
        (id != 0).then(|| self.places[id as usize].parent)
    }

    /// The key that a value stands behind; empty for the whole and in arrays.
    pub(super) fn key(&self, id: ValueId) -> &str {
        let place = self.places[id as usize];
        match self.get(place.parent) {
            Value::Object(entries) if id != 0 => &entries[place.index as usize].0,
            _ => "",
        }
    }

    /// Where a value stands, as a JSON pointer in a URI fragment (RFC 6901, section 6), without
    /// percent-encoding so that it can be read. Of a very long one the end is given behind `...`.
    pub(super) fn pointer(&self, id: ValueId) -> String {
        let mut steps = Vec::new();
        let (mut at, mut length) = (id, 0);
        while at != 0 {
            let place = self.places[at as usize];
            let step = match self.get(place.parent) {
                Value::Object(entries) => escaped(&entries[place.index as usize].0),
                _ => place.index.to_string(),
            };
            length += step.len() + 1;
            if length > POINTER_BYTES {
                steps.push("...".to_owned());
                break;
            }
            steps.push(step);
            at = place.parent;
        }
        let mut pointer = String::with_capacity(length + 4);
        pointer.push('#');
        for step in steps.iter().rev() {
            pointer.push('/');
            pointer.push_str(step);
        }
        pointer
    }

    /// Puts a key into an object, or finds it there: which entry that is.
    pub(super) fn enter(&mut self, id: ValueId, key: String, value: ValueId) -> usize {
        if (key.starts_with('$') || key == "id")
            && let Some(at) = SPECIAL.iter().position(|known| *known == key)
        {
            self.special[at] = true;
        }
        let Value::Object(entries) = &mut self.values[id as usize] else {
            return 0;
        };
        let known = if entries.len() < INDEXED_KEYS {
            entries.iter().position(|(name, _)| *name == key)
        } else {
            self.keys.get(&id).and_then(|keys| keys.get(&key).copied())
        };
        if let Some(index) = known {
            entries[index].1 = value;
            return index;
        }
        entries.push((key, value));
        if entries.len() == INDEXED_KEYS {
            let keys = entries.iter().enumerate().map(|(at, (name, _))| (name.clone(), at));
            self.keys.insert(id, keys.collect());
        } else if entries.len() > INDEXED_KEYS
            && let Some(keys) = self.keys.get_mut(&id)
        {
            keys.insert(entries[entries.len() - 1].0.clone(), entries.len() - 1);
        }
        entries.len() - 1
    }
}
