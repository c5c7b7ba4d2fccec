//! Python values into log records.
//!
//! What JSON knows is copied as it is; of anything else the text is taken, here and now, since the
//! object may change and the writer's thread must not touch it. That runs code of the object, which
//! may change the very `dict` that is being walked. So a record is first tried without running any
//! code, which nearly always succeeds, and otherwise built from copies of its dicts.

use pyagent_log::{Dict, Record, Value};
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// Deeper structures are written as text.
const MAX_DEPTH: u32 = 64;

/// Why encoding stopped.
enum Stop {
    /// It needs code to be run.
    Code,
    /// That code raised what must not be swallowed, such as `KeyboardInterrupt`.
    Raised(PyErr),
}

impl From<PyErr> for Stop {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

/// Fill `record`, which `begin` starts anew, with the entries of both dicts.
pub(crate) fn encode(
    record: &mut Record,
    begin: impl Fn(&mut Record),
    origin: Option<&Bound<'_, PyDict>>,
    fields: &Bound<'_, PyDict>,
) -> PyResult<()> {
    let mut attempt = |encoder: Encoder| {
        begin(record);
        if let Some(origin) = origin {
            encoder.entries(origin, record.origin(), MAX_DEPTH)?;
        }
        encoder.entries(fields, record.fields(), MAX_DEPTH)
    };
    let mut outcome = attempt(Encoder { may_run_code: false });
    if let Err(Stop::Code) = outcome {
        outcome = attempt(Encoder { may_run_code: true });
    }
    match outcome {
        Err(Stop::Raised(error)) => Err(error),
        Ok(()) | Err(Stop::Code) => Ok(()),
    }
}

#[derive(Clone, Copy)]
struct Encoder {
    may_run_code: bool,
}

impl Encoder {
    fn entries(self, from: &Bound<'_, PyDict>, mut to: Dict<'_>, depth: u32) -> Result<(), Stop> {
        if !self.may_run_code {
            for (name, value) in from {
                let Ok(name) = name.cast::<PyString>() else { return Err(Stop::Code) };
                let name = name.to_str().map_err(|_| Stop::Code)?;
                self.value(&value, to.entry(name), depth)?;
            }
            return Ok(());
        }
        for item in from.items() {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            self.value(&value, to.entry(&text_of(&name)?), depth)?;
        }
        Ok(())
    }

    fn value(self, value: &Bound<'_, PyAny>, place: Value<'_>, depth: u32) -> Result<(), Stop> {
        if let Ok(text) = value.cast::<PyString>() {
            match text.to_str() {
                Ok(text) => place.text(text),
                Err(_) => place.text(&self.code(|| text_of(value))?),
            }
        } else if value.is_none() {
            place.null();
        } else if let Ok(flag) = value.cast::<PyBool>() {
            place.bool(flag.is_true());
        } else if let Ok(int) = value.cast::<PyInt>() {
            match int.extract::<i64>() {
                Ok(int) => place.int(int),
                Err(_) => place.decimal(&self.code(|| digits_of(int))?),
            }
        } else if let Ok(float) = value.cast::<PyFloat>() {
            place.float(float.value());
        } else {
            return self.container(value, place, depth);
        }
        Ok(())
    }

    fn container(self, value: &Bound<'_, PyAny>, place: Value<'_>, depth: u32) -> Result<(), Stop> {
        let Some(depth) = depth.checked_sub(1) else {
            place.text(&self.code(|| text_of(value))?);
            return Ok(());
        };
        if let Ok(dict) = value.cast::<PyDict>() {
            self.entries(dict, place.dict(), depth)
        } else if let Ok(list) = value.cast::<PyList>() {
            let mut items = place.list();
            list.iter().try_for_each(|item| self.value(&item, items.item(), depth))
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            let mut items = place.list();
            tuple.iter().try_for_each(|item| self.value(&item, items.item(), depth))
        } else {
            place.text(&self.code(|| text_of(value))?);
            Ok(())
        }
    }

    fn code<T>(self, run: impl FnOnce() -> PyResult<T>) -> Result<T, Stop> {
        if self.may_run_code { Ok(run()?) } else { Err(Stop::Code) }
    }
}

/// `str(value)`; where that raises, the name of the type.
fn text_of(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = match value.cast::<PyString>() {
        Ok(text) => Ok(text.clone()),
        Err(_) => value.str(),
    };
    match text.and_then(|text| Ok(Text::of(&text)?.as_str().to_owned())) {
        Err(error) if error.is_instance_of::<PyException>(value.py()) => {
            let name = value.get_type().name();
            Ok(name.map_or_else(
                |_| "<unprintable>".to_owned(),
                |name| format!("<unprintable {name}>"),
            ))
        }
        other => other,
    }
}

/// An integer in decimal, or in hexadecimal where it has more digits than Python converts: then
/// Python could not read the number from the log either.
fn digits_of(int: &Bound<'_, PyInt>) -> PyResult<String> {
    let class = int.py().get_type::<PyInt>();
    match class.call_method1("__repr__", (int,)) {
        Err(error) if error.is_instance_of::<PyValueError>(int.py()) => {
            class.call_method1("__format__", (int, "#x"))?.extract()
        }
        digits => digits?.extract(),
    }
}

/// A Python text as UTF-8. Lone surrogates, which have none, are written as the six characters
/// `\udc80`, as Python does on standard error: every JSON reader takes them.
pub(crate) enum Text<'a> {
    Shared(&'a str),
    Escaped(String),
}

impl<'a> Text<'a> {
    pub(crate) fn of(text: &'a Bound<'_, PyString>) -> PyResult<Self> {
        if let Ok(text) = text.to_str() {
            return Ok(Self::Shared(text));
        }
        let class = text.py().get_type::<PyString>();
        let bytes = class.call_method1("encode", (text, "utf-8", "backslashreplace"))?;
        let bytes = bytes.cast::<PyBytes>()?.as_bytes();
        Ok(Self::Escaped(String::from_utf8_lossy(bytes).into_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Shared(text) => text,
            Self::Escaped(text) => text,
        }
    }
}
