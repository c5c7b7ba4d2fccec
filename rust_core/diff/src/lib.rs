//! Line, word and character diffs, unified diffs and views of them, three-way merge.
