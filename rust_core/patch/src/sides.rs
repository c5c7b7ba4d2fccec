//! A hunk as its two sides: the lines before, the lines after, and the groups of changed lines.

use std::ops::Range;

use crate::model::{Hunk, Kind, Line};

/// Changed lines without context between them.
#[derive(Clone, Debug)]
pub(crate) struct Group<'p> {
    /// The removed lines, as indices of old lines.
    pub(crate) old: Range<usize>,
    /// The added lines, as indices of new lines.
    pub(crate) new: Range<usize>,
    pub(crate) added: Vec<&'p Line>,
}

/// The two sides of a hunk.
pub(crate) struct Sides<'p> {
    pub(crate) hunk: &'p Hunk,
    pub(crate) old: Vec<&'p Line>,
    pub(crate) new: Vec<&'p Line>,
    pub(crate) groups: Vec<Group<'p>>,
}

impl<'p> Sides<'p> {
    pub(crate) fn new(hunk: &'p Hunk) -> Self {
        let mut sides = Self { hunk, old: Vec::new(), new: Vec::new(), groups: Vec::new() };
        let mut open = false;
        for line in &hunk.lines {
            if line.kind == Kind::Context {
                open = false;
            } else if !open {
                let (old, new) = (sides.old.len(), sides.new.len());
                sides.groups.push(Group { old: old..old, new: new..new, added: Vec::new() });
                open = true;
            }
            if line.kind != Kind::Added {
                sides.old.push(line);
            }
            if line.kind != Kind::Removed {
                sides.new.push(line);
            }
            if let Some(group) = sides.groups.last_mut().filter(|_| open) {
                group.old.end = sides.old.len();
                group.new.end = sides.new.len();
                if line.kind == Kind::Added {
                    group.added.push(line);
                }
            }
        }
        sides
    }

    /// Index of the line at which the patch says that the hunk begins.
    pub(crate) fn hint(&self) -> Option<usize> {
        let start = self.hunk.old_start? as usize;
        // Without old lines, the number is that of the line above.
        Some(if self.old.is_empty() { start } else { start.saturating_sub(1) })
    }

    /// Whether it adds any line.
    pub(crate) fn adds(&self) -> bool {
        self.groups.iter().any(|group| !group.added.is_empty())
    }

    /// Context lines at the top and at the bottom.
    pub(crate) fn margins(&self) -> (usize, usize) {
        let (first, last) = (self.groups.first(), self.groups.last());
        let top = first.map_or(self.old.len(), |group| group.old.start);
        (top, last.map_or(0, |group| self.old.len() - group.old.end))
    }
}
