//! Reading JSON into a [`Document`], without recursion and with places for what is wrong.

use jiter::{Jiter, JiterError, Peek};

use super::value::{Document, Place, Value, ValueId};
use crate::GrammarError;

/// Reads a JSON text whose containers are nested at most so deep.
pub(super) fn document(text: &str, depth: usize) -> Result<Document, GrammarError> {
    let mut reader = Reader {
        jiter: Jiter::new(text.as_bytes()),
        document: Document::default(),
        open: Vec::new(),
        depth,
    };
    reader.read()?;
    reader.jiter.finish().map_err(|error| reader.fault(&error))?;
    Ok(reader.document)
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
