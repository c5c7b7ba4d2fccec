//! The automaton of several conditions on one text.

use super::dfa::Dfa;
use super::explore::{Condition, Table, explore};
use super::lengths::{Edges, Lengths};
use super::letters::Letters;
use super::syntax::Expr;
use crate::automaton::DEAD;
use crate::{GrammarError, Limits};

/// A product that was explored as a whole, so that its live states are known exactly.
#[derive(Debug)]
pub(super) struct Product {
    table: Table,
    universal: Vec<bool>,
    lengths: Option<Lengths>,
}

impl Product {
    /// Explores `expr` over `leaves`, which share an alphabet of so many classes.
    pub(super) fn new(
        leaves: &mut [Dfa],
        expr: Expr<usize>,
        classes: u32,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let conditions = [Condition { expr, min: 0, max: None }];
        let table = explore(leaves, &conditions, classes, limits)?;
        let mut product = Self { table, universal: Vec::new(), lengths: None };
        product.prune();
        Ok(product)
    }

    /// Makes [`Letters::need`] available.
    pub(super) fn measure(&mut self, min: u32, limits: &Limits) -> Result<(), GrammarError> {
        let mut edges = Edges::new(self.table.verdicts.len());
        for (from, row) in (0_u32..).zip(self.table.rows.chunks_exact(self.table.classes)) {
            if self.table.verdicts[from as usize] == 1 {
                edges.accept(from);
            }
            let mut targets = row.to_vec();
            targets.sort_unstable();
            targets.dedup();
            targets.iter().filter(|&&to| to != DEAD).for_each(|&to| edges.read(from, to));
        }
        self.lengths = Some(Lengths::new(&edges, min, limits)?);
        Ok(())
    }

    /// Makes dead what accepts nothing, and finds what never comes to that.
    fn prune(&mut self) {
        let before = self.table.before();
        let table = &mut self.table;
        let live = reaching(&before, |state| table.verdicts[state] == 1);
        for (state, row) in table.rows.chunks_exact_mut(table.classes).enumerate() {
            for to in row {
                *to = if live[*to as usize] && live[state] { *to } else { DEAD };
            }
        }
        table.start = if live[table.start as usize] { table.start } else { DEAD };
        let (rows, classes) = (&table.rows, table.classes);
        let mortal = reaching(&before, |state| rows[state * classes..][..classes].contains(&DEAD));
        self.universal = mortal.into_iter().map(|mortal| !mortal).collect();
    }
}

/// The states from which one that is wanted can be reached.
fn reaching(before: &[Vec<u32>], wanted: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut found: Vec<bool> = (0..before.len()).map(wanted).collect();
    let mut open: Vec<usize> = (0..before.len()).filter(|&state| found[state]).collect();
    while let Some(state) = open.pop() {
        for &source in &before[state] {
            if !std::mem::replace(&mut found[source as usize], true) {
                open.push(source as usize);
            }
        }
    }
    found
}

impl Letters for Product {
    fn start(&mut self) -> u32 {
        self.table.start
    }

    fn step(&mut self, state: u32, class: u32) -> u32 {
        self.table.rows[state as usize * self.table.classes + class as usize]
    }

    fn accepts(&mut self, state: u32) -> bool {
        self.table.verdicts[state as usize] == 1
    }

    fn universal(&mut self, state: u32) -> bool {
        self.universal[state as usize]
    }

    fn need(&mut self, state: u32, least: u32) -> u32 {
        self.lengths.as_ref().map_or(least, |lengths| lengths.need(state, least))
    }

    fn memory(&self) -> usize {
        self.table.rows.len() * 4
            + self.table.verdicts.len() * 5
            + self.lengths.as_ref().map_or(0, Lengths::memory)
    }
}
