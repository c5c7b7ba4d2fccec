//! Tables of transitions that are filled in as they are computed.

use rustc_hash::FxHashMap;

/// Up to so many classes, every state has a row with a place for each.
const DENSE: u32 = 256;

/// A transition that was not computed.
const UNKNOWN: u32 = u32::MAX;

/// From state and class to state.
#[derive(Debug)]
pub(super) enum Transitions {
    /// Rows of one place per class.
    Dense {
        /// Classes.
        width: usize,
        /// The rows, by state.
        rows: Vec<u32>,
    },
    /// For large alphabets of which a state uses little.
    Sparse(FxHashMap<(u32, u32), u32>),
}

impl Transitions {
    /// An empty table.
    pub(super) fn new(classes: u32) -> Self {
        if classes <= DENSE {
            Self::Dense { width: classes as usize, rows: Vec::new() }
        } else {
            Self::Sparse(FxHashMap::default())
        }
    }

    /// The transition, if it was computed.
    pub(super) fn get(&self, state: u32, class: u32) -> Option<u32> {
        match self {
            Self::Dense { width, rows } => rows
                .get(state as usize * width + class as usize)
                .copied()
                .filter(|&to| to != UNKNOWN),
            Self::Sparse(known) => known.get(&(state, class)).copied(),
        }
    }

    /// Enters a transition.
    pub(super) fn set(&mut self, state: u32, class: u32, to: u32) {
        match self {
            Self::Dense { width, rows } => {
                let end = (state as usize + 1) * *width;
                if rows.len() < end {
                    rows.resize(end, UNKNOWN);
                }
                rows[state as usize * *width + class as usize] = to;
            }
            Self::Sparse(known) => {
                known.insert((state, class), to);
            }
        }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Dense { rows, .. } => rows.capacity() * 4,
            Self::Sparse(known) => known.capacity() * 16,
        }
    }
}
