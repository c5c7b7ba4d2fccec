//! Diffs of real revision pairs and of adversarial texts, beside imara-diff, similar and diffy.
//!
//! ```sh
//! python benches/python/revisions.py CORPUS
//! cargo bench -p pyagent-diff --bench peers -- --corpus CORPUS
//! cargo bench -p pyagent-diff --bench peers -- --corpus CORPUS --rounds 15 requests std
//! cargo bench -p pyagent-diff --bench peers -- --corpus CORPUS --each --only ours,imara adversarial
//! cargo bench -p pyagent-diff --bench peers -- --corpus CORPUS --quick --only ours requests
//! ```
//!
//! Every contender does the same job: from two byte texts in memory to the list of changed line
//! ranges, on one thread, with nothing kept from one pair to the next. In each round they take
//! turns on a set; the figure is the least CPU time of a round. A set is timed as a whole; with
//! `--each`, and always for the set `adversarial`, every pair is a row of its own.
//!
//! Before anything is timed, the changes of every contender are applied to every pair, which must
//! give the text after, and their changed lines are counted. `over` is how many there are beyond
//! the fewest possible, which an exact contender tells. `ratio` is the best peer's time over that
//! of the row: above 1 is faster than every peer. Where every pair is a row, a contender that needs
//! more than 3 s of CPU time for it is left out of that row.
//!
//! `--only` takes names of contenders or parts of them, `--pair` one pair of a set. `--quick` only
//! repeats the work, without checks, for a profiler: run the executable that cargo names under
//! `perf record` or `valgrind --tool=callgrind` with `--quick --only ours --rounds 1 --corpus ...`.

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

mod arguments;
mod check;
mod clock;
mod contenders;
mod corpus;
mod probe;
mod table;
mod timing;

use std::error::Error;

use crate::arguments::Arguments;
use crate::contenders::Contender;
use crate::corpus::Pair;
use crate::table::{Figure, Measured, Table};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    if let Some(seconds) = arguments.limit {
        clock::limit(seconds);
    }
    let chosen = arguments.contenders();
    let mut summaries = Vec::new();
    for set in corpus::load(&arguments)? {
        if arguments.quick {
            timing::repeat(&chosen, &set.pairs, arguments.rounds);
        } else if arguments.each || set.name == "adversarial" {
            for pair in &set.pairs {
                let able = probe::able(&arguments, &chosen, &set, pair)?;
                let pairs = std::slice::from_ref(pair);
                let table = measure(&arguments, &chosen, &able, pair.name.clone(), pairs);
                summaries.push(report(&table));
            }
        } else {
            let title = format!("{}, {} pairs", set.name, set.pairs.len());
            let table = measure(&arguments, &chosen, &chosen, title, &set.pairs);
            summaries.push(report(&table));
        }
    }
    for summary in summaries {
        println!("{summary}");
    }
    Ok(())
}

/// Print a table; its summary is printed again after all of them.
fn report(table: &Table) -> String {
    println!("{}", table.markdown());
    table.summary()
}

/// Measure those that are `able`; the others of the chosen get an empty row.
fn measure<'a>(
    arguments: &Arguments,
    chosen: &[&'a Contender],
    able: &[&'a Contender],
    title: String,
    pairs: &[Pair],
) -> Table<'a> {
    let counts = check::count(able, pairs);
    let times = timing::in_turn(able, pairs, arguments.rounds);
    let measured = |contender: &Contender| {
        let index = able.iter().position(|other| other.name == contender.name)?;
        Some(Measured { time: times[index], changed: counts.changed[index] })
    };
    let figures = chosen
        .iter()
        .map(|contender| Figure { contender, measured: measured(contender) })
        .collect();
    Table { title, figures, fewest: counts.fewest }
}
