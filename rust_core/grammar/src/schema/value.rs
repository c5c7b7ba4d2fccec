//! The text of a schema as a tree that keeps what `f64` and maps lose: exact numbers and the order of keys.

use jiter::{Jiter, JiterError, Peek};
use rustc_hash::FxHashMap;

use crate::number::Decimal;
use crate::{GrammarError, Limits};

/// Index of a value in its [`Document`], in the order in which values begin in the text.
pub(super) type ValueId = u32;

/// From so many keys on, an object is looked up in by hash.
const INDEXED_KEYS: usize = 12;

/// Bytes of a pointer that are given at most: a report has one for each keyword.
const POINTER_BYTES: usize = 512;

/// A key as a step of a JSON pointer.
fn escaped(key: &str) -> String {
    if key.contains(['~', '/']) { key.replace('~', "~0").replace('/', "~1") } else { key.to_owned() }
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
struct Place {
    parent: ValueId,
    index: u32,
}

/// A JSON text. Value 0 is the whole.
#[derive(Debug, Default)]
pub(super) struct Document {
    values: Vec<Value>,
    places: Vec<Place>,
    /// By object of many keys: which of its entries has a key.
    keys: FxHashMap<ValueId, FxHashMap<String, usize>>,
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
        let mut reader = Reader {
            jiter: Jiter::new(text.as_bytes()),
            document: Self::default(),
            open: Vec::new(),
            depth: limits.depth,
        };
        reader.read()?;
        reader.jiter.finish().map_err(|error| reader.fault(&error))?;
        Ok(reader.document)
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

    /// Whether any object of the text has this key.
    pub(super) fn mentions(&self, key: &str) -> bool {
        self.values.iter().any(|value| match value {
            Value::Object(entries) => entries.iter().any(|(name, _)| name == key),
            _ => false,
        })
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
    fn enter(&mut self, id: ValueId, key: String, value: ValueId) -> usize {
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

/// An array or object that has begun.
struct Open {
    id: ValueId,
    /// Whether it is an object.
    object: bool,
    /// Which entry of an object the value that comes next is.
    entry: usize,
}

/// Reads without recursion: what has begun is kept in a list.
struct Reader<'a> {
    jiter: Jiter<'a>,
    document: Document,
    open: Vec<Open>,
    depth: usize,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), GrammarError> {
        let mut next = Some(self.jiter.peek().map_err(|error| self.fault(&error))?);
        loop {
            // Where a container has begun its first value follows; otherwise the innermost goes on.
            next = match next {
                Some(peek) => self.value(peek)?,
                None if self.open.is_empty() => return Ok(()),
                None => self.step()?,
            };
        }
    }

    /// Reads a scalar, or the beginning of a container and what its first value is.
    fn value(&mut self, peek: Peek) -> Result<Option<Peek>, GrammarError> {
        let value = match peek {
            Peek::Array => return self.array(),
            Peek::Object => return self.object(),
            Peek::Null => self.jiter.known_null().map(|()| Value::Null),
            Peek::True | Peek::False => self.jiter.known_bool(peek).map(Value::Bool),
            Peek::String => self.jiter.known_str().map(|text| Value::String(text.to_owned())),
            _ => return self.number(peek),
        };
        let value = value.map_err(|error| self.fault(&error))?;
        self.push(value);
        Ok(None)
    }

    fn number(&mut self, peek: Peek) -> Result<Option<Peek>, GrammarError> {
        let text = match self.jiter.known_number_bytes(peek) {
            Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Err(error) => return Err(self.fault(&error)),
        };
        match text.parse() {
            Ok(number) => self.push(Value::Number(number)),
            Err(_) => return Err(self.malformed(format!("the number {text} cannot be read"))),
        };
        Ok(None)
    }

    fn array(&mut self) -> Result<Option<Peek>, GrammarError> {
        let id = self.begin(Value::Array(Vec::new()))?;
        self.open.push(Open { id, object: false, entry: 0 });
        let first = self.jiter.known_array().map_err(|error| self.fault(&error))?;
        if first.is_none() {
            self.open.pop();
        }
        Ok(first)
    }

    fn object(&mut self) -> Result<Option<Peek>, GrammarError> {
        let id = self.begin(Value::Object(Vec::new()))?;
        self.open.push(Open { id, object: true, entry: 0 });
        let key = self.jiter.known_object().map(|key| key.map(str::to_owned));
        self.key(key)
    }

    fn step(&mut self) -> Result<Option<Peek>, GrammarError> {
        if self.open.last().is_some_and(|open| open.object) {
            let key = self.jiter.next_key().map(|key| key.map(str::to_owned));
            return self.key(key);
        }
        let next = self.jiter.array_step().map_err(|error| self.fault(&error))?;
        if next.is_none() {
            self.open.pop();
        }
        Ok(next)
    }

    /// Notes the key under which the next value is to stand.
    fn key(
        &mut self,
        key: Result<Option<String>, JiterError>,
    ) -> Result<Option<Peek>, GrammarError> {
        let Some(key) = key.map_err(|error| self.fault(&error))? else {
            self.open.pop();
            return Ok(None);
        };
        let upcoming = self.upcoming();
        if let Some(open) = self.open.last_mut() {
            open.entry = self.document.enter(open.id, key, upcoming);
        }
        self.jiter.peek().map(Some).map_err(|error| self.fault(&error))
    }

    fn upcoming(&self) -> ValueId {
        u32::try_from(self.document.values.len()).unwrap_or(u32::MAX)
    }

    fn begin(&mut self, value: Value) -> Result<ValueId, GrammarError> {
        if self.open.len() >= self.depth {
            return Err(GrammarError::Limit {
                what: format!("the nesting of the schema {}", self.position()),
                option: "depth",
                limit: self.depth as u64,
            });
        }
        Ok(self.push(value))
    }

    fn push(&mut self, value: Value) -> ValueId {
        let id = self.upcoming();
        let place = self.place(id);
        self.document.values.push(value);
        self.document.places.push(place);
        id
    }

    /// Enters a value into the array around it; a key of an object has been noted before.
    fn place(&mut self, id: ValueId) -> Place {
        let Some(open) = self.open.last() else {
            return Place { parent: 0, index: 0 };
        };
        let index = match &mut self.document.values[open.id as usize] {
            Value::Array(items) => {
                items.push(id);
                items.len() - 1
            }
            _ => open.entry,
        };
        Place { parent: open.id, index: u32::try_from(index).unwrap_or(u32::MAX) }
    }

    fn position(&self) -> String {
        let position = self.jiter.current_position();
        format!("at line {}, column {}", position.line, position.column)
    }

    fn fault(&self, error: &JiterError) -> GrammarError {
        let position = self.jiter.error_position(error.index);
        GrammarError::Schema {
            message: format!("the schema is no JSON: {}", error.error_type),
            place: format!("line {}, column {}", position.line, position.column),
        }
    }

    fn malformed(&self, message: String) -> GrammarError {
        let position = self.jiter.current_position();
        GrammarError::Schema {
            message,
            place: format!("line {}, column {}", position.line, position.column),
        }
    }
}
