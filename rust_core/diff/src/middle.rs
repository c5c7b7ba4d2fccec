//! The middle of a shortest edit script, searched from both ends at once (Myers 1986, section 4b).

use crate::trim;

/// Part of the two sequences: `before[a0..a1]` against `after[b0..b1]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) a0: usize,
    pub(crate) a1: usize,
    pub(crate) b0: usize,
    pub(crate) b1: usize,
}

impl Region {
    pub(crate) fn whole(before: &[u32], after: &[u32]) -> Self {
        Self { a0: 0, a1: before.len(), b0: 0, b1: after.len() }
    }

    pub(crate) fn rows(&self) -> usize {
        self.a1 - self.a0
    }

    pub(crate) fn columns(&self) -> usize {
        self.b1 - self.b0
    }

    /// The region without what its two sides share at their ends.
    pub(crate) fn trimmed(&self, before: &[u32], after: &[u32]) -> Self {
        let (old, new) = (&before[self.a0..self.a1], &after[self.b0..self.b1]);
        let start = trim::shared_start_items(old, new);
        let end = trim::shared_end_items(&old[start..], &new[start..]);
        Self { a0: self.a0 + start, a1: self.a1 - end, b0: self.b0 + start, b1: self.b1 - end }
    }

    /// The parts before and after a point.
    pub(crate) fn split(&self, (a, b): (usize, usize)) -> (Self, Self) {
        (Self { a1: a, b1: b, ..*self }, Self { a0: a, b0: b, ..*self })
    }
}

/// What a search ended with.
pub(crate) enum Middle {
    /// A point on a shortest path.
    Found((usize, usize)),
    /// The allowance was used up; the most promising point reached.
    Exhausted((usize, usize)),
}

/// The furthest point reached on each diagonal, from both ends; kept between searches.
#[derive(Debug, Default)]
pub(crate) struct Frontiers {
    forward: Vec<i32>,
    backward: Vec<i32>,
}

/// Where both searches stand.
struct Search<'a> {
    before: &'a [u32],
    after: &'a [u32],
    /// Diagonal `k` (a - b, both relative to the region) is at `k + origin`.
    origin: i32,
    rows: i32,
    columns: i32,
    forward: &'a mut [i32],
    backward: &'a mut [i32],
}

/// The diagonals that a search has reached.
#[derive(Clone, Copy)]
struct Reach {
    low: i32,
    high: i32,
}

impl Frontiers {
    /// Find the middle of a shortest path through a region whose ends differ, neither side empty.
    ///
    /// `allowance` is how many diagonals may be extended; what was used is taken from it.
    pub(crate) fn middle(
        &mut self,
        before: &[u32],
        after: &[u32],
        region: Region,
        allowance: &mut u64,
    ) -> Middle {
        let (rows, columns) = (region.rows() as i32, region.columns() as i32);
        let size = (rows as usize) + (columns as usize) + 3;
        if self.forward.len() < size {
            self.forward.resize(size, 0);
            self.backward.resize(size, 0);
        }
        let mut search = Search {
            before: &before[region.a0..region.a1],
            after: &after[region.b0..region.b1],
            origin: columns + 1,
            rows,
            columns,
            forward: &mut self.forward[..size],
            backward: &mut self.backward[..size],
        };
        let place = |(a, b): (i32, i32)| (region.a0 + a as usize, region.b0 + b as usize);
        match search.run(allowance) {
            Ok(point) => Middle::Found(place(point)),
            Err(point) => Middle::Exhausted(place(point)),
        }
    }
}

impl Search<'_> {
    fn run(&mut self, allowance: &mut u64) -> Result<(i32, i32), (i32, i32)> {
        let last = self.rows - self.columns;
        let odd = last & 1 != 0;
        let (mut ahead, mut back) = (Reach { low: 0, high: 0 }, Reach { low: last, high: last });
        // The ends differ, so neither first step is a run of equal items.
        self.forward[self.origin as usize] = 0;
        self.backward[(last + self.origin) as usize] = self.rows;
        loop {
            self.widen(&mut ahead, true);
            let crossing = odd.then_some(back);
            if let Some(point) = self.step_forward(ahead, crossing) {
                return Ok(point);
            }
            self.widen(&mut back, false);
            let crossing = (!odd).then_some(ahead);
            if let Some(point) = self.step_backward(back, crossing) {
                return Ok(point);
            }
            let used = (ahead.high - ahead.low + back.high - back.low) as u64 / 2 + 2;
            *allowance = allowance.saturating_sub(used);
            if *allowance == 0 {
                return Err(self.most_promising(ahead, back));
            }
        }
    }

    /// One more diagonal on each side, or one fewer where the edge of the region is reached.
    fn widen(&mut self, reach: &mut Reach, forward: bool) {
        let (frontier, outside) =
            if forward { (&mut *self.forward, -1) } else { (&mut *self.backward, i32::MAX) };
        if reach.low > -self.columns {
            reach.low -= 1;
            frontier[(reach.low - 1 + self.origin) as usize] = outside;
        } else {
            reach.low += 1;
        }
        if reach.high < self.rows {
            reach.high += 1;
            frontier[(reach.high + 1 + self.origin) as usize] = outside;
        } else {
            reach.high -= 1;
        }
    }

    fn step_forward(&mut self, reach: Reach, crossing: Option<Reach>) -> Option<(i32, i32)> {
        let (before, after) = (self.before, self.after);
        let mut diagonal = reach.high;
        while diagonal >= reach.low {
            let at = (diagonal + self.origin) as usize;
            let (left, right) = (self.forward[at - 1], self.forward[at + 1]);
            let mut a = if left >= right { left + 1 } else { right };
            // Most runs are short, so that a plain loop is quicker than two iterators.
            while let (Some(old), Some(new)) =
                (before.get(a as usize), after.get((a - diagonal) as usize))
                && old == new
            {
                a += 1;
            }
            self.forward[at] = a;
            if let Some(other) = crossing
                && other.low <= diagonal
                && diagonal <= other.high
                && self.backward[at] <= a
            {
                return Some((a, a - diagonal));
            }
            diagonal -= 2;
        }
        None
    }

    fn step_backward(&mut self, reach: Reach, crossing: Option<Reach>) -> Option<(i32, i32)> {
        let (before, after) = (self.before, self.after);
        let mut diagonal = reach.high;
        while diagonal >= reach.low {
            let at = (diagonal + self.origin) as usize;
            let (left, right) = (self.backward[at - 1], self.backward[at + 1]);
            let mut a = if left < right { left } else { right - 1 };
            while let (Some(old), Some(new)) =
                (before.get((a - 1) as usize), after.get((a - diagonal - 1) as usize))
                && old == new
            {
                a -= 1;
            }
            self.backward[at] = a;
            if let Some(other) = crossing
                && other.low <= diagonal
                && diagonal <= other.high
                && a <= self.forward[at]
            {
                return Some((a, a - diagonal));
            }
            diagonal -= 2;
        }
        None
    }

    /// The point that one of the searches has brought furthest.
    fn most_promising(&self, ahead: Reach, back: Reach) -> (i32, i32) {
        let inside = |a: i32, diagonal: i32| {
            let a = a.clamp(diagonal.max(0), self.rows.min(self.columns + diagonal));
            (a, a - diagonal)
        };
        let every = |reach: Reach| (reach.low..=reach.high).step_by(2);
        let furthest = every(ahead)
            .map(|k| inside(self.forward[(k + self.origin) as usize], k))
            .max_by_key(|(a, b)| a + b);
        let nearest = every(back)
            .map(|k| inside(self.backward[(k + self.origin) as usize], k))
            .min_by_key(|(a, b)| a + b);
        match (furthest, nearest) {
            (Some(one), Some(other))
                if one.0 + one.1 < self.rows + self.columns - other.0 - other.1 =>
            {
                other
            }
            (Some(one), _) => one,
            (None, _) => (self.rows / 2, self.columns / 2),
        }
    }
}
