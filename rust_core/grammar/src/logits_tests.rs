use proptest::prelude::*;

use super::{Brain, Half, Logit, apply, disallowed};

/// Words as masks have them: mostly all zeros or all ones.
fn words() -> impl Strategy<Value = Vec<i32>> {
    prop::collection::vec(prop_oneof![Just(0), Just(-1), any::<i32>()], 0..6)
}

fn allowed(mask: &[i32], token: usize) -> bool {
    mask.get(token / 32).is_some_and(|word| word >> (token % 32) & 1 == 1)
}

/// What becomes of the logits 0, 1, 2 and so on, by a plain loop.
fn expected<T: Logit>(logits: &[T], mask: &[i32]) -> Vec<T> {
    let each = logits.iter().enumerate();
    each.map(|(token, &logit)| if allowed(mask, token) { logit } else { T::NEVER }).collect()
}

proptest! {
    #[test]
    fn only_what_is_not_allowed_changes(mask in words(), size in 0usize..200) {
        let bits: Vec<u16> = (0..200).collect();
        let floats: Vec<f32> = bits[..size].iter().map(|&bit| f32::from(bit)).collect();
        let mut masked = floats.clone();
        apply(&mut masked, &mask);
        prop_assert_eq!(masked, expected(&floats, &mask));

        let halves: Vec<Half> = bits[..size].iter().map(|&bit| Half(bit)).collect();
        let mut masked = halves.clone();
        apply(&mut masked, &mask);
        prop_assert_eq!(masked, expected(&halves, &mask));

        let brains: Vec<Brain> = bits[..size].iter().map(|&bit| Brain(bit)).collect();
        let mut masked = brains.clone();
        apply(&mut masked, &mask);
        prop_assert_eq!(masked, expected(&brains, &mask));
    }

    #[test]
    fn what_is_not_allowed_is_listed_in_order(mask in words(), size in 0usize..200) {
        let listed: Vec<usize> = disallowed(&mask, size).collect();
        let wanted: Vec<usize> = (0..size).filter(|&token| !allowed(&mask, token)).collect();
        prop_assert_eq!(listed, wanted);
    }
}

#[test]
fn the_bits_are_those_of_minus_infinity() {
    // Sign, an exponent of ones, a fraction of zeros: 5 bits of exponent in one, 8 in the other.
    assert_eq!(Half::NEVER.0, 1 << 15 | 31 << 10);
    assert_eq!(u32::from(Brain::NEVER.0) << 16, f32::NEG_INFINITY.to_bits());
}
