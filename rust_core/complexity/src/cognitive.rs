//! What complexipy charges for boolean operators.
//!
//! `SonarSource` charges one for every sequence of like operators (G. A. Campbell, *Cognitive
//! Complexity*, 2018, "Fundamental increments"). complexipy approximates that by comparing every
//! operand with its siblings; the counts here are complexipy's, so that both agree.

use ruff_python_ast::{Expr, ExprBoolOp, ExprUnaryOp};

/// Comparisons made for one expression before the rest of it is taken as free. complexipy's rule
/// compares subexpressions pairwise, which explodes on generated conditions; people's conditions
/// need a few dozen comparisons.
const BUDGET: u32 = 100_000;

/// An operator node, in the two roles that the rule knows.
#[derive(Clone, Copy)]
enum Operator<'a> {
    Boolean(&'a ExprBoolOp),
    Unary(&'a ExprUnaryOp),
}

impl<'a> Operator<'a> {
    fn of(expr: &'a Expr) -> Option<Self> {
        match expr {
            Expr::BoolOp(node) => Some(Self::Boolean(node)),
            Expr::UnaryOp(node) => Some(Self::Unary(node)),
            _ => None,
        }
    }
}

/// The charge for a boolean operator.
pub(crate) fn boolean(node: &ExprBoolOp) -> u32 {
    let mut rule = Rule { budget: BUDGET };
    1 + rule.all(&node.values, Operator::Boolean(node))
}

/// The charge for a unary operator: that of the boolean operator below it.
pub(crate) fn not(node: &ExprUnaryOp) -> u32 {
    Rule { budget: BUDGET }.one(&node.operand, Operator::Unary(node))
}

struct Rule {
    budget: u32,
}

impl Rule {
    /// The charge for `expr` seen from `other`. Each step goes down in one of the two, so it ends.
    fn one(&mut self, expr: &Expr, other: Operator<'_>) -> u32 {
        let Some(this) = Operator::of(expr) else { return 0 };
        if self.budget == 0 {
            return 0;
        }
        self.budget -= 1;
        match (this, other) {
            (Operator::Boolean(a), Operator::Boolean(b)) => {
                u32::from(a.op != b.op) + self.all(&b.values, this)
            }
            (Operator::Boolean(_), Operator::Unary(b)) => 1 + self.one(&b.operand, this),
            (Operator::Unary(_), Operator::Boolean(b)) => self.all(&b.values, this),
            (Operator::Unary(_), Operator::Unary(b)) => self.one(&b.operand, this),
        }
    }

    fn all(&mut self, exprs: &[Expr], other: Operator<'_>) -> u32 {
        exprs.iter().map(|expr| self.one(expr, other)).sum()
    }
}
