//! Searching and replacing over a tree in parallel, as a plan that is applied later.
