//! Texts that come as `str` or as `bytes`, and go out as they came.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::error;

/// Texts of more bytes than this are worked on with the GIL released.
const LARGE: usize = 1 << 15;

/// A text as a caller gave it.
pub(crate) enum Text<'py> {
    /// A string; it is known to have a UTF-8 form.
    Str(Bound<'py, PyString>),
    /// The form of a string with lone surrogates, which is no UTF-8.
    Surrogates(Bound<'py, PyBytes>),
    /// Bytes.
    Bytes(Bound<'py, PyBytes>),
}

impl<'py> FromPyObject<'_, 'py> for Text<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            if text.to_str().is_ok() {
                return Ok(Self::Str(text.to_owned()));
            }
            let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
            return Ok(Self::Surrogates(bytes.cast_into()?));
        }
        match object.cast::<PyBytes>() {
            Ok(bytes) => Ok(Self::Bytes(bytes.to_owned())),
            Err(_) => Err(error::text_type(&format!(
                "a text is a str or bytes, not {}",
                object.get_type().name()?
            ))),
        }
    }
}

impl Text<'_> {
    /// The bytes of the text, in UTF-8 if it is a string.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            // That there is a UTF-8 form was seen when the text came in; it is kept with the
            // string.
            Self::Str(text) => text.to_str().map_or(b"", str::as_bytes),
            Self::Surrogates(bytes) | Self::Bytes(bytes) => bytes.as_bytes(),
        }
    }

    fn form(&self) -> Form {
        match self {
            Self::Str(_) | Self::Surrogates(_) => Form::Str,
            Self::Bytes(_) => Form::Bytes,
        }
    }
}

/// Whether texts are strings or bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    Str,
    Bytes,
}

impl Form {
    /// The form that all of these have.
    pub(crate) fn of(texts: &[&Text<'_>]) -> PyResult<Self> {
        let form = texts.first().map_or(Self::Bytes, |text| text.form());
        if texts.iter().any(|text| text.form() != form) {
            return Err(error::text_type("texts are either all str or all bytes"));
        }
        Ok(form)
    }

    /// A text of this form. That of a string with lone surrogates gets them back.
    pub(crate) fn give<'py>(self, py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        if self == Self::Bytes {
            return Ok(PyBytes::new(py, text).into_any());
        }
        if let Ok(text) = PyString::from_bytes(py, text) {
            return Ok(text.into_any());
        }
        let bytes = PyBytes::new(py, text);
        let errors = Some(c"surrogatepass");
        Ok(PyString::from_encoded_object(&bytes, Some(c"utf-8"), errors)?.into_any())
    }

    /// The length of a text as Python counts it: characters, or bytes.
    pub(crate) fn len(self, text: &[u8]) -> usize {
        match self {
            Self::Bytes => text.len(),
            // Every code point has one byte that does not continue another.
            Self::Str => text.iter().filter(|byte| **byte & 0xc0 != 0x80).count(),
        }
    }
}

/// The name of a file: a string or bytes as the system has them.
pub(crate) struct Name(pub(crate) Vec<u8>);

impl FromPyObject<'_, '_> for Name {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let Ok(text) = object.cast::<PyString>() else {
            return match object.cast::<PyBytes>() {
                Ok(bytes) => Ok(Self(bytes.as_bytes().to_vec())),
                Err(_) => Err(error::text_type(&format!(
                    "a name is a str or bytes, not {}",
                    object.get_type().name()?
                ))),
            };
        };
        if let Ok(name) = text.to_str() {
            return Ok(Self(name.as_bytes().to_vec()));
        }
        // Bytes that are not UTF-8 reach Python as lone surrogates (PEP 383); any other is kept.
        let escaped = text.call_method1("encode", ("utf-8", "surrogateescape"));
        let encoded =
            escaped.or_else(|_| text.call_method1("encode", ("utf-8", "surrogatepass")))?;
        Ok(Self(encoded.cast::<PyBytes>()?.as_bytes().to_vec()))
    }
}

/// Do `work` on texts of so many bytes, with the GIL released where they are large.
pub(crate) fn compute<T: Send>(py: Python<'_>, bytes: usize, work: impl FnOnce() -> T + Send) -> T {
    if bytes > LARGE { py.detach(work) } else { work() }
}
