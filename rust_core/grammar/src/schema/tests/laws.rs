//! Random schemas obey the laws of logic: what `not`, `allOf`, `anyOf`, `oneOf` and `if` allow follows from what
//! their parts allow.

use proptest::prelude::*;

use super::interpreter::accepts;
use crate::ir::Ir;
use crate::schema::{SchemaOptions, compile};
use crate::{GrammarError, Limits};

/// A scalar as JSON text.
fn scalar() -> impl Strategy<Value = String> {
    let scalars = [
        "null", "true", "false", "0", "1", "2", "2.5", "-1", r#""""#, r#""a""#, r#""b""#,
        r#""xab""#,
    ];
    prop::sample::select(scalars.to_vec()).prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "xa", "xb"])
}

fn object(entries: &[(&str, String)]) -> String {
    let entries: Vec<_> =
        entries.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", entries.join(","))
}

/// A value as JSON text.
fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(name(), inner, 0..4)
                .prop_map(|entries| object(&entries.into_iter().collect::<Vec<_>>())),
        ]
    })
}

/// One keyword with its value, over subschemas.
fn keyword(inner: impl Strategy<Value = String> + Clone + 'static) -> BoxedStrategy<String> {
    let one = |keyword: &'static str| {
        inner.clone().prop_map(move |schema| format!("\"{keyword}\":{schema}"))
    };
    let several = |keyword: &'static str| {
        prop::collection::vec(inner.clone(), 1..3)
            .prop_map(move |schemas| format!("\"{keyword}\":[{}]", schemas.join(",")))
    };
    let fixed = [
        r#""type":"string""#,
        r#""type":["object","integer"]"#,
        r#""type":["array","null"]"#,
        r#""minimum":1"#,
        r#""exclusiveMaximum":2"#,
        r#""multipleOf":2"#,
        r#""minLength":1"#,
        r#""maxLength":2"#,
        r#""pattern":"^x|b$""#,
        r#""minItems":1"#,
        r#""maxItems":2"#,
        r#""minProperties":1"#,
        r#""maxProperties":2"#,
        r#""required":["a"]"#,
        r#""required":["b","xa"]"#,
        r#""dependentRequired":{"a":["b"]}"#,
        r#""propertyNames":{"pattern":"^x"}"#,
        r#""propertyNames":{"enum":["a","xb"]}"#,
        r#""unevaluatedProperties":false"#,
        r#""unevaluatedItems":false"#,
    ];
    prop_oneof![
        8 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        1 => prop::collection::vec(value(), 1..3).prop_map(|values| format!("\"enum\":[{}]", values.join(","))),
        3 => prop::collection::btree_map(name(), inner.clone(), 1..3)
            .prop_map(|entries| format!("\"properties\":{}", object(&entries.into_iter().collect::<Vec<_>>()))),
        1 => inner.clone().prop_map(|schema| format!("\"patternProperties\":{{\"^x\":{schema}}}")),
        1 => (inner.clone(), 0..3_u32)
            .prop_map(|(schema, most)| format!("\"contains\":{schema},\"maxContains\":{most},\"minContains\":0")),
        1 => one("contains"),
        1 => one("additionalProperties"),
        2 => one("items"),
        1 => several("prefixItems"),
        1 => several("allOf"),
        1 => several("anyOf"),
        1 => several("oneOf"),
        1 => one("not"),
        1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("\"if\":{a},\"then\":{b}")),
    ]
    .boxed()
}

/// A schema as JSON text. Where two keywords are the same the last holds, in the compiler as in these laws.
fn schema() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "true",
        "false",
        r#"{"type":"integer"}"#,
        r#"{"const":"a"}"#,
        r#"{"type":"object"}"#,
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(2, 10, 3, |inner| {
        prop::collection::vec(keyword(inner), 1..4)
            .prop_map(|keywords| format!("{{{}}}", keywords.join(",")))
    })
}

/// What a schema allows: nothing where it is empty. What is refused, or too much, says nothing.
fn meaning(schema: &str) -> Result<Option<Ir>, TestCaseError> {
    match compile(schema, &SchemaOptions::default(), &Limits::default()) {
        Ok((ir, _)) => Ok(Some(ir)),
        Err(GrammarError::Empty { .. }) => Ok(None),
        Err(GrammarError::Refused { .. } | GrammarError::Limit { .. }) => {
            Err(TestCaseError::reject("the schema is refused"))
        }
        Err(error) => Err(TestCaseError::fail(format!("{schema}: {error}"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn schemas_obey_the_laws_of_logic(
        parts in prop::collection::vec(schema(), 3),
        values in prop::collection::vec(value(), 12),
    ) {
        let [a, b, c] = parts.as_slice() else { unreachable!("three parts") };
        let meanings = [meaning(a)?, meaning(b)?, meaning(c)?];
        let joined = [
            meaning(&format!(r#"{{"not":{a}}}"#))?,
            meaning(&format!(r#"{{"allOf":[{a},{b},{c}]}}"#))?,
            meaning(&format!(r#"{{"anyOf":[{a},{b},{c}]}}"#))?,
            meaning(&format!(r#"{{"oneOf":[{a},{b},{c}]}}"#))?,
            meaning(&format!(r#"{{"if":{a},"then":{b},"else":{c}}}"#))?,
        ];
        for value in &values {
            let holds = |ir: &Option<Ir>| ir.as_ref().is_some_and(|ir| accepts(ir, value));
            let [a, b, c] = meanings.each_ref().map(holds);
            let expected = [
                !a,
                a && b && c,
                a || b || c,
                usize::from(a) + usize::from(b) + usize::from(c) == 1,
                if a { b } else { c },
            ];
            prop_assert_eq!(joined.each_ref().map(holds), expected, "{:?} of {}", parts, value);
        }
    }
}
