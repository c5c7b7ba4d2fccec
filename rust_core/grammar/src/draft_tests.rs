use std::sync::Arc;

use proptest::prelude::*;

use super::{Draft, fill};
use crate::error::GrammarError;
use crate::grammar::Grammar;
use crate::limits::Limits;
use crate::matcher::Matcher;
use crate::vocab::Vocabulary;

const END: u32 = 5;

/// The tokens a, b, c, ab, bc, the end, and one without bytes.
fn vocabulary() -> Arc<Vocabulary> {
    let tokens = ["a", "b", "c", "ab", "bc", "</s>", ""].map(|token| token.as_bytes().to_vec());
    Arc::new(Vocabulary::new(tokens.to_vec(), &[END], &[]).expect("a vocabulary"))
}

fn matcher() -> Matcher {
    let texts = ["a", "abc", "abcbc", "cab"].map(String::from);
    let grammar = Grammar::choice(&texts, vocabulary(), &Limits::default());
    Matcher::new(&grammar.expect("a grammar"))
}

/// What a tree is answered with: which nodes are allowed, and a mask of each.
type Answer = Result<(Vec<bool>, Vec<i32>), (usize, GrammarError)>;

fn filled(matcher: &mut Matcher, parents: &[i64], tokens: &[u32]) -> Answer {
    let mut masks = vec![-1; tokens.len()];
    let mut rows: Vec<&mut [i32]> = masks.chunks_mut(1).collect();
    let allowed = fill(matcher, &Draft { parents, tokens }, &mut rows)?;
    Ok((allowed, masks))
}

/// The same, each path followed by itself.
fn by_paths(matcher: &Matcher, parents: &[i64], tokens: &[u32]) -> (Vec<bool>, Vec<i32>) {
    let each = (0..tokens.len()).map(|node| {
        let mut path = vec![tokens[node]];
        let mut at = parents[node];
        while let Ok(parent) = usize::try_from(at) {
            path.insert(0, tokens[parent]);
            at = parents[parent];
        }
        let mut matcher = matcher.fork();
        let mut row = [0];
        let follows = path.iter().all(|&token| {
            !matcher.has_ended() && matcher.accept(token).expect("a token of the vocabulary")
        });
        if follows {
            matcher.fill(&mut row).expect("a mask");
        }
        (follows, row[0])
    });
    each.unzip()
}

/// Trees of up to 12 nodes: each stands behind its parent.
fn trees() -> impl Strategy<Value = (Vec<i64>, Vec<u32>)> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..7u32), 0..12).prop_map(|nodes| {
        let parent = |(node, (at, _)): (usize, &(prop::sample::Index, u32))| {
            i64::try_from(at.index(node + 1)).map_or(-1, |at| at - 1)
        };
        let parents = nodes.iter().enumerate().map(parent).collect();
        (parents, nodes.iter().map(|(_, token)| *token).collect())
    })
}

proptest! {
    #[test]
    fn a_tree_is_its_paths((parents, tokens) in trees(), begun in 0..3u32) {
        let mut matcher = matcher();
        for token in 0..begun {
            matcher.accept(token).expect("a token of the vocabulary");
        }
        let before = matcher.tokens().to_vec();
        let answer = filled(&mut matcher, &parents, &tokens).expect("an answer");
        prop_assert_eq!(answer, by_paths(&matcher, &parents, &tokens));
        prop_assert_eq!(matcher.tokens(), &before[..]);
    }
}

#[test]
fn behind_an_end_token_nothing_is_allowed() {
    let (allowed, masks) = filled(&mut matcher(), &[-1, 0, 1], &[0, END, END]).expect("an answer");
    assert_eq!(allowed, [true, true, false]);
    // Behind "a": b, bc and the end.
    assert_eq!(masks, [1 << 1 | 1 << 4 | 1 << END, 0, 0]);
}

#[test]
fn a_text_that_has_ended_allows_no_node() {
    let mut matcher = matcher();
    matcher.accept_many(&[0, END]).expect("tokens of the vocabulary");
    let (allowed, masks) = filled(&mut matcher, &[-1, 0], &[0, 1]).expect("an answer");
    assert_eq!((allowed, masks), (vec![false; 2], vec![0; 2]));
    assert!(matcher.has_ended());
}

#[test]
fn a_token_outside_the_vocabulary_is_named_by_its_node() {
    let mut matcher = matcher();
    let error = filled(&mut matcher, &[-1, -1], &[0, 7]).expect_err("no such token");
    assert_eq!(error, (1, GrammarError::Token { token: 7, size: 7 }));
    assert!(matcher.tokens().is_empty());
}

#[test]
fn a_node_stands_behind_its_parent() {
    let misplaced = |parents| Draft { parents, tokens: &[0; 3] }.misplaced();
    assert_eq!(misplaced(&[-1, 0, 1]), None);
    assert_eq!(misplaced(&[-1, -7, 0]), None);
    assert_eq!(misplaced(&[-1, 1, 0]), Some(1));
    assert_eq!(misplaced(&[2, 0, 0]), Some(0));
}

#[test]
fn a_long_chain_is_followed_without_recursion() {
    let mut matcher = matcher();
    let count = 20_000;
    let parents: Vec<i64> = (-1..count - 1).collect();
    let tokens = vec![0; parents.len()];
    let (allowed, _) = filled(&mut matcher, &parents, &tokens).expect("an answer");
    assert_eq!(allowed.iter().filter(|allowed| **allowed).count(), 1);
}
