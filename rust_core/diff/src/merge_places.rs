//! The changes of a merge, each where `git merge-file` has it.
//!
//! Where a change could stand in several places, the last one is taken, or the last at which a
//! change of the other text lies; no indentation is looked at. A merge of changes that both sides
//! made depends on this: the same change must be found in the same place.

use crate::lines::Lines;
use crate::merge::MergeOptions;
use crate::{Change, Options, lines};

/// The changes between two texts, each in its last possible place.
pub(crate) fn settled_changes(
    before: &Lines<'_>,
    after: &Lines<'_>,
    options: &MergeOptions<'_>,
) -> Vec<Change> {
    let MergeOptions { algorithm, whitespace, .. } = *options;
    let compared = Options { algorithm, whitespace, slide: false };
    let changes = lines(before.text(), after.text(), &compared);
    let mut groups = Groups::new(&changes, before.len());
    let same =
        |text: &Lines<'_>, one: usize, two: usize| whitespace.same(text.get(one), text.get(two));
    groups.settle(OLD, &|one, two| same(before, one, two));
    groups.settle(NEW, &|one, two| same(after, one, two));
    groups.changes()
}

const OLD: usize = 0;
const NEW: usize = 1;

/// The changed lines of both texts, counted for each gap between unchanged lines.
///
/// The texts have the unchanged lines in common, so a change is a place among them and how many
/// lines each text has there. To move a change by a line is to move its count to the next gap.
struct Groups {
    /// How many changed lines each text has before the unchanged line of each index.
    counts: Vec<[u32; 2]>,
}

impl Groups {
    fn new(changes: &[Change], before: usize) -> Self {
        let removed: usize = changes.iter().map(|change| change.before.len()).sum();
        let mut counts = vec![[0; 2]; before - removed + 1];
        let mut gone = 0;
        for change in changes {
            let gap = change.before.start as usize - gone;
            counts[gap] = [change.before.len() as u32, change.after.len() as u32];
            gone += change.before.len();
        }
        Self { counts }
    }

    /// Move the changed lines of one text to their places.
    fn settle(&mut self, text: usize, same: &impl Fn(usize, usize) -> bool) {
        let mut gap = 0;
        // How many changed lines of this text lie before the gap.
        let mut passed = 0;
        while gap < self.counts.len() {
            if self.counts[gap][text] == 0 {
                gap += 1;
                continue;
            }
            let mut group = Group { gap, start: gap + passed, counts: &mut self.counts, text };
            group.settle(same);
            let Group { gap: place, start, .. } = group;
            passed = start - place + self.counts[place][text] as usize;
            gap = place + 1;
        }
    }

    fn changes(&self) -> Vec<Change> {
        let (mut old, mut new) = (0, 0);
        let mut changes = Vec::new();
        for &[removed, added] in &self.counts {
            if removed + added > 0 {
                changes.push(Change { before: old..old + removed, after: new..new + added });
            }
            (old, new) = (old + removed + 1, new + added + 1);
        }
        changes
    }
}

/// A run of changed lines of one text, on its way.
struct Group<'c> {
    gap: usize,
    /// Its first line.
    start: usize,
    counts: &'c mut [[u32; 2]],
    text: usize,
}

impl Group<'_> {
    fn len(&self) -> usize {
        self.counts[self.gap][self.text] as usize
    }

    /// Whether the other text has changed lines at the same place.
    fn is_matched(&self) -> bool {
        self.counts[self.gap][1 - self.text] > 0
    }

    fn settle(&mut self, same: &impl Fn(usize, usize) -> bool) {
        let mut matched;
        loop {
            let len = self.len();
            while self.up(same) {}
            matched = self.is_matched().then_some(self.gap);
            while self.down(same) {
                if self.is_matched() {
                    matched = Some(self.gap);
                }
            }
            // One that met another on its way may go further as a part of the larger one.
            if len == self.len() {
                break;
            }
        }
        while matched.is_some_and(|gap| gap < self.gap) && self.up(same) {}
    }

    /// Move up by a line, and take up what lies there.
    fn up(&mut self, same: &impl Fn(usize, usize) -> bool) -> bool {
        let len = self.len();
        if self.gap == 0 || !same(self.start - 1, self.start + len - 1) {
            return false;
        }
        self.counts[self.gap][self.text] = 0;
        self.gap -= 1;
        self.start -= 1 + self.len();
        self.counts[self.gap][self.text] += len as u32;
        true
    }

    /// Move down by a line, and take up what lies there.
    fn down(&mut self, same: &impl Fn(usize, usize) -> bool) -> bool {
        let len = self.len();
        if self.gap + 1 == self.counts.len() || !same(self.start, self.start + len) {
            return false;
        }
        self.counts[self.gap][self.text] = 0;
        self.gap += 1;
        self.start += 1;
        self.counts[self.gap][self.text] += len as u32;
        true
    }
}
