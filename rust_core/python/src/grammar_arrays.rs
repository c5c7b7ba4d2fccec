//! What Python calls an array: NumPy's, CPU tensors, `array`, `memoryview` and all else that lends
//! memory, as rows of masks and of logits.

use pyagent_grammar::logits::{Brain, Half, Logit};
use pyo3::prelude::*;

use crate::error;
use crate::grammar_memory::{Lent, Room};

/// A row or a stack of rows of a mask, in memory that may be written to.
pub(crate) struct Masks<'r, 'py>(Lent<'r, 'py>);

impl<'r, 'py> Masks<'r, 'py> {
    /// Borrow one row of as many words as a mask for `size` tokens has.
    pub(crate) fn row(
        room: &'r mut Room,
        object: &Bound<'py, PyAny>,
        size: usize,
    ) -> PyResult<Self> {
        Self::of_shape(room, object, &[size.div_ceil(32)], size)
    }

    /// Borrow so many rows.
    pub(crate) fn rows(
        room: &'r mut Room,
        object: &Bound<'py, PyAny>,
        rows: usize,
        size: usize,
    ) -> PyResult<Self> {
        Self::of_shape(room, object, &[rows, size.div_ceil(32)], size)
    }

    fn of_shape(
        room: &'r mut Room,
        object: &Bound<'py, PyAny>,
        shape: &[usize],
        size: usize,
    ) -> PyResult<Self> {
        let (lent, _) = lent(room, object, true)?;
        if is_word(&lent) && lent.shape() == shape {
            return Ok(Self(lent));
        }
        let given = described(object, &lent);
        let wanted = match *shape {
            [words] => format!("a mask for {size} tokens is a row of {words} int32"),
            [rows, words] => format!("{rows} masks for {size} tokens are {rows} x {words} int32"),
            _ => String::new(),
        };
        Err(error::mask(&format!("{wanted}, not {given}"), ""))
    }

    /// Have the rows filled: in place where their words lie side by side, else beside it and copied over.
    pub(crate) fn fill<T>(
        &mut self,
        fill: impl FnOnce(&mut [&mut [i32]]) -> PyResult<T>,
    ) -> PyResult<T> {
        if let Some(mut rows) = self.0.rows_mut::<i32>() {
            return fill(&mut rows);
        }
        let mut copies = self.copies();
        let mut rows: Vec<&mut [i32]> = copies.iter_mut().map(Vec::as_mut_slice).collect();
        let answer = fill(&mut rows);
        for (row, words) in copies.iter().enumerate() {
            for (column, word) in words.iter().enumerate() {
                self.0.set(row, column, *word);
            }
        }
        answer
    }

    /// As [`Masks::fill`], for the only row, without a list of rows.
    pub(crate) fn fill_row<T>(
        &mut self,
        fill: impl FnOnce(&mut [i32]) -> PyResult<T>,
    ) -> PyResult<T> {
        match self.0.row_mut::<i32>() {
            Some(row) => fill(row),
            None => self.fill(|rows| fill(rows.first_mut().map_or(&mut [], |row| &mut row[..]))),
        }
    }

    fn copies(&self) -> Vec<Vec<i32>> {
        words(&self.0)
    }
}

/// Every row of a mask that is only read.
pub(crate) fn masks(object: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<i32>>> {
    let mut room = Room::new();
    let (lent, _) = lent(&mut room, object, false)?;
    if is_word(&lent) && matches!(lent.shape().len(), 1 | 2) {
        return Ok(words(&lent));
    }
    let given = described(object, &lent);
    Err(error::mask(&format!("a mask is one or several rows of int32, not {given}"), ""))
}

/// Logits in memory that may be written to.
pub(crate) struct Logits<'r, 'py> {
    lent: Lent<'r, 'py>,
    kind: Kind,
}

/// What logits are made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Float,
    Half,
    Brain,
}

/// Rows of logits, in place where they lie side by side.
pub(crate) enum Rows<'l> {
    Float(Vec<&'l mut [f32]>),
    Half(Vec<&'l mut [Half]>),
    Brain(Vec<&'l mut [Brain]>),
    /// Somewhere apart.
    Scattered,
}

impl<'r, 'py> Logits<'r, 'py> {
    /// Borrow one or several rows.
    pub(crate) fn new(room: &'r mut Room, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        let (lent, brain) = lent(room, object, true)?;
        let kind = match (lent.format(), lent.item_size()) {
            (b"h" | b"H", 2) if brain => Some(Kind::Brain),
            (b"e", 2) => Some(Kind::Half),
            (b"f", 4) => Some(Kind::Float),
            _ => None,
        };
        match kind {
            Some(kind) if matches!(lent.shape().len(), 1 | 2) => Ok(Self { lent, kind }),
            _ => {
                let given = described(object, &lent);
                let wanted = "logits are one or several rows of float32, float16 or bfloat16";
                Err(error::mask(&format!("{wanted}, not {given}"), ""))
            }
        }
    }

    /// The number of rows and of logits in each.
    pub(crate) fn shape(&self) -> (usize, usize) {
        match *self.lent.shape() {
            [columns] => (1, columns),
            [rows, columns] => (rows, columns),
            _ => (0, 0),
        }
    }

    pub(crate) fn rows(&mut self) -> Rows<'_> {
        let rows = match self.kind {
            Kind::Float => self.lent.rows_mut().map(Rows::Float),
            Kind::Half => self.lent.rows_mut().map(Rows::Half),
            Kind::Brain => self.lent.rows_mut().map(Rows::Brain),
        };
        rows.unwrap_or(Rows::Scattered)
    }

    /// Set one logit to minus infinity.
    pub(crate) fn forbid(&mut self, row: usize, token: usize) {
        match self.kind {
            Kind::Float => self.lent.set(row, token, f32::NEVER),
            Kind::Half => self.lent.set(row, token, Half::NEVER),
            Kind::Brain => self.lent.set(row, token, Brain::NEVER),
        }
    }
}

/// Borrow the memory of an object or of what it has in place of it; whether that is bfloat16 as
/// integers of 16 bits, since the buffer protocol has no name for it.
fn lent<'r, 'py>(
    room: &'r mut Room,
    object: &Bound<'py, PyAny>,
    writable: bool,
) -> PyResult<(Lent<'r, 'py>, bool)> {
    let (room, cause) = match Lent::new(room, object, writable) {
        Ok(lent) => return Ok((lent, false)),
        Err(failed) => failed,
    };
    let Some((lender, brain)) = lender(object)? else { return Err(unusable(object, cause)) };
    match Lent::new(room, &lender, writable) {
        Ok(lent) => Ok((lent, brain)),
        Err((_, cause)) => Err(unusable(object, cause)),
    }
}

/// What lends the memory of an object that does not itself: the NumPy view of a CPU tensor, and that
/// of bfloat16 as integers. `None` where nothing does.
fn lender<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<(Bound<'py, PyAny>, bool)>> {
    let Ok(dtype) = object.getattr("dtype") else { return Ok(None) };
    let brain = dtype.str()?.to_str()?.ends_with("bfloat16");
    if let Ok(place) = object.getattr("device").and_then(|device| device.getattr("type"))
        && !place.eq("cpu")?
    {
        let message = format!("a tensor on the device {place} lends no memory");
        return Err(error::mask(&message, "copy it to the CPU"));
    }
    let tensor = object.hasattr("numpy")?;
    if !tensor {
        return if brain {
            Ok(Some((object.call_method1("view", ("int16",))?, true)))
        } else {
            Ok(None)
        };
    }
    let plain = object.call_method0("detach")?;
    let plain = if brain {
        // The library's own name for the type, as its tensors want it.
        let library = object.py().import(dtype.get_type().module()?)?;
        plain.call_method1("view", (library.getattr("int16")?,))?
    } else {
        plain
    };
    Ok(Some((plain.call_method0("numpy")?, brain)))
}

fn unusable(object: &Bound<'_, PyAny>, cause: PyErr) -> PyErr {
    let py = object.py();
    let kind =
        object.get_type().name().map_or_else(|_| "object".to_owned(), |name| name.to_string());
    let message = format!("the memory of this {kind} cannot be used: {}", cause.value(py));
    let hint = "give a writable NumPy array, a CPU tensor or any other writable buffer";
    let error = error::mask(&message, hint);
    error.set_cause(py, Some(cause));
    error
}

/// Whether the elements are whole numbers of 32 bits.
fn is_word(lent: &Lent<'_, '_>) -> bool {
    lent.item_size() == size_of::<i32>() && matches!(lent.format(), b"i" | b"I" | b"l" | b"L")
}

fn words(lent: &Lent<'_, '_>) -> Vec<Vec<i32>> {
    let (rows, columns) = match *lent.shape() {
        [columns] => (1, columns),
        [rows, columns] => (rows, columns),
        _ => (0, 0),
    };
    let row = |row| (0..columns).map_while(move |column| lent.get(row, column)).collect();
    (0..rows).map(row).collect()
}

/// An array as a message names it: `a float32 array of shape (3, 4)`.
fn described(object: &Bound<'_, PyAny>, lent: &Lent<'_, '_>) -> String {
    let dtype = object.getattr("dtype").and_then(|dtype| dtype.str()?.extract::<String>());
    let dtype = dtype.unwrap_or_else(|_| {
        let format = String::from_utf8_lossy(lent.format());
        format!("{format:?} ({} bytes)", lent.item_size())
    });
    format!("{dtype} of the shape {:?}", lent.shape())
}
