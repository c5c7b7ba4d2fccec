//! What complexipy charges for boolean operators: one for each sequence of like operators.
//!
//! G. A. Campbell, *Cognitive Complexity*, `SonarSource`, 2018, "Sequences of logical operators".
//! A `not` ends a sequence. complexipy looks for operators within operators and nowhere deeper.

use ruff_python_ast::{BoolOp, Expr};

/// The charge for the sequences in `expr`, an operand of `outer`.
pub(crate) fn sequences(expr: &Expr, outer: Option<BoolOp>) -> u32 {
    match expr {
        Expr::BoolOp(node) => {
            let inner: u32 = node.values.iter().map(|value| sequences(value, Some(node.op))).sum();
            inner + u32::from(outer != Some(node.op))
        }
        Expr::UnaryOp(node) => sequences(&node.operand, None),
        _ => 0,
    }
}
