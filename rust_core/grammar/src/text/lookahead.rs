//! Lookaheads at the start of a pattern are conditions on the whole text: they become conjunctions and
//! negations. Anywhere else they are refused.

use std::collections::VecDeque;

use regex_syntax::hir::{Hir, HirKind, Look};

use super::pattern::Parser;
use super::syntax::{Expr, Piece};
use crate::{GrammarError, Limits};

/// A pattern, with lookaheads.
#[derive(Debug, Clone)]
pub(super) enum Ast {
    /// No lookahead in it.
    Hir(Hir),
    /// A lookahead, with the place where it stands.
    Ahead { negative: bool, body: Box<Ast>, offset: usize },
    /// One after the other.
    Sequence(Vec<Ast>),
    /// Any of them.
    Alternation(Vec<Ast>),
}

impl Ast {
    /// A sequence, simplified where no lookahead is in it.
    pub(super) fn sequence(parts: Vec<Self>) -> Self {
        match plain(parts) {
            Ok(parts) => Self::Hir(Hir::concat(parts)),
            Err(parts) => Self::Sequence(parts),
        }
    }

    /// Alternatives, simplified where no lookahead is in them.
    pub(super) fn alternation(mut ways: Vec<Self>) -> Self {
        if ways.len() == 1
            && let Some(only) = ways.pop()
        {
            return only;
        }
        match plain(ways) {
            Ok(ways) => Self::Hir(Hir::alternation(ways)),
            Err(ways) => Self::Alternation(ways),
        }
    }

    /// Where the first lookahead stands.
    fn offset(&self) -> Option<usize> {
        match self {
            Self::Hir(_) => None,
            Self::Ahead { offset, .. } => Some(*offset),
            Self::Sequence(parts) | Self::Alternation(parts) => parts.iter().find_map(Self::offset),
        }
    }
}

/// The parts, if no lookahead is in them.
fn plain(parts: Vec<Ast>) -> Result<Vec<Hir>, Vec<Ast>> {
    if parts.iter().any(|part| !matches!(part, Ast::Hir(_))) {
        return Err(parts);
    }
    let parts = parts.into_iter().filter_map(|part| match part {
        Ast::Hir(hir) => Some(hir),
        _ => None,
    });
    Ok(parts.collect())
}

/// The error of a lookahead where none can be enforced.
pub(super) fn misplaced(parser: &Parser<'_>, offset: usize) -> GrammarError {
    parser.error_at(
        offset,
        "a lookahead can be enforced only at the start, behind ^: move it there or write the pattern without it",
    )
}

/// The conditions on a text in which a search finds a match.
pub(super) fn lift(
    ast: Ast,
    parser: &Parser<'_>,
    limits: &Limits,
) -> Result<Expr<Piece>, GrammarError> {
    if let Ast::Hir(hir) = ast {
        return Ok(Expr::Leaf(Piece::search(hir)));
    }
    let mut lifter = Lifter { parser, limits, pieces: 0 };
    lifter.sequence(VecDeque::from([ast]), false)
}

/// The work of [`lift`].
struct Lifter<'a> {
    parser: &'a Parser<'a>,
    limits: &'a Limits,
    /// Conditions made so far.
    pieces: usize,
}

impl Lifter<'_> {
    /// The conditions of a sequence that begins at the start of the text if `anchored`, and anywhere if not.
    fn sequence(
        &mut self,
        mut rest: VecDeque<Ast>,
        mut anchored: bool,
    ) -> Result<Expr<Piece>, GrammarError> {
        let mut conditions = Vec::new();
        let mut first = None;
        while let Some(part) = rest.pop_front() {
            match part {
                Ast::Hir(hir) if matches!(hir.kind(), HirKind::Look(Look::Start)) => {
                    anchored = true;
                }
                Ast::Hir(hir) if matches!(hir.kind(), HirKind::Empty) => {}
                Ast::Hir(hir) => {
                    rest.push_front(Ast::Hir(hir));
                    break;
                }
                Ast::Ahead { negative, body, offset } => {
                    first = first.or(Some(offset));
                    let body = self.sequence(VecDeque::from([*body]), true)?;
                    conditions.push(if negative { Expr::Not(Box::new(body)) } else { body });
                }
                Ast::Sequence(parts) => {
                    parts.into_iter().rev().for_each(|part| rest.push_front(part));
                }
                Ast::Alternation(ways) => {
                    let mut each = Vec::new();
                    for way in ways {
                        let mut sequence = rest.clone();
                        sequence.push_front(way);
                        each.push(self.sequence(sequence, anchored)?);
                    }
                    rest.clear();
                    conditions.push(Expr::Or(each));
                    return self.joined(conditions, first.filter(|_| !anchored));
                }
            }
        }
        let misplaced = rest.iter().find_map(Ast::offset).or(first.filter(|_| !anchored));
        let parts = rest.into_iter().filter_map(|part| match part {
            Ast::Hir(hir) => Some(hir),
            _ => None,
        });
        let mut piece = Piece::search(Hir::concat(parts.collect()));
        piece.open_start &= !anchored;
        conditions.push(Expr::Leaf(piece));
        self.joined(conditions, misplaced)
    }

    /// All of the conditions, unless a lookahead stands where it cannot be one of them.
    fn joined(
        &mut self,
        mut conditions: Vec<Expr<Piece>>,
        misplaced: Option<usize>,
    ) -> Result<Expr<Piece>, GrammarError> {
        if let Some(offset) = misplaced {
            return Err(self::misplaced(self.parser, offset));
        }
        self.pieces += conditions.len();
        if self.pieces > self.limits.alternatives {
            return Err(GrammarError::Limit {
                what: "a pattern with lookaheads".to_owned(),
                option: "alternatives",
                limit: self.limits.alternatives as u64,
            });
        }
        match conditions.len() {
            1 => conditions.pop().ok_or_else(|| self::misplaced(self.parser, 0)),
            _ => Ok(Expr::And(conditions)),
        }
    }
}
