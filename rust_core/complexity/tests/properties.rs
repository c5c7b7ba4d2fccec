//! Properties of measurements, on texts that are nearly Python.

use proptest::prelude::*;
use pyagent_complexity::{ModuleMetrics, Selection, measure};

const PIECES: [&str; 24] = [
    "def f(a, *b):\n",
    "    ",
    "class C(D):\n",
    "if a and not b:\n",
    "else:\n",
    "for a in b:\n",
    "try:\n",
    "except* E:\n",
    "finally:\n",
    "match a:\n",
    "case [x, *_] if y:\n",
    "with a as b:\n",
    "return ",
    "lambda x: ",
    "[x for x in y if z]",
    "f'{a:>{b}}'",
    "a = b",
    "1 + 2.5j",
    "(",
    ")",
    "\n",
    "# comment\n",
    "'''text\n\n'''",
    "@a.b\n",
];

fn nearly_python() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|all| all.concat())
}

/// The statements of a function, each nested in the one before it.
fn nested(keywords: &[&str]) -> String {
    let mut text = String::from("def f():\n");
    for (level, keyword) in keywords.iter().enumerate() {
        text.push_str(&" ".repeat(level + 1));
        text.push_str(keyword);
        text.push_str(":\n");
    }
    text.push_str(&" ".repeat(keywords.len() + 1));
    text.push_str("pass\n");
    text
}

proptest! {
    #[test]
    fn any_text_is_measured_or_refused(text in nearly_python()) {
        let Ok(all) = measure(&text, Selection::ALL) else { return Ok(()) };
        for function in &all.functions {
            prop_assert!(function.line >= 1 && function.line <= function.end_line);
            prop_assert!(function.qualname.ends_with(function.name()));
        }
        prop_assert_eq!(all.raw.loc, all.raw.sloc + all.raw.multi + all.raw.blank + all.raw.single_comments);
        let index = all.maintainability_index();
        prop_assert!(index.is_some_and(|index| (0.0..=100.0).contains(&index)));
    }

    #[test]
    fn a_selection_changes_no_figure_that_it_holds(text in nearly_python()) {
        let Ok(all) = measure(&text, Selection::ALL) else { return Ok(()) };
        let few = measure(&text, Selection::STATEMENTS);
        let Ok(few) = few else { panic!("refused where it was measured before") };
        prop_assert_eq!(&few.imports, &all.imports);
        for (one, other) in few.functions.iter().zip(&all.functions) {
            prop_assert_eq!(&one.qualname, &other.qualname);
            prop_assert_eq!((one.cyclomatic, one.mccabe), (other.cyclomatic, other.mccabe));
            prop_assert_eq!((one.nesting, one.arguments), (other.nesting, other.arguments));
        }
        prop_assert_eq!(few.functions.len(), all.functions.len());
    }

    #[test]
    fn what_is_kept_comes_back_as_it_was(text in nearly_python()) {
        let Ok(metrics) = measure(&text, Selection::ALL) else { return Ok(()) };
        let bytes = postcard::to_stdvec(&metrics).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let back: ModuleMetrics =
            postcard::from_bytes(&bytes).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(back, metrics);
    }

    #[test]
    fn structures_cost_one_more_for_each_level(
        keywords in prop::collection::vec(
            prop::sample::select(&["if a", "for a in b", "while a", "with a"][..]), 0..30)
    ) {
        let (mut expected, mut level) = (0, 0);
        for keyword in &keywords {
            if *keyword != "with a" {
                expected += 1 + level;
                level += 1;
            }
        }
        let Ok(metrics) = measure(&nested(&keywords), Selection::ALL) else { panic!("refused") };
        prop_assert_eq!(metrics.functions[0].cognitive, expected);
        prop_assert_eq!(metrics.functions[0].nesting as usize, keywords.len());
    }
}
