//! The bound on depth, held against the depth of the tree that the parser makes.

use proptest::prelude::*;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};

use super::{Depth, may_have_formatted_string, scan};
use crate::{decode, with_module};

/// How deeply the expressions of a module nest.
#[derive(Default)]
struct Deepest {
    level: usize,
    most: usize,
}

impl<'a> Visitor<'a> for Deepest {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.level += 1;
        self.most = self.most.max(self.level);
        walk_expr(self, expr);
        self.level -= 1;
    }
}

const LINKS: [&str; 16] = [
    "+1",
    ".a",
    "()",
    "[0]",
    " if b else c",
    "**2",
    " and z",
    " < 1",
    ", 2",
    "(3, 4)",
    "[a:b]",
    "(x for x in y)",
    " or 'text'",
    "(\n1)",
    "\\\n+ 2",
    "(k=-1)",
];
const PREFIXES: [&str; 6] = ["not ", "-", "lambda: ", "(", "[", "~"];

/// An expression made of chains, with prefixes in front and what closes them behind.
fn expression() -> impl Strategy<Value = String> {
    let prefixes = prop::collection::vec(prop::sample::select(&PREFIXES[..]), 0..20);
    let links = prop::collection::vec(prop::sample::select(&LINKS[..]), 0..40);
    (prefixes, links).prop_map(|(prefixes, links)| {
        let closing = prefixes.iter().rev().filter_map(|prefix| match *prefix {
            "(" => Some(")"),
            "[" => Some("]"),
            _ => None,
        });
        format!("{}a{}{}", prefixes.concat(), links.concat(), closing.collect::<String>())
    })
}

proptest! {
    #[test]
    fn no_tree_is_deeper_than_its_bound(expressions in prop::collection::vec(expression(), 1..4)) {
        let text = format!("x = {}\n", expressions.join("\ny = "));
        let deepest = with_module(&text, |module| {
            let mut deepest = Deepest::default();
            module.syntax().body.iter().for_each(|statement: &Stmt| deepest.visit_stmt(statement));
            deepest.most
        });
        let Ok(deepest) = deepest else { return Ok(()) };
        // One level more for the expression that every link starts from.
        match scan(&text) {
            Depth::AtMost(levels) => prop_assert!(levels + 1 >= deepest, "{levels} < {deepest}: {text}"),
            Depth::TooManyBrackets(at) => prop_assert!(false, "too many brackets at {at}: {text}"),
        }
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let cookie = [b"#coding: ".as_slice(), &bytes].concat();
        for source in [&bytes, &cookie] {
            if let Ok(text) = decode(source) {
                let _ = scan(&text);
                let _ = with_module(&text, |_| ());
            }
        }
    }

    #[test]
    fn formatted_strings_are_noticed(prefix in "[rRfFtT]{1,2}", before in "[ (=]") {
        let formatted = prefix.to_ascii_lowercase().contains(['f', 't']);
        let text = format!("x{before}{prefix}'");
        prop_assert_eq!(may_have_formatted_string(&text), formatted);
    }
}
