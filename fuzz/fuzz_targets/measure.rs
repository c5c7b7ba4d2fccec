//! Every module that parses is measured, and its figures fit each other and the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_complexity::{Selection, measure};

fuzz_target!(|text: &str| {
    let Ok(metrics) = measure(text, Selection::ALL) else { return };
    let lines = text.chars().filter(|&end| end == '\n' || end == '\r').count() + 1;
    for function in &metrics.functions {
        assert!(function.line >= 1 && function.line <= function.end_line);
        assert!(function.end_line as usize <= lines);
        assert!(function.cyclomatic >= 1 && function.mccabe >= 1 && function.radon_cc >= 1);
    }
    let index = metrics.maintainability_index().expect("all metrics are selected");
    assert!((0.0..=100.0).contains(&index), "{index}");
});
