//! What parsing a pattern yields: conditions on the whole text, joined by and, or and not.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

use super::alphabet::CharSet;
use super::nfa::{self, Builder, MATCH, Nfa};
use crate::{GrammarError, Limits};

/// How deep groups and repetitions may be nested.
pub(super) const NESTING: u32 = 200;

/// One condition without lookahead.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// What is matched.
    pub(super) hir: Hir,
    /// Whether any text may stand before it.
    pub(super) open_start: bool,
    /// Whether any text may stand behind it.
    pub(super) open_end: bool,
}

/// Conditions, joined.
#[derive(Debug, Clone)]
pub(super) enum Expr<T> {
    /// A single condition.
    Leaf(T),
    /// The opposite.
    Not(Box<Expr<T>>),
    /// All of them.
    And(Vec<Expr<T>>),
    /// Any of them.
    Or(Vec<Expr<T>>),
}

impl Piece {
    /// A condition on the whole text.
    pub(super) fn whole(hir: Hir) -> Self {
        Self { hir, open_start: false, open_end: false }
    }

    /// A search for `hir`, of which anchors at its very start and end are made part of the condition.
    pub(super) fn search(hir: Hir) -> Self {
        let mut parts = Vec::new();
        flatten(hir, &mut parts);
        let open_start = !is_look(parts.first(), Look::Start);
        if !open_start {
            parts.remove(0);
        }
        let open_end = !is_look(parts.last(), Look::End);
        if !open_end {
            parts.pop();
        }
        Self { hir: Hir::concat(parts), open_start, open_end }
    }

    /// If the condition is that a class of characters is repeated, between items of a fixed length: the
    /// same with any number of repetitions, and the bounds on the length of the text that this leaves out.
    /// A count of 100000 then takes no states.
    pub(super) fn counted(&self) -> Option<(Self, u32, Option<u32>)> {
        if self.open_start || self.open_end {
            return None;
        }
        let mut parts = Vec::new();
        flatten(self.hir.clone(), &mut parts);
        let mut fixed = 0_u32;
        let mut counted = None;
        for (index, part) in parts.iter().enumerate() {
            if let Some(length) = length(part) {
                fixed = fixed.checked_add(length)?;
            } else if counted.replace(index).is_some() {
                return None;
            }
        }
        let index = counted?;
        let HirKind::Repetition(repetition) = parts[index].kind() else { return None };
        if length(&repetition.sub) != Some(1) {
            return None;
        }
        let min = repetition.min.checked_add(fixed)?;
        let max = repetition
            .max
            .map(|max| max.checked_add(fixed))
            .map_or(Some(None), |max| max.map(Some))?;
        parts[index] = Hir::repetition(Repetition { min: 0, max: None, ..repetition.clone() });
        Some((Self::whole(Hir::concat(parts)), min, max))
    }

    /// Whether every text satisfies it.
    pub(super) fn is_any(&self) -> bool {
        match self.hir.kind() {
            HirKind::Empty => self.open_start || self.open_end,
            HirKind::Repetition(repetition) => {
                repetition.min == 0 && repetition.max.is_none() && is_any_character(&repetition.sub)
            }
            _ => false,
        }
    }

    /// The automaton.
    pub(super) fn nfa(&self) -> Nfa {
        let mut builder = Builder::new();
        let end = if self.open_end { builder.anything(MATCH) } else { MATCH };
        let mut start = builder.add(&self.hir, end);
        if self.open_start {
            start = builder.anything(start);
        }
        builder.finish(start)
    }

    /// Fails if the automaton would be too large.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), GrammarError> {
        if nfa::estimate(&self.hir) <= limits.states as u64 {
            return Ok(());
        }
        Err(GrammarError::Limit {
            what: "the automaton of a pattern".to_owned(),
            option: "states",
            limit: limits.states as u64,
        })
    }
}

/// How many characters everything that `hir` matches has, if it is one number.
fn length(hir: &Hir) -> Option<u32> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => {
            u32::try_from(String::from_utf8_lossy(&literal.0).chars().count()).ok()
        }
        HirKind::Class(_) => Some(1),
        HirKind::Capture(capture) => length(&capture.sub),
        HirKind::Concat(parts) => {
            parts.iter().map(length).try_fold(0_u32, |sum, part| sum.checked_add(part?))
        }
        HirKind::Alternation(parts) => {
            let first = length(&parts[0])?;
            parts.iter().all(|part| length(part) == Some(first)).then_some(first)
        }
        HirKind::Repetition(repetition) if repetition.max == Some(repetition.min) => {
            length(&repetition.sub)?.checked_mul(repetition.min)
        }
        HirKind::Repetition(_) => None,
    }
}

/// The items of a sequence, without groups around them.
fn flatten(hir: Hir, parts: &mut Vec<Hir>) {
    match hir.kind() {
        HirKind::Concat(_) | HirKind::Capture(_) => match hir.into_kind() {
            HirKind::Concat(subs) => subs.into_iter().for_each(|sub| flatten(sub, parts)),
            HirKind::Capture(capture) => flatten(*capture.sub, parts),
            _ => {}
        },
        _ => parts.push(hir),
    }
}

/// Whether a part is an assertion.
fn is_look(part: Option<&Hir>, look: Look) -> bool {
    matches!(part.map(Hir::kind), Some(HirKind::Look(found)) if *found == look)
}

/// Whether `hir` is the class of all characters.
fn is_any_character(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Class(class) if nfa::charset(class) == CharSet::any())
}

/// The class of all characters.
pub(super) fn any_character() -> Hir {
    let all = ClassUnicodeRange::new('\0', char::MAX);
    Hir::class(Class::Unicode(ClassUnicode::new([all])))
}

/// Any text of so many characters.
pub(super) fn any_text(min: u32, max: Option<u32>) -> Hir {
    let sub = Box::new(any_character());
    Hir::repetition(Repetition { min, max, greedy: true, sub })
}
