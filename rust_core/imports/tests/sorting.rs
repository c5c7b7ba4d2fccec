//! Sorting loses nothing: neither an import nor a comment, whatever the block looks like.

use std::fs;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use pyagent_imports::{Kind, Options, Report, analyze};
use ruff_python_ast::Stmt;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

fn comment() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        3 => Just(None),
        1 => "[a-z]{1,12}".prop_map(|text| Some(format!("# {text}"))),
        1 => Just(Some("# noqa: E402".to_owned())),
    ]
}

fn inline() -> impl Strategy<Value = String> {
    comment().prop_map(|text| text.map(|text| format!("  {text}")).unwrap_or_default())
}

fn alias() -> impl Strategy<Value = String> {
    let name = prop_oneof!["[a-c][0-9]{0,2}", "[A-C][a-b]?", "[A-C]{2}", "_[a-c]"];
    (name, prop::option::of("[x-z]")).prop_map(|(name, asname)| match asname {
        Some(asname) => format!("{name} as {asname}"),
        None => name,
    })
}

fn module() -> impl Strategy<Value = String> {
    prop_oneof!["(os|sys|re)", "[a-cA-C]{1,3}", "[a-b]\\.[a-c]", "\\.{1,2}[a-b]?"]
}

/// One statement with its comments, over one line or several.
fn statement() -> impl Strategy<Value = String> {
    let plain = ("(os|sys|[a-cA-C]{1,3}|[a-b]\\.[a-c])", prop::option::of("[x-z]"), inline())
        .prop_map(|(module, asname, remark)| match asname {
            Some(asname) => format!("import {module} as {asname}{remark}\n"),
            None => format!("import {module}{remark}\n"),
        });
    let several = prop::collection::vec("[a-c]{1,2}", 2..4)
        .prop_map(|names| format!("import {}\n", names.join(", ")));
    let flat = (module(), prop::collection::vec(alias(), 1..6), inline()).prop_map(
        |(module, names, remark)| format!("from {module} import {}{remark}\n", names.join(", ")),
    );
    let star = (module(), inline())
        .prop_map(|(module, remark)| format!("from {module} import *{remark}\n"));
    let member = (comment(), alias(), inline()).prop_map(|(above, name, remark)| {
        let above = above.map(|text| format!("    {text}\n")).unwrap_or_default();
        format!("{above}    {name},{remark}\n")
    });
    let members = prop::collection::vec(member, 1..4).prop_map(|members| members.concat());
    let spread = (module(), inline(), members, comment(), inline()).prop_map(
        |(module, open, members, last, close)| {
            let last = last.map(|text| format!("    {text}\n")).unwrap_or_default();
            format!("from {module} import ({open}\n{members}{last}){close}\n")
        },
    );
    let body = prop_oneof![3 => plain, 1 => several, 3 => flat, 1 => star, 3 => spread];
    (comment(), "\n?", body).prop_map(|(above, gap, body)| {
        let above = above.map(|text| text + "\n").unwrap_or_default();
        format!("{gap}{above}{body}")
    })
}

fn file() -> impl Strategy<Value = String> {
    let statements = prop::collection::vec(statement(), 1..8).prop_map(|parts| parts.concat());
    let after = prop_oneof![
        Just(""),
        Just("x = 1\n"),
        Just("\n\n\n\ndef f():\n    pass\n"),
        Just("# remark\n\nclass A: ...\n"),
    ];
    (prop_oneof![Just(""), Just("'''Doc.'''\n")], statements, after, any::<bool>()).prop_map(
        |(before, statements, after, windows)| {
            let text = format!("{before}{statements}{after}");
            if windows { text.replace('\n', "\r\n") } else { text }
        },
    )
}

/// What must survive: imports, each once, and comments, each as often as it is written.
fn content(text: &str) -> (Vec<String>, Vec<String>) {
    let found = pyagent_source::with_module(text, |module| {
        let mut imports = Vec::new();
        for stmt in &module.syntax().body {
            let (head, names) = match stmt {
                Stmt::Import(import) => (String::new(), &import.names),
                Stmt::ImportFrom(import) => {
                    let module = import.module.as_ref().map(ruff_python_ast::Identifier::as_str);
                    (format!("{} {}", import.level, module.unwrap_or_default()), &import.names)
                }
                _ => continue,
            };
            for alias in names {
                let asname = alias.asname.as_ref().map(ruff_python_ast::Identifier::as_str);
                imports.push(format!("{head} {} {}", alias.name, asname.unwrap_or_default()));
            }
        }
        let comments = module.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
        let comments = comments.map(|token| text[token.range()].to_owned()).collect::<Vec<_>>();
        (imports, comments)
    });
    let (mut imports, mut comments) = found.unwrap_or_else(|error| panic!("{error}:\n{text}"));
    imports.sort();
    imports.dedup();
    comments.sort();
    (imports, comments)
}

fn report(text: &str) -> Report {
    let root = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    fs::write(root.path().join("a.py"), text).unwrap_or_else(|error| panic!("{error}"));
    let stdlib = ["os", "sys", "re"].into_iter().map(str::to_owned).collect();
    let options = Options { line_length: 40, stdlib, ..Options::default() };
    analyze(root.path(), &options, &AtomicBool::new(false))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The text after its unsorted blocks are sorted, and nothing else done.
fn sorted(text: &str) -> String {
    let Some(edit) = report(text).edits.pop() else { return text.to_owned() };
    let groups = edit.groups.iter().enumerate();
    let chosen: Vec<usize> = groups
        .filter_map(|(index, group)| (group.kind == Kind::Unsorted).then_some(index))
        .collect();
    let bytes = edit.apply(Some(&chosen)).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    String::from_utf8(bytes).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sorting_loses_nothing_and_is_done_once(text in file()) {
        let once = sorted(&text);
        prop_assert_eq!(content(&once), content(&text));
        let findings = report(&once).findings;
        let left = findings.iter().filter(|found| found.kind == Kind::Unsorted);
        prop_assert_eq!(left.filter(|found| found.reason.is_empty()).count(), 0, "{}", once);
    }

    #[test]
    fn every_removal_parses_and_keeps_the_rest(text in file(), choice in any::<u64>()) {
        let report = report(&text);
        // A verified edit is never left out for failing: what is planned works.
        for finding in &report.findings {
            prop_assert!(!finding.reason.contains("planned"), "{:?}", finding);
        }
        if let Some(edit) = report.edits.first() {
            let chosen: Vec<usize> =
                (0..edit.groups.len()).filter(|index| choice & (1 << (index % 64)) != 0).collect();
            prop_assert!(edit.apply(Some(&chosen)).is_ok(), "{:?}", edit.apply(Some(&chosen)));
        }
    }
}
