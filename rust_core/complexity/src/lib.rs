//! Code metrics for Python source in one walk over the tree.
