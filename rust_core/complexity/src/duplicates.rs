//! Copies of the worst functions of a tree.
//!
//! Two functions are compared by their shingles, the runs of [`SHINGLE`] tokens, with every name
//! taken for the same and every literal for its kind, so that a copy with other names is found. The
//! measure is the resemblance of A. Z. Broder, *On the resemblance and containment of documents*,
//! 1997, over bags instead of sets.

use std::cmp::Reverse;
use std::hash::Hasher;
use std::ops::Range;
use std::path::Path;

use pyagent_source::{Lines, read, with_module};
use rayon::prelude::*;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::{FileMetrics, FunctionMetrics, TreeError, pool};

/// Tokens in a shingle: long enough that unrelated functions share few.
const SHINGLE: usize = 6;

/// Two functions that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The worse one of the two.
    pub function: Location,
    /// The other one.
    pub other: Location,
    /// Shared shingles over all shingles, up to 1.
    pub similarity: f64,
    /// Tokens of the worse one.
    pub tokens: usize,
}

/// A function of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub path: String,
    /// The function.
    pub qualname: String,
    /// 1-based line of `def`.
    pub line: u32,
    /// 1-based last line.
    pub end_line: u32,
}

impl Location {
    fn of(file: &FileMetrics, function: &FunctionMetrics) -> Self {
        Self {
            path: file.path.clone(),
            qualname: function.qualname.clone(),
            line: function.line,
            end_line: function.end_line,
        }
    }

    /// One of the two is part of the other.
    fn overlaps(&self, other: &Self) -> bool {
        self.path == other.path && self.line <= other.end_line && other.line <= self.end_line
    }
}

/// A function's shingles, as sorted hashes with their counts.
struct Bag {
    location: Location,
    tokens: usize,
    shingles: Vec<(u64, u32)>,
    size: u32,
}

/// The functions of `files` that are like one of the `worst` worst, by cognitive and then by
/// cyclomatic complexity. Functions of fewer than `min_tokens` tokens are left out, as are pairs
/// less alike than `similarity`. Most alike first.
pub fn duplicates<F: AsRef<FileMetrics> + Sync>(
    files: &[F],
    worst: usize,
    min_tokens: usize,
    similarity: f64,
) -> Result<Vec<Duplicate>, TreeError> {
    let wanted = worst_functions(files, worst);
    Ok(pool::run(0, || among(files, &wanted, min_tokens, similarity))?)
}

fn among<F: AsRef<FileMetrics> + Sync>(
    files: &[F],
    wanted: &FxHashSet<Location>,
    min_tokens: usize,
    similarity: f64,
) -> Vec<Duplicate> {
    let files: Vec<&FileMetrics> = files.iter().map(AsRef::as_ref).collect();
    let paths: FxHashSet<&str> = wanted.iter().map(|location| location.path.as_str()).collect();
    let suspects: Vec<Bag> = files
        .par_iter()
        .filter(|file| paths.contains(file.path.as_str()))
        .flat_map_iter(|file| bags(file, min_tokens))
        .filter(|bag| wanted.contains(&bag.location))
        .collect();
    let index = Index::new(&suspects);
    let mut found: Vec<Duplicate> = files
        .par_iter()
        .flat_map_iter(|file| bags(file, min_tokens))
        .flat_map_iter(|bag| index.like(&bag, similarity))
        .collect();
    found.sort_by(|a, b| {
        let order = b.similarity.total_cmp(&a.similarity).then(b.tokens.cmp(&a.tokens));
        order.then_with(|| (&a.function, &a.other).cmp(&(&b.function, &b.other)))
    });
    found
}

fn worst_functions<F: AsRef<FileMetrics>>(files: &[F], worst: usize) -> FxHashSet<Location> {
    let mut all: Vec<(&FileMetrics, &FunctionMetrics)> = Vec::new();
    for file in files.iter().map(AsRef::as_ref) {
        if let Ok(module) = &file.outcome {
            all.extend(module.functions.iter().map(|function| (file, function)));
        }
    }
    // A stable sort: files come sorted by path, functions by line.
    all.sort_by_key(|(_, function)| Reverse((function.cognitive, function.cyclomatic)));
    all.iter().take(worst).map(|(file, function)| Location::of(file, function)).collect()
}

/// The bags of all functions of a file that are large enough; none if it cannot be read again.
fn bags(file: &FileMetrics, min_tokens: usize) -> Vec<Bag> {
    let (Ok(module), Ok(text)) = (&file.outcome, read(Path::new(&file.path))) else {
        return Vec::new();
    };
    let large_enough = |parsed: &ruff_python_parser::Parsed<_>| {
        let lines = Lines::new(&text);
        let tokens: &[Token] = parsed.tokens();
        let bag = |function: &FunctionMetrics| {
            let tokens = &tokens[within(tokens, &lines, function)];
            let kinds: Vec<TokenKind> = tokens.iter().filter_map(kind).collect();
            (kinds.len() >= min_tokens.max(SHINGLE)).then(|| {
                let shingles = shingles(&kinds);
                let size = shingles.iter().map(|&(_, count)| count).sum();
                Bag { location: Location::of(file, function), tokens: kinds.len(), shingles, size }
            })
        };
        module.functions.iter().filter_map(bag).collect()
    };
    with_module(&text, large_enough).unwrap_or_default()
}

/// The tokens from the line of `def` to the last line.
fn within(tokens: &[Token], lines: &Lines, function: &FunctionMetrics) -> Range<usize> {
    let start = lines.start(function.line);
    let mut first = tokens.partition_point(|token| token.start() < start);
    // What ends the block in front of `def` stands here as well, and is no part of the function.
    first += tokens[first..].iter().take_while(|token| token.kind() == TokenKind::Dedent).count();
    let count =
        tokens[first..].partition_point(|token| lines.line(token.start()) <= function.end_line);
    first..first + count
}

/// What a token counts as; `None` for comments and blank lines.
fn kind(token: &Token) -> Option<TokenKind> {
    match token.kind() {
        TokenKind::Comment | TokenKind::NonLogicalNewline => None,
        TokenKind::Int | TokenKind::Float | TokenKind::Complex => Some(TokenKind::Int),
        kind => Some(kind),
    }
}

fn shingles(kinds: &[TokenKind]) -> Vec<(u64, u32)> {
    let mut hashes: Vec<u64> = kinds
        .windows(SHINGLE)
        .map(|window| {
            let mut hasher = FxHasher::default();
            for kind in window {
                hasher.write_u8(*kind as u8);
            }
            hasher.finish()
        })
        .collect();
    hashes.sort_unstable();
    hashes.chunk_by(|a, b| a == b).map(|same| (same[0], count(same.len()))).collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// From a shingle to the bags that hold it, and how often.
struct Index<'a> {
    bags: &'a [Bag],
    locations: FxHashSet<&'a Location>,
    holders: FxHashMap<u64, Vec<(usize, u32)>>,
}

impl<'a> Index<'a> {
    fn new(bags: &'a [Bag]) -> Self {
        let mut holders: FxHashMap<u64, Vec<(usize, u32)>> = FxHashMap::default();
        for (index, bag) in bags.iter().enumerate() {
            for &(shingle, count) in &bag.shingles {
                holders.entry(shingle).or_default().push((index, count));
            }
        }
        let locations = bags.iter().map(|bag| &bag.location).collect();
        Self { bags, locations, holders }
    }

    /// The indexed bags that `other` is like.
    fn like(&self, other: &Bag, similarity: f64) -> Vec<Duplicate> {
        let mut shared = vec![0_u32; self.bags.len()];
        for (shingle, count) in &other.shingles {
            for &(index, held) in self.holders.get(shingle).into_iter().flatten() {
                shared[index] += held.min(*count);
            }
        }
        let pairs = self.bags.iter().zip(shared);
        let alike = pairs.filter_map(|(bag, shared)| {
            let ratio = f64::from(shared) / f64::from(bag.size + other.size - shared);
            if ratio < similarity || bag.location.overlaps(&other.location) {
                return None;
            }
            // Two bags of the index meet twice: the pair is reported from the first of them.
            let indexed = self.locations.contains(&other.location);
            if indexed && other.location < bag.location {
                return None;
            }
            Some(Duplicate {
                function: bag.location.clone(),
                other: other.location.clone(),
                similarity: ratio,
                tokens: bag.tokens,
            })
        });
        alike.collect()
    }
}
