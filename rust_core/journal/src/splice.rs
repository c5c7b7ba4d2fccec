//! The old content of a file in terms of the new: what to put back where.

use crate::change::Splice;
use crate::step::Span;

/// How the old content is had from the new, and the old bytes that takes, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reverse {
    pub(crate) spans: Vec<Span>,
    pub(crate) old: Vec<u8>,
}

impl Reverse {
    /// From what a caller says, where that is right, and else from what the two have in common at
    /// their beginnings and ends.
    pub(crate) fn new(old: &[u8], new: &[u8], given: Option<&[Splice]>) -> Self {
        match given {
            Some(splices) if fits(old, new, splices) => Self::of_splices(old, splices),
            _ => Self::of_ends(old, new),
        }
    }

    fn of_splices(content: &[u8], splices: &[Splice]) -> Self {
        let mut spans = Vec::with_capacity(splices.len());
        let mut old = Vec::with_capacity(splices.iter().map(|splice| splice.old).sum());
        let (mut at_old, mut at_new) = (0, 0);
        for splice in splices {
            let start = at_old + (splice.new.start - at_new);
            (at_old, at_new) = (start + splice.old, splice.new.end);
            old.extend_from_slice(&content[start..at_old]);
            spans.push(Span {
                start: splice.new.start as u64,
                length: splice.new.len() as u64,
                old: splice.old as u64,
            });
        }
        Self { spans, old }
    }

    fn of_ends(old: &[u8], new: &[u8]) -> Self {
        let start = common(old.iter().zip(new));
        let (old, tail) = (&old[start..], &new[start..]);
        let end = common(old.iter().rev().zip(tail.iter().rev()));
        let (old, length) = (&old[..old.len() - end], tail.len() - end);
        if old.is_empty() && length == 0 {
            return Self::default();
        }
        let span = Span { start: start as u64, length: length as u64, old: old.len() as u64 };
        Self { spans: vec![span], old: old.to_vec() }
    }

    /// The part of the new content that is written: from the first span to the end, or to the end
    /// of the last span where nothing behind it moves.
    pub(crate) fn written(&self, old: usize, new: usize) -> std::ops::Range<usize> {
        let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) else {
            return new..new;
        };
        let index = |at: u64| usize::try_from(at).unwrap_or(new);
        let still = old == new && self.spans.iter().all(|span| span.old == span.length);
        let end = if still { index(last.start + last.length) } else { new };
        index(first.start)..end
    }
}

/// How many pairs from the first on are equal.
fn common<'a>(pairs: impl Iterator<Item = (&'a u8, &'a u8)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
}

/// Whether the splices make `old` of `new`.
fn fits(old: &[u8], new: &[u8], splices: &[Splice]) -> bool {
    let (mut at_old, mut at_new) = (0, 0);
    for splice in splices {
        let Some(kept) = new.get(at_new..splice.new.start) else { return false };
        let Some(there) = old.get(at_old..at_old + kept.len()) else { return false };
        at_old += kept.len();
        if there != kept || splice.old > old.len() - at_old || splice.new.end > new.len() {
            return false;
        }
        at_old += splice.old;
        at_new = splice.new.end;
    }
    at_new <= new.len() && old.get(at_old..) == Some(&new[at_new..])
}

/// The old content out of the new one; `None` where the spans do not lie in it.
pub(crate) fn rebuild(new: &[u8], spans: &[Span], mut old: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(new.len() + old.len());
    let mut at = 0;
    for span in spans {
        let start = usize::try_from(span.start).ok()?;
        let end = start.checked_add(usize::try_from(span.length).ok()?)?;
        content.extend_from_slice(new.get(at..start)?);
        new.get(start..end)?;
        let (head, rest) = old.split_at_checked(usize::try_from(span.old).ok()?)?;
        content.extend_from_slice(head);
        (at, old) = (end, rest);
    }
    content.extend_from_slice(new.get(at..)?);
    Some(content)
}
