//! Distinct operators and operands, counted for every open frame at once.

use std::collections::hash_map::Entry;

use ruff_python_ast::{Expr, Number};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::Halstead;
use crate::frame::Frame;

/// Operators, each a bit: binary and augmented ones, unary, boolean, comparisons.
pub(crate) mod bits {
    pub(crate) const UNARY: u32 = 13;
    pub(crate) const BOOLEAN: u32 = UNARY + 4;
    pub(crate) const COMPARE: u32 = BOOLEAN + 2;
}

/// Halstead's counts of a frame.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Set of operator bits.
    operators_seen: u32,
    operators: u32,
    operands: u32,
    /// Operands with a value, each counted once.
    distinct: u32,
    /// Operands without one, such as calls: every occurrence is another.
    nodes: u32,
    /// How many operands the file had shown when the frame was opened.
    start: u32,
}

impl Tally {
    pub(crate) fn new(seen: u32) -> Self {
        Self { operators_seen: 0, operators: 0, operands: 0, distinct: 0, nodes: 0, start: seen }
    }

    pub(crate) fn operator(&mut self, bit: u32) {
        self.operators += 1;
        self.operators_seen |= 1 << bit;
    }

    /// Add what an inner frame counted; its distinct operands were counted here as they came.
    pub(crate) fn absorb(&mut self, inner: &Self) {
        self.operators_seen |= inner.operators_seen;
        self.operators += inner.operators;
        self.operands += inner.operands;
        self.nodes += inner.nodes;
    }

    pub(crate) fn finish(&self) -> Halstead {
        Halstead {
            distinct_operators: self.operators_seen.count_ones(),
            distinct_operands: self.distinct + self.nodes,
            operators: self.operators,
            operands: self.operands,
        }
    }
}

/// The value of an operand, equal where Python's values are equal.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Value<'a> {
    /// A name, an attribute or a string.
    Text(&'a str),
    /// A string with characters that the parser does not tell apart, as it is written.
    Written(&'a str),
    Bytes(Vec<u8>),
    /// Integers, booleans and whole floats.
    Int(u64),
    /// Integers beyond 64 bits, by their digits as written.
    Long(String),
    Float(u64),
    Imaginary(u64),
    None,
    Ellipsis,
}

fn float(value: f64) -> Value<'static> {
    // Exact: whole, and below 2⁶⁴.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    if value >= 0.0 && value.fract() == 0.0 && value < 18_446_744_073_709_551_616.0 {
        return Value::Int(value as u64);
    }
    Value::Float(value.to_bits())
}

impl<'a> Value<'a> {
    /// The value that radon's `HalsteadVisitor` keeps for `expr`; `None` where it keeps the node.
    fn of(expr: &'a Expr, text: &'a str) -> Option<Self> {
        Some(match expr {
            Expr::Name(name) => Self::Text(name.id.as_str()),
            Expr::Attribute(attribute) => Self::Text(attribute.attr.as_str()),
            Expr::StringLiteral(string) => match string.value.to_str() {
                // The parser has one character for every lone surrogate: tell them apart as written.
                value if value.contains(char::REPLACEMENT_CHARACTER) => {
                    Self::Written(&text[expr.range()])
                }
                value => Self::Text(value),
            },
            Expr::BytesLiteral(bytes) => Self::Bytes(bytes.value.bytes().collect()),
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => match int.as_u64() {
                    Some(small) => Self::Int(small),
                    None => Self::Long(int.to_string().replace('_', "").to_ascii_lowercase()),
                },
                Number::Float(value) => float(*value),
                Number::Complex { imag, .. } if *imag == 0.0 => Self::Int(0),
                Number::Complex { imag, .. } => Self::Imaginary(imag.to_bits()),
            },
            Expr::BooleanLiteral(boolean) => Self::Int(u64::from(boolean.value)),
            Expr::NoneLiteral(_) => Self::None,
            Expr::EllipsisLiteral(_) => Self::Ellipsis,
            _ => return None,
        })
    }
}

/// The operands of a file, with the place at which each was last seen.
///
/// radon tells operands apart by the *name* of the innermost function around them, so two methods
/// of one name share theirs.
#[derive(Debug)]
pub(crate) struct Operands<'a> {
    text: &'a str,
    last: FxHashMap<(Option<&'a str>, Value<'a>), u32>,
    count: u32,
}

impl<'a> Operands<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, last: FxHashMap::default(), count: 0 }
    }

    /// How many operands with a value there were so far.
    pub(crate) fn seen(&self) -> u32 {
        self.count
    }

    /// Count `operand` for the innermost frame, and as distinct for every frame that had not seen
    /// it: those opened after it was last seen.
    pub(crate) fn add(
        &mut self,
        frames: &mut [Frame<'a>],
        context: Option<&'a str>,
        operand: &'a Expr,
    ) {
        let Some(value) = Value::of(operand, self.text) else {
            if let Some(top) = frames.last_mut() {
                top.halstead.operands += 1;
                top.halstead.nodes += 1;
            }
            return;
        };
        self.count += 1;
        let before = match self.last.entry((context, value)) {
            Entry::Occupied(mut place) => place.insert(self.count),
            Entry::Vacant(place) => {
                place.insert(self.count);
                0
            }
        };
        if let Some(top) = frames.last_mut() {
            top.halstead.operands += 1;
        }
        for frame in frames.iter_mut().rev() {
            if before > frame.halstead.start {
                break;
            }
            frame.halstead.distinct += 1;
        }
    }
}
