//! Decimals keep every digit, and compare and divide exactly.

use proptest::prelude::*;

use super::{Decimal, DecimalError};

fn decimal(text: &str) -> Decimal {
    text.parse().expect(text)
}

#[test]
fn equal_numbers_are_equal_whatever_their_spelling() {
    for (a, b) in [("1.0", "1"), ("1e2", "100"), ("0.10", "1E-1"), ("-0.0", "0"), ("12e-1", "1.2")]
    {
        assert_eq!(decimal(a), decimal(b), "{a} {b}");
    }
}

#[test]
fn other_texts_are_refused() {
    for text in
        ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "1 ", "0x1", "1.5.2", "--1", "NaN", "1e1e1"]
    {
        assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Syntax), "{text}");
    }
}

#[test]
fn what_is_too_long_or_too_large_is_refused() {
    let long = "1".repeat(1_001);
    for text in ["1e401", "1e-401", "1e99999999999999999999", long.as_str()] {
        assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Range), "{text}");
    }
    assert_eq!(decimal("1e400").magnitude(), 401);
    assert_eq!(decimal("0e99999999999999999999"), Decimal::default());
    assert_eq!(decimal("1e-0000000000000000000007"), decimal("0.0000001"));
}

#[test]
fn numbers_are_shown_as_short_as_they_are_known() {
    for (text, shown) in [
        ("1e3", "1000"),
        ("-0", "0"),
        ("-2.50", "-2.5"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("123e30", "1.23e32"),
    ] {
        assert_eq!(decimal(text).to_string(), shown);
    }
}

#[test]
fn multiples_are_those_of_decimals() {
    for (a, b) in [("0.3", "0.1"), ("1e300", "1e-300"), ("0", "7"), ("-9", "3"), ("19.99", "0.01")]
    {
        assert!(decimal(a).is_multiple_of(&decimal(b)), "{a} {b}");
    }
    for (a, b) in [("0.35", "0.1"), ("7", "2"), ("1", "10"), ("1", "0"), ("1e-300", "1e300")] {
        assert!(!decimal(a).is_multiple_of(&decimal(b)), "{a} {b}");
    }
}

proptest! {
    #[test]
    fn order_and_divisibility_are_those_of_integers(
        a in -100_000_i64..100_000, b in 1_i64..2_000, left in -3_i32..3, right in -3_i32..3,
    ) {
        let scaled = |number: i64, exponent: i32| {
            i128::from(number) * 10_i128.pow((exponent + 3).unsigned_abs())
        };
        let (x, y) = (decimal(&format!("{a}e{left}")), decimal(&format!("{b}e{right}")));
        prop_assert_eq!(x.cmp(&y), scaled(a, left).cmp(&scaled(b, right)));
        prop_assert_eq!(x.negated().cmp(&y), (-scaled(a, left)).cmp(&scaled(b, right)));
        prop_assert_eq!(x.is_multiple_of(&y), scaled(a, left) % scaled(b, right) == 0);
        prop_assert_eq!(decimal(&x.to_string()), x.clone());
        prop_assert_eq!(decimal(&x.plain()), x);
    }

    #[test]
    fn division_is_exact_for_long_numbers(a in any::<u64>(), b in 1_u64..u64::MAX) {
        let product = u128::from(a) * u128::from(b);
        prop_assert!(decimal(&product.to_string()).is_multiple_of(&decimal(&b.to_string())));
        let more = product + 1;
        prop_assert_eq!(decimal(&more.to_string()).is_multiple_of(&decimal(&b.to_string())), b == 1);
    }
}
