//! Regular expressions that match a text as a whole, in the syntax of the `regex` crate.

use regex_syntax::hir::Hir;
use regex_syntax::{ast, hir};

use super::syntax::{Expr, NESTING, Piece};
use crate::{GrammarError, Limits};

/// What an expression matches as a whole.
pub(super) fn parse(pattern: &str, limits: &Limits) -> Result<Expr<Piece>, GrammarError> {
    Ok(Expr::Leaf(Piece::whole(hir(pattern, limits)?)))
}

/// An expression, parsed.
pub(super) fn hir(pattern: &str, limits: &Limits) -> Result<Hir, GrammarError> {
    if pattern.len() > limits.source_bytes {
        return Err(GrammarError::Limit {
            what: "a regular expression".to_owned(),
            option: "source_bytes",
            limit: limits.source_bytes as u64,
        });
    }
    // As Python does, {,n} is taken for {0,n}.
    let mut parser =
        ast::parse::ParserBuilder::new().nest_limit(NESTING).empty_min_range(true).build();
    let mut translator = hir::translate::TranslatorBuilder::new().utf8(true).build();
    let ast = parser.parse(pattern).map_err(|error| explain(pattern, &error.into()))?;
    let hir = translator.translate(pattern, &ast);
    hir.map_err(|error| explain(pattern, &error.into()))
}

/// A fault of an expression, with what to do.
fn explain(pattern: &str, error: &regex_syntax::Error) -> GrammarError {
    use regex_syntax::ast::ErrorKind;
    let (offset, message) = match error {
        regex_syntax::Error::Parse(error) => {
            let advice = match error.kind() {
                ErrorKind::UnsupportedLookAround => {
                    ": write the expression without it, or use a JSON Schema with a pattern"
                }
                ErrorKind::UnsupportedBackreference => ": write the expression again",
                ErrorKind::NestLimitExceeded(_) => ": write fewer groups",
                _ => "",
            };
            (error.span().start.offset, format!("{}{advice}", error.kind()))
        }
        regex_syntax::Error::Translate(error) => {
            (error.span().start.offset, error.kind().to_string())
        }
        _ => (0, "this is no regular expression".to_owned()),
    };
    let offset = pattern.get(..offset).map_or(0, |before| before.chars().count());
    GrammarError::Pattern { pattern: pattern.to_owned(), offset, message }
}
