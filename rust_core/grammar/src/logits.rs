//! A mask applied to logits: what is not allowed becomes minus infinity.

/// What a logit is made of, with the value that no token is sampled at.
pub trait Logit: Copy {
    /// Minus infinity.
    const NEVER: Self;
}

impl Logit for f32 {
    const NEVER: Self = Self::NEG_INFINITY;
}

/// A float of 16 bits by IEEE 754 (binary16), as its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Half(pub u16);

impl Logit for Half {
    const NEVER: Self = Self(0xfc00);
}

/// The upper half of a float of 32 bits (bfloat16), as its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Brain(pub u16);

impl Logit for Brain {
    const NEVER: Self = Self(0xff80);
}

/// Tokens in a word of a mask.
const WORD: usize = 32;

/// Set every logit to minus infinity whose bit in `mask` is not set, and those past its end.
///
/// Most words of a mask are all zeros or all ones: those are filled or skipped as a whole.
pub fn apply<T: Logit>(logits: &mut [T], mask: &[i32]) {
    let covered = logits.len().min(mask.len() * WORD);
    let (logits, padding) = logits.split_at_mut(covered);
    for (chunk, &word) in logits.chunks_mut(WORD).zip(mask) {
        match word {
            -1 => {}
            0 => chunk.fill(T::NEVER),
            word => apply_word(chunk, word),
        }
    }
    padding.fill(T::NEVER);
}

/// One word of a mask, without a branch for each bit.
fn apply_word<T: Logit>(chunk: &mut [T], word: i32) {
    for (bit, logit) in chunk.iter_mut().enumerate() {
        *logit = if word & (1 << bit) == 0 { T::NEVER } else { *logit };
    }
}

/// The tokens below `size` whose bit in `mask` is not set, and those past its end: for logits that
/// do not lie side by side.
pub fn disallowed(mask: &[i32], size: usize) -> impl Iterator<Item = usize> {
    (0..size)
        .filter(|token| mask.get(token / WORD).is_none_or(|word| word & (1 << (token % WORD)) == 0))
}

#[cfg(test)]
#[path = "logits_tests.rs"]
mod tests;
