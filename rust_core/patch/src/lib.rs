//! Parsing patches of every common format and placing them in files that have moved on.
