//! Memory that Python objects lend: rows of masks and of logits, through the buffer protocol.
//!
//! PyO3 gives no way to write to such memory in place without unsafe code, so all of it is here: what
//! leaves this module are slices whose bounds, element size and alignment have been checked.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::mem::MaybeUninit;

use pyagent_grammar::logits::{Brain, Half};
use pyo3::ffi;
use pyo3::prelude::*;

/// What may stand in lent memory: of a fixed size, and any bits are a value.
///
/// # Safety
///
/// Every pattern of bits is a value of the type.
pub(crate) unsafe trait Plain: Copy {}

// SAFETY: these are integers and floats, or one integer each (`repr(transparent)`).
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for f32 {}
// SAFETY: as above.
unsafe impl Plain for Half {}
// SAFETY: as above.
unsafe impl Plain for Brain {}

/// Room for an exporter to describe its memory in. The description may point into itself, so it stays where it
/// is for as long as the memory is lent.
pub(crate) struct Room(MaybeUninit<ffi::Py_buffer>);

impl Room {
    pub(crate) fn new() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// Memory that an object lends until this is dropped: one or several rows of elements.
///
/// The exporter promises that the memory stays where it is. That nothing else writes to it at the same time
/// is for the caller to see to: while the GIL is released another thread could, as with every library
/// that fills arrays.
pub(crate) struct Lent<'r, 'py> {
    view: &'r mut ffi::Py_buffer,
    /// Given back with the GIL held.
    _py: Python<'py>,
}

impl<'r, 'py> Lent<'r, 'py> {
    /// Borrow the memory of an object, to write to it or only to read. Where that fails the room is
    /// given back with the reason.
    pub(crate) fn new(
        room: &'r mut Room,
        object: &Bound<'py, PyAny>,
        writable: bool,
    ) -> Result<Self, (&'r mut Room, PyErr)> {
        let flags = if writable { ffi::PyBUF_RECORDS } else { ffi::PyBUF_RECORDS_RO };
        // SAFETY: the object is alive and the GIL is held; the room is large enough for a description.
        let answer =
            unsafe { ffi::PyObject_GetBuffer(object.as_ptr(), room.0.as_mut_ptr(), flags) };
        if answer != 0 {
            return Err((room, PyErr::fetch(object.py())));
        }
        // SAFETY: the answer 0 says that the description was filled in.
        let view = unsafe { room.0.assume_init_mut() };
        Ok(Self { view, _py: object.py() })
    }

    /// The type of the elements as `struct` writes it, without a mark of native byte order.
    pub(crate) fn format(&self) -> &[u8] {
        if self.view.format.is_null() {
            return b"B";
        }
        // SAFETY: the exporter gives a string that ends with a zero and lives as long as the loan.
        let format = unsafe { CStr::from_ptr(self.view.format) }.to_bytes();
        match format {
            [b'@' | b'=', rest @ ..] => rest,
            [b'<', rest @ ..] if cfg!(target_endian = "little") => rest,
            [b'>', rest @ ..] if cfg!(target_endian = "big") => rest,
            format => format,
        }
    }

    /// Bytes in an element.
    pub(crate) fn item_size(&self) -> usize {
        self.view.itemsize.unsigned_abs()
    }

    /// The number of elements along each dimension.
    pub(crate) fn shape(&self) -> &[usize] {
        // SAFETY: a shape is null or has a number, not negative, for each dimension.
        unsafe { self.dimensions(self.view.shape.cast()) }.unwrap_or_default()
    }

    /// Bytes from element to element along each dimension; `None` where they lie one behind the other, of
    /// which some exporters (ctypes) do not say more, though asked.
    fn strides(&self) -> Option<&[isize]> {
        // SAFETY: strides are null or have a number for each dimension.
        unsafe { self.dimensions(self.view.strides) }
    }

    /// As many numbers as there are dimensions.
    ///
    /// # Safety
    ///
    /// `first` is null or points to them, and they live as long as the loan.
    unsafe fn dimensions<T>(&self, first: *const T) -> Option<&[T]> {
        let count = usize::try_from(self.view.ndim).ok()?;
        // SAFETY: by the contract of this function.
        (!first.is_null()).then(|| unsafe { std::slice::from_raw_parts(first, count) })
    }

    /// Rows, elements in a row, bytes from row to row and from element to element; a single dimension is one
    /// row. Only for memory of one or two dimensions.
    fn layout(&self) -> (usize, usize, isize, isize) {
        let size = self.view.itemsize;
        match (self.shape(), self.strides()) {
            (&[columns], None) => (1, columns, 0, size),
            (&[columns], Some(&[stride])) => (1, columns, 0, stride),
            (&[rows, columns], None) => (rows, columns, columns.cast_signed() * size, size),
            (&[rows, columns], Some(&[row_stride, stride])) => (rows, columns, row_stride, stride),
            _ => (0, 0, 0, 0),
        }
    }

    /// Every row as a slice; `None` unless the elements of a row lie side by side, aligned, and no two rows
    /// overlap.
    pub(crate) fn rows_mut<T: Plain>(&mut self) -> Option<Vec<&mut [T]>> {
        let (rows, columns, row_stride, stride) = self.layout();
        let base = self.view.buf.cast::<T>();
        let size = size_of::<T>();
        let bytes = columns.checked_mul(size)?;
        let dense = (stride.unsigned_abs() == size && stride > 0) || columns <= 1;
        let apart = rows <= 1 || row_stride.unsigned_abs() >= bytes;
        let aligned =
            base.is_aligned() && row_stride.unsigned_abs().is_multiple_of(align_of::<T>());
        if self.view.readonly != 0 || self.item_size() != size || !dense || !apart || !aligned {
            return None;
        }
        let row = |row: isize| {
            // SAFETY: the exporter says that `rows` rows of `columns` elements lie at these places. They
            // are aligned and apart, so that the slices do not overlap; they borrow from `self` mutably.
            unsafe { std::slice::from_raw_parts_mut(base.byte_offset(row * row_stride), columns) }
        };
        // A row without elements may have no address.
        let none = base.is_null() || columns == 0;
        Some(if none {
            (0..rows).map(|_| &mut [][..]).collect()
        } else {
            (0..rows.cast_signed()).map(row).collect()
        })
    }

    /// The only row as a slice, if the memory has one dimension and [`Lent::rows_mut`] would give it.
    pub(crate) fn row_mut<T: Plain>(&mut self) -> Option<&mut [T]> {
        let (1, columns, 0, stride) = self.layout() else { return None };
        let base = self.view.buf.cast::<T>();
        let dense = stride.unsigned_abs() == size_of::<T>() && stride > 0 && base.is_aligned();
        let ours = self.view.readonly == 0 && self.item_size() == size_of::<T>();
        if !dense || !ours || base.is_null() {
            return None;
        }
        // SAFETY: the exporter says that so many elements lie side by side from there on; they are aligned
        // and may be written to, and the slice borrows from `self` mutably.
        Some(unsafe { std::slice::from_raw_parts_mut(base, columns) })
    }

    /// Where an element is, if there is such an element of this size.
    fn place<T: Plain>(&self, row: usize, column: usize) -> Option<*mut T> {
        let (rows, columns, row_stride, stride) = self.layout();
        if row >= rows || column >= columns || self.item_size() != size_of::<T>() {
            return None;
        }
        let offset = row.cast_signed() * row_stride + column.cast_signed() * stride;
        // SAFETY: the exporter says that an element lies there.
        Some(unsafe { self.view.buf.byte_offset(offset) }.cast())
    }

    /// One element, wherever it lies; `None` out of range.
    pub(crate) fn get<T: Plain>(&self, row: usize, column: usize) -> Option<T> {
        let place = self.place::<T>(row, column)?;
        // SAFETY: an element of this size is there, aligned or not, and any bits are a value.
        Some(unsafe { place.read_unaligned() })
    }

    /// Set one element, wherever it lies; nothing happens out of range or where nothing may be written.
    pub(crate) fn set<T: Plain>(&mut self, row: usize, column: usize, value: T) {
        if let Some(place) = self.place::<T>(row, column)
            && self.view.readonly == 0
        {
            // SAFETY: an element of this size is there, aligned or not, and may be written to.
            unsafe { place.write_unaligned(value) };
        }
    }
}

impl Drop for Lent<'_, '_> {
    fn drop(&mut self) {
        // SAFETY: the description was filled in and is given back once, with the GIL held: this type
        // holds a token of it.
        unsafe { ffi::PyBuffer_Release(self.view) };
    }
}
