//! Trees of drafted tokens, for speculative decoding: what is allowed behind each of them.

use crate::error::GrammarError;
use crate::matcher::Matcher;

/// Tokens that a draft model proposes. Several may follow one, as alternatives.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'d> {
    /// For each node the one it follows, which stands before it; negative where it follows the text so far.
    pub parents: &'d [i64],
    /// The token of each node.
    pub tokens: &'d [u32],
}

impl Draft<'_> {
    /// The first node that does not stand behind the one it follows, if there is one.
    #[must_use]
    pub fn misplaced(&self) -> Option<usize> {
        let mut nodes = self.parents.iter().enumerate();
        nodes.find_map(|(node, &parent)| {
            usize::try_from(parent).is_ok_and(|parent| parent >= node).then_some(node)
        })
    }
}

/// Fill the row of each node with what is allowed behind it, and say which nodes are allowed themselves.
///
/// The row of a node that is not allowed, or that follows one, is all zeros, and so is that behind
/// an end token. Shared beginnings are followed once. Afterwards the matcher is where it was.
///
/// # Errors
///
/// The node, with [`GrammarError::Token`] for one outside the vocabulary or with what following it
/// fails with.
///
/// # Panics
///
/// Where parents, tokens and rows are not equally many, or a node is [misplaced](Draft::misplaced).
pub fn fill(
    matcher: &mut Matcher,
    draft: &Draft<'_>,
    rows: &mut [&mut [i32]],
) -> Result<Vec<bool>, (usize, GrammarError)> {
    let Draft { parents, tokens } = *draft;
    assert!(parents.len() == tokens.len() && tokens.len() == rows.len(), "one of each per node");
    assert!(draft.misplaced().is_none(), "nodes stand behind those they follow");
    let size = matcher.grammar().vocabulary().size();
    if let Some(node) = tokens.iter().position(|&token| token as usize >= size) {
        return Err((node, GrammarError::Token { token: u64::from(tokens[node]), size }));
    }
    let mut walk = Walk { matcher, path: Vec::new(), allowed: vec![false; tokens.len()] };
    for node in preorder(parents) {
        let parent = usize::try_from(parents[node]).ok();
        walk.visit(node, parent, tokens[node], rows[node]).map_err(|error| (node, error))?;
    }
    Ok(std::mem::take(&mut walk.allowed))
}

/// The way through a tree, taken back when it is dropped.
struct Walk<'m> {
    matcher: &'m mut Matcher,
    /// The nodes that the matcher has accepted, each the child of the one before.
    path: Vec<usize>,
    allowed: Vec<bool>,
}

impl Walk<'_> {
    fn visit(
        &mut self,
        node: usize,
        parent: Option<usize>,
        token: u32,
        row: &mut [i32],
    ) -> Result<(), GrammarError> {
        row.fill(0);
        if parent.is_some_and(|parent| !self.allowed[parent]) {
            return Ok(());
        }
        let kept = self.path.iter().rposition(|&each| Some(each) == parent).map_or(0, |at| at + 1);
        self.matcher.rollback(self.path.len() - kept)?;
        self.path.truncate(kept);
        if self.matcher.has_ended() || !self.matcher.accept(token)? {
            return Ok(());
        }
        self.path.push(node);
        self.allowed[node] = true;
        if self.matcher.has_ended() { Ok(()) } else { self.matcher.fill(row) }
    }
}

impl Drop for Walk<'_> {
    fn drop(&mut self) {
        // As many were accepted, so that they can be taken back.
        let _ = self.matcher.rollback(self.path.len());
    }
}

/// The nodes in an order in which each is followed at once by all that come behind it.
fn preorder(parents: &[i64]) -> Vec<usize> {
    let count = parents.len();
    // Per node its first child and the next child of its parent; the last entry stands for the text so far.
    let mut first = vec![None; count + 1];
    let mut next = vec![None; count];
    for node in (0..count).rev() {
        let parent = usize::try_from(parents[node]).unwrap_or(count);
        next[node] = first[parent].replace(node);
    }
    let mut order = Vec::with_capacity(count);
    let mut open: Vec<usize> = first[count].into_iter().collect();
    while let Some(node) = open.pop() {
        order.push(node);
        open.extend(next[node]);
        open.extend(first[node]);
    }
    order
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
