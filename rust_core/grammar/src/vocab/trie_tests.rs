use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn trie(tokens: &[&[u8]]) -> Trie {
    let owned: Vec<Vec<u8>> = tokens.iter().map(|token| token.to_vec()).collect();
    build(&owned)
}

fn build(tokens: &[Vec<u8>]) -> Trie {
    let ids = (0..u32::try_from(tokens.len()).expect("few tokens"))
        .filter(|&id| !tokens[id as usize].is_empty());
    let bytes = |id: u32| tokens[id as usize].as_slice();
    Trie::build(&sorted(ids, bytes), bytes)
}

/// What the tree says, by walking it the way its description says.
fn read(trie: &Trie) -> BTreeMap<Vec<u8>, Vec<u32>> {
    let mut found = BTreeMap::new();
    descend(trie, 0, &mut Vec::new(), &mut found);
    found
}

fn descend(trie: &Trie, node: u32, path: &mut Vec<u8>, found: &mut BTreeMap<Vec<u8>, Vec<u32>>) {
    let tokens: Vec<u32> = trie.tokens_at(node).collect();
    if !tokens.is_empty() {
        found.insert(path.clone(), tokens);
    }
    let mut child = node + 1;
    let mut last = None;
    while child < trie.skip[node as usize] {
        let byte = trie.byte[child as usize];
        assert!(last < Some(byte), "children ascend");
        last = Some(byte);
        path.push(byte);
        descend(trie, child, path, found);
        path.pop();
        child = trie.skip[child as usize];
    }
    assert_eq!(child, trie.skip[node as usize], "the last child ends where its parent does");
}

#[test]
fn nodes_stand_in_preorder() {
    let trie = trie(&[b"b", b"ab", b"abc", b"ad"]);
    assert_eq!(trie.byte, [0, b'a', b'b', b'c', b'd', b'b']);
    assert_eq!(trie.skip, [6, 5, 4, 4, 5, 6]);
    assert_eq!(trie.token, [NO_TOKEN, NO_TOKEN, 1, 2, 3, 0]);
    assert!(trie.twins.is_empty());
    assert_eq!((trie.len(), trie.depth()), (6, 3));
}

#[test]
fn tokens_of_the_same_bytes_share_a_node() {
    let trie = trie(&[b"x", b"y", b"x", b"x"]);
    assert_eq!(trie.token, [NO_TOKEN, 0, 1]);
    assert_eq!(trie.twins.get(&1), Some(&vec![2, 3]));
    assert_eq!(trie.tokens_at(1).collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!(trie.tokens_at(0).count(), 0);
}

#[test]
fn a_token_that_ends_where_another_has_a_zero_byte_comes_first() {
    let trie = trie(&[b"a\0\0", b"a", b"a\0"]);
    assert_eq!(trie.token, [NO_TOKEN, 1, 2, 0]);
}

#[test]
fn tokens_are_told_apart_behind_their_sixteenth_byte() {
    let trie = trie(&[b"0123456789abcdefZ", b"0123456789abcdefA", b"0123456789abcdef"]);
    assert_eq!(trie.token[16..], [2, 1, 0]);
    assert_eq!(trie.depth(), 17);
}

#[test]
fn a_child_is_found_by_its_byte() {
    let trie = trie(&[b"ab", b"ad", b"c"]);
    let a = trie.child(0, b'a').expect("a");
    assert_eq!(trie.child(a, b'd').map(|node| trie.token[node as usize]), Some(1));
    assert_eq!(trie.child(a, b'c'), None);
    assert_eq!(trie.child(0, b'z'), None);
}

#[test]
fn no_tokens_make_a_root() {
    let trie = trie(&[]);
    assert!(trie.is_empty());
    assert_eq!(trie.skip, [1]);
}

proptest! {
    #[test]
    fn the_tree_holds_exactly_the_tokens(
        tokens in prop::collection::vec(prop::collection::vec(0u8..4, 0..24), 0..80)
    ) {
        let mut expected: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
        for (id, token) in (0u32..).zip(&tokens) {
            if !token.is_empty() {
                expected.entry(token.clone()).or_default().push(id);
            }
        }
        prop_assert_eq!(read(&build(&tokens)), expected);
    }

    #[test]
    fn a_node_is_spelled_by_the_steps_to_it(
        tokens in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..5), 1..40)
    ) {
        let trie = build(&tokens);
        for (id, token) in (0u32..).zip(&tokens) {
            let node = token.iter().try_fold(0, |node, &byte| trie.child(node, byte));
            prop_assert!(node.is_some_and(|node| trie.tokens_at(node).any(|found| found == id)));
        }
    }
}
