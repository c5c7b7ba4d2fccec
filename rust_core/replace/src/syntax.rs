//! Regular expressions as text: parsing, and what parsing has to say about mistakes.

use std::convert::Infallible;

use regex_syntax::ast::parse::Parser as AstParser;
use regex_syntax::ast::{self, Ast, ClassSetItem, Visitor};
use regex_syntax::hir::Hir;
use regex_syntax::{Error, ParserBuilder};

use crate::error::PatternError;
use crate::query::Query;

/// Groups in groups deeper than this are refused.
const NESTING: u32 = 200;

/// Parse a pattern as the query asks for: as a regular expression or as the text itself.
pub(crate) fn parse(pattern: &str, query: &Query) -> Result<Hir, PatternError> {
    let mut parser = ParserBuilder::new()
        .utf8(false)
        .nest_limit(NESTING)
        .case_insensitive(query.ignore_case)
        .multi_line(query.multi_line)
        .dot_matches_new_line(query.dot_all)
        .build();
    if query.regex {
        parser.parse(pattern).map_err(|error| explain(pattern, &error))
    } else {
        parser.parse(&regex_syntax::escape(pattern)).map_err(|error| explain(pattern, &error))
    }
}

/// Whether a regular expression names a carriage return itself; `\s`, which matches one, does not.
pub(crate) fn names_return(pattern: &str) -> Result<bool, PatternError> {
    let ast = AstParser::new().parse(pattern);
    let ast = ast.map_err(|error| explain(pattern, &Error::Parse(error)))?;
    match ast::visit(&ast, Returns { found: false }) {
        Ok(found) => Ok(found),
        Err(never) => match never {},
    }
}

struct Returns {
    found: bool,
}

impl Visitor for Returns {
    type Output = bool;
    type Err = Infallible;

    fn finish(self) -> Result<bool, Infallible> {
        Ok(self.found)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Infallible> {
        if let Ast::Literal(literal) = ast {
            self.found |= literal.c == '\r';
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Infallible> {
        if let ClassSetItem::Literal(literal) = item {
            self.found |= literal.c == '\r';
        }
        Ok(())
    }
}

/// What is wrong with a pattern, where, and what to do about it.
fn explain(pattern: &str, error: &Error) -> PatternError {
    let (message, offset, hint) = match error {
        Error::Parse(error) => {
            let hint = match error.kind() {
                ast::ErrorKind::UnsupportedLookAround
                | ast::ErrorKind::UnsupportedBackreference => {
                    "every search takes linear time here, and this would not"
                }
                ast::ErrorKind::NestLimitExceeded(_) => "use fewer groups inside of groups",
                _ => "to find the text as it stands, search for it literally",
            };
            (error.kind().to_string(), error.span().start.offset, hint)
        }
        Error::Translate(error) => (error.kind().to_string(), error.span().start.offset, ""),
        other => (other.to_string(), 0, ""),
    };
    let position = pattern.get(..offset).map_or(0, |before| before.chars().count());
    PatternError::new(message, pattern, hint).at(position)
}
